// Generated from sdk/interfaces; do not edit.
#pragma once

/// \file
/// What the host does behind each table. Arguments have been checked; values live for the call. Optional
/// structs and results are pointers, null if not given; optional values do not exist.

#include <mortise/abi/log.h>
#include <mortise/abi/clock.h>
#include <mortise/abi/time.h>
#include <mortise/abi/records.h>
#include <mortise/abi/query.h>
#include <mortise/abi/events.h>
#include <mortise/abi/commands.h>
#include <mortise/abi/settings.h>
#include <mortise/abi/secrets.h>
#include <mortise/abi/jobs.h>
#include <mortise/abi/blobs.h>
#include <mortise/abi/consent.h>
#include <mortise/abi/net.h>
#include <mortise/border.hpp>
#include <mortise/result.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace mortise::host {

/// Who calls: defined by the host beside its guard.
class Caller;

/// mortise.log/1; see mortise/abi/log.h.
class LogCalls {
public:
    LogCalls() = default;
    LogCalls(const LogCalls&) = delete;
    LogCalls& operator=(const LogCalls&) = delete;
    virtual ~LogCalls() = default;

    virtual Result<void> write(
        Caller& caller,
        std::uint32_t level,
        std::string_view key,
        std::string_view message,
        ValueView fields
    ) = 0;
};

/// mortise.clock/1; see mortise/abi/clock.h.
class ClockCalls {
public:
    ClockCalls() = default;
    ClockCalls(const ClockCalls&) = delete;
    ClockCalls& operator=(const ClockCalls&) = delete;
    virtual ~ClockCalls() = default;

    virtual Result<void> now(Caller& caller, std::int64_t& time) = 0;
};

/// mortise.time/1; see mortise/abi/time.h.
class TimeCalls {
public:
    TimeCalls() = default;
    TimeCalls(const TimeCalls&) = delete;
    TimeCalls& operator=(const TimeCalls&) = delete;
    virtual ~TimeCalls() = default;

    virtual Result<void> to_wall(
        Caller& caller,
        std::string_view zone,
        std::span<const std::int64_t> times,
        border::Sink walls
    ) = 0;
    virtual Result<void> to_time(
        Caller& caller,
        std::string_view zone,
        std::span<const std::int64_t> walls,
        std::uint32_t choice,
        border::Sink times
    ) = 0;
    virtual Result<void> bounds(
        Caller& caller,
        std::string_view zone,
        std::int64_t time,
        std::uint32_t unit,
        std::int64_t step,
        std::int64_t& start,
        std::int64_t& end
    ) = 0;
    virtual Result<void> next(
        Caller& caller,
        std::string_view zone,
        std::string_view rule,
        std::int64_t after,
        std::uint64_t limit,
        border::Sink times
    ) = 0;
    virtual Result<void> zones(Caller& caller, border::Sink names) = 0;
};

/// mortise.records/1; see mortise/abi/records.h.
class RecordsCalls {
public:
    RecordsCalls() = default;
    RecordsCalls(const RecordsCalls&) = delete;
    RecordsCalls& operator=(const RecordsCalls&) = delete;
    virtual ~RecordsCalls() = default;

    virtual Result<void> reserve(Caller& caller, std::uint64_t count, std::uint64_t& first) = 0;
    virtual Result<void> get(
        Caller& caller,
        std::string_view type,
        std::span<const std::uint64_t> ids,
        ValueView fields,
        border::Sink row
    ) = 0;
    virtual Result<void> find(
        Caller& caller,
        std::string_view type,
        std::string_view field,
        ValueView value,
        std::uint64_t limit,
        ValueView fields,
        border::Sink row
    ) = 0;
    virtual Result<void> begin(Caller& caller, const mortise_unit* unit, std::uint64_t& work) = 0;
    virtual Result<void> stage(
        Caller& caller,
        std::uint64_t work,
        border::Items<mortise_operation> operations
    ) = 0;
    virtual Result<void> commit(Caller& caller, std::uint64_t work, std::uint64_t& token) = 0;
    virtual Result<void> abandon(Caller& caller, std::uint64_t work) = 0;
    virtual Result<void> bind_hook(Caller& caller, std::string_view name, std::uint64_t tag) = 0;
};

