#pragma once

/// \file
/// Words for what a judgement rests on.

#include "matching/model/model.hpp"

#include <string>
#include <string_view>

namespace mortise::host::matching {

/// "given_name", "birthday" ...
std::string_view name_of(Aspect aspect) noexcept;
/// "exact", "variant" ...
std::string_view name_of(Level level) noexcept;

/// One part of a judgement for people: "birthday: the same, which few have (+9.3)".
std::string words_of(const AspectWeight& part);

} // namespace mortise::host::matching
