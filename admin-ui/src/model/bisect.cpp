#include "model/bisect.hpp"

#include "base/json_read.hpp"

#include <algorithm>
#include <utility>

namespace mortise::ui {
namespace {

boost::json::array list_of(const auto& ids)
{
    boost::json::array list;
    for (const std::string& id : ids)
        list.emplace_back(id);
    return list;
}

std::vector<std::string> ids_of(const boost::json::array& list)
{
    std::vector<std::string> ids;
    for (const auto& one : list)
        ids.push_back(text_of(one));
    return ids;
}

} // namespace

Bisect Bisect::over(std::vector<std::string> enabled)
{
    Bisect bisect;
    bisect.m_all = std::move(enabled);
    bisect.m_suspects = bisect.m_all;
    bisect.m_off = {bisect.m_all.begin(), bisect.m_all.end()};
    return bisect;
}

Bisect Bisect::read(const boost::json::value& json)
{
    Bisect bisect;
    bisect.m_all = ids_of(array_at(json, "all"));
    bisect.m_suspects = ids_of(array_at(json, "suspects"));
    const auto off = ids_of(array_at(json, "off"));
    bisect.m_off = {off.begin(), off.end()};
    bisect.m_is_over = flag_at(json, "over");
    return bisect;
}

boost::json::value Bisect::json() const
{
    return boost::json::object{
        {"all", list_of(m_all)},
        {"suspects", list_of(m_suspects)},
        {"off", list_of(m_off)},
        {"over", m_is_over},
    };
}

std::string Bisect::culprit() const
{
    return m_is_over && m_suspects.size() == 1 ? m_suspects.front() : std::string{};
}

void Bisect::answer(bool is_still_wrong)
{
    std::erase_if(m_suspects, [&](const std::string& id) { return m_off.contains(id) == is_still_wrong; });
    m_is_over = m_suspects.size() <= 1;
    if (m_is_over)
        m_off = {m_suspects.begin(), m_suspects.end()};
    else
        choose_half();
}

void Bisect::choose_half()
{
    const auto half = static_cast<std::ptrdiff_t>((m_suspects.size() + 1) / 2);
    m_off = {m_suspects.begin(), m_suspects.begin() + half};
}

int Bisect::steps_left() const
{
    if (m_is_over) return 0;
    int steps = m_off.size() == m_all.size() ? 1 : 0;
    for (std::size_t left = m_suspects.size(); left > 1; left = (left + 1) / 2)
        ++steps;
    return steps;
}

} // namespace mortise::ui