/// mortise.query/1; see mortise/abi/query.h.
class QueryCalls {
public:
    QueryCalls() = default;
    QueryCalls(const QueryCalls&) = delete;
    QueryCalls& operator=(const QueryCalls&) = delete;
    virtual ~QueryCalls() = default;

    virtual Result<void> run(
        Caller& caller,
        std::string_view sql,
        ValueView parameters,
        const mortise_query_options* options,
        std::uint64_t* snapshot,
        border::Sink batches
    ) = 0;
    virtual Result<void> named(
        Caller& caller,
        std::string_view name,
        ValueView parameters,
        const mortise_query_options* options,
        std::uint64_t* snapshot,
        border::Sink batches
    ) = 0;
};

/// mortise.events/1; see mortise/abi/events.h.
class EventsCalls {
public:
    EventsCalls() = default;
    EventsCalls(const EventsCalls&) = delete;
    EventsCalls& operator=(const EventsCalls&) = delete;
    virtual ~EventsCalls() = default;

    virtual Result<void> bind(Caller& caller, std::string_view name, std::uint64_t tag) = 0;
    virtual Result<void> publish(
        Caller& caller,
        std::uint64_t work,
        border::Items<mortise_event_draft> events
    ) = 0;
};

/// mortise.commands/1; see mortise/abi/commands.h.
class CommandsCalls {
public:
    CommandsCalls() = default;
    CommandsCalls(const CommandsCalls&) = delete;
    CommandsCalls& operator=(const CommandsCalls&) = delete;
    virtual ~CommandsCalls() = default;

    virtual Result<void> bind(Caller& caller, std::string_view name, std::uint64_t tag) = 0;
    virtual Result<void> call(
        Caller& caller,
        std::string_view name,
        ValueView arguments,
        const mortise_call_options* options,
        border::Sink result
    ) = 0;
    virtual Result<void> post(
        Caller& caller,
        std::string_view name,
        ValueView arguments,
        const mortise_call_options* options,
        std::uint64_t tag
    ) = 0;
};

/// mortise.settings/1; see mortise/abi/settings.h.
class SettingsCalls {
public:
    SettingsCalls() = default;
    SettingsCalls(const SettingsCalls&) = delete;
    SettingsCalls& operator=(const SettingsCalls&) = delete;
    virtual ~SettingsCalls() = default;

    virtual Result<void> get(Caller& caller, std::string_view key, border::Sink result) = 0;
};

/// mortise.secrets/1; see mortise/abi/secrets.h.
class SecretsCalls {
public:
    SecretsCalls() = default;
    SecretsCalls(const SecretsCalls&) = delete;
    SecretsCalls& operator=(const SecretsCalls&) = delete;
    virtual ~SecretsCalls() = default;

    virtual Result<void> reveal(Caller& caller, std::string_view name, border::Sink secret) = 0;
};

/// mortise.jobs/1; see mortise/abi/jobs.h.
class JobsCalls {
public:
    JobsCalls() = default;
    JobsCalls(const JobsCalls&) = delete;
    JobsCalls& operator=(const JobsCalls&) = delete;
    virtual ~JobsCalls() = default;

    virtual Result<void> bind(Caller& caller, std::string_view name, std::uint64_t tag) = 0;
    virtual Result<void> start(
        Caller& caller,
        std::uint64_t work,
        std::string_view name,
        ValueView arguments,
        const mortise_job_options* options,
        std::uint64_t& job
    ) = 0;
    virtual Result<void> progress(
        Caller& caller,
        std::uint64_t job,
        std::uint64_t done,
        std::uint64_t total,
        std::string_view text
    ) = 0;
    virtual Result<void> cancelled(Caller& caller, std::uint64_t job, std::uint32_t& yes) = 0;
    virtual Result<void> cancel(Caller& caller, std::uint64_t job) = 0;
};

