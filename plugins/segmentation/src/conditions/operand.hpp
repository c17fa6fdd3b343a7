#pragma once

/// \file
/// The right-hand side of a comparison, as the column of a field keeps it.

#include "conditions/type_book.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

namespace mortise::plugins::segmentation {

/// What a kind of field is compared as.
enum class Family : std::uint8_t { text, boolean, number, money, date, moment, reference, list, opaque };

Family family_of(std::string_view kind) noexcept;

/// An amount of money for comparison: minor units and the letters of its currency.
struct Amount {
    std::int64_t minor{0};
    std::string currency;
};

/// `value` as the column of `field` keeps it; `at` is the JSON pointer for errors. Not for money.
Result<Value> operand_of(const FieldInfo& field, const Value& value, const std::string& at);
Result<Amount> amount_of(const Value& value, const std::string& at);
/// A decimal number as coefficient at `scale`; nothing if it has more digits or is no number.
std::optional<std::int64_t> scaled(const Value& value, int scale) noexcept;

} // namespace mortise::plugins::segmentation
