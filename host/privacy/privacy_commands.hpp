#pragma once

/// \file
/// The commands of privacy: `contacts.export_subject`, `contacts.erase_subject`, `contacts.restrict`,
/// `contacts.unrestrict` and `contacts.restrictions`.

#include <mortise/result.hpp>

#include <functional>

namespace mortise::host {

class CommandRegistry;
class Erasure;
class Restricting;
class SubjectExport;

/// All outlive the registry. `clear_search` is called after an erasure: it waits, not for ever, until search
/// knows nothing of the person any more, and says whether it came so far. It may be none.
Result<void> add_privacy_commands(
    CommandRegistry& registry,
    SubjectExport& subjects,
    Erasure& erasure,
    Restricting& restricting,
    std::function<bool()> clear_search = {}
);

} // namespace mortise::host
