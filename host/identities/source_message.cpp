#include "identities/source_message.hpp"

#include "base/text.hpp"
#include "base/time_text.hpp"
#include "identities/source_profile.hpp"
#include "records/field_codec.hpp"
#include "records/identity_rules.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace mortise::host {

namespace {

constexpr std::array<std::string_view, 3> strength_names{"inferred", "asserted", "verified"};
constexpr std::size_t most_identities = 50;
constexpr std::size_t longest_source = 100;
constexpr std::size_t longest_id = 200;
constexpr std::int64_t a_day = 24LL * 60 * 60 * 1'000'000;
/// Fields of a contact that name it to others too.
constexpr std::array<std::string_view, 2> naming_fields{"email", "phone"};
/// Whose events nobody else tells.
constexpr std::array<std::string_view, 3> nouns_of_host{"user", "role", "secret"};
constexpr std::array<std::string_view, 6> owners_of_host{
    "mortise",
    "mortise.consent",
    "mortise.duplicates",
    "mortise.identities",
    "mortise.merging",
    "mortise.privacy"
};
constexpr std::array<std::string_view, 4> changes_of_records{"created", "updated", "deleted", "restored"};

Error wrong(std::string message, std::string where, std::string hint = {})
{
    return Error{
        .code = ErrorCode::invalid,
        .message = std::move(message),
        .key = "identities.message",
        .where = std::move(where),
        .hint = std::move(hint),
    };
}

Error at(Error error, std::string where)
{
    error.where = std::move(where);
    return error;
}

Result<std::string> text_in(const Map& given, const char* key, std::size_t most, const std::string& where)
{
    const Value& value = given[key];
    std::string text{trim(value.text())};
    if (const auto* number = value.as<std::int64_t>()) text = std::to_string(*number);
    if (text.empty())
        return wrong("a message needs a text as its " + std::string{key}, where, "give it as a text");
    if (count_characters(text) > most)
        return wrong(
            "the " + std::string{key} + " has more than " + std::to_string(most) + " characters", where
        );
    return text;
}

Result<Instant> time_in(const Value& given, Instant now, const std::string& where)
{
    Instant time;
    if (const auto* instant = given.as<Instant>())
        time = *instant;
    else {
        auto parsed = parse_instant(given.text());
        if (!parsed) return at(std::move(parsed).error(), where);
        time = *parsed;
    }
    if (time.microseconds <= now.microseconds + a_day) return time;
    return wrong(
        format_instant(time) + " is more than a day ahead of this host's clock, " + format_instant(now),
        where,
        "a time that far ahead would win over all that comes after it: look at the clock of the source"
    );
}

class Reader {
public:
    Reader(const Schema& schema, const Map& given, Instant now) : m_schema{schema}, m_given{given}, m_now{now}
    {
    }

    Result<SourceMessage> run()
    {
        MORTISE_TRY(m_message.source, text_in(m_given, "source", longest_source, "/source"));
        if (m_message.source == by_hand)
            return wrong(
                "\"" + m_message.source + "\" is what people write themselves", "/source", "use another name"
            );
        const Value& event = m_given["event"];
        const bool is_event_named = m_given["id"].is_null() && !event["id"].is_null();
        MORTISE_TRY(
            m_message.id,
            is_event_named ? text_in(event.get_or(Map{}), "id", longest_id, "/event/id")
                           : text_in(m_given, "id", longest_id, "/id")
        );
        MORTISE_TRY(m_message.at, time_in(m_given["at"], m_now, "/at"));
        MORTISE_CHECK(identities());
        MORTISE_CHECK(fields());
        if (m_message.identities.empty())
            return wrong(
                "the message names nobody",
                "/identities",
                "give a namespace and a value by which the source knows the contact"
            );
        sort();
        if (!event.is_null()) MORTISE_CHECK(read_event(event));
        return std::move(m_message);
    }

private:
    Result<void> identities()
    {
        const List given = m_given["identities"].get_or(List{});
        if (given.size() > most_identities)
            return wrong(
                "a message has at most " + std::to_string(most_identities) + " identities", "/identities"
            );
        for (std::size_t i = 0; i < given.size(); ++i) {
            const std::string where = "/identities/" + std::to_string(i);
            const std::string name_space = identity_namespace(given[i]["namespace"].text());
            if (name_space.empty()) return wrong("an identity needs a namespace", where + "/namespace");
            const Value& strength = given[i]["strength"];
            if (!strength.is_null()
                && std::ranges::find(strength_names, strength.text()) == strength_names.end())
                return wrong(
                    '"' + std::string{strength.text()} + "\" is no strength of an identity",
                    where + "/strength",
                    "verified, asserted or inferred"
                );
            std::string value{given[i]["value"].text()};
            if (const auto* number = given[i]["value"].as<std::int64_t>()) value = std::to_string(*number);
            MORTISE_CHECK(add(name_space, value, strength_named(strength.text()), where + "/value"));
        }
        return {};
    }

