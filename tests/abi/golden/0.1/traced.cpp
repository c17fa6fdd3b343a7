// The plugin of the matrix, with the C++ layer: does what traced.c does, so that their traces are the same.
// TRACED_NAME is the last part of its id.
#include <mortise/plugin.hpp>

#include <stdexcept>
#include <string>
#include <thread>

namespace {

using namespace mortise;

const std::string name_here = TRACED_NAME;

class Traced : public Plugin {
public:
    explicit Traced(Host given) : Plugin(std::move(given))
    {
        before("contact.create", [](const Settings& settings, Reader&, Draft& contact) {
            const std::string_view name = contact["name"].text();
            if (name == "refuse " + name_here) contact.refuse("name", "traced.refused", "not this name");
            if (name == "amend " + name_here) contact.set("nickname", settings["greeting"].text());
        });
        on("contact.created", [](const Event& event, Work& work) {
            if (event["record"]["name"] != "handle " + name_here) return;
            work.update("contact", event.subject(), {{"nickname", "handled"}});
        });
        command(name_here + ".echo", [](const Arguments& arguments) { return arguments.all().value(); });
        command(name_here + ".do", [this](const Arguments& arguments, Work& work) {
            return act(arguments["what"].text(), work);
        });
        job("count", [](Job& job) -> Value {
            job.progress(3, 3, "counting");
            return "counted to 3";
        });
    }
    void settings_changed(const Settings& settings) override { m_greeting = settings["greeting"].text(); }

private:
    Value act(std::string_view what, Work& work)
    {
        if (what == "refuse") refuse("traced.no", "it was asked to refuse");
        if (what == "busy") fail(ErrorCode::busy, "traced.busy", "it was asked to be busy");
        if (what == "throw") throw std::out_of_range{"thrown on purpose"};
        if (what == "create") work.create("contact", {{"name", "made by " + name_here}});
        if (what == "log") log().warning("traced.line", "a line", {{"n", 7}});
        if (what == "greeting") return m_greeting;
        if (what == "job") return std::to_string(require(host().start("count")) != 0);
        if (what == "thread") return on_a_thread();
        if (what == "query") return ask();
        return "done " + std::string{what};
    }

    Value ask()
    {
        const auto rows = require(
            host().query("SELECT name FROM contact WHERE name = :name", Map{{"name", "made by " + name_here}})
        );
        return std::to_string(rows.size()) + " rows";
    }

    /// A thread of the plugin's own may reserve ids, and may not find records.
    Value on_a_thread()
    {
        std::string said;
        std::thread other{[&] {
            const auto& tables = host().tables();
            std::uint64_t first = 0;
            const auto reserved = detail::call(
                tables,
                tables.records,
                MORTISE_RECORDS_ID,
                &mortise_records::reserve,
                std::uint64_t{1},
                &first
            );
            const auto found = host().find("contact", "email", "a@example.org");
            said = std::string{reserved ? "reserved" : "not reserved"} + ", find answers "
                + std::to_string(found ? 0 : to_status(found.error().code));
        }};
        other.join();
        return said;
    }

    std::string m_greeting;
};

} // namespace

MORTISE_PLUGIN(Traced)
