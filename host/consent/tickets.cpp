#include "consent/tickets.hpp"

#include "base/random.hpp"
#include "base/time_text.hpp"
#include "records/restrictions.hpp"
#include "store/connection.hpp"

namespace mortise::host {

namespace {

constexpr std::int64_t day = 86'400'000'000;
/// Caps look back so many days at most.
constexpr std::int64_t most_days = 366;

/// The table had the name that the table of a record type "ticket" has.
Result<void> make_room_for_type(Connection& connection)
{
    MORTISE_TRY(
        Statement columns,
        connection.prepare(
            R"(SELECT coalesce(sum(name IN ('plugin', 'purpose', 'used')), 0), coalesce(sum(name = 'version'), 0)
               FROM pragma_table_info('mt$ticket'))"
        )
    );
    MORTISE_CHECK(columns.step());
    const bool is_ours = columns.integer(0) == 3 && columns.integer(1) == 0;
    columns.reset();
    if (!is_ours) return {};
    return connection.execute(R"(
        DROP INDEX IF EXISTS "mt$ticket_use";
        DROP INDEX IF EXISTS "mt$ticket_end";
        ALTER TABLE "mt$ticket" RENAME TO "mt$send_ticket$")");
}

} // namespace

Result<void> open_ticket_table(Connection& connection)
{
    MORTISE_CHECK(make_room_for_type(connection));
    return connection.execute(R"(
        CREATE TABLE IF NOT EXISTS "mt$send_ticket$" (id INTEGER PRIMARY KEY, plugin TEXT NOT NULL, contact INTEGER NOT NULL,
            point INTEGER NOT NULL, channel TEXT NOT NULL, purpose INTEGER NOT NULL, expires INTEGER NOT NULL,
            used INTEGER NOT NULL DEFAULT 0);
        CREATE INDEX IF NOT EXISTS "mt$send_ticket$.use" ON "mt$send_ticket$" (contact, purpose, channel, used);
        CREATE INDEX IF NOT EXISTS "mt$send_ticket$.end" ON "mt$send_ticket$" (used, expires))");
}

Result<void> sweep_tickets(Connection& connection, Instant now)
{
    MORTISE_TRY(
        Statement * sweep,
        connection.cached(
            R"(DELETE FROM "mt$send_ticket$" WHERE (used = 0 AND expires < ?1) OR (used > 0 AND used < ?2))"
        )
    );
    sweep->bind(1, now.microseconds);
    sweep->bind(2, now.microseconds - most_days * day);
    MORTISE_CHECK(sweep->step());
    sweep->reset();
    return {};
}

Result<std::optional<ConsentRefusal>>
judge_cap(Connection& connection, const Purpose& purpose, const TicketDraft& draft, Instant now)
{
    if (!purpose.most_messages) return std::optional<ConsentRefusal>{};
    const std::int64_t days = std::clamp<std::int64_t>(purpose.within_days, 1, most_days);
    MORTISE_TRY(
        Statement * look,
        connection.cached(
            R"(SELECT count(*), min(CASE used WHEN 0 THEN NULL ELSE used END) FROM "mt$send_ticket$"
               WHERE contact = ?1 AND purpose = ?2 AND channel = ?3 AND (used > ?4 OR (used = 0 AND expires >= ?5)))"
        )
    );
    look->bind(1, draft.contact.number);
    look->bind(2, purpose.id.number);
    look->bind(3, draft.channel);
    look->bind(4, now.microseconds - days * day);
    look->bind(5, now.microseconds);
    MORTISE_CHECK(look->step());
    const std::int64_t count = look->integer(0);
    const std::int64_t first = look->integer(1);
    look->reset();
    if (count < *purpose.most_messages) return std::optional<ConsentRefusal>{};
    const Instant again
        = first > 0 ? Instant{first + days * day} : Instant{now.microseconds + ticket_life.microseconds};
    return std::optional{ConsentRefusal{
        "consent.frequency",
        "the contact has had " + std::to_string(count) + " messages of " + purpose.name + " by "
            + draft.channel + " within " + std::to_string(days) + " days, and "
            + std::to_string(*purpose.most_messages) + " are the most",
        again
    }};
}

Result<std::int64_t> make_ticket(Connection& connection, const TicketDraft& draft, Instant now)
{
    MORTISE_TRY(
        Statement * insert,
        connection.cached(
            R"(INSERT INTO "mt$send_ticket$" (id, plugin, contact, point, channel, purpose, expires)
                             VALUES (?, ?, ?, ?, ?, ?, ?))"
        )
    );
    const auto number = static_cast<std::int64_t>(random_u64() >> 2U) + 1; // nobody guesses another's
    insert->bind(1, number);
    insert->bind(2, draft.plugin);
    insert->bind(3, draft.contact.number);
    insert->bind(4, draft.point.number);
    insert->bind(5, draft.channel);
    insert->bind(6, draft.purpose.number);
    insert->bind(7, now.microseconds + ticket_life.microseconds);
    MORTISE_CHECK(insert->step());
    insert->reset();
    return number;
}

Result<void> redeem_ticket(Connection& connection, std::string_view plugin, std::int64_t ticket, Instant now)
{
    MORTISE_TRY(
        Statement * look,
        connection.cached(
            R"(SELECT used, expires, contact FROM "mt$send_ticket$" WHERE id = ? AND plugin = ?)"
        )
    );
    look->bind(1, ticket);
    look->bind(2, plugin);
    MORTISE_TRY(const bool is_there, look->step());
    const std::int64_t used = is_there ? look->integer(0) : 0;
    const std::int64_t expires = is_there ? look->integer(1) : 0;
    const Id contact{is_there ? look->integer(2) : 0};
    look->reset();
    const auto refuse = [](ErrorCode code, std::string key, std::string message) {
        return Error{.code = code, .message = std::move(message), .key = std::move(key), .where = "ticket"};
    };
    if (!is_there)
        return refuse(ErrorCode::not_found, "consent.no_ticket", "there is no such ticket of this plugin");
    if (used > 0)
        return refuse(
            ErrorCode::state, "consent.used", "the ticket was used on " + format_instant(Instant{used})
        );
    if (expires < now.microseconds)
        return refuse(
            ErrorCode::state, "consent.too_late", "the ticket was good for 60 seconds: ask for another"
        );
    MORTISE_TRY(const auto restriction, present_restriction_of(connection, contact));
    if (restriction) // since the ticket was given
        return refuse(ErrorCode::state, "consent.restricted", restricted_error(*restriction).message);
    MORTISE_TRY(
        Statement * use,
        connection.cached(R"(UPDATE "mt$send_ticket$" SET used = ? WHERE id = ? AND used = 0)")
    );
    use->bind(1, now.microseconds);
    use->bind(2, ticket);
    MORTISE_CHECK(use->step());
    use->reset();
    return {};
}

} // namespace mortise::host
