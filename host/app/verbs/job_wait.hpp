#pragma once

/// \file
/// Waiting at the command line for a job that a verb has queued.

#include "app/program.hpp"

#include <mortise/result.hpp>

#include <boost/json/value.hpp>

#include <string>

namespace mortise::host {

struct JobWait {
    std::string job;
    std::string unfinished; ///< what to say when an interrupt ends the wait: "the scan is not done"
    std::string method{"jobs.get"}; ///< what tells {state, done, total, doing} of it
    std::string param{"id"}; ///< the method's name for the job
};

/// Shows how far it is until it is over, and gives what the method says then: `done`, `failed` or
/// `cancelled`. The job goes on when an interrupt ends the wait (`cancelled`, key "cli.interrupted").
Result<boost::json::value> wait_for_job(Program& program, const JobWait& wait);

} // namespace mortise::host
