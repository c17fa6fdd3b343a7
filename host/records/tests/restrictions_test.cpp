#include "base/json.hpp"
#include "records/redirects.hpp"
#include "records/restrictions.hpp"
#include "records/tests/scratch_host.hpp"
#include "records/type_declaration.hpp"
#include "records/undo.hpp"

#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <algorithm>

namespace mortise::host {
namespace {

class RestrictionsTest : public testing::Test {
protected:
    void SetUp() override
    {
        m_person = make("contact", {{"kind", "person"}, {"name", "Ada"}, {"email", "ada@example.com"}});
        m_other = make("contact", {{"kind", "person"}, {"name", "Bob"}});
        const auto points
            = m_host.records->find(Principal::system(), "contact_point", "contact", Value{m_person}, 10);
        ASSERT_TRUE(points && points->size() == 1);
        m_point = points->front().id;
        ASSERT_TRUE(restrict_it());
    }

    Id make(const char* type, Map values)
    {
        const auto made = m_host.create(type, std::move(values));
        EXPECT_TRUE(made) << made.error().message;
        return made ? made->ids.front() : Id{};
    }

    Result<void> restrict_it()
    {
        return m_host.writer->run([&](Connection& connection) {
            return add_restriction(
                connection, {m_person, "she says the address is wrong", "user:anna", m_host.clock.now()}
            );
        });
    }

    static CallContext member()
    {
        static const auto rights
            = std::make_shared<const Rights>(std::vector<Role>{*find_built_in_role(member_role)});
        CallContext context;
        context.principal.user = Id{5};
        context.principal.user_name = "max";
        context.principal.rights = rights;
        return context;
    }
    static CallContext administrator()
    {
        CallContext context;
        context.principal.user = Id{4};
        context.principal.user_name = "anna";
        context.principal.scope = RowScope::all;
        return context;
    }
    static CallContext plugin()
    {
        CallContext context = administrator();
        context.principal.plugin = std::make_shared<const PluginGrants>(
            "acme.score", std::vector<std::string>{"contacts.write", "contact_points.write", "contacts.read"}
        );
        return context;
    }

    static Change update(const char* type, Id id, Map values)
    {
        return {
            .operation = Operation::update, .type = type, .id = id, .version = {}, .values = std::move(values)
        };
    }
    static Change renamed(Id id, const std::string& name) { return update("contact", id, {{"name", name}}); }
    static Change removal(const char* type, Id id)
    {
        return {.operation = Operation::remove, .type = type, .id = id, .version = {}, .values = {}};
    }
    static Change creation(const char* type, Map values)
    {
        return {
            .operation = Operation::create, .type = type, .id = {}, .version = {}, .values = std::move(values)
        };
    }
    static UnitOfWork unit_of(std::vector<Change> changes)
    {
        UnitOfWork unit;
        unit.changes = std::move(changes);
        return unit;
    }

    /// Clubs, whose deletion takes a contact's club away, and a contact that has one as its bearer too.
    void declare_clubs()
    {
        const auto types = parse_type_declarations(
            *parse_json(
                R"([{"name": "club", "title_field": "name", "fields": [{"name": "name", "kind": "text"}]},
                {"name": "contact", "extends": true, "fields": [
                {"name": "club", "kind": "reference", "reference": "club", "on_delete": "clear"},
                {"name": "bearer", "kind": "reference", "reference": "club", "on_delete": "delete"}]}])",
                "types"
            ),
            "/types",
            ""
        );
        ASSERT_TRUE(types) << types.error().message;
        const auto declared = m_host.records->declare("acme", *types);
        ASSERT_TRUE(declared) << declared.error().message;
    }

    std::string refusal(const CallContext& context, const UnitOfWork& unit)
    {
        const auto done = m_host.records->commit(context, unit);
        return done ? "" : done.error().key;
    }
    std::string refusal(const CallContext& context, Change change)
    {
        UnitOfWork unit;
        unit.changes.push_back(std::move(change));
        return refusal(context, unit);
    }

    Value name()
    {
        const auto row = m_host.records->get(Principal::system(), "contact", m_person);
        return row ? value_of(*m_host.records->schema()->find("contact"), *row, "name") : Value{};
    }

