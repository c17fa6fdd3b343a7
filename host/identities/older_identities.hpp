#pragma once

/// \file
/// Identities of a database that an older host wrote: they were kept as they were given.

#include <mortise/result.hpp>

namespace mortise::host {

class Database;
class Records;
class Writer;

/// Brings them to the form in which identities are found, once for a database. Those that are nothing of the
/// kind that their namespace says, and those whose form another one has, stay as they are.
Result<void> take_up_older_identities(Database& database, Writer& writer, Records& records);

} // namespace mortise::host
