#include "store/guard.hpp"
#include "store/guard/guarded_connection.hpp"
#include "store/guard/parameters.hpp"

#include <algorithm>
#include <mutex>

namespace mortise::host {

namespace {

constexpr std::size_t most_idle = 16;
constexpr std::size_t most_lent = 64;

std::int64_t system_now()
{
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::system_clock::now().time_since_epoch()
    )
        .count();
}

} // namespace

struct GuardedPool::State {
    std::mutex mutex;
    std::vector<std::unique_ptr<GuardedConnection>> idle; ///< the one that came back last is last
    std::size_t lent{0};
};

GuardedPool::GuardedPool(Database& database, GuardRules rules)
    : m_database{database},
      m_rules{rules},
      m_state{std::make_unique<State>()}
{
}

GuardedPool::~GuardedPool() = default;

Result<std::unique_ptr<GuardedConnection>> GuardedPool::take(const ViewSet& views)
{
    std::vector<std::unique_ptr<GuardedConnection>> outdated; // closed after the lock is let go
    std::unique_lock lock{m_state->mutex};
    auto& idle = m_state->idle;
    if (m_state->lent >= most_lent)
        return Error{
            ErrorCode::busy,
            std::to_string(most_lent) + " queries run already",
            "query.busy",
            {},
            "try again when one has ended"
        };
    ++m_state->lent;
    const auto found
        = std::find_if(idle.rbegin(), idle.rend(), [&](const auto& each) { return each->serves(views); });
    if (found != idle.rend()) {
        auto connection = std::move(*found);
        idle.erase(std::next(found).base());
        return connection;
    }
    const auto old = std::stable_partition(idle.begin(), idle.end(), [&](const auto& each) {
        return each->principal() != views.principal;
    });
    std::move(old, idle.end(), std::back_inserter(outdated));
    idle.erase(old, idle.end());
    lock.unlock();
    auto built = GuardedConnection::build(m_database, views, m_rules);
    if (!built) give_back(nullptr);
    return built;
}

void GuardedPool::give_back(std::unique_ptr<GuardedConnection> connection) noexcept
{
    std::unique_ptr<GuardedConnection> oldest;
    if (connection) connection->end_reads();
    const std::lock_guard lock{m_state->mutex};
    --m_state->lent;
    if (!connection) return;
    auto& idle = m_state->idle;
    if (idle.size() >= most_idle) {
        oldest = std::move(idle.front());
        idle.erase(idle.begin());
    }
    idle.push_back(std::move(connection));
}

GuardedPool::Counts GuardedPool::counts() const
{
    const std::lock_guard lock{m_state->mutex};
    return {m_state->lent, m_state->idle.size()};
}

Result<GuardedQuery> GuardedPool::query(
    const ViewSet& views,
    std::string_view sql,
    const NamedParameters& named,
    const std::vector<Value>& positional,
    const QueryLimits& limits
)
{
    MORTISE_TRY(auto connection, take(views));
    QueryBudget& budget = connection->budget();
    budget.start(limits.time, limits.cancel);
    budget.enter();
    connection->functions().now = limits.now != 0 ? limits.now : system_now();
    connection->functions().as_of = limits.as_of;
    connection->temporary_space().set_limit(limits.temporary_bytes);
    auto statement = connection->statement(sql);
    budget.leave();
    if (!statement) {
        give_back(std::move(connection));
        return std::move(statement).error();
    }
    if (auto bound = bind_parameters(**statement, named, positional); !bound) {
        give_back(std::move(connection));
        return std::move(bound).error();
    }
    return GuardedQuery{*this, std::move(connection), **statement, limits};
}

} // namespace mortise::host
