#include "scripted_plugin.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace mortise {
namespace {

using host::AbiFunction;

// Opening

TEST_F(PluginLayer, SaysWhatCouldNotBeBound)
{
    const auto opened
        = open([](Scripted& plugin) { plugin.command("undeclared", [](const Arguments&) { }); });
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::not_found);
    EXPECT_EQ(opened.error().where, "undeclared");
}

TEST_F(PluginLayer, SaysWhichInterfaceIsMissing)
{
    fake.missing.insert(MORTISE_JOBS_ID);
    const auto opened = open([](Scripted& plugin) { plugin.job("sync", [](Job&) { }); });
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::unsupported);
    EXPECT_EQ(opened.error().where, "mortise.jobs/1");
    EXPECT_NE(opened.error().message.find("does not have mortise.jobs/1"), std::string::npos);
}

TEST_F(PluginLayer, CanAskWhatTheHostHas)
{
    fake.missing.insert(MORTISE_JOBS_ID);
    ASSERT_TRUE(open({}));
    EXPECT_FALSE(Scripted::last->host().has("mortise.jobs/1"));
    EXPECT_TRUE(Scripted::last->host().has("mortise.records/1"));
    EXPECT_FALSE(Scripted::last->host().has("mortise.records/2"));
}

TEST_F(PluginLayer, PassesOnWhyItWillNotActivate)
{
    const auto opened = open([](Scripted& plugin) { plugin.fail_activation = true; });
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().key, "scripted.too_old");
    EXPECT_EQ(opened.error().message, "needs a newer host");
}

TEST_F(PluginLayer, SurvivesAConstructorThatThrows)
{
    const auto opened = open([](Scripted&) { throw std::runtime_error{"no luck"}; });
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::exception);
    EXPECT_EQ(opened.error().message, "no luck");
}

TEST_F(PluginLayer, FillsOnlyAsMuchTableAsAnOlderHostHas)
{
    struct {
        mortise_plugin table;
        std::uint64_t behind;
    } memory{};
    memory.table.head.size = offsetof(mortise_plugin, settings_changed);
    ASSERT_EQ(
        detail::PluginEntry::open<Scripted>(fake.root(), fake.self(), &memory.table, nullptr), MORTISE_OK
    );
    EXPECT_NE(memory.table.on_job, nullptr);
    EXPECT_EQ(memory.table.settings_changed, nullptr);
    EXPECT_EQ(memory.table.head.size, offsetof(mortise_plugin, settings_changed));
    memory.table.destroy(memory.table.impl, nullptr);
}

// Handlers

TEST_F(PluginLayer, StopsABatchAtTheEventThatFails)
{
    ASSERT_TRUE(open([seen = 0](Scripted& plugin) mutable {
        plugin.on("contact.created", [&seen](const Event& event, Work& work) {
            work.update("contact", event.subject(), {{"n", seen}});
            if (++seen == 3) refuse("scripted.poison", "the third one", "name");
        });
    }));
    const auto delivery = deliver(5);
    ASSERT_FALSE(delivery.result);
    EXPECT_EQ(delivery.result.error().code, ErrorCode::refused);
    EXPECT_EQ(delivery.result.error().key, "scripted.poison");
    EXPECT_EQ(delivery.result.error().where, "name");
    EXPECT_EQ(delivery.done, 2U);
    EXPECT_TRUE(delivery.staged.empty()) << "what was collected is dropped with the unit";
}

TEST_F(PluginLayer, HandsBatchesOverWhole)
{
    std::size_t size = 0;
    ASSERT_TRUE(open([&size](Scripted& plugin) {
        plugin.on_batch("contact.created", [&size](const Events& events, Work& work) {
            size = events.size();
            for (const Event event : events)
                work.publish(
                    "scripted.seen",
                    event.subject(),
                    {{"name", event["name"].text()}},
                    {{"contact", event.subject()}}
                );
        });
    }));
    const auto delivery = deliver(64);
    ASSERT_TRUE(delivery.result);
    EXPECT_EQ(size, 64U);
    EXPECT_EQ(delivery.done, 64U);
    ASSERT_EQ(fake.published.size(), 64U);
    EXPECT_EQ(fake.published[0].data["name"].text(), "Ann");
    EXPECT_EQ(fake.published[0].links["contact"], Value{Id{11}});
    EXPECT_NE(fake.published[0].work, 0U);
}

TEST_F(PluginLayer, CollectsChangesIntoFewCalls)
{
    ASSERT_TRUE(open([](Scripted& plugin) {
        plugin.on("contact.created", [](const Event&, Work& work) {
            for (int i = 0; i < 100; ++i)
                work.update("contact", Id{i + 1}, {{"text", std::string(100, 'x')}, {"n", i}});
        });
    }));
    const auto delivery = deliver();
    ASSERT_TRUE(delivery.result);
    EXPECT_EQ(fake.calls(AbiFunction::records_stage), 2);
    ASSERT_EQ(delivery.staged.size(), 100U);
    for (std::size_t i = 0; i < 100; ++i) {
        EXPECT_EQ(delivery.staged[i].id, i + 1);
        EXPECT_EQ(delivery.staged[i].values["n"], Value{static_cast<int>(i)});
    }
}

