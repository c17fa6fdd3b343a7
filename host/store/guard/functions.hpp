#pragma once

/// \file
/// The functions of guarded SQL: which of SQLite's own may be called, and ours. They mean the same on
/// PostgreSQL where it has them, and none of them fails on what a row holds: what cannot be computed is null.

#include "store/guard.hpp"
#include "store/guard/budget.hpp"

#include <mortise/result.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

struct sqlite3;
struct sqlite3_context;
struct sqlite3_value;
struct UCaseMap;

namespace mortise::host {

/// A text that a function would make larger than this is null.
inline constexpr std::size_t max_made_text = 1 << 20;

/// What the functions of one connection share.
struct FunctionState {
    explicit FunctionState(QueryBudget& query_budget);
    FunctionState(const FunctionState&) = delete;
    FunctionState& operator=(const FunctionState&) = delete;
    ~FunctionState();

    QueryBudget& budget;
    std::int64_t now{0};
    std::int64_t as_of{0};
    UCaseMap* case_map{nullptr};
};

struct SqlFunction {
    const char* name;
    int arguments; ///< -1: any number
    bool replaces; ///< takes the place of SQLite's function or operator of that name, which can fail
    void (*call)(sqlite3_context*, int, sqlite3_value**);
    bool changes{false}; ///< gives another value at each call
};

/// Whether guarded SQL may call `name`, in any case.
bool is_guarded_function(std::string_view name) noexcept;
/// What to use in place of a function that is not there; empty if there is nothing to say.
std::string_view function_hint(std::string_view name) noexcept;

/// `state` must outlive the connection.
Result<void> register_functions(sqlite3* database, FunctionState& state, const GuardRules& rules);

std::span<const SqlFunction> text_functions() noexcept;
std::span<const SqlFunction> value_functions() noexcept;
std::span<const SqlFunction> time_functions() noexcept;
std::span<const SqlFunction> json_functions() noexcept;
/// `string_agg(value, separator)`.
int register_string_agg(sqlite3* database) noexcept;

/// True if `text` matches the LIKE pattern: case counts, % is any text, _ one character. `escape` takes the
/// meaning from the character after it; empty for none. False when the budget is spent before it knows.
bool like_matches(
    std::string_view text, std::string_view pattern, std::string_view escape, QueryBudget& budget
) noexcept;

} // namespace mortise::host
