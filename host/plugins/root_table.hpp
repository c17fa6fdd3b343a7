#pragma once

/// \file
/// The root of the contract as this host offers it: which interfaces it has, and for whom.

#include <mortise/abi/root.h>

#include <string_view>

namespace mortise::host {

/// The one table that a plugin is handed; constant, lives for ever.
const mortise_host& root_table() noexcept;

enum class Offer : std::uint8_t { unknown, stable, experimental };

/// Whether this host offers an interface, and whether a manifest must name it under `experimental`.
Offer offer_of(std::string_view interface) noexcept;

} // namespace mortise::host
