#pragma once

/// \file
/// Gives leads and opportunities to sales agents, one after another, keeping count of what each has.

#include "assignment/choice.hpp"

#include <mortise/host.hpp>
#include <mortise/work.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace mortise::plugins::pipelines {

class Assigner {
public:
    /// Reads agents, what they have to do, and territories. Throws Failure.
    explicit Assigner(const Host& host);

    /// What goes to somebody.
    struct Item {
        const char* type; ///< "lead" or "opportunity"
        Id id;
        std::uint64_t version{0};
        Id agent{}; ///< who has it now
        std::string country{};
        std::string industry{};
    };
    struct Given {
        Id agent{}; ///< 0: nobody was free
        Id territory{};
    };

    /// Chooses, within the territory that takes the item if there is one (or `only_in`), and stages the
    /// change. It never goes to `but_not`.
    Given give(const Item& item, Method method, Work& work, Id only_in = {}, Id but_not = {});
    /// Stages that it goes to this agent.
    void give_to(const Item& item, Id agent, Work& work);
    /// Stages when each agent was last given something. Call it once, at the end.
    void finish(Work& work);

    const std::vector<AgentLoad>& agents() const noexcept { return m_agents; }
    std::string_view name_of_agent(Id agent) const noexcept;

private:
    void hand_over(const Item& item, AgentLoad& to, Id territory, Work& work);

    std::int64_t m_now;
    std::vector<AgentLoad> m_agents;
    std::vector<bool> m_used;
    std::vector<Territory> m_territories;
};

/// Items of a type that a condition picks, in the order of their ids. `o` is the record, and `c` its
/// organisation.
std::vector<Assigner::Item>
read_items(const Host& host, const char* type, const std::string& condition, const Map& parameters);

} // namespace mortise::plugins::pipelines
