#pragma once

/// \file
/// What a field may be. The table of kinds is the contract of `docs/reference/field-types.md`: how a value of
/// the kind looks in the SDK, in the database, in JSON and in CSV.

#include "records/field_limits.hpp"

#include <mortise/value.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

enum class FieldKind : std::uint8_t {
    text,
    rich_text,
    enumeration,
    multi_enumeration,
    url,
    email,
    phone,
    boolean,
    integer,
    percent,
    decimal,
    money,
    date,
    time_of_day,
    instant,
    duration,
    reference,
    list,
    address,
    json,
    file,
};

std::string_view name_of(FieldKind kind) noexcept;
/// False if no kind has that name.
bool parse_field_kind(std::string_view name, FieldKind& kind) noexcept;

/// How a column of a field is declared in the database, by its place among `columns_of` the field; history
/// tables have exactly the same.
std::string_view column_type(FieldKind kind, std::size_t place = 0) noexcept;

/// What becomes of a record when the one that a field of it refers to is deleted.
enum class OnDelete : std::uint8_t {
    keep, ///< nothing: the field goes on naming a record that is deleted
    clear, ///< the field loses its value
    refuse, ///< the other is not deleted while this one is there
    remove, ///< it is deleted too
};

std::string_view name_of(OnDelete rule) noexcept;
/// False if no rule has that name.
bool parse_on_delete(std::string_view name, OnDelete& rule) noexcept;

/// One field of a record type.
struct Field {
    std::int64_t id{0}; ///< stable: a rename keeps it
    std::string name{}; ///< as everyone sees it
    std::string column{}; ///< in the table; fixed at declaration
    std::string owner{}; ///< the plugin that declared it; "mortise" is the host, "custom" an admin
    FieldKind kind{FieldKind::text};
    std::string label{};
    std::string help{};
    bool required{false};
    bool unique{false}; ///< among records that are not deleted; null is not compared
    bool indexed{false};
    bool sorted{false}; ///< text: a key of the human order is kept beside it
    bool searchable{false}; ///< found by full text
    bool timeline{false}; ///< reference: events of this record show on the timeline of the one referred to
    bool personal{false}; ///< exported and erased with its subject
    bool archived{false}; ///< readable, not writable
    bool hidden{false}; ///< from the person whose schema it is: has no name there, and no value
    bool read_only{false}; ///< for the person whose schema it is
    std::string reference_type{}; ///< reference: the record type referred to
    OnDelete on_delete{OnDelete::keep}; ///< reference; all but `keep` need an index, and have one
    std::vector<std::string> options{}; ///< enumerations: the values, as they are kept
    std::vector<std::string> option_labels{}; ///< for people, in that order; empty: none has one
    std::uint8_t scale{0}; ///< decimal, percent: digits after the point, fixed for ever
    std::string country{"US"}; ///< ISO 3166 alpha-2: where a phone number without country code belongs
    std::uint32_t max_length{0}; ///< text: in code points; 0: the host's limit
    FieldLimits limits{}; ///< what values have to keep to beyond their kind
    std::string default_json{}; ///< empty: none
    Value default_value{}; ///< the same, as the field keeps it

    bool is_money() const noexcept { return kind == FieldKind::money; }
    bool is_file() const noexcept { return kind == FieldKind::file; }
    /// What people read for that value of an enumeration: the value itself if it has no label.
    std::string_view label_of(std::string_view option) const noexcept;
};

} // namespace mortise::host
