#include "base/json_read.hpp"
#include "base/text.hpp"
#include "model/record_rows.hpp"

#include <utility>

namespace mortise::ui {
namespace {

constexpr std::string_view own_fields[] = {"id", "version", "owner", "created_at", "updated_at"};

bool is_own(std::string_view name)
{
    for (const std::string_view own : own_fields)
        if (own == name) return true;
    return false;
}

/// Writes one statement after another in the dialect of docs/reference/sql.md.
class Writer {
public:
    Writer(const RowQuery& query, const TypeInfo& type, Store& store)
        : m_query{query},
          m_type{type},
          m_store{store}
    {
    }

    RowStatement write()
    {
        for (const std::string& name : m_query.fields)
            add_column(name);
        for (const Filter& filter : m_query.filters)
            add_filter(filter);
        if (!m_query.search.empty()) add_search();
        const std::string from = " FROM " + sql_name(m_type.name) + " t";
        const std::string where = m_where.empty() ? "" : " WHERE " + m_where;
        m_statement.select = "SELECT t.id, t.version" + m_columns + from + m_joins + where + order();
        m_statement.count = "SELECT count(*)" + from + where;
        return std::move(m_statement);
    }

private:
    static std::string column(std::string_view name) { return "t." + sql_name(name); }

    void add_column(const std::string& name)
    {
        const FieldInfo* field = m_type.find(name);
        if (field && field->is_money()) {
            m_columns += ", " + column(name + "_minor") + ", " + column(name + "_currency");
        } else if (field && field->is_file()) { // the column of its name has a digest
            m_columns += ", " + column(name + "_name");
        } else if (field && field->is_reference()) {
            const TypeInfo* target = m_store.type(field->reference);
            const std::string alias = "r" + std::to_string(m_join_count++);
            m_columns += ", " + column(name);
            if (target && !target->title_field.empty()) {
                m_joins += " LEFT JOIN " + sql_name(target->name) + ' ' + alias + " ON " + alias
                    + ".id = " + column(name);
                m_columns += ", " + alias + '.' + sql_name(target->title_field);
            } else {
                m_columns += ", NULL";
            }
        } else if (field || is_own(name)) {
            m_columns += ", " + column(name);
        } else {
            m_columns += ", NULL"; // a view may name a field that is gone
        }
    }

    void add_condition(const std::string& condition)
    {
        m_where += (m_where.empty() ? "" : " AND ") + condition;
    }

    std::string parameter(boost::json::value value)
    {
        const std::string name = "p" + std::to_string(m_statement.params.size());
        m_statement.params[name] = std::move(value);
        return ":" + name;
    }

    static std::string for_like(std::string_view text)
    {
        std::string pattern = "%";
        for (const char c : text) {
            if (c == '%' || c == '_' || c == '\\') pattern += '\\';
            pattern += c;
        }
        return pattern + '%';
    }

    std::string contains(const std::string& name, std::string_view text)
    {
        return "fold(" + column(name) + ") LIKE fold(" + parameter(boost::json::string{for_like(text)})
            + ") ESCAPE '\\'";
    }

    void add_filter(const Filter& filter)
    {
        const FieldInfo* field = m_type.find(filter.field);
        if (!field && !is_own(filter.field)) return;
        const bool is_money = field && field->is_money();
        const std::string name = column(is_money ? filter.field + "_minor" : filter.field);
        if (filter.test == Test::is_empty) return add_condition(name + " IS NULL");
        if (filter.test == Test::is_not_empty) return add_condition(name + " IS NOT NULL");
        if (field && field->is_reference()) return add_reference(*field, filter);
        if (filter.test == Test::contains && (!field || !field->is_number()))
            return add_condition(contains(filter.field, filter.value));
        const std::string_view sign = filter.test == Test::at_least ? " >= "
            : filter.test == Test::at_most                          ? " <= "
            : filter.test == Test::is_not                           ? " IS DISTINCT FROM "
                                                                    : " = ";
        add_condition(name + std::string{sign} + parameter(comparable(field, filter.value)));
    }

