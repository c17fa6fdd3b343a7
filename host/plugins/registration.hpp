#pragma once

/// \file
/// What a plugin's manifest asks of the rest of the host, checked against what is there: record types of
/// others, fields that hooks read, hosts that it names, events that it must be allowed to see. Private to
/// plugin_manager*.cpp.

#include "plugins/manifest.hpp"
#include "plugins/plugin_store.hpp"
#include "records/schema.hpp"

#include <mortise/result.hpp>

#include <string>
#include <vector>

namespace mortise::host {

/// After the plugin's own types are declared. Errors name the place in plugin.json and the remedy.
Result<void>
check_against_schema(const Manifest& manifest, const Schema& schema, const std::vector<std::string>& granted);

/// What an admin, or else the vendor, does about a permission that the plugin does not have.
std::string how_to_allow(const Manifest& manifest, const std::string& permission);

/// What was granted and the manifest asks for: what a version does not ask for it does not have.
std::vector<std::string> granted_of(const PluginRecord& record, const Manifest& manifest);
/// Grants all that the manifest asks for.
void grant_all(PluginRecord& record, const Manifest& manifest);

/// The error of an upgrade to a version that failed as it was denied something: says how what it asks for and
/// lacks is granted. `runs_again`: what is said of the version that does, if any.
Error not_granted(
    Error error, const Manifest& next, const std::vector<std::string>& lacking, const std::string& runs_again
);

/// Fills in the defaults of the top level of an object's JSON Schema where `map` says nothing.
Map with_defaults(const boost::json::value& schema, Map map);

} // namespace mortise::host
