// Generated from sdk/interfaces; do not edit.
#pragma once

/// \file
/// A plugin's table as the host sees it when the plugin runs in a process of its own.

#include "plugins/runner/generated/struct_layouts.hpp"
#include "plugins/runner/link.hpp"
#include <mortise/abi/plugin.h>

namespace mortise::host {

/// `Port` finds the link: `template <class Put> static mortise_status call(FIRST, AbiFunction, mortise_error*, Put&&)`,
/// where FIRST is what the function has as its first argument.
template <class Port>
struct RemotePlugin {
    static mortise_status activate(void* impl, mortise_error* error) noexcept
    {
        return Port::call(impl, AbiFunction::plugin_activate, error, [&](OutgoingCall&) {});
    }

    static mortise_status quiesce(void* impl, mortise_error* error) noexcept
    {
        return Port::call(impl, AbiFunction::plugin_quiesce, error, [&](OutgoingCall&) {});
    }

    static mortise_status destroy(void* impl, mortise_error* error) noexcept
    {
        return Port::call(impl, AbiFunction::plugin_destroy, error, [&](OutgoingCall&) {});
    }

    static mortise_status on_events(
        void* impl,
        uint64_t tag,
        uint64_t work,
        const mortise_event* events,
        uint64_t events_count,
        uint64_t* done,
        mortise_error* error
    ) noexcept
    {
        return Port::call(impl, AbiFunction::plugin_on_events, error, [&](OutgoingCall& outgoing) {
            outgoing.put(tag);
            outgoing.put(work);
            outgoing.put_structures(events, events_count);
            outgoing.put_result(done);
        });
    }

    static mortise_status on_hook(
        void* impl,
        uint64_t tag,
        const mortise_context* context,
        mortise_tree settings,
        const mortise_draft* drafts,
        uint64_t drafts_count,
        mortise_sink verdicts,
        mortise_error* error
    ) noexcept
    {
        return Port::call(impl, AbiFunction::plugin_on_hook, error, [&](OutgoingCall& outgoing) {
            outgoing.put(tag);
            outgoing.put_structure(context);
            outgoing.put(settings);
            outgoing.put_structures(drafts, drafts_count);
            outgoing.put(verdicts);
        });
    }

    static mortise_status on_command(
        void* impl,
        uint64_t tag,
        const mortise_context* context,
        uint64_t work,
        mortise_tree arguments,
        mortise_sink result,
        mortise_error* error
    ) noexcept
    {
        return Port::call(impl, AbiFunction::plugin_on_command, error, [&](OutgoingCall& outgoing) {
            outgoing.put(tag);
            outgoing.put_structure(context);
            outgoing.put(work);
            outgoing.put(arguments);
            outgoing.put(result);
        });
    }

    static mortise_status on_answer(
        void* impl,
        uint64_t tag,
        int32_t status,
        mortise_tree result,
        mortise_error* error
    ) noexcept
    {
        return Port::call(impl, AbiFunction::plugin_on_answer, error, [&](OutgoingCall& outgoing) {
            outgoing.put(tag);
            outgoing.put(status);
            outgoing.put(result);
        });
    }

    static mortise_status on_job(
        void* impl,
        uint64_t tag,
        const mortise_context* context,
        uint64_t job,
        mortise_tree arguments,
        mortise_sink result,
        mortise_error* error
    ) noexcept
    {
        return Port::call(impl, AbiFunction::plugin_on_job, error, [&](OutgoingCall& outgoing) {
            outgoing.put(tag);
            outgoing.put_structure(context);
            outgoing.put(job);
            outgoing.put(arguments);
            outgoing.put(result);
        });
    }

    static mortise_status settings_changed(void* impl, mortise_tree settings, mortise_error* error) noexcept
    {
        return Port::call(impl, AbiFunction::plugin_settings_changed, error, [&](OutgoingCall& outgoing) {
            outgoing.put(settings);
        });
    }

    static mortise_status migrate(
        void* impl,
        mortise_text type,
        mortise_text from,
        mortise_text to,
        uint64_t work,
        uint64_t after,
        uint64_t* next,
        mortise_error* error
    ) noexcept
    {
        return Port::call(impl, AbiFunction::plugin_migrate, error, [&](OutgoingCall& outgoing) {
            outgoing.put(type);
            outgoing.put(from);
            outgoing.put(to);
            outgoing.put(work);
            outgoing.put(after);
            outgoing.put_result(next);
        });
    }

    /// Only the functions that the plugin offers; see plugin_offers().
    static mortise_plugin table(void* impl, std::uint64_t offered) noexcept
    {
        mortise_plugin made{};
        made.head = {sizeof made, 1};
        made.impl = impl;
        if ((offered >> 0 & 1U) != 0) made.activate = &RemotePlugin::activate;
        if ((offered >> 1 & 1U) != 0) made.quiesce = &RemotePlugin::quiesce;
        if ((offered >> 2 & 1U) != 0) made.destroy = &RemotePlugin::destroy;
        if ((offered >> 3 & 1U) != 0) made.on_events = &RemotePlugin::on_events;
        if ((offered >> 4 & 1U) != 0) made.on_hook = &RemotePlugin::on_hook;
        if ((offered >> 5 & 1U) != 0) made.on_command = &RemotePlugin::on_command;
        if ((offered >> 6 & 1U) != 0) made.on_answer = &RemotePlugin::on_answer;
        if ((offered >> 7 & 1U) != 0) made.on_job = &RemotePlugin::on_job;
        if ((offered >> 8 & 1U) != 0) made.settings_changed = &RemotePlugin::settings_changed;
        if ((offered >> 9 & 1U) != 0) made.migrate = &RemotePlugin::migrate;
        return made;
    }
};

} // namespace mortise::host
