#pragma once

/// \file
/// How commands are told which record is meant: by its id, as a number or as text of digits, or by its name.

#include <mortise/value_view.hpp>

#include <optional>

namespace mortise::plugins::pipelines {

/// The id that the value is or spells; nothing if it is none.
std::optional<Id> parse_id(ValueView value) noexcept;

} // namespace mortise::plugins::pipelines
