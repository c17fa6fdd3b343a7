#pragma once

/// \file
/// Reports of non-delivery that are written for people: found by who sends them and how they are worded.

#include "bounces/bounce.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace mortise::plugins::email {

/// Whether a message looks like a report: by its sender, subject and headers.
bool looks_like_report(const Message& message, const Headers& headers);

/// What a report's text says, without the copy of what was sent.
std::string_view without_copy(std::string_view text);

/// Adds the addresses that the text names, with the words that stand around each. `not_these` are addresses
/// that cannot be meant: the sender's own, and the reporter's.
void read_report_text(std::string_view text, const std::vector<std::string>& not_these, BounceReport& report);

} // namespace mortise::plugins::email
