#include "records/list_filter.hpp"

#include "base/text.hpp"
#include "base/time_text.hpp"
#include "records/field_codec.hpp"
#include "records/sort_key.hpp"
#include "store/statement.hpp"

#include <mortise/currency.hpp>

#include <algorithm>
#include <span>

namespace mortise::host {

namespace {

constexpr std::size_t most_values = 1000;
constexpr int most_depth = 16;
constexpr const char* operators = "=, !=, <, <=, >, >=, in, starts_with, has or empty";

Error wrong(std::string message, std::string where, std::string hint = {})
{
    return Error{
        .code = ErrorCode::invalid,
        .message = std::move(message),
        .key = "records.filter",
        .where = std::move(where),
        .hint = std::move(hint),
    };
}

bool is_text(FieldKind kind)
{
    return kind == FieldKind::text || kind == FieldKind::email || kind == FieldKind::phone
        || kind == FieldKind::url || kind == FieldKind::enumeration;
}

bool is_list(FieldKind kind)
{
    return kind == FieldKind::list || kind == FieldKind::multi_enumeration;
}

bool is_comparable(FieldKind kind)
{
    return !is_list(kind) && kind != FieldKind::rich_text && kind != FieldKind::address
        && kind != FieldKind::json && kind != FieldKind::file;
}

/// The value as the field's first column holds it.
Value stored_form(const Value& value)
{
    if (const auto* flag = value.as<bool>()) return std::int64_t{*flag};
    if (const auto* decimal = value.as<Decimal>()) return decimal->coefficient;
    if (const auto* instant = value.as<Instant>()) return instant->microseconds;
    if (const auto* time = value.as<TimeOfDay>()) return time->microseconds;
    if (const auto* duration = value.as<Duration>()) return duration->microseconds;
    if (const auto* id = value.as<Id>()) return id->number;
    if (const auto* money = value.as<Money>()) return money->minor;
    if (const auto* date = value.as<Date>()) return Value{format_date(*date)};
    return value;
}

Bytes as_bytes(const std::string& text)
{
    const auto bytes = std::as_bytes(std::span{text});
    return {bytes.begin(), bytes.end()};
}

/// The columns that every type has, as fields.
const Field* common_field(std::string_view name)
{
    static const std::vector<Field> fields{
        Field{.name = "id", .column = "id", .kind = FieldKind::reference},
        Field{.name = "owner", .column = "owner", .kind = FieldKind::reference},
        Field{.name = "version", .column = "version", .kind = FieldKind::integer},
        Field{.name = "created_at", .column = "created_at", .kind = FieldKind::instant},
        Field{.name = "updated_at", .column = "updated_at", .kind = FieldKind::instant},
    };
    const auto found = std::ranges::find(fields, name, &Field::name);
    return found == fields.end() ? nullptr : &*found;
}

class Compiler {
public:
    Compiler(const RecordType& type, const Collator& collator, std::size_t first_parameter, FilterUse use)
        : m_type{type},
          m_collator{collator},
          m_next{first_parameter},
          m_use{use}
    {
    }

    Result<std::string> filter(const Value& given, const std::string& where, int depth, bool for_all)
    {
        if (depth > most_depth) return wrong("the filter is nested too deep", where);
        const Map* map = given.as<Map>();
        if (!map || map->empty())
            return wrong(
                "a filter is an object",
                where,
                R"({"field": NAME, "op": "=", "value": ...}, {"all": [...]}, {"any": [...]} or {NAME: value})"
            );
        if (map->find("field")) return condition(*map, where, for_all);
        const auto& [key, inner] = *map->begin();
        if (map->size() == 1 && inner.as<List>() && (key == "all" || key == "any"))
            return joined(*inner.as<List>(), key, where + "/" + key, depth, for_all);
        if (map->size() == 1 && key == "not" && inner.as<Map>()) {
            MORTISE_TRY(const std::string sql, filter(inner, where + "/not", depth + 1, false));
            return "NOT coalesce(" + sql + ", 0)";
        }
        std::string sql; // {NAME: value, ...}
        for (const auto& [name, value] : *map) {
            MORTISE_TRY(
                const std::string one,
                condition({{"field", name}, {"op", "="}, {"value", value}}, where + "/" + name, for_all)
            );
            sql += (sql.empty() ? "(" : " AND ") + one;
        }
        return sql + ")";
    }

