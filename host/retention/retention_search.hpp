#pragma once

/// \file
/// What a rule of retention finds, one by one and in order: the same walk for a preview and for what is taken
/// away. Private to this room.

#include "base/clock.hpp"
#include "records/records.hpp"
#include "retention/retention_rule.hpp"

#include <mortise/result.hpp>

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace mortise::host {

class Connection;
class Database;

/// What the condition of a rule meets and what is kept all the same.
struct RetentionKept {
    std::int64_t restricted{0}; ///< contacts whose processing is restricted, and what is about them
    std::int64_t unread{0}; ///< events that a subscriber has not handled yet
    std::int64_t proof{0}; ///< events that tell of versions of records
};

/// An event whose contents go.
struct ExpiredEvent {
    std::int64_t number{0};
    std::string type;
    Id subject;
    Instant recorded;
};

/// A stretch of the log that was looked through.
struct ExpiredEvents {
    std::vector<ExpiredEvent> events;
    std::vector<std::int64_t> kept; ///< numbers of those that the rule meets and that stay all the same
    std::int64_t after{0}; ///< number behind which it begins
    std::int64_t to{0}; ///< number that it ends with
    bool is_last{false};
};

/// A job that has ended, or a dead letter.
struct ExpiredRow {
    std::int64_t id{0}; ///< of the job; number of the event of a dead letter
    std::int64_t subscription{0}; ///< of a dead letter
    std::string name; ///< "plugin name"
    Instant since;
};

/// Thread-safety: one thread.
class RetentionSearch {
public:
    /// `now`: what ages are counted from.
    RetentionSearch(Database& database, Records& records, Instant now)
        : m_database{database},
          m_records{records},
          m_now{now}
    {
    }

    /// Calls `take` for each record that goes, just after it was looked at: `take` may delete it. Stops with
    /// its error.
    Result<void> records(
        const RetentionRule& rule,
        RetentionKept& kept,
        const std::function<Result<void>(const RecordType& type, const Row& row)>& take
    );
    /// The next stretch of events, after number `after`.
    Result<ExpiredEvents> events(const RetentionRule& rule, std::int64_t after, RetentionKept& kept);
    /// Whether nobody whom one of them is about was restricted since they were found. In a transaction of the
    /// writer.
    Result<bool> are_free(Connection& connection, const ExpiredEvents& found);
    /// Those of a rule about jobs or dead letters, oldest first.
    Result<std::vector<ExpiredRow>> rows(const RetentionRule& rule);

private:
    /// Who reads the log.
    struct Reader {
        std::vector<std::string> patterns;
        std::int64_t cursor{0};
    };

    Result<bool> is_old(const RetentionRule& rule, const RecordType& type, const Row& row);
    Result<void> read_readers(Connection& reader);
    bool is_unread(const ExpiredEvent& event) const;
    Result<void> read_restricted(Connection& reader, std::int64_t after);

    Database& m_database;
    Records& m_records;
    const Instant m_now;
    std::vector<Reader> m_readers;
    std::set<std::int64_t> m_parked;
    std::set<std::int64_t> m_restricted; // numbers of events
};

} // namespace mortise::host
