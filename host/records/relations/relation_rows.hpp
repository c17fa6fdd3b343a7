#pragma once

/// \file
/// Relations and their contacts as a unit of work will leave them: what is in the database, with the changes
/// of the unit over it.

#include "records/prepared_unit.hpp"
#include "records/relations/relation_kinds.hpp"

#include <mortise/result.hpp>

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mortise::host {

/// Days from the first to the last, both of them included.
struct Period {
    std::int64_t from{std::numeric_limits<std::int64_t>::min()};
    std::int64_t to{std::numeric_limits<std::int64_t>::max()};

    bool is_empty() const noexcept { return to < from; }
    bool has(Date day) const noexcept { return from <= day.days && day.days <= to; }
    Period with(const Period& other) const noexcept
    {
        return {std::max(from, other.from), std::min(to, other.to)};
    }
    friend auto operator<=>(const Period&, const Period&) = default;
};

Date day_of(Instant time) noexcept;

/// Where the fields of a relation are.
struct RelationSlots {
    explicit RelationSlots(const RecordType& type);

    Id source_of(const Row& row) const { return row.values[source].get_or(Id{}); }
    Id target_of(const Row& row) const { return row.values[target].get_or(Id{}); }
    std::string_view kind_of(const Row& row) const { return row.values[kind].text(); }
    Period period_of(const Row& row) const;

    std::size_t source;
    std::size_t target;
    std::size_t kind;
    std::size_t role;
    std::size_t valid_from;
    std::size_t valid_to;
    std::size_t is_primary;
};

/// Lives for one look at a unit; used by one thread. Both given ones outlive it.
class RelationRows {
public:
    RelationRows(Connection& connection, const Schema& schema, const PreparedUnit& unit);

    struct Found {
        Row row;
        std::optional<std::size_t> change; ///< of the unit
    };
    enum class End : std::uint8_t { source, target };

    /// The live relations of that kind with the contact at that end, by id.
    Result<std::vector<Found>> of(Id contact, std::string_view kind, End end);
    /// From the one to the other, of any kind.
    Result<std::vector<Found>> between(Id source, Id target);
    /// Of any kind.
    Result<std::vector<Found>> of(Id contact, End end);
    /// Nothing if there is none, or not any more.
    Result<std::optional<Row>> contact(Id id);
    std::optional<std::size_t> change_of(Id id) const;
    /// A change that was added to the unit.
    void remember(std::size_t change);

    const RecordType& contacts() const noexcept { return *m_contacts; }
    const TypePointer& contact_type() const noexcept { return m_contacts; }
    const TypePointer& relation_type() const noexcept { return m_relations; }
    const RelationSlots& slots() const noexcept { return m_slots; }
    Connection& connection() const noexcept { return m_connection; }

private:
    Connection& m_connection;
    const PreparedUnit& m_unit;
    TypePointer m_contacts;
    TypePointer m_relations;
    RelationSlots m_slots;
    std::unordered_map<std::int64_t, std::size_t> m_changes; // by record
    std::vector<std::size_t> m_relation_changes;
};

} // namespace mortise::host
