#include "privacy/privacy_commands.hpp"

#include "base/json.hpp"
#include "commands/id_argument.hpp"
#include "commands/registry.hpp"
#include "privacy/erasure.hpp"
#include "privacy/restricting.hpp"
#include "privacy/subject_export.hpp"

#include <functional>

namespace mortise::host {

namespace {

constexpr const char* export_arguments = R"json({
    "type": "object", "additionalProperties": false, "required": ["contact"],
    "properties": {
        "contact": { "type": ["string", "integer"], "description": "Id of the contact." },
        "format": { "type": "string", "enum": ["json", "html"], "default": "json",
            "description": "html: a page for people, as the text \"html\"." }
    }
})json";

constexpr const char* export_result = R"json({ "type": "object" })json";

constexpr const char* erase_arguments = R"json({
    "type": "object", "additionalProperties": false, "required": ["contact"],
    "properties": {
        "contact": { "type": ["string", "integer"], "description": "Id of the contact." },
        "reason": { "type": "string", "maxLength": 1000, "description": "Kept with the erasure: such as the number of the request. No names." }
    }
})json";

constexpr const char* erase_result = R"json({
    "type": "object",
    "properties": {
        "contact": { "type": ["string", "integer"] },
        "erasure": { "type": ["string", "integer"], "description": "Id of the record that tells of it." },
        "types": { "type": "array", "items": { "type": "object" }, "description": "By record type: how many records, which fields were erased (or all), which were kept." },
        "events": { "type": "integer", "description": "Whose contents were erased." },
        "log_cut": { "type": "boolean", "description": "False: a long read kept the database's log; former content is in it until it is cut by itself." },
        "files_gone": { "type": "boolean", "description": "False: contents of files could not be taken from the disk; that is tried again." },
        "search_cleared": { "type": "boolean", "description": "False: search was not done yet with writing its index anew; it goes on, also behind a restart." }
    }
})json";

constexpr const char* restriction_arguments = R"json({
    "type": "object", "additionalProperties": false, "required": ["contact"],
    "properties": {
        "contact": { "type": ["string", "integer"], "description": "Id of the contact." },
        "reason": { "type": "string", "maxLength": 1000, "description": "Why; told to whoever is refused." }
    }
})json";

constexpr const char* restriction_result = R"json({
    "type": "object",
    "properties": {
        "contact": { "type": ["string", "integer"] },
        "reason": { "type": "string" },
        "by": { "type": "string", "description": "Who restricted it." },
        "since": { "type": "string" }
    }
})json";

constexpr const char* no_arguments = R"json({ "type": "object", "additionalProperties": false })json";

constexpr const char* restrictions_result = R"json({
    "type": "object",
    "properties": { "restrictions": { "type": "array", "items": { "type": "object" } } }
})json";

Result<Id> contact_of(const Map& arguments)
{
    return id_argument(arguments["contact"], "privacy", "/contact");
}

Result<void> add_export(CommandRegistry& registry, SubjectExport& subjects)
{
    MORTISE_TRY(auto arguments, parse_json(export_arguments, "contacts.export_subject"));
    MORTISE_TRY(auto result, parse_json(export_result, "contacts.export_subject"));
    CommandInfo info{
        .name = "contacts.export_subject",
        .title = "Export what is held about a person",
        .help = "The contact and everything that refers to it, of every plugin, with its history and all "
                "events: what a "
                "person may ask for. That it was asked for is an event.",
        .provider = "mortise",
        .permission = "contacts.export_subject",
        .arguments = std::move(arguments),
        .result = std::move(result),
        .effect = Effect::write,
        .audience = {"console", "api"},
        .timeout_ms = 60'000,
    };
    return registry.add(
        std::move(info),
        [&subjects](const CallContext& context, const Map& given) -> Result<Value> {
            MORTISE_TRY(const Id contact, contact_of(given));
            MORTISE_TRY(Map subject, subjects.collect(context, contact));
            if (given["format"].text() != "html") return Value{std::move(subject)};
            return Value{Map{{"contact", subject["contact"]}, {"html", subject_page(subject)}}};
        }
    );
}

