#pragma once

/// \file
/// What is asked of reports, and how they are kept. All throw Failure.

#include "commands/prepared.hpp"

#include <mortise/hook.hpp>

namespace mortise::plugins::reporting {

Value run_report(ZoneBook& zones, const Host& host, const Arguments& arguments);
Value drill(ZoneBook& zones, const Host& host, const Arguments& arguments);
Value explain(ZoneBook& zones, const Host& host, const Arguments& arguments);
Value sources(const Host& host, const Arguments& arguments);
Value create_report(ZoneBook& zones, const Host& host, const Arguments& arguments, Work& work);
Value define_report(ZoneBook& zones, const Host& host, const Arguments& arguments, Work& work);
/// The answer of a report that was prepared.
Map answer_of(Prepared& prepared, std::int64_t limit, std::int64_t offset);
/// Refuses a record whose definition is none.
void check_report(Draft& draft);

} // namespace mortise::plugins::reporting
