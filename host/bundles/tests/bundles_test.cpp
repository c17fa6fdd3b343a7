#include "base/json.hpp"
#include "bundles/bundles.hpp"
#include "plugins/tests/plugins_fixture.hpp"
#include "records/catalog.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace mortise::host {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view steps_id = "com.test.steps";

/// The plugin `steps` with a setting, a field and records, in a real folder.
class BundlesTest : public PluginsTest {
protected:
    void SetUp() override
    {
        PluginsTest::SetUp();
        open_bundles();
    }
    void TearDown() override
    {
        m_bundles.reset();
        PluginsTest::TearDown();
    }
    void open_bundles()
    {
        m_bundles = std::make_unique<Bundles>(
            *m_database, *m_writer, *m_records, *m_plugins, m_clock, m_folder / "bundles"
        );
        const auto opened = m_bundles->open();
        ASSERT_TRUE(opened) << opened.error().message;
    }
    /// As the next process finds it.
    void restart()
    {
        m_bundles.reset();
        close();
        open();
        open_bundles();
    }

    /// A version of `steps` on disk; each pair replaces a text of its manifest.
    void put(const std::string& version, const std::vector<std::pair<std::string, std::string>>& changes = {})
    {
        const fs::path folder = m_folder / "data" / steps_id / version;
        fs::create_directories(folder.parent_path());
        fs::copy(fs::path{MORTISE_FIXTURES} / steps_id, folder);
        std::ifstream in{folder / "plugin.json"};
        std::string manifest{std::istreambuf_iterator<char>{in}, {}};
        std::vector<std::pair<std::string, std::string>> all = changes;
        all.emplace_back("\"1.0.0\"", '"' + version + '"');
        for (const auto& [from, to] : all) {
            ASSERT_NE(manifest.find(from), std::string::npos) << from;
            manifest.replace(manifest.find(from), from.size(), to);
        }
        fs::permissions(folder / "plugin.json", fs::perms::owner_write, fs::perm_options::add);
        std::ofstream{folder / "plugin.json"} << manifest;
        ASSERT_TRUE(m_plugins->rescan());
        m_plugins->set_setting(PluginManager::host_id, "plugins.default_mode", "in-process").has_value();
    }

    static Bundle bundle(const std::string& more = "", const std::string& range = "^1")
    {
        const auto read = read_bundle(
            R"({"name": "test", "version": "1.0.0", "plugins": {"com.test.steps": {"version": ")" + range
                + R"(", "settings": {"greeting": "hi"}}},
                "fields": [{"type": "contact", "name": "vip", "kind": "bool", "label": "VIP"}],
                "records": [
                  {"type": "contact", "match": ["name"], "values": {"name": "Ada", "vip": true}},
                  {"type": "steps_item", "match": ["text"], "values": {"text": "first", "contact": {"by": "name", "is": "Ada"}}}
                  )"
                + more + "]}",
            "test"
        );
        EXPECT_TRUE(read) << read.error().message << read.error().where;
        return *read;
    }

    BundlePlan planned(const Bundle& bundle, const PlanOptions& options = {})
    {
        auto plan = m_bundles->plan(bundle, options);
        EXPECT_TRUE(plan) << plan.error().message;
        return plan ? *std::move(plan) : BundlePlan{};
    }
    std::vector<std::string> step_texts(const BundlePlan& plan)
    {
        std::vector<std::string> texts;
        for (const BundleStep& step : plan.steps)
            texts.push_back(step.text);
        return texts;
    }
    std::string first_conflict(const Bundle& bundle, const PlanOptions& options = {})
    {
        const BundlePlan plan = planned(bundle, options);
        return plan.conflicts.empty() ? "" : plan.conflicts.front().key;
    }
    void apply(const Bundle& bundle, const PlanOptions& options = {})
    {
        const auto applied = m_bundles->apply(system(), bundle, options, "");
        ASSERT_TRUE(applied) << applied.error().message << " (" << applied.error().hint << ')';
    }

    bool is_enabled() { return m_plugins->find(steps_id) && m_plugins->find(steps_id)->enabled; }
    std::string greeting()
    {
        const auto given = m_plugins->given_settings(steps_id);
        return given ? std::string{(*given)["greeting"].text()} : "";
    }
    bool has_field(std::string_view type_name, std::string_view name)
    {
        const TypePointer type = m_records->schema()->find(type_name);
        const auto slot = type ? type->slot(name) : std::nullopt;
        return slot && !type->fields[*slot].archived;
    }
    std::size_t count(std::string_view type)
    {
        const auto page
            = m_records->list(Principal::system(), type, {.sort = {}, .limit = 1000, .after = {}});
        return page ? page->rows.size() : 0;
    }
    /// Nothing of the bundle is there; the field of the installation is archived, as fields are never
    /// dropped.
    void expect_untouched()
    {
        EXPECT_FALSE(is_enabled());
        EXPECT_EQ(greeting(), "");
        EXPECT_FALSE(m_records->schema()->find("steps_item")) << "its types are gone";
        EXPECT_FALSE(has_field("contact", "vip"));
        EXPECT_EQ(count("contact"), 0U);
        const auto place = m_plugins->place(steps_id, {});
        EXPECT_TRUE(place && !place->is_known);
    }
    void expect_applied()
    {
        EXPECT_TRUE(is_enabled());
        EXPECT_EQ(greeting(), "hi");
        EXPECT_TRUE(has_field("contact", "vip"));
        EXPECT_EQ(count("contact"), 1U);
        const auto first = m_records->find(Principal::system(), "steps_item", "text", "first", 5);
        EXPECT_TRUE(first && first->size() == 1) << "besides, the plugin makes one for each new contact";
    }

    std::unique_ptr<Bundles> m_bundles;
};