    CompiledFilter compiled;

private:
    Result<std::string>
    joined(const List& list, std::string_view how, const std::string& where, int depth, bool for_all)
    {
        if (list.empty()) return wrong("the list of conditions is empty", where);
        std::string sql;
        for (std::size_t i = 0; i < list.size(); ++i) {
            MORTISE_TRY(
                const std::string one,
                filter(
                    list[i],
                    where + "/" + std::to_string(i),
                    depth + 1,
                    for_all && (how == "all" || list.size() == 1)
                )
            );
            sql += (sql.empty() ? "(" : how == "all" ? " AND " : " OR ") + one;
        }
        return sql + ")";
    }

    Result<const Field*> field_of(const Value& name, const std::string& where) const
    {
        if (const Field* common = common_field(name.text())) return common;
        auto slot = m_type.require_slot(name.text());
        if (slot) return &m_type.fields[*slot];
        Error error = std::move(slot).error();
        error.where = where;
        return error;
    }

    Result<std::string> condition(const Map& given, const std::string& where, bool for_all)
    {
        for (const auto& [key, value] : given)
            if (key != "field" && key != "op" && key != "value")
                return wrong("a condition has no \"" + key + "\"", where, "it has field, op and value");
        MORTISE_TRY(const Field* field, field_of(given["field"], where));
        const std::string op = given["op"].is_null() ? "=" : std::string{given["op"].text()};
        const Value& value = given["value"];
        if (op == "empty") return empty(*field, value.get_or(true));
        if (op == "in") return in(*field, value, where);
        if (op == "has") return has(*field, value, where);
        if (op == "starts_with") return starts_with(*field, value, where);
        if (op != "=" && op != "!=" && op != "<" && op != "<=" && op != ">" && op != ">=")
            return wrong(
                "there is no operator \"" + op + "\"", where, std::string{"it is one of "} + operators
            );
        if (value.is_null()) {
            if (op == "=" || op == "!=") return empty(*field, op == "=");
            return wrong("nothing is compared by " + op + " with an empty value", where);
        }
        if (is_list(field->kind) && (op == "=" || op == "!=")) {
            MORTISE_TRY(const std::string sql, has(*field, value, where));
            return op == "=" ? sql : "NOT " + sql;
        }
        return comparison(*field, op, value, where, for_all);
    }

    Result<Value> normal(const Field& field, const Value& value, const std::string& where) const
    {
        if (!is_comparable(field.kind))
            return wrong(
                field.name + " is of the kind " + std::string{name_of(field.kind)}
                    + ", whose values are not compared",
                where,
                is_list(field.kind) ? "use has or empty" : "use empty"
            );
        auto kept = coerce(field, value);
        if (kept && kept->is_null()) return wrong("the value for " + field.name + " is empty", where);
        if (kept) return kept;
        Error error = std::move(kept).error();
        error.message = field.name + ": " + error.message;
        error.where = where;
        return error;
    }

    std::string parameter(Value value)
    {
        compiled.parameters.push_back(std::move(value));
        return "?" + std::to_string(m_next++);
    }

    std::string column(const Field& field) const
    {
        const std::string name = quoted_name(columns_of(field).front());
        return m_use == FilterUse::walk ? "+" + name : name;
    }

    std::string empty(const Field& field, bool wanted) const
    {
        return column(field) + (wanted ? " IS NULL" : " IS NOT NULL");
    }

