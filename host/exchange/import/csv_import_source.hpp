#pragma once

/// \file
/// Rows of a CSV file as records, by a mapping or by the names in the header.

#include "exchange/csv/csv_reader.hpp"
#include "exchange/import/import_source.hpp"
#include "records/schema.hpp"

#include <memory>

namespace mortise::host {

class CsvImportSource final : public ImportSource {
public:
    /// `mapping` null: each column goes to the field of its name or label, or of a usual name for it; other
    /// columns are not read, and a notice says so. `bytes` and `mapping` must outlive the source. Errors:
    /// those of the reader, and `invalid` for a mapping that names columns or fields that are not there.
    static Result<std::unique_ptr<CsvImportSource>>
    open(ByteSource& bytes, const RecordType& type, const Mapping* mapping, CsvOptions options = {});

    Result<bool> next(ImportRow& row) override;
    std::string header() const override;
    std::vector<std::string> notices() const override { return m_notices; }
    std::uint64_t bytes_read() const override { return m_reader.bytes_read(); }
    std::vector<const ReferenceRule*> rules() const override;

private:
    struct Column {
        std::size_t index{0};
        std::string field;
        FieldKind kind{FieldKind::text};
        std::string reference_type{}; ///< of a reference
        const ColumnMapping* mapping{nullptr};
        std::optional<std::size_t> currency_column;
    };

    CsvImportSource(CsvReader reader, const Mapping* mapping)
        : m_reader{std::move(reader)},
          m_mapping{mapping}
    {
    }

    Result<void> plan(const RecordType& type);
    Result<void> plan_mapped(const RecordType& type);
    void plan_by_name(const RecordType& type);
    void find_currencies(std::vector<std::string>& unread);
    void plan_export(const RecordType& type);
    void convert(const Column& column, const CsvRow& row, ImportRow& out) const;
    void convert_export(const CsvRow& row, ImportRow& out);
    void convert_exported(const Column& column, const CsvRow& row, ImportRow& out);

    CsvReader m_reader;
    const Mapping* m_mapping;
    std::vector<Column> m_columns;
    std::vector<std::string> m_notices;
    // of an export
    std::optional<std::size_t> m_id_column;
    std::size_t m_source_column{0};
    ReferenceRules m_rules;
};

} // namespace mortise::host
