/// \file
/// What a plan says about record types, fields and records.

#include "base/json.hpp"
#include "bundles/planner.hpp"
#include "bundles/record_values.hpp"
#include "records/catalog.hpp"
#include "records/field_definition.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace mortise::host {

namespace json = boost::json;

namespace {

/// So many records are made in one transaction.
constexpr std::size_t records_at_once = 100;

const json::value* reference_in(const json::value& value)
{
    const json::object* object = value.if_object();
    return object ? object->if_contains("by") : nullptr;
}

} // namespace

/// The types that there are, and those that the plugins will bring.
void BundlePlanner::gather_types()
{
    for (const TypePointer& type : m_records.schema()->types()) {
        TypeFacts facts{.owner = type->owner, .title_field = type->title_field};
        for (const Field& field : type->fields)
            if (!field.archived) facts.fields.emplace(field.name, field);
        m_types.emplace(type->name, std::move(facts));
    }
    for (const Chosen& chosen : m_chosen) // types of their own first: others extend them
        for (const TypeDeclaration& type : chosen.manifest->types)
            if (!type.extends) add_type(*chosen.manifest, type);
    for (const Chosen& chosen : m_chosen)
        for (const TypeDeclaration& type : chosen.manifest->types)
            if (type.extends) add_type(*chosen.manifest, type);
}

void BundlePlanner::add_type(const Manifest& manifest, const TypeDeclaration& type)
{
    const std::string where = manifest.id + "/types/" + type.name;
    auto found = m_types.find(type.name);
    if (type.extends && found == m_types.end()) {
        conflict(
            "no_type",
            manifest.id + " adds fields to the record type " + type.name + ", which nothing brings",
            where,
            "add the plugin that brings it"
        );
        return;
    }
    if (!type.extends && found != m_types.end() && found->second.owner != manifest.id) {
        conflict(
            "type_taken",
            "the record type " + type.name + " of " + manifest.id + " is one of " + found->second.owner
                + " already",
            where,
            "the two cannot run together: leave one of them out"
        );
        return;
    }
    if (found == m_types.end())
        found = m_types.emplace(type.name, TypeFacts{.owner = manifest.id, .title_field = {}}).first;
    if (!type.extends) found->second.title_field = type.title_field;
    for (const Field& declared : type.fields) {
        Field field = declared;
        field.owner = manifest.id;
        const auto [at, is_new] = found->second.fields.emplace(field.name, field);
        if (is_new) continue;
        const std::string owner = at->second.owner;
        if (owner != manifest.id)
            conflict(
                "field_taken",
                "the field " + type.name + '.' + field.name + " of " + manifest.id + " is one of " + owner
                    + " already",
                where + '/' + field.name,
                owner == custom_owner ? "archive your own field, or leave the plugin out"
                                      : "the two cannot run together: leave one of them out"
            );
        else
            at->second = field;
    }
}

/// Commands and events of two plugins may not have one name.
void BundlePlanner::check_names()
{
    std::map<std::string, std::shared_ptr<const Manifest>> all;
    for (const auto& [id, version] : m_source.running)
        if (auto manifest = m_plugins.manifest(id)) all.emplace(id, *manifest);
    for (const Chosen& chosen : m_chosen)
        all.insert_or_assign(chosen.id, chosen.manifest);
    std::map<std::string, std::string> owners;
    for (const auto& [id, manifest] : all) {
        for (const CommandInfo& command : manifest->commands)
            if (const auto [at, is_new] = owners.emplace("command " + command.name, id); !is_new)
                conflict(
                    "command_taken",
                    "the command " + command.name + " is one of " + at->second + " and of " + id,
                    id,
                    "the two cannot run together: leave one of them out"
                );
        for (const EventDeclaration& event : manifest->events)
            if (const auto [at, is_new] = owners.emplace("event " + event.type, id); !is_new)
                conflict(
                    "event_taken",
                    "the event " + event.type + " is one of " + at->second + " and of " + id,
                    id,
                    "the two cannot run together: leave one of them out"
                );
    }
}

Result<void> BundlePlanner::plan_fields()
{
    for (std::size_t i = 0; i < m_bundle.fields.size(); ++i) {
        const auto& [type_name, wanted] = m_bundle.fields[i];
        const std::string where = "/fields/" + std::to_string(i);
        const std::string name = type_name + '.' + wanted.name;
        const auto type = m_types.find(type_name);
        if (type == m_types.end()) {
            conflict("no_type", "there is no record type \"" + type_name + '"', where + "/type");
            continue;
        }
        Field field = wanted;
        field.owner = custom_owner;
        const auto [at, is_new] = type->second.fields.emplace(field.name, field);
        const std::string kind{name_of(field.kind)};
        std::string text
            = "add the field " + field.name + " (" + field.label + ", " + kind + ") to " + type_name;
        if (!is_new) {
            const Field& present = at->second;
            if (present.owner != custom_owner) {
                conflict(
                    "field_taken", "the field " + name + " is one of " + present.owner + " already", where
                );
                continue;
            }
            if (present.kind != field.kind) {
                conflict(
                    "field_kind",
                    "the field " + name + " is there as " + std::string{name_of(present.kind)} + ", not as "
                        + kind,
                    where + "/kind",
                    "give the field another name"
                );
                continue;
            }
            if (definition_of(present) == definition_of(field)) {
                m_plan.notes.push_back("the field " + name + " is there already");
                continue;
            }
            text = "change the field " + name;
            at->second = field;
        }
        m_plan.steps.push_back(
            {StepKind::field,
             text,
             {{"type", type_name}, {"field", m_bundle.json.at("fields").as_array().at(i)}}}
        );
    }
    return {};
}

