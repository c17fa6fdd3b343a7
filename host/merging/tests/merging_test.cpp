#include "merging/tests/merging_fixture.hpp"
#include "records/restrictions.hpp"

#include <algorithm>

namespace mortise::host {
namespace {

TEST_F(MergingTest, MovesEveryReference)
{
    const Id anna = make("contact", {{"name", "Anna Maier"}, {"email", "anna@example.com"}});
    const Id other
        = make("contact", {{"name", "A. Maier"}, {"email", "a.maier@example.com"}, {"phone", "+431234567"}});
    const Id firm = make("contact", {{"name", "Firm"}, {"kind", "organisation"}});
    const Id ticket = make("incident", {{"title", "one"}, {"contact", other}, {"watcher", other}});
    const Id gone = make("incident", {{"title", "two"}, {"contact", other}});
    remove("incident", gone);
    const Id identity = make("identity", {{"contact", other}, {"namespace", "shop"}, {"value", "17"}});
    const Id relation = make("relation", {{"source", other}, {"target", firm}, {"kind", "works at"}});
    const auto before = dump();
    const Id done = merge(anna, {other});
    for (const char* field : {"contact", "watcher"})
        EXPECT_EQ(value("incident", ticket, field), Value{anna}) << field;
    EXPECT_EQ(value("incident", gone, "contact"), Value{anna});
    EXPECT_EQ(value("identity", identity, "contact"), Value{anna});
    EXPECT_EQ(value("relation", relation, "source"), Value{anna});
    EXPECT_EQ(count("contact_point", "contact", anna), 3U);
    EXPECT_TRUE(row("contact", other, true).is_deleted());
    const UnmergePlan undone = unmerge(done);
    EXPECT_EQ(undone.merged, std::vector{other});
    EXPECT_TRUE(undone.later.empty());
    EXPECT_EQ(dump(), before);
}

TEST_F(MergingTest, OldIdsLeadToTheSurvivor)
{
    const Id first = make("contact", {{"name", "First"}, {"external_id", "X1"}});
    const Id second = make("contact", {{"name", "Second"}, {"external_id", "X2"}});
    const Id third = make("contact", {{"name", "Third"}, {"external_id", "X3"}});
    merge(second, {first});
    const Id last = merge(third, {second});
    EXPECT_EQ(row("contact", first).id, third);
    EXPECT_EQ(row("contact", second).id, third);
    const auto found = m_host.records->find(Principal::system(), "contact", "external_id", "X1", 2);
    ASSERT_TRUE(found);
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ(found->front().id, third);
    // What is written with an old id goes to the survivor.
    const Id ticket = make("incident", {{"title", "late"}, {"contact", first}});
    EXPECT_EQ(value("incident", ticket, "contact"), Value{third});
    EXPECT_EQ(count("incident", "contact", second), 1U);
    update("contact", first, {{"job_title", "Head"}});
    EXPECT_EQ(value("contact", third, "job_title"), Value{"Head"});
    // What cannot be meant for it is refused.
    const auto restored = m_host.commit(
        {.operation = Operation::restore, .type = "contact", .id = first, .version = {}, .values = {}}
    );
    ASSERT_FALSE(restored);
    EXPECT_EQ(restored.error().key, "records.merged");
    EXPECT_FALSE(m_host.commit(
        {.operation = Operation::remove, .type = "contact", .id = second, .version = {}, .values = {}}
    ));
    EXPECT_FALSE(row("contact", third).is_deleted());
    EXPECT_EQ(try_merge(third, {first}).error().key, "merge.merged_already");
    unmerge(last);
    EXPECT_EQ(row("contact", first).id, second);
    EXPECT_EQ(row("contact", second).id, second);
}

TEST_F(MergingTest, TheLatestValueCountsUnlessOneIsTaken)
{
    const Id anna = make(
        "contact", {{"name", "Anna"}, {"job_title", "Clerk"}, {"tags", List{"vip"}}, {"note", "tall"}}
    );
    const Id other = make(
        "contact",
        {{"name", "Anna M."}, {"job_title", "Head"}, {"tags", List{"vip", "2026"}}, {"note", "left"}}
    );
    const Id third = make("contact", {{"name", "Anna"}, {"family_name", "Maier"}, {"industry", "Steel"}});
    update("contact", anna, {{"industry", "Iron"}});
    const Id all = merge(anna, {other, third});
    EXPECT_EQ(value("contact", anna, "name"), Value{"Anna"});
    EXPECT_EQ(value("contact", anna, "family_name"), Value{"Maier"});
    EXPECT_EQ(value("contact", anna, "job_title"), Value{"Head"});
    EXPECT_EQ(value("contact", anna, "industry"), Value{"Iron"});
    EXPECT_EQ(value("contact", anna, "note"), Value{"tall\n\nleft"});
    EXPECT_EQ(value("contact", anna, "tags"), (Value{List{"vip", "2026"}}));
    unmerge(all);
    const Id chosen = merge(
        anna,
        {other, third},
        {{"job_title", {anna, {}}}, {"industry", {third, {}}}, {"note", {{}, "new"}}, {"name", {other, {}}}}
    );
    EXPECT_EQ(value("contact", anna, "job_title"), Value{"Clerk"});
    EXPECT_EQ(value("contact", anna, "industry"), Value{"Steel"});
    EXPECT_EQ(value("contact", anna, "note"), Value{"new"});
    EXPECT_EQ(value("contact", anna, "name"), Value{"Anna M."});
    EXPECT_EQ(value("contact", anna, "family_name"), Value{});
    unmerge(chosen);
    const Id stranger = make("contact", {{"name", "Stranger"}});
    EXPECT_EQ(try_merge(anna, {other}, {{"note", {stranger, {}}}}).error().key, "merge.take");
    EXPECT_FALSE(try_merge(anna, {other}, {{"no_field", {{}, "x"}}}));
    const Id firm = make("contact", {{"name", "Firm"}, {"kind", "organisation"}});
    EXPECT_EQ(try_merge(anna, {firm}).error().key, "merge.kinds");
    EXPECT_EQ(try_merge(anna, {anna}).error().key, "merge.contacts");
    EXPECT_EQ(try_merge(anna, {}).error().key, "merge.contacts");
}

TEST_F(MergingTest, PointsThatAreTheSameBecomeOne)
{
    const Id anna = make("contact", {{"name", "Anna"}, {"email", "anna@example.com"}});
    const Id other
        = make("contact", {{"name", "Anna"}, {"email", "anna@example.com"}, {"phone", "+431234567"}});
    make(
        "contact_point",
        {{"contact", other}, {"kind", "email"}, {"value", "old@example.com"}, {"state", "bounced"}}
    );
    make("contact_point", {{"contact", anna}, {"kind", "email"}, {"value", "old@example.com"}});
    const auto before = dump();
    const auto merged = try_merge(anna, {other}, {{"email", {{}, "new@example.com"}}});
    ASSERT_TRUE(merged) << merged.error().message;
    EXPECT_EQ(merged->plan.dropped.size(), 2U);
    const auto points = m_host.records->find(Principal::system(), "contact_point", "contact", anna, 100);
    ASSERT_TRUE(points);
    std::map<std::string, std::string> seen;
    const TypePointer type = m_host.records->schema()->find("contact_point");
    for (const Row& point : *points) {
        const bool primary = value_of(*type, point, "is_primary").get_or(false);
        seen[std::string{value_of(*type, point, "value").text()}]
            = std::string{value_of(*type, point, "state").text()} + (primary ? " primary" : "");
    }
    const std::map<std::string, std::string> expected{
        {"anna@example.com", "unverified"},
        {"old@example.com", "bounced"},
        {"new@example.com", "unverified primary"},
        {"+431234567", "unverified primary"},
    };
    EXPECT_EQ(seen, expected);
    unmerge(merged->merge);
    auto after = dump();
    std::erase_if(after, [&](const auto& each) {
        return !before.contains(each.first);
    }); // the point that was made
    EXPECT_EQ(after, before);
}

TEST_F(MergingTest, RulesOfPluginsHold)
{
    const Id anna = make("contact", {{"name", "Anna"}});
    const Id other = make("contact", {{"name", "Anna"}});
    const Id kept = make("account", {{"programme", "miles"}, {"contact", anna}});
    const Id gone = make("account", {{"programme", "miles"}, {"contact", other}});
    const Id alone = make("account", {{"programme", "points"}, {"contact", other}});
    const Id booking = make("booking", {{"text", "flight"}, {"account", gone}});
    const auto before = dump();
    const Id done = merge(anna, {other});
    EXPECT_EQ(value("booking", booking, "account"), Value{kept});
    EXPECT_TRUE(row("account", gone, true).is_deleted());
    EXPECT_FALSE(row("account", alone, true).is_deleted());
    unmerge(done);
    EXPECT_EQ(dump(), before);
}

TEST_F(MergingTest, RelationsAndConsentsStayOnce)
{
    const Id anna = make("contact", {{"name", "Anna"}});
    const Id other = make("contact", {{"name", "Anna"}});
    const Id firm = make("contact", {{"name", "Firm"}, {"kind", "organisation"}});
    make("relation", {{"source", anna}, {"target", firm}, {"kind", "works at"}});
    make("relation", {{"source", other}, {"target", firm}, {"kind", "works at"}});
    make("relation", {{"source", other}, {"target", anna}, {"kind", "partner_of"}});
    make("relation", {{"source", firm}, {"target", anna}, {"kind", "partner_of"}});
    make("relation", {{"source", other}, {"target", firm}, {"kind", "partner_of"}});
    make("purpose", {{"name", "newsletter"}, {"legal_basis", "consent"}});
    const auto say = [&](Id contact, ConsentState state, std::int64_t at) {
        ConsentGiven given;
        given.contact = contact;
        given.purpose = "newsletter";
        given.state = state;
        given.at = Instant{at};
        const auto said = m_consents->record(ScratchHost::system(), given);
        ASSERT_TRUE(said) << said.error().message;
    };
    say(anna, ConsentState::given, 1000);
    say(other, ConsentState::withdrawn, 2000);
    const auto before = dump();
    const Id done = merge(anna, {other});
    EXPECT_EQ(count("relation", "source", anna), 1U) << "once, none to herself, and partners are both ways";
    EXPECT_EQ(count("relation", "target", anna), 1U);
    const auto words = m_host.records->find(Principal::system(), "consent", "contact", anna, 10);
    ASSERT_TRUE(words);
    ASSERT_EQ(words->size(), 1U);
    EXPECT_EQ(value("consent", words->front().id, "state"), Value{"withdrawn"});
    unmerge(done);
    EXPECT_EQ(dump(), before);
}

TEST_F(MergingTest, RelationsKeepToTheirKinds)
{
    const Id anna = make("contact", {{"name", "Anna"}});
    const Id other = make("contact", {{"name", "A."}});
    const Id boss = make("contact", {{"name", "Boss"}});
    const Id clerk = make("contact", {{"name", "Clerk"}});
    const Id acme = make("contact", {{"name", "Acme"}, {"kind", "organisation"}});
    const Id beta = make("contact", {{"name", "Beta"}, {"kind", "organisation"}});
    const Id kept = make("relation", {{"source", anna}, {"target", boss}, {"kind", "reports_to"}});
    const Id second = make("relation", {{"source", other}, {"target", clerk}, {"kind", "reports_to"}});
    const Id circle = make("relation", {{"source", boss}, {"target", other}, {"kind", "reports_to"}});
    const Id first_job = make("relation", {{"source", anna}, {"target", acme}, {"kind", "works_at"}});
    const Id second_job = make("relation", {{"source", other}, {"target", beta}, {"kind", "works_at"}});
    const auto before = dump();
    const Id done = merge(anna, {other}, {{"organisation", {.from = other, .value = {}}}});
    EXPECT_FALSE(row("relation", kept, true).is_deleted());
    EXPECT_TRUE(row("relation", second, true).is_deleted()) << "one at a time";
    EXPECT_TRUE(row("relation", circle, true).is_deleted()) << "she would be above herself";
    EXPECT_EQ(value("contact", anna, "organisation"), Value{beta});
    EXPECT_EQ(value("relation", first_job, "is_primary"), Value{false});
    EXPECT_EQ(value("relation", second_job, "is_primary"), Value{true});
    EXPECT_EQ(value("relation", second_job, "source"), Value{anna});
    unmerge(done);
    EXPECT_EQ(dump(), before);
}

TEST_F(MergingTest, LaterEditsStayAndAreListed)
{
    const Id anna
        = make("contact", {{"name", "Anna"}, {"email", "anna@example.com"}, {"job_title", "Clerk"}});
    const Id other
        = make("contact", {{"name", "Anna"}, {"email", "other@example.com"}, {"job_title", "Head"}});
    const Id ticket = make("incident", {{"title", "one"}, {"contact", other}});
    const Id moved = make("incident", {{"title", "two"}, {"contact", other}});
    const Id third = make("contact", {{"name", "Third"}});
    const Id done = merge(anna, {other});
    m_host.clock.advance(Duration{1});
    update("contact", anna, {{"job_title", "Boss"}, {"industry", "Steel"}, {"email", "new@example.com"}});
    update("incident", ticket, {{"title", "one more"}});
    update("incident", moved, {{"contact", third}});
    const Id late = make("incident", {{"title", "late"}, {"contact", anna}});
    const UnmergePlan undone = unmerge(done);
    EXPECT_EQ(value("contact", anna, "job_title"), Value{"Boss"});
    EXPECT_EQ(value("contact", anna, "industry"), Value{"Steel"});
    EXPECT_EQ(value("contact", other, "job_title"), Value{"Head"});
    EXPECT_EQ(value("incident", ticket, "contact"), Value{other});
    EXPECT_EQ(value("incident", ticket, "title"), Value{"one more"});
    EXPECT_EQ(value("incident", moved, "contact"), Value{third});
    EXPECT_EQ(value("incident", late, "contact"), Value{anna});
    std::map<std::string, std::string> later;
    for (const LaterEdit& each : undone.later)
        if (each.type != "contact_point")
            later[each.type + std::to_string(each.id.number) + each.field] = each.what;
    const std::string me = "contact" + std::to_string(anna.number);
    EXPECT_EQ(later[me + "job_title"], "edited over what the merge wrote");
    EXPECT_EQ(later[me + "industry"], "edited");
    EXPECT_EQ(later["incident" + std::to_string(ticket.number) + "title"], "edited");
    EXPECT_EQ(
        later["incident" + std::to_string(moved.number) + "contact"], "edited over what the merge wrote"
    );
    EXPECT_EQ(later["incident" + std::to_string(late.number) + "contact"], "new");
    // Addresses and points agree again.
    const TypePointer type = m_host.records->schema()->find("contact_point");
    for (const Id contact : {anna, other}) {
        const auto points
            = m_host.records->find(Principal::system(), "contact_point", "contact", contact, 100);
        std::vector<Value> primary;
        for (const Row& point : *points)
            if (value_of(*type, point, "is_primary").get_or(false))
                primary.push_back(value_of(*type, point, "value"));
        EXPECT_EQ(primary, std::vector{value("contact", contact, "email")}) << contact.number;
    }
}

TEST_F(MergingTest, LaterMergesStandInTheWay)
{
    const Id first = make("contact", {{"name", "First"}});
    const Id second = make("contact", {{"name", "Second"}});
    const Id third = make("contact", {{"name", "Third"}});
    make("incident", {{"title", "one"}, {"contact", first}});
    const auto before = dump();
    const Id early = merge(second, {first});
    const Id late = merge(third, {second});
    const auto refused = m_merging.unmerge(ScratchHost::system(), early);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().key, "merge.in_the_way");
    EXPECT_NE(refused.error().hint.find(std::to_string(late.number)), std::string::npos);
    unmerge(late);
    EXPECT_EQ(m_merging.unmerge(ScratchHost::system(), late).error().key, "merge.undone");
    unmerge(early);
    EXPECT_EQ(dump(), before);
    const Id again = merge(second, {first});
    remove("contact", second);
    EXPECT_EQ(m_merging.unmerge(ScratchHost::system(), again).error().key, "merge.survivor_deleted");
}

TEST_F(MergingTest, AMergeThatTookTheSurvivorStandsInTheWay)
{
    const Id first = make("contact", {{"name", "Same"}});
    const Id second = make("contact", {{"name", "Same"}});
    const Id third = make("contact", {{"name", "Same"}});
    const Id early = merge(second, {first}); // changes nothing of the survivor
    const Id late = merge(third, {second});
    const auto refused = m_merging.unmerge(ScratchHost::system(), early);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().key, "merge.in_the_way");
    EXPECT_NE(refused.error().hint.find(std::to_string(late.number)), std::string::npos);
    unmerge(late);
    unmerge(early);
}

