#pragma once

/// \file
/// Amounts as commands are given them.

#include "rules/pipeline_book.hpp"

#include <mortise/command.hpp>

#include <string>
#include <string_view>

namespace mortise::plugins::pipelines {

/// Takes the argument `amount` over as a field. One that is only a number has the currency.
void copy_amount(const Arguments& arguments, std::string_view currency, Map& values);
/// The currency of amounts in the pipeline that say none.
std::string currency_of(const Host& host, const Pipeline& pipeline);

} // namespace mortise::plugins::pipelines
