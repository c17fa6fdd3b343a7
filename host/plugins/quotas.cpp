#include "plugins/quotas.hpp"

#include <algorithm>
#include <string>

namespace mortise::host {

namespace {

constexpr std::uint64_t mebibyte = 1U << 20U;

constexpr std::array<QuotaInfo, 17> table{{
    {Quota::log_lines,
     "log_lines",
     100,
     1,
     100'000,
     "OK; the line is counted and not kept",
     "log lines in a second"},
    {Quota::queued_calls,
     "queued_calls",
     1000,
     1,
     100'000,
     "BUSY",
     "commands, event batches or answers that wait for its strand, each"},
    {Quota::queued_events,
     "queued_events",
     10'000,
     1,
     1'000'000,
     "BUSY",
     "events published outside of units of work that are not durable yet"},
    {Quota::cause_depth, "cause_depth", 16, 1, 64, "LIMIT", "events that follow one from another"},
    {Quota::unit_records, "unit_records", 10'000, 1, 100'000, "LIMIT", "changes in one unit of work"},
    {Quota::open_units, "open_units", 16, 1, 256, "LIMIT", "units of work that one call has open"},
    {Quota::query_ms, "query_ms", 5000, 10, 600'000, "TIMEOUT", "milliseconds of its own that one query takes"
    },
    {Quota::query_rows, "query_rows", 1'000'000, 1, 100'000'000, "LIMIT", "rows of one query"},
    {Quota::query_bytes,
     "query_bytes",
     256 * mebibyte,
     mebibyte,
     16'384 * mebibyte,
     "LIMIT",
     "bytes of text and blobs that one query reads, and bytes that it sorts"},
    {Quota::value_bytes,
     "value_bytes",
     mebibyte,
     4096,
     64 * mebibyte,
     "LIMIT",
     "bytes of one value or text that it hands over; from its next start on"},
    {Quota::call_ms,
     "call_ms",
     2000,
     10,
     600'000,
     "TIMEOUT",
     "milliseconds that the host waits for one of its commands"},
    {Quota::quantum_ms,
     "quantum_ms",
     10,
     1,
     60'000,
     "OK; it is named as slow",
     "milliseconds of its own that one call of it takes"},
    {Quota::net_open, "net_open", 64, 1, 10'000, "LIMIT", "connections to other machines that are open"},
    {Quota::net_connects,
     "net_connects",
     600,
     1,
     1'000'000,
     "BUSY",
     "connections to other machines that it opens, or tries to, within a minute"},
    {Quota::files_open, "files_open", 64, 1, 10'000, "LIMIT", "files of records that it has open"},
    {Quota::file_bytes,
     "file_bytes",
     64 * mebibyte,
     4096,
     4096 * mebibyte,
     "LIMIT",
     "bytes of one file that it hands in"},
    {Quota::memory_bytes,
     "memory_bytes",
     1024 * mebibyte,
     128 * mebibyte,
     65'536 * mebibyte,
     "no memory; its process ends if it does not expect that",
     "bytes of memory that its own process maps; from its next start on"},
}};

Result<const QuotaInfo*> find(std::string_view name)
{
    const auto* found = std::ranges::find(table, name, &QuotaInfo::name);
    if (found != table.end()) return found;
    std::string known;
    for (const QuotaInfo& info : table)
        known += (known.empty() ? "" : ", ") + std::string{info.name};
    return Error{
        .code = ErrorCode::not_found,
        .message = "there is no quota \"" + std::string{name} + '"',
        .key = "quotas.unknown",
        .where = std::string{quota_prefix} + std::string{name},
        .hint = "quotas are " + known,
    };
}

} // namespace

std::span<const QuotaInfo> quotas() noexcept
{
    return table;
}

PluginQuotas::PluginQuotas() noexcept
{
    for (std::size_t i = 0; i < table.size(); ++i)
        m_limits[i].store(table[i].standard, std::memory_order_relaxed);
}

Result<void> PluginQuotas::set(std::string_view name, std::int64_t limit)
{
    MORTISE_TRY(const QuotaInfo* info, find(name));
    const auto wanted = static_cast<std::uint64_t>(limit);
    if (limit < 0 || wanted < info->least || wanted > info->most)
        return Error{
            .code = ErrorCode::invalid,
            .message = std::string{info->name} + " is " + std::to_string(info->least) + " to "
                + std::to_string(info->most) + ", not " + std::to_string(limit),
            .key = "quotas.range",
            .where = std::string{quota_prefix} + std::string{name},
        };
    m_limits[static_cast<std::size_t>(info->quota)].store(wanted, std::memory_order_relaxed);
    return {};
}

Result<void> PluginQuotas::reset(std::string_view name)
{
    MORTISE_TRY(const QuotaInfo* info, find(name));
    m_limits[static_cast<std::size_t>(info->quota)].store(info->standard, std::memory_order_relaxed);
    return {};
}

} // namespace mortise::host
