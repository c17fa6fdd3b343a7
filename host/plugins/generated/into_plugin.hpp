// Generated from sdk/interfaces; do not edit.
#pragma once

/// \file
/// The host's way into a plugin. Each call checks that the plugin offers the function, that what it writes is
/// sound, and that its status is one that a plugin may give.

#include "plugins/generated/abi_functions.hpp"
#include <mortise/abi/plugin.h>
#include <mortise/border.hpp>

#include <cstddef>
#include <span>

namespace mortise::host {

template <class Guard> // see abi_functions.hpp
struct IntoPlugin {
    using Plugin = typename Guard::Plugin;

    /// Gets ready: binds what the manifest declares. Called once, before any other function.
    static mortise_status activate(Plugin& plugin, mortise_error& error) noexcept
    {
        typename Guard::Into into{plugin, AbiFunction::plugin_activate, error};
        if (!into.ok()) return into.status();
        const mortise_plugin& table = into.table();
        if (!border::offers(table.head.size, offsetof(mortise_plugin, activate), table.activate))
            return into.missing();
        const mortise_status answered = table.activate(table.impl, &error);
        return into.done(border::believed(answered));
    }

    /// Winds up: nothing new arrives after it, and running jobs were asked to stop.
    static mortise_status quiesce(Plugin& plugin, mortise_error& error) noexcept
    {
        typename Guard::Into into{plugin, AbiFunction::plugin_quiesce, error};
        if (!into.ok()) return into.status();
        const mortise_plugin& table = into.table();
        if (!border::offers(table.head.size, offsetof(mortise_plugin, quiesce), table.quiesce))
            return into.missing();
        const mortise_status answered = table.quiesce(table.impl, &error);
        return into.done(border::believed(answered));
    }

    /// Frees the instance, the last call; threads of the plugin have ended when it returns. Always returns
    /// MORTISE_OK.
    static mortise_status destroy(Plugin& plugin, mortise_error& error) noexcept
    {
        typename Guard::Into into{plugin, AbiFunction::plugin_destroy, error};
        if (!into.ok()) return into.status();
        const mortise_plugin& table = into.table();
        if (!border::offers(table.head.size, offsetof(mortise_plugin, destroy), table.destroy))
            return into.missing();
        const mortise_status answered = table.destroy(table.impl, &error);
        return into.done(border::believed(answered));
    }

    /// Handles a batch of events of one subscription, in order. MORTISE_OK acknowledges the first `done` of
    /// them together with the unit of work; the others come again. On an error the unit is abandoned, and
    /// `done` tells how many went well before the one that failed, so that the host can get round it.
    static mortise_status on_events(
        Plugin& plugin,
        uint64_t tag,
        uint64_t work,
        std::span<const mortise_event> events,
        uint64_t& done,
        mortise_error& error
    ) noexcept
    {
        typename Guard::Into into{plugin, AbiFunction::plugin_on_events, error};
        if (!into.ok()) return into.status();
        const mortise_plugin& table = into.table();
        if (!border::offers(table.head.size, offsetof(mortise_plugin, on_events), table.on_events))
            return into.missing();
        const mortise_status answered = table.on_events(
            table.impl,
            tag,
            work,
            events.data(),
            events.size(),
            &done,
            &error
        );
        return into.done(border::believed(answered));
    }

    /// Looks at changes before they are written. It is a pure function: the same drafts give the same
    /// verdicts, on any thread, at the same time as other calls of the plugin. It writes one verdict for
    /// each draft that it amends or refuses: {index: int, set: {field: value}} or {index: int, refuse:
    /// {field: text, key: text, message: text}}.
    static mortise_status on_hook(
        Plugin& plugin,
        uint64_t tag,
        const mortise_context& context,
        mortise_tree settings,
        std::span<const mortise_draft> drafts,
        mortise_sink verdicts,
        mortise_error& error
    ) noexcept
    {
        typename Guard::Into into{plugin, AbiFunction::plugin_on_hook, error};
        if (!into.ok()) return into.status();
        const mortise_plugin& table = into.table();
        if (!border::offers(table.head.size, offsetof(mortise_plugin, on_hook), table.on_hook))
            return into.missing();
        border::CheckedSink verdicts_checked{verdicts, into.limits()};
        const mortise_status answered = table.on_hook(
            table.impl,
            tag,
            &context,
            settings,
            drafts.data(),
            drafts.size(),
            verdicts_checked.sink(),
            &error
        );
        if (answered >= 0 && !verdicts_checked.ok())
            return into.done(report(&error, ErrorCode::invalid, {}, "verdicts", "the plugin wrote a broken value"));
        return into.done(border::believed(answered));
    }

