#pragma once

/// \file
/// What a test's reader is told when something fails: what was tried, what the plugin did, what the contract
/// says and where it is written.

#include "box.hpp"

namespace mortise::testkit {

/// {error, story} of an operation that failed.
Map failure_of(const Box& box, std::string_view what, const Map& arguments, const Error& error);

/// An error as a map: code, key, message, where, hint; and of a refusal plugin, hook and reason.
Map map_of(const Error& error);

} // namespace mortise::testkit
