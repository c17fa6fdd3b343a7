#pragma once

/// \file
/// Compares rows of records with the seals that their events keep. Private to the trail's verification.

#include "records/schema.hpp"

#include <mortise/result.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace mortise::host {

class Connection;
class ErasedRecords;
struct AuditedEvent;
struct RowSeal;
struct Row;

class SealedRows {
public:
    SealedRows(Connection& reader, const Schema& schema, const ErasedRecords& gone)
        : m_reader{reader},
          m_schema{schema},
          m_gone{gone}
    {
    }

    /// Looks at each row that the event seals. `salt` is empty where an erasure took it. `wrong` is told what
    /// does not fit.
    Result<void> check(
        const AuditedEvent& event,
        std::span<const std::byte> salt,
        const std::function<void(std::string)>& wrong
    );
    /// An erasure wrote the subject of `event`, without a seal.
    Result<void> note_erased(const AuditedEvent& event);
    /// What transactions above `after` up to `last` wrote has no seals.
    void leave_out(std::int64_t after, std::int64_t last) { m_left_out.emplace_back(after, last); }
    /// Finds rows of transactions above `after` that none of the events looked at wrote.
    Result<void> check_strangers(
        std::int64_t after, const std::function<Result<void>(std::int64_t unit, std::string)>& wrong
    );

    std::uint64_t compared() const noexcept { return m_compared; }
    std::uint64_t purged() const noexcept { return m_purged; }

private:
    Result<bool> find(const RecordType& type, std::int64_t id, std::int64_t unit, Row& row);
    Result<void> check_seal(
        const AuditedEvent& event,
        const RowSeal& seal,
        std::span<const std::byte> salt,
        const std::function<void(std::string)>& wrong
    );
    std::string which_rows(std::int64_t after) const;

    Connection& m_reader;
    const Schema& m_schema;
    const ErasedRecords& m_gone;
    std::map<std::int64_t, std::int64_t> m_found; // rows of each type
    std::map<std::int64_t, std::string> m_history; // statements by type
    std::vector<std::pair<std::int64_t, std::int64_t>> m_left_out;
    std::uint64_t m_compared{0};
    std::uint64_t m_purged{0};
};

} // namespace mortise::host
