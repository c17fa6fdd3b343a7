#pragma once

/// \file
/// An entry of the audit trail and the digests that chain it. The form of what is digested is told in
/// docs/audit.md, for those who check a trail without this program.

#include "base/hash.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace mortise::host {

class Connection;
class Statement;

/// What was done, in a transaction of the database or beside it, and by whom.
struct AuditEntry {
    std::int64_t number{0}; ///< 1 is the first; without holes
    Instant at;
    std::string actor; ///< as events name it: "user:anna", "plugin:acme.score", "system"
    std::string account; ///< of the machine, at the other end of the connection; empty: the host by itself
    std::string client; ///< "cli", "console", "import 17"
    std::string way; ///< method of the control API; empty: none
    std::string kind; ///< types of its events, with commas; of an act its method, "refused", "audit.began"
    std::int64_t records{0}; ///< that were written
    std::int64_t events{0}; ///< the last of which is `last`
    std::int64_t last{0}; ///< the last event there was: with events, the number of the transaction
    std::string detail{"{}"}; ///< JSON: what an act was about; nothing of contacts
    Digest content{}; ///< of its events; zeros if it has none
    Digest hash{}; ///< of all that and the hash of the entry before
};

/// A place in the trail, to be kept elsewhere: "17:9f86d0..."
struct AuditHead {
    std::int64_t number{0};
    Digest hash{};
};

std::string text_of(const AuditHead& head);
/// Errors: `invalid`.
Result<AuditHead> parse_audit_head(std::string_view text);

/// The columns of "mt$audit" in the order of `AuditEntry`.
inline constexpr std::string_view audit_columns
    = "number, at, actor, account, client, way, kind, records, events, last, detail, content, hash";
AuditEntry read_audit_entry(const Statement& row);

/// What is digested: each part as its length in bytes, a colon and the bytes; numbers as digits.
class AuditText {
public:
    AuditText& add(std::string_view part);
    AuditText& add(std::int64_t number);
    AuditText& add(std::span<const std::byte> bytes);

    const std::string& text() const noexcept { return m_text; }
    void clear() noexcept { m_text.clear(); }

private:
    std::string m_text;
};

/// The hash that `entry` must have behind one with the hash `before`; the first is behind zeros.
Digest audit_hash(const AuditEntry& entry, const Digest& before);

/// One event as the log keeps it.
struct AuditedEvent {
    std::int64_t number{0};
    std::string_view type;
    std::int64_t subject{0};
    std::int64_t subject_type{0};
    std::int64_t time{0};
    std::int64_t recorded{0};
    std::string_view actor;
    std::string_view client;
    std::string_view schema;
    std::int64_t event_class{0};
    std::int64_t external{0};
    std::int64_t unit{0};
    std::int64_t cause{0};
    std::int64_t correlation{0};
    std::int64_t depth{0};
    std::span<const std::byte> leaf; ///< digest of what it says, whose salt an erasure takes away
    std::string_view links;
    std::string_view sealed; ///< records/audit/row_seal.hpp
};

void add_event(AuditText& text, const AuditedEvent& event);

} // namespace mortise::host
