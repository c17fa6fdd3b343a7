// Generated from sdk/interfaces; do not edit.
#pragma once

/// \file
/// The runner's end of the host's calls: takes the arguments out of a message and calls the plugin.

#include "plugins/runner/generated/refusals.hpp"
#include "plugins/runner/generated/struct_layouts.hpp"
#include <mortise/abi/plugin.h>

#include <array>

namespace mortise::host {

/// Of what a plugin writes; the host tells.
inline border::Limits plugin_limits;

/// One bit for each function that is there, in their order.
inline std::uint64_t plugin_offers(const mortise_plugin& table) noexcept
{
    std::uint64_t offered = 0;
    if (border::offers(table.head.size, offsetof(mortise_plugin, activate), table.activate)) offered |= std::uint64_t{1} << 0U;
    if (border::offers(table.head.size, offsetof(mortise_plugin, quiesce), table.quiesce)) offered |= std::uint64_t{1} << 1U;
    if (border::offers(table.head.size, offsetof(mortise_plugin, destroy), table.destroy)) offered |= std::uint64_t{1} << 2U;
    if (border::offers(table.head.size, offsetof(mortise_plugin, on_events), table.on_events)) offered |= std::uint64_t{1} << 3U;
    if (border::offers(table.head.size, offsetof(mortise_plugin, on_hook), table.on_hook)) offered |= std::uint64_t{1} << 4U;
    if (border::offers(table.head.size, offsetof(mortise_plugin, on_command), table.on_command)) offered |= std::uint64_t{1} << 5U;
    if (border::offers(table.head.size, offsetof(mortise_plugin, on_answer), table.on_answer)) offered |= std::uint64_t{1} << 6U;
    if (border::offers(table.head.size, offsetof(mortise_plugin, on_job), table.on_job)) offered |= std::uint64_t{1} << 7U;
    if (border::offers(table.head.size, offsetof(mortise_plugin, settings_changed), table.settings_changed)) offered |= std::uint64_t{1} << 8U;
    if (border::offers(table.head.size, offsetof(mortise_plugin, migrate), table.migrate)) offered |= std::uint64_t{1} << 9U;
    return offered;
}

inline mortise_status serve_plugin_activate(const mortise_plugin& table, IncomingCall& wire)
{
    if (!border::offers(table.head.size, offsetof(mortise_plugin, activate), table.activate))
        return refuse_unoffered(wire);
    if (!wire.ok()) return refuse_unreadable(wire);
    return table.activate(table.impl, wire.error());
}

inline mortise_status serve_plugin_quiesce(const mortise_plugin& table, IncomingCall& wire)
{
    if (!border::offers(table.head.size, offsetof(mortise_plugin, quiesce), table.quiesce))
        return refuse_unoffered(wire);
    if (!wire.ok()) return refuse_unreadable(wire);
    return table.quiesce(table.impl, wire.error());
}

inline mortise_status serve_plugin_destroy(const mortise_plugin& table, IncomingCall& wire)
{
    if (!border::offers(table.head.size, offsetof(mortise_plugin, destroy), table.destroy))
        return refuse_unoffered(wire);
    if (!wire.ok()) return refuse_unreadable(wire);
    return table.destroy(table.impl, wire.error());
}

inline mortise_status serve_plugin_on_events(const mortise_plugin& table, IncomingCall& wire)
{
    if (!border::offers(table.head.size, offsetof(mortise_plugin, on_events), table.on_events))
        return refuse_unoffered(wire);
    const auto tag = wire.u64();
    const auto work = wire.u64();
    const auto events = wire.structures<mortise_event>();
    auto* done = wire.result<uint64_t>();
    if (!wire.ok()) return refuse_unreadable(wire);
    return table.on_events(table.impl, tag, work, events.items, events.count, done, wire.error());
}

inline mortise_status serve_plugin_on_hook(const mortise_plugin& table, IncomingCall& wire)
{
    if (!border::offers(table.head.size, offsetof(mortise_plugin, on_hook), table.on_hook))
        return refuse_unoffered(wire);
    const auto tag = wire.u64();
    const auto context = wire.structure<mortise_context>();
    const auto settings = wire.value();
    const auto drafts = wire.structures<mortise_draft>();
    const auto verdicts = wire.sink();
    if (!wire.ok()) return refuse_unreadable(wire);
    border::CheckedSink verdicts_checked{verdicts, plugin_limits};
    const mortise_status answered = table.on_hook(
        table.impl,
        tag,
        context,
        settings,
        drafts.items,
        drafts.count,
        verdicts_checked.sink(),
        wire.error()
    );
    if (answered >= 0 && !verdicts_checked.ok())
        return report(wire.error(), ErrorCode::invalid, {}, "verdicts", "the plugin wrote a broken value");
    return answered;
}

inline mortise_status serve_plugin_on_command(const mortise_plugin& table, IncomingCall& wire)
{
    if (!border::offers(table.head.size, offsetof(mortise_plugin, on_command), table.on_command))
        return refuse_unoffered(wire);
    const auto tag = wire.u64();
    const auto context = wire.structure<mortise_context>();
    const auto work = wire.u64();
    const auto arguments = wire.value();
    const auto result = wire.sink();
    if (!wire.ok()) return refuse_unreadable(wire);
    border::CheckedSink result_checked{result, plugin_limits};
    const mortise_status answered = table.on_command(
        table.impl,
        tag,
        context,
        work,
        arguments,
        result_checked.sink(),
        wire.error()
    );
    if (answered >= 0 && !result_checked.ok())
        return report(wire.error(), ErrorCode::invalid, {}, "result", "the plugin wrote a broken value");
    return answered;
}

inline mortise_status serve_plugin_on_answer(const mortise_plugin& table, IncomingCall& wire)
{
    if (!border::offers(table.head.size, offsetof(mortise_plugin, on_answer), table.on_answer))
        return refuse_unoffered(wire);
    const auto tag = wire.u64();
    const auto status = wire.i32();
    const auto result = wire.value();
    if (!wire.ok()) return refuse_unreadable(wire);
    return table.on_answer(table.impl, tag, status, result, wire.error());
}

inline mortise_status serve_plugin_on_job(const mortise_plugin& table, IncomingCall& wire)
{
    if (!border::offers(table.head.size, offsetof(mortise_plugin, on_job), table.on_job))
        return refuse_unoffered(wire);
    const auto tag = wire.u64();
    const auto context = wire.structure<mortise_context>();
    const auto job = wire.u64();
    const auto arguments = wire.value();
    const auto result = wire.sink();
    if (!wire.ok()) return refuse_unreadable(wire);
    border::CheckedSink result_checked{result, plugin_limits};
    const mortise_status answered = table.on_job(
        table.impl,
        tag,
        context,
        job,
        arguments,
        result_checked.sink(),
        wire.error()
    );
    if (answered >= 0 && !result_checked.ok())
        return report(wire.error(), ErrorCode::invalid, {}, "result", "the plugin wrote a broken value");
    return answered;
}

inline mortise_status serve_plugin_settings_changed(const mortise_plugin& table, IncomingCall& wire)
{
    if (!border::offers(table.head.size, offsetof(mortise_plugin, settings_changed), table.settings_changed))
        return refuse_unoffered(wire);
    const auto settings = wire.value();
    if (!wire.ok()) return refuse_unreadable(wire);
    return table.settings_changed(table.impl, settings, wire.error());
}

inline mortise_status serve_plugin_migrate(const mortise_plugin& table, IncomingCall& wire)
{
    if (!border::offers(table.head.size, offsetof(mortise_plugin, migrate), table.migrate))
        return refuse_unoffered(wire);
    const auto type = wire.text();
    const auto from = wire.text();
    const auto to = wire.text();
    const auto work = wire.u64();
    const auto after = wire.u64();
    auto* next = wire.result<uint64_t>();
    if (!wire.ok()) return refuse_unreadable(wire);
    return table.migrate(table.impl, type, from, to, work, after, next, wire.error());
}

using PluginServer = mortise_status (*)(const mortise_plugin&, IncomingCall&);
/// By function; null for those of the host.
inline constexpr std::array<PluginServer, abi_function_count> plugin_servers{{
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
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    &serve_plugin_activate,
    &serve_plugin_quiesce,
    &serve_plugin_destroy,
    &serve_plugin_on_events,
    &serve_plugin_on_hook,
    &serve_plugin_on_command,
    &serve_plugin_on_answer,
    &serve_plugin_on_job,
    &serve_plugin_settings_changed,
    &serve_plugin_migrate,
}};

} // namespace mortise::host
