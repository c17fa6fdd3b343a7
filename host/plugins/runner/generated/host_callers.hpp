// Generated from sdk/interfaces; do not edit.
#pragma once

/// \file
/// The host's tables as the runner offers them to a plugin: each function sends the call to the host.

#include "plugins/runner/generated/struct_layouts.hpp"
#include "plugins/runner/link.hpp"
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

/// `Port` finds the link: `template <class Put> static mortise_status call(FIRST, AbiFunction, mortise_error*, Put&&)`,
/// where FIRST is what the function has as its first argument.
template <class Port>
struct RemoteLog {
    static mortise_status write(
        mortise_self self,
        uint32_t level,
        mortise_text key,
        mortise_text message,
        mortise_tree fields,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::log_write, error, [&](OutgoingCall& outgoing) {
            outgoing.put(level);
            outgoing.put(key);
            outgoing.put(message);
            outgoing.put(fields);
        });
    }

    static constexpr mortise_log table{
        {sizeof(mortise_log), 1},
        &RemoteLog::write,
    };
};

template <class Port>
struct RemoteClock {
    static mortise_status now(mortise_self self, int64_t* time, mortise_error* error) noexcept
    {
        return Port::call(self, AbiFunction::clock_now, error, [&](OutgoingCall& outgoing) {
            outgoing.put_result(time);
        });
    }

    static constexpr mortise_clock table{
        {sizeof(mortise_clock), 1},
        &RemoteClock::now,
    };
};

template <class Port>
struct RemoteTime {
    static mortise_status to_wall(
        mortise_self self,
        mortise_text zone,
        const int64_t* times,
        uint64_t times_count,
        mortise_sink walls,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::time_to_wall, error, [&](OutgoingCall& outgoing) {
            outgoing.put(zone);
            outgoing.put_numbers(times, times_count);
            outgoing.put(walls);
        });
    }

    static mortise_status to_time(
        mortise_self self,
        mortise_text zone,
        const int64_t* walls,
        uint64_t walls_count,
        uint32_t choice,
        mortise_sink times,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::time_to_time, error, [&](OutgoingCall& outgoing) {
            outgoing.put(zone);
            outgoing.put_numbers(walls, walls_count);
            outgoing.put(choice);
            outgoing.put(times);
        });
    }

    static mortise_status bounds(
        mortise_self self,
        mortise_text zone,
        int64_t time,
        uint32_t unit,
        int64_t step,
        int64_t* start,
        int64_t* end,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::time_bounds, error, [&](OutgoingCall& outgoing) {
            outgoing.put(zone);
            outgoing.put(time);
            outgoing.put(unit);
            outgoing.put(step);
            outgoing.put_result(start);
            outgoing.put_result(end);
        });
    }

    static mortise_status next(
        mortise_self self,
        mortise_text zone,
        mortise_text rule,
        int64_t after,
        uint64_t limit,
        mortise_sink times,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::time_next, error, [&](OutgoingCall& outgoing) {
            outgoing.put(zone);
            outgoing.put(rule);
            outgoing.put(after);
            outgoing.put(limit);
            outgoing.put(times);
        });
    }

    static mortise_status zones(mortise_self self, mortise_sink names, mortise_error* error) noexcept
    {
        return Port::call(self, AbiFunction::time_zones, error, [&](OutgoingCall& outgoing) {
            outgoing.put(names);
        });
    }

    static constexpr mortise_time table{
        {sizeof(mortise_time), 1},
        &RemoteTime::to_wall,
        &RemoteTime::to_time,
        &RemoteTime::bounds,
        &RemoteTime::next,
        &RemoteTime::zones,
    };
};

