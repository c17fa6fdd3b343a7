// clang-format off
// Generated from sdk/interfaces; do not edit.
#pragma once

/// \file
/// Every function of the contract, for the test that plugins call each of them.

#include <string_view>

struct PromisedFunction {
    std::string_view name; ///< such as "mortise.records/1.commit"
    int since; ///< release, as MORTISE_ABI_TARGET counts it
};

inline constexpr PromisedFunction promised_functions[]{
    {"mortise.log/1.write", 1},
    {"mortise.clock/1.now", 1},
    {"mortise.time/1.to_wall", 1},
    {"mortise.time/1.to_time", 1},
    {"mortise.time/1.bounds", 1},
    {"mortise.time/1.next", 1},
    {"mortise.time/1.zones", 1},
    {"mortise.records/1.reserve", 1},
    {"mortise.records/1.get", 1},
    {"mortise.records/1.find", 1},
    {"mortise.records/1.begin", 1},
    {"mortise.records/1.stage", 1},
    {"mortise.records/1.commit", 1},
    {"mortise.records/1.abandon", 1},
    {"mortise.records/1.bind_hook", 1},
    {"mortise.query/1.run", 1},
    {"mortise.query/1.named", 1},
    {"mortise.events/1.bind", 1},
    {"mortise.events/1.publish", 1},
    {"mortise.commands/1.bind", 1},
    {"mortise.commands/1.call", 1},
    {"mortise.commands/1.post", 1},
    {"mortise.settings/1.get", 1},
    {"mortise.secrets/1.reveal", 1},
    {"mortise.jobs/1.bind", 1},
    {"mortise.jobs/1.start", 1},
    {"mortise.jobs/1.progress", 1},
    {"mortise.jobs/1.cancelled", 1},
    {"mortise.jobs/1.cancel", 1},
    {"mortise.blobs/1.begin", 1},
    {"mortise.blobs/1.write", 1},
    {"mortise.blobs/1.finish", 1},
    {"mortise.blobs/1.open", 1},
    {"mortise.blobs/1.read", 1},
    {"mortise.blobs/1.close", 1},
    {"mortise.consent/1.ask", 1},
    {"mortise.consent/1.redeem", 1},
    {"mortise.net/1.connect", 1},
    {"mortise.net/1.start_tls", 1},
    {"mortise.net/1.read", 1},
    {"mortise.net/1.write", 1},
    {"mortise.net/1.wait", 1},
    {"mortise.net/1.describe", 1},
    {"mortise.net/1.close", 1},
    {"mortise.plugin/1.activate", 1},
    {"mortise.plugin/1.quiesce", 1},
    {"mortise.plugin/1.destroy", 1},
    {"mortise.plugin/1.on_events", 1},
    {"mortise.plugin/1.on_hook", 1},
    {"mortise.plugin/1.on_command", 1},
    {"mortise.plugin/1.on_answer", 1},
    {"mortise.plugin/1.on_job", 1},
    {"mortise.plugin/1.settings_changed", 1},
    {"mortise.plugin/1.migrate", 1},
};
