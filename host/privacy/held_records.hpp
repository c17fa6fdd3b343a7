#pragma once

/// \file
/// The records that are about one person: the contact, those that were merged into it, and everything that
/// refers to them, directly or through other records, of every record type of every plugin, deleted ones too.

#include "records/row.hpp"
#include "records/schema.hpp"

#include <mortise/result.hpp>

#include <set>
#include <utility>
#include <vector>

namespace mortise::host {

class Connection;

/// Of one type.
struct Held {
    TypePointer type;
    std::vector<Row> rows;
};

/// Thread-safety: one thread; both arguments outlive it. The caller has begun a snapshot.
class HeldRecords {
public:
    HeldRecords(Connection& reader, const Schema& schema) : m_reader{reader}, m_schema{schema} { }

    /// `contact`: one that was not merged into another. Errors: not_found, limit above 100,000 records.
    Result<void> collect(Id contact);

    /// By type; the contact first.
    const std::vector<Held>& all() const noexcept { return m_held; }
    const std::set<std::int64_t>& ids() const noexcept { return m_ids; }
    /// The contact, and those that were merged into it.
    const std::vector<Id>& subjects() const noexcept { return m_subjects; }

private:
    Result<void> hold_subjects(const TypePointer& contacts, std::vector<Row> subjects);
    Result<void> follow(const RecordType& target, const std::vector<Id>& referred);
    Result<void> suppressions();
    Result<void> hold(const TypePointer& type, std::vector<Row> rows);

    Connection& m_reader;
    const Schema& m_schema;
    std::vector<Held> m_held;
    std::set<std::int64_t> m_ids;
    std::vector<Id> m_subjects;
    std::vector<std::pair<TypePointer, std::vector<Id>>> m_waiting;
};

} // namespace mortise::host
