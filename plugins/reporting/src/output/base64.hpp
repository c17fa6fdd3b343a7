#pragma once

/// \file
/// Bytes as text, for files that are kept in a record.

#include <mortise/value.hpp>

#include <string>

namespace mortise::plugins::reporting {

std::string base64_of(const Bytes& bytes);

} // namespace mortise::plugins::reporting
