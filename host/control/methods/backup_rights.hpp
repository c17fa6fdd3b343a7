#pragma once

/// \file
/// Who may have backups made: what the methods about them check.

#include "control/api.hpp"

#include <mortise/result.hpp>

#include <string>

namespace mortise::host {

/// Fails with `denied` unless the call acts for a user with scope `all`. `what`: "take a backup".
Result<void> require_whole_database(const Call& call, const char* what);
/// Fails with `denied` unless the client runs as the host does: files are written for those who could write
/// them themselves, and for nobody else. `where`: the parameter that names one.
Result<void> require_own_os_user(Call& call, std::string where);

} // namespace mortise::host
