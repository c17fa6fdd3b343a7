#include "store/sqlite_error.hpp"

#include <sqlite3.h>

namespace mortise::host {

namespace {

struct Rule {
    int code;
    ErrorCode meaning;
    std::string_view key;
    std::string_view hint;
};

constexpr Rule rules[] = {
    {SQLITE_FULL, ErrorCode::io, "store.full", "free space on the disk that holds the data folder"},
    {SQLITE_IOERR, ErrorCode::io, "store.io", "check the disk that holds the data folder"},
    {SQLITE_CORRUPT, ErrorCode::io, "store.corrupt", "restore the data folder from a backup"},
    {SQLITE_NOTADB, ErrorCode::io, "store.corrupt", "the file is no database, or it is damaged at its start"},
    {SQLITE_CANTOPEN, ErrorCode::io, "store.open", "check that the folder exists and may be read and written"
    },
    {SQLITE_READONLY, ErrorCode::denied, "store.readonly", ""},
    {SQLITE_PERM, ErrorCode::denied, "store.denied", ""},
    {SQLITE_AUTH, ErrorCode::denied, "store.denied", ""},
    {SQLITE_BUSY, ErrorCode::busy, "store.busy", ""},
    {SQLITE_LOCKED, ErrorCode::busy, "store.busy", ""},
    {SQLITE_PROTOCOL, ErrorCode::busy, "store.busy", ""},
    {SQLITE_CONSTRAINT, ErrorCode::invalid, "store.constraint", ""},
    {SQLITE_INTERRUPT, ErrorCode::cancelled, "store.interrupted", ""},
    {SQLITE_TOOBIG, ErrorCode::limit, "store.too_big", ""},
    {SQLITE_NOMEM, ErrorCode::limit, "store.memory", ""},
    {SQLITE_ERROR, ErrorCode::invalid, "store.sql", ""},
    {SQLITE_MISMATCH, ErrorCode::invalid, "store.sql", ""},
    {SQLITE_SCHEMA, ErrorCode::retry, "store.schema", ""},
};

constexpr Rule misuse{SQLITE_MISUSE, ErrorCode::internal, "store.misuse", ""};

const Rule& rule_for(int code)
{
    if (code == SQLITE_IOERR_NOMEM) code = SQLITE_NOMEM;
    for (const Rule& rule : rules)
        if (rule.code == (code & 0xff)) return rule;
    return misuse;
}

bool is_duplicate(int code)
{
    return code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY
        || code == SQLITE_CONSTRAINT_ROWID;
}

/// "UNIQUE constraint failed: contact.email" -> "contact.email"
std::string_view columns_named_in(std::string_view message)
{
    const std::size_t colon = message.find(": ");
    return colon == std::string_view::npos ? std::string_view{} : message.substr(colon + 2);
}

} // namespace

Error sqlite_error(int code, std::string_view message)
{
    const Rule& rule = rule_for(code);
    Error error{
        .code = is_duplicate(code) ? ErrorCode::exists : rule.meaning,
        .message = std::string{message},
        .key = std::string{rule.key},
        .where = {},
        .hint = std::string{rule.hint},
    };
    if (rule.code == SQLITE_CONSTRAINT) error.where = columns_named_in(message);
    if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC) error.where = "sync";
    return error;
}

Error sqlite_error(sqlite3* database, int code)
{
    const int extended = database && (code & 0xff) == code ? sqlite3_extended_errcode(database) : code;
    const bool same = (extended & 0xff) == (code & 0xff);
    return sqlite_error(
        same ? extended : code, database && same ? sqlite3_errmsg(database) : sqlite3_errstr(code)
    );
}

} // namespace mortise::host
