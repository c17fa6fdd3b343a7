#pragma once

/// \file
/// Tries what a manifest declares for people to look at: whether each query runs and gives the columns that
/// it declares, whether views, reports and their buttons show and call what is there, and whether all that
/// stands for a column of their rows (`when`, `{field}`, `group_by` ...) names one. And whether records have
/// options that the manifest does not declare any more.

#include "access/principal.hpp"
#include "plugins/manifest.hpp"

#include <mortise/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

class Host;

/// Something declared that does not work.
struct BrokenDeclaration {
    enum class Kind : std::uint8_t { query, source, button, field, records };

    Kind kind{Kind::query};
    std::string what{}; ///< "query", "view", "report" or "field"
    std::string name{}; ///< of that
    std::string pointer{}; ///< where it stands in plugin.json, a JSON pointer
    Error error{}; ///< `where` is a place in the statement, if it has one
};

/// The manifest's queries, views, reports and types, in that order, as `principal` would see them. Queries
/// are begun with the number 1 for each parameter; no more than their first row is read.
std::vector<BrokenDeclaration>
broken_declarations(Host& host, const Manifest& manifest, const Principal& principal);

} // namespace mortise::host
