#pragma once

/// \file
/// The common forms of phone numbers without the library, which takes some ten microseconds for each: an
/// import would wait for it.

#include <optional>
#include <string>
#include <string_view>

namespace mortise::host {

/// The number in E.164 exactly as libphonenumber would give it, or nothing if it has to be asked: only whole
/// numbers of countries whose plan leaves no question, whose length is possible there, in digits and plain
/// punctuation.
std::optional<std::string> parse_common_phone(std::string_view text, std::string_view region);

} // namespace mortise::host
