#include "plugins/log_ring.hpp"

#include <algorithm>

namespace mortise::host {

std::string_view name_of(LogLevel level) noexcept
{
    switch (level) {
    case LogLevel::debug:
        return "debug";
    case LogLevel::info:
        return "info";
    case LogLevel::warning:
        return "warning";
    case LogLevel::error:
        return "error";
    }
    return "info";
}

bool LogRing::add(LogLine line, std::uint64_t most_per_second)
{
    constexpr std::int64_t second = 1'000'000;
    const std::scoped_lock lock{m_mutex};
    if (!line.from_host) {
        const std::int64_t now = line.time.microseconds / second;
        if (now != m_second) {
            m_second = now;
            m_in_second = 0;
        }
        if (++m_in_second > most_per_second) {
            ++m_dropped;
            return false;
        }
    }
    line.number = m_next++;
    m_lines.push_back(std::move(line));
    if (m_lines.size() > capacity) m_lines.pop_front();
    return true;
}

std::vector<LogLine> LogRing::lines(std::size_t most, std::uint64_t after) const
{
    const std::scoped_lock lock{m_mutex};
    const auto first = std::ranges::upper_bound(m_lines, after, {}, &LogLine::number);
    const auto count = std::min(most, static_cast<std::size_t>(m_lines.end() - first));
    return {m_lines.end() - static_cast<std::ptrdiff_t>(count), m_lines.end()};
}

std::uint64_t LogRing::dropped() const
{
    const std::scoped_lock lock{m_mutex};
    return m_dropped;
}

} // namespace mortise::host
