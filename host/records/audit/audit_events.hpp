#pragma once

/// \file
/// Reads events as the audit trail digests them.

#include "records/audit/audit_entry.hpp"
#include "store/statement.hpp"

#include <mortise/result.hpp>

#include <cstdint>
#include <span>

namespace mortise::host {

class Connection;

/// Must end before its connection.
class EventReader {
public:
    static Result<EventReader> open(Connection& connection);

    /// Sets the reader before the first event of those with numbers above `after`, up to `last`.
    void seek(std::int64_t after, std::int64_t last);
    /// False behind the last.
    Result<bool> next() { return m_select.step(); }
    /// The event at hand; its texts live until `next`.
    AuditedEvent event() const;
    /// Whether what it says is there; an erasure takes it away.
    bool has_data() const noexcept { return !m_select.is_null(18); }
    std::span<const std::byte> salt() const noexcept { return m_select.bytes(18); }
    std::string_view data() const noexcept { return m_select.text(19); }
    /// Null in events of hosts that keep no audit trail.
    bool has_seals() const noexcept { return !m_select.is_null(17); }

    /// The digest of these events.
    Result<Digest> content_of(std::int64_t after, std::int64_t last);

private:
    explicit EventReader(Statement select) : m_select{std::move(select)} { }

    Statement m_select;
};

} // namespace mortise::host