    /// Runs a command. Its unit of work commits with the answer when it returns MORTISE_OK.
    static mortise_status on_command(
        Plugin& plugin,
        uint64_t tag,
        const mortise_context& context,
        uint64_t work,
        mortise_tree arguments,
        mortise_sink result,
        mortise_error& error
    ) noexcept
    {
        typename Guard::Into into{plugin, AbiFunction::plugin_on_command, error};
        if (!into.ok()) return into.status();
        const mortise_plugin& table = into.table();
        if (!border::offers(table.head.size, offsetof(mortise_plugin, on_command), table.on_command))
            return into.missing();
        border::CheckedSink result_checked{result, into.limits()};
        const mortise_status answered = table.on_command(
            table.impl,
            tag,
            &context,
            work,
            arguments,
            result_checked.sink(),
            &error
        );
        if (answered >= 0 && !result_checked.ok())
            return into.done(report(&error, ErrorCode::invalid, {}, "result", "the plugin wrote a broken value"));
        return into.done(border::believed(answered));
    }

    /// Brings the answer to a command that was posted.
    static mortise_status on_answer(
        Plugin& plugin,
        uint64_t tag,
        int32_t status,
        mortise_tree result,
        mortise_error& error
    ) noexcept
    {
        typename Guard::Into into{plugin, AbiFunction::plugin_on_answer, error};
        if (!into.ok()) return into.status();
        const mortise_plugin& table = into.table();
        if (!border::offers(table.head.size, offsetof(mortise_plugin, on_answer), table.on_answer))
            return into.missing();
        const mortise_status answered = table.on_answer(table.impl, tag, status, result, &error);
        return into.done(border::believed(answered));
    }

    /// Runs a job, on a thread of its own, beside the strand. It may run again from the start after a
    /// crash.
    static mortise_status on_job(
        Plugin& plugin,
        uint64_t tag,
        const mortise_context& context,
        uint64_t job,
        mortise_tree arguments,
        mortise_sink result,
        mortise_error& error
    ) noexcept
    {
        typename Guard::Into into{plugin, AbiFunction::plugin_on_job, error};
        if (!into.ok()) return into.status();
        const mortise_plugin& table = into.table();
        if (!border::offers(table.head.size, offsetof(mortise_plugin, on_job), table.on_job))
            return into.missing();
        border::CheckedSink result_checked{result, into.limits()};
        const mortise_status answered = table.on_job(
            table.impl,
            tag,
            &context,
            job,
            arguments,
            result_checked.sink(),
            &error
        );
        if (answered >= 0 && !result_checked.ok())
            return into.done(report(&error, ErrorCode::invalid, {}, "result", "the plugin wrote a broken value"));
        return into.done(border::believed(answered));
    }

    /// Tells that settings have changed and what they are now.
    static mortise_status settings_changed(
        Plugin& plugin,
        mortise_tree settings,
        mortise_error& error
    ) noexcept
    {
        typename Guard::Into into{plugin, AbiFunction::plugin_settings_changed, error};
        if (!into.ok()) return into.status();
        const mortise_plugin& table = into.table();
        if (!border::offers(table.head.size, offsetof(mortise_plugin, settings_changed), table.settings_changed))
            return into.missing();
        const mortise_status answered = table.settings_changed(table.impl, settings, &error);
        return into.done(border::believed(answered));
    }

    /// Rewrites records of one type after an upgrade, in batches: reads some records behind `after`, stages
    /// their new values and says how far it came. The host commits each batch with its place, and calls
    /// again until `next` is 0.
    static mortise_status migrate(
        Plugin& plugin,
        mortise_text type,
        mortise_text from,
        mortise_text to,
        uint64_t work,
        uint64_t after,
        uint64_t& next,
        mortise_error& error
    ) noexcept
    {
        typename Guard::Into into{plugin, AbiFunction::plugin_migrate, error};
        if (!into.ok()) return into.status();
        const mortise_plugin& table = into.table();
        if (!border::offers(table.head.size, offsetof(mortise_plugin, migrate), table.migrate))
            return into.missing();
        const mortise_status answered = table.migrate(table.impl, type, from, to, work, after, &next, &error);
        return into.done(border::believed(answered));
    }
};

} // namespace mortise::host