    Result<std::string> comparison(
        const Field& field, const std::string& op, const Value& value, const std::string& where, bool for_all
    )
    {
        MORTISE_TRY(const Value kept, normal(field, value, where));
        if (field.sorted && op != "=" && op != "!=") { // in human order
            const std::string key = quoted_name(key_column_of(field));
            return key + " " + op + " " + parameter(as_bytes(sort_key_of(m_collator, kept)));
        }
        const Value stored = stored_form(kept);
        std::string currency;
        if (const auto* money = kept.as<Money>()) {
            const Currency* known = find_currency(money->currency);
            currency = " AND " + quoted_name(columns_of(field).back()) + " = "
                + parameter(known ? Value{std::string{known->alpha}} : Value{});
        }
        if (op == "!=") {
            const std::string same = column(field) + " IS " + parameter(stored);
            return "NOT (" + same + currency + ")";
        }
        if (op == "=" && for_all && currency.empty() && (field.indexed || field.unique))
            compiled.leads.push_back({quoted_name(columns_of(field).front()), stored});
        const std::string compare = column(field) + " " + op + " " + parameter(stored);
        return currency.empty() ? compare : "(" + compare + currency + ")";
    }

    Result<std::string> in(const Field& field, const Value& value, const std::string& where)
    {
        const List* list = value.as<List>();
        if (!list || list->empty() || list->size() > most_values)
            return wrong("in takes a list of 1 to " + std::to_string(most_values) + " values", where);
        if (field.is_money())
            return wrong("amounts of money are compared one by one", where, R"(join them with "any")");
        std::string sql;
        for (const Value& item : *list) {
            MORTISE_TRY(const Value kept, normal(field, item, where));
            sql += (sql.empty() ? column(field) + " IN (" : ", ") + parameter(stored_form(kept));
        }
        return sql + ")";
    }

    Result<std::string> has(const Field& field, const Value& value, const std::string& where)
    {
        if (!is_list(field.kind))
            return wrong(field.name + " is no list", where, "use = or another comparison");
        if (value.kind() != Kind::text) return wrong("has takes a text", where);
        return "EXISTS (SELECT 1 FROM json_each(" + quoted_name(columns_of(field).front())
            + ") AS j WHERE j.value = " + parameter(value) + ")";
    }

    Result<std::string> starts_with(const Field& field, const Value& value, const std::string& where)
    {
        if (!is_text(field.kind))
            return wrong(
                field.name + " is of the kind " + std::string{name_of(field.kind)}
                    + ", which begins with nothing",
                where
            );
        std::string text{value.text()};
        if (text.empty()) return wrong("starts_with takes a text", where);
        if (field.sorted) {
            const auto [first, last] = sort_key_range(m_collator, text);
            const std::string key = quoted_name(key_column_of(field));
            const std::string from = parameter(as_bytes(first));
            return "(" + key + " >= " + from + " AND " + key + " < " + parameter(as_bytes(last)) + ")";
        }
        if (field.kind == FieldKind::email) text = ascii_lower(text);
        if (auto composed = to_nfc(text)) text = *std::move(composed);
        const std::string from = parameter(text);
        return "(" + column(field) + " >= " + from + " AND " + column(field) + " < "
            + parameter(text + '\xff') + ")";
    }

    const RecordType& m_type;
    const Collator& m_collator;
    std::size_t m_next;
    FilterUse m_use;
};

} // namespace

Result<CompiledFilter> compile_filter(
    const RecordType& type,
    const Value& filter,
    const Collator& collator,
    std::size_t first_parameter,
    FilterUse use
)
{
    if (filter.is_null()) return CompiledFilter{};
    Compiler compiler{type, collator, first_parameter, use};
    MORTISE_TRY(compiler.compiled.sql, compiler.filter(filter, "/where", 0, true));
    return std::move(compiler.compiled);
}

void bind_stored(Statement& statement, int index, const Value& value)
{
    if (const auto* number = value.as<std::int64_t>())
        statement.bind(index, *number);
    else if (value.kind() == Kind::text)
        statement.bind(index, value.text());
    else if (const auto* bytes = value.as<Bytes>())
        statement.bind_bytes(index, *bytes);
    else
        statement.bind_null(index);
}

} // namespace mortise::host
