#pragma once

/// \file
/// Tells the parser of command lines which verbs there are. Only the files of the command line include this.

#include "app/program.hpp"

#include <functional>

namespace CLI {
class App;
}

namespace mortise::host {

/// What the verb on the command line is to do; empty if there was none.
using VerbAction = std::function<Result<Exit>(Program&)>;

/// Adds every verb. Parsing sets `action`, which must live as long as `app`.
void add_verbs(CLI::App& app, VerbAction& action);

void add_house_verbs(CLI::App& app, VerbAction& action);
void add_audit_verbs(CLI::App& app, VerbAction& action);
void add_backup_verbs(CLI::App& app, VerbAction& action);
void add_retention_verbs(CLI::App& app, VerbAction& action);
void add_people_verbs(CLI::App& app, VerbAction& action);
void add_record_verbs(CLI::App& app, VerbAction& action);
void add_duplicate_verbs(CLI::App& contacts, VerbAction& action);
void add_identity_verbs(CLI::App& contacts, VerbAction& action);
void add_relation_verbs(CLI::App& contacts, VerbAction& action);
void add_exchange_verbs(CLI::App& app, VerbAction& action);
void add_plugin_verbs(CLI::App& app, VerbAction& action);
void add_event_verbs(CLI::App& app, VerbAction& action);
void add_bundle_verbs(CLI::App& app, VerbAction& action);
void add_trust_verbs(CLI::App& app, VerbAction& action);

} // namespace mortise::host
