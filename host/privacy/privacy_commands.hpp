#pragma once

/// \file
/// The commands of privacy: `contacts.export_subject` and `contacts.erase_subject`.

#include <mortise/result.hpp>

namespace mortise::host {

class CommandRegistry;
class Erasure;
class SubjectExport;

/// Both outlive the registry.
Result<void> add_privacy_commands(CommandRegistry& registry, SubjectExport& subjects, Erasure& erasure);

} // namespace mortise::host
