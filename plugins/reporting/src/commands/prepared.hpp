#pragma once

/// \file
/// A report that is ready to run: read, with what the host knows of types, calendar and time.

#include "definition/definition.hpp"
#include "run/asker.hpp"

#include <mortise/command.hpp>

#include <map>
#include <string>

namespace mortise::plugins::reporting {

/// Time zones that were read before; reading one takes some milliseconds.
class ZoneBook {
public:
    const Zone& find(const Host& host, const std::string& name);

private:
    std::map<std::string, Zone> m_zones;
};

struct Prepared {
    Definition report;
    TypeBook types;
    Setting setting;
    Asker asker;
    std::string title;
    Id saved; ///< the record of a saved report; 0 for none
};

/// By `report` (name or id) or `definition`; with `filters` besides, and `as_of`. Throws Failure.
Prepared prepare(ZoneBook& zones, const Host& host, const Arguments& arguments);
Prepared prepare(
    ZoneBook& zones,
    const Host& host,
    const Value& definition,
    std::string title,
    Instant as_of,
    const Value& filters = {}
);
/// A record of a type by its name or id; fails with not_found.
Id require_named(const Host& host, std::string_view type, const Value& name_or_id);
/// A day or a time, as text or as itself; fails with invalid.
Instant moment_argument(const Arguments& arguments, std::string_view name);

} // namespace mortise::plugins::reporting
