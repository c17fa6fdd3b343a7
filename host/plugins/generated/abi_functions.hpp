// Generated from sdk/interfaces; do not edit.
#pragma once

/// \file
/// Every function of the contract by number: for accounting, permissions, thread checks and fault injection.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mortise::host {

// How the pieces fit. sdk/tools/README.md has an example.
//
// plugin -> host: a plugin calls a function of a table in checked_*.hpp. It makes a `Guard::Enter`, which looks
//   `self` up, checks the thread and counts; then it checks every argument, and calls the method in host_calls.hpp.
// host -> plugin: the host calls a function of into_plugin.hpp. It makes a `Guard::Into`, which takes the strand
//   and counts; then it checks that the plugin offers the function, calls it, and believes only statuses that a
//   plugin may give and values that are sound.
//
// What is written by hand is the methods, and one struct for the policy:
//
// struct Guard {
//     class Enter { // one call of a plugin; its destructor stops the clock
//     public:
//         Enter(mortise_self, AbiFunction, mortise_error*) noexcept; // identity, thread, state, quota
//         bool ok() const noexcept; // may the call go on?
//         mortise_status status() const noexcept; // if not, why; the error is written already
//         const border::Limits& limits() const noexcept;
//         mortise_status refuse(const border::Fault&) noexcept; // an argument is wrong: writes the error, counts it
//         Caller& caller() noexcept; // who calls: identity, rights, open units, context
//         const HostCalls& calls() noexcept; // the methods
//         template <class Call> mortise_status run(Call&& call) noexcept; // Result<void> call(); nothing escapes
//     };
//     using Plugin = ...; // one instance of a plugin
//     class Into { // one call of the host; its destructor leaves the strand and stops the clock
//     public:
//         Into(Plugin&, AbiFunction, mortise_error&) noexcept; // strand or lane, life cycle, deadline
//         bool ok() const noexcept;
//         mortise_status status() const noexcept;
//         const border::Limits& limits() const noexcept;
//         const mortise_plugin& table() const noexcept;
//         mortise_status missing() noexcept; // the plugin does not offer the function
//         mortise_status done(mortise_status) noexcept; // what it answered: counts it
//     };
// };
//
// Every error pointer may be null in Enter. Enter and Into say what happened through report() of
// <mortise/status.hpp>.

/// From where a function may be called. A set of these is a bit mask.
enum AbiThread : unsigned { thread_init = 1, thread_strand = 2, thread_hook = 4, thread_job = 8, thread_any = 16 };

enum class AbiFunction : std::uint16_t {
    log_write,
    clock_now,
    time_to_wall,
    time_to_time,
    time_bounds,
    time_next,
    time_zones,
    records_reserve,
    records_get,
    records_find,
    records_begin,
    records_stage,
    records_commit,
    records_abandon,
    records_bind_hook,
    query_run,
    query_named,
    events_bind,
    events_publish,
    commands_bind,
    commands_call,
    commands_post,
    settings_get,
    secrets_reveal,
    jobs_bind,
    jobs_start,
    jobs_progress,
    jobs_cancelled,
    jobs_cancel,
    blobs_begin,
    blobs_write,
    blobs_finish,
    blobs_open,
    blobs_read,
    blobs_close,
    consent_ask,
    consent_redeem,
    net_connect,
    net_start_tls,
    net_read,
    net_write,
    net_wait,
    net_describe,
    net_close,
    plugin_activate,
    plugin_quiesce,
    plugin_destroy,
    plugin_on_events,
    plugin_on_hook,
    plugin_on_command,
    plugin_on_answer,
    plugin_on_job,
    plugin_settings_changed,
    plugin_migrate,
};

inline constexpr std::size_t abi_function_count = 54;

struct AbiFunctionInfo {
    std::string_view name; ///< such as "mortise.records/1.commit"
    unsigned threads; ///< a mask of AbiThread
    bool of_plugin; ///< the plugin offers it, the host calls it
};