    static boost::json::value comparable(const FieldInfo* field, const std::string& text)
    {
        if (!field) return boost::json::string{text};
        if (field->kind == "bool")
            return lower(text) == "yes" || lower(text) == "true" || text == "1" ? 1 : 0;
        if (!field->is_number()) {
            for (const std::string& option : field->options)
                if (field->words_for(option) == text) return boost::json::string{option};
            return boost::json::string{text};
        }
        std::string digits;
        for (const char c : text)
            if ((c >= '0' && c <= '9') || c == '.' || c == '-') digits += c;
        double number = number_of(boost::json::value(boost::json::string{digits}));
        const int scale = field->is_money() ? 2 : field->kind == "int" ? 0 : field->scale;
        for (int i = 0; i < scale; ++i)
            number *= 10;
        return static_cast<std::int64_t>(number + (number < 0 ? -0.5 : 0.5));
    }

    void add_reference(const FieldInfo& field, const Filter& filter)
    {
        const TypeInfo* target = m_store.type(field.reference);
        const boost::json::value as_id(boost::json::string{filter.value});
        if (integer_of(as_id, -1) > 0)
            return add_condition(column(field.name) + " = " + parameter(integer_of(as_id)));
        if (!target || target->title_field.empty()) return;
        const std::string title = "x." + sql_name(target->title_field);
        const std::string test = filter.test == Test::contains
            ? "fold(" + title + ") LIKE fold(" + parameter(boost::json::string{for_like(filter.value)})
                + ") ESCAPE '\\'"
            : title + " = " + parameter(boost::json::string{filter.value});
        add_condition(
            column(field.name) + (filter.test == Test::is_not ? " NOT" : "") + " IN (SELECT x.id FROM "
            + sql_name(target->name) + " x WHERE " + test + ")"
        );
    }

    void add_search()
    {
        std::string any;
        for (const FieldInfo& field : m_type.fields) {
            const bool is_sought
                = field.is_searchable || field.name == m_type.title_field || field.kind == "email";
            if (!is_sought || field.is_reference() || field.is_money()) continue;
            any += (any.empty() ? "" : " OR ") + contains(field.name, m_query.search);
        }
        if (any.empty())
            any = "t.id = "
                + parameter(integer_of(boost::json::value(boost::json::string{m_query.search}), -1));
        add_condition("(" + any + ")");
    }

    std::string order() const
    {
        const std::string& by = m_query.sort.column;
        const FieldInfo* field = m_type.find(by);
        const std::string direction = m_query.sort.descending ? " DESC" : "";
        if (by.empty() || (!field && !is_own(by))) return " ORDER BY t.id DESC";
        if (by == "id") return " ORDER BY t.id" + direction;
        if (field && field->is_reference()) {
            int alias = 0; // of the column, in the order of add_column
            for (const std::string& name : m_query.fields) {
                if (name == by) break;
                const FieldInfo* other = m_type.find(name);
                alias += other && other->is_reference() ? 1 : 0;
            }
            const TypeInfo* target = m_store.type(field->reference);
            if (target && !target->title_field.empty())
                return " ORDER BY r" + std::to_string(alias) + '.' + sql_name(target->title_field) + direction
                    + " NULLS LAST, t.id";
        }
        const std::string name = column(field && field->is_money() ? by + "_minor" : by);
        return " ORDER BY " + name + direction + " NULLS LAST, t.id" + direction;
    }

    const RowQuery& m_query;
    const TypeInfo& m_type;
    Store& m_store;
    RowStatement m_statement;
    std::string m_columns;
    std::string m_joins;
    std::string m_where;
    int m_join_count{0};
};

} // namespace

std::string_view words_of(Test test)
{
    switch (test) {
    case Test::contains:
        return "contains";
    case Test::is:
        return "is";
    case Test::is_not:
        return "is not";
    case Test::at_least:
        return "at least";
    case Test::at_most:
        return "at most";
    case Test::is_empty:
        return "is empty";
    case Test::is_not_empty:
        return "is not empty";
    }
    return "";
}

RowStatement statement_of(const RowQuery& query, const TypeInfo& type, Store& store)
{
    return Writer{query, type, store}.write();
}

} // namespace mortise::ui
