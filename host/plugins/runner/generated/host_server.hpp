// Generated from sdk/interfaces; do not edit.
#pragma once

/// \file
/// The host's end of a plugin's calls: takes the arguments out of a message and calls the table that a plugin
/// in process would call.

#include "plugins/runner/generated/refusals.hpp"
#include "plugins/runner/generated/struct_layouts.hpp"
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

#include <array>
#include <string_view>

namespace mortise::host {

/// The tables that the plugin asked for and was given.
struct HostTables {
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
    const mortise_blobs* blobs{nullptr};
    const mortise_consent* consent{nullptr};
    const mortise_net* net{nullptr};

    void set(std::string_view id, const mortise_interface* given) noexcept
    {
        if (id == "mortise.log/1") log = reinterpret_cast<const mortise_log*>(given);
        if (id == "mortise.clock/1") clock = reinterpret_cast<const mortise_clock*>(given);
        if (id == "mortise.time/1") time = reinterpret_cast<const mortise_time*>(given);
        if (id == "mortise.records/1") records = reinterpret_cast<const mortise_records*>(given);
        if (id == "mortise.query/1") query = reinterpret_cast<const mortise_query*>(given);
        if (id == "mortise.events/1") events = reinterpret_cast<const mortise_events*>(given);
        if (id == "mortise.commands/1") commands = reinterpret_cast<const mortise_commands*>(given);
        if (id == "mortise.settings/1") settings = reinterpret_cast<const mortise_settings*>(given);
        if (id == "mortise.secrets/1") secrets = reinterpret_cast<const mortise_secrets*>(given);
        if (id == "mortise.jobs/1") jobs = reinterpret_cast<const mortise_jobs*>(given);
        if (id == "mortise.blobs/1") blobs = reinterpret_cast<const mortise_blobs*>(given);
        if (id == "mortise.consent/1") consent = reinterpret_cast<const mortise_consent*>(given);
        if (id == "mortise.net/1") net = reinterpret_cast<const mortise_net*>(given);
    }
};

inline mortise_status serve_log_write(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.log == nullptr)
        return refuse_unoffered(wire);
    const auto level = wire.u32();
    const auto key = wire.text();
    const auto message = wire.text();
    const auto fields = wire.value();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.log->write(self, level, key, message, fields, wire.error());
}

inline mortise_status serve_clock_now(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.clock == nullptr)
        return refuse_unoffered(wire);
    auto* time = wire.result<int64_t>();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.clock->now(self, time, wire.error());
}

inline mortise_status serve_time_to_wall(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.time == nullptr)
        return refuse_unoffered(wire);
    const auto zone = wire.text();
    const auto times = wire.numbers<int64_t>();
    const auto walls = wire.sink();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.time->to_wall(self, zone, times.items, times.count, walls, wire.error());
}

inline mortise_status serve_time_to_time(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.time == nullptr)
        return refuse_unoffered(wire);
    const auto zone = wire.text();
    const auto walls = wire.numbers<int64_t>();
    const auto choice = wire.u32();
    const auto times = wire.sink();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.time->to_time(self, zone, walls.items, walls.count, choice, times, wire.error());
}

inline mortise_status serve_time_bounds(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.time == nullptr)
        return refuse_unoffered(wire);
    const auto zone = wire.text();
    const auto time = wire.i64();
    const auto unit = wire.u32();
    const auto step = wire.i64();
    auto* start = wire.result<int64_t>();
    auto* end = wire.result<int64_t>();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.time->bounds(self, zone, time, unit, step, start, end, wire.error());
}

inline mortise_status serve_time_next(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.time == nullptr)
        return refuse_unoffered(wire);
    const auto zone = wire.text();
    const auto rule = wire.text();
    const auto after = wire.i64();
    const auto limit = wire.u64();
    const auto times = wire.sink();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.time->next(self, zone, rule, after, limit, times, wire.error());
}