template <class Port>
struct RemoteRecords {
    static mortise_status reserve(
        mortise_self self,
        uint64_t count,
        uint64_t* first,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::records_reserve, error, [&](OutgoingCall& outgoing) {
            outgoing.put(count);
            outgoing.put_result(first);
        });
    }

    static mortise_status get(
        mortise_self self,
        mortise_text type,
        const uint64_t* ids,
        uint64_t ids_count,
        mortise_tree fields,
        mortise_sink row,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::records_get, error, [&](OutgoingCall& outgoing) {
            outgoing.put(type);
            outgoing.put_numbers(ids, ids_count);
            outgoing.put(fields);
            outgoing.put(row);
        });
    }

    static mortise_status find(
        mortise_self self,
        mortise_text type,
        mortise_text field,
        mortise_tree value,
        uint64_t limit,
        mortise_tree fields,
        mortise_sink row,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::records_find, error, [&](OutgoingCall& outgoing) {
            outgoing.put(type);
            outgoing.put(field);
            outgoing.put(value);
            outgoing.put(limit);
            outgoing.put(fields);
            outgoing.put(row);
        });
    }

    static mortise_status begin(
        mortise_self self,
        const mortise_unit* unit,
        uint64_t* work,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::records_begin, error, [&](OutgoingCall& outgoing) {
            outgoing.put_structure(unit);
            outgoing.put_result(work);
        });
    }

    static mortise_status stage(
        mortise_self self,
        uint64_t work,
        const mortise_operation* operations,
        uint64_t operations_count,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::records_stage, error, [&](OutgoingCall& outgoing) {
            outgoing.put(work);
            outgoing.put_structures(operations, operations_count);
        });
    }

    static mortise_status commit(
        mortise_self self,
        uint64_t work,
        uint64_t* token,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::records_commit, error, [&](OutgoingCall& outgoing) {
            outgoing.put(work);
            outgoing.put_result(token);
        });
    }

    static mortise_status abandon(mortise_self self, uint64_t work, mortise_error* error) noexcept
    {
        return Port::call(self, AbiFunction::records_abandon, error, [&](OutgoingCall& outgoing) {
            outgoing.put(work);
        });
    }

    static mortise_status bind_hook(
        mortise_self self,
        mortise_text name,
        uint64_t tag,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::records_bind_hook, error, [&](OutgoingCall& outgoing) {
            outgoing.put(name);
            outgoing.put(tag);
        });
    }

    static constexpr mortise_records table{
        {sizeof(mortise_records), 1},
        &RemoteRecords::reserve,
        &RemoteRecords::get,
        &RemoteRecords::find,
        &RemoteRecords::begin,
        &RemoteRecords::stage,
        &RemoteRecords::commit,
        &RemoteRecords::abandon,
        &RemoteRecords::bind_hook,
    };
};

template <class Port>
struct RemoteQuery {
    static mortise_status run(
        mortise_self self,
        mortise_text sql,
        mortise_tree parameters,
        const mortise_query_options* options,
        uint64_t* snapshot,
        mortise_sink batches,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::query_run, error, [&](OutgoingCall& outgoing) {
            outgoing.put(sql);
            outgoing.put(parameters);
            outgoing.put_structure(options);
            outgoing.put_result(snapshot);
            outgoing.put(batches);
        });
    }

    static mortise_status named(
        mortise_self self,
        mortise_text name,
        mortise_tree parameters,
        const mortise_query_options* options,
        uint64_t* snapshot,
        mortise_sink batches,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::query_named, error, [&](OutgoingCall& outgoing) {
            outgoing.put(name);
            outgoing.put(parameters);
            outgoing.put_structure(options);
            outgoing.put_result(snapshot);
            outgoing.put(batches);
        });
    }

    static constexpr mortise_query table{
        {sizeof(mortise_query), 1},
        &RemoteQuery::run,
        &RemoteQuery::named,
    };
};

template <class Port>
struct RemoteEvents {
    static mortise_status bind(
        mortise_self self,
        mortise_text name,
        uint64_t tag,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::events_bind, error, [&](OutgoingCall& outgoing) {
            outgoing.put(name);
            outgoing.put(tag);
        });
    }

    static mortise_status publish(
        mortise_self self,
        uint64_t work,
        const mortise_event_draft* events,
        uint64_t events_count,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::events_publish, error, [&](OutgoingCall& outgoing) {
            outgoing.put(work);
            outgoing.put_structures(events, events_count);
        });
    }

    static constexpr mortise_events table{
        {sizeof(mortise_events), 1},
        &RemoteEvents::bind,
        &RemoteEvents::publish,
    };
};

template <class Port>
struct RemoteCommands {
    static mortise_status bind(
        mortise_self self,
        mortise_text name,
        uint64_t tag,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::commands_bind, error, [&](OutgoingCall& outgoing) {
            outgoing.put(name);
            outgoing.put(tag);
        });
    }

    static mortise_status call(
        mortise_self self,
        mortise_text name,
        mortise_tree arguments,
        const mortise_call_options* options,
        mortise_sink result,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::commands_call, error, [&](OutgoingCall& outgoing) {
            outgoing.put(name);
            outgoing.put(arguments);
            outgoing.put_structure(options);
            outgoing.put(result);
        });
    }

    static mortise_status post(
        mortise_self self,
        mortise_text name,
        mortise_tree arguments,
        const mortise_call_options* options,
        uint64_t tag,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::commands_post, error, [&](OutgoingCall& outgoing) {
            outgoing.put(name);
            outgoing.put(arguments);
            outgoing.put_structure(options);
            outgoing.put(tag);
        });
    }

    static constexpr mortise_commands table{
        {sizeof(mortise_commands), 1},
        &RemoteCommands::bind,
        &RemoteCommands::call,
        &RemoteCommands::post,
    };
};

