#include "store/guard/sql_tokens.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace mortise::host {

namespace {

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool starts_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'
        || static_cast<unsigned char>(c) >= 0x80;
}

bool continues_name(char c)
{
    return starts_name(c) || is_digit(c) || c == '$';
}

bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/// Reads past the end as SQLite does: there it finds a NUL.
class Scan {
public:
    explicit Scan(std::string_view sql) : m_sql{sql} { }

    char at(std::size_t index) const { return index < m_sql.size() ? m_sql[index] : '\0'; }
    SqlToken token(SqlTokenKind kind, std::size_t length) const
    {
        return {kind, m_sql.substr(0, std::max<std::size_t>(length, 1))};
    }

    SqlToken space() const
    {
        std::size_t i = 1;
        while (is_space(at(i)))
            ++i;
        return token(SqlTokenKind::space, i);
    }

    SqlToken line_comment() const
    {
        std::size_t i = 2;
        while (at(i) != '\0' && at(i) != '\n')
            ++i;
        return token(SqlTokenKind::space, i);
    }

    SqlToken block_comment() const
    {
        std::size_t i = 3;
        char c = at(2);
        while ((c != '*' || at(i) != '/') && (c = at(i)) != '\0')
            ++i;
        return token(SqlTokenKind::space, c == '\0' ? i : i + 1);
    }

    SqlToken quoted(char mark) const
    {
        std::size_t i = 1;
        for (char c = at(i); c != '\0'; c = at(++i)) {
            if (c != mark) continue;
            if (at(i + 1) != mark)
                return token(mark == '\'' ? SqlTokenKind::text : SqlTokenKind::quoted, i + 1);
            ++i;
        }
        return token(SqlTokenKind::illegal, i);
    }

    SqlToken bracketed() const
    {
        std::size_t i = 1;
        while (at(i) != '\0' && at(i) != ']')
            ++i;
        if (at(i) == '\0') return token(SqlTokenKind::illegal, i);
        return token(SqlTokenKind::quoted, i + 1);
    }

    SqlToken number() const
    {
        std::size_t i = 0;
        if (at(0) == '0' && (at(1) == 'x' || at(1) == 'X') && is_hex(at(2))) {
            i = 3;
            while (is_hex(at(i)))
                ++i;
        } else {
            i = skip_digits(0);
            if (at(i) == '.') i = skip_digits(i + 1);
            if (has_exponent(i)) i = skip_digits(i + 2);
        }
        if (!continues_name(at(i))) return token(SqlTokenKind::number, i);
        while (continues_name(at(i)))
            ++i;
        return token(SqlTokenKind::illegal, i);
    }

    SqlToken variable() const
    {
        std::size_t letters = 0;
        std::size_t i = 1;
        for (; at(i) != '\0'; ++i) {
            if (continues_name(at(i))) {
                ++letters;
            } else if (at(i) == '(' && letters > 0) {
                do {
                    ++i;
                } while (at(i) != '\0' && !is_space(at(i)) && at(i) != ')');
                if (at(i) != ')') return token(SqlTokenKind::illegal, i);
                return token(SqlTokenKind::variable, i + 1);
            } else if (at(i) == ':' && at(i + 1) == ':') {
                ++i;
            } else {
                break;
            }
        }
        return token(letters == 0 ? SqlTokenKind::illegal : SqlTokenKind::variable, i);
    }

    SqlToken blob() const
    {
        std::size_t i = 2;
        while (is_hex(at(i)))
            ++i;
        if (at(i) == '\'' && i % 2 == 0) return token(SqlTokenKind::blob, i + 1);
        while (at(i) != '\0' && at(i) != '\'')
            ++i;
        return token(SqlTokenKind::illegal, at(i) == '\0' ? i : i + 1);
    }

    SqlToken word() const
    {
        std::size_t i = 1;
        while (continues_name(at(i)))
            ++i;
        return token(SqlTokenKind::word, i);
    }