Result<void> add_erasure(CommandRegistry& registry, Erasure& erasure, std::function<bool()> clear_search)
{
    MORTISE_TRY(auto arguments, parse_json(erase_arguments, "contacts.erase_subject"));
    MORTISE_TRY(auto result, parse_json(erase_result, "contacts.erase_subject"));
    CommandInfo info{
        .name = "contacts.erase_subject",
        .title = "Erase a person",
        .help
        = "Deletes the contact, and overwrites what says who it was: in its records and in those of every "
          "plugin, in former versions, in events, in search. Cannot be undone. A dry run tells what would go "
          "and what would stay.",
        .provider = "mortise",
        .permission = "contacts.erase_subject",
        .arguments = std::move(arguments),
        .result = std::move(result),
        .effect = Effect::destructive,
        .audience = {"console", "api"},
        .timeout_ms = 60'000,
    };
    return registry.add(
        std::move(info),
        [&erasure, clear_search = std::move(clear_search)](const CallContext& context, const Map& given)
            -> Result<Value> {
            MORTISE_TRY(const Id contact, contact_of(given));
            MORTISE_TRY(Map told, erasure.erase(context, contact, std::string{given["reason"].text()}));
            if (!context.dry_run && clear_search) told.set("search_cleared", clear_search());
            return Value{std::move(told)};
        }
    );
}

using RestrictionWork
    = std::function<Result<Map>(const CallContext& context, Id contact, const std::string& reason)>;

Result<void> add_restriction_command(
    CommandRegistry& registry, std::string name, std::string title, std::string help, RestrictionWork work
)
{
    CommandInfo info;
    info.name = std::move(name);
    info.title = std::move(title);
    info.help = std::move(help);
    MORTISE_TRY(info.arguments, parse_json(restriction_arguments, info.name));
    MORTISE_TRY(info.result, parse_json(restriction_result, info.name));
    info.provider = "mortise";
    info.permission = info.name;
    info.effect = Effect::write;
    return registry.add(
        std::move(info),
        [work = std::move(work)](const CallContext& context, const Map& given) -> Result<Value> {
            MORTISE_TRY(const Id contact, contact_of(given));
            MORTISE_TRY(Map told, work(context, contact, std::string{given["reason"].text()}));
            return Value{std::move(told)};
        }
    );
}

Result<void> add_restrictions(CommandRegistry& registry, Restricting& restricting)
{
    CommandInfo info;
    info.name = info.permission = "contacts.restrictions";
    info.title = "Persons whose data is restricted";
    info.help = "Those of them that the caller may see, with who restricted them, why and since when.";
    info.provider = "mortise";
    info.effect = Effect::read;
    MORTISE_TRY(info.arguments, parse_json(no_arguments, info.name));
    MORTISE_TRY(info.result, parse_json(restrictions_result, info.name));
    return registry.add(
        std::move(info),
        [&restricting](const CallContext& context, const Map&) -> Result<Value> {
            MORTISE_TRY(Map told, restricting.list(context.principal));
            return Value{std::move(told)};
        }
    );
}

} // namespace

Result<void> add_privacy_commands(
    CommandRegistry& registry,
    SubjectExport& subjects,
    Erasure& erasure,
    Restricting& restricting,
    std::function<bool()> clear_search
)
{
    MORTISE_CHECK(add_export(registry, subjects));
    MORTISE_CHECK(add_erasure(registry, erasure, std::move(clear_search)));
    MORTISE_CHECK(add_restriction_command(
        registry,
        "contacts.restrict",
        "Restrict what is done with a person's data",
        "What is held is kept and can be read. It is not changed by imports, plugins or many at once, not "
        "merged, not exported with others, and nothing is sent. Needs the capability \"erase\".",
        [&restricting](const CallContext& context, Id contact, const std::string& reason) {
            return restricting.restrict(context, contact, reason);
        }
    ));
    MORTISE_CHECK(add_restriction_command(
        registry,
        "contacts.unrestrict",
        "Lift the restriction of a person's data",
        "What was restricted is processed again. Needs the capability \"erase\".",
        [&restricting](const CallContext& context, Id contact, const std::string& reason) {
            return restricting.lift(context, contact, reason);
        }
    ));
    return add_restrictions(registry, restricting);
}

} // namespace mortise::host
