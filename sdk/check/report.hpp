#pragma once

/// \file
/// What `mortise-sdk check` tells: line by line, as a score card, and as JSON.

#include "compatibility.hpp"
#include "runner.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace mortise::check {

struct Score {
    std::size_t passed{0};
    std::size_t skipped{0};
    std::size_t warned{0};
    std::size_t failed{0};
    std::size_t not_tried{0}; ///< of those that failed

    /// Of those that concern the plugin, in percent, rounded down; a warning counts half.
    int percent() const noexcept;
};

Score score_of(const std::vector<Outcome>& outcomes, std::string_view group = {});

/// One check, for people; several lines if it did not pass.
std::string line_of(const Outcome& outcome);
/// What kept checks from being tried, each reason once, with those that it stopped; empty if all were tried.
std::string not_tried(const std::vector<Outcome>& outcomes);
/// What a business compares: a line for each group, and one for all.
std::string score_card(
    const Target& target, const std::vector<Outcome>& outcomes, const std::vector<Compatibility>& releases
);
boost::json::object json_of(
    const Target& target, const std::vector<Outcome>& outcomes, const std::vector<Compatibility>& releases
);

} // namespace mortise::check