/// Whether it can be made at all, as far as that can be told beforehand.
bool BundlePlanner::check_record(const BundleRecord& record, const TypeFacts& type)
{
    bool is_good = true;
    const auto refuse = [&](const std::string& message, const std::string& where) {
        conflict("record", message, record.where + where);
        is_good = false;
    };
    for (const auto& [name, value] : record.values) {
        const auto field = type.fields.find(name);
        if (name != "owner" && field == type.fields.end())
            refuse(record.type + " has no field \"" + name + '"', "/values/" + name);
        else if (field != type.fields.end() && field->second.kind == FieldKind::reference
                 && value.as<Map>()) {
            const auto target = m_types.find(field->second.reference_type);
            const std::string by{value["by"].text()};
            if (target == m_types.end() || !target->second.fields.contains(by))
                refuse(
                    field->second.reference_type + " has no field \"" + by + "\" to be found by",
                    "/values/" + name + "/by"
                );
        }
    }
    for (const std::string& name : record.match)
        if (record.values[name].is_null())
            refuse("it is to be found by \"" + name + "\", which has no value", "/match");
    return is_good;
}

/// Only where the type is there and the records that it refers to are: else it is new.
Result<bool> BundlePlanner::is_there(const BundleRecord& record)
{
    const TypePointer type = m_records.schema()->find(record.type);
    if (!type || type->name != record.type) return false;
    const auto match = match_fields(*type, record);
    if (match.empty()) return false;
    for (const std::string& field : match)
        if (!type->slot(field)) return false;
    BundleRecord narrowed{.type = record.type, .match = match, .values = {}, .where = record.where};
    for (const std::string& field : match)
        narrowed.values.set(field, record.values[field]);
    auto values = resolved_values(m_records, *type, narrowed);
    if (!values) {
        if (values.error().code == ErrorCode::not_found) return false;
        return std::move(values).error();
    }
    MORTISE_TRY(const auto found, find_record(m_records, *type, match, *values));
    return found.has_value();
}

Result<void> BundlePlanner::plan_records(const std::vector<BundleRecord>& list)
{
    std::map<std::string, std::vector<std::string>> there;
    for (const BundleRecord& record : list) {
        const auto type = m_types.find(record.type);
        if (type == m_types.end()) {
            conflict(
                "no_type",
                "there is no record type \"" + record.type + '"',
                record.where + "/type",
                "add the plugin that brings it"
            );
            continue;
        }
        if (!check_record(record, type->second)) continue;
        MORTISE_TRY(const bool is_present, is_there(record));
        if (is_present)
            there[record.type].push_back(record_title(type->second.title_field, record));
        else
            add_record(record, type->second);
    }
    finish_records();
    for (const auto& [type, titles] : there)
        m_plan.notes.push_back(
            type + ' ' + list_words(titles) + (titles.size() == 1 ? " is" : " are")
            + " there already, and left as " + (titles.size() == 1 ? "it is" : "they are")
        );
    return {};
}

/// Records of one type that follow each other are made together, but for those that refer to their like.
void BundlePlanner::add_record(const BundleRecord& record, const TypeFacts& type)
{
    json::object made = json_of(record);
    bool refers_to_its_like = false;
    for (const auto& [name, value] : made.at("values").as_object()) {
        const auto field = type.fields.find(name);
        refers_to_its_like = refers_to_its_like
            || (field != type.fields.end() && field->second.reference_type == record.type
                && reference_in(value));
    }
    if (m_gathering != record.type || m_gathered.size() >= records_at_once || refers_to_its_like)
        finish_records();
    m_gathering = record.type;
    m_gathered.emplace_back(std::move(made));
    m_titles.push_back(record_title(type.title_field, record));
}

void BundlePlanner::finish_records()
{
    if (m_gathered.empty()) return;
    const std::string text = "make " + count_words(m_titles.size(), "record", "records") + " of the type "
        + m_gathering + ": " + list_words(m_titles);
    m_plan.steps.push_back(
        {StepKind::records, text, {{"type", m_gathering}, {"records", std::move(m_gathered)}}}
    );
    m_gathered = {};
    m_titles.clear();
}

} // namespace mortise::host
