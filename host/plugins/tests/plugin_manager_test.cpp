#include "plugins/plugin_manager.hpp"
#include "plugins_fixture.hpp"

#include <mortise/abi/records.h>

#include <fstream>
#include <sstream>

namespace mortise::host {
namespace {

class PluginManagerTest : public PluginsTest {
protected:
    /// Without those that a test before this one left on purpose.
    int mappings() const { return static_cast<int>(plugin_mappings(m_folder / "run") - m_left); }

private:
    std::size_t m_left{plugin_mappings("/nowhere")};
};

std::size_t threads()
{
    const std::filesystem::directory_iterator tasks{"/proc/self/task"};
    return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

TEST_F(PluginManagerTest, FindsPluginsWithoutRunningThem)
{
    install("sample");
    EXPECT_EQ(status("sample").state, PluginState::verified);
    EXPECT_FALSE(status("sample").enabled);
    EXPECT_EQ(status("sample").version, "1.0.0");
    EXPECT_EQ(mappings(), 0);
    EXPECT_EQ(m_plugins->find("com.test.nobody").error().code, ErrorCode::not_found);
}

TEST_F(PluginManagerTest, StartsTheCodeWhenItIsFirstNeeded)
{
    enable("sample");
    EXPECT_EQ(status("sample").state, PluginState::resolved);
    EXPECT_EQ(mappings(), 0);
    const auto answer = call("sample.echo", {{"text", "ab"}});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->text(), "abab") << "the default of times is 2";
    EXPECT_EQ(status("sample").state, PluginState::active);
    EXPECT_GT(mappings(), 0);
}

TEST_F(PluginManagerTest, RemembersWhatIsEnabled)
{
    enable("sample");
    close();
    open();
    EXPECT_TRUE(call("sample.echo", {{"text", "x"}}));
    EXPECT_EQ(status("sample").granted, (std::vector<std::string>{"contacts.read", "contacts.write"}));
    ASSERT_TRUE(m_plugins->disable("com.test.sample"));
    close();
    open();
    EXPECT_EQ(call("sample.echo").error().code, ErrorCode::not_found);
}

TEST_F(PluginManagerTest, LeavesNothingBehindWhenItIsDisabled)
{
    enable("sample");
    ASSERT_TRUE(call("sample.echo", {{"text", "x"}}));
    ASSERT_TRUE(m_plugins->disable("com.test.sample"));
    EXPECT_EQ(mappings(), 0) << "with its thread_local on the strand";
    EXPECT_TRUE(status("sample").pinned.empty());
    EXPECT_EQ(call("sample.echo").error().code, ErrorCode::not_found);
    EXPECT_TRUE(create_contact("refuse me")) << "its hook is gone";
    EXPECT_TRUE(std::filesystem::is_empty(m_folder / "run"));
}

TEST_F(PluginManagerTest, ReloadsAHundredTimesBackToZero)
{
    enable("sample");
    ASSERT_TRUE(call("sample.echo", {{"text", "x"}}));
    const std::size_t before = threads();
    for (int i = 0; i < 100; ++i) {
        const auto closing = m_plugins->reload("com.test.sample");
        ASSERT_TRUE(closing) << closing.error().message;
        ASSERT_TRUE(closing->is_clean) << closing->problem;
        ASSERT_TRUE(closing->unloaded.unmapped) << closing->unloaded.pinned_because;
        ASSERT_TRUE(call("sample.echo", {{"text", "x"}}));
    }
    EXPECT_EQ(threads(), before);
    EXPECT_LE(mappings(), 6) << "one copy";
    ASSERT_TRUE(create_contact("Ada"));
    ASSERT_TRUE(settle());
    EXPECT_EQ(notes(), std::vector<std::string>{"Ada"}) << "each event once, whatever was reloaded";
}

TEST_F(PluginManagerTest, LosesNoEventAndNoCallWhileItIsReloaded)
{
    enable("sample");
    std::atomic<bool> stop{false};
    std::atomic<int> calls{0};
    std::thread caller{[&] {
        while (!stop) {
            const auto answer = call("sample.echo", {{"text", "x"}});
            EXPECT_TRUE(answer) << answer.error().message;
            ++calls;
        }
    }};
    for (int i = 0; i < 20; ++i) {
        ASSERT_TRUE(create_contact("contact " + std::to_string(i)));
        ASSERT_TRUE(m_plugins->reload("com.test.sample"));
    }
    stop = true;
    caller.join();
    // What was under way in a process that ended comes once more, a moment later.
    EXPECT_TRUE(eventually([&] { return settle() && notes().size() >= 20; }));
    EXPECT_EQ(notes().size(), 20U);
    EXPECT_GT(calls, 0);
}

TEST_F(PluginManagerTest, TakesUpANewerVersionWhileItRuns)
{
    enable("sample");
    ASSERT_TRUE(call("sample.echo", {{"text", "x"}}));
    const auto newer = m_folder / "data" / "com.test.sample" / "1.1.0";
    std::filesystem::create_directories(newer);
    std::filesystem::copy_file(m_folder / "installed/com.test.sample/sample.so", newer / "sample.so");
    std::ifstream old{m_folder / "installed/com.test.sample/plugin.json"};
    std::ostringstream text;
    text << old.rdbuf();
    std::string manifest = text.str();
    manifest.replace(manifest.find("1.0.0"), 5, "1.1.0");
    std::ofstream{newer / "plugin.json"} << manifest;
    const auto closing = m_plugins->reload("com.test.sample");
    ASSERT_TRUE(closing) << closing.error().message;
    EXPECT_EQ(status("sample").version, "1.1.0");
    EXPECT_EQ(status("sample").migrating_from, "");
    EXPECT_TRUE(call("sample.echo", {{"text", "x"}}));

    std::ofstream{newer / "sample.so"} << "not a library";
    ASSERT_TRUE(m_plugins->disable("com.test.sample"));
    EXPECT_FALSE(m_plugins->enable("com.test.sample") && m_plugins->activate("com.test.sample"));
    EXPECT_EQ(status("sample").state, PluginState::failed);
}

TEST_F(PluginManagerTest, HooksAmendAndRefuse)
{
    enable("sample");
    const auto amended = create_contact("amend me");
    ASSERT_TRUE(amended) << amended.error().message;
    EXPECT_EQ(field(amended->ids[0], "nickname").text(), "hello");

    const auto refused = create_contact("refuse me");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::refused);
    EXPECT_EQ(refused.error().key, "sample.no_such_name");
    EXPECT_EQ(refused.error().where, "name");
    EXPECT_EQ(refused.error().message, "plugin com.test.sample refused contact.create: this name is refused");
    EXPECT_EQ(refused.error().details, R"({"plugin":"com.test.sample","hook":"contact.create"})");

