#include "model/csv_export.hpp"

#include "base/json_read.hpp"
#include "base/text.hpp"

#include <cerrno>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace mortise::ui {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t first_field = 2; // behind id and version

std::string part_name(const fs::path& file)
{
    return file.native() + ".part";
}

Error cannot_write(const fs::path& file, int number)
{
    return {
        ErrorCode::io,
        "cannot write " + file.native() + ": " + std::generic_category().message(number),
        "console.export",
        file.native(),
        "choose another folder, or make room"
    };
}

} // namespace

std::string csv_field(std::string_view text, bool is_number)
{
    std::string field{text};
    if (!is_number && !field.empty()
        && std::string_view{"=+-@\t\r"}.find(field.front()) != std::string_view::npos)
        field.insert(0, 1, '\'');
    if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
    std::string quoted{'"'};
    for (const char c : field) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

CsvExport::~CsvExport()
{
    drop();
}

void CsvExport::drop()
{
    if (!m_open) return;
    std::fclose(m_open);
    m_open = nullptr;
    std::error_code ignored;
    fs::remove(part_name(m_file), ignored);
}

Result<void> CsvExport::start(fs::path file, RowQuery query, std::vector<std::string> labels, bool replace)
{
    const TypeInfo* type = m_store.type(query.type);
    if (!type) return Error{ErrorCode::not_found, "there is no record type " + query.type, {}, {}, {}};
    std::error_code failed;
    if (!replace && fs::exists(file, failed))
        return Error{
            ErrorCode::exists,
            file.native() + " is there already",
            "console.export",
            file.native(),
            "press Replace it, or give another name"
        };
    drop();
    m_file = std::move(file);
    m_type = *type;
    m_query = std::move(query);
    m_rows = 0;
    m_has_failed = false;
    m_outcome.reset();
    m_open = std::fopen(part_name(m_file).c_str(), "wb");
    if (!m_open) return cannot_write(m_file, errno);
    std::string line;
    for (const std::string& label : labels)
        line += (line.empty() ? "" : ",") + csv_field(label);
    line += "\r\n";
    m_has_failed = std::fwrite(line.data(), 1, line.size(), m_open) != line.size();
    RowStatement statement = statement_of(m_query, m_type, m_store);
    m_call = m_store.link.call(
        "query.run",
        {{"sql", std::move(statement.select)}, {"params", std::move(statement.params)}},
        [this](const Result<boost::json::value>& answer) { finish(answer); },
        [this](const boost::json::value& part) { take(part); }
    );
    return {};
}

void CsvExport::cancel()
{
    if (is_running()) m_call.cancel();
}

void CsvExport::take(const boost::json::value& part)
{
    if (!m_open || m_has_failed) return;
    std::string text;
    for (const auto& row : array_at(part, "rows")) {
        const auto& cells = array_of(row);
        std::size_t at_cell = first_field;
        std::string line;
        const auto next = [&]() -> const boost::json::value& {
            static const boost::json::value nothing;
            return at_cell < cells.size() ? cells[at_cell++] : nothing;
        };
        bool is_first = true;
        for (const std::string& name : m_query.fields) {
            if (!std::exchange(is_first, false)) line += ',';
            const FieldInfo* field = m_type.find(name);
            const boost::json::value& value = next();
            if (field && (field->is_money() || field->is_reference())) {
                const boost::json::value& other = next();
                if (value.is_null()) continue;
                if (field->is_money()) {
                    std::string amount = money_text(integer_of(value), text_of(other));
                    std::erase(amount, ','); // a program reads it
                    line += csv_field(amount, true);
                } else {
                    line += csv_field(other.is_null() ? "#" + text_of(value) : text_of(other));
                }
            } else {
                line += csv_field(field ? edit_text(*field, value) : text_of(value), value.is_number());
            }
        }
        text += line + "\r\n";
        ++m_rows;
    }
    m_has_failed = std::fwrite(text.data(), 1, text.size(), m_open) != text.size();
    if (m_has_failed) m_call.cancel();
}

void CsvExport::finish(const Result<boost::json::value>& answer)
{
    if (!m_open) return;
    const int number = errno;
    if (m_has_failed) {
        drop();
        m_outcome = Result<std::int64_t>{cannot_write(m_file, number)};
        return;
    }
    if (!answer) {
        drop();
        m_outcome = Result<std::int64_t>{answer.error()};
        return;
    }
    bool written = std::fflush(m_open) == 0 && ::fsync(::fileno(m_open)) == 0;
    written = std::fclose(m_open) == 0 && written;
    m_open = nullptr;
    std::error_code failed;
    if (written) fs::rename(part_name(m_file), m_file, failed);
    if (!written || failed) {
        std::error_code ignored;
        fs::remove(part_name(m_file), ignored);
        m_outcome = Result<std::int64_t>{cannot_write(m_file, failed ? failed.value() : EIO)};
        return;
    }
    m_outcome = Result<std::int64_t>{m_rows};
}

} // namespace mortise::ui
