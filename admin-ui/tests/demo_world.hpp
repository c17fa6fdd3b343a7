#pragma once

/// \file
/// A small house behind a `Script`: contacts by the million, a board of deals, a plugin, a command.

#include "tests/scripted_connection.hpp"

#include <cstdint>
#include <string>

namespace mortise::ui::testing {

/// Teaches the script to answer as such a house; `contacts` rows of contacts.
void make_world(Script& script, std::int64_t contacts = 1'000);
/// `text` as the name of everything there: what comes from outside may be anything.
void make_hostile_world(Script& script, const std::string& text);

} // namespace mortise::ui::testing
