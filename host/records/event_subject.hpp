#pragma once

/// \file
/// What an event is about: a record that is there.

#include "records/schema.hpp"
#include "records/unit_of_work.hpp"

#include <mortise/result.hpp>

namespace mortise::host {

class Connection;

/// The type of the draft's subject, which is not 0 and not made by the same unit. A deleted record is there
/// too: something may be told of it. Errors: not_found (`events.unknown_subject`).
Result<std::int64_t> subject_type_of(const Schema& schema, Connection& reader, const EventDraft& draft);

} // namespace mortise::host
