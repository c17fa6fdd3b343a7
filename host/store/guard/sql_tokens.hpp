#pragma once

/// \file
/// Cuts SQL text into the tokens that SQLite 3.40 itself sees: the guard must never take for a literal what
/// SQLite takes for code. A port of sqlite3GetToken (tokenize.c), checked against SQLite by the fuzz target.

#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

enum class SqlTokenKind : unsigned char {
    space, ///< white space or a comment
    word, ///< a keyword or a bare name
    quoted, ///< a name in "..", `..` or [..]
    text, ///< '..', which SQLite also takes for a name where only a name can stand
    blob,
    number,
    variable,
    symbol,
    illegal,
};

struct SqlToken {
    SqlTokenKind kind{SqlTokenKind::space};
    std::string_view text;
};

/// The token at the start of `sql`, which must not be empty. Text ends at a NUL, as for SQLite.
SqlToken first_sql_token(std::string_view sql) noexcept;

/// All tokens but spaces, in order.
std::vector<SqlToken> sql_tokens(std::string_view sql);

/// True if the token is the keyword `keyword`, which is in capitals.
bool is_keyword(const SqlToken& token, std::string_view keyword) noexcept;

/// The name that the token spells: without quotes, A to Z in small letters.
std::string sql_name(const SqlToken& token);

/// `name` as SQL text: in double quotes.
std::string quoted_sql_name(std::string_view name);

} // namespace mortise::host
