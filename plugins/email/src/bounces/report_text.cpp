#include "bounces/report_text.hpp"

#include "bounces/delivery_status.hpp"

#include <algorithm>
#include <array>

namespace mortise::plugins::email {

namespace {

/// Names of mail systems, before the @ of who sends reports.
constexpr std::array<std::string_view, 16> reporters{
    "mailer-daemon",
    "mailer_daemon",
    "mailerdaemon",
    "postmaster",
    "mail-daemon",
    "maildaemon",
    "mdaemon",
    "mail delivery",
    "majordomo-owner",
    "post_office",
    "postoffice",
    "microsoftexchange",
    "emailadmin",
    "mailadmin",
    "mail-administrator",
    "mail.administrator",
};

constexpr std::array<std::string_view, 54> report_subjects{
    "undeliverable",
    "undelivered",
    "undelivrable",
    "delivery status notification",
    "delivery failure",
    "delivery failed",
    "delivery report",
    "delivery has failed",
    "delivery notification",
    "delivery problem",
    "delivery error",
    "delivery unsuccessful",
    "delivery delayed",
    "failure notice",
    "failed mail",
    "failed delivery",
    "failure delivery",
    "failed: ",
    "failed to deliver",
    "mail could not be delivered",
    "mail delivery",
    "mail failure",
    "mail error",
    "mail system error",
    "mail not delivered",
    "mail returned",
    "mail status report",
    "message not delivered",
    "message delivery failure",
    "message could not be delivered",
    "message you sent",
    "message status - undeliverable",
    "returned mail",
    "returned email",
    "returned to sender",
    "return receipt",
    "returning message",
    "nondeliverable",
    "non delivery",
    "non-delivery",
    "non remis",
    "unzustellbar",
    "unable to deliver",
    "unknown user",
    "user unknown",
    "warning: could not send",
    "warning: message",
    "rejected mail",
    "email not delivered",
    "could not deliver",
    "could not be delivered",
    "notification d'\xC3\xA9tat",
    "\xE3\x83\xA1\xE3\x83\xBC\xE3\x83\xAB\xE3\x82\xA8\xE3\x83\xA9\xE3\x83\xBC",
    "sent to a bad",
};

/// Lines behind which stands a copy of what was sent.
constexpr std::array<std::string_view, 30> copy_marks{
    "below this line is a copy of the message",
    "this is a copy of the message, including all the headers",
    "this is a copy of your message",
    "included is a copy of the message",
    "original message follows",
    "original message header",
    "original message headers",
    "message header follows",
    "message headers follow",
    "headers of the message follow",
    "the header of the original message",
    "-----original message-----",
    "----- original message -----",
    "---- original message ----",
    "--- original message ---",
    "----- message header",
    "----- unsent message follows",
    "----- original message follows",
    "unsent message below",
    "unsent message follows",
    "returned message follows",
    "returned message below",
    "----- message headers follow",
    "the original message is attached",
    "copy of the message follows",
    "returned message:",
    "your message reads",
    "----- begin message",
    "received header follows",
    "--- the message is attached below",
};

/// Words that stand in front of an address that got nothing, on its line or on those before it.
constexpr std::array<std::string_view, 60> introductions{
    "could not be delivered to",
    "cannot be delivered to",
    "was not delivered to",
    "not delivered to",
    "couldn't be delivered to",
    "wasn't delivered to",
    "could not deliver",
    "failed to deliver to",
    "undeliverable to",
    "unable to deliver",
    "not able to deliver",
    "failed permanently",
    "following address",
    "following recipient",
    "following e-mail address",
    "following email address",
    "following user",
    "following destination",
    "these recipients",
    "this recipient",
    "these addresses",
    "intended recipient",
    "original recipient",
    "final recipient",
    "failed recipient",
    "failed address",
    "undelivered recipient",
    "addressed to",
    "had permanent fatal errors",
    "had transient non-fatal errors",
    "had delivery problems",
    "had permanent delivery errors",
    "message to",
    "mail to",
    "your message to",
    "delivery to",
    "rcpt to",
    "recipient address",
    "recipient:",
    "recipients:",
    "recipient(s)",
    "recipient's",
    "address:",
    "deliver to",
    "sent to",
    "destinataire",
    "empf\xC3\xA4nger",
    "recipient name",
    "user:",
    "username:",
    "email address",
    "e-mail address",
    "unknown user",
    "user unknown",
    "no such user",
    "to:",
    "failed",
    "mailbox",
    "account",
    "user",
};

bool is_reporter(std::string_view address)
{
    const std::string lower = lower_ascii(address);
    const std::string local = lower.substr(0, lower.find('@'));
    return std::ranges::any_of(reporters, [&](std::string_view name) {
        return local.find(name) != std::string::npos;
    });
}

bool is_address_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
        || static_cast<unsigned char>(c) >= 0x80U
        || std::string_view{"!#$%&'*+-/=?^_`{|}~."}.find(c) != std::string_view::npos;
}

bool is_host_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.'
        || c == '_' || static_cast<unsigned char>(c) >= 0x80U;
}

