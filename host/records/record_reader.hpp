#pragma once

/// \file
/// The plain reads of one record type on one connection, with the rights of one principal.

#include "access/principal.hpp"
#include "records/list_cursor.hpp"
#include "records/records.hpp"
#include "records/row.hpp"

#include <mortise/result.hpp>

#include <vector>

namespace mortise::host {

class Connection;

/// Lives for one call; used by one thread.
class RecordReader {
public:
    RecordReader(Connection& connection, const Principal& principal, const RecordType& type)
        : m_connection{connection},
          m_principal{principal},
          m_type{type}
    {
    }

    Result<void> may_read() const;
    Result<Row> get(Id id, bool with_deleted);
    Result<std::vector<Row>> find(std::string_view field, const Value& value, std::size_t limit);
    Result<ListPage> list(const ListOptions& options, const CursorKey& key);
    Result<std::vector<Row>> history(Id id);

private:
    struct Sorting;

    Result<Sorting> sorting_of(const std::string& sort) const;
    Result<std::string> condition(
        const Sorting& sorting,
        const ListOptions& options,
        std::vector<Value>& parameters,
        const ListPosition& after
    ) const;

    Connection& m_connection;
    const Principal& m_principal;
    const RecordType& m_type;
};

} // namespace mortise::host
