#include "bounces/delivery_status.hpp"

#include <algorithm>

namespace mortise::plugins::email {

namespace {

constexpr std::size_t most_addresses = 500;

/// The groups of fields that blank lines part.
std::vector<std::string_view> groups_of(std::string_view text)
{
    std::vector<std::string_view> groups;
    for (std::size_t at = 0; at < text.size();) {
        while (at < text.size() && text[at] == '\n')
            ++at;
        auto end = text.find("\n\n", at);
        if (end == std::string_view::npos) end = text.size();
        if (end > at) groups.push_back(text.substr(at, end - at));
        at = end;
    }
    return groups;
}

/// What stands behind the type: "smtp; 550 5.1.1 unknown".
std::string_view behind_type(std::string_view value)
{
    const auto semicolon = value.find(';');
    return trimmed(
        semicolon == std::string_view::npos || semicolon > 30 ? value : value.substr(semicolon + 1)
    );
}

void read_recipient(const Headers& fields, std::string_view group, BounceReport& report)
{
    // Some write the alias that we sent to only as the original one; that is the address that we know.
    std::string address = bare_address(fields.get("original-recipient"));
    if (address.empty()) address = bare_address(fields.get("final-recipient"));
    if (address.empty()) address = bare_address(fields.get("x-actual-recipient"));
    if (address.empty()) address = bare_address(fields.get("to")); // Lotus writes this
    if (address.empty()) return;
    const std::string action = lower_ascii(clean_line(fields.get("action")));
    const bool is_failed = action.empty() || action.starts_with("fail");
    const bool is_delayed = action.starts_with("delay");
    if (!is_failed && !is_delayed) return;
    const std::string words = clean_line(behind_type(fields.get("diagnostic-code")));
    const std::string status = find_status(fields.get("status"));
    if (action.empty() && status.empty() && words.empty()) return;
    BouncedAddress found;
    found.address = address;
    found.reason = judge(words, status);
    if (is_delayed)
        found.reason.kind = BounceKind::delayed;
    else if (found.reason.because.empty() && !status.empty())
        found.reason.because = "status " + status;
    found.server = clean_line(behind_type(fields.get("remote-mta")));
    found.evidence = words.empty() ? clean_line(cut(group, 500)) : std::string{cut(words, 2000)};
    add_bounced(report, std::move(found));
}

} // namespace

std::string bare_address(std::string_view value)
{
    std::string text = clean_line(value);
    if (const auto semicolon = text.find(';'); semicolon != std::string::npos && semicolon < text.find('@'))
        text.erase(0, semicolon + 1);
    const Limits limits;
    for (const Address& address : decode_addresses(text, limits))
        if (address.address.find('@') != std::string::npos) {
            std::string bare = lower_ascii(address.address);
            std::erase(bare, ' ');
            return std::string{cut(bare, 320)};
        }
    return {};
}

void add_bounced(BounceReport& report, BouncedAddress found)
{
    const auto known = std::ranges::find(report.addresses, found.address, &BouncedAddress::address);
    if (known == report.addresses.end()) {
        if (report.addresses.size() < most_addresses) report.addresses.push_back(std::move(found));
        return;
    }
    // Two groups about one address: what is for good says more.
    if (known->reason.kind == BounceKind::delayed
        || (known->reason.category == "other" && found.reason.category != "other"))
        *known = std::move(found);
}

void read_delivery_status(const Entity& part, BounceReport& report)
{
    constexpr std::size_t most_bytes = std::size_t{1} << 20U;
    const std::string text = decode_text_part(part, most_bytes).text;
    const Limits limits;
    for (const std::string_view group : groups_of(text)) {
        const SplitHeaders split = split_headers(group, limits);
        if (split.headers.has("final-recipient") || split.headers.has("original-recipient")
            || split.headers.has("x-actual-recipient") || split.headers.has("action"))
            read_recipient(split.headers, group, report);
    }
    report.is_report = true;
    if (report.source.empty()) report.source = "dsn";
}

void read_feedback(const Entity& part, BounceReport& report)
{
    constexpr std::size_t most_bytes = std::size_t{64} << 10U;
    const std::string text = decode_text_part(part, most_bytes).text;
    const SplitHeaders split = split_headers(text, {});
    report.is_report = true;
    report.source = "feedback";
    for (const char* name : {"original-rcpt-to", "removal-recipient"})
        for (const std::string_view value : split.headers.all(name)) {
            BouncedAddress found;
            found.address = bare_address(value);
            if (found.address.empty()) continue;
            found.reason.kind = BounceKind::complaint;
            found.reason.category = clean_line(cut(lower_ascii(split.headers.get("feedback-type")), 40));
            found.reason.because = "feedback report";
            found.evidence = clean_line(cut(text, 1000));
            add_bounced(report, std::move(found));
        }
}

} // namespace mortise::plugins::email
