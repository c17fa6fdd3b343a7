#pragma once

/// \file
/// The last log lines of a plugin, for `mortise plugins logs` and the console.

#include <mortise/value.hpp>

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

enum class LogLevel : std::uint8_t { debug = 1, info, warning, error };

std::string_view name_of(LogLevel level) noexcept;

struct LogLine {
    std::uint64_t number{0}; ///< counts up over the life of the host
    Instant time;
    LogLevel level{LogLevel::info};
    std::string key; ///< stable name of the case; may be empty
    std::string message;
    Map fields;
    bool from_host{false}; ///< the host tells about the plugin, not the plugin itself
};

/// Keeps the newest lines and counts what it drops. Thread-safety: every member may be called from any
/// thread.
class LogRing {
public:
    static constexpr std::size_t capacity = 500;

    /// Returns whether the line was kept: more than `most_per_second` of a plugin's own are counted instead.
    /// What the host says is always kept.
    bool add(LogLine line, std::uint64_t most_per_second = 100);
    /// The newest `most` lines after number `after`, oldest first.
    std::vector<LogLine> lines(std::size_t most, std::uint64_t after = 0) const;
    std::uint64_t dropped() const;

private:
    mutable std::mutex m_mutex;
    std::deque<LogLine> m_lines;
    std::uint64_t m_next{1};
    std::uint64_t m_dropped{0};
    std::int64_t m_second{0};
    std::uint64_t m_in_second{0};
};

} // namespace mortise::host
