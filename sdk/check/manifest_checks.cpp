#include "base/json.hpp"
#include "bench.hpp"
#include "control/declarations.hpp"
#include "control/nearest.hpp"
#include "plugins/event_rights.hpp"
#include "plugins/root_table.hpp"
#include "records/views.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace mortise::check {

namespace {

namespace json = boost::json;

constexpr std::string_view schema_page = "docs/reference/manifest.md";

const json::array& list_in(const json::value& object, std::string_view name)
{
    static const json::array nothing;
    const auto* found = object.is_object() ? object.get_object().if_contains(name) : nullptr;
    return found && found->is_array() ? found->get_array() : nothing;
}

std::string text_in(const json::value& object, std::string_view name)
{
    const auto* found = object.is_object() ? object.get_object().if_contains(name) : nullptr;
    return found && found->is_string() ? std::string{found->get_string()} : std::string{};
}

/// "a, b and 3 more"
Finding all_or(const std::vector<std::string>& wrong, std::string_view what, Verdict verdict = Verdict::fail)
{
    if (wrong.empty()) return Finding::passed();
    std::string text{what};
    constexpr std::size_t most = 5;
    for (std::size_t i = 0; i < std::min(most, wrong.size()); ++i)
        text += (i == 0 ? " " : ", ") + wrong[i];
    if (wrong.size() > most) text += " and " + std::to_string(wrong.size() - most) + " more";
    return {verdict, std::move(text)};
}

Finding valid(const Target& target)
{
    if (target.is_sound()) return Finding::passed();
    return Finding::failed(manifest_errors(target));
}

Finding presentable(const Target& target)
{
    std::vector<std::string> missing;
    for (const char* name : {"summary", "vendor", "license"})
        if (text_in(target.manifest().json, name).empty()) missing.emplace_back(name);
    return all_or(missing, "a business that chooses a plugin looks for");
}

Finding interfaces_known(const Target& target)
{
    std::vector<std::string> unknown;
    for (const auto* list : {&target.manifest().requires_interfaces, &target.manifest().experimental})
        for (const std::string& id : *list)
            if (host::offer_of(id) == host::Offer::unknown) unknown.push_back(id);
    return all_or(unknown, "this release of the host does not have");
}

Finding locales_there(const Target& target)
{
    const auto* locales = target.manifest().json.is_object()
        ? target.manifest().json.get_object().if_contains("locales")
        : nullptr;
    if (!locales)
        return Finding::warned("plugin.json does not say in which language its texts are (locales.default)");
    std::vector<std::string> wrong;
    for (const json::value& language : list_in(*locales, "available")) {
        const std::string name = "locales/" + std::string{language.as_string()} + ".json";
        std::ifstream stream{target.folder / name};
        const std::string text{std::istreambuf_iterator<char>{stream}, {}};
        const auto read = host::parse_json(text, name);
        if (!stream || !read || !read->is_object()) wrong.push_back(name);
    }
    return all_or(wrong, "no translation can be read from");
}

Finding commands_described(const Target& target)
{
    std::vector<std::string> bare;
    for (const host::CommandInfo& command : target.manifest().commands)
        if (command.help.empty() || command.arguments.is_null()) bare.push_back(command.name);
    return all_or(bare, "people and agents cannot know what these do or take (\"help\", \"arguments\"):");
}

Finding destructive_confirms(const Target& target)
{
    std::vector<std::string> wrong;
    for (const host::CommandInfo& command : target.manifest().commands)
        if (command.effect == host::Effect::destructive && !command.confirm) wrong.push_back(command.name);
    return all_or(wrong, "destructive, and nobody is asked before (\"confirm\"):");
}

Finding arguments_closed(const Target& target)
{
    std::vector<std::string> open;
    for (const host::CommandInfo& command : target.manifest().commands) {
        const auto* object = command.arguments.is_object() ? &command.arguments.get_object() : nullptr;
        const auto* more = object ? object->if_contains("additionalProperties") : nullptr;
        if (object && object->contains("properties") && !more) open.push_back(command.name);
    }
    return all_or(
        open,
        "a misspelt argument goes unnoticed, as these do not say \"additionalProperties\": false:",
        Verdict::warn
    );
}

Finding events_have_schemas(const Target& target)
{
    std::vector<std::string> bare;
    for (const host::EventDeclaration& event : target.manifest().events)
        if (!event.data) bare.push_back(event.type);
    return all_or(bare, "nobody can know what is in the data of");
}

Finding defaults_fit(const Target& target)
{
    const auto& schema = target.manifest().settings_schema;
    if (!schema) return Finding::skipped("it has no settings");
    json::object defaults;
    const auto* properties = target.manifest().settings.get_object().if_contains("properties");
    if (properties && properties->is_object())
        for (const auto& property : properties->get_object())
            if (const auto* value = property.value().is_object()
                    ? property.value().get_object().if_contains("default")
                    : nullptr)
                defaults.insert_or_assign(property.key(), *value);
    if (const auto fits = schema->validate(defaults); !fits)
        return Finding::failed(
            "the defaults of its settings do not fit its own schema: " + fits.error().where + ": "
            + fits.error().message
        );
    return Finding::passed();
}

Finding settings_typed(const Target& target)
{
    const auto* properties = target.manifest().settings.is_object()
        ? target.manifest().settings.get_object().if_contains("properties")
        : nullptr;
    if (!properties || !properties->is_object()) return Finding::skipped("it has no settings");
    std::vector<std::string> loose;
    for (const auto& property : properties->get_object()) {
        const auto* object = property.value().is_object() ? &property.value().get_object() : nullptr;
        if (!object || (!object->contains("type") && !object->contains("enum") && !object->contains("const")))
            loose.emplace_back(property.key());
    }
    return all_or(loose, "a setting without a \"type\" takes anything:");
}

/// A type may come with another plugin, so what is not there is told, not refused: it may be a slip.
Finding permissions_known(const Target& target)
{
    Bench bench{target};
    const auto schema = bench.box().host().records().schema();
    const host::Manifest& manifest = target.manifest();
    std::vector<std::string> withheld;
    const host::PluginGrants asked{manifest.id, manifest.permissions};
    for (const host::WithheldEvents& each : host::withheld_events(manifest, *schema, asked))
        withheld.push_back(each.pattern + " (" + each.permission + ')');
    if (!withheld.empty())
        return all_or(
            withheld, "does not ask for the permissions without which it gets none of these events:"
        );
    std::vector<std::string> known{"events.read", "records.read"};
    for (const auto& type : schema->types())
        for (const char* right : {".read", ".write"})
            known.push_back(type->plural + right);
    std::vector<std::string> unknown;
    for (const std::string& permission : manifest.permissions) {
        const bool is_about_a_type = permission.ends_with(".read") || permission.ends_with(".write");
        if (permission.starts_with("net:") || !is_about_a_type
            || std::ranges::find(known, permission) != known.end())
            continue;
        const std::string meant = host::nearest(permission, known);
        unknown.push_back(permission + (meant.empty() ? "" : " (did you mean " + meant + "?)"));
    }
    return all_or(
        unknown,
        "asks for rights to types that are not here, which count once these are (name the plugin that has "
        "them: --with NAME):",
        Verdict::warn
    );
}

/// What of the plugin's queries, views or buttons does not work, each with its place.
std::vector<std::string> broken(const Target& target, host::BrokenDeclaration::Kind kind)
{
    Bench bench{target};
    const auto context = bench.box().context_of({});
    if (!context) throw Stop{Finding::not_tried(context.error().message)};
    std::vector<std::string> told;
    for (const host::BrokenDeclaration& each :
         host::broken_declarations(bench.box().host(), target.manifest(), context->principal)) {
        if (each.kind != kind) continue;
        const Error& error = each.error;
        told.push_back(
            each.name + " (" + error.message + ", at " + each.pointer
            + (error.where.empty() ? "" : ", " + error.where) + (error.hint.empty() ? "" : "; " + error.hint)
            + ')'
        );
    }
    return told;
}

Finding queries_run(const Target& target)
{
    if (target.manifest().queries.empty()) return Finding::skipped("it declares no queries");
    return all_or(broken(target, host::BrokenDeclaration::Kind::query), "these queries do not work:");
}

Finding sources_resolve(const Target& target)
{
    return all_or(broken(target, host::BrokenDeclaration::Kind::source), "these show what is not there:");
}

Finding actions_exist(const Target& target)
{
    return all_or(
        broken(target, host::BrokenDeclaration::Kind::button),
        "buttons of these call commands that are not there:"
    );
}

Finding fields_there(const Target& target)
{
    return all_or(
        broken(target, host::BrokenDeclaration::Kind::field), "these name what their rows do not have:"
    );
}

constexpr Check checks[]{
    {manifest_valid, "plugin.json fits the schema and its rules", schema_page, valid},
    {"manifest.presentable",
     "the plugin says what it is for, who makes it and under which terms",
     schema_page,
     presentable},
    {"manifest.interfaces_known",
     "every interface that it names exists",
     "docs/reference/interfaces/README.md",
     interfaces_known},
    {"manifest.locales_there", "every language that it offers has its file", schema_page, locales_there},
    {"manifest.commands_described",
     "every command says what it does and what it takes",
     schema_page,
     commands_described},
    {"manifest.destructive_confirms", "what cannot be undone asks first", schema_page, destructive_confirms},
    {"manifest.arguments_closed",
     "commands take only the arguments that they know",
     schema_page,
     arguments_closed},
    {"manifest.events_have_schemas", "every event says what its data is", schema_page, events_have_schemas},
    {"manifest.defaults_fit", "the defaults of settings fit their schema", schema_page, defaults_fit},
    {"manifest.settings_typed", "every setting has a type", schema_page, settings_typed},
    {"manifest.permissions_known",
     "every permission is about something that exists",
     schema_page,
     permissions_known},
    {"manifest.queries_run",
     "every query runs and gives the columns that it declares",
     "docs/reference/sql.md",
     queries_run},
    {"manifest.sources_resolve", "views and reports show what is there", schema_page, sources_resolve},
    {"manifest.fields_there",
     "conditions, placeholders and groups of views name fields of their rows",
     schema_page,
     fields_there},
    {"manifest.actions_exist", "every button calls a command that exists", schema_page, actions_exist},
};

} // namespace

std::span<const Check> manifest_checks()
{
    return checks;
}

} // namespace mortise::check
