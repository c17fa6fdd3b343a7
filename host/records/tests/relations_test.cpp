#include "base/json.hpp"
#include "records/tests/scratch_host.hpp"
#include "records/undo.hpp"

#include <mortise/value.hpp>

#include <string>
#include <vector>

namespace mortise::host {
namespace {

constexpr std::int64_t today = 20'454; // 2026-01-01

class RelationsTest : public testing::Test {
protected:
    Id contact(const char* name, const char* kind = "person", Map more = {})
    {
        more.set("name", name);
        more.set("kind", kind);
        return make("contact", std::move(more));
    }
    Id firm(const char* name, Map more = {}) { return contact(name, "organisation", std::move(more)); }

    Id make(const char* type, Map values)
    {
        const auto made = m_host.create(type, std::move(values));
        EXPECT_TRUE(made) << made.error().where << ": " << made.error().message;
        return made ? made->ids.front() : Id{};
    }
    Result<Commit> try_relate(Id source, const char* kind, Id target, Map more = {})
    {
        more.set("source", source);
        more.set("kind", kind);
        more.set("target", target);
        return m_host.create("relation", std::move(more));
    }
    Id relate(Id source, const char* kind, Id target, Map more = {})
    {
        const auto made = try_relate(source, kind, target, std::move(more));
        EXPECT_TRUE(made) << made.error().where << ": " << made.error().message;
        return made ? made->ids.front() : Id{};
    }
    /// The key and the field of the refusal; empty if there is none.
    std::string refusal(Id source, const char* kind, Id target, Map more = {})
    {
        const auto made = try_relate(source, kind, target, std::move(more));
        if (made) return {};
        EXPECT_FALSE(made.error().message.empty());
        return made.error().key + " " + made.error().where;
    }
    Change change(Operation operation, const char* type, Id id, Map values = {})
    {
        return {.operation = operation, .type = type, .id = id, .version = {}, .values = std::move(values)};
    }
    Result<Commit> update(const char* type, Id id, Map values)
    {
        return m_host.commit(change(Operation::update, type, id, std::move(values)));
    }
    Result<Commit> remove(const char* type, Id id)
    {
        return m_host.commit(change(Operation::remove, type, id));
    }
    Value value(const char* type, Id id, const char* field)
    {
        const auto row = m_host.records->get(Principal::system(), type, id, true);
        EXPECT_TRUE(row);
        return row ? value_of(*m_host.records->schema()->find(type), *row, field) : Value{};
    }
    bool is_deleted(Id relation)
    {
        const auto row = m_host.records->get(Principal::system(), "relation", relation, true);
        return row && row->is_deleted();
    }
    std::vector<Id> relations_of(Id source)
    {
        const auto rows = m_host.records->find(Principal::system(), "relation", "source", source, 100);
        EXPECT_TRUE(rows);
        std::vector<Id> ids;
        for (const Row& row : *rows)
            ids.push_back(row.id);
        return ids;
    }
    Id kind_named(const char* name)
    {
        const auto rows = m_host.records->find(Principal::system(), "relation_kind", "name", name, 1);
        return rows && !rows->empty() ? rows->front().id : Id{};
    }

