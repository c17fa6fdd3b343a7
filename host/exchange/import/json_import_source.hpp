#pragma once

/// \file
/// Rows of a JSON Lines file as records: one object a line, its members are fields (or, with a mapping,
/// columns).

#include "exchange/import/import_source.hpp"
#include "exchange/jsonl_reader.hpp"
#include "exchange/stream/byte_source.hpp"
#include "records/schema.hpp"

#include <memory>

namespace mortise::host {

class JsonImportSource final : public ImportSource {
public:
    /// All must outlive the source; `mapping` may be null.
    static Result<std::unique_ptr<JsonImportSource>>
    open(ByteSource& bytes, const RecordType& type, const Mapping* mapping);

    Result<bool> next(ImportRow& row) override;
    std::uint64_t bytes_read() const override { return m_reader.bytes_read(); }
    std::vector<std::string> notices() const override;
    std::vector<const ReferenceRule*> rules() const override;

private:
    JsonImportSource(JsonlReader reader, const RecordType& type, const Mapping* mapping)
        : m_reader{std::move(reader)},
          m_type{type},
          m_mapping{mapping}
    {
    }

    void convert(Map& object, ImportRow& row);
    void convert_export(ImportRow& row);
    void convert_mapped(const Map& object, ImportRow& row) const;
    static void convert_column(const ColumnMapping& column, Value value, const Map& object, ImportRow& row);

    JsonlReader m_reader;
    const RecordType& m_type;
    const Mapping* m_mapping;
    ReferenceRules m_rules; ///< of exports
    std::uint64_t m_number{0};
};

} // namespace mortise::host
