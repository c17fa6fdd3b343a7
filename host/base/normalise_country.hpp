#pragma once

/// \file
/// Countries by whatever people write for them. Any thread; the first look-up by name takes some
/// milliseconds.

#include "base/country_table.hpp"

#include <mortise/result.hpp>

#include <string>
#include <string_view>

namespace mortise::host {

/// The country of two letters, three letters (in any case) or an ISO 3166-1 number; null if there is none.
const Country* find_country(std::string_view code) noexcept;

/// The country's two letters (ISO 3166-1 alpha-2), from a code, or from its name in English and a few dozen
/// other languages, without regard to case, accents and punctuation: "DE", "deu", "276", "Deutschland", "The
/// Netherlands", "Korea (South)". Refuses (`invalid`, key `country.unknown`) what is none, or may be more
/// than one.
Result<std::string> normalise_country(std::string_view text);

} // namespace mortise::host
