#pragma once

/// \file
/// Turns what SQLite reports into the `Error` that the rest of the host understands. Inside this room only.

#include <mortise/result.hpp>

#include <string_view>

struct sqlite3;

namespace mortise::host {

/// The error for SQLite's (extended) result `code`; `message` is SQLite's own text. Keys:
/// `store.full`, `store.io`, `store.corrupt`, `store.open`, `store.readonly`, `store.busy`,
/// `store.constraint`, `store.interrupted`, `store.too_big`, `store.memory`, `store.denied`, `store.sql` and
/// `store.misuse`. For a constraint, `where` names the columns as SQLite does ("table.column, table.column")
/// when it knows them.
Error sqlite_error(int code, std::string_view message);

/// The error that `database` reports now for `code`; call it before anything else is done with the
/// connection.
Error sqlite_error(sqlite3* database, int code);

} // namespace mortise::host
