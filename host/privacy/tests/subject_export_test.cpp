#include "base/json.hpp"
#include "commands/registry.hpp"
#include "events/event_log.hpp"
#include "merging/merging.hpp"
#include "privacy/erasure.hpp"
#include "privacy/privacy_commands.hpp"
#include "privacy/restricting.hpp"
#include "privacy/subject_export.hpp"
#include "records/tests/scratch_host.hpp"

#include <boost/json/value.hpp>

#include <array>

namespace mortise::host {
namespace {

constexpr const char* plugin_types = R"json([
{ "name": "purchase", "title_field": "number", "fields": [
  { "name": "number", "kind": "text", "label": "Number" },
  { "name": "customer", "kind": "reference", "reference": "contact", "label": "Customer", "indexed": true, "timeline": true } ] },
{ "name": "purchase_line", "title_field": "text", "fields": [
  { "name": "text", "kind": "text", "label": "What" },
  { "name": "purchase", "kind": "reference", "reference": "purchase", "label": "Purchase", "indexed": true } ] }
])json";

class SubjectExportTest : public testing::Test {
protected:
    SubjectExportTest()
        : m_log{*m_host.database},
          m_merging{*m_host.database, *m_host.writer, *m_host.records, m_host.clock},
          m_subjects{*m_host.database, *m_host.records, m_log, m_host.clock},
          m_erasure{*m_host.database, *m_host.writer, *m_host.records, m_log, m_host.clock}
    {
    }

    void SetUp() override
    {
        const auto types = parse_type_declarations(*parse_json(plugin_types, "types"), "", "");
        ASSERT_TRUE(types) << types.error().message;
        ASSERT_TRUE(m_host.records->declare("com.test", *types));
        ASSERT_TRUE(m_merging.open());
        ASSERT_TRUE(m_log.open());
        ASSERT_TRUE(m_erasure.open());
        ASSERT_TRUE(add_privacy_commands(m_commands, m_subjects, m_erasure, m_restricting));
        m_anna = make(
            "contact",
            {{"name", "Anna <b>Maier</b>"}, {"email", "marker-mail@example.com"}, {"note", "marker-note"}}
        );
        m_other = make("contact", {{"name", "Anna M."}, {"job_title", "marker-merged"}});
        m_firm = make("contact", {{"name", "marker-firm"}, {"kind", "organisation"}});
        change(Operation::update, "contact", m_anna, {{"organisation", m_firm}, {"note", "later"}});
        const Id purchase = make("purchase", {{"number", "marker-purchase"}, {"customer", m_other}});
        make("purchase_line", {{"text", "marker-line"}, {"purchase", purchase}});
        const Id gone = make("purchase", {{"number", "marker-deleted"}, {"customer", m_anna}});
        change(Operation::remove, "purchase", gone, {});
        make("purchase", {{"number", "stranger's"}, {"customer", m_firm}});
        UnitOfWork unit;
        EventDraft noted;
        noted.type = "call.noted";
        noted.subject = m_anna;
        noted.data = Map{{"text", "marker-event"}};
        unit.events.push_back(std::move(noted));
        ASSERT_TRUE(m_host.records->commit(ScratchHost::system(), unit));
        MergeRequest request;
        request.survivor = m_anna;
        request.losers = {m_other};
        ASSERT_TRUE(m_merging.merge(ScratchHost::system(), request));
    }
    Id make(const char* type, Map values)
    {
        const auto made = m_host.create(type, std::move(values));
        EXPECT_TRUE(made) << made.error().message;
        return made ? made->ids.front() : Id{};
    }
    void change(Operation operation, const char* type, Id id, Map values)
    {
        EXPECT_TRUE(m_host.commit(
            {.operation = operation, .type = type, .id = id, .version = {}, .values = std::move(values)}
        ));
    }

    static constexpr std::array markers{
        "marker-mail",
        "marker-note",
        "marker-merged",
        "marker-purchase",
        "marker-line",
        "marker-deleted",
        "marker-event"
    };

    ScratchHost m_host;
    EventLog m_log;
    Merging m_merging;
    SubjectExport m_subjects;
    Erasure m_erasure;
    Restricting m_restricting{*m_host.database, *m_host.records, m_host.clock};
    CommandRegistry m_commands;
    Id m_anna;
    Id m_other;
    Id m_firm;
};

TEST_F(SubjectExportTest, HasAllThatIsHeldAndNothingOfOthers)
{
    for (const Id id : {m_anna, m_other}) { // the old id leads to the same
        const auto subject = m_subjects.collect(ScratchHost::system(), id);
        ASSERT_TRUE(subject) << subject.error().message;
        EXPECT_EQ((*subject)["contact"], Value{m_anna});
        const std::string json = json_text(Value{*subject});
        const std::string page = subject_page(*subject);
        for (const char* marker : markers) {
            EXPECT_NE(json.find(marker), std::string::npos) << marker;
            EXPECT_NE(page.find(marker), std::string::npos) << marker;
        }
        EXPECT_EQ(json.find("stranger"), std::string::npos);
        EXPECT_EQ(json.find("marker-firm"), std::string::npos);
        EXPECT_EQ(page.find("<b>Maier"), std::string::npos) << "texts are escaped";
        EXPECT_NE(page.find("Anna &lt;b&gt;Maier"), std::string::npos);
        const std::string held_by = json_text((*subject)["held_by"]);
        EXPECT_NE(held_by.find("com.test"), std::string::npos);
    }
}

TEST_F(SubjectExportTest, IsForThoseWhoSeeAllAndIsTold)
{
    CallContext own = ScratchHost::system();
    own.principal.is_system = false;
    own.principal.user = Id{4711};
    own.principal.scope = RowScope::own;
    EXPECT_EQ(m_subjects.collect(own, m_anna).error().code, ErrorCode::denied);
    CallContext plugin = ScratchHost::system();
    plugin.principal.plugin
        = std::make_shared<const PluginGrants>("com.test", std::vector<std::string>{"records.read"});
    EXPECT_EQ(m_subjects.collect(plugin, m_anna).error().code, ErrorCode::denied);
    EXPECT_EQ(m_subjects.collect(ScratchHost::system(), Id{999'999}).error().code, ErrorCode::not_found);
    const auto page = m_commands.call(
        "contacts.export_subject", ScratchHost::system(), {{"contact", m_anna}, {"format", "html"}}
    );
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_TRUE((*page)["html"].text().starts_with("<!doctype html>"));
    EXPECT_FALSE(m_commands.call("contacts.export_subject", ScratchHost::system(), {{"contact", "anna"}}));
    EventFilter filter;
    filter.subject = m_anna;
    filter.type = "contact.exported";
    const auto told = m_log.list(Principal::system(), filter);
    ASSERT_TRUE(told);
    ASSERT_EQ(told->size(), 1U);
    EXPECT_EQ(told->front().event_class, EventClass::audit);
}

} // namespace
} // namespace mortise::host
