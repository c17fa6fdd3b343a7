#include "bench.hpp"

#include <boost/json/value.hpp>

namespace mortise::check {

namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr std::string_view page = "docs/reference/manifest.md";

std::string text_in(const json::value& object, std::string_view name)
{
    const auto* found = object.is_object() ? object.get_object().if_contains(name) : nullptr;
    return found && found->is_string() ? std::string{found->get_string()} : std::string{};
}

std::vector<json::value> views_of(const Target& target)
{
    const auto* found = target.manifest().json.as_object().if_contains("views");
    if (!found || !found->is_array()) return {};
    return std::vector<json::value>(found->get_array().begin(), found->get_array().end());
}

/// Arguments that show a view: with a record, where it stands on the page of one.
std::optional<Map> showing(Bench& bench, const json::value& view)
{
    Map arguments{{"name", text_in(view, "name")}};
    const std::string kind = text_in(view, "kind");
    if (kind != "tab" && kind != "record") return arguments;
    const auto* source = view.as_object().if_contains("source");
    const std::string on = text_in(view, "on");
    const Id record = bench.make(on.empty() && source ? text_in(*source, "type") : on);
    if (!record) return std::nullopt;
    arguments.set("record", record);
    return arguments;
}

Finding render_all(Bench& bench, const Map& more)
{
    std::size_t shown = 0;
    for (const json::value& view : views_of(bench.target())) {
        auto arguments = showing(bench, view);
        if (!arguments) continue;
        for (const auto& [name, value] : more)
            arguments->set(name, value);
        const Done done = bench.run("views.render", *arguments);
        if (!done.ok && !(more.contains("as") && done.code == ErrorCode::not_found))
            return Finding::failed(done.story);
        ++shown;
    }
    return shown == 0 ? Finding::skipped("it has no views")
                      : Finding::passed(std::to_string(shown) + " views");
}

Finding shown_empty(const Target& target)
{
    Bench bench{target};
    return render_all(bench, {});
}

Finding shown_full(const Target& target)
{
    Bench bench{target};
    constexpr int many = 30;
    bench.play_records(many);
    return render_all(bench, {});
}

Finding shown_to_a_person(const Target& target)
{
    Bench bench{target};
    bench.play_records(3);
    bench.run("users.add", {{"name", "somebody"}, {"all", false}});
    return render_all(bench, {{"as", "somebody"}});
}

Finding buttons_work(const Target& target)
{
    Bench bench{target};
    bench.play_records(3);
    std::size_t pressed = 0;
    for (const json::value& view : views_of(target)) {
        const auto arguments = showing(bench, view);
        if (!arguments) continue;
        const Done shown = bench.run("views.render", *arguments);
        const auto press = [&](const Value& button, const Value& row) {
            Map given = *arguments;
            given.set("label", button["label"]);
            if (!row.is_null()) given.set("row", std::to_string(row.get_or(Id{}).number));
            const Done done = bench.run("views.click", given);
            ++pressed;
            if (done.is_breakage()) throw Stop{Finding::failed(done.story)};
        };
        for (const Value& button : shown.value["actions"].get_or(List{}))
            press(button, {});
        const List rows = shown.value["rows"].get_or(List{});
        if (!rows.empty())
            for (const Value& button : rows.front()["actions"].get_or(List{}))
                press(button, rows.front()["id"]);
    }
    bench.expect_alive("every button was pressed");
    return pressed == 0 ? Finding::skipped("it has no buttons")
                        : Finding::passed(std::to_string(pressed) + " buttons");
}

Finding says_when_empty(const Target& target)
{
    std::string silent;
    for (const json::value& view : views_of(target)) {
        const std::string kind = text_in(view, "kind");
        const bool is_list = kind == "table" || kind == "board" || kind == "chart";
        if (is_list && text_in(view, "empty").empty() && text_in(view, "place") != "settings")
            silent += (silent.empty() ? "" : ", ") + text_in(view, "name");
    }
    if (silent.empty()) return Finding::passed();
    return Finding::warned("a person who opens these for the first time sees nothing (\"empty\"): " + silent);
}

constexpr Check checks[]{
    {"views.empty", "every view is shown when there is nothing to show", page, shown_empty},
    {"views.full", "every view is shown with many records", page, shown_full, 60s},
    {"views.rights", "every view is shown to somebody who sees only their own", page, shown_to_a_person},
    {"views.buttons", "every button can be pressed", page, buttons_work, 60s},
    {"views.say_when_empty", "a view says what to do when there is nothing to show", page, says_when_empty},
};

} // namespace

std::span<const Check> view_checks()
{
    return checks;
}

} // namespace mortise::check