    const auto keep = create_contact("Ada", {{"nickname", "keep"}});
    ASSERT_TRUE(keep);
    const auto kept = change(
        {.operation = Operation::remove, .type = "contact", .id = keep->ids[0], .version = {}, .values = {}}
    );
    ASSERT_FALSE(kept);
    EXPECT_EQ(kept.error().key, "sample.kept");
}

TEST_F(PluginManagerTest, HooksSeeTheRecordsThatTheyNamed)
{
    enable("sample");
    const auto house = create_contact("Acme", {{"kind", "organisation"}, {"industry", "anvils"}});
    ASSERT_TRUE(house);
    const auto person = create_contact("Wile", {{"organisation", house->ids[0]}});
    ASSERT_TRUE(person) << person.error().message;
    EXPECT_EQ(field(person->ids[0], "industry").text(), "anvils");
}

TEST_F(PluginManagerTest, AHookThatFailsRefusesAndIsNamed)
{
    enable("sample");
    const auto failed = create_contact("throw in hook");
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::refused);
    EXPECT_NE(failed.error().message.find("com.test.sample"), std::string::npos);
    EXPECT_NE(failed.error().message.find("the hook threw"), std::string::npos);
    EXPECT_TRUE(create_contact("Ada"));
}

TEST_F(PluginManagerTest, AHookThatFailsIsToldInTheLogAndInTheState)
{
    enable("sample");
    EXPECT_TRUE(status("sample").problems.empty());
    EXPECT_FALSE(create_contact("throw in hook"));
    EXPECT_FALSE(create_contact("throw in hook")); // within the same second: counted, and not told again
    m_clock.set(Instant{m_clock.now().microseconds + 2'000'000});
    EXPECT_FALSE(create_contact("throw in hook"));
    const auto lines = m_plugins->logs("com.test.sample", 100, 0);
    ASSERT_TRUE(lines);
    std::vector<LogLine> told;
    std::ranges::copy_if(*lines, std::back_inserter(told), [](const LogLine& line) {
        return line.key == "hooks.failed";
    });
    ASSERT_EQ(told.size(), 2U);
    EXPECT_EQ(told[0].level, LogLevel::error);
    EXPECT_NE(told[0].message.find("hook contact.create failed at contact.create: "), std::string::npos)
        << told[0].message;
    EXPECT_NE(told[0].message.find("the hook threw; the change was refused"), std::string::npos)
        << told[0].message;
    EXPECT_EQ(told[0].fields["hook"].text(), "contact.create");
    EXPECT_NE(told[1].message.find("3 times by now"), std::string::npos) << told[1].message;

    ASSERT_EQ(status("sample").problems.size(), 1U);
    const Error problem = status("sample").problems.front();
    EXPECT_EQ(problem.key, "hooks.failed");
    EXPECT_NE(
        problem.message.find("hook contact.create failed 3 times, last at contact.create, "),
        std::string::npos
    ) << problem.message;
    EXPECT_NE(problem.hint.find("mortise plugins logs com.test.sample"), std::string::npos);
    ASSERT_TRUE(m_plugins->reload("com.test.sample"));
    ASSERT_TRUE(m_plugins->activate("com.test.sample"));
    EXPECT_TRUE(status("sample").problems.empty()) << "of the code that ran before";
}

