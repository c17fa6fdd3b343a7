#pragma once

/// \file
/// Whether the records that there are fit a version that has taken the place of another, or is about to.

#include "plugins/manifest.hpp"
#include "records/schema.hpp"

#include <mortise/result.hpp>

#include <string_view>

namespace mortise::host {

class Connection;

inline constexpr std::string_view records_unfit_key = "plugins.records_unfit";

/// Records must not have an option that the version takes away, nor lack what it requires without a default.
/// `before`: the types as they were under the version before, `now`: as they are. `state` (key
/// "plugins.records_unfit") names each with how many there are.
Result<void>
check_records_fit(const Manifest& manifest, Connection& reader, const Schema& before, const Schema& now);

} // namespace mortise::host
