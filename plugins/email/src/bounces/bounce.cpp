#include "bounces/bounce.hpp"

#include "bounces/delivery_status.hpp"
#include "bounces/report_text.hpp"

#include <algorithm>
#include <array>

namespace mortise::plugins::email {

namespace {

constexpr std::size_t most_text = std::size_t{256} << 10U;

struct ReportParts {
    const Entity* delivery_status{nullptr};
    const Entity* feedback{nullptr};
    const Entity* original{nullptr}; ///< message/rfc822 or text/rfc822-headers
    std::string text;
};

void collect(const Entity& entity, ReportParts& parts)
{
    if (entity.type.is("message", "delivery-status") || entity.type.is("message", "global-delivery-status")) {
        if (parts.delivery_status == nullptr) parts.delivery_status = &entity;
        return;
    }
    if (entity.type.is("message", "feedback-report")) {
        parts.feedback = &entity;
        return;
    }
    if (entity.is_message() || entity.type.is("text", "rfc822-headers")
        || entity.type.is("message", "global-headers") || entity.type.is("text", "rfc822-header")) {
        if (parts.original == nullptr) parts.original = &entity;
        return;
    }
    for (const Entity& part : entity.parts)
        collect(part, parts);
}

/// The fields of what was sent: of the attached message, or of a copy in the text.
class Original {
public:
    Original(const ReportParts& parts, std::string_view whole_text)
    {
        if (parts.original != nullptr && parts.original->is_message()) {
            m_headers = parts.original->parts.front().headers;
        } else if (parts.original != nullptr) {
            m_text = decode_text_part(*parts.original, most_text).text;
            m_headers = split_headers(m_text, {}).headers;
        } else {
            m_text = copy_in(whole_text);
            m_headers = split_headers(m_text, {}).headers;
        }
    }

    const Headers& headers() const { return m_headers; }
    std::vector<std::string> addresses(const char* name) const
    {
        std::vector<std::string> found;
        for (const std::string_view value : m_headers.all(name))
            for (const Address& address : decode_addresses(value, {}))
                if (address.address.find('@') != std::string::npos)
                    found.push_back(lower_ascii(address.address));
        return found;
    }

private:
    /// The header of a copy: from the first line behind a mark that is a field.
    static std::string copy_in(std::string_view text)
    {
        std::size_t at = without_copy(text).size();
        constexpr std::array<std::string_view, 8> names{
            "received:", "return-path:", "message-id:", "from:", "to:", "date:", "subject:", "mime-version:"
        };
        for (int lines = 0; lines < 12 && at < text.size(); ++lines) {
            auto end = text.find('\n', at);
            if (end == std::string_view::npos) end = text.size();
            const std::string line = lower_ascii(trimmed(text.substr(at, end - at)));
            if (std::ranges::any_of(names, [&](std::string_view name) { return line.starts_with(name); }))
                return without_indent(text.substr(at, most_text));
            at = end + 1;
        }
        return {};
    }
    /// Some copies are shifted to the right; then every line is.
    static std::string without_indent(std::string_view text)
    {
        const auto indent = text.find_first_not_of(" \t>|");
        if (indent == 0 || indent == std::string_view::npos) return std::string{text};
        std::string shifted;
        while (!text.empty()) {
            auto end = text.find('\n');
            if (end == std::string_view::npos) end = text.size();
            std::string_view line = text.substr(0, end);
            line.remove_prefix(
                std::min({indent, line.size(), std::min(line.find_first_not_of(" \t>|"), line.size())})
            );
            shifted += line;
            shifted += '\n';
            text.remove_prefix(std::min(end + 1, text.size()));
        }
        return shifted;
    }

