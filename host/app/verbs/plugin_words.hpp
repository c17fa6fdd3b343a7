#pragma once

/// \file
/// How the verbs speak of plugins: the names of their states, and what is wrong with one.

#include "app/program.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace mortise::host {

/// The state of a plugin as the API gives it. Where no host serves the folder, code that was started ends
/// with the program: what is `active` there is `resolved` to everybody else.
std::string state_of(const Program& program, const boost::json::object& plugin);
/// "resolved: enabled; its code starts when it is first needed"
std::string explained(const std::string& state);
/// A problem with its place and its remedy, behind `margin`.
void print_problem(Output& output, std::string_view margin, const boost::json::object& problem);

} // namespace mortise::host
