#pragma once

/// \file
/// Seals of rows: digests of what a unit of work wrote into records, kept with its events. A seal is salted
/// with the salt of its event, which an erasure deletes: then it says nothing any more, and stays.

#include "base/hash.hpp"
#include "records/row.hpp"

#include <mortise/result.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

struct PreparedUnit;

struct RowSeal {
    std::int64_t id{0};
    std::int64_t type{0};
    Digest digest{}; ///< zeros: it is only said that the row was written
};

/// Of the row as it is read back, but for the number of its commit. Sort keys are not part of it.
Digest seal_of(const RecordType& type, const Row& row, std::span<const std::byte> salt);

/// Gives the events of the unit the seals of its changes: an event that of its subject, and the event of a
/// contact those of its points, which have no event of their own.
void seal_rows(PreparedUnit& unit);

/// Those that an event keeps.
std::vector<RowSeal> read_seals(std::string_view sealed);

} // namespace mortise::host
