#pragma once

/// \file
/// Restriction of processing, as people ask for it: what is held about a person is kept, and not changed,
/// sent to, merged or given out, until the restriction is lifted. What that keeps out is in
/// records/restrictions.hpp.

#include "access/principal.hpp"
#include "base/clock.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <string>

namespace mortise::host {

class Database;
class Records;

/// Thread-safety: any thread.
class Restricting {
public:
    Restricting(Database& database, Records& records, const Clock& clock)
        : m_database{database},
          m_records{records},
          m_clock{clock}
    {
    }

    /// {contact, reason, by, since}. A contact that was merged away stands for its survivor. Writes the event
    /// `contact.restricted`. With a dry run nothing is written, and what would be refused is. Errors: denied
    /// for plugins and for who may not erase persons; not_found; invalid for an organisation; state if it is
    /// restricted already.
    Result<Map> restrict(const CallContext& context, Id contact, const std::string& reason);
    /// The same of what was lifted; writes `contact.unrestricted`. Errors: denied, not_found; state if it is
    /// not restricted.
    Result<Map> lift(const CallContext& context, Id contact, const std::string& reason);
    /// {restrictions: [{contact, name, reason, by, since}]} of the contacts that the principal sees.
    Result<Map> list(const Principal& principal);

private:
    Result<Map> try_restrict(const CallContext& context, Id contact, const std::string& reason);
    Result<Map> try_lift(const CallContext& context, Id contact, const std::string& reason);
    Result<Id> present(const Principal& principal, Id contact);

    Database& m_database;
    Records& m_records;
    const Clock& m_clock;
};

} // namespace mortise::host
