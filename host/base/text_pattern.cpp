#include "base/text_pattern.hpp"

#include <boost/regex.hpp>

namespace mortise::host {

namespace {

/// UTF-8 as code points; what is no UTF-8 becomes U+FFFD.
std::wstring code_points(std::string_view text)
{
    std::wstring result;
    result.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const auto lead = static_cast<unsigned char>(text[at]);
        const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        if (length == 1) {
            result += static_cast<wchar_t>(lead);
        } else if (lead < 0xC2 || at + length > text.size()) {
            result += L'\uFFFD';
            ++at;
            continue;
        } else {
            std::uint32_t point = lead & (0xFFU >> (length + 1));
            for (std::size_t i = 1; i < length; ++i)
                point = (point << 6U) | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
            result += static_cast<wchar_t>(point);
        }
        at += length;
    }
    return result;
}

} // namespace

struct TextPattern::Compiled {
    std::string given;
    boost::wregex expression;

    template <typename Search>
    bool tries(std::string_view text, Search search) const
    {
        try {
            return search(code_points(text), expression);
        } catch (const std::exception&) {
            return false;
        }
    }
};

TextPattern::TextPattern() : m_compiled{std::make_unique<Compiled>()} { }

TextPattern::~TextPattern() = default;

Result<std::shared_ptr<const TextPattern>> TextPattern::compile(std::string_view expression)
{
    try {
        auto made = std::make_shared<TextPattern>();
        made->m_compiled->given = expression;
        made->m_compiled->expression.assign(code_points(expression), boost::regex_constants::ECMAScript);
        return std::shared_ptr<const TextPattern>{std::move(made)};
    } catch (const std::exception& e) {
        return Error{
            .code = ErrorCode::invalid,
            .message = "\"" + std::string{expression} + "\" is not a regular expression: " + e.what(),
            .key = "base.wrong_pattern",
        };
    }
}

bool TextPattern::matches(std::string_view text) const
{
    return m_compiled->tries(text, [](const std::wstring& points, const boost::wregex& expression) {
        return boost::regex_match(points, expression);
    });
}

bool TextPattern::is_in(std::string_view text) const
{
    return m_compiled->tries(text, [](const std::wstring& points, const boost::wregex& expression) {
        return boost::regex_search(points, expression);
    });
}

const std::string& TextPattern::expression() const noexcept
{
    return m_compiled->given;
}

} // namespace mortise::host
