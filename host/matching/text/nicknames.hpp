#pragma once

/// \file
/// Forms of the same given name: short forms, pet names and what a name is called in other languages.

#include <string>
#include <string_view>

namespace mortise::host::matching {

/// Whether both are forms of one name ("bill", "william"). Folded names; the same name twice is one too.
/// Pure; any thread.
bool same_given_name(std::string_view a, std::string_view b) noexcept;

/// The name that stands for all forms of `name`; `name` itself when none is known.
std::string_view main_form(std::string_view name) noexcept;

} // namespace mortise::host::matching
