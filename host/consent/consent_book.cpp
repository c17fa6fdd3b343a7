#include "consent/consent_book.hpp"

#include "base/clock.hpp"
#include "base/time_zone.hpp"
#include "consent/consent_types.hpp"
#include "consent/tickets.hpp"
#include "records/records.hpp"
#include "records/restrictions.hpp"
#include "records/writer.hpp"
#include "store/database.hpp"

#include <algorithm>
#include <array>

namespace mortise::host {

namespace {

constexpr std::array<std::string_view, 3> state_names{"given", "pending", "withdrawn"};
constexpr std::size_t most_words = 1000;
constexpr std::int64_t day = 86'400'000'000;

template <class T>
std::optional<T> optional_of(const RecordType& type, const Row& row, std::string_view field)
{
    const Value value = value_of(type, row, field);
    const T* found = value.as<T>();
    return found ? std::optional{*found} : std::nullopt;
}

std::string text_of(const RecordType& type, const Row& row, std::string_view field)
{
    return std::string{value_of(type, row, field).text()};
}

Id id_of(const RecordType& type, const Row& row, std::string_view field)
{
    return optional_of<Id>(type, row, field).value_or(Id{});
}

Purpose purpose_of(const RecordType& type, const Row& row)
{
    return {
        .id = row.id,
        .name = text_of(type, row, "name"),
        .legal_basis = text_of(type, row, "legal_basis"),
        .text_version = optional_of<std::int64_t>(type, row, "text_version").value_or(1),
        .valid_days = optional_of<std::int64_t>(type, row, "valid_days"),
        .quiet_from = optional_of<TimeOfDay>(type, row, "quiet_from"),
        .quiet_to = optional_of<TimeOfDay>(type, row, "quiet_to"),
        .most_messages = optional_of<std::int64_t>(type, row, "most_messages"),
        .within_days = optional_of<std::int64_t>(type, row, "within_days").value_or(7),
        .time_zone = text_of(type, row, "time_zone"),
        .in_use = optional_of<bool>(type, row, "in_use").value_or(true),
    };
}

ConsentWord word_of(const RecordType& type, const Row& row)
{
    const std::string state = text_of(type, row, "state");
    const auto place = std::ranges::find(state_names, state) - state_names.begin();
    return {
        .purpose = id_of(type, row, "purpose"),
        .point = id_of(type, row, "point"),
        .channel = text_of(type, row, "channel"),
        .state = static_cast<ConsentState>(place),
        .at = optional_of<Instant>(type, row, "at").value_or(Instant{}),
        .expires = optional_of<Instant>(type, row, "expires"),
        .record = row.id,
    };
}

/// The kind of contact point that a channel uses.
std::string_view point_kind(std::string_view channel)
{
    if (channel == "sms") return "phone";
    if (channel == "post") return "address";
    return channel;
}

Error unknown_purpose(std::string_view name)
{
    return {
        .code = ErrorCode::not_found,
        .message = "there is no purpose \"" + std::string{name} + "\" in use",
        .key = "consent.no_purpose",
        .where = "purpose",
        .hint = "\"mortise records purpose list\" shows them",
    };
}

std::string_view event_of(ConsentState state)
{
    switch (state) {
    case ConsentState::given:
        return "consent.given";
    case ConsentState::pending:
        return "consent.asked";
    case ConsentState::withdrawn:
        break;
    }
    return "consent.withdrawn";
}

std::optional<Instant> expiry_of(const ConsentGiven& given, const Purpose& purpose, Instant at)
{
    if (given.expires || given.state != ConsentState::given || !purpose.valid_days) return given.expires;
    return Instant{at.microseconds + *purpose.valid_days * day};
}

/// Nothing is sent to somebody whose processing is restricted.
Result<std::optional<ConsentRefusal>> judge_restriction(Connection& connection, Id contact)
{
    MORTISE_TRY(const auto restriction, present_restriction_of(connection, contact));
    if (!restriction) return std::optional<ConsentRefusal>{};
    return std::optional{ConsentRefusal{"consent.restricted", restricted_error(*restriction).message}};
}

Result<void> check_point(Records& records, const Principal& principal, const ConsentGiven& given)
{
    if (!given.point) return {};
    const TypePointer type = records.schema()->find("contact_point");
    MORTISE_TRY(const Row point, records.get(principal, type->name, given.point));
    const bool fits = given.channel == "any" || text_of(*type, point, "kind") == point_kind(given.channel);
    if (id_of(*type, point, "contact") == given.contact && fits) return {};
    return Error{
        .code = ErrorCode::invalid,
        .message = "contact point " + std::to_string(given.point.number) + " is none of contact "
            + std::to_string(given.contact.number) + " for " + given.channel,
        .key = "consent.no_point",
        .where = "point",
    };
}

} // namespace

ConsentBook::ConsentBook(Database& database, Writer& writer, Records& records, const Clock& clock)
    : m_database{database},
      m_writer{writer},
      m_records{records},
      m_clock{clock}
{
}

Result<void> ConsentBook::open()
{
    MORTISE_CHECK(m_writer.run([](Connection& connection) { return open_ticket_table(connection); }));
    MORTISE_TRY(const auto types, consent_types());
    MORTISE_CHECK(m_records.declare(consent_owner, types));
    return {};
}

Result<std::optional<Purpose>> ConsentBook::purpose(const Principal& principal, std::string_view name)
{
    MORTISE_TRY(const auto rows, m_records.find(principal, "purpose", "name", Value{name}, 1));
    if (rows.empty()) return std::optional<Purpose>{};
    return std::optional{purpose_of(*m_records.schema()->find("purpose"), rows.front())};
}

Result<std::vector<ConsentWord>> ConsentBook::words(const Principal& principal, Id contact)
{
    MORTISE_TRY(const auto rows, m_records.find(principal, "consent", "contact", Value{contact}, most_words));
    const TypePointer type = m_records.schema()->find("consent");
    std::vector<ConsentWord> words;
    words.reserve(rows.size());
    for (const Row& row : rows)
        words.push_back(word_of(*type, row));
    return words;
}

Result<Id> ConsentBook::record(const CallContext& context, const ConsentGiven& given)
{
    if (context.principal.rights) MORTISE_CHECK(m_records.get(context.principal, "contact", given.contact));
    MORTISE_TRY(const auto purpose, this->purpose(Principal::system(), given.purpose));
    if (!purpose || !purpose->in_use) return unknown_purpose(given.purpose);
    MORTISE_CHECK(check_point(m_records, context.principal, given));
    const Instant at = given.at.value_or(m_clock.now());
    Map values{
        {"contact", given.contact},
        {"point", given.point ? Value{given.point} : Value{}},
        {"purpose", purpose->id},
        {"channel", given.channel},
        {"state", std::string{state_names[static_cast<std::size_t>(given.state)]}},
        {"at", at},
        {"expires", Value{}},
        {"source", given.source.empty() ? Value{} : Value{given.source}},
        {"proof", given.proof},
        {"text_version", given.text_version.value_or(purpose->text_version)},
    };
    if (const auto expires = expiry_of(given, *purpose, at)) values.set("expires", *expires);

    UnitOfWork unit;
    Change change{
        .operation = Operation::create, .type = "consent", .id = {}, .version = {}, .values = values
    };
    MORTISE_TRY(const auto words, this->words(Principal::system(), given.contact));
    for (const ConsentWord& word : words)
        if (word.purpose == purpose->id && word.channel == given.channel && word.point == given.point) {
            change.operation = Operation::update;
            change.id = word.record;
        }
    if (!change.id) {
        MORTISE_TRY(change.id, m_records.reserve(1));
    }
    EventDraft event;
    event.type = event_of(given.state);
    event.subject = given.contact;
    event.subject_type = "contact";
    event.links = {{change.id, "consent"}, {purpose->id, "purpose"}};
    if (given.point) event.links.push_back({given.point, "point"});
    event.data = Map{
        {"purpose", purpose->name},
        {"channel", given.channel},
        {"source", given.source},
        {"text_version", given.text_version.value_or(purpose->text_version)},
    };
    const Id id = change.id;
    unit.changes.push_back(std::move(change));
    unit.events.push_back(std::move(event));
    MORTISE_CHECK(m_records.commit(context, unit));
    return id;
}

Result<Value> ConsentBook::show(const Principal& principal, Id contact)
{
    MORTISE_CHECK(m_records.get(principal, "contact", contact));
    MORTISE_TRY(const auto rows, m_records.find(principal, "consent", "contact", Value{contact}, most_words));
    const SchemaPointer schema = m_records.schema();
    const TypePointer type = schema->find("consent");
    const TypePointer purpose_type = schema->find("purpose");
    List consents;
    for (const Row& row : rows) {
        Map map = map_of(*type, row);
        const auto purpose = m_records.get(principal, "purpose", id_of(*type, row, "purpose"));
        if (purpose) map.set("purpose_name", text_of(*purpose_type, *purpose, "name"));
        consents.emplace_back(std::move(map));
    }
    const TypePointer point_type = schema->find("contact_point");
    const TypePointer suppression_type = schema->find("suppression");
    MORTISE_TRY(
        const auto points, m_records.find(principal, "contact_point", "contact", Value{contact}, most_words)
    );
    List suppressions;
    for (const Row& point : points) {
        const Value address = value_of(*point_type, point, "value");
        MORTISE_TRY(const auto found, m_records.find(principal, "suppression", "address", address, 16));
        for (const Row& row : found)
            suppressions.emplace_back(map_of(*suppression_type, row));
    }
    return Value{Map{{"consents", std::move(consents)}, {"suppressions", std::move(suppressions)}}};
}

Result<std::optional<ConsentRefusal>>
ConsentBook::judge_suppressed(std::string_view address, std::string_view channel, Instant now)
{
    MORTISE_TRY(
        const auto rows, m_records.find(Principal::system(), "suppression", "address", Value{address}, 64)
    );
    const TypePointer type = m_records.schema()->find("suppression");
    for (const Row& row : rows) {
        const std::string about = text_of(*type, row, "channel");
        const auto until = optional_of<Instant>(*type, row, "ends");
        if (about != "any" && about != channel) continue;
        if (until && until->microseconds <= now.microseconds) continue;
        return std::optional{ConsentRefusal{
            "consent.suppressed",
            "nothing is sent to " + std::string{address} + ": " + text_of(*type, row, "reason"),
            until.value_or(Instant{})
        }};
    }
    return std::optional<ConsentRefusal>{};
}

Result<std::optional<ConsentRefusal>> ConsentBook::judge_point(const SendRequest& request, Instant now)
{
    const TypePointer type = m_records.schema()->find("contact_point");
    const auto point = m_records.get(Principal::system(), type->name, request.point);
    const auto refuse = [](std::string key, std::string message) {
        return std::optional{ConsentRefusal{std::move(key), std::move(message)}};
    };
    if (!point && point.error().code != ErrorCode::not_found) return point.error();
    if (!point || id_of(*type, *point, "contact") != request.contact
        || text_of(*type, *point, "kind") != point_kind(request.channel))
        return refuse("consent.no_point", "the contact has no such contact point for " + request.channel);
    const std::string state = text_of(*type, *point, "state");
    if (state == "bounced" || state == "invalid")
        return refuse("consent.bad_point", "the contact point is " + state);
    const Date today = date_of(WallTime{now.microseconds});
    const auto from = optional_of<Date>(*type, *point, "valid_from");
    const auto to = optional_of<Date>(*type, *point, "valid_to");
    if ((from && *from > today) || (to && *to < today))
        return refuse("consent.bad_point", "the contact point is not valid today");
    return judge_suppressed(text_of(*type, *point, "value"), request.channel, now);
}

/// All but the cap, which is counted where the ticket is made.
Result<ConsentBook::Decision> ConsentBook::decide(Purposes& known, const SendRequest& request, Instant now)
{
    auto found = known.find(request.purpose);
    if (found == known.end()) {
        MORTISE_TRY(auto purpose, this->purpose(Principal::system(), request.purpose));
        found = known.emplace(request.purpose, std::move(purpose)).first;
    }
    Decision decision;
    if (!found->second || !found->second->in_use) {
        decision.refusal = ConsentRefusal{"consent.no_purpose", unknown_purpose(request.purpose).message};
        return decision;
    }
    decision.purpose = &*found->second;
    const auto contact = m_records.get(Principal::system(), "contact", request.contact);
    if (!contact && contact.error().code != ErrorCode::not_found) return contact.error();
    if (!contact) {
        decision.refusal = ConsentRefusal{"consent.no_contact", "there is no such contact"};
        return decision;
    }
    MORTISE_TRY(decision.refusal, judge_point(request, now));
    if (decision.refusal) return decision;
    MORTISE_TRY(const auto words, this->words(Principal::system(), request.contact));
    const ConsentWord* word = latest_word(words, decision.purpose->id, request.channel, request.point);
    decision.refusal = judge_words(*decision.purpose, word, now);
    if (decision.refusal) return decision;
    const std::string zone = text_of(*m_records.schema()->find("contact"), *contact, "time_zone");
    decision.refusal = judge_hours(*decision.purpose, zone, now);
    return decision;
}

Result<std::vector<SendAnswer>>
ConsentBook::ask(std::string_view plugin, std::span<const SendRequest> requests, bool only_ask)
{
    if (requests.size() > most_requests)
        return Error{
            .code = ErrorCode::limit,
            .message = "1,000 tickets can be asked for at once, not " + std::to_string(requests.size()),
            .key = "consent.too_many",
            .where = "requests",
        };
    const Instant now = m_clock.now();
    Purposes known;
    std::vector<Decision> decisions;
    for (const SendRequest& request : requests) {
        MORTISE_TRY(Decision decision, decide(known, request, now));
        decisions.push_back(std::move(decision));
    }
    std::vector<SendAnswer> answers;
    const auto work = [&](Connection& connection) -> Result<void> {
        answers.assign(requests.size(), {}); // it may run again
        if (!only_ask) MORTISE_CHECK(sweep_tickets(connection, now));
        for (std::size_t i = 0; i < requests.size(); ++i) {
            answers[i].refusal = decisions[i].refusal;
            if (answers[i].refusal) continue;
            MORTISE_TRY(answers[i].refusal, judge_restriction(connection, requests[i].contact));
            if (answers[i].refusal) continue;
            const TicketDraft draft{
                std::string{plugin},
                requests[i].contact,
                requests[i].point,
                requests[i].channel,
                decisions[i].purpose->id
            };
            MORTISE_TRY(answers[i].refusal, judge_cap(connection, *decisions[i].purpose, draft, now));
            if (answers[i].refusal || only_ask) continue;
            MORTISE_TRY(answers[i].ticket, make_ticket(connection, draft, now));
        }
        return {};
    };
    MORTISE_CHECK(m_writer.run(work));
    return answers;
}

Result<void> ConsentBook::redeem(std::string_view plugin, std::int64_t ticket)
{
    const Instant now = m_clock.now();
    return m_writer.run([&](Connection& connection) { return redeem_ticket(connection, plugin, ticket, now); }
    );
}

} // namespace mortise::host
