#include "sql/tables.hpp"

#include "definition/json_reader.hpp"

#include <mortise/currency.hpp>

#include <algorithm>

namespace mortise::plugins::reporting {

namespace {

Error unknown(const std::string& at, std::string what, std::string hint)
{
    return {ErrorCode::invalid, std::move(what), "reporting.unknown", at, std::move(hint)};
}

Error no_type(const std::string& at, const std::string& type)
{
    return unknown(
        at,
        "there is no record type " + type,
        "mortise types lists them; reporting needs the right to read it"
    );
}

FieldInfo plain_field(const char* name, const char* kind, const char* label, std::string reference = {})
{
    return {
        .name = name,
        .kind = kind,
        .label = label,
        .reference = std::move(reference),
        .scale = 0,
        .options = {}
    };
}

std::string power_text(int scale)
{
    return "1" + std::string(static_cast<std::size_t>(scale), '0');
}

/// How many minor units one unit of the currency has.
std::string minor_units_sql(const std::string& currency)
{
    std::string none;
    std::string three;
    for (const Currency& one : currencies) {
        if (one.digits == 2) continue;
        std::string& list = one.digits == 0 ? none : three;
        if (one.digits == 0 || one.digits == 3)
            list.append(list.empty() ? "'" : ", '").append(one.alpha).append("'");
    }
    return "CASE WHEN " + currency + " IN (" + none + ") THEN 1 WHEN " + currency + " IN (" + three
        + ") THEN 1000 ELSE 100 END";
}

} // namespace

Result<Tables> Tables::open(const Definition& report, const TypeBook& types)
{
    Tables tables;
    tables.m_types = &types;
    tables.m_source = report.source;
    tables.m_is_events = !report.source.events.empty();
    if (!tables.m_is_events && !types.find(report.source.type)) return no_type("/source", report.source.type);
    if (tables.m_is_events) tables.m_parameters.append("source_events", report.source.events);
    if (!report.source.subject.empty() && !types.find(report.source.subject))
        return no_type("/source/subject", report.source.subject);
    for (const Join& join : report.joins) {
        const TypeInfo* type = types.find(join.type);
        if (!type) return no_type(join.at + "/type", join.type);
        const FieldInfo* by = type->find(join.by);
        const std::string target = join.of.empty()
            ? (tables.m_is_events ? report.source.subject : report.source.type)
            : tables.type_of(join.of);
        if (!by || by->reference != target)
            return unknown(
                join.at + "/by",
                join.type + "." + join.by + " does not refer to "
                    + (target.empty() ? "anything known" : target),
                "a join follows a reference that " + join.type + " declares"
            );
        const std::string alias = alias_of(join.as);
        const std::string other
            = join.of.empty() && tables.m_is_events ? "t.subject" : alias_of(join.of) + ".id";
        tables.m_joined
            += " LEFT JOIN " + join.type + " " + alias + " ON " + alias + "." + join.by + " = " + other;
        tables.m_joins.push_back(join);
    }
    return tables;
}

const Join* Tables::find_join(const std::string& name) const
{
    const auto found = std::ranges::find(m_joins, name, &Join::as);
    return found == m_joins.end() ? nullptr : &*found;
}

std::string Tables::type_of(const std::string& join) const
{
    if (join.empty()) return m_source.type;
    const Join* found = find_join(join);
    return found ? found->type : std::string{};
}

std::string Tables::id_of(const std::string& join) const
{
    if (join.empty() && m_is_events) return "t.number";
    return alias_of(join) + ".id";
}

bool Tables::is_repeated(const std::string& join) const
{
    std::vector<std::string> ancestors;
    for (const Join* at = find_join(join); at; at = at->of.empty() ? nullptr : find_join(at->of))
        ancestors.push_back(at->as);
    return std::ranges::any_of(m_joins, [&](const Join& other) {
        return std::ranges::find(ancestors, other.as) == ancestors.end();
    });
}

Result<Column> Tables::column(const Path& path, const std::string& at)
{
    std::string join;
    std::size_t i = 0;
    if (path.size() > 1 && find_join(path[0])) join = path[i++];
    if (m_is_events && join.empty() && path[0] == "data") {
        const std::string name = joined(Path(path.begin() + 1, path.end()));
        for (const DataField& field : m_source.data)
            if (field.name == name) return data_column(field);
        if (path.size() < 2) return unknown(at, "data is no field", "say which key of it: data.total");
        return data_column({.name = name, .kind = "text", .scale = 0, .reference = {}});
    }
    Hop hop{join.empty() ? (m_is_events ? "event" : m_source.type) : type_of(join), alias_of(join)};
    std::string trail = join;
    for (;; ++i) {
        MORTISE_TRY(Column found, step(hop, path[i], join, at));
        if (i + 1 == path.size()) return found;
        if (found.field.kind == "money" && i + 2 == path.size() && path[i + 1] == "currency") {
            Column currency{
                .field = plain_field("currency", "text", "Currency"),
                .sql = found.currency,
                .currency = {},
                .join = join
            };
            return currency;
        }
        if (found.field.reference.empty())
            return unknown(at, path[i] + " of " + hop.type + " is no reference", "only references lead on");
        if (!m_types->find(found.field.reference)) return no_type(at, found.field.reference);
        trail += "." + path[i];
        const auto known = std::ranges::find(m_hops, trail, &std::pair<std::string, std::string>::first);
        if (known != m_hops.end()) {
            hop = {found.field.reference, known->second};
            continue;
        }
        const std::string alias = "j" + std::to_string(m_hops.size() + 1);
        m_hopped
            += " LEFT JOIN " + found.field.reference + " " + alias + " ON " + alias + ".id = " + found.sql;
        m_hops.emplace_back(trail, alias);
        hop = {found.field.reference, alias};
    }
}

Result<Column>
Tables::step(const Hop& from, const std::string& name, const std::string& join, const std::string& at) const
{
    Column out{.field = {}, .sql = from.alias + "." + name, .currency = {}, .join = join};
    if (from.type == "event" && m_is_events) {
        if (name == "time" || name == "recorded")
            out.field = plain_field(name.c_str(), "datetime", name == "time" ? "Time" : "Recorded");
        else if (name == "subject")
            out.field = plain_field("subject", "reference", "Subject", m_source.subject);
        else if (name == "actor")
            out.field = plain_field("actor", "text", "By");
        else
            return unknown(at, "events have no field " + name, "time, recorded, subject, actor, or data.KEY");
        return out;
    }
    const TypeInfo* type = m_types->find(from.type);
    const FieldInfo* field = type ? type->find(name) : nullptr;
    if (!field)
        return unknown(at, from.type + " has no field " + name, "mortise types " + from.type + " lists them");
    out.field = *field;
    if (field->kind != "money") return out;
    out.currency = out.sql + "_currency";
    out.sql += "_minor";
    return out;
}

/// Keys are names (path_at has seen to it), so they may stand in the text.
Column Tables::data_column(const DataField& field) const
{
    Column out;
    out.field
        = {.name = field.name,
           .kind = field.kind,
           .label = field.name,
           .reference = field.reference,
           .scale = field.scale,
           .options = {}};
    std::string keys;
    for (std::size_t from = 0; from <= field.name.size();) {
        const std::size_t dot = std::min(field.name.find('.', from), field.name.size());
        keys += ", '" + field.name.substr(from, dot - from) + "'";
        from = dot + 1;
    }
    const std::string value = "json_text(t.data" + keys + ")";
    const auto number = [](const std::string& text, const std::string& times) {
        return "CAST(round(CAST(" + text + " AS REAL) * " + times + ") AS INTEGER)";
    };
    out.sql = value;
    if (field.kind == "int" || field.kind == "reference") out.sql = "CAST(" + value + " AS INTEGER)";
    if (field.kind == "decimal") out.sql = number(value, power_text(field.scale));
    if (field.kind == "bool")
        out.sql
            = "CASE " + value + " WHEN 'true' THEN 1 WHEN '1' THEN 1 WHEN 'false' THEN 0 WHEN '0' THEN 0 END";
    if (field.kind == "date") out.sql = "substr(" + value + ", 1, 10)";
    if (field.kind == "money") {
        out.currency = "json_text(t.data" + keys + ", 'currency')";
        out.sql
            = number("json_text(t.data" + keys + ", 'amount')", "(" + minor_units_sql(out.currency) + ")");
    }
    return out;
}

std::string Tables::from() const
{
    return " FROM " + (m_is_events ? std::string{"event"} : m_source.type) + " t" + m_joined + m_hopped;
}

std::string Tables::base_condition() const
{
    return m_is_events ? "t.type = :source_events" : "1";
}

} // namespace mortise::plugins::reporting