TEST_F(PluginLayer, StagesEveryKindOfChange)
{
    ASSERT_TRUE(open([](Scripted& plugin) {
        plugin.on("contact.created", [](const Event& event, Work& work) {
            const Id task = work.create("task", {});
            work.update("task", task, {{"title", "x"}}, 4);
            work.remove("contact", event.subject(), 5);
            work.restore("contact", event.subject());
            work.start("sync", {{"full", true}}, {.key = "one"});
        });
    }));
    const auto delivery = deliver();
    ASSERT_TRUE(delivery.result);
    ASSERT_EQ(delivery.staged.size(), 4U);
    EXPECT_EQ(delivery.staged[0].id, delivery.staged[1].id);
    EXPECT_EQ(delivery.staged[1].version, 4U);
    EXPECT_EQ(delivery.staged[2].kind, std::uint32_t{MORTISE_OPERATION_DELETE});
    EXPECT_EQ(delivery.staged[2].version, 5U);
    EXPECT_EQ(delivery.staged[3].kind, std::uint32_t{MORTISE_OPERATION_RESTORE});
    ASSERT_EQ(fake.jobs.size(), 1U);
    EXPECT_EQ(fake.jobs[0].key, "one");
    EXPECT_NE(fake.jobs[0].work, 0U);
}

TEST_F(PluginLayer, FailsTheHandlerWhenTheHostTakesNoChange)
{
    ASSERT_TRUE(open([](Scripted& plugin) {
        plugin.on("contact.created", [](const Event&, Work& work) {
            work.update("nosuch", Id{1}, {{"a", 1}});
        });
    }));
    const auto delivery = deliver();
    ASSERT_FALSE(delivery.result);
    EXPECT_EQ(delivery.result.error().code, ErrorCode::not_found);
}

TEST_F(PluginLayer, TurnsExceptionsIntoStatus)
{
    ASSERT_TRUE(open([](Scripted& plugin) {
        plugin.command("standard", [](const Arguments&) -> Value { return std::map<int, int>{}.at(3); });
        plugin.command("strange", [](const Arguments&) { throw 7; });
        plugin.command("result", [](const Arguments&) -> Result<Value> {
            return Error{ErrorCode::exists, "there is one", "scripted.twice", {}, {}};
        });
        plugin.command("relayed", [&plugin](const Arguments&) { require(plugin.host().call("other.slow")); });
    }));
    EXPECT_EQ(fake.run_command("standard", {}).error().code, ErrorCode::exception);
    EXPECT_NE(fake.run_command("standard", {}).error().message.find("map::at"), std::string::npos);
    EXPECT_EQ(fake.run_command("strange", {}).error().code, ErrorCode::exception);
    EXPECT_EQ(fake.run_command("result", {}).error().key, "scripted.twice");
    fake.others_commands["other.slow"]
        = [](const Map&) { return Error{ErrorCode::timeout, "too slow", {}, {}, {}}; };
    const auto relayed = fake.run_command("relayed", {});
    EXPECT_EQ(relayed.error().code, ErrorCode::internal)
        << "only the host may say that a plugin was too slow";
    EXPECT_EQ(relayed.error().message, "too slow");
    EXPECT_EQ(relayed.error().where, "timeout");
}

TEST_F(PluginLayer, RefusesATagThatItDidNotBind)
{
    ASSERT_TRUE(open({}));
    EXPECT_EQ(fake.run_command("nothing of ours", {}).error().code, ErrorCode::invalid);
    EXPECT_EQ(deliver().result.error().code, ErrorCode::invalid);
}

// Commands, answers, jobs, settings, migration

TEST_F(PluginLayer, GivesCommandsTheirContextAndWork)
{
    ASSERT_TRUE(open([](Scripted& plugin) {
        plugin.command("scripted.make", [](const Arguments& arguments, Work& work) -> Id {
            if (arguments.context().actor() != "user:ann" || arguments.context().user() != Id{7})
                refuse("scripted.who");
            const Id id = work.create("task", {{"title", arguments["title"].text()}});
            return arguments.context().is_preview() ? Id{} : id;
        });
    }));
    const auto made = fake.run_command("scripted.make", {{"title", "x"}});
    ASSERT_TRUE(made) << made.error().key;
    ASSERT_EQ(fake.committed.size(), 1U);
    EXPECT_EQ(*made, Value{Id{static_cast<std::int64_t>(fake.committed[0].id)}});
    EXPECT_EQ(*fake.run_command("scripted.make", {{"title", "x"}}, true), Value{Id{}});
}