TEST_F(PluginManagerTest, AHandlersWritesCommitWithItsAcknowledgement)
{
    enable("sample");
    for (int i = 0; i < 30; ++i)
        ASSERT_TRUE(create_contact("contact " + std::to_string(i)));
    ASSERT_TRUE(settle());
    const auto written = notes();
    ASSERT_EQ(written.size(), 30U);
    EXPECT_EQ(written.front(), "contact 0");
    EXPECT_EQ(written.back(), "contact 29");
    close();
    open();
    ASSERT_TRUE(create_contact("later"));
    ASSERT_TRUE(settle());
    EXPECT_EQ(notes().size(), 31U) << "none twice";
}

TEST_F(PluginManagerTest, AHandlerThatThrowsIsNamedAndTheOthersGoOn)
{
    enable("sample");
    UnitOfWork unit;
    for (const auto* name : {"one", "two", "throw in handler", "four"})
        unit.changes.push_back(
            {.operation = Operation::create,
             .type = "contact",
             .id = {},
             .version = {},
             .values = Map{{"name", name}}}
        );
    ASSERT_TRUE(m_records->commit(system(), std::move(unit)));
    ASSERT_TRUE(settle());
    EXPECT_EQ(notes(), (std::vector<std::string>{"one", "two", "four"}));
    const auto subscriptions = m_dispatcher->status();
    const auto found = std::ranges::find(subscriptions, "contact.created", &SubscriptionStatus::name);
    ASSERT_NE(found, subscriptions.end());
    EXPECT_EQ(found->retrying, 1);
    EXPECT_NE(found->last_error().find("the handler threw"), std::string::npos);
    EXPECT_GT(m_plugins->cost("com.test.sample")->errors, 0U);
    ASSERT_TRUE(found->failing);
    const auto lines = m_plugins->logs("com.test.sample", 100);
    ASSERT_TRUE(lines);
    const auto line = std::ranges::find(*lines, "events.failed", &LogLine::key);
    ASSERT_NE(line, lines->end());
    EXPECT_EQ(line->level, LogLevel::error);
    EXPECT_TRUE(line->from_host);
    EXPECT_EQ(line->fields["event"].text(), std::to_string(found->failing->number));
    EXPECT_EQ(line->fields["type"].text(), "contact.created");
    EXPECT_EQ(line->fields["attempt"], Value{std::int64_t{1}});
    EXPECT_EQ(line->fields["next"], Value{*found->failing->next});
    EXPECT_NE(line->message.find("the handler threw"), std::string::npos) << line->message;
}

TEST_F(PluginManagerTest, AnEventThatAHandlerRefusesIsNotTriedAgain)
{
    enable("sample");
    for (const auto* name : {"one", "refuse in handler", "three"})
        ASSERT_TRUE(create_contact(name));
    ASSERT_TRUE(settle());
    EXPECT_EQ(notes(), (std::vector<std::string>{"one", "three"}));
    const auto letters = m_dispatcher->dead_letters();
    ASSERT_TRUE(letters) << letters.error().message;
    ASSERT_EQ(letters->size(), 1U);
    EXPECT_EQ(letters->front().attempts, 1);
    EXPECT_NE(letters->front().error.find("it can never be handled"), std::string::npos)
        << letters->front().error;
    const auto lines = m_plugins->logs("com.test.sample", 100);
    ASSERT_TRUE(lines);
    EXPECT_NE(std::ranges::find(*lines, "events.given_up", &LogLine::key), lines->end());
}

