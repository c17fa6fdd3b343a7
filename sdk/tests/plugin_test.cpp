#include "fake_host.hpp"
#include "sample_plugin.hpp"

#include <mortise/batch_builder.hpp>
#include <mortise/plugin.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>

namespace mortise {
namespace {

using host::AbiFunction;
using host::FakeHost;

// A hook with a capture is refused when it is compiled; so is one with other parameters.
static_assert(std::is_convertible_v<decltype([](const Settings&, Reader&, Draft&) { }), HookFunction>);
static_assert(!std::is_convertible_v<
              decltype([x = 1](const Settings&, Reader&, Draft&) { (void)x; }),
              HookFunction>);
static_assert(!std::is_convertible_v<decltype([](Draft&) { }), HookFunction>);

/// A plugin whose constructor is what a test says.
class Scripted : public Plugin {
public:
    static inline std::function<void(Scripted&)> script; // of the test that runs
    static inline Scripted* last = nullptr;

    explicit Scripted(Host from) : Plugin{std::move(from)}
    {
        last = this;
        if (script) script(*this);
    }
    using Plugin::ask;
    using Plugin::before;
    using Plugin::command;
    using Plugin::job;
    using Plugin::on;
    using Plugin::on_batch;

    void activate() override
    {
        if (fail_activation) fail(ErrorCode::unsupported, "scripted.too_old", "needs a newer host");
    }
    void settings_changed(const Settings& settings) override { limit = settings["limit"].integer(); }
    void answered(std::uint64_t tag, const Result<Value>& answer) override
    {
        answers.emplace_back(tag, answer ? *answer : Value{answer.error().key});
    }
    Id migrate(const Migration& migration, Work& work) override
    {
        if (migration.after.number >= 2) return {};
        const Id next{migration.after.number + 1};
        work.update(
            migration.type, next, {{"seen", std::string{migration.from} + " to " + std::string{migration.to}}}
        );
        return next;
    }

    bool fail_activation{false};
    std::int64_t limit{0};
    std::vector<std::pair<std::uint64_t, Value>> answers;
};

class PluginLayer : public testing::Test {
protected:
    ~PluginLayer() override { Scripted::script = nullptr; }

    Result<void> open(std::function<void(Scripted&)> script)
    {
        Scripted::script = std::move(script);
        return fake.open(&detail::PluginEntry::open<Scripted>);
    }
    FakeHost::Delivery deliver(std::size_t count = 1)
    {
        const std::vector<mortise_event> events(count, sample_event("contact.created", 11, m_data));
        return fake.deliver("contact.created", events);
    }

