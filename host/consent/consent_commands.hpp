#pragma once

/// \file
/// The commands of consent: `consents.give`, `consents.withdraw`, `consents.show`, `consents.may_send`.

#include <mortise/result.hpp>

namespace mortise::host {

class CommandRegistry;
class ConsentBook;

/// `book` outlives the registry.
Result<void> add_consent_commands(CommandRegistry& registry, ConsentBook& book);

} // namespace mortise::host