TEST_F(PluginManagerTest, AHandlerThatStillRunsHasItsOwnCommandsWhileItsPluginGoes)
{
    enable("sample");
    ASSERT_TRUE(create_contact("late in handler"));
    const auto said = [this](std::string_view what) {
        const auto lines = m_plugins->logs("com.test.sample", 100);
        return lines && std::ranges::any_of(*lines, [&](const LogLine& line) {
                   return line.message.find(what) != std::string::npos;
               });
    };
    ASSERT_TRUE(eventually([&] { return said("the handler has begun"); }));
    ASSERT_TRUE(m_plugins->disable("com.test.sample"));
    EXPECT_FALSE(said("there is no command")) << "it was taken away before the handler ended";
    EXPECT_EQ(notes(), std::vector<std::string>{"late in handler"});
}

TEST_F(PluginManagerTest, CommandsCommitWhatTheyWroteOrNothing)
{
    enable("sample");
    const auto note = call("sample.note", {{"text", "kept"}});
    ASSERT_TRUE(note) << note.error().message;
    EXPECT_EQ(field(*note->as<Id>(), "text", "sample_note").text(), "kept");

    const auto failed = call("sample.note", {{"text", "dropped"}, {"fail", true}});
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::refused);
    EXPECT_EQ(failed.error().key, "sample.no");

    CallContext dry = system();
    dry.dry_run = true;
    EXPECT_TRUE(call("sample.note", {{"text", "only tried"}}, dry));
    EXPECT_EQ(notes(), std::vector<std::string>{"kept"});
}

TEST_F(PluginManagerTest, AnIdempotencyKeyGivesTheFirstAnswerAgain)
{
    enable("sample");
    CallContext context = system();
    context.idempotency_key = "order 17";
    const auto first = call("sample.note", {{"text", "once"}}, context);
    const auto second = call("sample.note", {{"text", "once"}}, context);
    ASSERT_TRUE(first) << first.error().message;
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_EQ(notes(), std::vector<std::string>{"once"});
    EXPECT_EQ(call("sample.note", {{"text", "other"}}, context).error().key, "commands.key_reused");
}

TEST_F(PluginManagerTest, ExceptionsBecomeErrorsThatNameThePlugin)
{
    enable("sample");
    const auto thrown = act("throw");
    ASSERT_FALSE(thrown);
    EXPECT_EQ(thrown.error().code, ErrorCode::exception);
    EXPECT_EQ(thrown.error().message, "com.test.sample: out of range on purpose");
    EXPECT_TRUE(call("sample.echo", {{"text", "x"}}));
}

TEST_F(PluginManagerTest, ArgumentsAreCheckedBeforeThePluginSeesThem)
{
    enable("sample");
    EXPECT_EQ(call("sample.echo", {{"text", 1}}).error().where, "/text");
    EXPECT_EQ(call("sample.unbound").error().code, ErrorCode::unsupported);
    EXPECT_EQ(
        status("sample").warnings,
        std::vector<std::string>{
            "the command \"sample.unbound\" is declared, but the plugin does not offer it"
        }
    );
}

TEST_F(PluginManagerTest, TellsHowLongAPluginTookToBeThere)
{
    enable("sample");
    const auto declared = m_plugins->cost("com.test.sample");
    ASSERT_TRUE(declared);
    EXPECT_GT(declared->start.declare_ns, 0U);
    ASSERT_TRUE(act("burn"));
    const auto cost = m_plugins->cost("com.test.sample");
    ASSERT_TRUE(cost);
    EXPECT_GT(cost->start.load_ns, 0U);
    EXPECT_GT(cost->start.activate_ns, 0U);
    EXPECT_GE(cost->start.loads, 1U);
}

TEST_F(PluginManagerTest, NamesCallsThatUseTooMuchTime)
{
    enable("sample");
    ASSERT_TRUE(act("burn"));
    const auto cost = m_plugins->cost("com.test.sample");
    ASSERT_TRUE(cost);
    EXPECT_GE(cost->slow_quanta, 1U);
    EXPECT_EQ(cost->slowest.substr(0, 19), "command sample.do: ") << cost->slowest;
}

