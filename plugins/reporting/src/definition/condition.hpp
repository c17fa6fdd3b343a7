#pragma once

/// \file
/// A condition on one row, as it was read from JSON: `all`, `any`, `not`, and tests of fields.

#include <mortise/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::plugins::reporting {

/// A field's name behind the references (or the join) that lead there.
using Path = std::vector<std::string>;

/// How a value is compared. An empty field fulfils only ne, not_in, not_contains, has_none and is_not_set.
enum class Test : std::uint8_t {
    eq,
    ne,
    in,
    not_in,
    lt,
    le,
    gt,
    ge,
    between,
    starts_with,
    ends_with,
    contains,
    not_contains,
    is_set,
    is_not_set,
    has_any,
    has_none,
    in_period,
};

std::string_view name_of(Test test) noexcept;
std::optional<Test> test_named(std::string_view name) noexcept;

/// Days from `from` up to, but not including, `to`, or a period that moves with the calendar.
struct Period {
    std::string name; ///< this_month, last_quarter, ...; empty if it is told otherwise
    std::int64_t last{0}; ///< the last so many `unit`s that are over, and the present one
    std::string unit; ///< day, week, month, quarter, year
    std::optional<Date> from;
    std::optional<Date> to;
};

struct Condition {
    enum class Kind : std::uint8_t { all, any, none, field };

    Kind kind{Kind::all};
    std::vector<Condition> parts;
    Path path;
    Test test{Test::eq};
    Value value; ///< a list for in, not_in, between, has_any, has_none
    Period period; ///< in_period
    std::string at; ///< JSON pointer
};

} // namespace mortise::plugins::reporting
