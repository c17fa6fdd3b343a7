#pragma once

/// \file
/// Calling the host's tables from C++: the interfaces by id, arguments, sinks.

#include <mortise/abi/mortise.h>
#include <mortise/status.hpp>
#include <mortise/value_block.hpp>

#include <exception>
#include <string_view>
#include <utility>

namespace mortise::detail {

constexpr mortise_text as_text(std::string_view text) noexcept
{
    return {text.data(), text.size()};
}

/// The host and its tables; a table is null if this host, or the manifest, does not have it.
struct Tables {
    const mortise_host* host{nullptr};
    mortise_self self{0};
    const mortise_log* log{nullptr};
    const mortise_clock* clock{nullptr};
    const mortise_time* time{nullptr};
    const mortise_records* records{nullptr};
    const mortise_query* query{nullptr};
    const mortise_events* events{nullptr};
    const mortise_commands* commands{nullptr};
    const mortise_settings* settings{nullptr};
    const mortise_secrets* secrets{nullptr};
    const mortise_jobs* jobs{nullptr};

    const mortise_interface* find(std::string_view id) const noexcept
    {
        const mortise_interface* found = nullptr;
        return host->query(self, as_text(id), &found, nullptr) >= 0 ? found : nullptr;
    }

    Tables() = default;
    Tables(const mortise_host* from, mortise_self identity) noexcept : host{from}, self{identity}
    {
        load(log, MORTISE_LOG_ID);
        load(clock, MORTISE_CLOCK_ID);
        load(time, MORTISE_TIME_ID);
        load(records, MORTISE_RECORDS_ID);
        load(query, MORTISE_QUERY_ID);
        load(events, MORTISE_EVENTS_ID);
        load(commands, MORTISE_COMMANDS_ID);
        load(settings, MORTISE_SETTINGS_ID);
        load(secrets, MORTISE_SECRETS_ID);
        load(jobs, MORTISE_JOBS_ID);
    }

private:
    template <class Table>
    void load(const Table*& table, std::string_view id) noexcept
    {
        table = reinterpret_cast<const Table*>(find(id));
    }
};

inline Error no_interface(std::string_view id)
{
    std::string message = "this host does not have " + std::string{id};
    message += ", or plugin.json does not name it under \"experimental\"";
    return {ErrorCode::unsupported, std::move(message), {}, std::string{id}, {}};
}

inline Error older_interface(std::string_view id)
{
    return {
        ErrorCode::unsupported,
        "this host has an older release of " + std::string{id},
        {},
        std::string{id},
        {}
    };
}

/// Calls a function of a table; `id` and `function` name it if this host does not have it.
template <class Table, class Function, class... Arguments>
Result<void> call(
    const Tables& tables,
    const Table* table,
    std::string_view id,
    Function Table::* function,
    Arguments... arguments
)
{
    if (table == nullptr) return no_interface(id);
    const auto offset
        = reinterpret_cast<const std::byte*>(&(table->*function)) - reinterpret_cast<const std::byte*>(table);
    if (static_cast<std::size_t>(offset) + sizeof(Function) > table->head.size || table->*function == nullptr)
        return older_interface(id);
    mortise_error error = new_error();
    const mortise_status status = (table->*function)(tables.self, arguments..., &error);
    if (status >= 0) return {};
    return to_error(status, error);
}

/// A sink that hands each value to `Take`, a callable of ValueView that gives false to stop. What it throws
/// stops the producer, and comes out again where `finish` is called.
template <class Take>
class CallbackSink {
public:
    explicit CallbackSink(Take take) : m_take{std::move(take)} { }
    CallbackSink(const CallbackSink&) = delete;
    CallbackSink& operator=(const CallbackSink&) = delete;
    ~CallbackSink() = default;

    mortise_sink sink() noexcept { return {this, &write}; }
    void rethrow() const
    {
        if (m_thrown) std::rethrow_exception(m_thrown);
    }

private:
    static mortise_status write(void* context, mortise_tree item) noexcept
    {
        auto& self = *static_cast<CallbackSink*>(context);
        try {
            return self.m_take(ValueView{item}) ? MORTISE_OK : MORTISE_E_CANCELLED;
        } catch (...) {
            self.m_thrown = std::current_exception();
            return MORTISE_E_CANCELLED;
        }
    }

    Take m_take;
    std::exception_ptr m_thrown;
};

/// The arguments of a call, nothing for an empty map. The block must outlive the call.
inline Result<ValueBlock> encode_arguments(const Map& map)
{
    if (map.empty()) return ValueBlock{};
    return encode_map(map);
}

} // namespace mortise::detail
