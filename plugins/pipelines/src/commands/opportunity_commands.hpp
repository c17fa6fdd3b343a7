#pragma once

/// \file
/// What people do with opportunities. Each function is one command: it stages changes into the command's own
/// unit of work and gives its answer; the rules are the hooks' business. All throw Failure.

#include <mortise/command.hpp>
#include <mortise/work.hpp>

namespace mortise::plugins::pipelines {

Value create_opportunity(const Host& host, const Arguments& arguments, Work& work);
Value move_opportunity(const Host& host, const Arguments& arguments, Work& work);
Value win_opportunity(const Host& host, const Arguments& arguments, Work& work);
Value lose_opportunity(const Host& host, const Arguments& arguments, Work& work);
Value reopen_opportunity(const Host& host, const Arguments& arguments, Work& work);

} // namespace mortise::plugins::pipelines
