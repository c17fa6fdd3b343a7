#include "program/json_place.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

namespace mortise::tool {
namespace {

/// "/a~1b/0" -> {"a/b", "0"}
std::vector<std::string> steps_of(std::string_view pointer)
{
    std::vector<std::string> steps;
    for (std::size_t i = 0; i < pointer.size(); ++i) {
        if (pointer[i] == '/') {
            steps.emplace_back();
        } else if (!steps.empty()) {
            const bool is_escape = pointer[i] == '~' && i + 1 < pointer.size();
            steps.back() += !is_escape ? pointer[i] : pointer[++i] == '1' ? '/' : '~';
        }
    }
    return steps;
}

/// Walks along a document without keeping any of it.
class Walk {
public:
    explicit Walk(std::string_view json) : m_json{json} { }

    /// Goes to where the steps lead; whether it is there.
    bool go(const std::vector<std::string>& steps)
    {
        for (const std::string& step : steps) {
            const char kind = peek();
            if (kind != '{' && kind != '[') return false;
            ++m_at;
            if (!(kind == '{' ? find_member(step) : find_item(step))) return false;
        }
        peek();
        return m_at < m_json.size();
    }
    std::size_t line() const
    {
        return 1 + static_cast<std::size_t>(std::ranges::count(m_json.substr(0, m_at), '\n'));
    }

private:
    /// The next character that is no space; 0 at the end.
    char peek()
    {
        while (m_at < m_json.size()
               && std::string_view{" \t\r\n"}.find(m_json[m_at]) != std::string_view::npos)
            ++m_at;
        return m_at < m_json.size() ? m_json[m_at] : '\0';
    }

    bool find_member(std::string_view wanted)
    {
        while (peek() == '"') {
            const std::string_view name = text();
            if (peek() != ':') return false;
            ++m_at;
            if (name == wanted) return true;
            skip();
            if (peek() != ',') return false;
            ++m_at;
        }
        return false;
    }

    bool find_item(std::string_view wanted)
    {
        std::size_t left = 0;
        const auto [end, trouble] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), left);
        if (trouble != std::errc{} || end != wanted.data() + wanted.size()) return false;
        for (; left > 0; --left) {
            if (peek() == ']') return false;
            skip();
            if (peek() != ',') return false;
            ++m_at;
        }
        return peek() != ']';
    }

    /// A text as it is written, without its quotes. Names with escapes are not compared with what they mean.
    std::string_view text()
    {
        const std::size_t start = ++m_at;
        while (m_at < m_json.size() && m_json[m_at] != '"')
            m_at += m_json[m_at] == '\\' ? 2 : 1;
        const std::size_t end = std::min(m_at, m_json.size());
        m_at = end + 1;
        return m_json.substr(start, end - start);
    }

    void skip()
    {
        std::size_t depth = 0;
        do {
            const char c = peek();
            if (c == '\0') return;
            if (c == '"') {
                text();
            } else if (c == '{' || c == '[') {
                ++depth, ++m_at;
            } else if (c == '}' || c == ']') {
                --depth, ++m_at;
            } else if (c == ',' || c == ':') {
                ++m_at;
            } else {
                while (m_at < m_json.size()
                       && std::string_view{",:{}[] \t\r\n"}.find(m_json[m_at]) == std::string_view::npos)
                    ++m_at;
            }
        } while (depth > 0);
    }

    std::string_view m_json;
    std::size_t m_at{0};
};

} // namespace

std::optional<std::size_t> line_of(std::string_view json, std::string_view pointer)
{
    Walk walk{json};
    if (!walk.go(steps_of(pointer))) return std::nullopt;
    return walk.line();
}

std::size_t line_near(std::string_view json, std::string_view pointer)
{
    for (;; pointer = pointer.substr(0, pointer.rfind('/'))) {
        if (const auto line = line_of(json, pointer)) return *line;
        if (pointer.find('/') == std::string_view::npos) return 1;
    }
}

} // namespace mortise::tool
