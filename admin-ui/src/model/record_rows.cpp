#include "model/record_rows.hpp"

#include "base/json_read.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace mortise::ui {
namespace {

using namespace std::chrono_literals;

constexpr std::ptrdiff_t first_field = 2; // after id and version

bool takes_two(const FieldInfo* field)
{
    return field && (field->is_money() || field->is_reference());
}

Tone tone_of_word(std::string_view word)
{
    for (const std::string_view good :
         {"won", "customer", "active", "done", "verified", "valid", "succeeded"})
        if (word == good) return Tone::positive;
    for (const std::string_view bad : {"lost", "failed", "churned", "bounced", "invalid"})
        if (word == bad) return Tone::danger;
    for (const std::string_view new_ : {"open", "lead", "prospect", "running", "opportunity"})
        if (word == new_) return Tone::info;
    return Tone::neutral;
}

} // namespace

void RecordRows::ask(RowQuery query)
{
    if (query == m_query) return;
    const bool is_same_type = query.type == m_query.type;
    const bool is_same_set
        = is_same_type && query.filters == m_query.filters && query.search == m_query.search;
    m_query = std::move(query);
    m_pages.clear();
    m_error.reset();
    if (!is_same_type) m_total = -1;
    if (!is_same_set) {
        m_count = -1;
        ask_count();
    }
}

void RecordRows::refresh()
{
    for (auto& [number, page] : m_pages)
        page.is_stale = true;
    m_error.reset();
    m_refreshed = m_store.clock.steady();
    m_changes = m_store.changes_of(m_query.type);
    ask_count();
}

void RecordRows::follow()
{
    if (m_store.link.state() != LinkState::open) return;
    if (m_count < 0 && !m_counting.is_under_way() && !m_error) ask_count();
    if (m_error && m_error->code == ErrorCode::io) refresh();
    const std::int64_t changes = m_store.changes_of(m_query.type);
    if (changes == m_changes || m_store.clock.steady() - m_refreshed < 1s) return;
    refresh();
}

bool RecordRows::is_loading() const
{
    return m_counting.is_under_way()
        || std::ranges::any_of(m_pages, [](const auto& pair) { return pair.second.call.is_under_way(); });
}

void RecordRows::ask_count()
{
    const TypeInfo* known = type();
    if (!known) return;
    RowStatement statement = statement_of(m_query, *known, m_store);
    const auto counted_into = [this](std::int64_t& to) {
        return [this, &to](Result<boost::json::value> answer) {
            if (!answer && answer.error().code != ErrorCode::cancelled) m_error = std::move(answer).error();
            if (!answer) to = std::max<std::int64_t>(to, 0);
        };
    };
    const auto take = [](std::int64_t& to) {
        return [&to](const boost::json::value& part) {
            for (const auto& row : array_at(part, "rows"))
                if (!array_of(row).empty()) to = integer_of(array_of(row)[0]);
        };
    };
    m_counting = m_store.link.call(
        "query.run",
        {{"sql", statement.count}, {"params", statement.params}},
        counted_into(m_count),
        take(m_count)
    );
    if (m_query.filters.empty() && m_query.search.empty()) return;
    m_totalling = m_store.link.call(
        "query.run",
        {{"sql", "SELECT count(*) FROM " + sql_name(known->name)}},
        counted_into(m_total),
        take(m_total)
    );
}

void RecordRows::want(std::int64_t first, std::int64_t last)
{
    if (m_store.link.state() != LinkState::open || m_error) return;
    const std::int64_t from = first / page_rows;
    const std::int64_t to = std::max(last - 1, first) / page_rows;
    ++m_use;
    for (auto& [number, page] : m_pages) // what was scrolled past need not come any more
        if ((number < from || number > to) && page.call.is_under_way()) {
            page.call = {};
            page.is_stale = true;
        }
    for (std::int64_t number = from; number <= to; ++number) {
        Page& page = m_pages[number];
        page.used = m_use;
        if (page.is_stale && !page.call.is_under_way()) ask_page(number, page);
    }
    drop_old();
}

void RecordRows::drop_old()
{
    while (m_pages.size() > most_pages) {
        const auto oldest
            = std::ranges::min_element(m_pages, {}, [](const auto& pair) { return pair.second.used; });
        m_pages.erase(oldest);
    }
}

