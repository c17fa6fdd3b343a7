#pragma once

/// \file
/// The commands about identities: `contacts.ingest`, `contacts.identify`, `contacts.unstitch`,
/// `contacts.provenance`, `contacts.rules`, `contacts.set_rule`.

#include <mortise/result.hpp>

namespace mortise::host {

class CommandRegistry;
class Identities;
class Records;

/// All outlive the registry.
Result<void> add_identity_commands(CommandRegistry& registry, Identities& identities, Records& records);

} // namespace mortise::host
