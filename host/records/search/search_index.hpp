#pragma once

/// \file
/// The full-text index: a database file of its own beside the records, which follows the event log on a
/// thread of its own. Nothing in it is the only copy of anything: lost, damaged or of another time than the
/// records, it is made anew.

#include "records/schema.hpp"
#include "store/database.hpp"

#include <mortise/result.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace mortise::host {

struct SearchStatus {
    std::int64_t seen_to{0}; ///< number of the last event that search knows
    std::int64_t behind{0}; ///< events that it does not know yet
    std::size_t types_to_read{0}; ///< record types that are still read for the first time
    bool is_forgetting{false}; ///< a person was erased, and is still to be taken out of free space
    std::string problem{}; ///< why it stands still; empty: it does not
};

/// Thread-safety: every member may be called from any thread at any time.
class SearchIndex {
public:
    using GetSchema = std::function<SchemaPointer()>;

    SearchIndex(Database& records, GetSchema schema);
    ~SearchIndex();
    SearchIndex(const SearchIndex&) = delete;
    SearchIndex& operator=(const SearchIndex&) = delete;

    /// Starts to follow; the file is opened, or made, on the thread that follows. `last` is the newest event.
    void start(std::filesystem::path file, std::int64_t last);
    /// Events up to this one are durable. Called after every commit: costs next to nothing.
    void notify(std::int64_t last) noexcept;
    void stop();

    /// Waits until search knows all that was committed before; false when `patience` is over or it stands
    /// still.
    bool wait_until_fresh(std::chrono::milliseconds patience);
    SearchStatus status() const;
    /// To read documents; waits until the file is open.
    Result<ReadLease> read();

private:
    Result<void> open_file();
    Result<void> open_tables();
    Result<void> check_origin();
    Result<void> start_anew();
    void follow();
    void rest(bool worked);
    Result<bool> step();
    Result<void> look_at_types();
    Result<bool> read_events();
    Result<bool> read_type();
    Result<bool> merge_some();
    Result<void> forget();
    Result<void> write(const std::set<std::pair<std::int64_t, std::int64_t>>& records);
    Result<void> keep(const char* name, const std::string& value);
    Result<std::string> kept(const char* name);
    Result<std::string> leaf_of(std::int64_t event);

    Database& m_records;
    GetSchema m_schema;
    std::filesystem::path m_file;
    std::unique_ptr<Database> m_database;
    std::thread m_thread;

    // Of the thread that follows.
    std::uint64_t m_known_epoch{0};
    bool m_must_forget{false}; ///< free space and the log may hold words of a person who was erased
    struct Unread {
        std::int64_t type{0};
        std::int64_t done{0}; ///< the last id that was read
    };
    std::vector<Unread> m_unread;
    std::size_t m_since_merge{0};

    std::atomic<std::int64_t> m_last{0};
    std::atomic<bool> m_rests{false};
    mutable std::mutex m_mutex; // guards what follows
    mutable std::condition_variable m_changed;
    SearchStatus m_status;
    bool m_is_open{false};
    std::uint64_t m_types_epoch{0}; ///< of the record types that were looked at
    bool m_stopping{false};
};

} // namespace mortise::host
