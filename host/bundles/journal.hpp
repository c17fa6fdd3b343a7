#pragma once

/// \file
/// What was begun with bundles and how far it came, in the database: so that a process that ends in the
/// middle leaves something that can be taken back.

#include "bundles/plan.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mortise::host {

class Clock;
class Connection;
class Database;
class Writer;

enum class RunState : std::uint8_t {
    applying, ///< the next start takes it back
    applied,
    taking_back, ///< after a failure: the next start goes on with it
    taken_back, ///< nothing of it is left
    rolling_back, ///< an administrator wanted it: the next start goes on with it
    rolled_back,
};

std::string_view name_of(RunState state) noexcept;

struct BundleRun {
    std::int64_t id{0};
    std::string bundle{};
    std::string version{};
    RunState state{RunState::applying};
    Instant started{};
    Instant ended{}; ///< 0: not yet
    std::string by{}; ///< who
    std::string digest{}; ///< of the bundle
    BundleLock lock{};
    std::string problem{}; ///< why it was taken back
};

enum class StepState : std::uint8_t { planned, begun, done, undone };

struct JournalStep {
    std::int64_t run{0};
    std::int64_t number{0};
    StepState state{StepState::planned};
    BundleStep step{};
    boost::json::object before{}; ///< what is needed to take it back
};

/// Thread-safety: one thread at a time.
class BundleJournal {
public:
    BundleJournal(Database& database, Writer& writer, const Clock& clock);

    /// Makes the tables where they are not there.
    Result<void> open();

    /// Writes a run with all its steps; returns its id.
    Result<std::int64_t> begin(const BundleRun& run, const std::vector<BundleStep>& steps);
    Result<void> set_run(std::int64_t run, RunState state, const std::string& problem);
    /// Newest first.
    Result<std::vector<BundleRun>> runs();
    Result<std::vector<JournalStep>> steps(std::int64_t run);
    Result<void> note(const JournalStep& step);
    /// The same inside a transaction of somebody else, so that both become true together.
    static Result<void> note(Connection& connection, const JournalStep& step);

private:
    Database& m_database;
    Writer& m_writer;
    const Clock& m_clock;
};

} // namespace mortise::host
