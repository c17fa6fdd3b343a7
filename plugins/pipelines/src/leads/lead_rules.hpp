#pragma once

/// \file
/// What holds for every lead, however it is written.

#include <mortise/hook.hpp>

#include <string_view>

namespace mortise::plugins::pipelines {

/// The hook lead.create and lead.update: name, status, moments, and what the setting says about duplicates.
void check_lead(const Settings& settings, Reader& reader, Draft& draft);

/// Whether somebody still works on it, or will.
bool is_live_lead(std::string_view status) noexcept;

} // namespace mortise::plugins::pipelines
