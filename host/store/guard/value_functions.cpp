#include "base/random.hpp"
#include "store/guard/function_support.hpp"

#include <array>
#include <cmath>
#include <memory>
#include <string>

namespace mortise::host {

namespace {

bool is_number(int type)
{
    return type == SQLITE_INTEGER || type == SQLITE_FLOAT;
}

int class_of(int type)
{
    if (is_number(type)) return 0;
    return type == SQLITE_TEXT ? 1 : 2;
}

/// SQLite's own order of values that are not null, for texts by bytes.
bool is_less(sqlite3_value* a, sqlite3_value* b)
{
    const int type_a = sqlite3_value_type(a);
    const int type_b = sqlite3_value_type(b);
    if (class_of(type_a) != class_of(type_b)) return class_of(type_a) < class_of(type_b);
    if (type_a == SQLITE_INTEGER && type_b == SQLITE_INTEGER)
        return sqlite3_value_int64(a) < sqlite3_value_int64(b);
    if (is_number(type_a)) return sqlite3_value_double(a) < sqlite3_value_double(b);
    return text_of(a) < text_of(b);
}

/// greatest(a, b, ...) and least: pass over nulls, as PostgreSQL does; null if all are.
template <bool greatest>
void extreme(sqlite3_context* context, int count, sqlite3_value** arguments)
{
    sqlite3_value* best = nullptr;
    for (int i = 0; i < count; ++i) {
        if (is_null(arguments[i])) continue;
        if (!best || (greatest ? is_less(best, arguments[i]) : is_less(arguments[i], best)))
            best = arguments[i];
    }
    if (best)
        sqlite3_result_value(context, best);
    else
        sqlite3_result_null(context);
}

/// SQLite's fails on the smallest integer.
void absolute(sqlite3_context* context, int, sqlite3_value** arguments)
{
    if (is_null(arguments[0])) return sqlite3_result_null(context);
    if (sqlite3_value_numeric_type(arguments[0]) != SQLITE_INTEGER)
        return sqlite3_result_double(context, std::fabs(sqlite3_value_double(arguments[0])));
    const sqlite3_int64 number = sqlite3_value_int64(arguments[0]);
    if (number == std::numeric_limits<sqlite3_int64>::min()) return sqlite3_result_null(context);
    sqlite3_result_int64(context, number < 0 ? -number : number);
}

/// mod(a, b): SQLite's gives a real for whole numbers.
void modulo(sqlite3_context* context, int, sqlite3_value** arguments)
{
    if (is_null(arguments[0]) || is_null(arguments[1])) return sqlite3_result_null(context);
    if (sqlite3_value_numeric_type(arguments[0]) == SQLITE_INTEGER
        && sqlite3_value_numeric_type(arguments[1]) == SQLITE_INTEGER) {
        const sqlite3_int64 divisor = sqlite3_value_int64(arguments[1]);
        if (divisor == 0) return sqlite3_result_null(context);
        return sqlite3_result_int64(context, divisor == -1 ? 0 : sqlite3_value_int64(arguments[0]) % divisor);
    }
    const double rest = std::fmod(sqlite3_value_double(arguments[0]), sqlite3_value_double(arguments[1]));
    if (std::isnan(rest)) return sqlite3_result_null(context);
    sqlite3_result_double(context, rest);
}

/// A random UUID (RFC 9562, version 4).
void gen_random_uuid(sqlite3_context* context, int, sqlite3_value**)
{
    std::array<std::byte, 16> bytes{};
    random_bytes(bytes);
    bytes[6] = (bytes[6] & std::byte{0x0f}) | std::byte{0x40};
    bytes[8] = (bytes[8] & std::byte{0x3f}) | std::byte{0x80};
    constexpr std::string_view digits = "0123456789abcdef";
    std::array<char, 36> text{};
    std::size_t at = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text[at++] = '-';
        text[at++] = digits[std::to_integer<unsigned>(bytes[i]) >> 4];
        text[at++] = digits[std::to_integer<unsigned>(bytes[i]) & 15];
    }
    result_text(context, {text.data(), text.size()});
}

/// The commit number of a view as of a time.
void as_of(sqlite3_context* context, int, sqlite3_value**)
{
    sqlite3_result_int64(context, state_of(context).as_of);
}

struct Joined {
    std::string text;
    bool too_big{false};
};

Joined** joined_of(sqlite3_context* context, int size)
{
    return static_cast<Joined**>(sqlite3_aggregate_context(context, size));
}

void join_step(sqlite3_context* context, int, sqlite3_value** arguments)
{
    if (is_null(arguments[0])) return;
    guarded_call(context, [&] {
        Joined** slot = joined_of(context, sizeof(Joined*));
        if (!slot) return sqlite3_result_error_nomem(context);
        const bool first = *slot == nullptr;
        if (first) *slot = std::make_unique<Joined>().release(); // join_end deletes it, whatever happens
        Joined& joined = **slot;
        const std::string_view text = text_of(arguments[0]);
        const std::string_view separator = first ? std::string_view{} : text_of(arguments[1]);
        joined.too_big
            = joined.too_big || joined.text.size() + separator.size() + text.size() > max_made_text;
        if (!joined.too_big) joined.text.append(separator).append(text);
    });
}

void join_end(sqlite3_context* context)
{
    Joined** slot = joined_of(context, 0);
    const std::unique_ptr<Joined> joined{slot ? *slot : nullptr};
    if (!joined || joined->too_big) return sqlite3_result_null(context);
    result_text(context, joined->text);
}

constexpr std::array functions = std::to_array<SqlFunction>({
    {"greatest", -1, false, extreme<true>},
    {"least", -1, false, extreme<false>},
    {"gen_random_uuid", 0, false, gen_random_uuid, true},
    {"mt_as_of", 0, false, as_of},
    {"abs", 1, true, absolute},
    {"mod", 2, false, modulo},
});

} // namespace

std::span<const SqlFunction> value_functions() noexcept
{
    return functions;
}

int register_string_agg(sqlite3* database) noexcept
{
    return sqlite3_create_function_v2(
        database,
        "string_agg",
        2,
        SQLITE_UTF8 | SQLITE_INNOCUOUS | SQLITE_DETERMINISTIC,
        nullptr,
        nullptr,
        join_step,
        join_end,
        nullptr
    );
}

} // namespace mortise::host
