#include "conditions/clause_writer.hpp"

#include <array>

namespace mortise::plugins::segmentation {

namespace {

Error unknown(const std::string& at, std::string what, std::string hint)
{
    return {ErrorCode::invalid, std::move(what), "segmentation.unknown", at, std::move(hint)};
}

constexpr const char* given_ids = "SELECT value FROM json_each(:ids)";

} // namespace

std::string moment_from(const char* parameter, std::int64_t count, const std::string& unit)
{
    return std::string{"date_add("} + parameter + ", " + std::to_string(count) + ", '" + unit + "')";
}

std::string ClauseWriter::bind(Value value)
{
    const std::string name = "p" + std::to_string(++m_parameters);
    m_out.parameters.append(name, std::move(value));
    return ":" + name;
}

SqlCondition ClauseWriter::finish(std::string predicate)
{
    m_out.predicate = std::move(predicate);
    return std::move(m_out);
}

Result<std::string> ClauseWriter::write(const Condition& condition, const ClauseScope& scope)
{
    switch (condition.kind) {
    case Condition::Kind::all:
    case Condition::Kind::any:
        return group(condition, scope);
    case Condition::Kind::none: {
        MORTISE_TRY(const std::string part, write(condition.parts.front(), scope));
        return "NOT coalesce((" + part + "), 0)";
    }
    case Condition::Kind::field:
        return field(condition, scope);
    case Condition::Kind::events:
        return events(condition, scope);
    case Condition::Kind::related:
        return related(condition, scope);
    case Condition::Kind::segment:
        return segment(condition, scope);
    case Condition::Kind::random:
        return random(condition, scope);
    case Condition::Kind::top:
        return top(condition, scope);
    }
    return unknown(condition.where_in_json, "no condition", "");
}

Result<std::string> ClauseWriter::group(const Condition& condition, const ClauseScope& scope)
{
    const bool is_all = condition.kind == Condition::Kind::all;
    if (condition.parts.empty()) return std::string{is_all ? "1" : "0"};
    std::string text;
    for (const Condition& part : condition.parts) {
        MORTISE_TRY(const std::string one, write(part, scope));
        text.append(text.empty() ? "(" : is_all ? " AND (" : " OR (").append(one).append(")");
    }
    return text;
}

/// Follows references from the scope's record; each hop is a scalar subquery, which keeps emptiness empty.
Result<ClauseWriter::Column>
ClauseWriter::column(const std::vector<std::string>& path, const ClauseScope& scope, const std::string& at)
{
    const TypeInfo* type = m_types.find(scope.type);
    Column out{.field = nullptr, .text = scope.alias + ".", .tail = {}};
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (!type)
            return unknown(at, "there is no record type " + scope.type, "or segmentation may not read it");
        if (out.field && out.field->kind == "address")
            return unknown(at, "an address is not compared by its parts", "compare with country, or is_set");
        out.field = type->find(path[i]);
        if (!out.field)
            return unknown(
                at, type->name + " has no field " + path[i], "mortise types " + type->name + " lists them"
            );
        out.text += path[i];
        if (i + 1 == path.size()) break;
        if (out.field->reference.empty())
            return unknown(at, path[i] + " of " + type->name + " is no reference", "only references lead on");
        type = m_types.find(out.field->reference);
        if (!type)
            return unknown(
                at, "there is no record type " + out.field->reference, "or segmentation may not read it"
            );
        const std::string alias = next_alias();
        out.tail = " FROM " + type->name + " " + alias + " WHERE " + alias + ".id = " + out.plain() + ")";
        out.text = "(SELECT " + alias + ".";
    }
    depend_on_path(path, scope);
    return out;
}

/// Each hop of the path is a field whose change matters, with the way back to the contacts.
void ClauseWriter::depend_on_path(const std::vector<std::string>& path, const ClauseScope& scope)
{
    const TypeInfo* type = m_types.find(scope.type);
    std::function<std::string(std::string)> back = scope.contacts;
    for (std::size_t i = 0; i < path.size() && type; ++i) {
        if (i == 0 && scope.related)
            scope.related->fields.insert(path[0]);
        else
            m_out.dependencies.push_back(
                {.kind = Dependency::Kind::fields,
                 .type = type->name,
                 .fields = {path[i]},
                 .by = {},
                 .contacts = back(given_ids)}
            );
        back = [name = type->name, field = path[i], back](std::string ids) {
            return back("SELECT x.id FROM " + name + " x WHERE x." + field + " IN (" + ids + ")");
        };
        const FieldInfo* found = type->find(path[i]);
        type = found ? m_types.find(found->reference) : nullptr;
    }
}

Result<std::string> ClauseWriter::field(const Condition& condition, const ClauseScope& scope)
{
    MORTISE_TRY(const Column found, column(condition.path, scope, condition.where_in_json + "/field"));
    return compared(found, condition.comparison, scope, condition.where_in_json);
}

Result<std::string> ClauseWriter::segment(const Condition& condition, const ClauseScope& scope)
{
    if (scope.type != "contact")
        return unknown(condition.where_in_json, "only contacts are in segments", "say it outside of related");
    const auto id = m_segments(condition.name);
    if (!id)
        return unknown(
            condition.where_in_json + "/segment",
            "there is no segment \"" + condition.name + "\"",
            "give its name or id"
        );
    m_out.dependencies.push_back(
        {.kind = Dependency::Kind::segment,
         .type = std::to_string(id->number),
         .fields = {},
         .by = {},
         .contacts = scope.contacts(given_ids)}
    );
    const std::string bound = bind(*id);
    if (m_reach == Reach::all)
        return scope.alias + ".id IN (SELECT m.contact FROM segment_membership m WHERE m.segment = " + bound
            + " AND m.left_at IS NULL)";
    return "EXISTS (SELECT 1 FROM segment_membership m WHERE m.contact = " + scope.alias
        + ".id AND m.segment = " + bound + " AND m.left_at IS NULL)";
}

/// A share by a hash of the id: the same for ever, and other for another seed.
std::string ClauseWriter::random(const Condition& condition, const ClauseScope& scope)
{
    return "mod(" + hash_of(condition, scope) + ", 10000) BETWEEN " + std::to_string(condition.low) + " AND "
        + std::to_string(condition.high - 1);
}

/// Two rounds of a linear congruential generator keep neighbours apart.
std::string ClauseWriter::hash_of(const Condition& condition, const ClauseScope& scope)
{
    std::uint64_t seed = 14'695'981'039'346'656'037ULL; // FNV-1a
    for (const char c : condition.name)
        seed = (seed ^ static_cast<unsigned char>(c)) * 1'099'511'628'211ULL;
    const std::string factor = std::to_string(1'000'000'007ULL + seed % 1'000'000'000ULL);
    const std::string offset = std::to_string((seed >> 32U) % 2'147'483'647ULL);
    return "mod(mod(mod(" + scope.alias + ".id, 1000000007) * " + factor + " + " + offset
        + ", 2147483647) * 48271, 2147483647) / 7";
}

} // namespace mortise::plugins::segmentation
