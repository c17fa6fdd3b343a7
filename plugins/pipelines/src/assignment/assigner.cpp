#include "assignment/assigner.hpp"

#include "rules/pipeline_book.hpp"

#include <algorithm>

namespace mortise::plugins::pipelines {

namespace {

constexpr const char* agents_with_load = R"(
    SELECT a.id AS id, a.name AS name, a.user_id AS user_id, a.territory AS territory, a.capacity AS capacity,
           a.last_assigned_at AS last, coalesce(a.available, TRUE) AS available,
           (SELECT count(*) FROM opportunity o WHERE o.agent = a.id AND o.status = 'open')
             + (SELECT count(*) FROM lead l WHERE l.agent = a.id
                AND l.status IN ('new', 'assigned', 'working', 'nurturing')) AS load
    FROM sales_agent a WHERE coalesce(a.active, TRUE) = TRUE ORDER BY a.id)";

std::vector<AgentLoad> read_agents(const Host& host)
{
    std::vector<AgentLoad> agents;
    const Rows rows = require(host.query(agents_with_load));
    for (const Row row : rows)
        agents.push_back({
            .agent = row["id"].id(),
            .name = std::string{row["name"].text()},
            .user = Id{row["user_id"].integer()},
            .territory = row["territory"].id(),
            .load = row["load"].integer(),
            .capacity = row["capacity"].is_null() ? std::nullopt : std::optional{row["capacity"].integer()},
            .last
            = row["last"].is_null() ? 0 : row["last"].get_or(Instant{row["last"].integer()}).microseconds,
            .available = row["available"].boolean(row["available"].integer() != 0),
        });
    return agents;
}

std::vector<Territory> read_territories(const Host& host)
{
    std::vector<Territory> territories;
    for (const Record& record : require(host.find("territory", "active", true, 1000)))
        territories.push_back({
            .id = record.id(),
            .name = std::string{record["name"].text()},
            .position = record["position"].integer(),
            .countries = texts_of(record["countries"]),
            .industries = texts_of(record["industries"]),
        });
    return territories;
}

} // namespace

Assigner::Assigner(const Host& host)
    : m_now{host.now().microseconds},
      m_agents{read_agents(host)},
      m_used(m_agents.size(), false),
      m_territories{read_territories(host)}
{
    for (const AgentLoad& agent : m_agents) // so that turns keep their order within one moment
        m_now = std::max(m_now, agent.last);
}

Assigner::Given Assigner::give(const Item& item, Method method, Work& work, Id only_in, Id but_not)
{
    const Id territory
        = only_in ? only_in : territory_of(m_territories, item.country, item.industry).value_or(Id{});
    std::vector<AgentLoad> eligible = m_agents;
    for (AgentLoad& agent : eligible)
        if (agent.agent == but_not) agent.available = false;
    auto chosen = choose(method, eligible, territory);
    // A territory that nobody sells in is no reason to leave people waiting; one that was asked for is.
    const auto sells_there = [&](const AgentLoad& agent) { return agent.territory == territory; };
    if (!chosen && territory && !only_in && std::ranges::none_of(m_agents, sells_there))
        chosen = choose(method, eligible);
    if (!chosen) return {{}, territory};
    hand_over(item, m_agents[*chosen], territory, work);
    return {m_agents[*chosen].agent, territory};
}

void Assigner::give_to(const Item& item, Id agent, Work& work)
{
    const auto found = std::ranges::find(m_agents, agent, &AgentLoad::agent);
    if (found == m_agents.end())
        refuse(
            "pipelines.agent_not_active",
            "sales agent " + std::to_string(agent.number) + " is not active: choose another",
            "agent"
        );
    hand_over(item, *found, territory_of(m_territories, item.country, item.industry).value_or(Id{}), work);
}

void Assigner::hand_over(const Item& item, AgentLoad& to, Id territory, Work& work)
{
    Map values{{"agent", to.agent}};
    if (to.user) values.set("owner", to.user);
    if (territory) values.set("territory", territory);
    work.update(item.type, item.id, values, item.version);
    for (AgentLoad& agent : m_agents)
        if (agent.agent == item.agent) --agent.load;
    ++to.load;
    to.last = ++m_now;
    m_used[static_cast<std::size_t>(&to - m_agents.data())] = true;
}

void Assigner::finish(Work& work)
{
    for (std::size_t i = 0; i < m_agents.size(); ++i)
        if (m_used[i])
            work.update("sales_agent", m_agents[i].agent, {{"last_assigned_at", Instant{m_agents[i].last}}});
}

std::string_view Assigner::name_of_agent(Id agent) const noexcept
{
    const auto found = std::ranges::find(m_agents, agent, &AgentLoad::agent);
    return found == m_agents.end() ? std::string_view{} : found->name;
}

std::vector<Assigner::Item>
read_items(const Host& host, const char* type, const std::string& condition, const Map& parameters)
{
    const bool is_lead = std::string_view{type} == "lead";
    const std::string sql = "SELECT o.id AS id, o.version AS version, o.agent AS agent, "
        + std::string{is_lead ? "coalesce(o.country, c.country)" : "c.country"}
        + " AS country, c.industry AS industry FROM " + type
        + " o LEFT JOIN contact c ON c.id = o.organisation WHERE " + condition + " ORDER BY o.id";
    std::vector<Assigner::Item> items;
    const Rows rows = require(host.query(sql, parameters));
    for (const Row row : rows)
        items.push_back({
            .type = type,
            .id = row["id"].id(),
            .version = static_cast<std::uint64_t>(row["version"].integer()),
            .agent = row["agent"].id(),
            .country = std::string{row["country"].text()},
            .industry = std::string{row["industry"].text()},
        });
    return items;
}

} // namespace mortise::plugins::pipelines
