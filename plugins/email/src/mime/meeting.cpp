#include "mime/meeting.hpp"

#include "mime/charset.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace mortise::plugins::email {

namespace {

/// A calendar is read that far; one of invitations is a few KiB.
constexpr std::size_t most_bytes = std::size_t{256} << 10U;
constexpr std::size_t most_lines = 5'000;
constexpr std::size_t most_text = 500;

/// "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.com".
struct Line {
    std::string name; ///< in lower case
    std::vector<std::pair<std::string, std::string>> parameters; ///< names and values in lower case
    std::string value;

    std::string_view parameter(std::string_view wanted) const
    {
        const auto found = std::ranges::find(parameters, wanted, &std::pair<std::string, std::string>::first);
        return found == parameters.end() ? std::string_view{} : found->second;
    }
};

/// Long lines are folded: the rest follows behind a space.
std::vector<std::string> unfold(std::string_view text)
{
    std::vector<std::string> lines;
    while (!text.empty() && lines.size() < most_lines) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        const bool goes_on = line.starts_with(' ') || line.starts_with('\t');
        if (goes_on && !lines.empty())
            lines.back().append(line.substr(1));
        else
            lines.emplace_back(line);
    }
    return lines;
}

/// The first of `wanted` outside of quotes.
std::size_t find_plain(std::string_view text, std::string_view wanted)
{
    bool is_quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"') is_quoted = !is_quoted;
        if (!is_quoted && wanted.find(text[i]) != std::string_view::npos) return i;
    }
    return text.size();
}

Line parse(std::string_view text)
{
    Line line;
    const std::size_t colon = find_plain(text, ":");
    if (colon < text.size()) line.value = text.substr(colon + 1);
    std::string_view head = text.substr(0, colon);
    const std::size_t name_end = find_plain(head, ";");
    line.name = lower_ascii(trimmed(head.substr(0, name_end)));
    while (name_end < head.size() && !head.empty()) {
        head.remove_prefix(std::min(find_plain(head, ";") + 1, head.size()));
        if (head.empty()) break;
        const std::string_view one = head.substr(0, find_plain(head, ";"));
        const std::size_t equals = std::min(one.find('='), one.size());
        std::string value = lower_ascii(one.substr(std::min(equals + 1, one.size())));
        std::erase(value, '"');
        line.parameters.emplace_back(lower_ascii(one.substr(0, equals)), std::move(value));
    }
    return line;
}

std::string plain_text(std::string_view value)
{
    std::string text;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] != '\\' || i + 1 == value.size()) {
            text += value[i];
            continue;
        }
        ++i;
        text += value[i] == 'n' || value[i] == 'N' ? ' ' : value[i];
    }
    return clean_line(cut(text, most_text));
}

std::string kind_of_answer(std::string_view partstat)
{
    for (const std::string_view known : {"accepted", "tentative", "declined"})
        if (partstat == known) return std::string{known};
    return {};
}

/// One calendar, read to the end of its first entry.
class Calendar {
public:
    explicit Calendar(std::string_view sender) : m_sender{"mailto:" + lower_ascii(sender)} { }

    std::optional<Meeting> read(std::string_view text)
    {
        for (const std::string& each : unfold(text.substr(0, most_bytes))) {
            const Line line = parse(each);
            const std::string value = lower_ascii(trimmed(line.value));
            if (line.name == "method") m_method = value;
            if (line.name == "begin" && value == "vevent") m_is_in_event = true;
            if (line.name == "end" && value == "vevent") break;
            if (m_is_in_event) take(line, value);
        }
        if (!m_is_in_event) return std::nullopt;
        m_meeting.kind = kind();
        if (m_meeting.kind.empty()) return std::nullopt;
        return std::move(m_meeting);
    }

private:
    void take(const Line& line, const std::string& lower)
    {
        if (line.name == "uid") m_meeting.uid = clean_line(cut(line.value, most_text));
        if (line.name == "summary") m_meeting.summary = plain_text(line.value);
        if (line.name == "dtstart") m_meeting.starts = clean_line(cut(line.value, 40));
        if (line.name != "attendee") return;
        // An answer has one attendee, who may write another address than they send from.
        const bool is_theirs = lower == m_sender;
        if (!is_theirs && m_has_answer) return;
        m_answer = kind_of_answer(line.parameter("partstat"));
        m_has_answer = true;
    }

    std::string kind() const
    {
        if (m_method == "request") return "invited";
        if (m_method == "cancel") return "cancelled";
        if (m_method == "counter") return "countered";
        return m_method == "reply" ? m_answer : std::string{};
    }

    std::string m_sender;
    std::string m_method;
    std::string m_answer;
    Meeting m_meeting;
    bool m_has_answer{false};
    bool m_is_in_event{false};
};

} // namespace

std::optional<Meeting> find_meeting(const Message& message, std::string_view sender)
{
    for (const Attachment& attachment : message.attachments) {
        if (attachment.type != "text/calendar" && attachment.type != "application/ics") continue;
        if (auto meeting = Calendar{sender}.read(decode_charset(attachment.content, "utf-8").text))
            return meeting;
    }
    return std::nullopt;
}

} // namespace mortise::plugins::email