TEST_F(PluginLayer, CallsOthersAndAsksWithoutWaiting)
{
    std::vector<std::string> heard;
    fake.others_commands["other.add"] = [](const Map& arguments) -> Result<Value> {
        return Value{*arguments["a"].as<std::int64_t>() + *arguments["b"].as<std::int64_t>()};
    };
    ASSERT_TRUE(open([&heard](Scripted& plugin) {
        plugin.command("scripted.run", [&plugin, &heard](const Arguments&) {
            plugin.ask("other.add", {}, [&heard](const Result<Value>& answer) {
                heard.push_back(answer ? "yes" : answer.error().message);
            });
            require(plugin.host().post("other.add", {}, 5));
            return require(plugin.host().call("other.add", {{"a", 1}, {"b", 2}}));
        });
    }));
    EXPECT_EQ(*fake.run_command("scripted.run", {}), Value{3});
    ASSERT_EQ(fake.posted.size(), 2U);
    ASSERT_TRUE(fake.answer(fake.posted[0].second, MORTISE_OK, 3));
    ASSERT_TRUE(fake.answer(5, MORTISE_E_REFUSED, Map{{"key", "other.no"}}));
    EXPECT_EQ(heard, std::vector<std::string>{"yes"});
    ASSERT_EQ(Scripted::last->answers.size(), 1U);
    EXPECT_EQ(Scripted::last->answers[0].first, 5U);
    EXPECT_EQ(Scripted::last->answers[0].second, Value{"other.no"});
}

TEST_F(PluginLayer, RunsJobsThatReportAndStop)
{
    ASSERT_TRUE(open([](Scripted& plugin) {
        plugin.job("sync", [&plugin](Job& job) {
            job.progress(1, 2, job["what"].text());
            job.stop_if_cancelled();
            require(plugin.host().transact([](Work& work) { work.create("task", {{"title", "from a job"}}); })
            );
        });
    }));
    const auto ran = fake.run_job("sync", {{"what", "contacts"}});
    ASSERT_TRUE(ran) << ran.error().message;
    EXPECT_EQ(fake.progress_texts, std::vector<std::string>{"1/2 contacts"});
    ASSERT_EQ(fake.committed.size(), 1U);
    fake.job_cancelled = true;
    EXPECT_EQ(fake.run_job("sync", {}).error().code, ErrorCode::cancelled);
}

TEST_F(PluginLayer, BuildsAUnitAgainWhenTheHostSaysRetry)
{
    int built = 0;
    ASSERT_TRUE(open([&built](Scripted& plugin) {
        plugin.job("sync", [&plugin, &built](Job&) {
            require(plugin.host().transact([&built](Work& work) {
                work.update("task", Id{++built}, {{"a", 1}});
            }));
        });
    }));
    fake.fail_next = {AbiFunction::records_commit, {ErrorCode::retry, "again", {}, {}, {}}};
    ASSERT_TRUE(fake.run_job("sync", {}));
    EXPECT_EQ(built, 2);
    ASSERT_EQ(fake.committed.size(), 1U);
    EXPECT_EQ(fake.committed[0].id, 2U);
}

TEST_F(PluginLayer, AbandonsAUnitWhoseBodyThrows)
{
    ASSERT_TRUE(open([](Scripted& plugin) {
        plugin.job("sync", [&plugin](Job&) {
            require(plugin.host().transact([](Work& work) {
                work.update("task", Id{1}, {{"a", 1}});
                throw std::runtime_error{"changed my mind"};
            }));
        });
    }));
    EXPECT_EQ(fake.run_job("sync", {}).error().message, "changed my mind");
    EXPECT_TRUE(fake.open_units.empty());
    EXPECT_TRUE(fake.committed.empty());
}

TEST_F(PluginLayer, HearsOfNewSettings)
{
    ASSERT_TRUE(open({}));
    ASSERT_TRUE(fake.change_settings({{"limit", 8}}));
    EXPECT_EQ(Scripted::last->limit, 8);
    const auto settings = Scripted::last->host().settings();
    ASSERT_TRUE(settings);
    EXPECT_EQ((*settings)["limit"].integer(), 3);
}

TEST_F(PluginLayer, MigratesInBatches)
{
    ASSERT_TRUE(open({}));
    EXPECT_EQ(*fake.migrate("task", 0), 1U);
    EXPECT_EQ(*fake.migrate("task", 1), 2U);
    EXPECT_EQ(*fake.migrate("task", 2), 0U);
    ASSERT_EQ(fake.committed.size(), 2U);
    EXPECT_EQ(fake.committed[1].values["seen"].text(), "1.0.0 to 2.0.0");
}

} // namespace
} // namespace mortise
