#pragma once

/// \file
/// Tickets: permissions to send one message, each good once and for a short time. They live in the database,
/// so that a ticket is used once however many ask, and caps hold over restarts.

#include "consent/consent_rules.hpp"

#include <mortise/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mortise::host {

class Connection;

/// How long a ticket is good.
inline constexpr Duration ticket_life{60'000'000};

struct TicketDraft {
    std::string plugin;
    Id contact;
    Id point;
    std::string channel;
    Id purpose;
};

/// Makes the table where it is not there.
Result<void> open_ticket_table(Connection& connection);
/// Takes away tickets that nobody can use and no cap counts any more.
Result<void> sweep_tickets(Connection& connection, Instant now);

/// Whether the cap of the purpose leaves room for one more message: tickets that were used within its days,
/// and those that still may be, count. Call it in the transaction that makes the ticket.
Result<std::optional<ConsentRefusal>>
judge_cap(Connection& connection, const Purpose& purpose, const TicketDraft& draft, Instant now);

/// Gives the ticket's number.
Result<std::int64_t> make_ticket(Connection& connection, const TicketDraft& draft, Instant now);
/// Errors: `consent.no_ticket`, `consent.used`, `consent.too_late`, `consent.restricted`.
Result<void> redeem_ticket(Connection& connection, std::string_view plugin, std::int64_t ticket, Instant now);

} // namespace mortise::host
