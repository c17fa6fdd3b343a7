#pragma once

/// \file
/// The JSON grammar, written once and filled into whatever tree the builder makes. Only json.cpp needs this.

#include "base/json.hpp"
#include "base/text.hpp"

#include <charconv>
#include <cstdint>

namespace mortise::host::detail {

/// Builder has types Node, Array, Object and static functions Node
/// of(bool|int64|uint64|double|string&&|nullptr| Array&&|Object&&), void add(Array&, Node&&), bool
/// add(Object&, string&&, Node&&) (false: the key is there).
template <class Builder>
class JsonReader {
public:
    using Node = typename Builder::Node;

    JsonReader(std::string_view text, std::string_view what) : m_text{text}, m_what{what} { }

    Result<Node> read()
    {
        if (const auto bad = first_invalid_utf8(m_text); bad != std::string_view::npos) {
            m_at = bad;
            return fail("text in UTF-8");
        }
        if (m_text.starts_with("\xEF\xBB\xBF")) m_at = 3;
        skip_space();
        MORTISE_TRY(Node node, read_node(0));
        skip_space();
        if (m_at != m_text.size()) return fail("the end of the document");
        return node;
    }

private:
    Result<Node> read_node(std::size_t depth)
    {
        switch (peek()) {
        case '{':
            return read_object(depth);
        case '[':
            return read_array(depth);
        case '"': {
            MORTISE_TRY(std::string text, read_string());
            return Builder::of(std::move(text));
        }
        case 't':
            return read_word("true", Builder::of(true));
        case 'f':
            return read_word("false", Builder::of(false));
        case 'n':
            return read_word("null", Builder::of(nullptr));
        default:
            return read_number();
        }
    }

    Result<Node> read_object(std::size_t depth)
    {
        if (depth == max_json_depth) return too_deep();
        ++m_at;
        typename Builder::Object object;
        skip_space();
        if (take('}')) return Builder::of(std::move(object));
        while (true) {
            if (peek() != '"') return fail("a key in double quotes");
            const std::size_t key_at = m_at;
            MORTISE_TRY(const std::string key, read_string());
            skip_space();
            if (!take(':')) return fail("':' after the key");
            skip_space();
            MORTISE_TRY(Node node, read_node(depth + 1));
            if (!Builder::add(object, key, std::move(node))) {
                m_at = key_at;
                return error(
                    ErrorCode::invalid,
                    "the key \"" + key + "\" stands twice in one object",
                    "json.duplicate_key"
                );
            }
            skip_space();
            if (take('}')) return Builder::of(std::move(object));
            if (!take(',')) return fail("',' or '}'");
            skip_space();
        }
    }

    Result<Node> read_array(std::size_t depth)
    {
        if (depth == max_json_depth) return too_deep();
        ++m_at;
        typename Builder::Array array;
        skip_space();
        if (take(']')) return Builder::of(std::move(array));
        while (true) {
            MORTISE_TRY(Node node, read_node(depth + 1));
            Builder::add(array, std::move(node));
            skip_space();
            if (take(']')) return Builder::of(std::move(array));
            if (!take(',')) return fail("',' or ']'");
            skip_space();
        }
    }

    Result<Node> read_word(std::string_view word, Node node)
    {
        if (!m_text.substr(m_at).starts_with(word)) return fail("a value");
        m_at += word.size();
        return node;
    }

    Result<Node> read_number()
    {
        const std::size_t begin = m_at;
        const bool negative = take('-');
        if (take('0')) {
            if (is_digit()) return fail("no digit after a leading zero");
        } else if (!skip_digits()) {
            return fail(negative ? "a digit" : "a value");
        }
        bool whole = true;
        if (take('.')) {
            whole = false;
            if (!skip_digits()) return fail("a digit after the point");
        }
        if (peek() == 'e' || peek() == 'E') {
            whole = false;
            ++m_at;
            if (!take('+')) take('-');
            if (!skip_digits()) return fail("a digit of the exponent");
        }
        return number_node(m_text.substr(begin, m_at - begin), whole, begin);
    }

    Result<Node> number_node(std::string_view digits, bool whole, std::size_t begin)
    {
        const char* first = digits.data();
        const char* last = first + digits.size();
        if (whole) {
            std::int64_t small = 0;
            if (std::from_chars(first, last, small).ec == std::errc{}) return Builder::of(small);
            std::uint64_t large = 0;
            if (digits[0] != '-' && std::from_chars(first, last, large).ec == std::errc{})
                return Builder::of(large);
        }
        double real = 0;
        if (std::from_chars(first, last, real).ec == std::errc{}) return Builder::of(real);
        // Too large, or too small to be told from zero: only the first loses what was meant.
        if (underflows(digits)) return Builder::of(digits[0] == '-' ? -0.0 : 0.0);
        m_at = begin;
        return error(
            ErrorCode::invalid,
            "the number " + std::string{digits.substr(0, 40)} + " is out of range",
            "json.number"
        );
    }

