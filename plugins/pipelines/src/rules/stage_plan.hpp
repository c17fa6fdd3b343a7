#pragma once

/// \file
/// The stages that a new pipeline is made with.

#include "rules/pipeline_book.hpp"

#include <mortise/result.hpp>

#include <vector>

namespace mortise::plugins::pipelines {

/// Name of the pipeline that a new database is given.
inline constexpr std::string_view first_pipeline = "Sales";

/// Prospecting, Engaging, Proposal, Negotiation, Won, Lost.
std::vector<Map> usual_stages();

/// Reads the stages that a command was given: field values with positions and keys filled in. Errors: invalid
/// (not one open, one won and one lost stage; a name twice).
Result<std::vector<Map>> plan_stages(std::string_view pipeline, ValueView given);

} // namespace mortise::plugins::pipelines
