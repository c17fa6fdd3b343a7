#pragma once

/// \file
/// Follow-ups: a sequence of templates with pauses, sent to a contact one after another until there is a
/// reason to stop.

#include <mortise/plugin.hpp>

#include <string_view>

namespace mortise::plugins::email {

/// Command: puts a contact into a sequence; its first step comes after that step's pause.
Value enrol(const Host& host, const Arguments& arguments, Work& work);
/// Command: takes a contact out.
Value stop_enrolment(const Host& host, const Arguments& arguments, Work& work);
/// Command: sends the steps that are due, a few at a time.
Value advance_enrolments(const Host& host, Work& work);
/// Stops what answers, bounces and opt-outs end.
void stop_for(const Host& host, const Events& events, Work& work);

} // namespace mortise::plugins::email
