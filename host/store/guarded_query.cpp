#include "store/guard.hpp"
#include "store/guard/guarded_connection.hpp"
#include "store/guard/query_errors.hpp"

#include <sqlite3.h>

namespace mortise::host {

namespace {

std::string_view view_of(const char* text) noexcept
{
    return text ? std::string_view{text} : std::string_view{};
}

} // namespace

GuardedQuery::GuardedQuery(
    GuardedPool& pool,
    std::unique_ptr<GuardedConnection> connection,
    Statement& statement,
    const QueryLimits& limits
) noexcept
    : m_pool{&pool},
      m_connection{std::move(connection)},
      m_statement{&statement},
      m_limits{limits}
{
}

GuardedQuery::GuardedQuery(GuardedQuery&&) noexcept = default;

GuardedQuery& GuardedQuery::operator=(GuardedQuery&& other) noexcept
{
    std::swap(m_pool, other.m_pool);
    std::swap(m_connection, other.m_connection);
    std::swap(m_statement, other.m_statement);
    std::swap(m_limits, other.m_limits);
    std::swap(m_rows, other.m_rows);
    std::swap(m_bytes, other.m_bytes);
    std::swap(m_done, other.m_done);
    return *this;
}

GuardedQuery::~GuardedQuery()
{
    if (!m_connection) return;
    m_statement->reset();
    m_pool->give_back(std::move(m_connection));
}

Result<bool> GuardedQuery::stop(Error error)
{
    m_done = true;
    m_statement->reset();
    return error;
}

Result<bool> GuardedQuery::step()
{
    if (m_done) return false;
    QueryBudget& budget = m_connection->budget();
    if (m_bytes > m_limits.bytes)
        return stop(
            {ErrorCode::limit,
             "the rows hold more than " + std::to_string(m_limits.bytes) + " bytes",
             "query.too_many_bytes",
             {},
             "ask for fewer rows or columns"}
        );
    budget.enter();
    auto row = m_statement->step();
    budget.leave();
    if (!row) return stop(run_error(std::move(row).error(), budget.stopped_by(), m_pool->m_rules));
    if (!*row) {
        m_done = true;
        m_statement->reset(); // the snapshot ends with the last row
        return false;
    }
    if (++m_rows > m_limits.rows)
        return stop(
            {ErrorCode::limit,
             "there are more than " + std::to_string(m_limits.rows) + " rows",
             "query.too_many_rows",
             {},
             "add a LIMIT"}
        );
    return true;
}

std::string_view GuardedQuery::declared_type(int column) const noexcept
{
    return view_of(sqlite3_column_decltype(m_statement->handle(), column));
}

std::string_view GuardedQuery::origin_table(int column) const noexcept
{
    return view_of(sqlite3_column_table_name(m_statement->handle(), column));
}

std::string_view GuardedQuery::origin_column(int column) const noexcept
{
    return view_of(sqlite3_column_origin_name(m_statement->handle(), column));
}

const std::set<std::string>& GuardedQuery::views_read() const noexcept
{
    return m_connection->views_read();
}

std::chrono::nanoseconds GuardedQuery::time() const noexcept
{
    return m_connection->budget().used();
}

} // namespace mortise::host
