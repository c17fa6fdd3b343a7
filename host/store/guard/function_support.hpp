#pragma once

/// \file
/// Short-cuts for writing SQL functions.

#include "store/guard/functions.hpp"

#include <limits>
#include <sqlite3.h>
#include <string_view>

namespace mortise::host {

inline FunctionState& state_of(sqlite3_context* context) noexcept
{
    return *static_cast<FunctionState*>(sqlite3_user_data(context));
}

inline bool is_null(sqlite3_value* value) noexcept
{
    return sqlite3_value_type(value) == SQLITE_NULL;
}

inline std::string_view text_of(sqlite3_value* value) noexcept
{
    const auto* data = reinterpret_cast<const char*>(sqlite3_value_text(value));
    return data ? std::string_view{data, static_cast<std::size_t>(sqlite3_value_bytes(value))}
                : std::string_view{};
}

/// Copies `text`; null if it is larger than functions may make.
inline void result_text(sqlite3_context* context, std::string_view text) noexcept
{
    if (text.size() > max_made_text) return sqlite3_result_null(context);
    sqlite3_result_text64(
        context, text.data() ? text.data() : "", text.size(), SQLITE_TRANSIENT, SQLITE_UTF8
    );
}

/// Stops the query, from within a function that took long over `size` bytes, if its time is over.
inline bool out_of_time(sqlite3_context* context, std::size_t size) noexcept
{
    constexpr std::size_t worth_a_look = 16 << 10;
    if (size < worth_a_look || !state_of(context).budget.spent()) return false;
    sqlite3_result_error_code(context, SQLITE_INTERRUPT);
    return true;
}

/// Runs `body` and turns what it throws (no memory) into SQLite's error.
template <class Body>
void guarded_call(sqlite3_context* context, Body&& body) noexcept
{
    try {
        body();
    } catch (...) {
        sqlite3_result_error_nomem(context);
    }
}

} // namespace mortise::host
