#include "records/views.hpp"
#include "scratch_host.hpp"

#include <map>

namespace mortise::host {
namespace {

/// All rows of a query, each as a list.
List rows_of(Views& views, const Principal& principal, const QueryRequest& request)
{
    List rows;
    auto query = views.query(principal, request);
    EXPECT_TRUE(query) << query.error().message << " " << query.error().where;
    if (!query) return rows;
    for (;;) {
        const auto more = query->step();
        EXPECT_TRUE(more) << more.error().message;
        if (!more || !*more) return rows;
        List row;
        for (int i = 0; i < static_cast<int>(query->columns().size()); ++i)
            row.push_back(query->value(i));
        rows.emplace_back(std::move(row));
    }
}

Principal person(std::int64_t id, RowScope scope)
{
    return {
        .user = Id{id},
        .user_name = "u" + std::to_string(id),
        .scope = scope,
        .plugin = nullptr,
        .is_system = false
    };
}

TEST(Views, GiveTypedRows)
{
    ScratchHost host;
    Views views{*host.database, *host.records};
    const auto made = host.create(
        "contact",
        {{"name", "Acme"},
         {"kind", "organisation"},
         {"annual_revenue", Map{{"amount", "1100.04"}, {"currency", "USD"}}},
         {"tags", List{"a", "b"}}}
    );
    ASSERT_TRUE(made);
    const List rows = rows_of(
        views,
        Principal::system(),
        {.sql = "SELECT id, name, annual_revenue_minor, annual_revenue_currency, tags, created_at, 1 + 1 "
                "FROM contact"}
    );
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(
        rows[0],
        (Value{List{made->ids[0], "Acme", 110004, "USD", Value{List{"a", "b"}}, host.clock.now(), 2}})
    );
}

TEST(Views, TakeParameters)
{
    ScratchHost host;
    Views views{*host.database, *host.records};
    ASSERT_TRUE(host.create("contact", {{"name", "Ada"}}));
    ASSERT_TRUE(host.create("contact", {{"name", "Eve"}}));
    EXPECT_EQ(
        rows_of(
            views,
            Principal::system(),
            {.sql = "SELECT name FROM contact WHERE name = :who", .named = {{"who", "Eve"}}}
        ),
        (List{Value{List{"Eve"}}})
    );
}

TEST(Views, ShowOnlyWhatThePrincipalMaySee)
{
    ScratchHost host;
    Views views{*host.database, *host.records};
    ASSERT_TRUE(host.create("contact", {{"name", "Of nobody"}}));
    ASSERT_TRUE(host.create("contact", {{"name", "Of seven"}, {"owner", Id{7}}}));
    EXPECT_EQ(
        rows_of(views, person(7, RowScope::own), {.sql = "SELECT name FROM contact"}),
        (List{Value{List{"Of seven"}}})
    );
    EXPECT_EQ(
        rows_of(views, person(7, RowScope::own), {.sql = "SELECT count(*) FROM contact"}),
        (List{Value{List{1}}})
    );
    EXPECT_EQ(
        rows_of(views, person(8, RowScope::all), {.sql = "SELECT count(*) FROM contact"}),
        (List{Value{List{2}}})
    );
    EXPECT_FALSE(views.query(person(7, RowScope::own), {.sql = "SELECT * FROM event"}))
        << "events of records that are hidden";
    EXPECT_FALSE(views.query(person(8, RowScope::all), {.sql = "SELECT * FROM \"mt$contact\""}));

    Principal plugin = Principal::system();
    plugin.plugin = std::make_shared<PluginGrants>("acme.x", std::vector<std::string>{"relations.read"});
    EXPECT_FALSE(views.query(plugin, {.sql = "SELECT * FROM contact"}));
    EXPECT_TRUE(views.query(plugin, {.sql = "SELECT * FROM relation"}));
}

TEST(Views, TellAPluginWhichPermissionItLacks)
{
    ScratchHost host;
    Views views{*host.database, *host.records};
    Principal plugin = person(7, RowScope::own);
    plugin.plugin = std::make_shared<PluginGrants>("acme.x", std::vector<std::string>{"relations.read"});
    const auto refusal = [&](const Principal& principal, const std::string& sql) {
        const auto asked = views.query(principal, {.sql = sql});
        EXPECT_FALSE(asked) << sql;
        return asked ? Error{} : asked.error();
    };
    const Error denied = refusal(plugin, "SELECT 1 FROM relation, contact");
    EXPECT_EQ(denied.code, ErrorCode::denied);
    EXPECT_EQ(denied.key, "access.permission_missing");
    EXPECT_EQ(denied.message, "acme.x may not read contact: it has no permission \"contacts.read\"");
    EXPECT_NE(
        denied.hint.find("put \"contacts.read\" into \"permissions\" of its plugin.json"), std::string::npos
    ) << denied.hint;
    EXPECT_NE(refusal(plugin, "SELECT * FROM event").hint.find("\"events.read\""), std::string::npos);

    // What is not there, what is the host's own, and what persons may not see reads alike for everybody.
    for (const char* sql :
         {"SELECT * FROM contacts",
          "SELECT * FROM nothing",
          "SELECT * FROM \"mt$contact\"",
          "SELECT * FROM sqlite_master"})
        EXPECT_NE(refusal(plugin, sql).key, "access.permission_missing") << sql;
    EXPECT_EQ(refusal(person(7, RowScope::own), "SELECT * FROM event").key, "query.unknown_name");
    plugin.plugin = std::make_shared<PluginGrants>("acme.x", std::vector<std::string>{"events.read"});
    EXPECT_EQ(refusal(plugin, "SELECT * FROM event").key, "query.unknown_name")
        << "it is the person who may not";
}

TEST(Views, CountAPermissionForEachQueryThatUsesIt)
{
    ScratchHost host;
    Views views{*host.database, *host.records};
    const auto uses = std::make_shared<PermissionUses>();
    Principal plugin = Principal::system();
    plugin.plugin = std::make_shared<PluginGrants>(
        "acme.x", std::vector<std::string>{"contacts.read", "events.read", "relations.read"}, uses
    );
    const std::string join = "SELECT c.name FROM Contact c JOIN relation r ON r.source = c.id";
    ASSERT_TRUE(views.query(plugin, {.sql = join}));
    ASSERT_TRUE(views.query(plugin, {.sql = join})) << "the statement is kept";
    ASSERT_TRUE(views.query(plugin, {.sql = "SELECT count(*) FROM contact"}));
    ASSERT_TRUE(views.query(plugin, {.sql = "SELECT 1"}));
    std::map<std::string, std::uint64_t> counts;
    for (const PermissionUse& use : uses->all())
        counts[use.permission] = use.count;
    const std::map<std::string, std::uint64_t> wanted{
        {"contacts.read", 3}, {"events.read", 0}, {"relations.read", 2}
    };
    EXPECT_EQ(counts, wanted);
    ASSERT_TRUE(views.query(plugin, {.sql = "SELECT type FROM event"}));
    EXPECT_EQ(plugin.plugin->allows("events.read"), true);
    EXPECT_EQ(uses->all()[1].count, 1U);
}

TEST(Views, FollowTheTypes)
{
    ScratchHost host;
    Views views{*host.database, *host.records};
    EXPECT_FALSE(views.query(Principal::system(), {.sql = "SELECT title FROM task"}));
    const TypeDeclaration task{
        .name = "task",
        .plural = "tasks",
        .label = "Task",
        .title_field = "title",
        .extends = false,
        .fields = {Field{.name = "title"}}
    };
    ASSERT_TRUE(host.records->declare("acme", std::span{&task, 1}));
    EXPECT_TRUE(views.query(Principal::system(), {.sql = "SELECT title FROM task"}));
}

TEST(Views, ShowThePast)
{
    ScratchHost host;
    Views views{*host.database, *host.records};
    const auto ada = host.create("contact", {{"name", "Ada"}});
    const auto eve = host.create("contact", {{"name", "Eve"}});
    const std::int64_t then = eve->number;
    ASSERT_TRUE(host.commit(
        {.operation = Operation::update,
         .type = "contact",
         .id = ada->ids[0],
         .version = {},
         .values = {{"name", "Ada King"}}}
    ));
    ASSERT_TRUE(host.commit(
        {.operation = Operation::remove, .type = "contact", .id = eve->ids[0], .version = {}, .values = {}}
    ));
    ASSERT_TRUE(host.create("contact", {{"name", "New"}}));
    const char* sql = "SELECT name FROM contact ORDER BY name";
    EXPECT_EQ(
        rows_of(views, Principal::system(), {.sql = sql, .as_of = then}),
        (List{Value{List{"Ada"}}, Value{List{"Eve"}}})
    );
    EXPECT_EQ(
        rows_of(views, Principal::system(), {.sql = sql}), (List{Value{List{"Ada King"}}, Value{List{"New"}}})
    );
    EXPECT_EQ(
        rows_of(views, Principal::system(), {.sql = sql, .as_of = ada->number}), (List{Value{List{"Ada"}}})
    );
}

TEST(Views, CountThePast)
{
    ScratchHost host;
    Views views{*host.database, *host.records};
    ASSERT_TRUE(host.create("contact", {{"name", "Of seven"}, {"owner", Id{7}}}));
    const auto then = host.create("contact", {{"name", "Of nobody"}});
    ASSERT_TRUE(then);
    ASSERT_TRUE(host.create("contact", {{"name", "Later"}}));
    const auto count = [&](const Principal& principal, const char* sql) {
        return rows_of(views, principal, {.sql = sql, .as_of = then->number});
    };
    const List two{Value{List{2}}};
    EXPECT_EQ(count(Principal::system(), "SELECT count(*) FROM contact"), two);
    EXPECT_EQ(count(Principal::system(), "SELECT count(*) FROM contact AS c"), two);
    EXPECT_EQ(count(Principal::system(), "SELECT count(*) FROM Contact"), two);
    EXPECT_EQ(
        count(Principal::system(), "SELECT 1 WHERE EXISTS (SELECT 1 FROM contact)"), (List{Value{List{1}}})
    );
    EXPECT_EQ(
        count(Principal::system(), "SELECT count(*) FROM contact a CROSS JOIN contact b"),
        (List{Value{List{4}}})
    );
    EXPECT_EQ(count(person(7, RowScope::own), "SELECT count(*) FROM contact"), (List{Value{List{1}}}));
    EXPECT_FALSE(views.query(person(7, RowScope::own), {.sql = "SELECT count(*) FROM event", .as_of = 1}));
}

TEST(Views, ShowEvents)
{
    ScratchHost host;
    Views views{*host.database, *host.records};
    const auto ada = host.create("contact", {{"name", "Ada"}});
    EXPECT_EQ(
        rows_of(
            views,
            Principal::system(),
            {.sql = "SELECT type, subject, subject_type, json_text(data, 'record', 'name') FROM event"}
        ),
        (List{Value{List{"contact.created", ada->ids[0], "contact", "Ada"}}})
    );
}

} // namespace
} // namespace mortise::host