inline mortise_status serve_time_zones(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.time == nullptr)
        return refuse_unoffered(wire);
    const auto names = wire.sink();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.time->zones(self, names, wire.error());
}

inline mortise_status serve_records_reserve(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.records == nullptr)
        return refuse_unoffered(wire);
    const auto count = wire.u64();
    auto* first = wire.result<uint64_t>();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.records->reserve(self, count, first, wire.error());
}

inline mortise_status serve_records_get(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.records == nullptr)
        return refuse_unoffered(wire);
    const auto type = wire.text();
    const auto ids = wire.numbers<uint64_t>();
    const auto fields = wire.value();
    const auto row = wire.sink();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.records->get(self, type, ids.items, ids.count, fields, row, wire.error());
}

inline mortise_status serve_records_find(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.records == nullptr)
        return refuse_unoffered(wire);
    const auto type = wire.text();
    const auto field = wire.text();
    const auto value = wire.value();
    const auto limit = wire.u64();
    const auto fields = wire.value();
    const auto row = wire.sink();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.records->find(self, type, field, value, limit, fields, row, wire.error());
}

inline mortise_status serve_records_begin(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.records == nullptr)
        return refuse_unoffered(wire);
    const auto unit = wire.structure<mortise_unit>();
    auto* work = wire.result<uint64_t>();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.records->begin(self, unit, work, wire.error());
}

inline mortise_status serve_records_stage(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.records == nullptr)
        return refuse_unoffered(wire);
    const auto work = wire.u64();
    const auto operations = wire.structures<mortise_operation>();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.records->stage(self, work, operations.items, operations.count, wire.error());
}

inline mortise_status serve_records_commit(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.records == nullptr)
        return refuse_unoffered(wire);
    const auto work = wire.u64();
    auto* token = wire.result<uint64_t>();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.records->commit(self, work, token, wire.error());
}

inline mortise_status serve_records_abandon(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.records == nullptr)
        return refuse_unoffered(wire);
    const auto work = wire.u64();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.records->abandon(self, work, wire.error());
}

inline mortise_status serve_records_bind_hook(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.records == nullptr)
        return refuse_unoffered(wire);
    const auto name = wire.text();
    const auto tag = wire.u64();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.records->bind_hook(self, name, tag, wire.error());
}

inline mortise_status serve_query_run(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.query == nullptr)
        return refuse_unoffered(wire);
    const auto sql = wire.text();
    const auto parameters = wire.value();
    const auto options = wire.structure<mortise_query_options>();
    auto* snapshot = wire.result<uint64_t>();
    const auto batches = wire.sink();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.query->run(self, sql, parameters, options, snapshot, batches, wire.error());
}

inline mortise_status serve_query_named(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.query == nullptr)
        return refuse_unoffered(wire);
    const auto name = wire.text();
    const auto parameters = wire.value();
    const auto options = wire.structure<mortise_query_options>();
    auto* snapshot = wire.result<uint64_t>();
    const auto batches = wire.sink();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.query->named(self, name, parameters, options, snapshot, batches, wire.error());
}

inline mortise_status serve_events_bind(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.events == nullptr)
        return refuse_unoffered(wire);
    const auto name = wire.text();
    const auto tag = wire.u64();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.events->bind(self, name, tag, wire.error());
}

inline mortise_status serve_events_publish(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.events == nullptr)
        return refuse_unoffered(wire);
    const auto work = wire.u64();
    const auto events = wire.structures<mortise_event_draft>();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.events->publish(self, work, events.items, events.count, wire.error());
}

inline mortise_status serve_commands_bind(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.commands == nullptr)
        return refuse_unoffered(wire);
    const auto name = wire.text();
    const auto tag = wire.u64();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.commands->bind(self, name, tag, wire.error());
}

inline mortise_status serve_commands_call(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.commands == nullptr)
        return refuse_unoffered(wire);
    const auto name = wire.text();
    const auto arguments = wire.value();
    const auto options = wire.structure<mortise_call_options>();
    const auto result = wire.sink();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.commands->call(self, name, arguments, options, result, wire.error());
}

