#pragma once

/// \file
/// Who gets the next lead or opportunity. Pure.

#include <mortise/value.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::plugins::pipelines {

enum class Method : std::uint8_t {
    round_robin, ///< who has waited longest
    least_loaded, ///< who has the least to do
    by_capacity, ///< who has the largest share of the capacity free
};

/// Nothing if no method has that name.
std::optional<Method> parse_method(std::string_view name) noexcept;
std::string_view name_of(Method method) noexcept;

struct AgentLoad {
    Id agent{};
    std::string name{};
    Id user{}; ///< 0: none
    Id territory{}; ///< 0: none
    std::int64_t load{0}; ///< open opportunities and live leads
    std::optional<std::int64_t> capacity{}; ///< no limit if left out
    std::int64_t last{0}; ///< when it last was given something; 0 for never
    bool available{true};
};

bool is_free(const AgentLoad& agent) noexcept;

/// The agent's place among `agents`, of those of the territory (0: of all); nothing if nobody is free. Equal
/// ones in the order of waiting, then of ids.
std::optional<std::size_t>
choose(Method method, std::span<const AgentLoad> agents, Id territory = {}) noexcept;

struct Territory {
    Id id{};
    std::string name{};
    std::int64_t position{0};
    std::vector<std::string> countries{}; ///< none: any
    std::vector<std::string> industries{};
};

/// The first territory, by position, that takes a country and an industry; each may be empty. One without any
/// condition takes everything.
std::optional<Id>
territory_of(std::span<const Territory> territories, std::string_view country, std::string_view industry);

} // namespace mortise::plugins::pipelines
