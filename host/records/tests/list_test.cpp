#include "scratch_host.hpp"

#include <algorithm>

namespace mortise::host {
namespace {

std::vector<std::string> names_of(const ScratchHost& host, const std::vector<Row>& rows)
{
    const TypePointer type = host.records->schema()->find("contact");
    std::vector<std::string> names;
    for (const Row& row : rows)
        names.emplace_back(value_of(*type, row, "name").text());
    return names;
}

using Names = std::vector<std::string>;

/// Contacts with the fields that lists are asked for.
class Lists : public ::testing::Test {
protected:
    void SetUp() override
    {
        add({{"name", "Ångström"}, {"country", "Sweden"}, {"lifecycle", "customer"}, {"employees", 3}});
        add({{"name", "Zorn"}, {"country", "Austria"}, {"lifecycle", "lead"}, {"tags", List{"vip", "new"}}});
        add({{"name", "anna"}, {"country", "Austria"}, {"lifecycle", "customer"}, {"employees", 10}});
        add(
            {{"name", "Ärger"},
             {"email", "aerger@example.com"},
             {"annual_revenue", Map{{"amount", "10.00"}, {"currency", "EUR"}}}}
        );
    }

    void add(Map values)
    {
        const auto made = host.create("contact", std::move(values));
        ASSERT_TRUE(made) << made.error().message;
    }

    Names list(const Value& where, std::string sort = "name")
    {
        const auto page
            = host.records->list(Principal::system(), "contact", {.sort = std::move(sort), .where = where});
        EXPECT_TRUE(page) << page.error().message;
        return page ? names_of(host, page->rows) : Names{};
    }

    Error refused(const Value& where)
    {
        const auto page = host.records->list(Principal::system(), "contact", {.where = where});
        EXPECT_FALSE(page);
        return page ? Error{} : page.error();
    }

    static Value condition(const char* field, const char* op, Value value)
    {
        return Map{{"field", field}, {"op", op}, {"value", std::move(value)}};
    }