    ScratchHost m_host;
    Id m_person;
    Id m_other;
    Id m_point;
};

TEST_F(RestrictionsTest, NobodyChangesTheContactButWhoMayLiftItAndByHand)
{
    EXPECT_EQ(refusal(plugin(), renamed(m_person, "Plugin's")), "records.restricted");
    UnitOfWork imported;
    imported.imported = true;
    imported.changes.push_back(renamed(m_person, "Import's"));
    EXPECT_EQ(refusal(administrator(), imported), "records.restricted");
    CallContext by_import = administrator();
    by_import.channel = "import";
    EXPECT_EQ(refusal(by_import, renamed(m_person, "Import's")), "records.restricted");
    UnitOfWork many;
    for (int i = 0; i < 20; ++i)
        many.changes.push_back(
            {.operation = Operation::create,
             .type = "contact",
             .id = {},
             .version = {},
             .values = {{"name", "New"}}}
        );
    many.changes.push_back(renamed(m_person, "One of many"));
    EXPECT_EQ(refusal(administrator(), many), "records.restricted");
    EXPECT_EQ(name(), Value{"Ada"});
    EXPECT_EQ(refusal(administrator(), renamed(m_person, "By hand")), "");
    EXPECT_EQ(name(), Value{"By hand"});
    EXPECT_EQ(refusal(plugin(), renamed(m_other, "Robert")), "") << "others are as ever";
}

TEST_F(RestrictionsTest, AMemberIsToldWhoRestrictedItAndHowItIsLifted)
{
    const auto row = m_host.records->get(Principal::system(), "contact", m_person);
    ASSERT_TRUE(row);
    CallContext context = member();
    UnitOfWork give; // a member changes its own
    give.changes.push_back(update("contact", m_person, {{"owner", context.principal.user}}));
    ASSERT_EQ(refusal(administrator(), give), "");
    UnitOfWork unit;
    unit.changes.push_back(renamed(m_person, "Member's"));
    const auto done = m_host.records->commit(context, unit);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().key, "records.restricted");
    EXPECT_EQ(done.error().code, ErrorCode::refused);
    for (const char* part : {"contact ", "user:anna", "2026-01-01", "she says the address is wrong"})
        EXPECT_NE(done.error().message.find(part), std::string::npos) << done.error().message;
    EXPECT_NE(done.error().hint.find("contacts unrestrict"), std::string::npos);
    EXPECT_TRUE(m_host.records->get(context.principal, "contact", m_person)) << "it can be read";
    EXPECT_NE(
        refusal(
            context,
            Change{
                .operation = Operation::remove, .type = "contact", .id = m_person, .version = {}, .values = {}
            }
        ),
        ""
    );
}

TEST_F(RestrictionsTest, AddressesAndRelationsAreDataOfTheContact)
{
    EXPECT_EQ(refusal(plugin(), update("contact_point", m_point, {{"label", "x"}})), "records.restricted");
    EXPECT_EQ(
        refusal(plugin(), update("contact_point", m_point, {{"contact", m_other}})), "records.restricted"
    ) << "nor taken away";
    UnitOfWork imported;
    imported.imported = true;
    imported.changes.push_back(
        {.operation = Operation::create,
         .type = "contact_point",
         .id = {},
         .version = {},
         .values = {{"contact", m_person}, {"kind", "email"}, {"value", "new@example.com"}}}
    );
    EXPECT_EQ(refusal(administrator(), imported), "records.restricted");
    imported.changes.front().type = "relation";
    imported.changes.front().values = {{"source", m_other}, {"target", m_person}, {"kind", "reports_to"}};
    EXPECT_EQ(refusal(administrator(), imported), "records.restricted");
    imported.changes.front().values = {{"source", m_person}, {"target", m_other}, {"kind", "reports_to"}};
    EXPECT_EQ(refusal(administrator(), imported), "records.restricted");
}

