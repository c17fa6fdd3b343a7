#include "bench.hpp"
#include "runner.hpp"
#include "testkit/src/generated/contract.hpp"

#include <iterator>

namespace mortise::check {

namespace {

using namespace std::chrono_literals;

/// Does things by chance, and remembers them: what broke it can be told, and repeated by the seed.
class RandomLife {
public:
    explicit RandomLife(Bench& bench) : m_bench{bench} { }

    void step()
    {
        switch (draw(18)) {
        case 0:
        case 1:
        case 2:
            return create();
        case 3:
        case 4:
            return change();
        case 5:
            return remove();
        case 6:
        case 7:
        case 8:
            return call();
        case 9:
            return fail_something();
        case 10:
            return pass_time();
        case 11:
        case 12:
        case 13:
            return send_event();
        case 14:
        case 15:
        case 16:
            return change_a_setting();
        default:
            return draw(4) == 0 ? reload() : run("jobs", "jobs.run", {});
        }
    }
    /// How far it came, and how it is lived once more.
    std::string told() const
    {
        constexpr std::size_t most = 5;
        std::string last;
        for (std::size_t i = m_told.size() > most ? m_told.size() - most : 0; i < m_told.size(); ++i)
            last += (last.empty() ? "" : "; ") + m_told[i];
        return "after " + std::to_string(m_told.size()) + " steps (the last: " + last
            + "); repeat it with --reproduce " + std::to_string(m_bench.target().seed);
    }

private:
    std::size_t draw(std::size_t below) { return m_bench.random()() % below; }

    void run(std::string what, std::string_view operation, const Map& arguments)
    {
        m_told.push_back(std::move(what));
        note_at_work(told());
        const Done done = m_bench.run(operation, arguments);
        if (done.is_breakage() && done.story.find("(on purpose)") == std::string::npos)
            throw Stop{Finding::failed(done.story)};
    }

    std::string any_type()
    {
        const auto types = m_bench.types();
        return types.empty() ? "contact" : types[draw(types.size())];
    }
    Id any_record(const std::string& type)
    {
        const List all = m_bench.run("records.list", {{"type", type}}).value.get_or(List{});
        return all.empty() ? Id{} : all[draw(all.size())]["id"].get_or(Id{});
    }

    void create()
    {
        const std::string type = any_type();
        run("create a " + type,
            "records.create",
            {{"type", type}, {"fields", m_bench.fields_of(type, draw(2) == 0)}});
    }
    void change()
    {
        const std::string type = any_type();
        if (const Id id = any_record(type))
            run("change a " + type,
                "records.update",
                {{"type", type}, {"id", id}, {"fields", m_bench.fields_of(type, true)}});
    }
    void remove()
    {
        const std::string type = any_type();
        if (const Id id = any_record(type))
            run("delete a " + type, "records.delete", {{"type", type}, {"id", id}});
    }
    void call()
    {
        const auto& commands = m_bench.manifest().commands;
        if (commands.empty()) return create();
        const host::CommandInfo& command = commands[draw(commands.size())];
        const Taste taste = draw(2) == 0 ? Taste::all : Taste::extreme;
        const auto arguments = m_bench.samples().fitting(command.arguments, taste, draw(16));
        if (arguments)
            run("call " + command.name, "commands.call", {{"name", command.name}, {"arguments", *arguments}});
    }
    /// One that the plugin publishes or handles and declares itself: those of others follow from changes.
    void send_event()
    {
        const auto& events = m_bench.manifest().events;
        if (events.empty()) return create();
        const host::EventDeclaration& event = events[draw(events.size())];
        const Taste taste = draw(2) == 0 ? Taste::all : Taste::extreme;
        run("send a " + event.type, "events.fire", m_bench.event_of(event, taste, draw(16)));
    }
    void change_a_setting()
    {
        const auto& settings = m_bench.manifest().settings;
        const auto* found = settings.is_object() ? settings.get_object().if_contains("properties") : nullptr;
        const auto* properties = found ? found->if_object() : nullptr;
        if (!properties || properties->empty()) return change();
        const auto& property
            = *std::next(properties->begin(), static_cast<std::ptrdiff_t>(draw(properties->size())));
        const std::string name{property.key()};
        const bool is_reset = draw(4) == 0;
        const Taste taste = draw(2) == 0 ? Taste::all : Taste::extreme;
        const auto value = is_reset ? Value{} : m_bench.samples().fitting(property.value(), taste, draw(16));
        if (value)
            run((is_reset ? "reset " : "set ") + name, "plugin.set", {{"name", name}, {"value", *value}});
    }
    void fail_something()
    {
        const auto& function = testkit::described_functions[draw(std::size(testkit::described_functions))];
        const auto& status = testkit::described_statuses[draw(std::size(testkit::described_statuses))];
        const bool is_of_plugin = function.name.starts_with("mortise.plugin/");
        if (is_of_plugin || function.name.find(".bind") != std::string_view::npos || status.of_host) return;
        run("let " + std::string{function.name} + " fail",
            "faults.add",
            {{"function", function.name}, {"code", std::int64_t{status.number}}});
    }
    void pass_time()
    {
        const Instant now = m_bench.run("clock.now").value.get_or(Instant{});
        run("an hour passes", "clock.set", {{"to", Instant{now.microseconds + 3'600'000'000}}});
    }
    void reload()
    {
        m_bench.run("faults.clear");
        run("reload", "plugin.reload", {});
    }

    Bench& m_bench;
    std::vector<std::string> m_told;
};

Finding lives_by_chance(const Target& target)
{
    constexpr int steps = 250;
    Bench bench{target};
    RandomLife life{bench};
    try {
        for (int i = 0; i < steps; ++i)
            life.step();
        bench.run("faults.clear");
        bench.expect_alive("a life by chance");
    } catch (const Stop& stop) {
        Finding finding = stop.finding();
        finding.text += '\n' + life.told();
        return finding;
    }
    return Finding::passed(std::to_string(steps) + " steps, seed " + std::to_string(target.seed));
}

constexpr Check checks[]{
    {"fuzz.life",
     "the plugin bears whatever happens, in any order",
     "docs/reference/checks.md",
     lives_by_chance,
     120s},
};

} // namespace

std::span<const Check> fuzz_checks()
{
    return checks;
}

} // namespace mortise::check
