#pragma once

/// \file
/// Puts messages into the outbox: composes them, checks that they may be sent, keeps them.

#include "compose/compose.hpp"
#include "consent/consent.hpp"
#include "store/attachments.hpp"

#include <mortise/host.hpp>

#include <string>
#include <vector>

namespace mortise::plugins::email {

/// What somebody wants to send.
struct Order {
    Id mailbox;
    Id contact; ///< 0 for none
    std::string address; ///< empty: the contact's own
    std::string template_name; ///< empty for none
    std::string subject; ///< empty: the template's
    std::string text; ///< empty: the template's
    Value values; ///< further merge fields; a map
    std::vector<FileOf> attachments; ///< files of records that go along
    Id answers; ///< the message that it answers; 0 for none
    Id enrolment; ///< the follow-up that it is a step of; 0 for none
    std::string unsubscribe_url;
    std::string purpose; ///< what it is for; empty: as the setting says
    Instant due; ///< 0: now
};

/// A message that is ready.
struct Prepared {
    Draft draft;
    Composed composed;
    std::string address;
    Id thread; ///< 0: a new one
    Record mailbox;
    std::string purpose;
    Permit permit; ///< what the host says about it now: it may have to wait
};

struct Queued {
    Id message;
    Id thread;
    Id delivery;
};

/// Merges, checks and composes; throws why it may not be sent.
Prepared prepare(const Host& host, const Order& order);
/// Keeps it; it is sent by the job, not before `order.due`.
Queued enqueue(const Host& host, const Order& order, const Prepared& prepared, Work& work);

} // namespace mortise::plugins::email
