// The plugin of the matrix, with the C++ layer: does what traced.c does, so that their traces are the same.
// TRACED_NAME is the last part of its id.
#include "traced_calls.hpp"

#include <array>
#include <stdexcept>

namespace {

using namespace traced;

class Traced : public Plugin {
public:
    explicit Traced(Host given) : Plugin(std::move(given))
    {
        before("contact.create", [](const Settings& settings, Reader& reader, Draft& contact) {
            const std::string_view name = contact["name"].text();
            if (name == "refuse " + name_here) contact.refuse("name", "traced.refused", "not this name");
            if (name == "amend " + name_here) contact.set("nickname", settings["greeting"].text());
            if (name == "look " + name_here) contact.set("nickname", label_of_b(reader));
        });
        on("contact.created", [](const Event& event, Work& work) {
            if (event["record"]["name"] != "handle " + name_here) return;
            work.update("contact", event.subject(), {{"nickname", "handled"}});
        });
        on(name_here + ".said", [this](const Event& event) { hear(event); });
        command(name_here + ".echo", [](const Arguments& arguments) { return arguments.all().value(); });
        command(name_here + ".do", [this](const Arguments& arguments, Work& work) {
            return act(arguments["what"].text(), arguments, work);
        });
        job("count", [](Job& job) -> Value {
            job.progress(3, 3, "counting");
            std::string said = job.is_cancelled() ? "stopped for " : "counted to 3 for ";
            said += std::string{job.context().actor()} + ", " + std::string{job.context().key()};
            return said;
        });
        job("endless", [](Job& job) {
            for (std::uint64_t i = 0;; ++i) {
                job.progress(i, 0, "going round");
                job.stop_if_cancelled();
            }
        });
        job("talk", [this](Job& job) -> Value {
            return talk(host(), static_cast<std::uint16_t>(job["port"].integer()));
        });
    }
    void quiesce() override { log().info("traced.quiesce", "winding up", {{"n", 0}}); }
    void settings_changed(const Settings& settings) override { m_greeting = settings["greeting"].text(); }
    void answered(std::uint64_t tag, const Result<Value>& answer) override
    {
        const auto words = answer ? std::string{(*answer)["text"].text()} : answer.error().key;
        const mortise_status status = answer ? 0 : to_status(answer.error().code);
        m_answers.at(tag - 1) = std::to_string(status) + ' ' + words;
    }
    Id migrate(const Migration& migration, Work& work) override
    {
        return rewrite_things(host(), migration, work);
    }

private:
    static std::string label_of_b(const Reader& reader)
    {
        const auto found = require(reader.find(thing, "text", "b", 1));
        if (found.size() != 1) return {};
        const Record record = require(reader.get(thing, found.front().id()));
        return std::string{record["label"].text()};
    }

    void hear(const Event& event)
    {
        const Id linked = event.links()["thing"].id();
        const bool is_linked = linked && linked == event.subject();
        m_heard.at(event.subject() ? 1 : 0) = std::string{event.type()} + '/'
            + std::to_string(event.version()) + ' '
            + std::to_string(static_cast<unsigned>(event.event_class())) + ' '
            + (event.is_external() ? "1 " : "0 ") + std::string{event["words"].text()} + " by "
            + std::string{event.actor()} + (is_linked ? ", linked" : ", not linked");
    }

    Value act(std::string_view what, const Arguments& arguments, Work& work)
    {
        if (what == "refuse") refuse("traced.no", "it was asked to refuse");
        if (what == "busy") fail(ErrorCode::busy, "traced.busy", "it was asked to be busy");
        if (what == "throw") throw std::out_of_range{"thrown on purpose"};
        if (what == "query") return count_contacts(host());
        if (what == "units") return change_records(host(), work);
        if (what == "file") return keep_file(host());
        if (what == "named") return ask_by_name(host());
        if (what == "greeting") return m_greeting;
        if (what == "thread") return on_a_thread(host());
        if (what == "context") return context_text(arguments.context());
        if (what == "now")
            return host().now() == arguments.context().time() ? "the time of the call" : "another time";
        if (what == "zone") return ask_zones(host());
        if (what == "settings") return ask_settings(host());
        if (what == "secret") return reveal();
        if (what == "call") return call_commands(host(), arguments);
        if (what == "consent") return ask_consent(host(), arguments);
        if (what == "answers") return m_answers[0] + "; " + m_answers[1];
        if (what == "heard") return m_heard[0] + "; " + m_heard[1];
        if (what == "job") return start("count");
        if (what == "endless") return start("endless");
        if (what == "talk") return start("talk", {{"port", arguments["port"].integer()}});
        if (what == "later") {
            work.start("count", {}, {.attempts = 1, .key = "later"});
            return "started";
        }
        if (what == "create") work.create("contact", {{"name", "made by " + name_here}});
        if (what == "things") create_things(work);
        if (what == "post") post_commands(host());
        if (what == "publish") require(host().publish(name_here + ".said", {}, {{"words", "alone"}}));
        if (what == "cancel") require(host().cancel(m_job));
        if (what == "log") log().warning("traced.line", "a line", {{"n", 7}});
        return "done " + std::string{what};
    }

    Value start(std::string_view job, const Map& given = {})
    {
        m_job = require(host().start(job, given, {.attempts = 1, .key = job}));
        return m_job != 0 ? "started" : "not started";
    }

    Value reveal() const
    {
        const auto secret = host().reveal("password");
        return secret ? *secret : spell(secret);
    }

    std::string m_greeting;
    std::array<std::string, 2> m_answers; // to what was posted with the tags 1 and 2
    std::array<std::string, 2> m_heard; // published alone, and in a unit
    std::uint64_t m_job{0};
};

} // namespace

MORTISE_PLUGIN(Traced)