TEST_F(MergingTest, TheTimelineTellsOfAll)
{
    const Id anna = make("contact", {{"name", "Anna"}});
    const Id other = make("contact", {{"name", "Other"}});
    const Id ticket = make("incident", {{"title", "one"}, {"contact", other}});
    const auto timeline = [&](Id id, bool newest_first = true) {
        EventFilter filter;
        filter.subject = id;
        filter.newest_first = newest_first;
        std::vector<std::string> types;
        std::int64_t last = newest_first ? INT64_MAX : 0;
        const auto events = m_log.list(Principal::system(), filter);
        EXPECT_TRUE(events) << events.error().message;
        for (const Event& event : *events) {
            EXPECT_TRUE(newest_first ? event.number < last : event.number > last);
            last = event.number;
            types.push_back(event.type + " " + std::to_string(event.subject.number));
        }
        return types;
    };
    const Id done = merge(anna, {other});
    const std::string created = "incident.created " + std::to_string(ticket.number);
    const std::string born = "contact.created " + std::to_string(other.number);
    for (const Id id : {anna, other})
        for (const bool newest_first : {true, false}) {
            const auto all = timeline(id, newest_first);
            EXPECT_NE(std::ranges::find(all, created), all.end());
            EXPECT_NE(std::ranges::find(all, born), all.end());
            EXPECT_NE(std::ranges::find(all, "contact.merged " + std::to_string(anna.number)), all.end());
        }
    unmerge(done);
    const auto all = timeline(anna);
    EXPECT_EQ(std::ranges::find(all, born), all.end());
    EXPECT_NE(std::ranges::find(all, "contact.unmerged " + std::to_string(anna.number)), all.end());
}

