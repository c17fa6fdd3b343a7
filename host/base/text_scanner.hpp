#pragma once

/// \file
/// Takes small things off the start of a text, one after the other. For parsers of short strict forms.

#include <cstdint>
#include <optional>
#include <string_view>

namespace mortise::host {

class TextScanner {
public:
    explicit TextScanner(std::string_view text) noexcept : m_rest{text} { }

    bool at_end() const noexcept { return m_rest.empty(); }
    std::string_view rest() const noexcept { return m_rest; }
    void skip(std::size_t count) noexcept { m_rest.remove_prefix(count); }

    bool take(char wanted) noexcept
    {
        if (m_rest.empty() || m_rest[0] != wanted) return false;
        m_rest.remove_prefix(1);
        return true;
    }

    /// Exactly `count` digits, at most 18.
    std::optional<std::int64_t> digits(std::size_t count) noexcept { return digits(count, count); }

    /// As many digits as there are from `least` to `most`, at most 18.
    std::optional<std::int64_t> digits(std::size_t least, std::size_t most) noexcept
    {
        std::int64_t number = 0;
        std::size_t taken = 0;
        while (taken < most && next_is_digit()) {
            number = number * 10 + (m_rest[0] - '0');
            m_rest.remove_prefix(1);
            ++taken;
        }
        if (taken < least) return std::nullopt;
        return number;
    }

    /// One or more digits after a point, as a number of `places` digits; further digits are cut off.
    std::optional<std::int64_t> fraction(std::size_t places) noexcept
    {
        if (!next_is_digit()) return std::nullopt;
        std::int64_t number = 0;
        for (std::size_t i = 0; i < places || next_is_digit(); ++i) {
            const bool has_digit = next_is_digit();
            if (i < places) number = number * 10 + (has_digit ? m_rest[0] - '0' : 0);
            if (has_digit) m_rest.remove_prefix(1);
        }
        return number;
    }

private:
    bool next_is_digit() const noexcept { return !m_rest.empty() && m_rest[0] >= '0' && m_rest[0] <= '9'; }

    std::string_view m_rest;
};

} // namespace mortise::host
