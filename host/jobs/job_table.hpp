#pragma once

/// \file
/// The rows of jobs. Claiming is a conditional update, so that a job has one owner whoever asks. Private to
/// this room.

#include "jobs/job.hpp"

#include <mortise/result.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

class Connection;
class Statement;

/// Makes the table; what ran waits again.
Result<void> open_job_table(Connection& connection, Instant now);
Result<std::int64_t> insert_job(Connection& connection, const JobDraft& draft, Instant now);
/// Takes the next job that is due, of the plugins given, and marks it as running.
Result<std::optional<Job>>
claim_job(Connection& connection, const std::vector<std::string>& plugins, Instant now);
/// When the next job of these plugins is due; nothing if none waits.
Result<std::optional<Instant>> next_due(Connection& connection, const std::vector<std::string>& plugins);
/// Writes how a try ended, and the progress that it told last. `next`: when to try again; nothing if that was
/// the last.
Result<void> settle_job(
    Connection& connection,
    const Job& job,
    const Result<Value>& outcome,
    std::optional<Instant> next,
    Instant now
);
/// Cancels one that waits. Returns whether there was one.
Result<bool> cancel_waiting(Connection& connection, std::string_view plugin, std::int64_t id, Instant now);
/// "SELECT ... FROM mt$job " and what follows; `read_job` reads its rows.
std::string select_jobs(std::string_view rest);
Result<Job> read_job(const Statement& row);

} // namespace mortise::host
