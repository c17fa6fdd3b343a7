// Whether commands do what they are for, as far as samples tell.

#include "base/json.hpp"
#include "command_trials.hpp"
#include "records/schema.hpp"

#include <algorithm>

namespace mortise::check {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view page = "docs/reference/checks.md#samples";
constexpr std::size_t most_told = 8;

std::string said(const Done& done)
{
    return (done.key.empty() ? std::string{name(done.code)} : done.key) + ": " + done.message;
}

/// "X" of `"X" is none of the options`.
std::string_view quoted_part(std::string_view message)
{
    if (!message.starts_with('"')) return {};
    const std::size_t end = message.find('"', 1);
    return end == std::string_view::npos ? std::string_view{} : message.substr(1, end - 1);
}

/// The field of that name of one of the plugin's own types, or that it adds to another; null if there is
/// none.
const host::Field* own_field(const Bench& bench, std::string_view field)
{
    for (const auto& type : bench.schema()->types())
        if (const auto slot = type->slot(field);
            slot && (type->owner == bench.manifest().id || type->fields[*slot].owner == bench.manifest().id))
            return &type->fields[*slot];
    return nullptr;
}

/// Whether the message is about a type of the plugin's own: "a leadscore_note needs ...".
bool names_own_type(const Bench& bench, std::string_view message)
{
    return std::ranges::any_of(bench.schema()->types(), [&](const auto& type) {
        return type->owner == bench.manifest().id && message.starts_with("a " + type->name + ' ');
    });
}

/// Why no other arguments would have helped: the host does not know what the plugin's own code wrote. Empty
/// if that is not certain.
std::string certain_cause(const Bench& bench, const Refusal& refusal)
{
    const Done& done = refusal.done;
    if (done.key == "records.unknown_type" || done.key == "records.unknown_field") {
        const std::string name = done.where.empty() ? std::string{quoted_part(done.message)} : done.where;
        return name.empty() || may_come_from(refusal.arguments, name) ? "" : said(done);
    }
    if (done.key == "records.wrong_value") {
        const host::Field* field = own_field(bench, done.where);
        const std::string_view value = quoted_part(done.message);
        const bool has_options = field != nullptr && !field->options.empty();
        if (has_options && !value.empty() && !may_come_from(refusal.arguments, value))
            return said(done) + (done.hint.empty() ? "" : " (" + done.hint + ')');
    }
    return {};
}

/// A required field of a type of the plugin's own that its command never sets, whatever it is given; empty if
/// that is not what keeps it from going well.
std::string never_set(const Bench& bench, const CommandTrial& trial)
{
    if (trial.went_well) return {};
    std::string field;
    std::string words;
    for (const Refusal& refusal : trial.refusals) {
        if (!refusal.is_whole) continue;
        const bool is_own
            = own_field(bench, refusal.done.where) != nullptr && names_own_type(bench, refusal.done.message);
        if (refusal.done.key != "records.required" || !is_own) return {};
        if (!field.empty() && field != refusal.done.where) return {};
        field = refusal.done.where;
        words = said(refusal.done);
    }
    return words;
}

Finding writes_what_is_declared(const Target& target)
{
    if (target.manifest().commands.empty()) return Finding::skipped("it has no commands");
    Bench bench{target};
    std::string text;
    for (const CommandTrial& trial : try_commands(bench)) {
        std::string cause = never_set(bench, trial);
        for (std::size_t i = 0; i < trial.refusals.size() && cause.empty(); ++i)
            cause = certain_cause(bench, trial.refusals[i]);
        if (!cause.empty()) text += (text.empty() ? "" : "\n") + trial.command->name + ": " + cause;
    }
    if (text.empty()) return Finding::passed();
    return Finding::failed(
        text
        + "\nno arguments would help: declare in plugin.json what the code writes, or write what it declares"
    );
}

/// The refusal that tells most: of a call with everything, else the first.
const Refusal& telling(const CommandTrial& trial)
{
    const auto found = std::ranges::find(trial.refusals, true, &Refusal::is_whole);
    return found == trial.refusals.end() ? trial.refusals.front() : *found;
}

/// What is wrong with the samples that the plugin's author gave; empty if nothing is.
std::string unfit_example(const host::CommandInfo& command)
{
    const auto* object = command.arguments.if_object();
    const auto* examples = object ? object->if_contains("examples") : nullptr;
    if (!examples || !examples->is_array()) return {};
    const auto schema = host::JsonSchema::compile(command.arguments);
    for (std::size_t i = 0; schema && i < examples->get_array().size(); ++i)
        if (const auto fits = schema->validate(examples->get_array()[i]); !fits)
            return " (its example " + std::to_string(i + 1)
                + " does not fit its schema: " + fits.error().where + ' ' + fits.error().message + ')';
    return {};
}

Finding each_goes_well(const Target& target)
{
    if (target.manifest().commands.empty()) return Finding::skipped("it has no commands");
    Bench bench{target};
    const auto trials = try_commands(bench);
    std::string text;
    std::size_t never = 0;
    for (const CommandTrial& trial : trials) {
        if (trial.went_well || ++never > most_told) continue;
        text += (text.empty() ? "" : "\n") + trial.command->name + " never went well: ";
        text += trial.has_samples ? said(telling(trial).done) : "nothing was found that its arguments take";
        text += unfit_example(*trial.command);
    }
    if (never == 0) return Finding::passed(std::to_string(trials.size()) + " commands went well");
    if (never > most_told) text += "\nand " + std::to_string(never - most_told) + " more";
    return Finding::warned(
        text + "\nso nothing else was found out about " + (never == 1 ? "it" : "them")
        + ": give \"examples\" in the schema of the arguments, or of one of them; \"{TYPE}\" in an example "
          "stands for the id of a record of that type"
    );
}

constexpr Check checks[]{
    {"calls.own_writes",
     "what commands write fits the types that plugin.json declares",
     "docs/reference/manifest.md",
     writes_what_is_declared,
     120s},
    {"calls.succeed", "every command goes well with some sample of its arguments", page, each_goes_well, 120s
    },
};

} // namespace

std::span<const Check> command_checks()
{
    return checks;
}

} // namespace mortise::check