    FakeHost fake;

private:
    ValueBlock m_data = *encode_map({{"name", "Ann"}});
};

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
    EXPECT_EQ(opened.error().message, "no mortise.jobs/1");
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

// Hooks

TEST_F(PluginLayer, LetsAHookAmendAndSeeItsOwnAmendments)
{
    ASSERT_TRUE(open([](Scripted& plugin) {
        plugin.before("contact.update", [](const Settings& settings, Reader& reader, Draft& contact) {
            if (contact.operation() != Operation::update || contact.id() != Id{9}
                || contact.type() != "contact")
                refuse("scripted.wrong_draft");
            if (!contact.changes("name") || contact.changes("city")) refuse("scripted.wrong_changes");
            contact.set("name", "Dr " + std::string{contact["name"].text()});
            contact.set("name", std::string{contact["name"].text()} + " jr");
            contact.set("limit", settings["limit"].integer());
            const Record owner = require(reader.get("user", Id{1}));
            contact.set("owner_name", owner["name"].value());
            contact.set("organisation", contact.related("organisation")["name"].value());
        });
    }));
    fake.stored[{"user", 1}] = {{"name", "Olga"}};
    const auto before = *encode_map({{"name", "A"}, {"city", "B"}});
    const auto after = *encode_map({{"name", "C"}, {"city", "B"}});
    const auto related = *encode_map({{"organisation", Map{{"name", "Acme"}}}});
    mortise_draft draft = sample_draft(MORTISE_OPERATION_UPDATE, before, after);
    draft.related = related.tree();
    const auto verdicts = fake.run_hook("contact.update", {draft});
    ASSERT_TRUE(verdicts) << verdicts.error().key;
    ASSERT_EQ(verdicts->size(), 1U);
    EXPECT_EQ(
        verdicts->front()["set"],
        (Value{Map{{"name", "Dr C jr"}, {"limit", 3}, {"owner_name", "Olga"}, {"organisation", "Acme"}}})
    );
}

TEST_F(PluginLayer, LetsAHookPassWithoutAWord)
{
    ASSERT_TRUE(open([](Scripted& plugin) {
        plugin.before("contact.delete", [](const Settings&, Reader&, Draft& contact) {
            if (contact["hot"].boolean()) {
                contact.refuse("", "scripted.hot", "hot leads stay");
                contact.refuse("", "scripted.other");
            }
        });
    }));
    const auto none = ValueBlock{};
    const auto cold = *encode_map({{"hot", false}});
    const auto hot = *encode_map({{"hot", true}});
    std::vector<mortise_draft> drafts(4, sample_draft(MORTISE_OPERATION_DELETE, none, cold));
    EXPECT_TRUE(fake.run_hook("contact.delete", drafts)->empty());
    drafts[2].after = hot.tree();
    const auto verdicts = fake.run_hook("contact.delete", drafts);
    ASSERT_EQ(verdicts->size(), 1U);
    EXPECT_EQ((*verdicts)[0]["index"], Value{2});
    EXPECT_EQ((*verdicts)[0]["refuse"]["key"].text(), "scripted.hot") << "the first refusal counts";
}

TEST_F(PluginLayer, MayNotWriteInAHook)
{
    ASSERT_TRUE(open([](Scripted& plugin) {
        plugin.before("contact.update", [](const Settings&, Reader&, Draft&) {
            require(Scripted::last->host().transact([](Work& work) { work.create("task", {}); }));
        });
    }));
    const auto map = *encode_map({{"a", 1}});
    const auto verdicts = fake.run_hook("contact.update", {sample_draft(MORTISE_OPERATION_UPDATE, map, map)});
    ASSERT_FALSE(verdicts);
    EXPECT_EQ(verdicts.error().where, "thread");
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

// Reading

class Reading : public PluginLayer {
protected:
    void SetUp() override
    {
        ASSERT_TRUE(open({}));
        fake.thread = host::thread_strand;
        fake.on_query
            = [](std::string_view sql, ValueView parameters, const border::Sink& batches) -> Result<void> {
            if (sql == "broken") return Error{ErrorCode::invalid, "near \"broken\"", {}, {}, {}};
            BatchBuilder builder{{{"id", Kind::id}, {"name", Kind::text}}};
            for (std::int64_t row = 0; row < parameters["n"].integer(); ++row) {
                builder.id(Id{row});
                builder.text("row " + std::to_string(row));
                builder.end_row();
                if (row % 10 != 9) continue;
                MORTISE_TRY(const auto batch, builder.finish());
                MORTISE_CHECK(batches.write(batch));
            }
            MORTISE_TRY(const auto rest, builder.finish());
            return batches.write(rest);
        };
    }
    const Host& plugin_host() { return Scripted::last->host(); }
};

TEST_F(Reading, GivesRowsByName)
{
    const auto rows = plugin_host().query("SELECT", Map{{"n", 25}});
    ASSERT_TRUE(rows) << rows.error().message;
    EXPECT_EQ(rows->size(), 25U);
    EXPECT_EQ(rows->snapshot(), 77U);
    std::int64_t expected = 0;
    for (const Row row : *rows) {
        EXPECT_EQ(row["id"].id(), Id{expected});
        EXPECT_EQ(row[1].text(), "row " + std::to_string(expected));
        EXPECT_FALSE(row["nothing"].exists());
        ++expected;
    }
    EXPECT_EQ(expected, 25);
    EXPECT_EQ(rows->front()["name"].value(), Value{"row 0"});
}

TEST_F(Reading, GivesAnEmptyAnswerItsColumns)
{
    const auto rows = plugin_host().named("scripted.none");
    ASSERT_TRUE(rows);
    EXPECT_TRUE(rows->empty());
    EXPECT_EQ(rows->begin(), rows->end());
    ASSERT_EQ(rows->batches().size(), 1U);
    EXPECT_EQ(rows->batches()[0].columns()[1].name(), "name");
    EXPECT_TRUE(rows->front()["name"].is_null());
}

TEST_F(Reading, StopsWhenTheReceiverHasEnough)
{
    int batches = 0;
    const auto done = plugin_host().query_batches("SELECT", Map{{"n", 1000}}, [&batches](const BatchView&) {
        return ++batches < 3;
    });
    EXPECT_TRUE(done);
    EXPECT_EQ(batches, 3);
}

TEST_F(Reading, PassesExceptionsOfTheReceiverOn)
{
    const auto boom = [](const BatchView&) -> bool { throw std::runtime_error{"full"}; };
    EXPECT_THROW((void)plugin_host().query_batches("SELECT", Map{{"n", 1}}, boom), std::runtime_error);
}

TEST_F(Reading, PassesErrorsOn)
{
    const auto rows = plugin_host().query("broken");
    ASSERT_FALSE(rows);
    EXPECT_EQ(rows.error().message, "near \"broken\"");
    EXPECT_EQ(plugin_host().query("SELECT", 0.0 / 0.0).error().code, ErrorCode::invalid);
}

TEST_F(Reading, GivesRecordsWithTheFieldsAsked)
{
    fake.stored[{"contact", 1}] = {{"name", "Ann"}, {"city", "Bern"}};
    fake.stored[{"contact", 3}] = {{"name", "Bob"}};
    const std::vector<Id> ids{Id{1}, Id{2}, Id{3}};
    const auto records = plugin_host().get("contact", ids, List{"name"});
    ASSERT_TRUE(records);
    ASSERT_EQ(records->size(), 2U);
    EXPECT_EQ((*records)[1].id(), Id{3});
    EXPECT_EQ((*records)[0].version(), 3U);
    EXPECT_EQ((*records)[0]["name"].text(), "Ann");
    EXPECT_FALSE((*records)[0]["city"].exists());
    EXPECT_EQ(plugin_host().get("contact", Id{2}).error().code, ErrorCode::not_found);
}

TEST_F(Reading, RevealsSecrets)
{
    EXPECT_EQ(*plugin_host().reveal("token"), "hush");
    EXPECT_EQ(plugin_host().reveal("other").error().code, ErrorCode::not_found);
}

TEST_F(Reading, TellsTheTimeAndWritesTheLog)
{
    EXPECT_EQ(plugin_host().now(), Instant{1'700'000'000'000'000});
    plugin_host().log().warning("scripted.odd", "something is odd", {{"n", 3}});
    plugin_host().log().error("scripted.broken", "kept without its fields", {{"n", 0.0 / 0.0}});
    ASSERT_EQ(fake.lines.size(), 2U);
    EXPECT_EQ(fake.lines[0].level, std::uint32_t{MORTISE_LEVEL_WARNING});
    EXPECT_EQ(fake.lines[0].fields, (Value{Map{{"n", 3}}}));
    EXPECT_EQ(fake.lines[1].key, "scripted.broken");
    EXPECT_TRUE(fake.lines[1].fields.is_null());
}

TEST_F(Reading, PublishesOutsideOfAUnit)
{
    ASSERT_TRUE(plugin_host().publish("scripted.seen", Id{4}, {{"a", 1}}));
    ASSERT_EQ(fake.published.size(), 1U);
    EXPECT_EQ(fake.published[0].work, 0U);
    EXPECT_EQ(fake.published[0].subject, 4U);
}

} // namespace
} // namespace mortise