    ScratchHost host;
};

TEST_F(Lists, AreInHumanOrder)
{
    EXPECT_EQ(list({}), (Names{"Ångström", "anna", "Ärger", "Zorn"}));
    EXPECT_EQ(list({}, "-name"), (Names{"Zorn", "Ärger", "anna", "Ångström"}));
}

TEST_F(Lists, FilterByFields)
{
    EXPECT_EQ(list(Map{{"country", "Austria"}}), (Names{"anna", "Zorn"}));
    EXPECT_EQ(list(Map{{"country", "Austria"}, {"lifecycle", "lead"}}), (Names{"Zorn"}));
    EXPECT_EQ(list(condition("country", "!=", "Austria")), (Names{"Ångström", "Ärger"}));
    EXPECT_EQ(list(condition("employees", ">", 3)), (Names{"anna"}));
    EXPECT_EQ(list(condition("employees", "<=", "10")), (Names{"Ångström", "anna"}));
    EXPECT_EQ(
        list(condition("lifecycle", "in", List{"lead", "customer"})), (Names{"Ångström", "anna", "Zorn"})
    );
    EXPECT_EQ(list(condition("employees", "empty", true)), (Names{"Ärger", "Zorn"}));
    EXPECT_EQ(list(condition("employees", "empty", false)), (Names{"Ångström", "anna"}));
    EXPECT_EQ(list(condition("tags", "has", "vip")), (Names{"Zorn"}));
    EXPECT_EQ(list(Map{{"tags", "new"}}), (Names{"Zorn"}));
    EXPECT_EQ(list(condition("tags", "!=", "new")).size(), 3U);
    EXPECT_EQ(list(condition("name", "starts_with", "AN")), (Names{"Ångström", "anna"}));
    EXPECT_EQ(list(condition("name", ">=", "b")), (Names{"Zorn"}));
    EXPECT_EQ(list(condition("email", "starts_with", "AErg")), (Names{"Ärger"}));
    EXPECT_EQ(list(condition("email", "=", "AERGER@Example.com")), (Names{"Ärger"}));
    EXPECT_EQ(list(condition("annual_revenue", ">", "9.99 EUR")), (Names{"Ärger"}));
    EXPECT_EQ(list(condition("annual_revenue", ">", "9.99 USD")), (Names{}));
    EXPECT_EQ(list(condition("created_at", ">=", "2025-12-31T00:00:00Z")).size(), 4U);
}

TEST_F(Lists, JoinConditions)
{
    const Value austria = Map{{"country", "Austria"}};
    const Value big = condition("employees", ">=", 3);
    EXPECT_EQ(list(Map{{"all", List{austria, big}}}), (Names{"anna"}));
    EXPECT_EQ(list(Map{{"any", List{austria, big}}}), (Names{"Ångström", "anna", "Zorn"}));
    EXPECT_EQ(list(Map{{"not", big}}), (Names{"Ärger", "Zorn"})) << "what is unknown is not big";
    EXPECT_EQ(
        list(Map{{"all", List{Map{{"any", List{austria, big}}}, Map{{"not", austria}}}}}), (Names{"Ångström"})
    );
}

TEST_F(Lists, SayWhatIsWrongWithAFilter)
{
    EXPECT_EQ(refused(Map{{"contry", "Austria"}}).where, "/where/contry");
    EXPECT_NE(refused(Map{{"contry", "Austria"}}).hint.find("country"), std::string::npos);
    EXPECT_EQ(
        refused(Map{{"all", List{Map{{"country", "x"}}, Map{{"lifecycle", "king"}}}}}).where,
        "/where/all/1/lifecycle"
    );
    EXPECT_NE(refused(condition("country", "like", "x")).hint.find("starts_with"), std::string::npos);
    EXPECT_FALSE(refused(condition("employees", ">", "many")).message.empty());
    EXPECT_FALSE(refused(condition("tags", "<", "vip")).message.empty());
    EXPECT_FALSE(refused(condition("country", "<", Value{})).message.empty());
    EXPECT_FALSE(refused(Value{List{}}).message.empty());
    EXPECT_FALSE(refused(Map{{"field", "country"}, {"oper", "="}}).message.empty());
    EXPECT_FALSE(refused(condition("name'; DROP TABLE x; --", "=", "x")).message.empty());
}

TEST_F(Lists, GoOnBehindEachPage)
{
    for (int i = 0; i < 40; ++i)
        add({{"name", "Näme " + std::to_string(i % 7)}, {"country", i % 2 == 0 ? "Chile" : "Peru"}});
    for (const char* sort : {"name", "-name", "country", "-employees", "", "-id", "email"})
        for (const Value& where :
             {Value{}, Value{Map{{"country", "Chile"}}}, condition("name", "starts_with", "na")}) {
            const auto all = host.records->list(
                Principal::system(), "contact", {.sort = sort, .limit = 1000, .where = where}
            );
            ASSERT_TRUE(all);
            std::vector<std::int64_t> expected;
            for (const Row& row : all->rows)
                expected.push_back(row.id.number);
            std::vector<std::int64_t> found;
            std::string after;
            do {
                const auto page = host.records->list(
                    Principal::system(), "contact", {.sort = sort, .limit = 3, .after = after, .where = where}
                );
                ASSERT_TRUE(page) << page.error().message;
                EXPECT_LE(page->next.size(), 200U);
                for (const Row& row : page->rows)
                    found.push_back(row.id.number);
                after = page->next;
            } while (!after.empty());
            EXPECT_EQ(found, expected) << sort;
        }
}

TEST_F(Lists, BindCursorsToTheirFilter)
{
    const auto page = host.records->list(Principal::system(), "contact", {.sort = "name", .limit = 1});
    ASSERT_TRUE(page);
    const auto other = host.records->list(
        Principal::system(),
        "contact",
        {.sort = "name", .after = page->next, .where = Map{{"country", "Austria"}}}
    );
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().key, "records.wrong_cursor");
}

TEST_F(Lists, FindFewRowsByIndexAndManyByWalking)
{
    UnitOfWork unit;
    for (int i = 0; i < 3000; ++i)
        unit.changes.push_back(
            {.operation = Operation::create,
             .type = "contact",
             .id = {},
             .version = {},
             .values
             = {{"name", "Many " + std::to_string(i)}, {"external_id", i % 100 == 0 ? "rare" : "many"}}}
        );
    ASSERT_TRUE(host.records->commit(ScratchHost::system(), std::move(unit)));
    for (const char* kind : {"rare", "many"}) {
        const auto page = host.records->list(
            Principal::system(), "contact", {.sort = "-name", .limit = 5, .where = Map{{"external_id", kind}}}
        );
        ASSERT_TRUE(page);
        const Names names = names_of(host, page->rows);
        EXPECT_TRUE(std::ranges::is_sorted(names, std::greater{})) << kind;
        EXPECT_EQ(names.size(), 5U);
    }
}

TEST_F(Lists, ShowAScopedPersonTheirOwn)
{
    add({{"name", "Mine"}, {"country", "Austria"}, {"owner", Id{7}}});
    const Principal seven{.user = Id{7}, .user_name = "seven", .scope = RowScope::own, .plugin = nullptr};
    const auto page
        = host.records->list(seven, "contact", {.sort = "name", .where = Map{{"country", "Austria"}}});
    ASSERT_TRUE(page);
    EXPECT_EQ(names_of(host, page->rows), (Names{"Mine"}));
}

TEST_F(Lists, KeepTheirOrderWhenANameChangesAndAfterItIsUndone)
{
    const auto rows = host.records->find(Principal::system(), "contact", "name", "Zorn", 1);
    ASSERT_TRUE(rows);
    const auto change = [&](const char* name) {
        ASSERT_TRUE(host.commit(
            {.operation = Operation::update,
             .type = "contact",
             .id = rows->at(0).id,
             .version = {},
             .values = {{"name", name}}}
        ));
    };
    change("Abel");
    EXPECT_EQ(list({}), (Names{"Abel", "Ångström", "anna", "Ärger"}));
    change("Zorn");
    EXPECT_EQ(list({}), (Names{"Ångström", "anna", "Ärger", "Zorn"}));
}

TEST(SortKeys, AreMadeForAFieldThatBecomesSorted)
{
    ScratchHost host;
    TypeDeclaration task{
        .name = "task",
        .plural = "tasks",
        .label = "Task",
        .title_field = "title",
        .extends = false,
        .fields = {Field{.name = "title"}}
    };
    ASSERT_TRUE(host.records->declare("acme", std::span{&task, 1}));
    for (const char* title : {"b", "Ä", "a", "C"})
        ASSERT_TRUE(host.create("task", {{"title", title}}));
    const auto titles = [&] {
        const auto page = host.records->list(Principal::system(), "task", {.sort = "title"});
        std::string text;
        if (page)
            for (const Row& row : page->rows)
                text += value_of(*host.records->schema()->find("task"), row, "title").text();
        return text;
    };
    EXPECT_EQ(titles(), "CabÄ");
    task.fields[0].sorted = true;
    ASSERT_TRUE(host.records->declare("acme", std::span{&task, 1}));
    EXPECT_EQ(titles(), "aÄbC");
    task.fields[0].sorted = false;
    ASSERT_TRUE(host.records->declare("acme", std::span{&task, 1}));
    EXPECT_EQ(titles(), "CabÄ");
    task.fields[0].sorted = true;
    ASSERT_TRUE(host.create("task", {{"title", "á"}}));
    ASSERT_TRUE(host.records->declare("acme", std::span{&task, 1}));
    EXPECT_EQ(titles(), "aáÄbC");
}

} // namespace
} // namespace mortise::host
