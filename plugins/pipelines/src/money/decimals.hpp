#pragma once

/// \file
/// Numbers as arguments give them: 12, 12.5, "12.50".

#include <mortise/value_view.hpp>

#include <cstdint>
#include <optional>

namespace mortise::plugins::pipelines {

/// The number times ten to the power of `scale`, exactly; nothing if it is none, has more digits, or does not
/// fit.
std::optional<std::int64_t> parse_scaled(ValueView given, std::uint8_t scale);

} // namespace mortise::plugins::pipelines
