#include "records/id_source.hpp"

#include "records/audit/act_scope.hpp"
#include "records/writer.hpp"
#include "store/connection.hpp"

#include <algorithm>

namespace mortise::host {

Result<void> IdSource::create_table(Connection& connection)
{
    return connection.execute("INSERT OR IGNORE INTO \"mt$meta\" VALUES ('next_id', 1)");
}

Result<Id> IdSource::take(std::size_t count)
{
    const std::scoped_lock lock{m_mutex};
    const auto wanted = static_cast<std::int64_t>(count);
    if (m_end - m_next < wanted) {
        const std::int64_t size = std::max(block, wanted);
        std::int64_t first = 0;
        const ActScope nobody{nullptr};
        MORTISE_CHECK(m_writer.run([&](Connection& connection) -> Result<void> {
            MORTISE_TRY(
                Statement * move,
                connection.cached(
                    "UPDATE \"mt$meta\" SET value = value + ?1 WHERE name = 'next_id' RETURNING value - ?1"
                )
            );
            move->bind(1, size);
            MORTISE_CHECK(move->step());
            first = move->integer(0);
            move->reset();
            return {};
        }));
        m_next = first;
        m_end = first + size;
    }
    const Id id{m_next};
    m_next += wanted;
    return id;
}

void IdSource::give_back() noexcept
{
    const std::scoped_lock lock{m_mutex};
    if (m_next == m_end) return;
    (void)m_writer.run([&](Connection& connection) -> Result<void> {
        MORTISE_TRY(
            Statement * move,
            connection.cached("UPDATE \"mt$meta\" SET value = ?1 WHERE name = 'next_id' AND value = ?2")
        );
        move->bind(1, m_next);
        move->bind(2, m_end);
        return move->run();
    });
    m_next = m_end = 0;
}

} // namespace mortise::host
