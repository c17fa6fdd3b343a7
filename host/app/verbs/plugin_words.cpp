#include "app/verbs/plugin_words.hpp"

#include <algorithm>
#include <utility>

namespace mortise::host {
namespace {

/// As the table of states in the packaging guide tells it.
std::string_view meaning_of(std::string_view state)
{
    static constexpr std::pair<std::string_view, std::string_view> meanings[]{
        {"discovered", "its files are not fit"},
        {"verified", "fit, and not enabled: nothing of it runs"},
        {"unresolved", "enabled, and something that it needs is missing"},
        {"resolved", "enabled; its code starts when it is first needed"},
        {"active", "its code runs"},
        {"failed", "its code does not start"},
        {"quarantined", "it hung, or crashed too often, and is left alone"},
    };
    for (const auto& [name, meaning] : meanings)
        if (name == state) return meaning;
    return {};
}

} // namespace

std::string state_of(const Program& program, const boost::json::object& plugin)
{
    const std::string state = cell_text(at_path(plugin, "state"));
    return program.is_direct() && state == "active" ? "resolved" : state;
}

std::string explained(const std::string& state)
{
    const std::string_view meaning = meaning_of(state);
    return meaning.empty() ? state : state + ": " + std::string{meaning};
}

void print_problem(Output& output, std::string_view margin, const boost::json::object& problem)
{
    constexpr std::size_t widest = 10;
    const std::string space(std::min(margin.size(), widest), ' ');
    output.line(std::string{margin} + printable(cell_text(at_path(problem, "message"))));
    for (const std::string_view key : {"where", "hint"}) {
        const std::string text = cell_text(at_path(problem, key));
        if (!text.empty()) output.line(space + std::string{key} + ": " + printable(text));
    }
}

} // namespace mortise::host
