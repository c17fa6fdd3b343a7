#pragma once

/// \file
/// A time zone as a table of offsets, so that SQL can say what the clock on the wall shows.

#include <mortise/host.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace mortise::plugins::reporting {

/// Offsets from 1970 to 2100; before and after, those at the ends hold.
class Zone {
public:
    /// UTC.
    Zone() = default;
    /// Asks the host; `not_found` if there is no such zone.
    static Result<Zone> read(const Host& host, const std::string& name);

    bool is_utc() const noexcept { return m_changes.empty() && m_first == 0; }
    Date day_at(Instant time) const noexcept;
    /// The moment at which the day begins; where midnight does not exist, the first moment that does.
    Instant start_of(Date day) const noexcept;
    /// SQL: local time, as microseconds, of a time.
    std::string local_sql(const std::string& time) const;

private:
    struct Change {
        std::int64_t from{0};
        std::int64_t offset{0};
    };
    std::int64_t offset_at(std::int64_t time) const noexcept;
    std::string offset_sql(const std::string& time, std::size_t first, std::size_t last) const;

    std::int64_t m_first{0}; ///< offset before the first change
    std::vector<Change> m_changes;
};

} // namespace mortise::plugins::reporting
