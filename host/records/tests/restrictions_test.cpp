#include "records/restrictions.hpp"
#include "records/tests/scratch_host.hpp"

#include <gtest/gtest.h>

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

    std::string refusal(const CallContext& context, UnitOfWork unit)
    {
        const auto done = m_host.records->commit(context, unit);
        return done ? "" : done.error().key;
    }
    std::string refusal(const CallContext& context, Change change)
    {
        UnitOfWork unit;
        unit.changes.push_back(std::move(change));
        return refusal(context, std::move(unit));
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