inline mortise_status serve_commands_post(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.commands == nullptr)
        return refuse_unoffered(wire);
    const auto name = wire.text();
    const auto arguments = wire.value();
    const auto options = wire.structure<mortise_call_options>();
    const auto tag = wire.u64();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.commands->post(self, name, arguments, options, tag, wire.error());
}

inline mortise_status serve_settings_get(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.settings == nullptr)
        return refuse_unoffered(wire);
    const auto key = wire.text();
    const auto result = wire.sink();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.settings->get(self, key, result, wire.error());
}

inline mortise_status serve_secrets_reveal(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.secrets == nullptr)
        return refuse_unoffered(wire);
    const auto name = wire.text();
    const auto secret = wire.sink();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.secrets->reveal(self, name, secret, wire.error());
}

inline mortise_status serve_jobs_bind(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.jobs == nullptr)
        return refuse_unoffered(wire);
    const auto name = wire.text();
    const auto tag = wire.u64();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.jobs->bind(self, name, tag, wire.error());
}

inline mortise_status serve_jobs_start(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.jobs == nullptr)
        return refuse_unoffered(wire);
    const auto work = wire.u64();
    const auto name = wire.text();
    const auto arguments = wire.value();
    const auto options = wire.structure<mortise_job_options>();
    auto* job = wire.result<uint64_t>();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.jobs->start(self, work, name, arguments, options, job, wire.error());
}

inline mortise_status serve_jobs_progress(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.jobs == nullptr)
        return refuse_unoffered(wire);
    const auto job = wire.u64();
    const auto done = wire.u64();
    const auto total = wire.u64();
    const auto text = wire.text();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.jobs->progress(self, job, done, total, text, wire.error());
}

inline mortise_status serve_jobs_cancelled(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.jobs == nullptr)
        return refuse_unoffered(wire);
    const auto job = wire.u64();
    auto* yes = wire.result<uint32_t>();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.jobs->cancelled(self, job, yes, wire.error());
}

inline mortise_status serve_jobs_cancel(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.jobs == nullptr)
        return refuse_unoffered(wire);
    const auto job = wire.u64();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.jobs->cancel(self, job, wire.error());
}

inline mortise_status serve_blobs_begin(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.blobs == nullptr)
        return refuse_unoffered(wire);
    auto* file = wire.result<uint64_t>();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.blobs->begin(self, file, wire.error());
}

inline mortise_status serve_blobs_write(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.blobs == nullptr)
        return refuse_unoffered(wire);
    const auto file = wire.u64();
    const auto data = wire.value();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.blobs->write(self, file, data, wire.error());
}

inline mortise_status serve_blobs_finish(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.blobs == nullptr)
        return refuse_unoffered(wire);
    const auto file = wire.u64();
    const auto name = wire.text();
    const auto type = wire.text();
    const auto reference = wire.sink();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.blobs->finish(self, file, name, type, reference, wire.error());
}

inline mortise_status serve_blobs_open(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.blobs == nullptr)
        return refuse_unoffered(wire);
    const auto type = wire.text();
    const auto record = wire.u64();
    const auto field = wire.text();
    auto* file = wire.result<uint64_t>();
    auto* size = wire.result<uint64_t>();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.blobs->open(self, type, record, field, file, size, wire.error());
}

inline mortise_status serve_blobs_read(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.blobs == nullptr)
        return refuse_unoffered(wire);
    const auto file = wire.u64();
    const auto offset = wire.u64();
    const auto most = wire.u64();
    const auto data = wire.sink();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.blobs->read(self, file, offset, most, data, wire.error());
}

inline mortise_status serve_blobs_close(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.blobs == nullptr)
        return refuse_unoffered(wire);
    const auto file = wire.u64();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.blobs->close(self, file, wire.error());
}

