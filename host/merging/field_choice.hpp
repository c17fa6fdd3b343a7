#pragma once

/// \file
/// Which of several contacts' values the survivor of a merge gets, field by field.
///
/// Without a word of the caller, of the values that are there the one counts that was set last, by the
/// history. Except:
/// - names stay together: those of the survivor; its empty parts come from a contact of the same name;
/// - lists are united, and texts of several lines are put behind each other: nothing of them is lost;
/// - kinds are not chosen: contacts of different kinds are no duplicates.

#include "records/row.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

class Connection;

/// What a caller wants for a field: the value of one of the contacts, or another value.
struct FieldTake {
    Id from; ///< 0: `value` it is
    Value value;
};
using FieldTakes = std::map<std::string, FieldTake, std::less<>>;

struct FieldCandidate {
    Id contact;
    Value value;
    std::int64_t since{0}; ///< number of the commit that set it
};

struct FieldChoice {
    std::size_t slot{0};
    std::vector<FieldCandidate> candidates; ///< those that have a value, the survivor first
    Value chosen;
    Id from; ///< whose it is; 0: of several, or given by the caller
    bool is_conflict{false}; ///< the candidates differ
};

/// The name of a contact and what it is made of: fields that stay together.
bool is_part_of_name(std::string_view field) noexcept;

/// For each field that any of them has, or that is taken. `rows`: the survivor first. Errors: `invalid` for
/// takes that name no field, or no contact of these; `merge.kinds`.
Result<std::vector<FieldChoice>> choose_fields(
    Connection& reader, const RecordType& contacts, std::span<const Row> rows, const FieldTakes& takes
);

} // namespace mortise::host
