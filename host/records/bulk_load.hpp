#pragma once

/// \file
/// Indexes set aside while very many records come into a database that has hardly any: made at the end, all
/// keys at once, they cost a fraction of what they cost key by key (docs/decisions). That some are aside is
/// noted in the transaction that sets them aside and forgotten in the one that makes the last of them, so a
/// kill in between leaves a sound database, and the next start makes what is missing before anything is read.
///
/// Only indexes for looking up and sorting texts and numbers are set aside. Those that keep a rule (unique
/// fields, constraints) and those of references, which many ways of following records need, stay.

#include "records/schema.hpp"

#include <mortise/result.hpp>

namespace mortise::host {

class Connection;

/// Sets aside what serves nothing but speed on the tables that records of this type go into. In a transaction
/// of the writer.
Result<void> set_indexes_aside(Connection& connection, const RecordType& type);
/// Whether some are aside.
Result<bool> has_indexes_aside(Connection& connection);
/// Makes one that is missing; false when none is any more, and the note is then gone. In a transaction of the
/// writer; others write between two calls.
Result<bool> bring_back_index(Connection& connection);

} // namespace mortise::host