TEST_F(RestrictionsTest, IdentitiesAreDataOfTheContact)
{
    const Map values{{"contact", m_person}, {"namespace", "cookie"}, {"value", "c"}};
    UnitOfWork imported = unit_of({creation("identity", values)});
    imported.imported = true;
    EXPECT_EQ(refusal(administrator(), imported), "records.restricted");
    imported.imported = false;
    const auto made = m_host.records->commit(administrator(), imported);
    ASSERT_TRUE(made) << made.error().message;
    CallContext plugin = this->plugin();
    plugin.principal.plugin = std::make_shared<const PluginGrants>(
        "acme.score", std::vector<std::string>{"identities.write", "identities.read"}
    );
    for (const Change& change :
         {update("identity", made->ids.front(), {{"source", "web"}}),
          update("identity", made->ids.front(), {{"contact", m_other}}),
          removal("identity", made->ids.front())})
        EXPECT_EQ(refusal(plugin, change), "records.restricted") << name_of(change.operation);
    EXPECT_EQ(refusal(administrator(), removal("identity", made->ids.front())), "");
}

TEST_F(RestrictionsTest, WhereAnAddressBouncesIsNoChangeOfThePersonsData)
{
    const Id other
        = make("contact_point", {{"contact", m_other}, {"kind", "email"}, {"value", "ada@example.com"}});
    // As the plugin for e-mail tells of a bounce: every point with the address, in one unit.
    const UnitOfWork bounce = unit_of(
        {update("contact_point", m_point, {{"state", "bounced"}}),
         update("contact_point", other, {{"state", "bounced"}})}
    );
    EXPECT_EQ(refusal(plugin(), bounce), "");
    for (const Id point : {m_point, other}) {
        const auto row = m_host.records->get(Principal::system(), "contact_point", point);
        ASSERT_TRUE(row);
        EXPECT_EQ(
            value_of(*m_host.records->schema()->find("contact_point"), *row, "state"), Value{"bounced"}
        );
    }
    EXPECT_EQ(
        refusal(plugin(), update("contact_point", m_point, {{"state", "valid"}, {"label", "x"}})),
        "records.restricted"
    );
}

TEST_F(RestrictionsTest, ByHandIsWhatAPersonDoesItself)
{
    for (const char* channel : {"agent", "public", "import"}) {
        CallContext context = administrator();
        context.channel = channel;
        EXPECT_EQ(refusal(context, renamed(m_person, channel)), "records.restricted") << channel;
    }
    UnitOfWork follows = unit_of({renamed(m_person, "As a source says")});
    follows.by_hand = false;
    EXPECT_EQ(refusal(administrator(), follows), "records.restricted");
    CallContext wide = member(); // sees and writes everything, and may erase nobody
    wide.principal = wide.principal.widened();
    EXPECT_EQ(refusal(wide, renamed(m_person, "Widened")), "records.restricted");
    EXPECT_EQ(name(), Value{"Ada"});
    for (const char* channel : {"console", "api"}) {
        CallContext context = administrator();
        context.channel = channel;
        EXPECT_EQ(refusal(context, renamed(m_person, channel)), "") << channel;
    }
}

TEST_F(RestrictionsTest, TheHostItselfChangesNothingUnlessItMust)
{
    UnitOfWork unit = unit_of({renamed(m_person, "The host's")});
    EXPECT_EQ(refusal(ScratchHost::system(), unit), "records.restricted");
    unit.despite_restrictions = true;
    EXPECT_EQ(refusal(ScratchHost::system(), unit), "");
    EXPECT_EQ(name(), Value{"The host's"});
}

TEST_F(RestrictionsTest, NobodyDeletesTheContact)
{
    UnitOfWork unit = unit_of({removal("contact", m_person)});
    for (const CallContext& context : {administrator(), plugin(), ScratchHost::system()})
        EXPECT_EQ(refusal(context, unit), "records.restricted") << context.principal.name();
    const auto told = m_host.records->commit(administrator(), unit);
    ASSERT_FALSE(told);
    EXPECT_NE(told.error().hint.find("nobody deletes it"), std::string::npos) << told.error().hint;
    unit.despite_restrictions = true;
    EXPECT_EQ(refusal(ScratchHost::system(), unit), "") << "but the host, where it must";
}