TEST_F(MergingTest, NothingOfSomebodyElseWhoIsRestrictedMovesAlong)
{
    const Id firm = make("contact", {{"name", "Firm"}, {"kind", "organisation"}});
    const Id twin = make("contact", {{"name", "Firm Ltd"}, {"kind", "organisation"}});
    const Id boss = make("contact", {{"name", "Boss"}});
    const Id chief = make("contact", {{"name", "The Boss"}});
    const Id ada = make("contact", {{"name", "Ada"}, {"organisation", twin}});
    const Id relation = make("relation", {{"source", ada}, {"target", chief}, {"kind", "reports_to"}});
    const auto restrict = [&] {
        return m_host.writer->run([&](Connection& connection) {
            return add_restriction(connection, {ada, "disputed", "user:anna", m_host.clock.now()});
        });
    };
    const auto lift = [&] {
        return m_host.writer->run([&](Connection& connection) { return remove_restriction(connection, ada); }
        );
    };
    CallContext context; // who may change her by hand
    context.principal.user = Id{4};
    context.principal.user_name = "anna";
    context.principal.scope = RowScope::all;
    ASSERT_TRUE(restrict());
    for (const bool is_dry : {true, false})
        for (const auto& [survivor, loser] : {std::pair{firm, twin}, std::pair{boss, chief}}) {
            context.dry_run = is_dry;
            const auto merged = m_merging.merge(context, {.survivor = survivor, .losers = {loser}});
            ASSERT_FALSE(merged);
            EXPECT_EQ(merged.error().key, "records.restricted");
            EXPECT_NE(merged.error().message.find("would change along"), std::string::npos)
                << merged.error().message;
        }
    EXPECT_EQ(value("contact", ada, "organisation"), Value{twin});
    EXPECT_EQ(value("relation", relation, "target"), Value{chief});
    ASSERT_TRUE(lift());
    const Id done = merge(firm, {twin});
    EXPECT_EQ(value("contact", ada, "organisation"), Value{firm});
    ASSERT_TRUE(restrict());
    const auto undone = m_merging.unmerge(context, done);
    ASSERT_FALSE(undone);
    EXPECT_EQ(undone.error().key, "records.restricted");
    EXPECT_EQ(value("contact", ada, "organisation"), Value{firm});
}

} // namespace
} // namespace mortise::host