TEST_F(PluginManagerTest, LeavesAPluginAloneThatDoesNotComeBack)
{
    enable("sample");
    install("other");
    ASSERT_TRUE(m_plugins->enable("com.test.other"));
    const auto hung = act("hang");
    ASSERT_FALSE(hung);
    EXPECT_EQ(hung.error().code, ErrorCode::timeout);
    // Its caller's time may be over a moment before its own: then the next one to wait for it finds out.
    EXPECT_TRUE(status("sample").state == PluginState::quarantined || !call("sample.echo", {{"text", "x"}}));
    ASSERT_EQ(status("sample").state, PluginState::quarantined);
    EXPECT_NE(status("sample").problems.front().message.find("command sample.do"), std::string::npos);
    EXPECT_EQ(call("sample.echo", {{"text", "x"}}).error().key, "plugins.quarantined");
    EXPECT_TRUE(call("other.twice", {{"text", "x"}})) << "others go on";
    EXPECT_FALSE(create_contact("Ada")) << "its hook must not be left out silently";
    std::this_thread::sleep_for(std::chrono::milliseconds{5000}
    ); // it sleeps in code that is about to be closed
}

TEST_F(PluginManagerTest, CountsWhatAPluginCosts)
{
    enable("sample");
    ASSERT_TRUE(create_contact("Ada"));
    ASSERT_TRUE(settle());
    ASSERT_TRUE(call("sample.echo", {{"text", "x"}}));
    ASSERT_FALSE(act("throw"));
    ASSERT_TRUE(act("rows"));
    const auto cost = m_plugins->cost("com.test.sample");
    ASSERT_TRUE(cost);
    EXPECT_EQ(cost->errors, 1U);
    EXPECT_EQ(cost->records_written, 1U);
    EXPECT_EQ(cost->rows_read, 1U);
    ASSERT_EQ(cost->events.size(), 1U);
    EXPECT_EQ(cost->events[0].type, "contact.created");
    EXPECT_EQ(cost->events[0].handled, 1U);
    const auto commands
        = std::ranges::find(cost->functions, "mortise.plugin/1.on_command", &FunctionCost::function);
    ASSERT_NE(commands, cost->functions.end());
    EXPECT_EQ(commands->calls, 3U);
    EXPECT_EQ(commands->errors, 1U);
    EXPECT_GT(commands->p99_ns, 0U);
}

TEST_F(PluginManagerTest, PublishesEventsThatAreDeclaredAndFit)
{
    enable("sample");
    ASSERT_TRUE(act("publish"));
    ASSERT_TRUE(settle());
    EXPECT_EQ(notes(), std::vector<std::string>{"happened 7"}) << "its own subscription saw it";
    const auto wrong = act("publish wrong");
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().where, "event 0: /n");
    EXPECT_EQ(act("publish undeclared").error().key, "plugin.not_declared");
}

TEST_F(PluginManagerTest, CallsOnlyAlongItsRequirements)
{
    enable("sample");
    enable("other");
    EXPECT_EQ(call("other.through", {{"text", "x"}})->text(), "xxx");
    EXPECT_EQ(act("call other").error().key, "commands.not_required");
    EXPECT_EQ(act("call self").error().key, "plugins.deadlock");
    ASSERT_TRUE(act("post"));
    EXPECT_TRUE(eventually([&] { return act("answer")->text() == "5 abab"; }));
    EXPECT_EQ(
        m_plugins->disable("com.test.sample").error().message, "com.test.sample is needed by com.test.other"
    );
}

TEST_F(PluginManagerTest, SaysWhatAPluginNeeds)
{
    install("other");
    const auto refused = m_plugins->enable("com.test.other");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "needs plugin com.test.sample ^1, which is not installed");
    EXPECT_FALSE(status("other").enabled);
}