struct Candidate {
    std::string address;
    std::size_t begin{0};
    std::size_t end{0};
    bool is_bracketed{false}; ///< <a@b>
    bool begins_line{false}; ///< nothing but blanks and brackets before it
    bool ends_line{false};
};

/// Everything that looks like an address of a mailbox.
std::vector<Candidate> candidates_in(std::string_view text)
{
    constexpr std::size_t most = 2000;
    std::vector<Candidate> found;
    for (std::size_t at = text.find('@'); at != std::string_view::npos && found.size() < most;
         at = text.find('@', at + 1)) {
        Candidate candidate;
        candidate.begin = at;
        while (candidate.begin > 0 && is_address_character(text[candidate.begin - 1])
               && at - candidate.begin < 100)
            --candidate.begin;
        while (candidate.begin < at
               && std::string_view{"'`=/*.|"}.find(text[candidate.begin]) != std::string_view::npos)
            ++candidate.begin;
        candidate.end = at + 1;
        while (candidate.end < text.size() && is_host_character(text[candidate.end]))
            ++candidate.end;
        while (candidate.end > at + 1
               && std::string_view{".-_"}.find(text[candidate.end - 1]) != std::string_view::npos)
            --candidate.end;
        const std::string_view host = text.substr(at + 1, candidate.end - at - 1);
        if (candidate.begin == at || host.empty() || host.size() > 253) continue;
        candidate.address = lower_ascii(text.substr(candidate.begin, candidate.end - candidate.begin));
        if (const auto equals = candidate.address.find("to=<"); equals != std::string::npos) continue;
        const char before = candidate.begin > 0 ? text[candidate.begin - 1] : '\n';
        const char after = candidate.end < text.size() ? text[candidate.end] : '\n';
        candidate.is_bracketed = before == '<' && after == '>';
        const auto line = text.rfind('\n', candidate.begin);
        const std::string_view lead = text.substr(
            line == std::string_view::npos ? 0 : line + 1,
            candidate.begin - (line == std::string_view::npos ? 0 : line + 1)
        );
        candidate.begins_line = lead.find_first_not_of(" \t<>\"'*-[(") == std::string_view::npos;
        const auto end = text.find('\n', candidate.end);
        const std::string_view tail
            = text.substr(candidate.end, end == std::string_view::npos ? end : end - candidate.end);
        candidate.ends_line = tail.find_first_not_of(" \t\r>\"'.:;,)]*") == std::string_view::npos;
        found.push_back(std::move(candidate));
    }
    return found;
}

std::string_view line_of(std::string_view text, std::size_t at)
{
    const auto before = text.rfind('\n', at == 0 ? 0 : at - 1);
    const std::size_t from = before == std::string_view::npos || before >= at ? 0 : before + 1;
    const auto end = text.find('\n', at);
    return text.substr(from, end == std::string_view::npos ? end : end - from);
}

/// A line that is a field of the message or a step on its way: addresses in it are not what the report is
/// about.
bool is_of_header(std::string_view line)
{
    const std::string lower = lower_ascii(trimmed(line));
    for (const std::string_view name : {"from:",          "message-id:",   "reply-to:",  "return-path:",
                                        "received:",      "sender:",       "x-",         "references:",
                                        "in-reply-to:",   "envelope-from", "mail from:", ">>> mail from",
                                        "reporting-mta:", "contact ",      "cc:",        "errors-to:",
                                        "delivered-to:",  "content-id:",   "list-",      "for <"})
        if (lower.starts_with(name)) return true;
    return lower.find("mail from:") != std::string::npos || lower.find("message-id") != std::string::npos
        || lower.find("message id") != std::string::npos || lower.find("if you ") != std::string::npos
        || lower.find("please contact") != std::string::npos
        || lower.find("send mail to") != std::string::npos
        || lower.find("for assistance") != std::string::npos
        || lower.find("contact your") != std::string::npos || lower.find("postmaster@") != std::string::npos
        || lower.find("help@") != std::string::npos || lower.find("sender address") != std::string::npos
        || lower.find("envelope sender") != std::string::npos;
}

