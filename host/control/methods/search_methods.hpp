#pragma once

/// \file
/// The methods about search.

#include "control/api.hpp"

#include <memory>

namespace mortise::host {

class Search;

/// `search` lives as long as the API at least.
void add_search_methods(Api& api, const std::shared_ptr<Search>& search);

} // namespace mortise::host