    std::string m_text;
    Headers m_headers;
};

/// Text parts of a report that are not shown as its body: some systems put the report into an attachment.
std::string all_text(const Message& message, const Entity& entity)
{
    std::string text = message.text;
    const auto add = [&](const auto& self, const Entity& part, int depth) -> void {
        if (depth > 4 || text.size() > most_text || part.is_message()) return;
        if (part.type.is("text", "plain") && part.parts.empty()) {
            const std::string more = decode_text_part(part, most_text).text;
            if (text.find(more.substr(0, 200)) == std::string::npos) text += "\n" + more;
        }
        for (const Entity& inner : part.parts)
            self(self, inner, depth + 1);
    };
    add(add, entity, 0);
    return text;
}

void take_header_recipients(const Headers& headers, std::string_view text, BounceReport& report)
{
    for (const std::string_view value : headers.all("x-failed-recipients"))
        for (const Address& address : decode_addresses(value, {})) {
            if (address.address.find('@') == std::string::npos) continue;
            BouncedAddress found;
            found.address = lower_ascii(address.address);
            const auto at = find_ignoring_case(text, found.address);
            const std::string_view words = at == std::string_view::npos ? text : text.substr(at);
            found.reason = judge(words.substr(0, 2000), {});
            if (found.reason.because.empty())
                found.reason.kind = BounceKind::hard, found.reason.because = "X-Failed-Recipients";
            found.evidence = clean_line(cut(words, 1000));
            add_bounced(report, std::move(found));
        }
}

/// A report that is a warning says so; nothing is decided then.
bool is_warning(const Message& message, std::string_view text)
{
    const std::string subject = lower_ascii(message.subject);
    if (subject.find("delayed") != std::string::npos || subject.find("(delay)") != std::string::npos
        || subject.starts_with("warning:") || subject.find("warning: could not send") != std::string::npos
        || subject.find("still being retried") != std::string::npos)
        return true;
    for (const std::string_view words :
         {"this is a warning message only",
          "no action is required on your part",
          "you do not need to resend",
          "you don't need to resend",
          "will continue to be tried",
          "will keep trying",
          "still being tried",
          "delivery attempts will continue",
          "will be retried",
          "is still in the queue",
          "continue to try"})
        if (find_ignoring_case(text, words) != std::string_view::npos) return true;
    return false;
}

void note_original(const Original& original, BounceReport& report)
{
    const std::vector<std::string> ids = decode_ids(original.headers().get("message-id"));
    if (!ids.empty()) report.original_message_id = ids.front();
    report.original_subject = std::string{cut(decode_header_text(original.headers().get("subject")), 1000)};
}

/// A status without words is explained by what the report says to people, and a vague one made precise.
void explain(BounceReport& report, std::string_view text)
{
    for (BouncedAddress& found : report.addresses) {
        if (found.reason.kind != BounceKind::hard && found.reason.kind != BounceKind::soft) continue;
        if (found.reason.category != "other") continue;
        const Reason told = judge(text.substr(0, 4000), found.reason.status);
        if (told.category == "other") {
            if (found.reason.status.starts_with('5')) found.reason.kind = BounceKind::hard;
            continue;
        }
        found.reason = told;
    }
}

} // namespace

BounceReport find_bounce(const Message& message, const Entity& entity)
{
    BounceReport report;
    ReportParts parts;
    collect(entity, parts);
    const bool is_dsn = parts.delivery_status != nullptr;
    const bool is_report_type = entity.type.is("multipart", "report");
    if (parts.feedback != nullptr) read_feedback(*parts.feedback, report);
    if (is_dsn) read_delivery_status(*parts.delivery_status, report);
    const bool has_receipt
        = is_report_type && (entity.type.parameter("report-type") == "disposition-notification");
    if (has_receipt) return {}; // a receipt of reading
    const bool is_likely = is_dsn || parts.feedback != nullptr || looks_like_report(message, entity.headers);
    if (!is_likely) return {};
    report.is_report = true;
    const std::string text = all_text(message, entity);
    const Original original{parts, text};
    note_original(original, report);
    const std::string_view own = without_copy(text);
    if (report.found()) {
        explain(report, own);
        return report;
    }
    if (parts.feedback != nullptr) {
        for (const std::string& to : original.addresses("to"))
            add_bounced(report, {to, {BounceKind::complaint, "abuse", {}, "feedback report"}, {}, {}});
        return report;
    }
    // A notification that says "delivered" or "relayed" is no bounce.
    if (is_dsn) {
        const std::string status = lower_ascii(decode_text_part(*parts.delivery_status, most_text).text);
        if (status.find("action: delivered") != std::string::npos
            || status.find("action: relayed") != std::string::npos
            || status.find("action: expanded") != std::string::npos)
            return report;
    }
    report.source = "heuristic";
    take_header_recipients(entity.headers, own, report);
    if (!report.found()) {
        std::vector<std::string> not_these = original.addresses("from");
        for (const std::vector<Address>* list : {&message.from, &message.to, &message.reply_to})
            for (const Address& address : *list)
                not_these.push_back(lower_ascii(address.address));
        for (const std::string& address : message.delivered_to)
            not_these.push_back(lower_ascii(address));
        // Who the copy went to is who is meant, even if they have the same address as the reporter.
        const std::vector<std::string> sent_to = original.addresses("to");
        std::erase_if(not_these, [&](const std::string& address) {
            return std::ranges::find(sent_to, address) != sent_to.end()
                && std::ranges::none_of(message.to, [&](const Address& to) {
                       return lower_ascii(to.address) == address;
                   });
        });
        read_report_text(own, not_these, report);
        if (!report.found() && sent_to.size() == 1
            && std::ranges::find(not_these, sent_to.front()) == not_these.end()) {
            BouncedAddress found;
            found.address = sent_to.front();
            found.reason = judge(own.substr(0, 4000), {});
            found.evidence = clean_line(cut(own, 1000));
            if (!found.reason.because.empty()) add_bounced(report, std::move(found));
        }
    }
    if (is_warning(message, own))
        for (BouncedAddress& found : report.addresses)
            found.reason.kind = BounceKind::delayed;
    for (BouncedAddress& found : report.addresses)
        if (found.reason.because.empty()) { // it was returned, whatever for
            found.reason.kind = BounceKind::hard;
            found.reason.because = "returned without a reason that is known";
        }
    return report;
}

} // namespace mortise::plugins::email
