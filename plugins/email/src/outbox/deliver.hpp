#pragma once

/// \file
/// Sends what is due in the outbox. A state is durable before the next step begins, so that after a crash it
/// is known what cannot have been sent, and what may have been.

#include "smtp/server.hpp"

#include <mortise/host.hpp>

#include <functional>

namespace mortise::plugins::email {

struct DeliverReport {
    std::int64_t sent{0};
    std::int64_t deferred{0};
    std::int64_t failed{0};
    std::int64_t ambiguous{0};

    DeliverReport& operator+=(const DeliverReport& other)
    {
        sent += other.sent;
        deferred += other.deferred;
        failed += other.failed;
        ambiguous += other.ambiguous;
        return *this;
    }
};

/// One pass over what is due now. `should_stop` is asked between messages.
DeliverReport deliver_due(
    const Host& host,
    const Connect& connect,
    const FindSecret& find_secret,
    const std::function<bool()>& should_stop
);

/// After a start: deliveries that were under way. What the server was not yet told to expect is queued again;
/// of what it was, nobody knows.
Value recover_deliveries(const Host& host, Instant started, Work& work);

/// How long to wait after so many attempts.
std::int64_t backoff_seconds(std::int64_t attempts);

} // namespace mortise::plugins::email
