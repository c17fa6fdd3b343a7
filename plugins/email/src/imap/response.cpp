#include "imap/response.hpp"

#include "mime/charset.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace mortise::plugins::email {

namespace {

Error broken(std::string_view what, std::string_view line)
{
    return {
        ErrorCode::io,
        "the server says what is no IMAP: " + std::string{what} + " in \"" + clean_line(cut(line, 200))
            + "\"",
        "imap.syntax",
        {},
        {}
    };
}

std::string upper_ascii(std::string_view text)
{
    std::string upper{text};
    for (char& c : upper)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return upper;
}

std::optional<std::int64_t> number_of(std::string_view text)
{
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size() || number < 0
        || text[0] == '-')
        return std::nullopt;
    return number;
}

constexpr bool is_status_name(std::string_view name)
{
    return name == "OK" || name == "NO" || name == "BAD" || name == "BYE" || name == "PREAUTH";
}

/// Reads values out of lines and the literals between them.
class Reader {
public:
    Reader(
        const std::vector<std::string>& lines,
        const std::vector<std::string>& literals,
        const ImapLimits& limits
    )
        : m_lines{lines},
          m_literals{literals},
          m_limits{limits},
          m_rest{lines.empty() ? std::string_view{} : std::string_view{lines.front()}}
    {
    }

    std::string_view line() const { return m_lines[m_line]; }
    std::string_view rest() const { return m_rest; }
    bool at_end() const { return m_rest.empty() && m_line + 1 >= m_lines.size(); }
    void skip_spaces()
    {
        while (!m_rest.empty() && m_rest.front() == ' ')
            m_rest.remove_prefix(1);
    }
    /// Up to the next space.
    std::string_view word()
    {
        const std::string_view found = m_rest.substr(0, m_rest.find(' '));
        m_rest.remove_prefix(found.size());
        skip_spaces();
        return found;
    }
    void drop(std::size_t count) { m_rest.remove_prefix(count); }

    /// Values up to `close`; 0 is the end of the response. Nesting is followed with a stack of its own: no
    /// server makes ours overflow.
    Result<std::vector<ImapValue>> values(char close)
    {
        std::vector<std::vector<ImapValue>> open(1);
        while (true) {
            skip_spaces();
            if (m_rest.empty()) {
                if (close != 0 || open.size() > 1 || !at_end())
                    return broken("a list without an end", line());
                return std::move(open.front());
            }
            const char c = m_rest.front();
            if (close != 0 && c == close && open.size() == 1) {
                drop(1);
                return std::move(open.front());
            }
            if (++m_count > m_limits.values) return broken("too many values", line());
            if (c == '(') {
                if (open.size() > m_limits.depth) return broken("too many lists within lists", line());
                drop(1);
                open.emplace_back();
            } else if (c == ')') {
                if (open.size() == 1) return broken("a ) too many", line());
                drop(1);
                ImapValue list{ImapValue::Kind::list, {}, std::move(open.back())};
                open.pop_back();
                open.back().push_back(std::move(list));
            } else {
                MORTISE_TRY(ImapValue value, single());
                open.back().push_back(std::move(value));
            }
        }
    }

private:
    Result<ImapValue> single()
    {
        if (m_rest.front() == '"') return quoted();
        const bool is_literal8 = m_rest.starts_with("~{");
        if (m_rest.front() == '{' || is_literal8) {
            if (m_line >= m_literals.size() || literal_size(m_rest) != m_literals[m_line].size()
                || m_rest.find('}') + 1 != m_rest.size())
                return broken("a literal that is not there", line());
            ImapValue value{ImapValue::Kind::string, m_literals[m_line], {}};
            m_rest = m_lines[++m_line];
            return value;
        }
        return atom();
    }

    Result<ImapValue> quoted()
    {
        ImapValue value{ImapValue::Kind::string, {}, {}};
        std::size_t at = 1;
        while (at < m_rest.size() && m_rest[at] != '"') {
            if (m_rest[at] == '\\') ++at;
            if (at < m_rest.size()) value.text += m_rest[at++];
        }
        if (at >= m_rest.size()) return broken("a string without an end", line());
        drop(at + 1);
        return value;
    }

    /// Up to a space or a parenthesis; what stands in brackets belongs to it, as in `BODY[HEADER.FIELDS
    /// (TO)]`.
    Result<ImapValue> atom()
    {
        std::size_t at = 0;
        bool is_bracketed = false;
        for (; at < m_rest.size(); ++at) {
            const char c = m_rest[at];
            if (c == '[')
                is_bracketed = true;
            else if (c == ']' && is_bracketed)
                is_bracketed = false;
            else if (!is_bracketed && (c == ' ' || c == '(' || c == ')' || c == '"' || c == ']'))
                break;
        }
        if (is_bracketed) return broken("a bracket without an end", line());
        if (at == 0) return broken(std::string{"a stray "} + m_rest.front(), line());
        ImapValue value{ImapValue::Kind::atom, std::string{m_rest.substr(0, at)}, {}};
        if (upper_ascii(value.text) == "NIL") value = {};
        drop(at);
        return value;
    }

