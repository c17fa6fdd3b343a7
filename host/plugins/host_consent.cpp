#include "consent/consent_book.hpp"
#include "plugins/guard.hpp"
#include "plugins/host_functions.hpp"
#include "plugins/instance.hpp"

#include <mortise/abi/consent.h>

#include <set>

namespace mortise::host {

namespace {

Map map_of(const SendAnswer& answer)
{
    Map map{{"allowed", !answer.refusal}};
    if (answer.ticket != 0) map.set("ticket", answer.ticket);
    if (!answer.refusal) return map;
    map.set("key", answer.refusal->key);
    map.set("message", answer.refusal->message);
    if (answer.refusal->again.microseconds != 0) map.set("again", answer.refusal->again);
    return map;
}

} // namespace

Result<void>
HostConsent::ask(Caller& caller, border::Items<mortise_send_request> requests, border::Sink answers)
{
    std::vector<SendRequest> wanted;
    std::set<std::string, std::less<>> channels;
    bool only_ask = false;
    for (const mortise_send_request request : requests) {
        only_ask = only_ask || request.only_ask != 0;
        wanted.push_back({
            .contact = Id{static_cast<std::int64_t>(request.contact)},
            .point = Id{static_cast<std::int64_t>(request.point)},
            .channel = std::string{border::view(request.channel)},
            .purpose = std::string{border::view(request.purpose)},
        });
        channels.insert(wanted.back().channel);
    }
    for (const std::string& channel : channels)
        MORTISE_CHECK(caller.instance().own_context().principal.require("send." + channel));
    MORTISE_TRY(const auto decided, m_book.ask(caller.instance().id(), wanted, only_ask));
    for (const SendAnswer& answer : decided) {
        MORTISE_TRY(const ValueBlock block, encode(Value{map_of(answer)}));
        MORTISE_CHECK(answers.write(block));
    }
    return {};
}

Result<void> HostConsent::redeem(Caller& caller, std::uint64_t ticket)
{
    return m_book.redeem(caller.instance().id(), static_cast<std::int64_t>(ticket));
}

} // namespace mortise::host
