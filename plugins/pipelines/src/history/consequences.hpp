#pragma once

/// \file
/// What follows from a change of an opportunity: a row of its history, and the events that others wait for.
/// All of it is read off the change's own event, so it is the same however late, and however often, it is
/// worked out.

#include <mortise/event.hpp>

#include <optional>
#include <string>
#include <vector>

namespace mortise::plugins::pipelines {

struct Publication {
    std::string type; ///< such as "opportunity.won"
    Map data{};
};

struct Consequences {
    std::optional<Map> history{}; ///< values of a stage_history record
    std::vector<Publication> events{};

    bool empty() const noexcept { return !history && events.empty(); }
};

/// Of opportunity.created or opportunity.updated.
Consequences consequences_of(const Event& event);

} // namespace mortise::plugins::pipelines