inline mortise_status serve_consent_ask(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.consent == nullptr)
        return refuse_unoffered(wire);
    const auto requests = wire.structures<mortise_send_request>();
    const auto answers = wire.sink();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.consent->ask(self, requests.items, requests.count, answers, wire.error());
}

inline mortise_status serve_consent_redeem(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.consent == nullptr)
        return refuse_unoffered(wire);
    const auto ticket = wire.u64();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.consent->redeem(self, ticket, wire.error());
}

inline mortise_status serve_net_connect(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.net == nullptr)
        return refuse_unoffered(wire);
    const auto target = wire.structure<mortise_net_target>();
    auto* connection = wire.result<uint64_t>();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.net->connect(self, target, connection, wire.error());
}

inline mortise_status serve_net_start_tls(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.net == nullptr)
        return refuse_unoffered(wire);
    const auto connection = wire.u64();
    const auto server_name = wire.text();
    const auto timeout_ms = wire.u32();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.net->start_tls(self, connection, server_name, timeout_ms, wire.error());
}

inline mortise_status serve_net_read(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.net == nullptr)
        return refuse_unoffered(wire);
    const auto connection = wire.u64();
    const auto most = wire.u64();
    const auto timeout_ms = wire.u32();
    const auto data = wire.sink();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.net->read(self, connection, most, timeout_ms, data, wire.error());
}

inline mortise_status serve_net_write(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.net == nullptr)
        return refuse_unoffered(wire);
    const auto connection = wire.u64();
    const auto data = wire.value();
    const auto timeout_ms = wire.u32();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.net->write(self, connection, data, timeout_ms, wire.error());
}

inline mortise_status serve_net_wait(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.net == nullptr)
        return refuse_unoffered(wire);
    const auto connections = wire.numbers<uint64_t>();
    const auto timeout_ms = wire.u32();
    auto* ready = wire.result<uint64_t>();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.net->wait(self, connections.items, connections.count, timeout_ms, ready, wire.error());
}

inline mortise_status serve_net_describe(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.net == nullptr)
        return refuse_unoffered(wire);
    const auto connection = wire.u64();
    const auto facts = wire.sink();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.net->describe(self, connection, facts, wire.error());
}

inline mortise_status serve_net_close(const HostTables& tables, mortise_self self, IncomingCall& wire)
{
    if (tables.net == nullptr)
        return refuse_unoffered(wire);
    const auto connection = wire.u64();
    if (!wire.ok()) return refuse_unreadable(wire);
    return tables.net->close(self, connection, wire.error());
}

using HostServer = mortise_status (*)(const HostTables&, mortise_self, IncomingCall&);
/// By function; null for those of the plugin.
inline constexpr std::array<HostServer, abi_function_count> host_servers{{
    &serve_log_write,
    &serve_clock_now,
    &serve_time_to_wall,
    &serve_time_to_time,
    &serve_time_bounds,
    &serve_time_next,
    &serve_time_zones,
    &serve_records_reserve,
    &serve_records_get,
    &serve_records_find,
    &serve_records_begin,
    &serve_records_stage,
    &serve_records_commit,
    &serve_records_abandon,
    &serve_records_bind_hook,
    &serve_query_run,
    &serve_query_named,
    &serve_events_bind,
    &serve_events_publish,
    &serve_commands_bind,
    &serve_commands_call,
    &serve_commands_post,
    &serve_settings_get,
    &serve_secrets_reveal,
    &serve_jobs_bind,
    &serve_jobs_start,
    &serve_jobs_progress,
    &serve_jobs_cancelled,
    &serve_jobs_cancel,
    &serve_blobs_begin,
    &serve_blobs_write,
    &serve_blobs_finish,
    &serve_blobs_open,
    &serve_blobs_read,
    &serve_blobs_close,
    &serve_consent_ask,
    &serve_consent_redeem,
    &serve_net_connect,
    &serve_net_start_tls,
    &serve_net_read,
    &serve_net_write,
    &serve_net_wait,
    &serve_net_describe,
    &serve_net_close,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
}};

} // namespace mortise::host