    SqlToken symbol() const
    {
        constexpr std::string_view pairs[] = {"||", "<=", "<>", "<<", ">=", ">>", "==", "!=", "->"};
        if (at(0) == '-' && at(1) == '>' && at(2) == '>') return token(SqlTokenKind::symbol, 3);
        for (const std::string_view pair : pairs)
            if (at(0) == pair[0] && at(1) == pair[1]) return token(SqlTokenKind::symbol, 2);
        constexpr std::string_view singles = "-+*/%&|~<>=(),;.";
        return token(
            singles.find(at(0)) == std::string_view::npos ? SqlTokenKind::illegal : SqlTokenKind::symbol, 1
        );
    }

private:
    std::size_t skip_digits(std::size_t i) const
    {
        while (is_digit(at(i)))
            ++i;
        return i;
    }

    bool has_exponent(std::size_t i) const
    {
        if (at(i) != 'e' && at(i) != 'E') return false;
        return is_digit(at(i + 1)) || ((at(i + 1) == '+' || at(i + 1) == '-') && is_digit(at(i + 2)));
    }

    std::string_view m_sql;
};

bool is_byte_order_mark(const Scan& scan)
{
    return scan.at(0) == '\xef' && scan.at(1) == '\xbb' && scan.at(2) == '\xbf';
}

} // namespace

SqlToken first_sql_token(std::string_view sql) noexcept
{
    const Scan scan{sql};
    const char first = scan.at(0);
    const char second = scan.at(1);
    switch (first) {
    case '\'':
    case '"':
    case '`':
        return scan.quoted(first);
    case '[':
        return scan.bracketed();
    case '$':
    case '@':
    case '#':
    case ':':
        return scan.variable();
    case '?': {
        std::size_t length = 1;
        while (is_digit(scan.at(length)))
            ++length;
        return scan.token(SqlTokenKind::variable, length);
    }
    case '-':
        if (second == '-') return scan.line_comment();
        break;
    case '/':
        if (second == '*' && scan.at(2) != '\0') return scan.block_comment();
        break;
    case '.':
        if (is_digit(second)) return scan.number();
        break;
    case 'x':
    case 'X':
        if (second == '\'') return scan.blob();
        break;
    default:
        break;
    }
    if (is_space(first) && first != '\v') return scan.space();
    if (is_digit(first)) return scan.number();
    if (is_byte_order_mark(scan)) return scan.token(SqlTokenKind::space, 3);
    if (starts_name(first)) return scan.word();
    return scan.symbol();
}

std::vector<SqlToken> sql_tokens(std::string_view sql)
{
    sql = sql.substr(0, sql.find('\0'));
    std::vector<SqlToken> tokens;
    while (!sql.empty()) {
        const SqlToken token = first_sql_token(sql);
        if (token.kind != SqlTokenKind::space) tokens.push_back(token);
        sql.remove_prefix(token.text.size());
    }
    return tokens;
}

bool is_keyword(const SqlToken& token, std::string_view keyword) noexcept
{
    return token.kind == SqlTokenKind::word && equal_ignoring_ascii_case(token.text, keyword);
}

std::string sql_name(const SqlToken& token)
{
    if (token.kind != SqlTokenKind::quoted && token.kind != SqlTokenKind::text)
        return ascii_lower(token.text);
    const char mark = token.text.back(); // of [..] it is the closing one, which cannot be doubled
    std::string name;
    for (std::size_t i = 1; i + 1 < token.text.size(); ++i) {
        name.push_back(ascii_lower(token.text[i]));
        if (token.text[i] == mark) ++i;
    }
    return name;
}

std::string quoted_sql_name(std::string_view name)
{
    std::string text = "\"";
    for (const char c : name) {
        text.push_back(c);
        if (c == '"') text.push_back(c);
    }
    return text + "\"";
}

} // namespace mortise::host
