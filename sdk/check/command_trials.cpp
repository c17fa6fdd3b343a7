#include "command_trials.hpp"

#include "control/host.hpp"
#include "records/schema.hpp"

#include <algorithm>
#include <cctype>

namespace mortise::check {

namespace {

constexpr int passes = 2;

bool call(Bench& bench, CommandTrial& trial, const std::optional<Value>& arguments, bool is_whole)
{
    if (!arguments) return false;
    trial.has_samples = true;
    Done done = bench.run("commands.call", {{"name", trial.command->name}, {"arguments", *arguments}});
    if (done.ok)
        trial.went_well = true;
    else
        trial.refusals.push_back({*arguments, std::move(done), is_whole});
    return trial.went_well;
}

void try_one(Bench& bench, CommandTrial& trial)
{
    const boost::json::value& schema = trial.command->arguments;
    call(bench, trial, bench.samples().fitting(schema, Taste::least), false);
    const std::size_t rounds = bench.samples().rounds(schema);
    for (std::size_t round = 0; round < rounds; ++round)
        call(bench, trial, bench.samples().fitting(schema, Taste::all, round), true);
}

bool is_of_name(char c) noexcept
{
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Whether the text has that word.
bool mentions(std::string_view text, std::string_view word)
{
    for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
        const std::size_t end = at + word.size();
        if ((at == 0 || !is_of_name(text[at - 1])) && (end == text.size() || !is_of_name(text[end])))
            return true;
    }
    return false;
}

} // namespace

std::vector<CommandTrial> try_commands(Bench& bench)
{
    std::vector<CommandTrial> trials;
    for (const host::CommandInfo& command : bench.manifest().commands)
        trials.push_back({.command = &command});
    for (int pass = 0; pass < passes; ++pass) {
        if (std::ranges::all_of(trials, &CommandTrial::went_well)) break;
        bench.play_records(2);
        for (CommandTrial& trial : trials)
            if (!trial.went_well) try_one(bench, trial);
    }
    return trials;
}

bool may_come_from(const Value& arguments, std::string_view text)
{
    if (const auto* list = arguments.as<List>())
        return std::ranges::any_of(*list, [&](const Value& each) { return may_come_from(each, text); });
    if (const auto* map = arguments.as<Map>())
        for (const auto& [name, value] : *map)
            if (name == text || may_come_from(value, text)) return true;
    const std::string_view given = arguments.text();
    return !given.empty()
        && (given.find(text) != std::string_view::npos || text.find(given) != std::string_view::npos);
}

std::string hidden_type(const Bench& bench, std::string_view key, std::string_view message)
{
    if (!key.starts_with("query.") && !key.starts_with("access.")) return {};
    const auto& asked = bench.manifest().permissions;
    const auto may = [&asked](const std::string& permission) {
        return std::ranges::find(asked, permission) != asked.end();
    };
    for (const auto& type : bench.schema()->types()) {
        const std::string permission = type->plural + ".read";
        const bool is_visible = type->owner == bench.manifest().id || may(permission) || may("records.read");
        if (!is_visible && (mentions(message, type->name) || mentions(message, permission)))
            return type->name;
    }
    return {};
}

} // namespace mortise::check
