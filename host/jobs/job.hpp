#pragma once

/// \file
/// Jobs: work that takes longer than a callback may. A job is a row: it outlives the process that began it.

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <cstdint>
#include <string>

namespace mortise::host {

/// A job to be queued.
struct JobDraft {
    std::int64_t id{0}; ///< a number of the database's one sequence (`Records::reserve`)
    std::string plugin;
    std::string name; ///< as its manifest declares it
    std::string key{}; ///< at most one job of this plugin, name and key waits or runs; may be empty
    Value arguments{}; ///< a map
    std::uint32_t attempts{5}; ///< how often to try
    Instant due{}; ///< not before
    std::int64_t cause{0}; ///< number of the event that it follows from; 0: none
    Id user{}; ///< the person on whose behalf it was started; 0: nobody
    std::string actor{}; ///< who started it, as `Principal::name` says; empty: the host
};

enum class JobState : std::uint8_t { waiting, running, done, failed, cancelled };

std::string_view name_of(JobState state) noexcept;

/// When the queue starts jobs: by itself as soon as they are due, or only inside `JobQueue::run_due`.
enum class JobStart : std::uint8_t { when_due, by_hand };

struct Job {
    JobDraft draft;
    JobState state{JobState::waiting};
    std::uint32_t tries{0}; ///< begun so far
    bool cancel_asked{false};
    std::uint64_t done{0}; ///< of `total`, in any unit
    std::uint64_t total{0}; ///< 0: nobody knows
    std::string doing{}; ///< what it does at the moment
    Value result{}; ///< when done
    std::string error{}; ///< of the last try
    Instant created{};
    Instant finished{};
};

} // namespace mortise::host