template <class Port>
struct RemoteSettings {
    static mortise_status get(
        mortise_self self,
        mortise_text key,
        mortise_sink result,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::settings_get, error, [&](OutgoingCall& outgoing) {
            outgoing.put(key);
            outgoing.put(result);
        });
    }

    static constexpr mortise_settings table{
        {sizeof(mortise_settings), 1},
        &RemoteSettings::get,
    };
};

template <class Port>
struct RemoteSecrets {
    static mortise_status reveal(
        mortise_self self,
        mortise_text name,
        mortise_sink secret,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::secrets_reveal, error, [&](OutgoingCall& outgoing) {
            outgoing.put(name);
            outgoing.put(secret);
        });
    }

    static constexpr mortise_secrets table{
        {sizeof(mortise_secrets), 1},
        &RemoteSecrets::reveal,
    };
};

template <class Port>
struct RemoteJobs {
    static mortise_status bind(
        mortise_self self,
        mortise_text name,
        uint64_t tag,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::jobs_bind, error, [&](OutgoingCall& outgoing) {
            outgoing.put(name);
            outgoing.put(tag);
        });
    }

    static mortise_status start(
        mortise_self self,
        uint64_t work,
        mortise_text name,
        mortise_tree arguments,
        const mortise_job_options* options,
        uint64_t* job,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::jobs_start, error, [&](OutgoingCall& outgoing) {
            outgoing.put(work);
            outgoing.put(name);
            outgoing.put(arguments);
            outgoing.put_structure(options);
            outgoing.put_result(job);
        });
    }

    static mortise_status progress(
        mortise_self self,
        uint64_t job,
        uint64_t done,
        uint64_t total,
        mortise_text text,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::jobs_progress, error, [&](OutgoingCall& outgoing) {
            outgoing.put(job);
            outgoing.put(done);
            outgoing.put(total);
            outgoing.put(text);
        });
    }

    static mortise_status cancelled(
        mortise_self self,
        uint64_t job,
        uint32_t* yes,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::jobs_cancelled, error, [&](OutgoingCall& outgoing) {
            outgoing.put(job);
            outgoing.put_result(yes);
        });
    }

    static mortise_status cancel(mortise_self self, uint64_t job, mortise_error* error) noexcept
    {
        return Port::call(self, AbiFunction::jobs_cancel, error, [&](OutgoingCall& outgoing) {
            outgoing.put(job);
        });
    }

    static constexpr mortise_jobs table{
        {sizeof(mortise_jobs), 1},
        &RemoteJobs::bind,
        &RemoteJobs::start,
        &RemoteJobs::progress,
        &RemoteJobs::cancelled,
        &RemoteJobs::cancel,
    };
};

template <class Port>
struct RemoteBlobs {
    static mortise_status begin(mortise_self self, uint64_t* file, mortise_error* error) noexcept
    {
        return Port::call(self, AbiFunction::blobs_begin, error, [&](OutgoingCall& outgoing) {
            outgoing.put_result(file);
        });
    }

    static mortise_status write(
        mortise_self self,
        uint64_t file,
        mortise_tree data,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::blobs_write, error, [&](OutgoingCall& outgoing) {
            outgoing.put(file);
            outgoing.put(data);
        });
    }

    static mortise_status finish(
        mortise_self self,
        uint64_t file,
        mortise_text name,
        mortise_text type,
        mortise_sink reference,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::blobs_finish, error, [&](OutgoingCall& outgoing) {
            outgoing.put(file);
            outgoing.put(name);
            outgoing.put(type);
            outgoing.put(reference);
        });
    }

    static mortise_status open(
        mortise_self self,
        mortise_text type,
        uint64_t record,
        mortise_text field,
        uint64_t* file,
        uint64_t* size,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::blobs_open, error, [&](OutgoingCall& outgoing) {
            outgoing.put(type);
            outgoing.put(record);
            outgoing.put(field);
            outgoing.put_result(file);
            outgoing.put_result(size);
        });
    }

    static mortise_status read(
        mortise_self self,
        uint64_t file,
        uint64_t offset,
        uint64_t most,
        mortise_sink data,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::blobs_read, error, [&](OutgoingCall& outgoing) {
            outgoing.put(file);
            outgoing.put(offset);
            outgoing.put(most);
            outgoing.put(data);
        });
    }

    static mortise_status close(mortise_self self, uint64_t file, mortise_error* error) noexcept
    {
        return Port::call(self, AbiFunction::blobs_close, error, [&](OutgoingCall& outgoing) {
            outgoing.put(file);
        });
    }

    static constexpr mortise_blobs table{
        {sizeof(mortise_blobs), 1},
        &RemoteBlobs::begin,
        &RemoteBlobs::write,
        &RemoteBlobs::finish,
        &RemoteBlobs::open,
        &RemoteBlobs::read,
        &RemoteBlobs::close,
    };
};