/// mortise.blobs/1; see mortise/abi/blobs.h.
class BlobsCalls {
public:
    BlobsCalls() = default;
    BlobsCalls(const BlobsCalls&) = delete;
    BlobsCalls& operator=(const BlobsCalls&) = delete;
    virtual ~BlobsCalls() = default;

    virtual Result<void> begin(Caller& caller, std::uint64_t& file) = 0;
    virtual Result<void> write(Caller& caller, std::uint64_t file, ValueView data) = 0;
    virtual Result<void> finish(
        Caller& caller,
        std::uint64_t file,
        std::string_view name,
        std::string_view type,
        border::Sink reference
    ) = 0;
    virtual Result<void> open(
        Caller& caller,
        std::string_view type,
        std::uint64_t record,
        std::string_view field,
        std::uint64_t& file,
        std::uint64_t& size
    ) = 0;
    virtual Result<void> read(
        Caller& caller,
        std::uint64_t file,
        std::uint64_t offset,
        std::uint64_t most,
        border::Sink data
    ) = 0;
    virtual Result<void> close(Caller& caller, std::uint64_t file) = 0;
};

/// mortise.consent/1; see mortise/abi/consent.h.
class ConsentCalls {
public:
    ConsentCalls() = default;
    ConsentCalls(const ConsentCalls&) = delete;
    ConsentCalls& operator=(const ConsentCalls&) = delete;
    virtual ~ConsentCalls() = default;

    virtual Result<void> ask(
        Caller& caller,
        border::Items<mortise_send_request> requests,
        border::Sink answers
    ) = 0;
    virtual Result<void> redeem(Caller& caller, std::uint64_t ticket) = 0;
};

/// mortise.net/1; see mortise/abi/net.h.
class NetCalls {
public:
    NetCalls() = default;
    NetCalls(const NetCalls&) = delete;
    NetCalls& operator=(const NetCalls&) = delete;
    virtual ~NetCalls() = default;

    virtual Result<void> connect(
        Caller& caller,
        const mortise_net_target& target,
        std::uint64_t& connection
    ) = 0;
    virtual Result<void> start_tls(
        Caller& caller,
        std::uint64_t connection,
        std::string_view server_name,
        std::uint32_t timeout_ms
    ) = 0;
    virtual Result<void> read(
        Caller& caller,
        std::uint64_t connection,
        std::uint64_t most,
        std::uint32_t timeout_ms,
        border::Sink data
    ) = 0;
    virtual Result<void> write(
        Caller& caller,
        std::uint64_t connection,
        ValueView data,
        std::uint32_t timeout_ms
    ) = 0;
    virtual Result<void> wait(
        Caller& caller,
        std::span<const std::uint64_t> connections,
        std::uint32_t timeout_ms,
        std::uint64_t& ready
    ) = 0;
    virtual Result<void> describe(Caller& caller, std::uint64_t connection, border::Sink facts) = 0;
    virtual Result<void> close(Caller& caller, std::uint64_t connection) = 0;
};

/// Everything that a plugin can ask of one host. Pointers are not owned and never null.
struct HostCalls {
    LogCalls* log{nullptr};
    ClockCalls* clock{nullptr};
    TimeCalls* time{nullptr};
    RecordsCalls* records{nullptr};
    QueryCalls* query{nullptr};
    EventsCalls* events{nullptr};
    CommandsCalls* commands{nullptr};
    SettingsCalls* settings{nullptr};
    SecretsCalls* secrets{nullptr};
    JobsCalls* jobs{nullptr};
    BlobsCalls* blobs{nullptr};
    ConsentCalls* consent{nullptr};
    NetCalls* net{nullptr};
};

} // namespace mortise::host
