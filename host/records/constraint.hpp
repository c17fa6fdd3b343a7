#pragma once

/// \file
/// Rules across the records of a type, as they are declared: fields that together are unique, or how many
/// records may refer to the same one. They are kept inside the transaction that writes.

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

class Connection;
struct PreparedChange;
struct RecordType;

struct Constraint {
    std::string name; ///< the stable key of the refusal
    std::vector<std::string> unique{}; ///< fields; records that lack one of them are not compared
    std::string count{}; ///< a reference field; empty: this is a unique constraint
    std::int64_t max{0}; ///< count: so many records may refer to the same one
    Map where{}; ///< only records whose fields have these values count

    bool is_unique() const noexcept { return !unique.empty(); }
    friend bool operator==(const Constraint&, const Constraint&) = default;
};

/// As it is kept in the catalog, and back.
std::string constraint_text(const Constraint& constraint);
Result<Constraint> parse_constraint_text(std::string_view text);

/// Checks that the fields are there and fit. `where` is the place for errors.
Result<void> check_constraint(const RecordType& type, const Constraint& constraint, const std::string& where);

/// Makes the catalog's table of constraints where it is not there.
Result<void> create_constraint_table(Connection& connection);
/// Fills `constraints` of the type from the catalog.
Result<void> read_constraints(Connection& connection, RecordType& type);
/// Brings the constraints of a type to what is declared, with the indexes that keep them. Returns whether
/// anything changed. Refuses one that records break already, and names two of them.
Result<bool>
apply_constraints(Connection& connection, const RecordType& type, const std::vector<Constraint>& declared);

/// Fails with `exists` or `limit` if the change, which is written already, breaks a counted constraint.
/// `visible_to`: 0, or the owner whose records alone may be named.
Result<void> check_counts(Connection& connection, const PreparedChange& change);
/// Puts what a unique index says about columns into words about fields, and names the record that is in the
/// way if the writer may see it. Nothing if no unique field or constraint of the type is meant.
std::optional<Error> broken_uniqueness(
    Connection& connection, const PreparedChange& change, std::string_view message, Id visible_to
);

} // namespace mortise::host
