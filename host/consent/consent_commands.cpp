#include "consent/consent_commands.hpp"

#include "base/json.hpp"
#include "base/time_text.hpp"
#include "commands/id_argument.hpp"
#include "commands/registry.hpp"
#include "consent/consent_book.hpp"

namespace mortise::host {

namespace {

constexpr const char* word_arguments = R"json({
    "type": "object", "additionalProperties": false, "required": ["contact", "purpose"],
    "properties": {
        "contact": { "type": ["string", "integer"], "description": "Id of the contact." },
        "purpose": { "type": "string", "description": "Name of the purpose, such as newsletter." },
        "channel": { "type": "string", "enum": ["any", "email", "phone", "sms", "post", "messenger"], "default": "any" },
        "point": { "type": ["string", "integer"], "description": "Id of one contact point; every point of the channel if left out." },
        "pending": { "type": "boolean", "description": "Asked for and not confirmed yet: double opt-in." },
        "at": { "type": "string", "description": "When it was said, as RFC 3339; now if left out." },
        "expires": { "type": "string", "description": "As RFC 3339; as the purpose has it if left out." },
        "text_version": { "type": "integer", "minimum": 1 },
        "source": { "type": "string", "maxLength": 200, "description": "Where it was said." },
        "proof": { "description": "What shows it." }
    }
})json";

constexpr const char* show_arguments = R"json({
    "type": "object", "additionalProperties": false, "required": ["contact"],
    "properties": { "contact": { "type": ["string", "integer"], "description": "Id of the contact." } }
})json";

constexpr const char* ask_arguments = R"json({
    "type": "object", "additionalProperties": false, "required": ["contact", "point", "channel", "purpose"],
    "properties": {
        "contact": { "type": ["string", "integer"] },
        "point": { "type": ["string", "integer"] },
        "channel": { "type": "string", "enum": ["email", "phone", "sms", "post", "messenger"] },
        "purpose": { "type": "string" }
    }
})json";

constexpr const char* any_object = R"json({ "type": "object" })json";

Result<Id> id_of(const Map& arguments, std::string_view name)
{
    return id_argument(arguments[name], "consent", '/' + std::string{name});
}

Result<std::optional<Instant>> time_argument(const Map& arguments, std::string_view name)
{
    const Value& value = arguments[name];
    if (value.is_null()) return std::optional<Instant>{};
    if (const auto* instant = value.as<Instant>()) return std::optional{*instant};
    auto parsed = parse_instant(value.text());
    if (parsed) return std::optional{*parsed};
    Error error = std::move(parsed).error();
    error.where = '/' + std::string{name};
    return error;
}

Result<ConsentGiven> word_of(const Map& arguments, ConsentState state)
{
    ConsentGiven given;
    MORTISE_TRY(given.contact, id_of(arguments, "contact"));
    if (!arguments["point"].is_null()) {
        MORTISE_TRY(given.point, id_of(arguments, "point"));
    }
    given.purpose = arguments["purpose"].text();
    if (!arguments["channel"].is_null()) given.channel = arguments["channel"].text();
    const auto* pending = arguments["pending"].as<bool>();
    given.state = pending && *pending && state == ConsentState::given ? ConsentState::pending : state;
    MORTISE_TRY(given.at, time_argument(arguments, "at"));
    MORTISE_TRY(given.expires, time_argument(arguments, "expires"));
    if (const auto* version = arguments["text_version"].as<std::int64_t>()) given.text_version = *version;
    given.source = arguments["source"].text();
    given.proof = arguments["proof"];
    return given;
}

struct Declared {
    const char* name;
    const char* title;
    const char* help;
    const char* permission;
    const char* arguments;
    Effect effect;
};

Result<void> add(CommandRegistry& registry, const Declared& declared, CommandFunction function)
{
    MORTISE_TRY(auto arguments, parse_json(declared.arguments, declared.name));
    MORTISE_TRY(auto result, parse_json(any_object, declared.name));
    CommandInfo info{
        .name = declared.name,
        .title = declared.title,
        .help = declared.help,
        .provider = "mortise",
        .permission = declared.permission,
        .arguments = std::move(arguments),
        .result = std::move(result),
        .effect = declared.effect,
        .idempotent = true,
        .undoable = declared.effect == Effect::write,
        .audience = {"console", "api", "agent"},
    };
    return registry.add(std::move(info), std::move(function));
}

CommandFunction recorder(ConsentBook& book, ConsentState state)
{
    return [&book, state](const CallContext& context, const Map& arguments) -> Result<Value> {
        MORTISE_TRY(const ConsentGiven given, word_of(arguments, state));
        MORTISE_TRY(const Id id, book.record(context, given));
        return Value{Map{{"consent", id}}};
    };
}

/// Looks with the host's own rights at the contact, its addresses and what it agreed to.
Result<Value> may_send(ConsentBook& book, const Map& arguments)
{
    SendRequest request;
    MORTISE_TRY(request.contact, id_of(arguments, "contact"));
    MORTISE_TRY(request.point, id_of(arguments, "point"));
    request.channel = arguments["channel"].text();
    request.purpose = arguments["purpose"].text();
    MORTISE_TRY(const auto answers, book.ask("", {&request, 1}, true));
    const auto& refusal = answers.front().refusal;
    Map map{{"may_send", !refusal}};
    if (!refusal) return Value{std::move(map)};
    map.set("key", refusal->key);
    map.set("message", refusal->message);
    if (refusal->again.microseconds != 0) map.set("again", refusal->again);
    return Value{std::move(map)};
}

} // namespace

Result<void> add_consent_commands(CommandRegistry& registry, ConsentBook& book)
{
    MORTISE_CHECK(
        add(registry,
            {"consents.give",
             "Record a consent",
             "Keeps that a contact agreed to a purpose, with when, where and what shows it; with pending "
             "that it was asked.",
             "consents.write",
             word_arguments,
             Effect::write},
            recorder(book, ConsentState::given))
    );
    MORTISE_CHECK(
        add(registry,
            {"consents.withdraw",
             "Record that a consent was withdrawn",
             "Keeps that a contact does not want something any more; on grounds other than consent it is an "
             "objection.",
             "consents.write",
             word_arguments,
             Effect::write},
            recorder(book, ConsentState::withdrawn))
    );
    MORTISE_CHECK(
        add(registry,
            {"consents.show",
             "Show what a contact agreed to",
             "Every consent of the contact, and what suppresses its addresses.",
             "consents.read",
             show_arguments,
             Effect::read},
            [&book](const CallContext& context, const Map& arguments) -> Result<Value> {
                MORTISE_TRY(const Id contact, id_of(arguments, "contact"));
                return book.show(context.principal, contact);
            })
    );
    return add(
        registry,
        {"consents.may_send",
         "Ask whether something may be sent",
         "Tells whether a message of a purpose may be sent to a contact point now, and if not why. It makes "
         "no ticket.",
         "consents.read",
         ask_arguments,
         Effect::read},
        [&book](const CallContext& context, const Map& arguments) -> Result<Value> {
            if (const auto& rights = context.principal.rights)
                for (const char* type : {"contact", "contact_point", "consent", "suppression", "purpose"})
                    if (!rights->of(type).is_whole())
                        return Error{
                            .code = ErrorCode::denied,
                            .message
                            = context.principal.user_name + " does not see all records of the type " + type,
                            .key = "access.type",
                            .where = type,
                            .hint = "ask an administrator",
                        };
            return may_send(book, arguments);
        }
    );
}

} // namespace mortise::host
