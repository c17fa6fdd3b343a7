#include "model/csv_export.hpp"

#include "base/json_read.hpp"
#include "base/text.hpp"

#include <utility>

namespace mortise::ui {
namespace {

constexpr std::size_t first_field = 2; // behind id and version

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

Result<void>
CsvExport::start(std::filesystem::path file, RowQuery query, std::vector<std::string> labels, bool replace)
{
    const TypeInfo* type = m_store.type(query.type);
    if (!type) return Error{ErrorCode::not_found, "there is no record type " + query.type, {}, {}, {}};
    MORTISE_CHECK(m_file.open(std::move(file), replace));
    m_type = *type;
    m_query = std::move(query);
    m_rows = 0;
    m_outcome.reset();
    std::string line;
    for (const std::string& label : labels)
        line += (line.empty() ? "" : ",") + csv_field(label);
    line += "\r\n";
    m_file.write(line);
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
    if (!m_file.is_open() || m_file.has_failed()) return;
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
    if (!m_file.write(text)) m_call.cancel();
}

void CsvExport::finish(const Result<boost::json::value>& answer)
{
    if (!m_file.is_open()) return;
    if (!answer && !m_file.has_failed()) { // it was cancelled, or the host could not
        m_file.drop();
        m_outcome = Result<std::int64_t>{answer.error()};
        return;
    }
    if (const auto kept = m_file.keep(); !kept) {
        m_outcome = Result<std::int64_t>{kept.error()};
        return;
    }
    m_outcome = Result<std::int64_t>{m_rows};
}

} // namespace mortise::ui
