#pragma once

/// \file
/// What of a unit of work the roles of the person behind it let through. For principals without roles nothing
/// is refused here.

#include "access/principal.hpp"
#include "records/prepared_unit.hpp"
#include "records/schema.hpp"
#include "records/unit_of_work.hpp"

#include <mortise/result.hpp>

#include <string>

namespace mortise::host {

/// What one unit changes without the right to change many.
inline constexpr std::size_t max_changes_without_bulk = 20;

Action action_of(Operation operation) noexcept;

/// `denied` where it changes many records at once and the person has no capability for that. Imports have a
/// right of their own.
Result<void> may_change_so_many(const CallContext& context, const UnitOfWork& unit);
/// `denied` where the person may not do that with any record of the type.
Result<void> person_may(const Principal& principal, const RecordType& type, Operation operation);
/// `denied` where the field is read only for the person; a hidden one is unknown.
Result<void> person_may_set(const Preparation& given, const RecordType& type, const std::string& field);
/// The addresses of a contact follow its points: who may not set the one may not set it by the other.
Result<void> persons_points_may_follow(const Preparation& given, const PreparedUnit& unit);

} // namespace mortise::host
