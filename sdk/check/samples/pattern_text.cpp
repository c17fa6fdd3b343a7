#include "samples/pattern_text.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

namespace mortise::check {

namespace {

constexpr std::size_t without_end = std::numeric_limits<std::size_t>::max();
constexpr std::size_t longest = 10'000;
constexpr unsigned char first_printable = 0x20;
constexpr unsigned char last_printable = 0x7E;

bool is_digit(char c) noexcept
{
    return c >= '0' && c <= '9';
}

bool is_word(char c) noexcept
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_space(char c) noexcept
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/// The ASCII characters of a class.
class CharacterSet {
public:
    void add(char from, char to)
    {
        const auto last = static_cast<unsigned char>(to);
        for (std::size_t c = static_cast<unsigned char>(from); c <= last; ++c)
            m_has.at(c) = true;
    }
    /// Whether `kind` is one of d, w, s and their opposites.
    bool add_kind(char kind)
    {
        const auto add_all = [this](auto is_one, bool wanted) {
            for (std::size_t c = 0; c < m_has.size(); ++c)
                if (is_one(static_cast<char>(c)) == wanted) m_has.at(c) = true;
        };
        switch (kind) {
        case 'd':
        case 'D':
            add_all(is_digit, kind == 'd');
            return true;
        case 'w':
        case 'W':
            add_all(is_word, kind == 'w');
            return true;
        case 's':
        case 'S':
            add_all(is_space, kind == 's');
            return true;
        default:
            return false;
        }
    }
    void invert()
    {
        for (bool& has : m_has)
            has = !has;
    }
    /// One that people would write, if there is one.
    std::optional<char> one() const
    {
        for (const char usual : {'a', 'A', '1', '0', '-', '_', '.', ' '})
            if (m_has.at(static_cast<std::size_t>(usual))) return usual;
        for (std::size_t c = first_printable; c <= last_printable; ++c)
            if (m_has.at(c)) return static_cast<char>(c);
        for (std::size_t c = 0; c < m_has.size(); ++c)
            if (m_has.at(c)) return static_cast<char>(c);
        return std::nullopt;
    }

private:
    std::array<bool, 128> m_has{};
};

/// What a letter behind a backslash stands for, if it stands for one character.
char escaped(char c) noexcept
{
    switch (c) {
    case 'n':
        return '\n';
    case 't':
        return '\t';
    case 'r':
        return '\r';
    default:
        return c;
    }
}

class PatternReader {
public:
    PatternReader(std::string_view pattern, std::size_t more, std::size_t choice)
        : m_pattern{pattern},
          m_more{more},
          m_choice{choice}
    {
    }

    std::optional<std::string> read()
    {
        std::string text = alternatives();
        if (m_failed || !is_at_end()) return std::nullopt;
        return text;
    }

private:
    bool is_at_end() const noexcept { return m_at >= m_pattern.size(); }
    bool is_at(char c) const noexcept { return !is_at_end() && m_pattern[m_at] == c; }
    bool take(char c) noexcept
    {
        if (!is_at(c)) return false;
        ++m_at;
        return true;
    }
    char next() noexcept
    {
        if (is_at_end()) {
            m_failed = true;
            return '\0';
        }
        return m_pattern[m_at++];
    }

    std::string alternatives()
    {
        std::vector<std::string> all{sequence()};
        while (take('|'))
            all.push_back(sequence());
        return all[m_choice % all.size()];
    }

    std::string sequence()
    {
        std::string text;
        while (!m_failed && !is_at_end() && !is_at('|') && !is_at(')'))
            text += repeated();
        return text;
    }

    std::string repeated()
    {
        const std::string once = atom();
        std::size_t least = 1;
        std::size_t most = 1;
        if (take('*'))
            least = 0, most = without_end;
        else if (take('+'))
            most = without_end;
        else if (take('?'))
            least = 0;
        else if (take('{'))
            read_bounds(least, most);
        if (!take('?')) take('+'); // lazy and possessive ones match the same texts
        const std::size_t wanted = least > most ? least : std::min(most - least, m_more) + least;
        std::string text;
        for (std::size_t i = 0; i < wanted && text.size() <= longest; ++i)
            text += once;
        return text;
    }

    void read_bounds(std::size_t& least, std::size_t& most)
    {
        least = number();
        most = least;
        if (take(',')) most = is_at('}') ? without_end : number();
        if (!take('}')) m_failed = true;
    }

    std::size_t number()
    {
        std::size_t value = 0;
        if (is_at_end() || !is_digit(m_pattern[m_at])) m_failed = true;
        while (!is_at_end() && is_digit(m_pattern[m_at]) && value <= longest)
            value = value * 10 + static_cast<std::size_t>(next() - '0');
        return value;
    }

    std::string atom()
    {
        switch (const char c = next(); c) {
        case '^':
        case '$':
            return {};
        case '.':
            return "a";
        case '(':
            return group();
        case '[':
            return one_of();
        case '\\':
            return escape();
        default:
            return {c};
        }
    }

    std::string group()
    {
        if (take('?') && !take(':')) m_failed = true; // look-around, names
        std::string text = alternatives();
        if (!take(')')) m_failed = true;
        return text;
    }

    std::string escape()
    {
        const char c = next();
        if (c == 'b' || c == 'B') return {};
        if (c == 'p' || c == 'P' || c == 'k' || c == 'u' || c == 'x' || (is_digit(c) && c != '0'))
            m_failed = true;
        CharacterSet set;
        if (!set.add_kind(c)) return {escaped(c)};
        return {set.one().value_or('a')};
    }

    std::string one_of()
    {
        CharacterSet set;
        const bool is_inverse = take('^');
        for (bool is_first = true; !m_failed && (is_first || !is_at(']')); is_first = false) {
            char from = next();
            if (from == '\\') {
                from = next();
                if (set.add_kind(from)) continue;
                from = escaped(from);
            }
            char to = from;
            const bool is_range = is_at('-') && m_at + 1 < m_pattern.size() && m_pattern[m_at + 1] != ']';
            if (is_range) {
                ++m_at;
                to = next();
                if (to == '\\') to = escaped(next());
            }
            if (static_cast<unsigned char>(from) > 0x7F || static_cast<unsigned char>(to) > 0x7F)
                continue; // others of the class will do
            set.add(from, to);
        }
        if (!take(']')) m_failed = true;
        if (is_inverse) set.invert();
        const auto one = set.one();
        if (!one) m_failed = true;
        return {one.value_or('a')};
    }

    std::string_view m_pattern;
    std::size_t m_more;
    std::size_t m_choice;
    std::size_t m_at{0};
    bool m_failed{false};
};

} // namespace

std::optional<std::string> text_for_pattern(std::string_view pattern, std::size_t more, std::size_t choice)
{
    return PatternReader{pattern, more, choice}.read();
}

} // namespace mortise::check