TEST_F(PluginManagerTest, APluginThatDoesNotStartIsNamedAndTakesNobodyWithIt)
{
    enable("sample");
    enable("broken");
    const auto failed = call("broken.run");
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().message, "com.test.broken: no licence was found");
    EXPECT_EQ(status("broken").state, PluginState::failed);
    EXPECT_EQ(status("broken").problems.front().message, "com.test.broken: no licence was found");
    EXPECT_EQ(mappings(), 0) << "nothing of it is left";
    EXPECT_TRUE(call("sample.echo", {{"text", "x"}}));

    const auto ada = create_contact("Ada");
    ASSERT_TRUE(ada);
    const auto update = change(
        {.operation = Operation::update,
         .type = "contact",
         .id = ada->ids[0],
         .version = {},
         .values = Map{{"note", "x"}}}
    );
    ASSERT_FALSE(update) << "a hook that must run and cannot refuses the change";
    EXPECT_EQ(update.error().key, "hooks.cannot_run");
    EXPECT_NE(update.error().message.find("com.test.broken"), std::string::npos);
    ASSERT_TRUE(change(
        {.operation = Operation::remove, .type = "contact", .id = ada->ids[0], .version = {}, .values = {}}
    ));
    EXPECT_TRUE(change(
        {.operation = Operation::restore, .type = "contact", .id = ada->ids[0], .version = {}, .values = {}}
    )) << "a hook that may be skipped is";
}

TEST_F(PluginManagerTest, RefusesToBindWhatIsNotDeclared)
{
    enable("undeclared");
    const auto failed = call("undeclared.run");
    ASSERT_FALSE(failed);
    EXPECT_NE(failed.error().message.find("does not declare \"undeclared.secretly\""), std::string::npos)
        << failed.error().message;
}

TEST_F(PluginManagerTest, TellsWhyCodeStaysInMemory)
{
#if defined(__clang__)
    GTEST_SKIP() << "clang makes no unique symbols";
#endif
    enable("pinned");
    EXPECT_EQ(call("pinned.run")->get_or<std::int64_t>(0), 1);
    EXPECT_FALSE(status("pinned").warnings.empty());
    const auto closing = m_plugins->reload("com.test.pinned");
    ASSERT_TRUE(closing) << closing.error().message;
    EXPECT_TRUE(closing->is_clean);
    EXPECT_FALSE(closing->unloaded.unmapped);
    EXPECT_NE(closing->unloaded.pinned_because.find("-fno-gnu-unique"), std::string::npos);
    EXPECT_FALSE(status("pinned").pinned.empty());
    EXPECT_TRUE(call("pinned.run"));
}

TEST_F(PluginManagerTest, RunsPluginsInPlainC)
{
    enable("plain");
    const auto sum = call("plain.add", {{"a", 40}, {"b", 2}});
    ASSERT_TRUE(sum) << sum.error().message;
    EXPECT_EQ(sum->get_or<std::int64_t>(0), 42);
    ASSERT_TRUE(m_plugins->disable("com.test.plain"));
    EXPECT_EQ(mappings(), 0);
}

TEST_F(PluginManagerTest, KeepsTheBorder)
{
    enable("rogue");
    EXPECT_EQ(call("rogue.thread")->text(), "ok, thread") << "any may be called from anywhere, get may not";
    EXPECT_EQ(call("rogue.forged")->text(), "revoked");
    EXPECT_EQ(call("rogue.null")->text(), "null");
    const auto denied = call("rogue.write");
    ASSERT_FALSE(denied);
    EXPECT_EQ(denied.error().code, ErrorCode::denied) << denied.error().message;

    const std::string said{call("rogue.remember")->text()};
    const auto self = std::stoull(said);
    const auto* table = reinterpret_cast<const mortise_records*>(std::stoull(said.substr(said.find(' '))));
    ASSERT_TRUE(m_plugins->disable("com.test.rogue"));
    std::uint64_t first = 0;
    EXPECT_EQ(table->reserve(self, 1, &first, nullptr), MORTISE_E_REVOKED) << "stale";
}

TEST_F(PluginManagerTest, SettingsHaveDefaultsAreCheckedAndAreTold)
{
    enable("sample");
    EXPECT_EQ(act("settings")->text(), "hello");
    EXPECT_EQ(m_plugins->set_setting("com.test.sample", "greeting", 7).error().where, "/greeting");
    EXPECT_EQ(m_plugins->set_setting("com.test.sample", "gretting", "x").error().code, ErrorCode::invalid);
    EXPECT_TRUE(m_plugins->set_setting("com.test.sample", "password", "x"));
    EXPECT_FALSE(m_plugins->settings("com.test.sample")->get_or(Map{}).contains("password"));
    ASSERT_TRUE(m_plugins->set_setting("com.test.sample", "greeting", "good day"));
    EXPECT_EQ(act("greeting")->text(), "good day");
    EXPECT_EQ(act("settings")->text(), "good day");
    const auto amended = create_contact("amend me");
    ASSERT_TRUE(amended);
    EXPECT_EQ(field(amended->ids[0], "nickname").text(), "good day") << "hooks see it too";
    ASSERT_TRUE(m_plugins->set_setting("com.test.sample", "greeting", nullptr));
    EXPECT_EQ(act("settings")->text(), "hello");
    EXPECT_EQ(act("secret")->get_or(true), false) << "secrets are not offered before they can be sealed";
}