/// The words that tell about an address: from its line to the next address or the end of its paragraph, at
/// most a few lines; and the line before it.
std::string_view words_around(std::string_view text, const Candidate& candidate, std::size_t next)
{
    const std::string_view line = line_of(text, candidate.begin);
    const auto from = static_cast<std::size_t>(line.data() - text.data());
    std::size_t end = from + line.size();
    for (int lines = 0; lines < 12 && end < text.size() && end < next; ++lines) {
        const std::size_t begin = end + 1;
        auto stop = text.find('\n', begin);
        if (stop == std::string_view::npos) stop = text.size();
        if (begin >= stop && lines > 6) break;
        end = stop;
    }
    return text.substr(from, std::min(end, std::max(next, from + line.size())) - from);
}

int weight(std::string_view text, const Candidate& candidate)
{
    int points = 0;
    const std::string_view line = line_of(text, candidate.begin);
    if (is_of_header(line)) return -10;
    if (candidate.begins_line && candidate.ends_line)
        points += 3;
    else if (candidate.begins_line)
        points += 2;
    if (candidate.is_bracketed) points += 1;
    const auto line_begin = static_cast<std::size_t>(line.data() - text.data());
    const std::size_t from = candidate.begin > 400 ? candidate.begin - 400 : 0;
    const std::string before = lower_ascii(text.substr(from, candidate.begin - from));
    const std::string same = lower_ascii(text.substr(line_begin, candidate.begin - line_begin));
    for (const std::string_view words : introductions) {
        if (same.find(words) != std::string::npos) {
            points += 3;
            break;
        }
        if (before.find(words) != std::string::npos) {
            points += 1;
            break;
        }
    }
    if (is_telling(line)) points += 2;
    if (find_reply_code(line) != 0 || !find_status(line).empty()) points += 1;
    return points;
}

} // namespace

bool looks_like_report(const Message& message, const Headers& headers)
{
    if (headers.has("x-failed-recipients")) return true;
    const std::string subject = lower_ascii(message.subject);
    const bool has_subject = std::ranges::any_of(report_subjects, [&](std::string_view words) {
        return subject.find(words) != std::string::npos;
    });
    const std::string path = std::string{trimmed(headers.get("return-path"))};
    const bool is_null_path = path == "<>" || path == "<MAILER-DAEMON>";
    const bool by_reporter = std::ranges::any_of(message.from, [](const Address& from) {
        return is_reporter(from.address) || is_reporter(from.name);
    });
    if (by_reporter) return has_subject || is_null_path || is_telling(message.text.substr(0, 4000));
    const bool is_answer = message.automatic == AutomaticKind::reply && !has_subject;
    if (is_answer) return false;
    if (has_subject && (is_null_path || message.automatic != AutomaticKind::none)) return true;
    return has_subject && !subject.starts_with("re:") && is_telling(message.text.substr(0, 4000));
}

std::string_view without_copy(std::string_view text)
{
    std::size_t end = text.size();
    for (const std::string_view mark : copy_marks)
        end = std::min(end, find_ignoring_case(text, mark));
    // A copy without a mark: a line that only the header of a message has.
    for (const char* field :
         {"\nreturn-path: ", "\nmessage-id: ", "\nmime-version: ", "\nreceived: from ", "\nreceived: by "})
        if (const auto at = find_ignoring_case(text, field); at < end && at > 200) end = at;
    return text.substr(0, end);
}

void read_report_text(std::string_view text, const std::vector<std::string>& not_these, BounceReport& report)
{
    const std::vector<Candidate> all = candidates_in(text);
    struct Weighed {
        const Candidate* candidate;
        std::size_t next;
        int points;
    };
    std::vector<Weighed> weighed;
    int best = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Candidate& candidate = all[i];
        if (is_reporter(candidate.address)) continue;
        if (std::ranges::find(not_these, candidate.address) != not_these.end()) continue;
        const int points = weight(text, candidate);
        if (points < 0) continue;
        std::size_t next = text.size();
        for (std::size_t k = i + 1; k < all.size(); ++k)
            if (all[k].address != candidate.address) {
                next = all[k].begin;
                break;
            }
        weighed.push_back({&candidate, next, points});
        best = std::max(best, points);
    }
    for (const Weighed& one : weighed) {
        if (one.points < 2 || one.points < best - 2) continue;
        BouncedAddress found;
        found.address = one.candidate->address;
        const std::string_view words = words_around(text, *one.candidate, one.next);
        found.reason = judge(words, {});
        if (found.reason.because.empty()) found.reason = judge(text.substr(0, 4000), {});
        found.evidence = clean_line(cut(words, 1000));
        add_bounced(report, std::move(found));
    }
}

} // namespace mortise::plugins::email