TEST_F(RestrictionsTest, NothingFollowsForItFromWhatIsDoneToOthers)
{
    declare_clubs();
    const Id club = make("club", {{"name", "Chess"}});
    const Id house = make("club", {{"name", "House"}});
    ASSERT_EQ(refusal(administrator(), update("contact", m_person, {{"club", club}, {"bearer", house}})), "");
    // Its deletion would clear a field of the contact, that of the other would delete it.
    for (const Id each : {club, house}) {
        const auto done = m_host.records->commit(administrator(), unit_of({removal("club", each)}));
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().key, "records.restricted");
        EXPECT_NE(done.error().message.find("would change along"), std::string::npos);
        EXPECT_EQ(refusal(ScratchHost::system(), removal("club", each)), "records.restricted");
    }
    EXPECT_TRUE(m_host.records->get(Principal::system(), "contact", m_person));
    // Where the same unit says it of the contact by hand, nothing follows that was not asked for.
    EXPECT_EQ(
        refusal(
            administrator(),
            unit_of({update("contact", m_person, {{"club", Value{}}}), removal("club", club)})
        ),
        ""
    );
    // What follows for the contact's own data is as ever.
    EXPECT_EQ(refusal(administrator(), update("contact", m_person, {{"email", "new@example.com"}})), "");
    EXPECT_EQ(
        refusal(administrator(), update("contact_point", m_point, {{"value", "point@example.com"}})), ""
    );
}

TEST_F(RestrictionsTest, WhoDoesNotSeeTheContactIsNotToldWhyItIsRestricted)
{
    declare_clubs();
    CallContext context = member();
    const Id club = make("club", {{"name", "Chess"}, {"owner", context.principal.user}});
    ASSERT_EQ(refusal(administrator(), update("contact", m_person, {{"club", club}})), "");
    const auto done = m_host.records->commit(context, unit_of({removal("club", club)}));
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().key, "records.restricted");
    const std::string told = done.error().message + done.error().where + done.error().hint;
    EXPECT_EQ(told.find("address is wrong"), std::string::npos) << told;
    EXPECT_EQ(told.find(std::to_string(m_person.number)), std::string::npos) << told;
}

TEST_F(RestrictionsTest, UndoOfAnImportLeavesItAndTakesBackTheRest)
{
    declare_clubs();
    const Id import = make("import", {{"record_type", "contact"}});
    const auto cleo = m_host.records->reserve(1);
    ASSERT_TRUE(cleo);
    UnitOfWork unit = unit_of(
        {creation("contact", {{"name", "Cleo"}, {"email", "cleo@example.com"}}),
         creation("contact", {{"name", "Dora"}, {"email", "dora@example.com"}}),
         creation("club", {{"name", "Chess"}}),
         creation("identity", {{"contact", *cleo}, {"namespace", "crm"}, {"value", "c1"}}),
         update("import", import, {{"created", 3}})}
    );
    unit.changes.front().id = *cleo;
    unit.imported = true;
    const auto done = m_host.records->commit(administrator(), unit);
    ASSERT_TRUE(done) << done.error().message;
    const Id club = done->ids[2];
    ASSERT_EQ(refusal(administrator(), update("contact", m_person, {{"club", club}})), "");
    ASSERT_TRUE(m_host.writer->run([&](Connection& connection) {
        return add_restriction(connection, {*cleo, "disputed", "user:anna", m_host.clock.now()});
    }));
    Undo undo{*m_host.database, *m_host.records};
    CallContext dry = administrator();
    dry.dry_run = true;
    const auto told = undo.import(dry, import, UndoForce::no);
    ASSERT_TRUE(told) << told.error().message;
    EXPECT_EQ(told->restricted, told->conflicts.size());
    std::set<std::pair<std::string, std::string>> reasons;
    for (const UndoConflict& conflict : told->conflicts)
        reasons.emplace(conflict.type, conflict.reason);
    EXPECT_EQ(
        reasons,
        (std::set<std::pair<std::string, std::string>>{
            {"contact", "the contact is restricted"},
            {"identity", "the contact is restricted"},
            {"club", "a restricted contact would change along"}
        })
    );
    const auto refused = undo.import(administrator(), import, UndoForce::no);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().key, "records.undo_conflict");
    EXPECT_NE(refused.error().message.find("restricted"), std::string::npos);
    EXPECT_NE(refused.error().hint.find("lift"), std::string::npos);
    EXPECT_TRUE(m_host.records->get(Principal::system(), "contact", done->ids[1])) << "nothing was done";
    const auto forced = undo.import(administrator(), import, UndoForce::yes);
    ASSERT_TRUE(forced) << forced.error().message;
    EXPECT_FALSE(m_host.records->get(Principal::system(), "contact", done->ids[1]));
    const auto kept = m_host.records->get(Principal::system(), "contact", *cleo);
    ASSERT_TRUE(kept);
    EXPECT_EQ(
        value_of(*m_host.records->schema()->find("contact"), *kept, "email"), Value{"cleo@example.com"}
    );
    EXPECT_TRUE(m_host.records->get(Principal::system(), "club", club));
    EXPECT_TRUE(m_host.records->get(Principal::system(), "identity", done->ids[3]));
}

