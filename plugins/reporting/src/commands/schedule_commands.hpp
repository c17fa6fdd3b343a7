#pragma once

/// \file
/// Reports at set times: whenever the rule of a schedule comes round, a job of its own makes a file of its
/// report, and the last ones are kept. Other reports do not wait for it. It reads with the rights of the
/// plugin, as targets do; its files belong to nobody, so whoever sees only their own records sees none of
/// them.

#include "commands/prepared.hpp"

#include <mortise/command.hpp>
#include <mortise/hook.hpp>

namespace mortise::plugins::reporting {

/// Makes a schedule; fails if its rule or its zone is none, or its report cannot be run.
Value create_schedule(ZoneBook& zones, const Host& host, const Arguments& arguments, Work& work);
/// Makes a file now; when it is due next stays as it is.
Value run_schedule(ZoneBook& zones, const Host& host, const Arguments& arguments, Work& work);
/// Plans what has no time yet, or whose job is lost.
Value plan_schedules(ZoneBook& zones, const Host& host, const Arguments& arguments, Work& work);
/// {name, media_type, size, content} of a file that was made.
Value kept_file(ZoneBook& zones, const Host& host, const Arguments& arguments);

/// The job. On a thread of its own.
Value make_file(const Host& host, const Job& job);

/// The hook: another rule, zone or state wants another time.
void check_schedule(Draft& draft);

} // namespace mortise::plugins::reporting
