#pragma once

/// \file
/// The commands of privacy: `contacts.export_subject`, `contacts.erase_subject`, `contacts.restrict`,
/// `contacts.unrestrict` and `contacts.restrictions`.

#include <mortise/result.hpp>

namespace mortise::host {

class CommandRegistry;
class Erasure;
class Restricting;
class SubjectExport;

/// All outlive the registry.
Result<void> add_privacy_commands(
    CommandRegistry& registry, SubjectExport& subjects, Erasure& erasure, Restricting& restricting
);

} // namespace mortise::host
