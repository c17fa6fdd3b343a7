#pragma once

/// \file
/// Currencies by whatever people write for them. Pure; any thread.

#include <mortise/currency.hpp>
#include <mortise/result.hpp>

#include <string_view>

namespace mortise::host {

/// The currency of three letters in any case, an ISO 4217 number, or a sign that means only one ("€", not
/// "$"). It lives for ever. Refuses (`invalid`, key `money.currency`) anything else.
Result<const Currency*> normalise_currency(std::string_view text);

} // namespace mortise::host