TEST_F(PluginManagerTest, RightsAreWhatWasGranted)
{
    enable("sample");
    ASSERT_TRUE(act("rows"));
    EXPECT_EQ(act("forbidden").error().message.substr(0, 15), "com.test.sample");
    EXPECT_EQ(m_plugins->grant("com.test.sample", {"imports.read"}).error().key, "plugins.not_asked");
    const auto revoked = m_plugins->revoke("com.test.sample", {"contacts.read"});
    ASSERT_FALSE(revoked) << "its subscription needs that";
    EXPECT_EQ(status("sample").state, PluginState::unresolved);
    ASSERT_TRUE(m_plugins->grant("com.test.sample", {"contacts.read"}));
    EXPECT_TRUE(call("sample.echo", {{"text", "x"}}));
}

TEST_F(PluginManagerTest, TellsHowOftenEachPermissionWasUsed)
{
    enable("sample");
    const auto use = [this](std::string_view permission) {
        const PluginStatus now = status("sample");
        const auto found = std::ranges::find(now.uses, permission, &PermissionUse::permission);
        return found == now.uses.end() ? PermissionUse{} : *found;
    };
    EXPECT_EQ(use("contacts.read").permission, "contacts.read");
    EXPECT_EQ(use("contacts.read").count, 0U);
    EXPECT_EQ(use("contacts.read").last, Instant{});
    for (int i = 0; i < 3; ++i)
        ASSERT_TRUE(create_contact("contact " + std::to_string(i)));
    ASSERT_TRUE(settle());
    const std::uint64_t delivered = use("contacts.read").count;
    EXPECT_GE(delivered, 3U) << "an event of a contact is read with that permission";
    EXPECT_GT(use("contacts.read").last, Instant{});
    EXPECT_EQ(use("contacts.write").count, 0U) << "it wrote records of its own";
    static_cast<void>(m_plugins->revoke("com.test.sample", {"contacts.read"}));
    EXPECT_TRUE(use("contacts.read").permission.empty()) << "it does not hold it";
    ASSERT_TRUE(m_plugins->grant("com.test.sample", {"contacts.read"}));
    EXPECT_GE(use("contacts.read").count, delivered) << "counting goes on";
}

TEST_F(PluginManagerTest, RunsJobsBesideTheStrand)
{
    enable("sample");
    ASSERT_TRUE(act("job"));
    EXPECT_TRUE(eventually([&] {
        const auto jobs = m_jobs->list("com.test.sample", 10);
        return jobs && jobs->size() == 1 && jobs->front().state == JobState::done;
    }));
    EXPECT_EQ(m_jobs->list("com.test.sample", 1)->front().result, Value{10});
    ASSERT_TRUE(m_plugins->disable("com.test.sample"));
    EXPECT_EQ(mappings(), 0) << name_of(status("sample").state
    ) << (status("sample").problems.empty() ? "" : status("sample").problems[0].message);
}

TEST_F(PluginManagerTest, KeepsLogLines)
{
    enable("sample");
    ASSERT_TRUE(act("log"));
    const auto lines = m_plugins->logs("com.test.sample", 10);
    ASSERT_TRUE(lines);
    const auto found = std::ranges::find(*lines, "sample.odd", &LogLine::key);
    ASSERT_NE(found, lines->end());
    EXPECT_EQ(found->message, "something odd");
    EXPECT_EQ(found->level, LogLevel::warning);
    EXPECT_EQ(found->fields["n"], Value{1});
}

TEST_F(PluginManagerTest, RefusesPluginsThatAreNotFit)
{
    install("plain");
    std::ofstream{m_folder / "installed/com.test.plain/plugin.json"} << R"({"id":"com.test.plain"})";
    ASSERT_TRUE(m_plugins->rescan());
    EXPECT_EQ(status("plain").state, PluginState::discovered);
    EXPECT_EQ(m_plugins->enable("com.test.plain").error().message, "\"name\" is missing");
}

} // namespace
} // namespace mortise::host
