#pragma once

/// \file
/// What the house holds about one person: the contact, everything that refers to it, directly or through
/// other records, of every record type of every plugin, deleted ones too, with what each was before, and all
/// events. It is for the person: who asks for it must see everything, and that it was asked for is an event.

#include "access/principal.hpp"
#include "base/clock.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <string>

namespace mortise::host {

class Database;
class EventLog;
class Records;

/// Thread-safety: any thread.
class SubjectExport {
public:
    SubjectExport(Database& database, Records& records, EventLog& events, const Clock& clock)
        : m_database{database},
          m_records{records},
          m_events{events},
          m_clock{clock}
    {
    }

    /// {format, exported_at, contact, name, types: [{type, label, owner, records: [{record, history}]}],
    /// events, held_by}: `records` by type, the contact's own first; `held_by` names everyone whose record
    /// types were looked through. A contact that was merged away is answered by the survivor, with all of
    /// them.
    ///
    /// Errors: denied for plugins and for people who do not see all records, not_found, limit above 100,000
    /// records.
    Result<Map> collect(const CallContext& context, Id contact);

private:
    Database& m_database;
    Records& m_records;
    EventLog& m_events;
    const Clock& m_clock;
};

/// The same as a page for people: HTML that needs nothing else, with every text escaped.
std::string subject_page(const Map& subject);

} // namespace mortise::host
