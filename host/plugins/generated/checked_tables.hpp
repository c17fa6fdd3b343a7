// Generated from sdk/interfaces; do not edit.
#pragma once

/// \file
/// Every table of the host by its id, for the root's `query`.

#include "plugins/generated/checked_blobs.hpp"
#include "plugins/generated/checked_clock.hpp"
#include "plugins/generated/checked_commands.hpp"
#include "plugins/generated/checked_consent.hpp"
#include "plugins/generated/checked_events.hpp"
#include "plugins/generated/checked_jobs.hpp"
#include "plugins/generated/checked_log.hpp"
#include "plugins/generated/checked_net.hpp"
#include "plugins/generated/checked_query.hpp"
#include "plugins/generated/checked_records.hpp"
#include "plugins/generated/checked_secrets.hpp"
#include "plugins/generated/checked_settings.hpp"
#include "plugins/generated/checked_time.hpp"
#include <mortise/abi/root.h>

#include <array>
#include <string_view>

namespace mortise::host {

struct AbiTable {
    std::string_view id;
    bool experimental; ///< only for plugins whose manifest names it
    const mortise_interface* table;
};

template <class Guard>
inline constexpr std::array<AbiTable, 13> abi_tables{{
    {"mortise.log/1", false, &CheckedLog<Guard>::table.head},
    {"mortise.clock/1", true, &CheckedClock<Guard>::table.head},
    {"mortise.time/1", true, &CheckedTime<Guard>::table.head},
    {"mortise.records/1", true, &CheckedRecords<Guard>::table.head},
    {"mortise.query/1", true, &CheckedQuery<Guard>::table.head},
    {"mortise.events/1", true, &CheckedEvents<Guard>::table.head},
    {"mortise.commands/1", true, &CheckedCommands<Guard>::table.head},
    {"mortise.settings/1", true, &CheckedSettings<Guard>::table.head},
    {"mortise.secrets/1", true, &CheckedSecrets<Guard>::table.head},
    {"mortise.jobs/1", true, &CheckedJobs<Guard>::table.head},
    {"mortise.blobs/1", true, &CheckedBlobs<Guard>::table.head},
    {"mortise.consent/1", true, &CheckedConsent<Guard>::table.head},
    {"mortise.net/1", true, &CheckedNet<Guard>::table.head},
}};

} // namespace mortise::host
