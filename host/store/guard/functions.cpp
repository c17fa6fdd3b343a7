#include "store/guard/functions.hpp"

#include "base/text.hpp"
#include "store/sqlite_error.hpp"

#include <algorithm>
#include <array>
#include <sqlite3.h>
#include <unicode/ucasemap.h>

namespace mortise::host {

namespace {

/// In order, in small letters.
constexpr std::array allowed = std::to_array<std::string_view>({
    "->", // what || becomes
    "abs",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "avg",
    "ceil",
    "ceiling",
    "char",
    "coalesce",
    "concat",
    "cos",
    "cosh",
    "count",
    "cume_dist",
    "date",
    "date_add",
    "date_part",
    "date_trunc",
    "degrees",
    "dense_rank",
    "exp",
    "first_value",
    "floor",
    "fold",
    "gen_random_uuid",
    "greatest",
    "hex",
    "ifnull",
    "iif",
    "instr",
    "json_array_length",
    "json_text",
    "json_valid",
    "lag",
    "last_value",
    "lead",
    "least",
    "length",
    "like",
    "likelihood",
    "likely",
    "ln",
    "log",
    "log10",
    "log2",
    "lower",
    "ltrim",
    "max",
    "min",
    "mod",
    "mt_as_of",
    "now",
    "nth_value",
    "ntile",
    "nullif",
    "percent_rank",
    "pi",
    "pow",
    "power",
    "radians",
    "rank",
    "replace",
    "round",
    "row_number",
    "rtrim",
    "sign",
    "sin",
    "sinh",
    "sqrt",
    "string_agg",
    "strpos",
    "substr",
    "substring",
    "sum",
    "tan",
    "tanh",
    "total",
    "trim",
    "trunc",
    "typeof",
    "unicode",
    "unlikely",
    "upper",
});
static_assert(std::ranges::is_sorted(allowed));

struct Hint {
    std::string_view name;
    std::string_view text;
};

constexpr std::array hints = std::to_array<Hint>({
    {"datetime", "use date_trunc, date_part or date_add on the time itself"},
    {"format", "use concat or ||"},
    {"glob", "use LIKE"},
    {"group_concat", "use string_agg(value, separator)"},
    {"json", "use json_text(value, 'key', ...)"},
    {"json_extract", "use json_text(value, 'key', ...)"},
    {"julianday", "use date_part('epoch', time)"},
    {"printf", "use concat or ||"},
    {"random", "use gen_random_uuid"},
    {"strftime", "use date_trunc, date_part or date"},
    {"unixepoch", "use date_part('epoch', time)"},
});

int register_one(sqlite3* database, const SqlFunction& function, FunctionState& state) noexcept
{
    const int flags = SQLITE_UTF8 | SQLITE_INNOCUOUS | (function.changes ? 0 : SQLITE_DETERMINISTIC);
    return sqlite3_create_function_v2(
        database, function.name, function.arguments, flags, &state, function.call, nullptr, nullptr, nullptr
    );
}

} // namespace

FunctionState::FunctionState(QueryBudget& query_budget) : budget{query_budget}
{
    UErrorCode status = U_ZERO_ERROR;
    case_map = ucasemap_open("", 0, &status);
}

FunctionState::~FunctionState()
{
    ucasemap_close(case_map);
}

bool is_guarded_function(std::string_view name) noexcept
{
    constexpr std::size_t longest = 24;
    std::array<char, longest> small{};
    if (name.size() > longest) return false;
    std::ranges::transform(name, small.begin(), [](char c) { return ascii_lower(c); });
    return std::ranges::binary_search(allowed, std::string_view{small.data(), name.size()});
}

std::string_view function_hint(std::string_view name) noexcept
{
    for (const Hint& hint : hints)
        if (equal_ignoring_ascii_case(name, hint.name)) return hint.text;
    return {};
}

Result<void> register_functions(sqlite3* database, FunctionState& state, const GuardRules& rules)
{
    for (const auto group : {text_functions(), value_functions(), time_functions(), json_functions()})
        for (const SqlFunction& function : group) {
            if (function.replaces && !rules.quiet_functions) continue;
            if (const int code = register_one(database, function, state); code != SQLITE_OK)
                return sqlite_error(database, code);
        }
    if (const int code = register_string_agg(database); code != SQLITE_OK)
        return sqlite_error(database, code);
    return {};
}

} // namespace mortise::host
