#pragma once

/// \file
/// What the fault tests write with: the parts of the host that a write passes through, a subscriber with an
/// effect, and the promises that must hold of whatever they leave behind.

#include "base/clock.hpp"
#include "events/dispatcher.hpp"
#include "records/records.hpp"
#include "records/writer.hpp"
#include "store/database.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace mortise::host::test {

/// Records, log and deliveries over one database.
struct WritingHouse {
    static Result<std::unique_ptr<WritingHouse>>
    open(const std::filesystem::path& file, const DatabaseOptions& options);
    WritingHouse() = default;
    WritingHouse(const WritingHouse&) = delete;
    WritingHouse& operator=(const WritingHouse&) = delete;
    ~WritingHouse();

    /// Creates one contact with this name and returns its id once it is durable.
    Result<std::int64_t> write_contact(const std::string& name);
    /// Attaches a subscriber that answers each new contact with one contact point: an effect that must happen
    /// exactly once.
    Result<void> greet();

    std::unique_ptr<Database> database;
    std::unique_ptr<Writer> writer;
    std::unique_ptr<Records> records;
    std::unique_ptr<EventLog> log;
    std::unique_ptr<Dispatcher> dispatcher;
};

/// Makes the file where it is missing, and checkpoints often, so that many faults fall into one.
DatabaseOptions frequent_checkpoints();

/// Which of these contacts are not there, or have no event: in words, empty if none.
std::vector<std::string> lost(Database& database, const std::vector<std::int64_t>& acknowledged);

/// What else is wrong, in words: a contact without its event or an event without its contact, holes in the
/// numbers of the log, an event that the subscription is past without its one effect, or an effect without
/// it. Looks at everything.
std::vector<std::string> broken_promises(Database& database);

/// What SQLite says about the structure of the whole file: "ok", or the first damage.
std::string structure_of(Database& database);

} // namespace mortise::host::test
