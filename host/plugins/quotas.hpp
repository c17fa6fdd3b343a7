#pragma once

/// \file
/// How much a plugin may use of the host. Every quota has a default, which an admin may change for one
/// plugin, and a status that the plugin gets when it is used up; docs/reference/quotas.md is the table for
/// people.

#include <mortise/result.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <string_view>

namespace mortise::host {

enum class Quota : std::uint8_t {
    log_lines,
    queued_calls,
    queued_events,
    cause_depth,
    unit_records,
    open_units,
    query_ms,
    query_rows,
    query_bytes,
    value_bytes,
    call_ms,
    quantum_ms,
    net_open,
    net_connects,
    files_open,
    file_bytes,
    memory_bytes,
};

struct QuotaInfo {
    Quota quota;
    std::string_view name; ///< as settings have it, behind "quota."
    std::uint64_t standard;
    std::uint64_t least;
    std::uint64_t most;
    std::string_view when; ///< what becomes of what is above it
    std::string_view words;
};

/// All of them, in the order of the enumeration.
std::span<const QuotaInfo> quotas() noexcept;

/// What settings call them: "quota.log_lines".
inline constexpr std::string_view quota_prefix = "quota.";

/// Of one plugin. Thread-safety: any thread.
class PluginQuotas {
public:
    PluginQuotas() noexcept;

    std::uint64_t operator[](Quota quota) const noexcept
    {
        return m_limits[static_cast<std::size_t>(quota)].load(std::memory_order_relaxed);
    }
    /// By its name, without the prefix; errors: not_found, invalid (out of range).
    Result<void> set(std::string_view name, std::int64_t limit);
    /// Back to the default; not_found.
    Result<void> reset(std::string_view name);

private:
    std::array<std::atomic<std::uint64_t>, 17> m_limits;
};

} // namespace mortise::host
