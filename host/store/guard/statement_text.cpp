#include "store/guard/statement_text.hpp"

#include "base/text.hpp"
#include "store/guard/expansion.hpp"
#include "store/guard/sql_tokens.hpp"

#include <algorithm>

namespace mortise::host {

namespace {

Error refusal(
    std::string key, std::string message, std::string_view sql, std::size_t offset, std::string hint
)
{
    return {ErrorCode::refused, std::move(message), std::move(key), place_in(sql, offset), std::move(hint)};
}

std::size_t find_reserved(std::string_view text) noexcept
{
    constexpr std::string_view reserved[] = {"mt$", "sqlite_", "pragma_"};
    for (std::size_t i = 0; i < text.size(); ++i)
        for (const std::string_view name : reserved)
            if (equal_ignoring_ascii_case(text.substr(i, name.size()), name)) return i;
    return std::string_view::npos;
}

Result<void> check_bytes(std::string_view sql)
{
    if (const std::size_t wrong = first_invalid_utf8(sql); wrong != std::string_view::npos)
        return Error{
            ErrorCode::invalid, "the statement is not UTF-8", "query.syntax", place_in(sql, wrong), {}
        };
    if (const std::size_t nul = sql.find('\0'); nul != std::string_view::npos)
        return Error{
            ErrorCode::invalid, "the statement contains a NUL", "query.syntax", place_in(sql, nul), {}
        };
    return {};
}

bool begins_join(const SqlToken& token)
{
    constexpr std::string_view words[] = {"NATURAL", "LEFT", "RIGHT", "FULL", "OUTER", "INNER", "CROSS"};
    return std::ranges::any_of(words, [&](std::string_view word) { return is_keyword(token, word); });
}

/// The RIGHT or FULL of the join whose JOIN stands at `join`, or null.
const SqlToken* outer_side(const std::vector<SqlToken>& tokens, std::size_t join)
{
    for (std::size_t i = join; i > 0 && begins_join(tokens[i - 1]); --i)
        if (is_keyword(tokens[i - 1], "RIGHT") || is_keyword(tokens[i - 1], "FULL")) return &tokens[i - 1];
    return nullptr;
}

std::size_t offset_in(std::string_view sql, const SqlToken& token)
{
    return static_cast<std::size_t>(token.text.data() - sql.data());
}

Result<void> check_joins(std::string_view sql, const std::vector<SqlToken>& tokens)
{
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (!is_keyword(tokens[i], "JOIN")) continue;
        if (const SqlToken* side = outer_side(tokens, i))
            return refusal(
                "query.outer_join",
                std::string{side->text} + " JOIN is not supported",
                sql,
                offset_in(sql, *side),
                "turn the tables round and use LEFT JOIN; for FULL JOIN, UNION ALL two LEFT JOINs"
            );
    }
    return {};
}

Result<void> check_operators(std::string_view sql, const std::vector<SqlToken>& tokens)
{
    for (const SqlToken& token : tokens)
        if (token.kind == SqlTokenKind::symbol && (token.text == "->" || token.text == "->>"))
            return refusal(
                "query.operator",
                "the operator " + std::string{token.text} + " is not supported",
                sql,
                offset_in(sql, token),
                "use json_text(value, 'key', ...)"
            );
    return {};
}

Result<void> check_one_statement(std::string_view sql, const std::vector<SqlToken>& tokens)
{
    bool ended = false;
    for (const SqlToken& token : tokens) {
        const bool ends = token.kind == SqlTokenKind::symbol && token.text == ";";
        if (ended && !ends)
            return refusal(
                "query.several_statements",
                "there is more than one statement",
                sql,
                offset_in(sql, token),
                "run them one at a time"
            );
        ended = ended || ends;
    }
    return {};
}

void replace_concatenation(std::string& text, std::string_view sql, const std::vector<SqlToken>& tokens)
{
    for (const SqlToken& token : tokens)
        if (token.kind == SqlTokenKind::symbol && token.text == "||")
            text.replace(offset_in(sql, token), 2, "->");
}

} // namespace

bool has_reserved_name(std::string_view text) noexcept
{
    return find_reserved(text) != std::string_view::npos;
}

Result<CheckedText> checked_text(std::string_view sql, const ViewSizes& views, const GuardRules& rules)
{
    MORTISE_CHECK(check_bytes(sql));
    if (rules.reserved_names)
        if (const std::size_t found = find_reserved(sql); found != std::string_view::npos)
            return refusal(
                "query.reserved_name",
                "names with mt$, sqlite_ or pragma_ are reserved",
                sql,
                found,
                "if it is part of a text and not a name, pass the text as a parameter"
            );
    const std::vector<SqlToken> tokens = sql_tokens(sql);
    if (rules.one_select) MORTISE_CHECK(check_one_statement(sql, tokens));
    if (rules.sound_joins) MORTISE_CHECK(check_joins(sql, tokens));
    StatementShape shape = shape_of(tokens, views);
    if (rules.bounded_expansion && shape.expanded_size > max_expanded_size)
        return Error{
            ErrorCode::limit,
            "the WITH clauses of the statement multiply each other beyond what is prepared",
            "query.too_complex",
            {},
            "name each WITH clause fewer times"
        };
    CheckedText checked{std::string{sql}, std::move(shape.clause_names)};
    if (rules.quiet_functions) {
        MORTISE_CHECK(check_operators(sql, tokens));
        replace_concatenation(checked.text, sql, tokens);
    }
    return checked;
}

std::string place_in(std::string_view sql, std::size_t offset)
{
    const std::string_view before = sql.substr(0, offset);
    const auto line = 1 + std::ranges::count(before, '\n');
    const std::size_t line_start = before.rfind('\n') + 1; // npos + 1 is 0
    const std::size_t column = 1 + count_characters(before.substr(line_start));
    return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

} // namespace mortise::host