TEST_F(BundlesTest, PlansInWordsAndWritesNothing)
{
    put("1.0.0");
    const auto epoch = m_records->schema()->epoch();
    const BundlePlan plan = planned(bundle());
    EXPECT_TRUE(plan.is_possible());
    EXPECT_EQ(
        step_texts(plan),
        (std::vector<std::string>{
            "enable Steps (com.test.steps 1.0.0): the bundle test wants ^1; set greeting = \"hi\"",
            "add the field vip (VIP, bool) to contact",
            "make 1 record of the type contact: \"Ada\"",
            "make 1 record of the type steps_item: \"first\"",
        })
    );
    ASSERT_EQ(plan.permissions.size(), 2U);
    EXPECT_EQ(plan.permissions[0].text, "see contacts");
    EXPECT_EQ(plan.permissions[1].text, "read the secrets that you give it");
    EXPECT_EQ(plan.cost.types, 1U);
    EXPECT_EQ(plan.cost.schedules, 2U);
    ASSERT_EQ(plan.lock.plugins.size(), 1U);
    EXPECT_TRUE(plan.lock.plugins[0].digest.starts_with("sha256:"));
    EXPECT_EQ(m_records->schema()->epoch(), epoch);
    expect_untouched();
}

TEST_F(BundlesTest, TellsBeforeEachStepHowManyAreDone)
{
    put("1.0.0");
    std::vector<std::size_t> told;
    const auto applied
        = m_bundles->apply(system(), bundle(), {}, "", [&](std::size_t done, const BundlePlan& plan) {
              EXPECT_LE(done, plan.steps.size());
              told.push_back(done);
          });
    ASSERT_TRUE(applied) << applied.error().message;
    ASSERT_EQ(told.size(), applied->plan.steps.size() + 1);
    for (std::size_t i = 0; i < told.size(); ++i)
        EXPECT_EQ(told[i], i);
}

TEST_F(BundlesTest, AppliesAllOfItAndTakesItBack)
{
    put("1.0.0");
    apply(bundle());
    expect_applied();
    EXPECT_TRUE(planned(bundle()).steps.empty()) << "all of it is so already";
    const auto again = m_bundles->apply(system(), bundle(), {}, "");
    ASSERT_TRUE(again);
    EXPECT_EQ(again->run, 0);

    const auto looked = m_bundles->rollback(true);
    ASSERT_TRUE(looked);
    EXPECT_EQ(looked->steps.size(), 4U);
    expect_applied();
    const auto back = m_bundles->rollback(false);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_TRUE(back->left.empty());
    EXPECT_FALSE(is_enabled());
    EXPECT_EQ(greeting(), "");
    EXPECT_FALSE(has_field("contact", "vip"));
    EXPECT_EQ(count("contact"), 0U);
    EXPECT_EQ(m_bundles->rollback(false).error().key, "bundles.none_applied");
    apply(bundle());
    expect_applied();
}

TEST_F(BundlesTest, KeepsASettingThatWasChangedSince)
{
    put("1.0.0");
    apply(bundle());
    ASSERT_TRUE(m_plugins->set_setting(steps_id, "greeting", "moin"));
    const auto back = m_bundles->rollback(false);
    ASSERT_TRUE(back);
    ASSERT_EQ(back->left.size(), 1U);
    EXPECT_EQ(greeting(), "moin");
}

