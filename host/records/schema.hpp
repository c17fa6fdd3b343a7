#pragma once

/// \file
/// The record types of a database as one immutable snapshot. Readers hold a snapshot for as long as they need
/// it; a change of types makes a new one.

#include "records/constraint.hpp"
#include "records/field.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

/// Statements and parts of statements over the table of a type.
struct TableSql {
    std::string columns; ///< all columns as `read_row` takes them, without the table's name
    std::string select; ///< SELECT columns FROM table
    std::string select_by_id; ///< ... WHERE id = ?1
    std::string insert; ///< parameters as `bind_row` gives them, then the keys of the sorted fields
    std::string keep_history; ///< copies the row with id ?1 and version ?3 into the history, until commit ?2
    std::string select_history; ///< the former versions of id ?1, oldest first
};

/// A record type: its table is `mt$NAME`, its history `mt$NAME_h`.
struct RecordType {
    std::int64_t id{0}; ///< stable: a rename keeps it
    std::string name; ///< "contact"
    std::string plural; ///< "contacts", as in permissions and commands
    std::string label;
    std::string table; ///< fixed at declaration
    std::string owner; ///< plugin id; "mortise" is the host
    std::string title_field; ///< what a record is called by
    bool shared{false}; ///< all may be read by everybody who may read the type, whoever owns them
    bool archived{false}; ///< its plugin was removed: readable, not writable
    std::uint64_t seen_by{0}; ///< version of the rights whose person it is for; 0: it is as it is declared
    std::vector<Field> fields; ///< a slot is an index into this
    std::vector<Constraint> constraints;
    std::vector<std::size_t> sorted_slots; ///< fields with a sort key; made by `finish`
    TableSql sql; ///< made by `finish`

    /// The slot of the field, or nothing: a field that is hidden has no name.
    std::optional<std::size_t> slot(std::string_view field_name) const noexcept;
    /// The slot of the field, or an error that lists the names there are.
    Result<std::size_t> require_slot(std::string_view field_name) const;
    /// Must be called after a change of `fields`: indexes their names and makes `sql`.
    void finish();

private:
    std::map<std::string, std::size_t, std::less<>> m_slots;
};

class Schema {
public:
    Schema(
        std::vector<std::shared_ptr<const RecordType>> types, std::uint64_t epoch, std::string country = "US"
    );

    /// The type of that name (or of that plural), or null.
    std::shared_ptr<const RecordType> find(std::string_view name) const noexcept;
    /// The type of that name, or an error that lists the names there are.
    Result<std::shared_ptr<const RecordType>> require(std::string_view name) const;
    std::shared_ptr<const RecordType> find(std::int64_t type_id) const noexcept;
    const std::vector<std::shared_ptr<const RecordType>>& types() const noexcept { return m_types; }
    /// Grows by one with each change of types, for the life of the database.
    std::uint64_t epoch() const noexcept { return m_epoch; }
    /// The business's own (ISO 3166 alpha-2): what its people leave out where they write a phone number.
    const std::string& country() const noexcept { return m_country; }

private:
    std::vector<std::shared_ptr<const RecordType>> m_types; // by name
    std::uint64_t m_epoch;
    std::string m_country;
};

/// The columns of a field in its table: one, for money two.
std::vector<std::string> columns_of(const Field& field);

/// The column of a sorted field's key, in its table and not in the history.
std::string key_column_of(const Field& field);

/// An SQL name between double quotes.
std::string quoted_name(std::string_view name);

using TypePointer = std::shared_ptr<const RecordType>;
using SchemaPointer = std::shared_ptr<const Schema>;

} // namespace mortise::host