inline constexpr AbiFunctionInfo abi_functions[abi_function_count] = {
    {"mortise.log/1.write", thread_any, false},
    {"mortise.clock/1.now", thread_any, false},
    {"mortise.time/1.to_wall", thread_any, false},
    {"mortise.time/1.to_time", thread_any, false},
    {"mortise.time/1.bounds", thread_any, false},
    {"mortise.time/1.next", thread_any, false},
    {"mortise.time/1.zones", thread_any, false},
    {"mortise.records/1.reserve", thread_any, false},
    {"mortise.records/1.get", thread_init | thread_strand | thread_hook | thread_job, false},
    {"mortise.records/1.find", thread_init | thread_strand | thread_hook | thread_job, false},
    {"mortise.records/1.begin", thread_strand | thread_job, false},
    {"mortise.records/1.stage", thread_strand | thread_job, false},
    {"mortise.records/1.commit", thread_strand | thread_job, false},
    {"mortise.records/1.abandon", thread_strand | thread_job, false},
    {"mortise.records/1.bind_hook", thread_init, false},
    {"mortise.query/1.run", thread_init | thread_strand | thread_job, false},
    {"mortise.query/1.named", thread_init | thread_strand | thread_job, false},
    {"mortise.events/1.bind", thread_init, false},
    {"mortise.events/1.publish", thread_any, false},
    {"mortise.commands/1.bind", thread_init, false},
    {"mortise.commands/1.call", thread_strand | thread_job, false},
    {"mortise.commands/1.post", thread_any, false},
    {"mortise.settings/1.get", thread_init | thread_strand | thread_job, false},
    {"mortise.secrets/1.reveal", thread_strand | thread_job, false},
    {"mortise.jobs/1.bind", thread_init, false},
    {"mortise.jobs/1.start", thread_strand | thread_job, false},
    {"mortise.jobs/1.progress", thread_job, false},
    {"mortise.jobs/1.cancelled", thread_job, false},
    {"mortise.jobs/1.cancel", thread_strand | thread_job, false},
    {"mortise.blobs/1.begin", thread_strand | thread_job, false},
    {"mortise.blobs/1.write", thread_strand | thread_job, false},
    {"mortise.blobs/1.finish", thread_strand | thread_job, false},
    {"mortise.blobs/1.open", thread_strand | thread_job, false},
    {"mortise.blobs/1.read", thread_strand | thread_job, false},
    {"mortise.blobs/1.close", thread_any, false},
    {"mortise.consent/1.ask", thread_strand | thread_job, false},
    {"mortise.consent/1.redeem", thread_strand | thread_job, false},
    {"mortise.net/1.connect", thread_strand | thread_job, false},
    {"mortise.net/1.start_tls", thread_strand | thread_job, false},
    {"mortise.net/1.read", thread_strand | thread_job, false},
    {"mortise.net/1.write", thread_strand | thread_job, false},
    {"mortise.net/1.wait", thread_job, false},
    {"mortise.net/1.describe", thread_strand | thread_job, false},
    {"mortise.net/1.close", thread_any, false},
    {"mortise.plugin/1.activate", thread_init, true},
    {"mortise.plugin/1.quiesce", thread_strand, true},
    {"mortise.plugin/1.destroy", thread_strand, true},
    {"mortise.plugin/1.on_events", thread_strand, true},
    {"mortise.plugin/1.on_hook", thread_hook, true},
    {"mortise.plugin/1.on_command", thread_strand, true},
    {"mortise.plugin/1.on_answer", thread_strand, true},
    {"mortise.plugin/1.on_job", thread_job, true},
    {"mortise.plugin/1.settings_changed", thread_strand, true},
    {"mortise.plugin/1.migrate", thread_job, true},
};

constexpr const AbiFunctionInfo& info(AbiFunction function) noexcept
{
    return abi_functions[static_cast<std::size_t>(function)];
}

} // namespace mortise::host