    ScratchHost m_host;
};

TEST_F(RelationsTest, KindsAreThereFromTheStartWithoutEvents)
{
    EXPECT_EQ(m_host.writer->last_event(), 0);
    for (const char* name :
         {"works_at", "reports_to", "member_of", "part_of", "partner_of", "supplier_of", "distributor_of"})
        EXPECT_TRUE(kind_named(name)) << name;
    EXPECT_LT(contact("first").number, 100) << "the sequence of ids is not used up";
    ASSERT_TRUE(remove("relation_kind", kind_named("supplier_of")));
    m_host.records = std::make_unique<Records>(*m_host.database, *m_host.writer, m_host.clock);
    ASSERT_TRUE(m_host.records->open());
    EXPECT_FALSE(kind_named("supplier_of")) << "what an administrator took away does not come back";
}

TEST_F(RelationsTest, KindIsKeptByItsName)
{
    const Id anna = contact("Anna");
    const Id acme = firm("Acme");
    const Id relation = relate(anna, "Works at", acme);
    EXPECT_EQ(value("relation", relation, "kind"), Value{"works_at"});
    EXPECT_EQ(refusal(anna, "knows", acme), "relation.unknown_kind kind");
    EXPECT_EQ(refusal(acme, "employs", anna), "relation.unknown_kind kind") << "the other direction's word";
}

TEST_F(RelationsTest, AdministratorsAddKinds)
{
    const Id anna = contact("Anna");
    const Id bob = contact("Bob");
    make(
        "relation_kind",
        {{"name", "mentor_of"}, {"label", "mentors"}, {"inverse_label", "is mentored by"}, {"tree", true}}
    );
    const Id relation = relate(anna, "mentors", bob);
    EXPECT_EQ(value("relation", relation, "kind"), Value{"mentor_of"});
    EXPECT_EQ(refusal(bob, "mentor_of", anna), "relation.circle target");
    const Id kind = kind_named("mentor_of");
    ASSERT_TRUE(update("relation_kind", kind, {{"label", "guides"}}));
    EXPECT_FALSE(update("relation_kind", kind, {{"name", "guide_of"}})) << "relations have that name";
    EXPECT_FALSE(remove("relation_kind", kind));
    ASSERT_TRUE(update("relation_kind", kind, {{"in_use", false}}));
    EXPECT_EQ(refusal(anna, "mentor_of", contact("Carl")), "relation.kind_not_in_use kind");
    EXPECT_TRUE(update("relation", relation, {{"valid_to", "2026-05-01"}})) << "what is there can be ended";
}

TEST_F(RelationsTest, RefusesWhatCannotBe)
{
    const Id anna = contact("Anna");
    const Id bob = contact("Bob");
    const Id acme = firm("Acme");
    EXPECT_EQ(refusal(anna, "works_at", bob), "relation.wrong_end target");
    EXPECT_EQ(refusal(acme, "works_at", anna), "relation.wrong_end source");
    EXPECT_EQ(refusal(anna, "partner_of", anna), "relation.itself target");
    EXPECT_EQ(refusal(anna, "works_at", Id{4711}), "records.broken_reference target");
    EXPECT_EQ(
        refusal(anna, "works_at", acme, {{"valid_from", "2025-02-02"}, {"valid_to", "2025-02-01"}}),
        "relation.period valid_to"
    );
    relate(anna, "works_at", acme, {{"valid_from", "2025-02-02"}, {"valid_to", "2025-02-02"}});
    EXPECT_EQ(refusal(anna, "works_at", acme, {{"valid_from", "2025-01-01"}}), "relation.exists target");
    relate(anna, "works_at", acme, {{"valid_from", "2025-02-03"}});
    relate(anna, "works_at", acme, {{"valid_from", "2025-02-03"}, {"role", "Advisor"}});
    relate(anna, "partner_of", acme);
    EXPECT_EQ(refusal(acme, "partner_of", anna), "relation.exists target") << "the kind is symmetric";
    EXPECT_FALSE(update("contact", anna, {{"kind", "organisation"}}));
    UnitOfWork dry;
    dry.changes.push_back(
        change(Operation::create, "relation", {}, {{"source", anna}, {"kind", "works_at"}, {"target", bob}})
    );
    const auto checked = m_host.records->preview(ScratchHost::system(), dry);
    EXPECT_FALSE(checked) << "a dry run says so too";
}

TEST_F(RelationsTest, OneAtATimeWhereTheKindSaysSo)
{
    const Id anna = contact("Anna");
    const Id bob = contact("Bob");
    const Id carl = contact("Carl");
    const Id first = relate(anna, "reports_to", bob);
    EXPECT_EQ(refusal(anna, "reports_to", carl), "relation.single valid_from");
    relate(anna, "reports_to", contact("Past"), {{"valid_to", "2025-12-31"}});
    EXPECT_EQ(
        refusal(anna, "reports_to", carl, {{"valid_from", "2027-01-01"}}), "relation.single valid_from"
    );
    UnitOfWork unit;
    unit.changes.push_back(change(Operation::update, "relation", first, {{"valid_to", "2026-12-31"}}));
    unit.changes.push_back(change(
        Operation::create,
        "relation",
        {},
        {{"source", anna}, {"kind", "reports_to"}, {"target", carl}, {"valid_from", "2027-01-01"}}
    ));
    const auto both = m_host.records->commit(ScratchHost::system(), unit);
    EXPECT_TRUE(both) << both.error().message;
    const Id dora = contact("Dora");
    relate(dora, "reports_to", bob);
    ASSERT_TRUE(remove("contact", bob));
    EXPECT_EQ(refusal(dora, "reports_to", carl), "") << "who was deleted is nobody's manager";
}

TEST_F(RelationsTest, TreesHaveNoCircles)
{
    const Id anna = contact("Anna");
    const Id bob = contact("Bob");
    const Id carl = contact("Carl");
    relate(anna, "reports_to", bob);
    relate(bob, "reports_to", carl, {{"valid_to", "2026-06-30"}});
    const auto refused = try_relate(carl, "reports_to", anna);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().key, "relation.circle");
    EXPECT_NE(refused.error().message.find(std::to_string(bob.number)), std::string::npos)
        << "by way of whom";
    EXPECT_EQ(refusal(carl, "reports_to", anna, {{"valid_from", "2026-07-01"}}), "") << "at another time";
    // Those of one unit are seen together.
    UnitOfWork unit;
    const Id dora = contact("Dora");
    const Id emil = contact("Emil");
    unit.changes.push_back(change(
        Operation::create, "relation", {}, {{"source", dora}, {"kind", "reports_to"}, {"target", emil}}
    ));
    unit.changes.push_back(change(
        Operation::create, "relation", {}, {{"source", emil}, {"kind", "reports_to"}, {"target", dora}}
    ));
    const auto both = m_host.records->commit(ScratchHost::system(), unit);
    ASSERT_FALSE(both);
    EXPECT_EQ(both.error().where, "change 0, target");
    // Organisations also by their field.
    const Id top = firm("Top");
    const Id middle = firm("Middle", {{"organisation", top}});
    const Id low = firm("Low");
    relate(low, "part_of", middle);
    const auto by_field = update("contact", top, {{"organisation", low}});
    ASSERT_FALSE(by_field);
    EXPECT_EQ(by_field.error().key, "relation.circle");
    EXPECT_FALSE(update("contact", top, {{"organisation", top}}));
    EXPECT_EQ(refusal(top, "part_of", low), "relation.circle target");
}

TEST_F(RelationsTest, PrimaryRelationGivesTheContactItsOrganisation)
{
    const Id anna = contact("Anna");
    const Id acme = firm("Acme");
    const Id beta = firm("Beta");
    const Id first = relate(anna, "works_at", acme, {{"role", "Clerk"}, {"valid_from", "2024-01-01"}});
    EXPECT_EQ(value("contact", anna, "organisation"), Value{acme});
    EXPECT_EQ(value("contact", anna, "job_title"), Value{"Clerk"});
    EXPECT_EQ(value("relation", first, "is_primary"), Value{true});
    const Id second = relate(anna, "works_at", beta, {{"role", "Advisor"}});
    EXPECT_EQ(value("contact", anna, "organisation"), Value{acme}) << "the second is another one";
    ASSERT_TRUE(update("relation", second, {{"is_primary", true}}));
    EXPECT_EQ(value("contact", anna, "organisation"), Value{beta});
    EXPECT_EQ(value("contact", anna, "job_title"), Value{"Advisor"});
    EXPECT_EQ(value("relation", first, "is_primary"), Value{false});
    ASSERT_TRUE(update("relation", second, {{"valid_to", "2025-12-31"}}));
    EXPECT_EQ(value("contact", anna, "organisation"), Value{acme}) << "the oldest that is left follows";
    EXPECT_EQ(value("contact", anna, "job_title"), Value{"Clerk"});
    ASSERT_TRUE(update("contact", anna, {{"job_title", "Head"}}));
    EXPECT_EQ(value("relation", first, "role"), Value{"Head"});
    ASSERT_TRUE(remove("relation", first));
    EXPECT_TRUE(value("contact", anna, "organisation").is_null());
    relate(anna, "works_at", acme, {{"valid_from", "2027-01-01"}});
    EXPECT_TRUE(value("contact", anna, "organisation").is_null()) << "not yet";
}

TEST_F(RelationsTest, OrganisationOfAContactIsFollowedByItsRelations)
{
    const Id acme = firm("Acme");
    const Id beta = firm("Beta");
    const Id anna = contact("Anna", "person", {{"organisation", acme}, {"job_title", "Clerk"}});
    EXPECT_TRUE(relations_of(anna).empty()) << "the field is enough";
    ASSERT_TRUE(update("contact", anna, {{"organisation", beta}}));
    EXPECT_TRUE(relations_of(anna).empty());
    const Id old = relate(anna, "works_at", acme, {{"is_primary", true}, {"valid_from", "2025-01-01"}});
    EXPECT_EQ(value("contact", anna, "organisation"), Value{acme});
    ASSERT_EQ(relations_of(anna).size(), 2U) << "what was only the field is not lost";
    ASSERT_TRUE(update("contact", anna, {{"organisation", firm("Gamma")}}));
    EXPECT_EQ(value("relation", old, "valid_to"), (Value{Date{today - 1}}));
    ASSERT_EQ(relations_of(anna).size(), 3U);
    const Id fresh = relations_of(anna).back();
    EXPECT_EQ(value("relation", fresh, "valid_from"), (Value{Date{today}}));
    EXPECT_EQ(value("relation", fresh, "is_primary"), Value{true});
    ASSERT_TRUE(update("contact", anna, {{"organisation", beta}}));
    EXPECT_TRUE(is_deleted(fresh)) << "it was a slip: it lasted no day";
    EXPECT_EQ(value("relation", relations_of(anna).at(1), "is_primary"), Value{true});
    ASSERT_TRUE(update("contact", anna, {{"organisation", nullptr}}));
    EXPECT_TRUE(value("contact", anna, "organisation").is_null());
}

TEST_F(RelationsTest, UndoTakesBackBothSides)
{
    Undo undo{*m_host.database, *m_host.records};
    const Id acme = firm("Acme");
    const Id anna = contact("Anna");
    const auto made = try_relate(anna, "works_at", acme, {{"role", "Clerk"}, {"valid_from", "2025-01-01"}});
    ASSERT_TRUE(made);
    const auto moved = update("contact", anna, {{"organisation", firm("Beta")}});
    ASSERT_TRUE(moved);
    ASSERT_EQ(relations_of(anna).size(), 2U);
    const auto back = undo.commits(ScratchHost::system(), std::vector{moved->number}, UndoForce::no);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(value("contact", anna, "organisation"), Value{acme});
    EXPECT_EQ(relations_of(anna), std::vector{made->ids.front()});
    EXPECT_TRUE(value("relation", made->ids.front(), "valid_to").is_null());
    const auto all_back = undo.commits(ScratchHost::system(), std::vector{made->number}, UndoForce::no);
    EXPECT_FALSE(all_back && all_back->conflicts.empty()) << "it was changed since: told, not forced";
}

TEST_F(RelationsTest, WhoMayNotWriteTheContactDoesNotByARelation)
{
    const Id acme = firm("Acme");
    const Id anna = contact("Anna");
    CallContext bob = ScratchHost::system();
    bob.principal = Principal{};
    bob.principal.user = Id{77};
    bob.principal.user_name = "bob";
    bob.principal.scope = RowScope::own;
    UnitOfWork unit;
    unit.changes.push_back(
        change(Operation::create, "relation", {}, {{"source", anna}, {"kind", "works_at"}, {"target", acme}})
    );
    const auto refused = m_host.records->commit(bob, unit);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().key, "records.broken_reference") << "as if they were not there";
}

} // namespace
} // namespace mortise::host
