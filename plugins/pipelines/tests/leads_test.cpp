// Leads: taken in, converted, and taken back.
#include "sales_kit.hpp"

#include <chrono>

namespace mortise::testkit {
namespace {

using namespace std::chrono_literals;

class Leads : public SalesTest {
protected:
    Id lead(Map fields) { return make("lead", std::move(fields)); }
    Id anna()
    {
        return lead(
            {{"name", "Anna Bell"},
             {"company", "Acme"},
             {"email", "Anna@Acme.example"},
             {"utm_source", "newsletter"}}
        );
    }
    std::size_t contacts() const { return kit.list("contact").size(); }
};

TEST_F(Leads, NamesItselfAndSaysWhereItCameFrom)
{
    const Id id = anna();
    EXPECT_EQ(of("lead", id, "source"), Value{"newsletter"});
    EXPECT_EQ(of("lead", id, "status"), Value{"new"});
    const Id nameless = lead({{"email", "info@globex.example"}});
    EXPECT_EQ(of("lead", nameless, "name"), Value{"info@globex.example"});
    EXPECT_FALSE(kit.create("lead", {{"source", "fair"}})) << "nothing says who it is";
    EXPECT_TRUE(expect_refused(kit.update("lead", id, {{"status", "converted"}}), {.field = "status"}));
}

TEST_F(Leads, ConvertsIntoWhatIsNotThereYet)
{
    const Id id = anna();
    const Value answer = must("pipelines.convert_lead", {{"lead", id}, {"amount", "500"}});
    EXPECT_EQ(answer["contact"]["action"], Value{"create"});
    EXPECT_EQ(answer["organisation"]["action"], Value{"create"});
    const Id person = of("lead", id, "contact").get_or(Id{});
    const Id acme = of("lead", id, "organisation").get_or(Id{});
    EXPECT_EQ(of("contact", person, "organisation"), Value{acme});
    EXPECT_EQ(of("contact", person, "email"), Value{"anna@acme.example"});
    EXPECT_EQ(of("contact", acme, "kind"), Value{"organisation"});
    const Id made = of("lead", id, "opportunity").get_or(Id{});
    EXPECT_EQ(of("opportunity", made, "name"), Value{"Acme"});
    EXPECT_EQ(of("opportunity", made, "amount"), dollars(500'00));
    EXPECT_EQ(of("opportunity", made, "contact"), Value{person});
    EXPECT_EQ(kit.events("lead.converted", id).size(), 1U);
    EXPECT_EQ(refusal("pipelines.convert_lead", {{"lead", id}}), "pipelines.lead_is_over");
}

TEST_F(Leads, LinksWhoIsThereAlready)
{
    const Id acme = make("contact", {{"kind", "organisation"}, {"name", "ACME"}});
    const Id known
        = make("contact", {{"kind", "person"}, {"name", "A. Bell"}, {"email", "anna@acme.example"}});
    const Id id = anna();
    const auto preview = kit.call("pipelines.convert_lead", {{"lead", id}}, {.preview = true});
    ASSERT_TRUE(preview);
    EXPECT_EQ((*preview)["contact"]["action"], Value{"link"});
    EXPECT_EQ(item((*preview)["contact"]["candidates"], 0)["why"], Value{"email"});
    EXPECT_EQ(of("lead", id, "status"), Value{"new"}) << "a preview does nothing";
    EXPECT_EQ(kit.list("opportunity").size(), 0U);
    must("pipelines.convert_lead", {{"lead", id}, {"opportunity", false}});
    EXPECT_EQ(of("lead", id, "contact"), Value{known});
    EXPECT_EQ(of("lead", id, "organisation"), Value{acme});
    EXPECT_EQ(contacts(), 2U);
    EXPECT_EQ(kit.list("opportunity").size(), 0U);
}

TEST_F(Leads, AsksWhoIsMeantIfThereAreSeveral)
{
    const Id first = make("contact", {{"kind", "person"}, {"name", "Anna"}, {"email", "anna@acme.example"}});
    make("contact", {{"kind", "person"}, {"name", "Anne"}, {"email", "anna@acme.example"}});
    const Id id = anna();
    EXPECT_EQ(refusal("pipelines.convert_lead", {{"lead", id}}), "pipelines.several_candidates");
    const auto preview = kit.call("pipelines.convert_lead", {{"lead", id}}, {.preview = true});
    ASSERT_TRUE(preview);
    EXPECT_EQ((*preview)["contact"]["action"], Value{"choose"});
    EXPECT_EQ(size((*preview)["contact"]["candidates"]), 2U);
    must("pipelines.convert_lead", {{"lead", id}, {"contact", first}});
    EXPECT_EQ(of("lead", id, "contact"), Value{first});
}

TEST_F(Leads, AConversionCanBeUndoneForAMonth)
{
    const Id id = anna();
    must("pipelines.convert_lead", {{"lead", id}});
    kit.advance(29 * 24h);
    const Value undone = must("pipelines.undo_conversion", {{"lead", id}});
    EXPECT_EQ(size(undone["deleted"]), 3U);
    EXPECT_EQ(contacts(), 0U);
    EXPECT_EQ(kit.list("opportunity").size(), 0U);
    EXPECT_EQ(of("lead", id, "status"), Value{"new"});
    EXPECT_TRUE(of("lead", id, "contact").is_null());
    EXPECT_EQ(kit.events("lead.conversion_undone", id).size(), 1U);
    must("pipelines.convert_lead", {{"lead", id}});
    kit.advance(31 * 24h);
    EXPECT_EQ(refusal("pipelines.undo_conversion", {{"lead", id}}), "pipelines.too_late");
}

TEST_F(Leads, UndoingLosesNothingThatSomebodyChanged)
{
    const Id id = anna();
    must("pipelines.convert_lead", {{"lead", id}});
    const Id made = of("lead", id, "opportunity").get_or(Id{});
    ASSERT_TRUE(kit.update("opportunity", made, {{"amount", "12 USD"}}));
    EXPECT_EQ(refusal("pipelines.undo_conversion", {{"lead", id}}), "pipelines.changed_since");
    EXPECT_EQ(contacts(), 2U);
    const Value undone = must("pipelines.undo_conversion", {{"lead", id}, {"keep_changed", true}});
    EXPECT_EQ(size(undone["kept"]), 1U);
    EXPECT_EQ(contacts(), 0U);
    EXPECT_EQ(of("opportunity", made, "amount"), dollars(12'00));
}

TEST_F(Leads, TreatsDuplicatesAsTheSettingSays)
{
    const Id first = anna();
    const Id second = lead({{"name", "A. Bell"}, {"email", "anna@acme.example"}});
    EXPECT_EQ(of("lead", second, "duplicate_of"), Value{first});
    ASSERT_TRUE(kit.set("lead_duplicates", "refuse"));
    EXPECT_TRUE(expect_refused(
        kit.create("lead", {{"name", "Anna"}, {"email", "ANNA@acme.example"}}), {.field = "email"}
    ));
    must("pipelines.drop_lead", {{"lead", first}, {"reason", "Wrong person"}});
    must("pipelines.drop_lead", {{"lead", second}});
    EXPECT_TRUE(kit.create("lead", {{"name", "Anna"}, {"email", "anna@acme.example"}}))
        << "those that are over do not count";
    ASSERT_EQ(kit.events("lead.dropped", first).size(), 1U);
    EXPECT_EQ(kit.events("lead.dropped", first)[0].data["reason"], Value{"Wrong person"});
}

TEST_F(Leads, TellsQuantityAndQualityBySource)
{
    for (int i = 0; i < 3; ++i)
        lead({{"name", "Somebody"}, {"source", "fair"}});
    const Id id = anna();
    kit.advance(2h);
    must("pipelines.convert_lead", {{"lead", id}, {"amount", "80"}});
    must("pipelines.win_opportunity", {{"opportunity", of("lead", id, "opportunity")}});
    const auto rows = kit.named_query("pipelines.lead_quality");
    ASSERT_TRUE(rows);
    ASSERT_EQ(rows->size(), 2U);
    EXPECT_EQ((*rows)[0]["source"], Value{"fair"});
    EXPECT_EQ((*rows)[0]["converted"], Value{0});
    EXPECT_EQ((*rows)[1]["rate"], Value{10'000});
    EXPECT_EQ((*rows)[1]["to_first_touch"], Value{2 * 3'600'000'000LL});
    EXPECT_EQ((*rows)[1]["revenue"], Value{80'00});
}

TEST_F(Leads, AreMadeByCommandWithWhoeverIsNamed)
{
    const Id hanna = make("sales_agent", {{"name", "Hanna"}, {"active", true}});
    const Id chair = make("product", {{"name", "Chair"}});
    const Id id = must(
                      "pipelines.create_lead",
                      {{"company", "Acme"},
                       {"email", "anna@acme.example"},
                       {"utm_source", "newsletter"},
                       {"score", 17},
                       {"agent", "Hanna"},
                       {"product", "Chair"}}
    )["lead"]
                      .get_or(Id{});
    EXPECT_EQ(of("lead", id, "name"), Value{"Acme"}) << "nobody gave a name";
    EXPECT_EQ(of("lead", id, "source"), Value{"newsletter"});
    EXPECT_EQ(of("lead", id, "score"), Value{17});
    EXPECT_EQ(of("lead", id, "agent"), Value{hanna});
    EXPECT_EQ(of("lead", id, "product"), Value{chair});
    EXPECT_EQ(of("lead", id, "status"), Value{"assigned"});
    EXPECT_EQ(of("lead", id, "assigned_at"), Value{kit.now()});
    EXPECT_EQ(kit.events("lead.assigned", id).size(), 1U);
    EXPECT_NE(refusal("pipelines.create_lead", {{"name", "X"}, {"agent", "Nobody"}}), "it was done");
    EXPECT_NE(refusal("pipelines.create_lead", {{"source", "fair"}}), "it was done")
        << "nothing says who it is";
    EXPECT_EQ(kit.list("lead").size(), 1U);
}

TEST_F(Leads, ArePutAsideAndTakenUpAgain)
{
    make("sales_agent", {{"name", "Hanna"}, {"active", true}});
    const Id id = must("pipelines.create_lead", {{"name", "Anna"}, {"agent", "Hanna"}})["lead"].get_or(Id{});
    must("pipelines.recycle_lead", {{"lead", id}, {"reason", "No budget"}});
    EXPECT_EQ(of("lead", id, "status"), Value{"recycled"});
    EXPECT_FALSE(of("lead", id, "agent").is_null()) << "it keeps its agent unless it is released";
    const auto told = kit.events("lead.recycled", id);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told.front().data["reason"], Value{"No budget"});
    EXPECT_EQ(told.front().data["was"], Value{"assigned"});
    must("pipelines.recycle_lead", {{"lead", id}, {"reason", "Still none"}, {"release", true}});
    EXPECT_TRUE(of("lead", id, "agent").is_null());
    EXPECT_EQ(of("lead", id, "drop_reason"), Value{"Still none"});
    // Whoever takes it up again: it is somebody's work, and no reason says that it is not.
    must("pipelines.assign", {{"leads", List{id}}, {"agent", "Hanna"}});
    EXPECT_EQ(of("lead", id, "status"), Value{"assigned"});
    EXPECT_TRUE(of("lead", id, "drop_reason").is_null());
    must("pipelines.drop_lead", {{"lead", id}, {"reason", "Bankrupt"}});
    EXPECT_EQ(refusal("pipelines.recycle_lead", {{"lead", id}}), "pipelines.lead_is_over");
}

TEST_F(Leads, NeedsThePermissionToMakeContacts)
{
    const Id id = anna();
    ASSERT_TRUE(kit.deny("contacts.write"));
    const auto denied = kit.call("pipelines.convert_lead", {{"lead", id}});
    ASSERT_FALSE(denied);
    EXPECT_EQ(denied.error().code, ErrorCode::denied);
    EXPECT_EQ(of("lead", id, "status"), Value{"new"});
}

} // namespace
} // namespace mortise::testkit