TEST_F(RestrictionsTest, WhatWasDoneByHandIsTakenBackByHand)
{
    const auto done = m_host.records->commit(administrator(), unit_of({renamed(m_person, "By hand")}));
    ASSERT_TRUE(done);
    Undo undo{*m_host.database, *m_host.records};
    const auto by_host = undo.commits(ScratchHost::system(), std::span{&done->number, 1}, UndoForce::no);
    ASSERT_FALSE(by_host);
    EXPECT_EQ(by_host.error().key, "records.undo_conflict");
    EXPECT_TRUE(undo.commits(administrator(), std::span{&done->number, 1}, UndoForce::no));
    EXPECT_EQ(name(), Value{"Ada"});
}

TEST_F(RestrictionsTest, HoldsForWhatWasPreparedBefore)
{
    ASSERT_TRUE(m_host.writer->run([&](Connection& connection) {
        return remove_restriction(connection, m_person);
    }));
    UnitOfWork unit;
    unit.changes.push_back(renamed(m_person, "Plugin's"));
    const auto prepared = m_host.records->prepare(plugin(), unit);
    ASSERT_TRUE(prepared) << prepared.error().message;
    ASSERT_TRUE(restrict_it());
    const auto done = m_host.records->commit(plugin(), *prepared, UnitOfWork{});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().key, "records.restricted");
    EXPECT_EQ(name(), Value{"Ada"});
}

TEST_F(RestrictionsTest, IsLiftedAsItWasReadOrNotAtAll)
{
    const auto lift = [&](const Restriction& read) {
        const auto done
            = m_host.writer->run([&](Connection& connection) { return lift_restriction(connection, read); });
        return done ? "" : done.error().key;
    };
    const auto is_restricted = [&] { return m_host.records->restricted()->contains(m_person.number); };
    Restriction read{m_person, "", "user:anna", m_host.clock.now()};
    Restriction other = read;
    other.since = Instant{read.since.microseconds - 1};
    EXPECT_EQ(lift(other), "privacy.changed_meanwhile");
    other = read;
    other.by = "user:max";
    EXPECT_EQ(lift(other), "privacy.changed_meanwhile");
    EXPECT_TRUE(is_restricted());
    EXPECT_EQ(lift(read), "");
    EXPECT_FALSE(is_restricted());
    EXPECT_EQ(lift(read), "privacy.changed_meanwhile");
}

TEST_F(RestrictionsTest, IsFoundByTheIdOfAContactThatWasMergedIntoIt)
{
    ASSERT_TRUE(m_host.writer->run([&](Connection& connection) {
        return add_redirect(connection, m_other, m_person, Id{1});
    }));
    const ReadLease reader = m_host.database->read();
    EXPECT_FALSE(*restriction_of(*reader, m_other));
    EXPECT_TRUE(*present_restriction_of(*reader, m_other));
    EXPECT_TRUE(*present_restriction_of(*reader, m_person));
}

TEST_F(RestrictionsTest, EndsWhenItIsLifted)
{
    EXPECT_FALSE(restrict_it()) << "it is restricted already";
    ASSERT_TRUE(m_host.writer->run([&](Connection& connection) {
        return remove_restriction(connection, m_person);
    }));
    EXPECT_EQ(refusal(plugin(), renamed(m_person, "Plugin's")), "");
}

} // namespace
} // namespace mortise::host
