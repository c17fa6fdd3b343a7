#include "story.hpp"

#include "base/json.hpp"
#include "generated/contract.hpp"

#include <mortise/status.hpp>

#include <boost/json/value.hpp>

#include <algorithm>
#include <iterator>

namespace mortise::testkit {

namespace {

constexpr std::size_t most_told = 12;
constexpr std::size_t longest_arguments = 400;

static_assert(std::size(described_functions) == host::abi_function_count);

std::string_view words_of(ErrorCode code)
{
    for (const DescribedStatus& status : described_statuses)
        if (status.number == static_cast<std::int32_t>(code)) return status.words;
    return {};
}

/// The innermost reason: the last call that failed, or the one that the error is about.
const Call* culprit(const std::vector<Call>& calls, const Error& error)
{
    const auto failed = [](const Call& call) { return call.error.has_value(); };
    for (auto call = calls.rbegin(); call != calls.rend(); ++call)
        if (failed(*call) && !call->error->key.empty() && call->error->key == error.key) return &*call;
    for (auto call = calls.rbegin(); call != calls.rend(); ++call)
        if (failed(*call)) return &*call;
    return nullptr;
}

std::string attempt(std::string_view what, const Map& arguments)
{
    std::string text{what};
    std::string given = host::json_text(Value{arguments});
    if (given.size() > longest_arguments) given = given.substr(0, longest_arguments) + "...";
    return text + ' ' + given;
}

std::string deed_of(const Map& told, const std::vector<Call>& calls)
{
    if (const std::string_view plugin = told["plugin"].text(); !plugin.empty())
        return std::string{plugin} + " refused in its hook \"" + std::string{told["hook"].text()}
        + "\": " + std::string{told["reason"].text()};
    std::vector<std::string> lines;
    for (const Call& call : calls)
        lines.push_back(text_of(call));
    if (lines.empty()) return "nothing: the host answered before the plugin was asked";
    const std::size_t left_out = lines.size() > most_told ? lines.size() - most_told : 0;
    std::string text = left_out > 0 ? "(" + std::to_string(left_out) + " calls before)" : "";
    for (std::size_t i = left_out; i < lines.size(); ++i)
        text += (text.empty() ? "" : "\n    ") + lines[i];
    return text;
}

/// A rule of the host that no function's page tells, by the key of its error.
struct Rule {
    std::string_view key;
    std::string_view words;
    std::string_view page;
};

constexpr Rule rules[]{
    {"plugin.not_declared",
     "code binds behaviour to what plugin.json declares; anything else is an error",
     "docs/reference/manifest.md"},
    {"plugin.bound_twice",
     "each thing that the manifest declares is bound once",
     "docs/reference/interfaces/README.md"},
    {"plugins.unbound",
     "what plugin.json declares, the code offers: it binds it in activate",
     "docs/reference/interfaces/plugin.md#activate"},
    {"border.thread",
     "each function says from which callbacks it may be called",
     "docs/reference/interfaces/README.md"},
    {"border.experimental",
     "an experimental interface is used only by plugins that name it under \"experimental\"",
     "docs/reference/interfaces/root.md"},
    {"plugins.timeout",
     "a call of a plugin may take 2 seconds; longer work is a job",
     "docs/reference/interfaces/jobs.md"},
    {"hooks.cannot_run",
     "a hook with on_failure \"refuse\" fails closed: if it cannot run, the change is refused",
     "docs/guides/hooks-and-events.md"},
    {"schema.",
     "arguments and data fit the JSON Schema that the manifest gives them",
     "docs/reference/manifest.md"},
    {"access.",
     "rights are the intersection of all that acts: the user, and what the plugin's manifest asks for and an "
     "admin granted",
     "docs/reference/manifest.md"},
    {"testkit.", "the test asked the kit for something that it cannot do", "docs/guides/testing-plugins.md"},
};

std::string page_of(const DescribedFunction& function)
{
    return std::string{function.name} + ": " + std::string{function.words}
    + "\n  written in: " + std::string{function.page};
}

std::string contract_of(const Error& error, const Map& told, const Call* call)
{
    if (told.contains("hook"))
        return page_of(described_functions[static_cast<std::size_t>(host::AbiFunction::plugin_on_hook)]);
    std::string text{name(error.code)};
    text += " means: " + std::string{words_of(error.code)};
    text += "\n  written in: " + std::string{status_page};
    const auto rule
        = std::ranges::find_if(rules, [&](const Rule& each) { return error.key.starts_with(each.key); });
    if (rule != std::end(rules)) {
        text = std::string{rule->words} + "\n  written in: " + std::string{rule->page};
    }
    if (!call) return text;
    const DescribedFunction& function = described_functions[static_cast<std::size_t>(call->function)];
    text = std::string{function.name} + ": " + std::string{function.words} + "\n    ";
    if (call->error && call->error->code == ErrorCode::thread)
        text += "It may be called from: " + std::string{function.threads} + ".\n    ";
    const std::string_view code = name(call->error ? call->error->code : error.code);
    const auto described = std::ranges::find(function.errors, code, &DescribedError::code);
    text += std::string{code} + ": "
        + std::string{described != function.errors.end() ? described->when : words_of(error.code)};
    if (rule != std::end(rules))
        text += "\n    And: " + std::string{rule->words} + " (" + std::string{rule->page} + ')';
    return text + "\n  written in: " + std::string{function.page};
}

} // namespace

Map map_of(const Error& error)
{
    Map map{
        {"code", static_cast<std::int64_t>(error.code)},
        {"key", error.key},
        {"message", error.message},
        {"where", error.where},
        {"hint", error.hint},
        {"details", error.details},
    };
    if (error.code != ErrorCode::refused || error.details.empty()) return map;
    const auto details = host::parse_value(error.details, "details");
    if (!details || (*details)["plugin"].text().empty()) return map;
    map.set("plugin", (*details)["plugin"]);
    map.set("hook", (*details)["hook"]);
    const std::size_t colon = error.message.find(": ");
    map.set("reason", colon == std::string::npos ? error.message : error.message.substr(colon + 2));
    return map;
}

Map failure_of(const Box& box, std::string_view what, const Map& arguments, const Error& error)
{
    const Map told = map_of(error);
    const std::vector<Call> calls = box.calls();
    std::string story = attempt(what, arguments) + " failed\n  answer: " + std::string{name(error.code)};
    if (!error.key.empty()) story += " \"" + error.key + '"';
    story += ": " + error.message;
    if (!error.where.empty()) story += " (at " + error.where + ')';
    if (!error.hint.empty()) story += "\n  hint: " + error.hint;
    story += "\n  what the plugin did: " + deed_of(told, calls);
    story += "\n  what the contract says: " + contract_of(error, told, culprit(calls, error));
    return {{"error", Value{told}}, {"story", story}};
}

} // namespace mortise::testkit
