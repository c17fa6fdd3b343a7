#pragma once

/// \file
/// What relations have to keep to, whoever writes them.

#include "records/prepared_unit.hpp"

#include <mortise/result.hpp>

namespace mortise::host {

/// Brings what relations of the unit are said with to what is kept: the kind to its name, a contact that was
/// merged to the one that it is now.
Result<void> name_relations(const Preparation& preparation, PreparedUnit& unit);

/// Refuses a unit whose relations cannot be: of an unknown kind or one that is not in use any more, with a
/// contact of the wrong kind at an end, to oneself, that end before they begin, that say what another one
/// says, a second one where one at a time is allowed, or in a circle where the kind is a tree; the same for
/// the organisation of an organisation. Also a kind that relations have and that is renamed or deleted, and a
/// contact that becomes something that its relations cannot be with. What the host itself added is not
/// judged.
///
/// Asked before the unit is written, and again within the transaction, when nothing can come in between.
Result<void> check_relations(
    Connection& connection, const Schema& schema, const PreparedUnit& unit, Instant now, Id visible_to
);

} // namespace mortise::host
