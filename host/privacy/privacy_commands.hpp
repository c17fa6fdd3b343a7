#pragma once

/// \file
/// The command of privacy: `contacts.export_subject`.

#include <mortise/result.hpp>

namespace mortise::host {

class CommandRegistry;
class SubjectExport;

/// `subjects` outlives the registry.
Result<void> add_privacy_commands(CommandRegistry& registry, SubjectExport& subjects);

} // namespace mortise::host
