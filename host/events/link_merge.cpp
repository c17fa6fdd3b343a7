#include "events/link_merge.hpp"

#include "store/connection.hpp"

#include <algorithm>

namespace mortise::host {

namespace {

/// Most records give a list few events or none: little is read ahead at first.
constexpr std::size_t first_stretch = 4;
constexpr std::size_t longest_stretch = 256;

} // namespace

bool LinkMerge::Next::is_within(Instant time) const noexcept
{
    return std::ranges::any_of(records, [time](const EventCompanion& record) {
        return record.from <= time && time < record.until;
    });
}

Result<void> LinkMerge::add(Id record, const EventCompanion& within)
{
    Arm arm;
    arm.record = within;
    arm.record.record = record;
    arm.read_to = m_filter.newest_first
        ? (m_filter.until == 0 ? std::numeric_limits<std::int64_t>::max() : m_filter.until + 1)
        : m_filter.since;
    m_arms.push_back(std::move(arm));
    return push(m_arms.size() - 1);
}

Result<void> LinkMerge::read_ahead(Arm& arm)
{
    arm.stretch = arm.stretch == 0 ? first_stretch : std::min(arm.stretch * 4, longest_stretch);
    MORTISE_TRY(
        Statement * select,
        m_reader.cached(
            m_filter.newest_first
                ? R"(SELECT DISTINCT number FROM "mt$event_link" WHERE record = ?1 AND number < ?2 AND number > ?3
                    ORDER BY number DESC LIMIT ?4)"
                : R"(SELECT DISTINCT number FROM "mt$event_link" WHERE record = ?1 AND number > ?2 AND number <= ?3
                    ORDER BY number LIMIT ?4)"
        )
    );
    select->bind(1, arm.record.record.number);
    select->bind(2, arm.read_to);
    select->bind(
        3,
        m_filter.newest_first
            ? m_filter.since
            : (m_filter.until == 0 ? std::numeric_limits<std::int64_t>::max() : m_filter.until)
    );
    select->bind(4, static_cast<std::int64_t>(arm.stretch));
    for (;;) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) break;
        arm.numbers.push_back(select->integer(0));
    }
    select->reset();
    arm.is_over = arm.numbers.size() < arm.stretch;
    if (!arm.numbers.empty()) arm.read_to = arm.numbers.back();
    std::ranges::reverse(arm.numbers);
    return {};
}

Result<void> LinkMerge::push(std::size_t index)
{
    Arm& arm = m_arms[index];
    if (arm.numbers.empty() && !arm.is_over) MORTISE_CHECK(read_ahead(arm));
    if (arm.numbers.empty()) return {};
    m_heads.push_back({arm.numbers.back(), index});
    arm.numbers.pop_back();
    std::ranges::push_heap(m_heads, [this](const Head& a, const Head& b) { return is_later(a, b); });
    return {};
}

Result<LinkMerge::Next> LinkMerge::next()
{
    Next next;
    while (!m_heads.empty() && (next.number == 0 || m_heads.front().number == next.number)) {
        std::ranges::pop_heap(m_heads, [this](const Head& a, const Head& b) { return is_later(a, b); });
        const Head head = m_heads.back();
        m_heads.pop_back();
        next.number = head.number;
        next.records.push_back(m_arms[head.arm].record);
        MORTISE_CHECK(push(head.arm));
    }
    return next;
}

} // namespace mortise::host