template <class Port>
struct RemoteConsent {
    static mortise_status ask(
        mortise_self self,
        const mortise_send_request* requests,
        uint64_t requests_count,
        mortise_sink answers,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::consent_ask, error, [&](OutgoingCall& outgoing) {
            outgoing.put_structures(requests, requests_count);
            outgoing.put(answers);
        });
    }

    static mortise_status redeem(mortise_self self, uint64_t ticket, mortise_error* error) noexcept
    {
        return Port::call(self, AbiFunction::consent_redeem, error, [&](OutgoingCall& outgoing) {
            outgoing.put(ticket);
        });
    }

    static constexpr mortise_consent table{
        {sizeof(mortise_consent), 1},
        &RemoteConsent::ask,
        &RemoteConsent::redeem,
    };
};

template <class Port>
struct RemoteNet {
    static mortise_status connect(
        mortise_self self,
        const mortise_net_target* target,
        uint64_t* connection,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::net_connect, error, [&](OutgoingCall& outgoing) {
            outgoing.put_structure(target);
            outgoing.put_result(connection);
        });
    }

    static mortise_status start_tls(
        mortise_self self,
        uint64_t connection,
        mortise_text server_name,
        uint32_t timeout_ms,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::net_start_tls, error, [&](OutgoingCall& outgoing) {
            outgoing.put(connection);
            outgoing.put(server_name);
            outgoing.put(timeout_ms);
        });
    }

    static mortise_status read(
        mortise_self self,
        uint64_t connection,
        uint64_t most,
        uint32_t timeout_ms,
        mortise_sink data,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::net_read, error, [&](OutgoingCall& outgoing) {
            outgoing.put(connection);
            outgoing.put(most);
            outgoing.put(timeout_ms);
            outgoing.put(data);
        });
    }

    static mortise_status write(
        mortise_self self,
        uint64_t connection,
        mortise_tree data,
        uint32_t timeout_ms,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::net_write, error, [&](OutgoingCall& outgoing) {
            outgoing.put(connection);
            outgoing.put(data);
            outgoing.put(timeout_ms);
        });
    }

    static mortise_status wait(
        mortise_self self,
        const uint64_t* connections,
        uint64_t connections_count,
        uint32_t timeout_ms,
        uint64_t* ready,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::net_wait, error, [&](OutgoingCall& outgoing) {
            outgoing.put_numbers(connections, connections_count);
            outgoing.put(timeout_ms);
            outgoing.put_result(ready);
        });
    }

    static mortise_status describe(
        mortise_self self,
        uint64_t connection,
        mortise_sink facts,
        mortise_error* error
    ) noexcept
    {
        return Port::call(self, AbiFunction::net_describe, error, [&](OutgoingCall& outgoing) {
            outgoing.put(connection);
            outgoing.put(facts);
        });
    }

    static mortise_status close(mortise_self self, uint64_t connection, mortise_error* error) noexcept
    {
        return Port::call(self, AbiFunction::net_close, error, [&](OutgoingCall& outgoing) {
            outgoing.put(connection);
        });
    }

    static constexpr mortise_net table{
        {sizeof(mortise_net), 1},
        &RemoteNet::connect,
        &RemoteNet::start_tls,
        &RemoteNet::read,
        &RemoteNet::write,
        &RemoteNet::wait,
        &RemoteNet::describe,
        &RemoteNet::close,
    };
};

struct RemoteTable {
    std::string_view id;
    const mortise_interface* table;
};

template <class Port>
inline constexpr std::array<RemoteTable, 13> remote_tables{{
    {"mortise.log/1", &RemoteLog<Port>::table.head},
    {"mortise.clock/1", &RemoteClock<Port>::table.head},
    {"mortise.time/1", &RemoteTime<Port>::table.head},
    {"mortise.records/1", &RemoteRecords<Port>::table.head},
    {"mortise.query/1", &RemoteQuery<Port>::table.head},
    {"mortise.events/1", &RemoteEvents<Port>::table.head},
    {"mortise.commands/1", &RemoteCommands<Port>::table.head},
    {"mortise.settings/1", &RemoteSettings<Port>::table.head},
    {"mortise.secrets/1", &RemoteSecrets<Port>::table.head},
    {"mortise.jobs/1", &RemoteJobs<Port>::table.head},
    {"mortise.blobs/1", &RemoteBlobs<Port>::table.head},
    {"mortise.consent/1", &RemoteConsent<Port>::table.head},
    {"mortise.net/1", &RemoteNet<Port>::table.head},
}};

} // namespace mortise::host
