#include "bounces/reason.hpp"

#include "bounces/phrases.hpp"
#include "mime/charset.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace mortise::plugins::email {

namespace {

constexpr BounceKind hard = BounceKind::hard;
constexpr BounceKind soft = BounceKind::soft;

struct StatusMeaning {
    std::string_view begins; ///< class is left out: "1.1" of "5.1.1"
    std::string_view category;
    BounceKind kind; ///< of class 5
};

constexpr std::array meanings{
    StatusMeaning{"1.0", "unknown_user", hard}, StatusMeaning{"1.1", "unknown_user", hard},
    StatusMeaning{"1.2", "unknown_host", hard}, StatusMeaning{"1.3", "unknown_user", hard},
    StatusMeaning{"1.4", "unknown_user", hard}, StatusMeaning{"1.6", "mailbox_inactive", hard},
    StatusMeaning{"1.7", "sender", soft},       StatusMeaning{"1.8", "sender", soft},
    StatusMeaning{"1.9", "sender", soft},       StatusMeaning{"1.10", "unknown_host", hard},
    StatusMeaning{"2.0", "unknown_user", hard}, StatusMeaning{"2.1", "mailbox_inactive", hard},
    StatusMeaning{"2.2", "mailbox_full", soft}, StatusMeaning{"2.3", "message_too_large", soft},
    StatusMeaning{"2.4", "unknown_user", hard}, StatusMeaning{"3.1", "mailbox_full", soft},
    StatusMeaning{"3.2", "temporary", soft},    StatusMeaning{"3.4", "message_too_large", soft},
    StatusMeaning{"3.", "temporary", soft},     StatusMeaning{"4.1", "unreachable", soft},
    StatusMeaning{"4.2", "unreachable", soft},  StatusMeaning{"4.3", "unreachable", soft},
    StatusMeaning{"4.4", "unknown_host", hard}, StatusMeaning{"4.5", "rate_limited", soft},
    StatusMeaning{"4.6", "loop", hard},         StatusMeaning{"4.7", "expired", soft},
    StatusMeaning{"4.", "unreachable", soft},   StatusMeaning{"5.3", "rate_limited", soft},
    StatusMeaning{"6.", "content", soft},       StatusMeaning{"7.", "policy", soft},
};

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/// Phrases are found across line ends: servers fold their words.
std::string comparable(std::string_view words)
{
    return lower_ascii(clean_line(cut(words, 8'000)));
}

/// Short words must stand alone: "rbl" is not in "marble", nor "spam" in "nospam@example.com".
bool stands_alone(std::string_view text, std::size_t at, std::size_t size)
{
    const auto is_letter = [&](std::size_t i) {
        return i < text.size() && ((text[i] >= 'a' && text[i] <= 'z') || is_digit(text[i]));
    };
    if (at > 0 && is_letter(at - 1)) return false;
    if (size <= 4 && is_letter(at + size)) return false;
    // A word of an address says nothing.
    return !(at + size < text.size() && text[at + size] == '@') && !(at > 0 && text[at - 1] == '@');
}

const Phrase* find_phrase(const std::string& text)
{
    for (const Phrase& phrase : phrases())
        for (std::size_t at = text.find(phrase.words); at != std::string::npos;
             at = text.find(phrase.words, at + 1))
            if (stands_alone(text, at, phrase.words.size())) return &phrase;
    return nullptr;
}

const StatusMeaning* find_meaning(std::string_view status)
{
    if (status.size() < 5) return nullptr;
    const std::string_view rest = status.substr(2);
    for (const StatusMeaning& meaning : meanings)
        if (meaning.begins.ends_with('.') ? rest.starts_with(meaning.begins) : rest == meaning.begins)
            return &meaning;
    return nullptr;
}

/// Codes that say no more than "it failed"; the words tell more.
bool is_vague(std::string_view status)
{
    return status.empty() || status.ends_with(".0.0") || status == "5.1.0" || status == "5.2.0"
        || status == "5.3.0" || status == "5.4.0" || status == "5.5.0" || status == "5.7.0"
        || status == "5.7.1" || status == "5.4.1" || status == "4.4.7" || status == "5.4.7"
        || status == "4.2.0" || status == "4.7.0" || status == "5.2.1" || status == "5.6.0"
        || status.substr(0, 3) == "5.5" || status == "5.1.8" || status == "4.7.1" || status == "5.3.5";
}

} // namespace

std::string_view name(BounceKind kind)
{
    switch (kind) {
    case BounceKind::hard:
        return "hard";
    case BounceKind::soft:
        return "soft";
    case BounceKind::delayed:
        return "delayed";
    case BounceKind::complaint:
        return "complaint";
    }
    return "soft";
}

std::string find_status(std::string_view text)
{
    for (std::size_t at = 0; at + 5 <= text.size(); ++at) {
        const char first = text[at];
        if ((first != '2' && first != '4' && first != '5') || text[at + 1] != '.') continue;
        if (at > 0 && (is_digit(text[at - 1]) || text[at - 1] == '.')) continue;
        std::size_t end = at + 2;
        while (end < text.size() && is_digit(text[end]))
            ++end;
        const std::size_t subject = end - at - 2;
        if (subject == 0 || subject > 3 || end >= text.size() || text[end] != '.') continue;
        const std::size_t detail = end + 1;
        end = detail;
        while (end < text.size() && is_digit(text[end]))
            ++end;
        if (end == detail || end - detail > 3) continue;
        const bool goes_on = end < text.size()
            && ((text[end] == '.' && end + 1 < text.size() && is_digit(text[end + 1])) || text[end] == '-'
                    ? end + 1 < text.size() && is_digit(text[end + 1])
                    : false);
        if (!goes_on) return std::string{text.substr(at, end - at)};
    }
    return {};
}

int find_reply_code(std::string_view text)
{
    for (std::size_t at = 0; at + 3 <= text.size(); ++at) {
        if ((text[at] != '4' && text[at] != '5') || !is_digit(text[at + 1]) || !is_digit(text[at + 2]))
            continue;
        if (text[at + 1] > '5') continue;
        if (at > 0
            && (is_digit(text[at - 1]) || text[at - 1] == '.' || text[at - 1] == '-' || text[at - 1] == ':'
                || text[at - 1] == '/' || text[at - 1] == '@'
                || (text[at - 1] >= 'A' && text[at - 1] <= 'z' && text[at - 1] != '[' && text[at - 1] != '_')
            ))
            continue;
        const char next = at + 3 < text.size() ? text[at + 3] : ' ';
        if (next != ' ' && next != '-' && next != '\n' && next != '\t' && next != ':' && next != ']'
            && next != ',')
            continue;
        return (text[at] - '0') * 100 + (text[at + 1] - '0') * 10 + (text[at + 2] - '0');
    }
    return 0;
}

Reason judge(std::string_view words, std::string_view status)
{
    const std::string text = comparable(words);
    Reason reason;
    reason.status = std::string{status};
    const std::string found = find_status(words);
    if (is_vague(reason.status) && !found.empty() && found.front() != '2') reason.status = found;
    if (reason.status.starts_with('2')) reason.status.clear();
    const int reply = find_reply_code(words);
    const StatusMeaning* meaning = is_vague(reason.status) ? nullptr : find_meaning(reason.status);
    const Phrase* phrase = find_phrase(text);
    // A precise code decides, except that words about a full mailbox or a blocked sender overrule it: those
    // address are good (many servers say 5.1.1 or 5.2.1 for both).
    const bool words_overrule = phrase != nullptr && meaning != nullptr && meaning->kind == hard
        && (phrase->category == "mailbox_full" || phrase->category == "blocked" || phrase->category == "spam"
        );
    if (meaning != nullptr && !words_overrule) {
        reason.category = meaning->category;
        reason.kind = meaning->kind;
        reason.because = "status " + reason.status;
    } else if (phrase != nullptr) {
        reason.category = phrase->category;
        reason.kind = phrase->kind;
        reason.because = "\"" + std::string{phrase->words} + "\"";
    } else if (const StatusMeaning* vague = find_meaning(reason.status)) {
        reason.category = vague->category;
        reason.kind = vague->kind;
        reason.because = "status " + reason.status;
    } else if (reason.status.starts_with('5') || reply >= 500) {
        reason.kind = hard;
        reason.because = reason.status.empty() ? "reply " + std::to_string(reply) : "status " + reason.status;
        if (reply == 552)
            reason.kind = soft, reason.category = "mailbox_full";
        else if (reply == 550 || reply == 551 || reply == 553)
            reason.category = "unknown_user";
    }
    // What the server itself calls temporary is not for good.
    if (reason.kind == hard
        && (reason.status.starts_with('4') || (reason.status.empty() && reply >= 400 && reply < 500)))
        reason.kind = soft;
    return reason;
}

bool is_telling(std::string_view words)
{
    return find_phrase(comparable(words)) != nullptr;
}

} // namespace mortise::plugins::email
