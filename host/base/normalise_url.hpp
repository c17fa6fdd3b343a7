#pragma once

/// \file
/// Web addresses in one form. Pure; any thread.

#include <mortise/result.hpp>

#include <string>
#include <string_view>

namespace mortise::host {

/// The address with its scheme (https where none was written), the host in small letters of its own script,
/// without the scheme's own port and without a lone '/' at the end; blanks inside become %20. Refuses
/// (`invalid`, key `url.*`) other schemes than http, https, ftp, ftps and sftp, names and passwords before
/// the host, control characters, and what has no host.
Result<std::string> normalise_url(std::string_view text);

} // namespace mortise::host