    const std::vector<std::string>& m_lines;
    const std::vector<std::string>& m_literals;
    const ImapLimits& m_limits;
    std::size_t m_line{0};
    std::size_t m_count{0};
    std::string_view m_rest;
};

/// `[CODE ...] words`. A code that cannot be read is left to the words: it is decoration, the status counts.
void read_status(Reader& reader, ImapResponse& response)
{
    const std::string_view all = reader.rest();
    if (all.starts_with('[')) {
        Reader code = reader;
        code.drop(1);
        if (auto values = code.values(']')) {
            response.values = *std::move(values);
            code.skip_spaces();
            response.words = code.rest();
            return;
        }
    }
    response.words = all;
}

} // namespace

std::optional<std::int64_t> ImapValue::number() const
{
    return kind == Kind::atom || kind == Kind::string ? number_of(text) : std::nullopt;
}

bool ImapValue::is(std::string_view atom) const
{
    return kind == Kind::atom && equals_ignoring_case(text, atom);
}

bool ImapResponse::is_status() const
{
    return is_status_name(name);
}

const std::vector<ImapValue>* ImapResponse::code(std::string_view wanted) const
{
    return is_status() && !values.empty() && values.front().is(wanted) ? &values : nullptr;
}

std::optional<std::uint64_t> literal_size(std::string_view line)
{
    if (!line.ends_with('}')) return std::nullopt;
    const auto open = line.rfind('{');
    if (open == std::string_view::npos) return std::nullopt;
    std::string_view digits = line.substr(open + 1, line.size() - open - 2);
    if (digits.ends_with('+')) digits.remove_suffix(1);
    const auto size = number_of(digits);
    if (!size) return std::nullopt;
    return static_cast<std::uint64_t>(*size);
}

bool may_have_literals(std::string_view first_line)
{
    if (!first_line.starts_with("* ")) return false;
    const std::string_view rest = first_line.substr(2);
    return !is_status_name(upper_ascii(rest.substr(0, rest.find(' '))));
}

Result<ImapResponse> parse_imap(
    const std::vector<std::string>& lines, const std::vector<std::string>& literals, const ImapLimits& limits
)
{
    if (lines.empty() || lines.size() != literals.size() + 1) return broken("no line", {});
    Reader reader{lines, literals, limits};
    ImapResponse response;
    const std::string_view first = reader.word();
    if (first == "+") {
        response.kind = ImapResponse::Kind::go_on;
        response.words = reader.rest();
        return response;
    }
    const bool is_tag = !first.empty() && std::ranges::all_of(first, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    });
    if (first != "*" && !is_tag) return broken("no response", reader.line());
    if (is_tag) {
        response.kind = ImapResponse::Kind::tagged;
        response.tag = first;
    }
    std::string_view name = reader.word();
    if (const auto number = number_of(name); number && !is_tag) {
        response.number = *number;
        name = reader.word();
    }
    response.name = upper_ascii(name);
    if (response.name.empty() || response.name.size() > 40)
        return broken("no name of a response", reader.line());
    if (response.is_status()) {
        read_status(reader, response);
        return response;
    }
    if (is_tag) return broken("an answer that is neither OK, NO nor BAD", reader.line());
    MORTISE_TRY(response.values, reader.values(0));
    return response;
}

std::optional<std::string> imap_quoted(std::string_view text)
{
    if (text.size() > 1'000) return std::nullopt;
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '\r' || c == '\n' || c == '\0' || static_cast<unsigned char>(c) >= 0x80U)
            return std::nullopt;
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + '"';
}

std::optional<std::int64_t> imap_time(std::string_view text)
{
    constexpr std::array<std::string_view, 12> months{
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"
    };
    const std::string lower = lower_ascii(text); // " 7-jul-1996 02:44:25 -0700"
    if (lower.size() != 26 || lower[2] != '-' || lower[6] != '-' || lower[11] != ' ' || lower[20] != ' ')
        return std::nullopt;
    const std::string_view all{lower};
    const auto part
        = [&](std::size_t at, std::size_t size) { return number_of(trimmed(all.substr(at, size))); };
    const auto month = std::ranges::find(months, all.substr(3, 3));
    const auto day = part(0, 2);
    const auto year = part(7, 4);
    const auto hour = part(12, 2);
    const auto minute = part(15, 2);
    const auto second = part(18, 2);
    const auto zone = part(22, 4);
    if (month == months.end() || !day || !year || !hour || !minute || !second || !zone) return std::nullopt;
    // Days since 1970 in the civil calendar, counted in years that begin with March.
    const std::int64_t m = month - months.begin() + 1;
    const std::int64_t y = *year - (m <= 2 ? 1 : 0);
    const std::int64_t era = y / 400;
    const std::int64_t of_era = y % 400;
    const std::int64_t of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + *day - 1;
    const std::int64_t days = era * 146'097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719'468;
    const std::int64_t offset = (*zone / 100 * 60 + *zone % 100) * 60 * (all[21] == '-' ? -1 : 1);
    return days * 86'400 + *hour * 3'600 + *minute * 60 + *second - offset;
}

} // namespace mortise::plugins::email
