#pragma once

/// \file
/// `CsvExport`: writes exactly what a list shows, its columns, its filter, its order, into a CSV file on this
/// machine, row by row as they come.

#include "model/part_file.hpp"
#include "model/record_rows.hpp"

#include <filesystem>

namespace mortise::ui {

/// A field of a CSV file: quoted where it must be, and never a formula for a spreadsheet.
std::string csv_field(std::string_view text, bool is_number = false);

/// Thread-safety: the UI thread.
class CsvExport {
public:
    explicit CsvExport(Store& store) : m_store{store} { }

    /// Begins. The file appears under its name when all of it is written; `exists` if there is one of that
    /// name and it shall not be replaced.
    Result<void>
    start(std::filesystem::path file, RowQuery query, std::vector<std::string> labels, bool replace);
    void cancel();

    bool is_running() const noexcept { return m_call.is_under_way(); }
    std::int64_t rows() const noexcept { return m_rows; }
    const std::filesystem::path& file() const noexcept { return m_file.file(); }
    /// What became of it, once; null while it runs.
    std::optional<Result<std::int64_t>> take_outcome() { return std::exchange(m_outcome, std::nullopt); }

private:
    void take(const boost::json::value& part);
    void finish(const Result<boost::json::value>& answer);

    Store& m_store;
    PartFile m_file;
    RowQuery m_query;
    TypeInfo m_type;
    std::int64_t m_rows{0};
    std::optional<Result<std::int64_t>> m_outcome;
    Ticket m_call;
};

} // namespace mortise::ui
