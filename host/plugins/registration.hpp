#pragma once

/// \file
/// What a plugin's manifest asks of the rest of the host, checked against what is there: record types of
/// others, fields that hooks read, permissions. Private to plugin_manager*.cpp.

#include "plugins/manifest.hpp"
#include "records/schema.hpp"

#include <mortise/result.hpp>

#include <string>
#include <vector>

namespace mortise::host {

/// After the plugin's own types are declared. Errors name the place in plugin.json and the remedy.
Result<void>
check_against_schema(const Manifest& manifest, const Schema& schema, const std::vector<std::string>& granted);

/// Fills in the defaults of the top level of an object's JSON Schema where `map` says nothing.
Map with_defaults(const boost::json::value& schema, Map map);

} // namespace mortise::host
