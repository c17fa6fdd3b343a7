#include "model/table_rows.hpp"

#include "base/json_read.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <numeric>
#include <utility>

namespace mortise::ui {
namespace {

/// Nulls last, numbers before texts, texts without regard to case.
bool is_before(const boost::json::value& a, const boost::json::value& b)
{
    const auto rank = [](const boost::json::value& v) {
        return v.is_null() ? 2 : v.is_number() || v.is_bool() ? 0 : 1;
    };
    if (rank(a) != rank(b)) return rank(a) < rank(b);
    if (rank(a) == 0) return number_of(a, flag_of(a) ? 1 : 0) < number_of(b, flag_of(b) ? 1 : 0);
    if (rank(a) == 2) return false;
    return lower(text_of(a)) < lower(text_of(b));
}

void sort_by(std::vector<std::size_t>& order, bool descending, const auto& value_at)
{
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
        const auto& first = value_at(a);
        const auto& second = value_at(b);
        if (first.is_null() || second.is_null()) return !first.is_null() && second.is_null();
        return descending ? is_before(second, first) : is_before(first, second);
    });
}

} // namespace

void ObjectRows::show(
    const boost::json::array& rows, int version, const GridSort& sort, std::string_view filter
)
{
    if (version == m_version && sort == m_sort && filter == m_filter) return;
    if (version != m_version) m_rows = rows;
    m_version = version;
    m_sort = sort;
    m_filter = filter;
    m_order.clear();
    const std::string sought = lower(filter);
    for (std::size_t i = 0; i < m_rows.size(); ++i)
        if (sought.empty() || lower(boost::json::serialize(m_rows[i])).find(sought) != std::string::npos)
            m_order.push_back(i);
    if (!sort.column.empty())
        sort_by(m_order, sort.descending, [&](std::size_t i) -> const boost::json::value& {
            return at(m_rows[i], sort.column);
        });
}

const boost::json::value& ObjectRows::row(std::int64_t index) const
{
    static const boost::json::value none{};
    return index >= 0 && index < count() ? m_rows[m_order[static_cast<std::size_t>(index)]] : none;
}

std::optional<GridCell> ObjectRows::cell(std::int64_t index, const GridColumn& column) const
{
    return draw_cell(row(index), column);
}

GridCell ObjectRows::draw_cell(const boost::json::value& row, const GridColumn& column) const
{
    if (m_draw) return m_draw(row, column);
    return GridCell{text_at(row, column.key)};
}

std::string QueryColumn::text_of_value(const boost::json::value& value) const
{
    const boost::json::array* several = words.empty() ? nullptr : value.if_array();
    if (several) {
        std::string text;
        for (const auto& one : *several)
            text += (text.empty() ? "" : ", ") + text_of_value(one);
        return text;
    }
    std::string text = text_of(value);
    const auto known = words.find(text);
    return known == words.end() ? text : known->second;
}

void QueryRows::run(std::string sql, boost::json::object params, std::string as_of)
{
    m_error.reset();
    m_is_done = m_was_cut = false;
    m_is_fresh = true;
    boost::json::object wish{{"sql", std::move(sql)}, {"params", std::move(params)}};
    if (!as_of.empty()) wish["as_of"] = std::move(as_of);
    m_call = m_link.call(
        "query.run",
        std::move(wish),
        [this](Result<boost::json::value> answer) {
            m_is_done = true;
            if (!answer && !(m_was_cut && answer.error().code == ErrorCode::cancelled))
                m_error = std::move(answer).error();
        },
        [this](const boost::json::value& part) { take(part); }
    );
}

void QueryRows::take(const boost::json::value& part)
{
    if (const auto* columns = at(part, "columns").if_array()) {
        if (std::exchange(m_is_fresh, false)) {
            m_rows.clear();
            m_order.clear();
            m_columns.clear();
        }
        for (const auto& column : *columns) {
            QueryColumn one{text_at(column, "name"), text_at(column, "kind")};
            for (const QueryColumn& known : m_described)
                if (known.name == one.name) one = known;
            if (one.label.empty()) one.label = words_of(one.name);
            m_columns.push_back(std::move(one));
        }
        ++m_version;
    }
    for (const auto& row : array_at(part, "rows")) {
        if (m_rows.size() >= most) {
            if (!std::exchange(m_was_cut, true)) m_call.cancel();
            return;
        }
        m_order.push_back(m_rows.size());
        m_rows.push_back(row);
    }
}

std::size_t QueryRows::column_named(std::string_view name) const
{
    const auto found = std::ranges::find(m_columns, name, &QueryColumn::name);
    return found == m_columns.end() ? SIZE_MAX : static_cast<std::size_t>(found - m_columns.begin());
}

const boost::json::value& QueryRows::value(std::int64_t row, std::size_t column) const
{
    static const boost::json::value none{};
    if (row < 0 || row >= count()) return none;
    const auto& cells = array_of(m_rows[m_order[static_cast<std::size_t>(row)]]);
    return column < cells.size() ? cells[column] : none;
}

std::string QueryRows::words(std::int64_t row, std::size_t column) const
{
    return column < m_columns.size() ? m_columns[column].text_of_value(value(row, column)) : std::string{};
}

std::vector<GridColumn> QueryRows::grid_columns() const
{
    std::vector<GridColumn> columns;
    for (std::size_t i = 0; i < m_columns.size(); ++i) {
        const QueryColumn& one = m_columns[i];
        const bool is_number = one.kind == "int" || one.kind == "double" || one.kind == "decimal"
            || one.kind == "money" || (one.kind.empty() && count() > 0 && value(0, i).is_number());
        columns.push_back(
            {.key = std::to_string(i),
             .label = one.label,
             .width = is_number ? 100.0F : 160.0F,
             .align = is_number ? Align::right : Align::left}
        );
    }
    return columns;
}

void QueryRows::sort(const GridSort& sort)
{
    const auto column
        = static_cast<std::size_t>(integer_of(boost::json::value(boost::json::string{sort.column}), 0));
    std::iota(m_order.begin(), m_order.end(), std::size_t{0});
    if (sort.column.empty()) return;
    sort_by(m_order, sort.descending, [&](std::size_t i) -> const boost::json::value& {
        static const boost::json::value none{};
        const auto& cells = array_of(m_rows[i]);
        return column < cells.size() ? cells[column] : none;
    });
}

std::optional<GridCell> QueryRows::cell(std::int64_t row, const GridColumn& column) const
{
    const auto index
        = static_cast<std::size_t>(integer_of(boost::json::value(boost::json::string{column.key}), 0));
    const auto& one = value(row, index);
    if (one.is_null()) return GridCell{.text = "\xE2\x80\x94", .look = CellLook::muted};
    if (index >= m_columns.size()) return GridCell{text_of(one)};
    const QueryColumn& known = m_columns[index];
    if (known.kind == "money") {
        const std::size_t currency = column_named(known.currency);
        return GridCell{money_text(
            integer_of(one), currency < m_columns.size() ? text_of(value(row, currency)) : known.currency
        )};
    }
    if (known.kind == "datetime") return GridCell{time_text(text_of(one))};
    if (known.kind == "int" || known.kind == "decimal") return GridCell{grouped_digits(text_of(one))};
    return GridCell{known.text_of_value(one)};
}

} // namespace mortise::ui
