// What an upgrade from an earlier version of the plugin does to what that has left.

#include "base/json.hpp"
#include "earlier_version.hpp"
#include "records/schema.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace mortise::check {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view guide = "docs/guides/records-and-migrations.md#upgrade";

std::string records_text(std::size_t count)
{
    return count == 1 ? "1 record" : std::to_string(count) + " records";
}

std::string error_text(const Error& error)
{
    return (error.key.empty() ? std::string{name(error.code)} : error.key) + ": " + error.message
        + (error.hint.empty() ? "" : " (" + error.hint + ')');
}

/// The type as the later version declares it; null if it does not.
const host::TypeDeclaration* declared(const Target& target, std::string_view type)
{
    const auto& types = target.manifest().types;
    const auto found = std::ranges::find(types, type, &host::TypeDeclaration::name);
    return found == types.end() ? nullptr : &*found;
}

const host::Field* declared(const Target& target, std::string_view type, std::string_view field)
{
    const host::TypeDeclaration* found = declared(target, type);
    if (!found) return nullptr;
    const auto at = std::ranges::find(found->fields, field, &host::Field::name);
    return at == found->fields.end() ? nullptr : &*at;
}

Finding is_earlier(const Target& target)
{
    const Target earlier = earlier_of(target);
    if (std::string wrong = not_earlier(target, earlier); !wrong.empty())
        return Finding::failed(std::move(wrong));
    return Finding::passed(earlier.manifest().version.text() + " -> " + target.manifest().version.text());
}

Finding goes_well(const Target& target)
{
    Succession succession{target};
    if (const auto done = succession.upgrade(); !done)
        return Finding::failed(succession.step() + ": " + error_text(done.error()));
    return Finding::passed(succession.step() + " with " + records_text(succession.count()));
}

using Kept = std::map<std::int64_t, Map>;

std::string lost_records(const std::string& type, const Kept& before, const Kept& now)
{
    const auto lost = static_cast<std::size_t>(std::ranges::count_if(before, [&now](const auto& record) {
        return !now.contains(record.first);
    }));
    if (lost == 0) return {};
    return records_text(lost) + " of " + type + " out of " + std::to_string(before.size())
        + (lost == 1 ? " is" : " are") + " not there any more";
}

std::string lost_values(const std::string& type, const Kept& before, const Kept& now, const Target& declaring)
{
    for (const auto& [id, fields] : before)
        for (const auto& [field, value] : fields)
            if (declared(declaring, type, field) != nullptr && now.at(id)[field].is_null())
                return type + '.' + std::string{field} + " held " + host::json_text(value) + " and is empty";
    return {};
}

/// What is not there any more: a record, or what a field held that is still declared.
std::string loss(const Heritage& before, const Heritage& after, const Target& declaring)
{
    for (const auto& [type, records] : before) {
        if (declared(declaring, type) == nullptr)
            continue; // archived: read by SQL, whole again when it returns
        const auto found = after.find(type);
        const Kept& now = found == after.end() ? Kept{} : found->second;
        std::string lost = lost_records(type, records, now);
        if (lost.empty()) lost = lost_values(type, records, now, declaring);
        if (!lost.empty()) return lost;
    }
    return {};
}

Finding keeps_records(const Target& target)
{
    Succession succession{target};
    succession.need_upgrade();
    const Heritage after = succession.now();
    if (const std::string lost = loss(succession.left(), after, target); !lost.empty())
        return Finding::failed(succession.step() + ": " + lost);
    for (const auto& [type, records] : succession.left())
        if (const auto now = after.find(type); now != after.end() && now->second.size() > records.size())
            return Finding::failed(
                succession.step() + ": there are " + std::to_string(now->second.size()) + " of " + type
                + " instead of " + std::to_string(records.size())
            );
    return Finding::passed(records_text(succession.count()));
}

