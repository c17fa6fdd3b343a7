#include "store/guard/guarded_connection.hpp"

#include "base/text.hpp"
#include "store/guard/query_errors.hpp"
#include "store/guard/sql_tokens.hpp"
#include "store/sqlite_error.hpp"

#include <algorithm>
#include <sqlite3.h>

namespace mortise::host {

namespace {

constexpr std::size_t most_kept_statements = 64;
constexpr int longest_text = 100'000;
/// SQLite asks the budget each time it has done so many steps of its machine: 10 us of most queries.
constexpr int steps_between_looks = 100;

struct Limit {
    int id;
    int value;
};

/// SQLite's own "high security" values, but where a reason stands.
constexpr Limit limits[] = {
    {SQLITE_LIMIT_ATTACHED, 0},
    {SQLITE_LIMIT_SQL_LENGTH, longest_text},
    {SQLITE_LIMIT_VDBE_OP, 25'000},
    {SQLITE_LIMIT_TRIGGER_DEPTH, 10},
    {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 50}, // our own LIKE has its own
    {SQLITE_LIMIT_WORKER_THREADS, 0},
    // Not 1,000,000: a row that the reader may not see must not fail for its size. Functions make at most 1
    // MiB.
    {SQLITE_LIMIT_LENGTH, 64 << 20},
    {SQLITE_LIMIT_COLUMN, 2000}, // not 100: a type may have as many fields
    {SQLITE_LIMIT_EXPR_DEPTH, 100}, // not 10: ten conditions joined by AND are eleven deep
    {SQLITE_LIMIT_COMPOUND_SELECT, 50
    }, // not 3: reports join parts by UNION ALL, and so do views as of a time
    {SQLITE_LIMIT_FUNCTION_ARG, 32}, // not 8: coalesce, concat
    {SQLITE_LIMIT_VARIABLE_NUMBER, 1000}, // not 10: lists of ids
};

Error wrong_view(const GuardedView& view, const std::string& why)
{
    return {
        ErrorCode::internal, "the view " + view.name + " cannot be made: " + why, "query.view", view.name, {}
    };
}

int look_at_budget(void* budget) noexcept
{
    return static_cast<QueryBudget*>(budget)->spent() ? 1 : 0;
}

Error not_a_read(std::string_view what)
{
    return {
        ErrorCode::refused,
        std::string{what},
        "query.not_a_read",
        {},
        "only SELECT is allowed; use commands to change records"
    };
}

} // namespace

GuardedConnection::GuardedConnection(const Database& database, const ViewSet& views, const GuardRules& rules)
    : m_principal{views.principal},
      m_version{views.version},
      m_scoped{views.scoped},
      m_scope_owners{views.scope_owners},
      m_rules{rules},
      m_temporary_space{database.reader_settings().vfs},
      m_functions{m_budget},
      m_authorizer{views, m_budget}
{
}

GuardedConnection::~GuardedConnection() = default;

Result<std::unique_ptr<GuardedConnection>>
GuardedConnection::build(const Database& database, const ViewSet& views, const GuardRules& rules)
{
    std::unique_ptr<GuardedConnection> guarded{new GuardedConnection{database, views, rules}};
    MORTISE_CHECK(guarded->open(database));
    MORTISE_CHECK(guarded->prepare_connection(views));
    return guarded;
}

Result<void> GuardedConnection::open(const Database& database)
{
    ConnectionSettings settings = database.reader_settings();
    settings.vfs = m_temporary_space.vfs_name();
    // Sorting in memory would be one long step that nothing can stop, of any size. In files it goes by runs
    // of the cache's size, 60 ms each; pages are read through the map and need little cache.
    settings.temporary_files = true;
    settings.cache_bytes = 2 << 20;
    MORTISE_TRY(m_connection, Connection::open(settings));
    return {};
}

bool GuardedConnection::serves(const ViewSet& views) const noexcept
{
    return m_principal == views.principal && m_version == views.version && m_scoped == views.scoped
        && m_scope_owners == views.scope_owners;
}

Result<void> GuardedConnection::prepare_connection(const ViewSet& views)
{
    m_budget.start(std::chrono::hours{1}, nullptr);
    m_budget.enter();
    MORTISE_CHECK(m_connection->execute("PRAGMA query_only = OFF"));
    MORTISE_CHECK(register_functions(m_connection->handle(), m_functions, m_rules));
    MORTISE_CHECK(create_scope(views));
    MORTISE_CHECK(create_views(views));
    if (m_rules.json_tables) {
        // Made under the authorizer they would fail: it denies what making a virtual table asks for.
        MORTISE_CHECK(m_connection->execute("SELECT 1 FROM json_each('[]'), json_tree('[]')"));
    }
    MORTISE_CHECK(close_doors());
    if (m_rules.checked_views && m_rules.authorizer) MORTISE_CHECK(check_views(views));
    return {};
}

Result<void> GuardedConnection::create_scope(const ViewSet& views)
{
    if (!views.scoped) return {};
    const std::string table = "temp." + quoted_sql_name(scope_table);
    MORTISE_CHECK(m_connection->execute("CREATE TABLE " + table + "(id INTEGER PRIMARY KEY)"));
    MORTISE_TRY(Statement insert, m_connection->prepare("INSERT OR IGNORE INTO " + table + " VALUES(?)"));
    MORTISE_CHECK(m_connection->execute("BEGIN"));
    for (const std::int64_t owner : views.scope_owners) {
        insert.bind(1, owner);
        MORTISE_CHECK(insert.run());
    }
    return m_connection->execute("COMMIT");
}

Result<void> GuardedConnection::create_views(const ViewSet& views)
{
    constexpr std::size_t bytes_per_token = 4;
    MORTISE_CHECK(m_connection->execute("BEGIN"));
    for (const GuardedView& view : views.views) {
        if (has_reserved_name(view.name)) return wrong_view(view, "its name is reserved");
        const auto made
            = m_connection->execute("CREATE TEMP VIEW " + quoted_sql_name(view.name) + " AS " + view.select);
        if (!made) return wrong_view(view, made.error().message);
        m_view_sizes[ascii_lower(view.name)] = view.select.size() / bytes_per_token;
    }
    return m_connection->execute("COMMIT");
}

Result<void> GuardedConnection::close_doors()
{
    sqlite3* database = m_connection->handle();
    MORTISE_CHECK(m_connection->execute("PRAGMA query_only = ON"));
    if (m_rules.temporary_views_only) {
        const int code = sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
        if (code != SQLITE_OK) return sqlite_error(database, code);
    }
    if (m_rules.small_limits)
        for (const Limit& limit : limits)
            sqlite3_limit(database, limit.id, limit.value);
    if (m_rules.authorizer) m_authorizer.install(database);
    sqlite3_progress_handler(database, steps_between_looks, look_at_budget, &m_budget);
    return {};
}

/// R4: a view that uses no column of its table in WHERE would be denied in `SELECT count(*)`, which names
/// none either.
Result<void> GuardedConnection::check_views(const ViewSet& views)
{
    for (const GuardedView& view : views.views) {
        m_authorizer.forget_denial();
        const auto prepared = m_connection->prepare("SELECT 1 FROM temp." + quoted_sql_name(view.name));
        if (prepared) continue;
        return wrong_view(
            view,
            m_authorizer.denial().action == SQLITE_READ ? "it may not read " + m_authorizer.denial().name
                    + ", which is not among its dependencies, or it uses no column of its table in WHERE"
                                                        : prepared.error().message
        );
    }
    m_authorizer.forget_denial();
    return {};
}

Result<Statement*> GuardedConnection::statement(std::string_view sql)
{
    const auto kept = std::ranges::find(m_kept, sql, &Kept::sql);
    if (kept != m_kept.end()) {
        m_kept.splice(m_kept.begin(), m_kept, kept);
        kept->statement.reset();
        m_authorizer.set_clause_names(kept->clause_names);
        return &kept->statement;
    }
    if (sql.size() > static_cast<std::size_t>(longest_text))
        return Error{
            ErrorCode::limit,
            "the statement is longer than " + std::to_string(longest_text) + " bytes",
            "query.too_complex",
            {},
            {}
        };
    MORTISE_TRY(CheckedText checked, checked_text(sql, m_view_sizes, m_rules));
    auto clause_names = std::make_shared<const SqlNames>(std::move(checked.clause_names));
    m_authorizer.set_clause_names(clause_names);
    static_cast<void>(m_authorizer.take_views_read());
    MORTISE_TRY(Statement prepared, prepare(sql, checked.text));
    m_kept.push_front(
        {std::string{sql}, std::move(clause_names), std::move(prepared), m_authorizer.take_views_read()}
    );
    if (m_kept.size() > most_kept_statements) m_kept.pop_back();
    return &m_kept.front().statement;
}

Result<Statement> GuardedConnection::prepare(std::string_view sql, const std::string& text)
{
    sqlite3_stmt* handle = nullptr;
    const char* tail = nullptr;
    m_authorizer.forget_denial();
    const int code = sqlite3_prepare_v3(
        m_connection->handle(), text.data(), static_cast<int>(text.size()), 0, &handle, &tail
    );
    if (code != SQLITE_OK)
        return prepare_error(
            m_connection->handle(), code, sql, m_authorizer.denial(), m_budget.stopped_by(), m_rules
        );
    Statement statement{handle};
    if (!handle)
        return Error{ErrorCode::invalid, "there is no statement in the text", "query.syntax", {}, {}};
    if (!m_rules.one_select) return statement;
    if (sqlite3_stmt_isexplain(handle) != 0) return not_a_read("EXPLAIN is not allowed");
    if (sqlite3_stmt_readonly(handle) == 0) return not_a_read("the statement would write");
    if (statement.column_count() == 0) return not_a_read("the statement gives no rows");
    return statement;
}

} // namespace mortise::host
