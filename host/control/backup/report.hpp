#pragma once

/// \file
/// What backups and checks came to, as JSON.

#include "control/backup/backup.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace mortise::host {

boost::json::array report_of(const std::vector<DatabaseCheck>& checks);
/// {bytes, about, files, checks, ok}
boost::json::object report_of(const BackupOutcome& outcome);
/// {sources, foreign, contacts, applied, before, not_there, with_others}
boost::json::object report_of(const RestoredErasures& erasures);

} // namespace mortise::host
