#include "base/text.hpp"
#include "store/guard/functions.hpp"

#include <algorithm>

namespace mortise::host {

namespace {

std::size_t character_at(std::string_view text, std::size_t place) noexcept
{
    return std::min(utf8_length(text[place]), text.size() - place);
}

/// Walks text and pattern side by side; a mismatch goes back to the last % and lets it take one character
/// more.
class LikeMatch {
public:
    LikeMatch(
        std::string_view text, std::string_view pattern, std::string_view escape, QueryBudget& budget
    ) noexcept
        : m_text{text},
          m_pattern{pattern},
          m_escape{escape},
          m_budget{budget}
    {
    }

    bool run() noexcept
    {
        while (m_at < m_text.size())
            if ((!step() && !go_back()) || out_of_time()) return false;
        while (is_wildcard('%'))
            ++m_in_pattern;
        return m_in_pattern == m_pattern.size();
    }

private:
    bool out_of_time() noexcept
    {
        constexpr std::size_t steps_between_looks = 64 << 10;
        return ++m_steps % steps_between_looks == 0 && m_budget.spent();
    }

    bool escaped() const noexcept
    {
        return !m_escape.empty() && m_pattern.substr(m_in_pattern).starts_with(m_escape);
    }

    bool is_wildcard(char wildcard) const noexcept
    {
        return m_in_pattern < m_pattern.size() && m_pattern[m_in_pattern] == wildcard && !escaped();
    }

    bool step() noexcept
    {
        if (m_in_pattern >= m_pattern.size()) return false;
        if (is_wildcard('%')) {
            m_after_star = ++m_in_pattern;
            m_star_at = m_at;
            return true;
        }
        if (is_wildcard('_')) {
            m_at += character_at(m_text, m_at);
            ++m_in_pattern;
            return true;
        }
        const std::size_t literal = m_in_pattern + (escaped() ? m_escape.size() : 0);
        if (literal >= m_pattern.size()) return false; // an escape with nothing after it
        const std::string_view wanted = m_pattern.substr(literal, character_at(m_pattern, literal));
        if (!m_text.substr(m_at).starts_with(wanted)) return false;
        m_at += wanted.size();
        m_in_pattern = literal + wanted.size();
        return true;
    }

    bool go_back() noexcept
    {
        if (m_after_star == std::string_view::npos) return false;
        m_star_at += character_at(m_text, m_star_at);
        m_at = m_star_at;
        m_in_pattern = m_after_star;
        return true;
    }

    std::string_view m_text;
    std::string_view m_pattern;
    std::string_view m_escape;
    QueryBudget& m_budget;
    std::size_t m_steps{0};
    std::size_t m_at{0};
    std::size_t m_in_pattern{0};
    std::size_t m_after_star{std::string_view::npos};
    std::size_t m_star_at{0};
};

} // namespace

bool like_matches(
    std::string_view text, std::string_view pattern, std::string_view escape, QueryBudget& budget
) noexcept
{
    return LikeMatch{text, pattern, escape, budget}.run();
}

} // namespace mortise::host
