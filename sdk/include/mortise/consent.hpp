#pragma once

/// \file
/// Tickets for what is sent to people (`mortise.consent/1`). Include it where you need it: it is no part of
/// plugin.hpp.

#include <mortise/abi/consent.h>
#include <mortise/host.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise {

/// A message that the plugin wants to send.
struct SendRequest {
    Id contact;
    Id point; ///< the contact point: its address
    std::string_view channel; ///< email, phone, sms, post, messenger
    std::string_view purpose; ///< the purpose's name
};

/// What the host says to it.
struct SendAnswer {
    bool allowed{false};
    std::uint64_t ticket{0}; ///< good for one message, for 60 seconds; 0: refused, or only asked
    std::string key{}; ///< why not: "consent.withdrawn"
    std::string message{};
    Instant again{}; ///< when asking may be answered otherwise; 0: nobody knows
};

namespace detail {

inline const mortise_consent* consent_table(const Host& host) noexcept
{
    return reinterpret_cast<const mortise_consent*>(host.tables().find(MORTISE_CONSENT_ID));
}

inline Result<std::vector<SendAnswer>>
ask_consent(const Host& host, std::span<const SendRequest> requests, bool only_ask)
{
    std::vector<mortise_send_request> asked;
    asked.reserve(requests.size());
    for (const SendRequest& request : requests)
        asked.push_back(
            {sizeof(mortise_send_request),
             only_ask ? 1U : 0U,
             static_cast<std::uint64_t>(request.contact.number),
             static_cast<std::uint64_t>(request.point.number),
             as_text(request.channel),
             as_text(request.purpose)}
        );
    std::vector<SendAnswer> answers;
    answers.reserve(requests.size());
    CallbackSink sink{[&answers](ValueView answer) {
        answers.push_back({
            .allowed = answer["allowed"].boolean(),
            .ticket = static_cast<std::uint64_t>(answer["ticket"].integer()),
            .key = std::string{answer["key"].text()},
            .message = std::string{answer["message"].text()},
            .again = answer["again"].get_or(Instant{}),
        });
        return true;
    }};
    const mortise_send_request* first = asked.data();
    auto done = call(
        host.tables(),
        consent_table(host),
        MORTISE_CONSENT_ID,
        &mortise_consent::ask,
        first,
        std::uint64_t{asked.size()},
        sink.sink()
    );
    sink.rethrow();
    if (!done) return std::move(done).error();
    return answers;
}

} // namespace detail

/// Asks for a ticket for each of at most 1,000 messages; a refusal is an answer, not an error.
inline Result<std::vector<SendAnswer>>
request_tickets(const Host& host, std::span<const SendRequest> requests)
{
    return detail::ask_consent(host, requests, false);
}
/// The same without making tickets: who could be written to now.
inline Result<std::vector<SendAnswer>> may_send(const Host& host, std::span<const SendRequest> requests)
{
    return detail::ask_consent(host, requests, true);
}

/// Uses a ticket up: send if it succeeds. `state` with the key `consent.used` or `consent.too_late`,
/// `not_found`.
inline Result<void> redeem_ticket(const Host& host, std::uint64_t ticket)
{
    return detail::call(
        host.tables(), detail::consent_table(host), MORTISE_CONSENT_ID, &mortise_consent::redeem, ticket
    );
}

} // namespace mortise
