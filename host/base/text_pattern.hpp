#pragma once

/// \file
/// A regular expression (ECMAScript) as declarations and schemas give it. It goes over code points: bytes
/// would make "." half a letter.

#include <mortise/result.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace mortise::host {

class TextPattern {
public:
    /// Errors: it is no regular expression.
    static Result<std::shared_ptr<const TextPattern>> compile(std::string_view expression);

    TextPattern();
    ~TextPattern();
    TextPattern(const TextPattern&) = delete;
    TextPattern& operator=(const TextPattern&) = delete;
    TextPattern(TextPattern&&) = delete;
    TextPattern& operator=(TextPattern&&) = delete;

    /// Whether all of the text matches. What makes the expression give up (too much backtracking) does not.
    bool matches(std::string_view text) const;
    /// Whether a part of the text does.
    bool is_in(std::string_view text) const;
    /// As it was given.
    const std::string& expression() const noexcept;

private:
    struct Compiled;
    std::unique_ptr<Compiled> m_compiled;
};

} // namespace mortise::host
