#pragma once

/// \file
/// Values that a schema or a field takes.

#include "records/schema.hpp"

#include <mortise/value.hpp>

#include <boost/json/value.hpp>

#include <functional>
#include <optional>
#include <random>
#include <string_view>

namespace mortise::check {

/// Which of the values that are allowed.
enum class Taste : std::uint8_t { least, all, extreme };

/// Makes a record of a type for a reference; Id{} if it cannot.
using MakeRecord = std::function<Id(std::string_view type)>;

/// Nothing if no value is known that fits.
std::optional<Value> sample_of(const host::Field& field, int serial, const MakeRecord& make);

/// A value that a JSON Schema takes, as far as such simple means find one. `name` is that of the property:
/// one that is called like a record type gets the id of a record.
std::optional<Value> sample_of(
    const boost::json::value& schema,
    Taste taste,
    std::string_view name,
    std::mt19937_64& random,
    const MakeRecord& make
);

} // namespace mortise::check
