#include "privacy/privacy_commands.hpp"

#include "base/json.hpp"
#include "commands/id_argument.hpp"
#include "commands/registry.hpp"
#include "privacy/erasure.hpp"
#include "privacy/subject_export.hpp"

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
        "log_cut": { "type": "boolean", "description": "False: a long read kept the database's log; former content is in it until it is cut by itself." }
    }
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

Result<void> add_erasure(CommandRegistry& registry, Erasure& erasure)
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
        [&erasure](const CallContext& context, const Map& given) -> Result<Value> {
            MORTISE_TRY(const Id contact, contact_of(given));
            MORTISE_TRY(Map told, erasure.erase(context, contact, std::string{given["reason"].text()}));
            return Value{std::move(told)};
        }
    );
}

} // namespace

Result<void> add_privacy_commands(CommandRegistry& registry, SubjectExport& subjects, Erasure& erasure)
{
    MORTISE_CHECK(add_export(registry, subjects));
    return add_erasure(registry, erasure);
}

} // namespace mortise::host