    static bool underflows(std::string_view digits)
    {
        const auto exponent = digits.find_first_of("eE");
        return exponent != std::string_view::npos ? digits[exponent + 1] == '-'
                                                  : digits.starts_with("0.") || digits.starts_with("-0.");
    }

    /// At an opening quote.
    Result<std::string> read_string()
    {
        const std::size_t begin = ++m_at;
        std::string text;
        while (m_at < m_text.size()) {
            const std::size_t plain = m_at;
            while (m_at < m_text.size() && is_plain(m_text[m_at]))
                ++m_at;
            text.append(m_text.substr(plain, m_at - plain));
            if (m_at == m_text.size()) break;
            if (take('"')) return text;
            if (m_text[m_at] != '\\') return fail("control characters written as \\u escapes");
            MORTISE_CHECK(read_escape(text));
        }
        m_at = begin - 1;
        return error(ErrorCode::invalid, "a string is not closed", "json.syntax");
    }

    Result<void> read_escape(std::string& text)
    {
        constexpr std::string_view letters = "\"\\/bfnrt";
        constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
        const std::size_t begin = m_at++;
        if (const auto which = letters.find(peek());
            m_at < m_text.size() && which != std::string_view::npos) {
            text += meanings[which];
            ++m_at;
            return {};
        }
        if (!take('u')) {
            m_at = begin;
            return fail("one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u");
        }
        MORTISE_TRY(const char32_t unit, read_hex4());
        if (unit >= 0xd800 && unit < 0xdc00 && m_text.substr(m_at).starts_with("\\u")) {
            m_at += 2;
            MORTISE_TRY(const char32_t low, read_hex4());
            if (low >= 0xdc00 && low < 0xe000) {
                append_utf8(text, 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
                return {};
            }
        }
        if (unit >= 0xd800 && unit < 0xe000) {
            m_at = begin;
            return fail("the two halves of a surrogate pair");
        }
        append_utf8(text, unit);
        return {};
    }

    Result<char32_t> read_hex4()
    {
        std::uint32_t unit = 0;
        const std::string_view digits = m_text.substr(m_at, 4);
        const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), unit, 16);
        if (ec != std::errc{} || digits.size() != 4 || end != digits.data() + 4)
            return fail("four hexadecimal digits");
        m_at += 4;
        return static_cast<char32_t>(unit);
    }

    static bool is_plain(char c) noexcept
    {
        return c != '"' && c != '\\' && static_cast<unsigned char>(c) >= 0x20;
    }
    bool is_digit() const noexcept { return peek() >= '0' && peek() <= '9'; }
    bool skip_digits() noexcept
    {
        const std::size_t begin = m_at;
        while (is_digit())
            ++m_at;
        return m_at != begin;
    }
    char peek() const noexcept { return m_at < m_text.size() ? m_text[m_at] : '\0'; }
    bool take(char wanted) noexcept
    {
        if (m_at >= m_text.size() || m_text[m_at] != wanted) return false;
        ++m_at;
        return true;
    }
    void skip_space() noexcept
    {
        while (m_at < m_text.size()
               && (m_text[m_at] == ' ' || m_text[m_at] == '\n' || m_text[m_at] == '\t' || m_text[m_at] == '\r'
               ))
            ++m_at;
    }

    Error fail(std::string_view expected) const
    {
        return error(
            ErrorCode::invalid, "expected " + std::string{expected} + ", found " + found(), "json.syntax"
        );
    }

    Error too_deep() const
    {
        return error(ErrorCode::limit, "nested deeper than " + std::to_string(max_json_depth), "json.depth");
    }

    std::string found() const
    {
        if (m_at >= m_text.size()) return "the end";
        const auto byte = static_cast<unsigned char>(m_text[m_at]);
        if (byte < 0x20 || byte == 0x7f || !valid_utf8(m_text.substr(m_at, utf8_length(m_text[m_at]))))
            return "the byte " + std::to_string(byte);
        return "'" + std::string{m_text.substr(m_at, utf8_length(m_text[m_at]))} + "'";
    }

    Error error(ErrorCode code, std::string message, std::string key) const
    {
        std::size_t line = 1;
        std::size_t column = 1;
        for (std::size_t i = m_text.starts_with("\xEF\xBB\xBF") ? 3 : 0; i < m_at && i < m_text.size(); ++i) {
            if (m_text[i] == '\n') {
                ++line;
                column = 1;
            } else if ((static_cast<unsigned char>(m_text[i]) & 0xc0U) != 0x80U) {
                ++column;
            }
        }
        if (!m_what.empty()) message = std::string{m_what} + ": " + message;
        return Error{
            code,
            std::move(message),
            std::move(key),
            "line " + std::to_string(line) + ", column " + std::to_string(column),
            {}
        };
    }

    std::string_view m_text;
    std::string_view m_what;
    std::size_t m_at{0};
};

} // namespace mortise::host::detail