TEST_F(BundlesTest, LeavesNothingBehindWhenAStepFails)
{
    put("1.0.0");
    const auto failed
        = m_bundles->apply(system(), bundle(R"(, {"type": "steps_item", "values": {"text": null}})"), {}, "");
    ASSERT_FALSE(failed);
    EXPECT_NE(failed.error().message.find("of the type steps_item"), std::string::npos)
        << failed.error().message;
    EXPECT_NE(failed.error().hint.find("taken back"), std::string::npos) << failed.error().hint;
    expect_untouched();
    ASSERT_TRUE(m_bundles->runs());
    EXPECT_EQ(m_bundles->runs()->front().state, RunState::taken_back);
}

TEST_F(BundlesTest, TakesBackWhatAProcessLeftThatEndedAnywhere)
{
    put("1.0.0");
    const BundlePlan plan = planned(bundle());
    for (std::size_t done = 0; done <= plan.steps.size(); ++done)
        for (const bool begun : {false, true}) {
            if (begun && done == plan.steps.size()) continue;
            SCOPED_TRACE(std::to_string(done) + (begun ? " done, one begun" : " done"));
            BundleJournal journal{*m_database, *m_writer, m_clock};
            BundleSteps steps{*m_records, *m_plugins, journal};
            BundleRun run{.bundle = "test", .version = "1.0.0", .by = "system", .lock = plan.lock};
            const auto id = journal.begin(run, plan.steps);
            ASSERT_TRUE(id);
            for (std::size_t i = 0; i < done + (begun ? 1 : 0); ++i) {
                JournalStep step{.run = *id, .number = static_cast<std::int64_t>(i), .step = plan.steps[i]};
                const auto ran = steps.run(system(), step);
                ASSERT_TRUE(ran) << ran.error().message;
                if (i < done) continue;
                step.state = StepState::begun; // what it did is there, and that it is done is not noted
                if (step.step.kind == StepKind::records) continue; // those are noted with it
                ASSERT_TRUE(journal.note(step));
            }
            restart();
            expect_untouched();
            EXPECT_EQ(m_bundles->runs()->front().state, RunState::taken_back);
        }
    apply(bundle());
    expect_applied();
}

TEST_F(BundlesTest, KeepsTypesThatHoldSomebodysRecords)
{
    put("1.0.0");
    const BundlePlan plan = planned(bundle());
    BundleJournal journal{*m_database, *m_writer, m_clock};
    BundleSteps steps{*m_records, *m_plugins, journal};
    const auto id = journal.begin(
        {.bundle = "test", .version = "1.0.0", .by = "system", .lock = plan.lock}, plan.steps
    );
    ASSERT_TRUE(id);
    JournalStep first{.run = *id, .number = 0, .step = plan.steps[0]};
    ASSERT_TRUE(steps.run(system(), first));
    CallContext anna = system();
    anna.principal.user = {17};
    anna.principal.user_name = "anna";
    anna.principal.scope = RowScope::all;
    UnitOfWork unit;
    unit.changes.push_back({Operation::create, "steps_item", {}, {}, {{"text", "hers"}}});
    ASSERT_TRUE(m_records->commit(anna, std::move(unit)));
    restart();
    EXPECT_FALSE(is_enabled());
    EXPECT_EQ(count("steps_item"), 1U) << "readable";
    EXPECT_TRUE(m_records->schema()->find("steps_item")->archived);
}

TEST_F(BundlesTest, LetsANewerVersionTakeThePlaceAndGoesBack)
{
    put("1.0.0");
    ASSERT_TRUE(m_plugins->enable(steps_id));
    put("1.1.0", {{"\"contacts.read\"", R"("contacts.read", "contacts.write")"}});
    const BundlePlan plan = planned(bundle("", "^1.1"));
    EXPECT_TRUE(plan.is_possible());
    ASSERT_EQ(plan.migrations.size(), 1U);
    ASSERT_EQ(plan.permissions.size(), 1U) << "only what is new is asked";
    EXPECT_EQ(plan.permissions[0].text, "make, change and delete contacts");
    apply(bundle("", "^1.1"));
    EXPECT_EQ(m_plugins->find(steps_id)->version, "1.1.0");
    EXPECT_TRUE(m_plugins->find(steps_id)->problems.empty());
    restart();
    EXPECT_EQ(m_plugins->find(steps_id)->version, "1.1.0");
    ASSERT_TRUE(m_bundles->rollback(false));
    EXPECT_EQ(m_plugins->find(steps_id)->version, "1.0.0");
    EXPECT_TRUE(is_enabled());
    EXPECT_EQ(m_plugins->find(steps_id)->granted.size(), 2U);
    EXPECT_EQ(greeting(), "");
}

