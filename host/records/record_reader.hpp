#pragma once

/// \file
/// The plain reads of one record type on one connection, with the rights of one principal.

#include "access/principal.hpp"
#include "base/collator.hpp"
#include "records/list_cursor.hpp"
#include "records/records.hpp"
#include "records/row.hpp"

#include <mortise/result.hpp>

#include <vector>

namespace mortise::host {

class Connection;
class Statement;

/// Lives for one call; used by one thread.
class RecordReader {
public:
    /// Reads the type as the principal sees it, whichever it is given: slots are the same.
    RecordReader(Connection& connection, const Principal& principal, const TypePointer& type);

    Result<void> may_read() const;
    /// Whose records alone are there for the principal; 0: all. Shared types are there for everybody.
    Id row_owner() const noexcept { return m_type.shared ? Id{} : m_principal.row_owner(m_type.name); }
    /// A contact that was merged into another is answered by that one, unless deleted ones are wanted.
    Result<Row> get(Id id, bool with_deleted);
    Result<std::vector<Row>> find(std::string_view field, const Value& value, std::size_t limit);

    /// What all lists of a host share.
    struct ListTools {
        const CursorKey& key;
        const Collator& collator;
    };
    Result<ListPage> list(const ListOptions& options, const ListTools& tools);
    Result<std::vector<Row>> history(Id id);

private:
    struct Sorting;
    struct Part;

    Result<std::vector<Row>> find_merged(const Field& field, const Value& wanted, std::size_t limit);
    Result<Sorting> sorting_of(const std::string& sort) const;
    Result<bool> prefers_index_of_filter(const Sorting& sorting, const Value& filter, const ListTools& tools);
    Result<std::string> statement_of(const Part& part, std::vector<Value>& parameters) const;
    /// Reads rows onto the page, up to `limit`; tells whether there are more. `last` is where the page ends.
    Result<bool>
    fill(ListPage& page, ListPosition& last, Statement& select, std::size_t limit, bool by_id) const;

    Connection& m_connection;
    const Principal& m_principal;
    const TypePointer m_seen; // null: the principal may not read records of the type
    const TypePointer m_given;
    const RecordType& m_type;
};

} // namespace mortise::host
