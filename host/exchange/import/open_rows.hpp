#pragma once

/// \file
/// What an import could not finish yet, kept in the database with the batch that it belongs to, so that it
/// survives a kill and takes no memory: references to rows that come later in the file, rows that wait for
/// such a row, and rows that were refused (for the file that they can be mended in).

#include "exchange/import/import_source.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace mortise::host {

class Connection;
class Database;

/// A record that was made without a reference, since what it names was not there.
struct OpenReference {
    std::uint64_t row{0};
    std::uint64_t line{0};
    Id record;
    std::string field;
    ReferenceRule rule;
    std::string text;
};

/// The notes of one import. Adding and removing are parts of a transaction; reading may be done by any
/// thread.
class OpenRows {
public:
    OpenRows(Database& database, Id import) : m_database{database}, m_import{import} { }

    Result<void> add(Connection& connection, const OpenReference& reference) const;
    Result<void> remove(Connection& connection, const OpenReference& reference) const;
    /// The first of them by row.
    Result<std::vector<OpenReference>> references(std::size_t limit) const;

    Result<void> add_waiting(Connection& connection, const ImportRow& row) const;
    Result<void> remove_waiting(Connection& connection, std::uint64_t row) const;
    /// Those with greater numbers than `after`; with `backwards`, with smaller ones from the greatest down.
    /// Their lookups' rules are in `rules`, which only grows.
    Result<std::vector<ImportRow>>
    waiting(std::uint64_t after, bool backwards, std::size_t limit, ReferenceRules& rules) const;

    Result<void> add_refused(Connection& connection, std::uint64_t row, const std::string& raw) const;
    /// As they stood in the file, after the row `after`, with their numbers.
    Result<std::vector<std::pair<std::uint64_t, std::string>>>
    refused(std::uint64_t after, std::size_t limit) const;

    /// Rows of a batch that had to be committed in parts, until its last part is.
    Result<void> add_done(Connection& connection, std::uint64_t row) const;
    Result<void> clear_done(Connection& connection) const;
    Result<std::vector<std::uint64_t>> done() const;

    /// Forgets all.
    Result<void> clear(Connection& connection) const;

private:
    Database& m_database;
    Id m_import;
};

} // namespace mortise::host