void RecordRows::ask_page(std::int64_t number, Page& page)
{
    const TypeInfo* known = type();
    if (!known) return;
    RowStatement statement = statement_of(m_query, *known, m_store);
    statement.select
        += " LIMIT " + std::to_string(page_rows) + " OFFSET " + std::to_string(number * page_rows);
    page.is_stale = false;
    page.asked = m_store.clock.steady();
    m_rows_asked += page_rows;
    auto rows = std::make_shared<std::vector<boost::json::value>>();
    page.call = m_store.link.call(
        "query.run",
        {{"sql", std::move(statement.select)}, {"params", std::move(statement.params)}},
        [this, number, rows](Result<boost::json::value> answer) {
            const auto found = m_pages.find(number);
            if (found == m_pages.end()) return;
            if (answer) {
                found->second.rows = std::move(*rows);
                found->second.is_there = true;
                m_last_wait = std::chrono::duration_cast<std::chrono::milliseconds>(
                    m_store.clock.steady() - found->second.asked
                );
            } else if (answer.error().code == ErrorCode::cancelled) {
                found->second.is_stale = true;
            } else {
                m_error = std::move(answer).error();
            }
        },
        [rows](const boost::json::value& part) {
            for (const auto& row : array_at(part, "rows"))
                rows->push_back(row);
        }
    );
}

const boost::json::array* RecordRows::row_at(std::int64_t row) const
{
    const auto found = m_pages.find(row / page_rows);
    if (found == m_pages.end() || !found->second.is_there) return nullptr;
    const auto place = static_cast<std::size_t>(row % page_rows);
    return place < found->second.rows.size() ? found->second.rows[place].if_array() : nullptr;
}

std::ptrdiff_t RecordRows::place_of(std::string_view field) const
{
    const TypeInfo* known = type();
    std::ptrdiff_t place = first_field;
    for (const std::string& name : m_query.fields) {
        if (name == field) return place;
        place += known && takes_two(known->find(name)) ? 2 : 1;
    }
    return -1;
}

std::int64_t RecordRows::key(std::int64_t row) const
{
    const boost::json::array* found = row_at(row);
    return found && !found->empty() ? integer_of((*found)[0], -1) : -1;
}

std::int64_t RecordRows::version(std::int64_t row) const
{
    const boost::json::array* found = row_at(row);
    return found && found->size() > 1 ? integer_of((*found)[1]) : 0;
}

std::int64_t RecordRows::reference(std::int64_t row, std::string_view field) const
{
    const boost::json::array* found = row_at(row);
    const std::ptrdiff_t place = place_of(field);
    if (!found || place < 0 || place >= std::ssize(*found)) return 0;
    return integer_of((*found)[static_cast<std::size_t>(place)]);
}

std::string RecordRows::title(std::int64_t row) const
{
    const TypeInfo* known = type();
    GridColumn column;
    column.key = known && !known->title_field.empty() ? known->title_field : "id";
    const auto found = cell(row, column);
    return found ? found->text : std::string{};
}

std::optional<GridCell> RecordRows::cell(std::int64_t row, const GridColumn& column) const
{
    const boost::json::array* found = row_at(row);
    if (!found) return std::nullopt;
    if (column.key == "id")
        return GridCell{.text = found->empty() ? "" : text_of((*found)[0]), .look = CellLook::muted};
    const std::ptrdiff_t place = place_of(column.key);
    if (place < 0 || place >= std::ssize(*found)) return GridCell{};
    const boost::json::value& value = (*found)[static_cast<std::size_t>(place)];
    const TypeInfo* known = type();
    const FieldInfo* field = known ? known->find(column.key) : nullptr;
    if (!field) return GridCell{.text = time_text(text_of(value)), .look = CellLook::muted};
    if (takes_two(field) && place + 1 < std::ssize(*found)) {
        const boost::json::value& other = (*found)[static_cast<std::size_t>(place + 1)];
        if (field->is_money())
            return GridCell{value.is_null() ? "" : money_text(integer_of(value), text_of(other))};
        return GridCell{other.is_null() && !value.is_null() ? "#" + text_of(value) : text_of(other)};
    }
    GridCell cell{value_text(*field, value)};
    if (field->kind == "enum") cell.look = CellLook::badge, cell.tone = tone_of_word(text_of(value));
    if (known->title_field == field->name) cell.look = CellLook::strong;
    if (field->kind == "percent") cell.share = number_of(value) / 100;
    return cell;
}

std::string RecordRows::edit_text(std::int64_t row, const GridColumn& column) const
{
    const boost::json::array* found = row_at(row);
    const std::ptrdiff_t place = place_of(column.key);
    const TypeInfo* known = type();
    const FieldInfo* field = known ? known->find(column.key) : nullptr;
    if (!found || !field || place < 0 || place >= std::ssize(*found)) return {};
    if (field->is_money() || field->kind == "enum") {
        const auto shown = cell(row, column);
        if (field->is_money()) return shown ? shown->text : std::string{};
    }
    return ui::edit_text(*field, (*found)[static_cast<std::size_t>(place)]);
}

} // namespace mortise::ui
