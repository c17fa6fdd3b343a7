#include "privacy/privacy_commands.hpp"

#include "base/json.hpp"
#include "commands/registry.hpp"
#include "privacy/subject_export.hpp"

#include <charconv>

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

Result<Id> contact_of(const Map& arguments)
{
    const Value& value = arguments["contact"];
    if (const auto* id = value.as<Id>()) return *id;
    if (const auto* number = value.as<std::int64_t>()) return Id{*number};
    const std::string_view text = value.text();
    Id id;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), id.number);
    if (failed == std::errc{} && end == text.data() + text.size() && id.number > 0) return id;
    return Error{
        .code = ErrorCode::invalid,
        .message = '"' + std::string{text} + "\" is no id",
        .key = "privacy.argument",
        .where = "/contact",
    };
}

} // namespace

Result<void> add_privacy_commands(CommandRegistry& registry, SubjectExport& subjects)
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

} // namespace mortise::host