    Result<void>
    add(const std::string& name_space, std::string_view value, Strength strength, const std::string& where)
    {
        const TypePointer type = m_schema.find("identity");
        auto normal = identity_value(name_space, value, m_schema.country());
        if (!normal) return at(std::move(normal).error(), where);
        if (normal->empty()) return wrong("an identity needs a value", where);
        for (const auto& [field, text] : {std::pair{"namespace", &name_space}, {"value", &*normal}})
            if (count_characters(*text) > type->fields[*type->slot(field)].max_length)
                return wrong(std::string{"the "} + field + " of an identity is too long", where);
        for (GivenIdentity& known : m_message.identities)
            if (known.name_space == name_space && known.value == *normal) {
                known.strength = std::max(known.strength, strength);
                return {};
            }
        m_message.identities.push_back({name_space, *std::move(normal), strength});
        return {};
    }

    Result<void> fields()
    {
        const TypePointer contacts = m_schema.find("contact");
        const Map given = m_given["fields"].get_or(Map{});
        for (const auto& [name, value] : given) {
            const std::string where = "/fields/" + name;
            auto slot = contacts->require_slot(name);
            if (!slot) return at(std::move(slot).error(), where);
            const Field& field = contacts->fields[*slot];
            if (field.archived) return wrong("the field " + name + " can only be read", where);
            if (field.kind == FieldKind::reference)
                return wrong(
                    name + " refers to a record of this database, of which a source does not know",
                    where,
                    "relate the contacts here: mortise contacts relate"
                );
            auto kept = coerce(field, value);
            if (!kept) return at(std::move(kept).error(), where);
            if (auto limits = check_limits(field, *kept); !limits)
                return at(std::move(limits).error(), where);
            if (std::ranges::find(naming_fields, name) != naming_fields.end() && !kept->is_null())
                MORTISE_CHECK(add(name, kept->text(), Strength::asserted, where));
            m_message.fields.set(name, *std::move(kept));
        }
        return {};
    }

    void sort()
    {
        std::ranges::sort(m_message.identities, {}, [](const GivenIdentity& each) {
            return std::tuple{-static_cast<int>(each.strength), each.name_space, each.value};
        });
    }

    Result<void> read_event(const Value& given)
    {
        GivenEvent event;
        event.type = trim(given["type"].text());
        const std::size_t dot = event.type.find('.');
        if (dot == std::string::npos || dot == 0 || dot + 1 == event.type.size())
            return wrong(
                '"' + event.type + "\" is no type of events", "/event/type", "such as \"page.viewed\""
            );
        if (is_told_by_host(event.type.substr(0, dot), event.type.substr(dot + 1)))
            return wrong(
                "events of the type " + event.type + " are told by the host alone",
                "/event/type",
                "use another word"
            );
        event.time = m_message.at;
        if (!given["time"].is_null()) {
            MORTISE_TRY(event.time, time_in(given["time"], m_now, "/event/time"));
        }
        if (!given["id"].is_null()) {
            MORTISE_TRY(event.id, text_in(given.get_or(Map{}), "id", longest_id, "/event/id"));
        }
        event.data = given["data"].get_or(Map{});
        m_message.event = std::move(event);
        return {};
    }

    bool is_told_by_host(const std::string& noun, std::string_view what) const
    {
        if (std::ranges::find(nouns_of_host, noun) != nouns_of_host.end()) return true;
        const TypePointer type = m_schema.find(noun);
        return type
            && (std::ranges::find(owners_of_host, type->owner) != owners_of_host.end()
                || std::ranges::find(changes_of_records, what) != changes_of_records.end());
    }

    const Schema& m_schema;
    const Map& m_given;
    Instant m_now;
    SourceMessage m_message;
};

} // namespace

std::string_view name_of(Strength strength) noexcept
{
    return strength_names[static_cast<std::size_t>(strength)];
}

Strength strength_named(std::string_view name) noexcept
{
    const auto* const found = std::ranges::find(strength_names, name);
    return found == strength_names.end() ? Strength::asserted
                                         : static_cast<Strength>(found - strength_names.begin());
}

Result<SourceMessage> read_message(const Schema& schema, const Map& given, Instant now)
{
    return Reader{schema, given, now}.run();
}

} // namespace mortise::host
