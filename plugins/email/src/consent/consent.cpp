#include "consent/consent.hpp"

#include "store/addresses.hpp"

#include <mortise/consent.hpp>
#include <mortise/failure.hpp>

#include <array>
#include <vector>

namespace mortise::plugins::email {

namespace {

/// The contact's point with that address; as it is, then without its tag.
Id find_point(const Host& host, Id contact, const std::string& address)
{
    for (const std::string& value : {address, without_tag(address)})
        for (const Record& point :
             require(host.find("contact_point", "value", value, 64, {"id", "contact", "kind"})))
            if (point["contact"].id() == contact && point["kind"].text() == "email") return point.id();
    return {};
}

Permit ask(const Host& host, const Recipient& recipient, bool only_ask)
{
    Permit permit;
    if (!recipient.contact) {
        permit.allowed = true;
        return permit;
    }
    const Id point = find_point(host, recipient.contact, recipient.address);
    if (!point) {
        permit.key = "consent.no_point";
        permit.message
            = recipient.address + " is no address of the contact; add it there, or leave the contact out";
        return permit;
    }
    const SendRequest request{
        .contact = recipient.contact, .point = point, .channel = "email", .purpose = recipient.purpose
    };
    auto answers = require(only_ask ? may_send(host, {&request, 1}) : request_tickets(host, {&request, 1}));
    if (answers.empty()) fail(ErrorCode::internal, "email.no_answer", "the host says nothing about consent");
    SendAnswer& answer = answers.front();
    permit.allowed = answer.allowed;
    permit.ticket = answer.ticket;
    permit.key = std::move(answer.key);
    permit.message = std::move(answer.message);
    permit.again = answer.again;
    return permit;
}

} // namespace

Permit ask_permit(const Host& host, const Recipient& recipient)
{
    return ask(host, recipient, true);
}

Permit take_permit(const Host& host, const Recipient& recipient)
{
    return ask(host, recipient, false);
}

std::string use_permit(const Host& host, const Recipient& recipient, const Permit& permit)
{
    if (!recipient.contact) return "to nobody who is a contact: no consent was asked for";
    Permit used = permit;
    auto done = redeem_ticket(host, used.ticket);
    if (!done && done.error().key == "consent.too_late") { // the server took its time
        used = take_permit(host, recipient);
        if (!used.allowed) refuse(used.key, used.message);
        done = redeem_ticket(host, used.ticket);
    }
    require(std::move(done));
    return "allowed as " + recipient.purpose + ", ticket " + std::to_string(used.ticket);
}

std::string purpose_or_usual(const Host& host, std::string_view given, std::string_view setting)
{
    if (!given.empty()) return std::string{given};
    const Settings settings = require(host.settings());
    return std::string{settings[std::string{setting}].text()};
}

Value set_up_purposes(const Host& host, const Arguments&, Work& work)
{
    struct Usual {
        std::string_view name;
        std::string_view text;
    };
    constexpr std::array<Usual, 2> all{
        Usual{usual_purpose, "Messages that somebody of us writes to you."},
        Usual{
            usual_sequence_purpose, "Messages that follow up on what you asked or ordered, until you answer."
        },
    };
    std::int64_t made = 0;
    for (const Usual& usual : all) {
        if (!require(host.find("purpose", "name", usual.name, 1, {"id"})).empty()) continue;
        work.create(
            "purpose", {{"name", usual.name}, {"legal_basis", "legitimate_interest"}, {"text", usual.text}}
        );
        ++made;
    }
    return Map{{"made", made}};
}

} // namespace mortise::plugins::email