TEST_F(BundlesTest, SaysWhatStandsInTheWay)
{
    EXPECT_EQ(first_conflict(bundle()), "bundles.unresolved");
    put("1.0.0");
    EXPECT_EQ(first_conflict(bundle("", "^2")), "bundles.unresolved");
    EXPECT_EQ(first_conflict(bundle(R"(, {"type": "ticket", "values": {}})")), "bundles.no_type");
    EXPECT_EQ(first_conflict(bundle(R"(, {"type": "contact", "values": {"shoe": 3}})")), "bundles.record");
    const auto with = [](const std::string& settings) {
        return *read_bundle(
            R"({"name": "a", "version": "1.0.0", "plugins": {"com.test.steps": {"version": "*", "settings": {)"
                + settings + "}}}}",
            "test"
        );
    };
    EXPECT_EQ(first_conflict(with(R"("password": "secret")")), "bundles.secret");
    EXPECT_EQ(first_conflict(with(R"("greeting": 3)")), "bundles.setting");
    const auto field = [](const std::string& declared) {
        return *read_bundle(
            R"({"name": "a", "version": "1.0.0", "plugins": {"com.test.steps": "*"}, "fields": [)" + declared
                + "]}",
            "test"
        );
    };
    EXPECT_EQ(
        first_conflict(field(R"({"type": "contact", "name": "steps_mark", "kind": "text"})")),
        "bundles.field_taken"
    );
    EXPECT_EQ(
        first_conflict(field(R"({"type": "contact", "name": "email", "kind": "text"})")),
        "bundles.field_taken"
    );
    const auto refused
        = m_bundles->apply(system(), field(R"({"type": "ship", "name": "x", "kind": "text"})"), {}, "");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().key, "bundles.no_type");
    expect_untouched();
}

TEST_F(BundlesTest, KeepsToALock)
{
    put("1.0.0");
    const BundleLock lock = planned(bundle()).lock;
    put("1.1.0");
    EXPECT_EQ(planned(bundle()).lock.plugins[0].version.text(), "1.1.0");
    const auto read = parse_lock(boost::json::value(json_of(lock)));
    ASSERT_TRUE(read);
    EXPECT_EQ(planned(bundle(), {.lock = *read}).lock.plugins[0].version.text(), "1.0.0");
    EXPECT_EQ(
        first_conflict(bundle(R"(, {"type": "contact", "values": {"name": "B"}})"), {.lock = *read}),
        "bundles.other_bundle"
    );

    std::ofstream{m_folder / "data" / steps_id / "1.0.0" / "more.txt"} << "x";
    EXPECT_EQ(first_conflict(bundle(), {.lock = *read}), "bundles.other_files");
}

TEST_F(BundlesTest, DoesOnlyWhatWasAgreedTo)
{
    put("1.0.0");
    const std::string agreed = planned(bundle()).digest();
    ASSERT_TRUE(create_contact("Ada")); // so that it is there already
    const auto refused = m_bundles->apply(system(), bundle(), {}, agreed);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().key, "bundles.plan_changed");
    EXPECT_TRUE(m_bundles->apply(system(), bundle(), {}, planned(bundle()).digest()));
    EXPECT_EQ(count("contact"), 1U) << "it was left as it was";
    ASSERT_TRUE(m_bundles->rollback(false));
    EXPECT_EQ(count("contact"), 1U) << "and it stays";
}

TEST_F(BundlesTest, MakesABundleOfWhatRunsThatGivesTheSame)
{
    put("1.0.0");
    apply(bundle());
    std::vector<std::string> notes;
    const auto exported = m_bundles->exported({.name = "ours", .types = {"contact", "steps_item"}}, notes);
    ASSERT_TRUE(exported) << exported.error().message << exported.error().where;
    EXPECT_TRUE(notes.empty()) << notes.front();
    const auto read = parse_bundle(boost::json::value(*exported));
    ASSERT_TRUE(read);
    EXPECT_TRUE(planned(*read).steps.empty()) << step_texts(planned(*read)).front();
    ASSERT_TRUE(m_bundles->rollback(false));
    apply(*read);
    expect_applied();
}

TEST_F(BundlesTest, ListsWhatCameWithTheSystem)
{
    fs::create_directories(m_folder / "bundles");
    std::ofstream{m_folder / "bundles" / "good.json"}
        << R"({"name": "good", "version": "1.0.0", "plugins": {"com.test.steps": "^1"}})";
    std::ofstream{m_folder / "bundles" / "bad.json"} << R"({"name": "bad", "roles": []})";
    const auto shipped = m_bundles->shipped();
    ASSERT_EQ(shipped.size(), 2U);
    EXPECT_EQ(shipped[0].problem->key, "bundles.unknown_member");
    EXPECT_EQ(shipped[1].bundle->name, "good");
    EXPECT_EQ(m_bundles->find_shipped("godo").error().hint, "there are bad and good");
}

} // namespace
} // namespace mortise::host
