#include "store/guard/query_errors.hpp"

#include "base/text.hpp"
#include "store/guard/functions.hpp"
#include "store/guard/sql_tokens.hpp"
#include "store/guard/statement_text.hpp"
#include "store/sqlite_error.hpp"

#include <algorithm>
#include <array>
#include <sqlite3.h>
#include <string>

namespace mortise::host {

namespace {

Error stop_error(QueryBudget::Stop stop)
{
    if (stop == QueryBudget::Stop::cancelled)
        return {ErrorCode::cancelled, "the query was cancelled", "query.cancelled", {}, {}};
    return {
        ErrorCode::timeout,
        "the query took longer than it may",
        "query.timeout",
        {},
        "ask for less, or for rows that an index finds"
    };
}

Error unknown_function(std::string_view name)
{
    return {
        ErrorCode::invalid,
        "there is no function called " + std::string{name},
        "query.unknown_name",
        {},
        std::string{function_hint(name)}
    };
}

/// Whether it exists and is forbidden, or does not exist, the answer is the same.
Error unknown_view(std::string_view name)
{
    return {
        ErrorCode::invalid,
        "there is no view called " + std::string{name},
        "query.unknown_name",
        {},
        "the views that you may read are listed by `records types`"
    };
}

bool is_typed(std::string_view sql, std::string_view name)
{
    const std::string wanted = ascii_lower(name);
    return std::ranges::any_of(sql_tokens(sql), [&](const SqlToken& token) {
        return sql_name(token) == wanted;
    });
}

Error denied(const Authorizer::Denial& denial, std::string_view sql)
{
    if (denial.action == SQLITE_FUNCTION) return unknown_function(denial.name);
    if (denial.action == SQLITE_READ)
        return unknown_view(is_typed(sql, denial.name) ? std::string_view{denial.name} : "that");
    return {
        ErrorCode::refused, "only SELECT is allowed", "query.not_a_read", {}, "use commands to change records"
    };
}

/// What follows `start`, if `message` begins so.
std::string_view after(std::string_view message, std::string_view start)
{
    return message.starts_with(start) ? message.substr(start.size()) : std::string_view{};
}

std::string_view unqualified(std::string_view name)
{
    return name.substr(name.rfind('.') + 1); // npos + 1 is 0
}

bool is_about_size(int code, std::string_view message)
{
    constexpr std::array signs
        = std::to_array<std::string_view>({"too many", "too large", "stack overflow", "at most ", "too big"});
    if ((code & 0xff) == SQLITE_TOOBIG || (code & 0xff) == SQLITE_NOMEM)
        return true; // too long a program is "no memory"
    return std::ranges::any_of(signs, [&](std::string_view sign) {
        return message.find(sign) != std::string_view::npos;
    });
}

Error told(int code, std::string_view message)
{
    if (is_about_size(code, message))
        return {
            ErrorCode::limit,
            "the statement is too complex: " + std::string{message},
            "query.too_complex",
            {},
            {}
        };
    if (const auto name = after(message, "no such function: "); !name.empty()) return unknown_function(name);
    if (const auto name = after(message, "no such table: "); !name.empty())
        return unknown_view(unqualified(name));
    if (const auto name = after(message, "access to view \""); !name.empty())
        return unknown_view(name.substr(0, name.find('"')));
    if (const auto name = after(message, "no such column: "); !name.empty())
        return {
            ErrorCode::invalid, "there is no column called " + std::string{name}, "query.unknown_name", {}, {}
        };
    return {ErrorCode::invalid, std::string{message}, "query.syntax", {}, {}};
}

} // namespace

Error prepare_error(
    sqlite3* database,
    int code,
    std::string_view sql,
    const Authorizer::Denial& denial,
    QueryBudget::Stop stop,
    const GuardRules& rules
)
{
    const int offset = sqlite3_error_offset(database);
    const std::string message = sqlite3_errmsg(database);
    if (stop != QueryBudget::Stop::none) return stop_error(stop);
    if (!rules.quiet_errors) return sqlite_error(code, message);
    if (const auto table = after(message, "vtable constructor failed: "); !table.empty())
        return unknown_view(table);
    if (denial.action != 0 || (code & 0xff) == SQLITE_AUTH) return denied(denial, sql);
    const int kind = code & 0xff;
    const bool is_known = kind == SQLITE_ERROR || kind == SQLITE_TOOBIG || kind == SQLITE_NOMEM;
    if (!is_known || has_reserved_name(message))
        return {ErrorCode::invalid, "the statement cannot be run", "query.failed", {}, {}};
    Error error = told(code, message);
    if (offset >= 0) error.where = place_in(sql, static_cast<std::size_t>(offset));
    return error;
}

Error run_error(Error failure, QueryBudget::Stop stop, const GuardRules& rules)
{
    if (stop != QueryBudget::Stop::none) return stop_error(stop);
    if (!rules.quiet_errors) return failure;
    if (failure.key == "store.full")
        return {
            ErrorCode::limit,
            "the query sorts or keeps more on the side than it may",
            "query.too_large",
            {},
            "ask for fewer rows or columns, or sort by what an index sorts"
        };
    if (failure.code == ErrorCode::io || failure.code == ErrorCode::busy)
        return {failure.code, "the database cannot be read now", failure.key, {}, failure.hint};
    return {
        ErrorCode::invalid,
        "the query failed while it ran",
        "query.failed",
        {},
        "sum() fails on a sum that no 64-bit number holds, json_each on text that is no JSON, LIMIT on what "
        "is no number"
    };
}

} // namespace mortise::host
