#include "store/bounce_keeper.hpp"

#include "store/addresses.hpp"

#include <set>

namespace mortise::plugins::email {

namespace {

struct AddressState {
    Id id; ///< 0: nothing is known yet
    std::int64_t soft_bounces{0};
    bool is_suppressed{false};
    std::string because;
};

AddressState state_of(const Host& host, std::string_view address)
{
    const auto found = require(host.find("email_address", "address", address, 1));
    if (found.empty()) return {};
    const Record& record = found.front();
    return {
        record.id(),
        record["soft_bounces"].integer(),
        record["is_suppressed"].boolean(),
        std::string{record["suppressed_because"].text()}
    };
}

void write(const AddressState& state, std::string_view address, Map values, Work& work)
{
    if (state.id)
        work.update("email_address", state.id, values);
    else {
        values.set("address", address);
        work.create("email_address", values);
    }
}

Id original_of(const Host& host, const BounceReport& report)
{
    if (report.original_message_id.empty()) return {};
    const auto found
        = require(host.find("email_message", "message_id", report.original_message_id, 1, {"id"}));
    return found.empty() ? Id{} : found.front().id();
}

/// Every contact point with the address says so too: it is what people see on the contact.
void mark_points(const Host& host, std::string_view address, Work& work)
{
    for (const Record& point :
         require(host.find("contact_point", "value", address, 16, {"id", "kind", "state"})))
        if (point["kind"].text() == "email" && point["state"].text() != "bounced")
            work.update("contact_point", point.id(), {{"state", "bounced"}});
}

/// The host's list counts for every plugin that sends.
void add_suppression(
    const Host& host, std::string_view address, std::string_view reason, std::string_view source, Work& work
)
{
    for (const Record& known : require(host.find("suppression", "address", address, 64)))
        if (known["channel"].text() == "email" && !known["ends"].exists()) return;
    work.create(
        "suppression",
        {{"address", address}, {"channel", "email"}, {"reason", reason}, {"source", cut(source, 480)}}
    );
}

void keep_state(const Host& host, const BouncedAddress& found, std::int64_t soft_limit, Work& work)
{
    const AddressState state = state_of(host, found.address);
    const Instant now = host.now();
    Map values{{"last_status", found.reason.status}, {"last_bounce_at", now}};
    std::string because;
    switch (found.reason.kind) {
    case BounceKind::hard:
        values.set("state", "bounced");
        because = found.reason.category + ": " + found.evidence.substr(0, 500);
        break;
    case BounceKind::soft:
        values.set("state", "soft");
        values.set("soft_bounces", state.soft_bounces + 1);
        // What is refused for what we sent, or for who we are, says nothing about the address, however often.
        if (state.soft_bounces + 1 >= soft_limit
            && (found.reason.category == "mailbox_full" || found.reason.category == "mailbox_inactive"
                || found.reason.category == "expired" || found.reason.category == "unreachable"))
            because = std::to_string(state.soft_bounces + 1)
                + " soft bounces in a row, the last: " + found.reason.category;
        break;
    case BounceKind::complaint:
        values.set("state", "complained");
        because = "complaint";
        break;
    case BounceKind::delayed:
        return;
    }
    if (!because.empty() && !state.is_suppressed) {
        const std::string words = clean_line(cut(because, 900));
        values.set("is_suppressed", true);
        values.set("suppressed_because", words);
        values.set("suppressed_at", now);
        add_suppression(
            host,
            found.address,
            found.reason.kind == BounceKind::complaint ? "complaint" : "bounced",
            words,
            work
        );
        work.publish(
            "email.address_suppressed",
            find_contact(host, found.address),
            {{"address", found.address}, {"because", words}}
        );
    }
    write(state, found.address, std::move(values), work);
    if (found.reason.kind == BounceKind::hard) mark_points(host, found.address, work);
}

} // namespace

void keep_bounces(
    const Host& host, const BounceReport& report, Id report_message, std::int64_t soft_limit, Work& work
)
{
    const Id original = original_of(host, report);
    std::set<std::string> written;
    for (const BouncedAddress& bounced : report.addresses) {
        BouncedAddress found = bounced;
        if (const std::string normal = normal_address(found.address); !normal.empty()) found.address = normal;
        if (!written.insert(found.address).second) continue; // two ways to write one address
        const Id contact = find_contact(host, found.address);
        Map values{
            {"address", std::string{cut(found.address, 480)}},
            {"kind", name(found.reason.kind)},
            {"category", found.reason.category.empty() ? std::string{"other"} : found.reason.category},
            {"status", found.reason.status},
            {"because", std::string{cut(found.reason.because, 280)}},
            {"evidence", std::string{cut(found.evidence, 2900)}},
            {"server", std::string{cut(found.server, 480)}},
            {"source", report.source},
            {"original_message_id", std::string{cut(report.original_message_id, 990)}},
            {"at", host.now()}
        };
        if (contact) values.set("contact", contact);
        if (report_message) values.set("report", report_message);
        if (original) values.set("original", original);
        work.create("email_bounce", values);
        keep_state(host, found, soft_limit, work);
        Map links;
        if (contact) links.set("contact", contact);
        if (original) links.set("original", original);
        work.publish(
            "email.bounced",
            contact,
            {{"address", found.address},
             {"kind", name(found.reason.kind)},
             {"category", found.reason.category},
             {"status", found.reason.status}},
            links
        );
    }
}

void suppress_address(const Host& host, std::string_view address, std::string_view because, Work& work)
{
    const AddressState state = state_of(host, address);
    if (state.is_suppressed) return;
    write(
        state,
        address,
        {{"is_suppressed", true}, {"suppressed_because", because}, {"suppressed_at", host.now()}},
        work
    );
    add_suppression(host, address, "manual", because, work);
    work.publish(
        "email.address_suppressed", find_contact(host, address), {{"address", address}, {"because", because}}
    );
}

void allow_address(const Host& host, std::string_view address, Work& work)
{
    for (const Record& known : require(host.find("suppression", "address", address, 64)))
        if (known["channel"].text() == "email") work.remove("suppression", known.id());
    const AddressState state = state_of(host, address);
    if (!state.id) return;
    work.update(
        "email_address",
        state.id,
        {{"state", "good"},
         {"is_suppressed", false},
         {"suppressed_because", nullptr},
         {"suppressed_at", nullptr},
         {"soft_bounces", 0}}
    );
    for (const Record& point :
         require(host.find("contact_point", "value", address, 16, {"id", "kind", "state"})))
        if (point["kind"].text() == "email" && point["state"].text() == "bounced")
            work.update("contact_point", point.id(), {{"state", "unverified"}});
}

std::string why_suppressed(const Host& host, std::string_view address)
{
    const AddressState state = state_of(host, address);
    if (state.is_suppressed) return state.because.empty() ? "suppressed" : state.because;
    for (const Record& known : require(host.find("suppression", "address", address, 64))) {
        const std::string_view channel = known["channel"].text();
        const Instant ends = known["ends"].get_or(Instant{});
        if ((channel != "email" && channel != "any") || (ends.microseconds != 0 && ends <= host.now()))
            continue;
        const std::string source{known["source"].text()};
        return std::string{known["reason"].text()} + (source.empty() ? "" : ": " + source);
    }
    return {};
}

} // namespace mortise::plugins::email
