#pragma once

/// \file
/// Which record here came of which record of another database: what makes the references of an export right
/// in the database that takes it in, and a second import of the same export find what the first one made.

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <cstdint>
#include <string_view>

namespace mortise::host {

class Connection;
class Database;

/// Thread-safety: any thread.
class Origins {
public:
    explicit Origins(Database& database) : m_database{database} { }

    /// The record that came of record `number` of the database `source`, or 0. It may be deleted by now.
    Result<Id> find(std::string_view source, std::int64_t number) const;
    /// Part of the transaction that makes the record.
    static Result<void>
    remember(Connection& connection, std::string_view source, std::int64_t number, Id record);

private:
    Database& m_database;
};

} // namespace mortise::host