/// What the host answers to a change of a record of before that has nothing to do with that field.
std::string answer_to_change(Succession& succession, std::string_view type, std::int64_t id)
{
    const auto& fields = succession.left().at(std::string{type}).at(id);
    for (const auto& [field, value] : fields) {
        if (!declared(succession.later(), type, field)) continue;
        const Done done = succession.bench().run(
            "records.update", {{"type", type}, {"id", Id{id}}, {"fields", Map{{field, value}}}}
        );
        if (!done.ok) return "; changing one is answered with " + done.key + ": " + done.message;
    }
    return {};
}

/// Records of before that have nothing in that field.
std::vector<std::int64_t> empty_in(const Kept& before, const Kept& now, std::string_view field)
{
    std::vector<std::int64_t> empty;
    for (const auto& [id, fields] : now)
        if (before.contains(id) && fields[field].is_null()) empty.push_back(id);
    return empty;
}

Finding fills_required(const Target& target)
{
    Succession succession{target};
    succession.need_upgrade();
    const Heritage after = succession.now();
    std::size_t looked_at = 0;
    for (const auto& [type, records] : succession.left()) {
        const host::TypeDeclaration* later = declared(target, type);
        if (later == nullptr || !after.contains(type)) continue;
        for (const host::Field& field : later->fields) {
            if (!field.required) continue;
            ++looked_at;
            const auto empty = empty_in(records, after.at(type), field.name);
            if (empty.empty()) continue;
            return Finding::failed(
                succession.step() + ": " + records_text(empty.size()) + " of " + type + " from before "
                + (empty.size() == 1 ? "has" : "have") + " no " + field.name + ", which is required now"
                + answer_to_change(succession, type, empty.front())
                + "\nfill it in migrate, or do not require it: a default is for new records only"
            );
        }
    }
    return looked_at == 0 ? Finding::skipped("its types require nothing") : Finding::passed();
}

bool is_option(const host::Field& field, const Value& value)
{
    const auto* list = value.as<List>();
    if (list) return std::ranges::all_of(*list, [&](const Value& each) { return is_option(field, each); });
    return std::ranges::find(field.options, value.text()) != field.options.end();
}

Finding keeps_options(const Target& target)
{
    Succession succession{target};
    succession.need_upgrade();
    std::size_t looked_at = 0;
    for (const auto& [type, records] : succession.now())
        for (const auto& [id, fields] : records)
            for (const auto& [name, value] : fields) {
                const host::Field* field = declared(target, type, name);
                if (!field || field->options.empty()) continue;
                ++looked_at;
                if (is_option(*field, value)) continue;
                return Finding::failed(
                    succession.step() + ": records of " + type + " have " + std::string{name} + ' '
                    + host::json_text(value)
                    + ", which is no option any more\nkeep the option, or let migrate give those records "
                      "another one"
                );
            }
    return looked_at == 0 ? Finding::skipped("no record of before has an option") : Finding::passed();
}

Finding goes_back(const Target& target)
{
    Succession succession{target};
    succession.need_upgrade();
    const std::string step
        = target.manifest().version.text() + " -> " + succession.earlier().manifest().version.text();
    if (const auto back = succession.go_back(); !back)
        return Finding::failed(step + ": " + error_text(back.error()));
    if (const std::string lost = loss(succession.left(), succession.now(), succession.earlier());
        !lost.empty())
        return Finding::failed(step + ": " + lost);
    return Finding::passed(step);
}

constexpr Check checks[]{
    {"upgrade.is_newer", "the earlier version is of the same plugin, and older", guide, is_earlier},
    {"upgrade.goes_well",
     "with records of the earlier version about, the new one migrates them and starts",
     guide,
     goes_well,
     60s},
    {"upgrade.keeps_records",
     "every record of the earlier version is there afterwards, with what its fields held",
     guide,
     keeps_records,
     60s},
    {"upgrade.fills_required",
     "records of before have what the new version requires",
     guide,
     fills_required,
     60s},
    {"upgrade.keeps_options",
     "records of before have no option that the new version took away",
     guide,
     keeps_options,
     60s},
    {"upgrade.goes_back",
     "after a rollback the earlier version runs again, with its records",
     guide,
     goes_back,
     60s},
};

} // namespace

std::span<const Check> upgrade_checks()
{
    return checks;
}

} // namespace mortise::check
