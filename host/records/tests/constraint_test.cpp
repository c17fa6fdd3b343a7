#include "base/json.hpp"
#include "scratch_host.hpp"

#include <boost/json/value.hpp>

namespace mortise::host {
namespace {

Result<std::vector<TypeDeclaration>> parse(const char* text)
{
    const auto json = parse_json(text, "types");
    EXPECT_TRUE(json);
    return parse_type_declarations(*json, "/types", "");
}

TEST(Constraints, KeepIdentitiesApart)
{
    ScratchHost host;
    const auto ada = host.create("contact", {{"name", "Ada"}});
    const Map identity{{"contact", ada->ids[0]}, {"namespace", "shop"}, {"value", "17"}};
    const auto first = host.create("identity", identity);
    ASSERT_TRUE(first);
    const auto second = host.create("identity", identity);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::exists);
    EXPECT_EQ(second.error().key, "identity_taken");
    EXPECT_EQ(
        second.error().message,
        "identity " + std::to_string(first->ids[0].number) + " of contact "
            + std::to_string(ada->ids[0].number) + " has the namespace \"shop\" and the value \"17\" already"
    );
    EXPECT_NE(
        second.error().details.find("\"contact\":\"" + std::to_string(ada->ids[0].number)), std::string::npos
    ) << second.error().details;
    Map other = identity;
    other.set("namespace", "forum");
    EXPECT_TRUE(host.create("identity", other)) << "the same value from another source";
    ASSERT_TRUE(host.commit(
        {.operation = Operation::remove, .type = "identity", .id = first->ids[0], .version = {}, .values = {}}
    ));
    EXPECT_TRUE(host.create("identity", identity)) << "what is deleted is in nobody's way";
    const auto restored = host.commit(
        {.operation = Operation::restore, .type = "identity", .id = first->ids[0], .version = {}, .values = {}
        }
    );
    ASSERT_FALSE(restored);
    EXPECT_EQ(restored.error().key, "identity_taken");
}

TEST(Identities, AreKeptInOneForm)
{
    ScratchHost host;
    const auto ada = host.create("contact", {{"name", "Ada"}});
    const auto kept = [&](const char* name_space, const char* value) -> std::string {
        const auto made = host.create(
            "identity", {{"contact", ada->ids[0]}, {"namespace", name_space}, {"value", value}}
        );
        if (!made) return made.error().where;
        const RecordType& type = *host.records->schema()->find("identity");
        const auto row = host.records->get(Principal::system(), "identity", made->ids[0]);
        return std::string{value_of(type, *row, "namespace").text()} + "="
            + std::string{value_of(type, *row, "value").text()};
    };
    EXPECT_EQ(kept(" Email ", " Ada@Example.ORG"), "email=ada@example.org");
    EXPECT_EQ(kept("phone", "+43 (1) 555-1234"), "phone=+4315551234");
    EXPECT_EQ(kept("CRM:HubSpot", " Xy1 "), "crm:hubspot=Xy1")
        << "what others call somebody is theirs to spell";
    EXPECT_EQ(kept("email", "nobody"), "value");
    EXPECT_EQ(kept("EMAIL", "ada@example.org"), "namespace") << "it is taken";
    ASSERT_TRUE(host.commit(
        {.operation = Operation::remove, .type = "contact", .id = ada->ids[0], .version = {}, .values = {}}
    ));
    const auto page = host.records->list(Principal::system(), "identity", {});
    ASSERT_TRUE(page);
    EXPECT_TRUE(page->rows.empty()) << "they go with their contact";
}

TEST(Constraints, DoNotNameWhatTheWriterMayNotSee)
{
    ScratchHost host;
    const auto ada = host.create("contact", {{"name", "Ada"}, {"owner", Id{7}}});
    ASSERT_TRUE(host.create(
        "identity", {{"contact", ada->ids[0]}, {"namespace", "shop"}, {"value", "17"}, {"owner", Id{8}}}
    ));
    CallContext seven;
    seven.principal = {.user = Id{7}, .user_name = "seven", .scope = RowScope::own, .plugin = nullptr};
    UnitOfWork unit;
    unit.changes.push_back(
        {.operation = Operation::create,
         .type = "identity",
         .id = {},
         .version = {},
         .values = {{"contact", ada->ids[0]}, {"namespace", "shop"}, {"value", "17"}}}
    );
    const auto refused = host.records->commit(seven, std::move(unit));
    ASSERT_FALSE(refused);
    EXPECT_EQ(
        refused.error().message,
        "there is a identity with the namespace \"shop\" and the value \"17\" already"
    );
    EXPECT_EQ(refused.error().details, "");
}

TEST(Constraints, AreRefusedWhenRecordsBreakThemAlready)
{
    ScratchHost host;
    auto types
        = parse(R"([{"name": "seat", "fields": [{"name": "row"}, {"name": "number", "kind": "int"}]}])");
    ASSERT_TRUE(types);
    ASSERT_TRUE(host.records->declare("acme", *types));
    const auto one = host.create("seat", {{"row", "A"}, {"number", 1}});
    const auto two = host.create("seat", {{"row", "A"}, {"number", 1}});
    types = parse(R"([{"name": "seat", "fields": [{"name": "row"}, {"name": "number", "kind": "int"}],
        "constraints": [{"name": "seat_taken", "unique": ["row", "number"]}]}])");
    ASSERT_TRUE(types) << types.error().message;
    const auto refused = host.records->declare("acme", *types);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find(std::to_string(one->ids[0].number)), std::string::npos);
    EXPECT_NE(refused.error().message.find(std::to_string(two->ids[0].number)), std::string::npos);
    ASSERT_TRUE(host.commit(
        {.operation = Operation::update,
         .type = "seat",
         .id = two->ids[0],
         .version = {},
         .values = {{"number", 2}}}
    ));
    ASSERT_TRUE(host.records->declare("acme", *types));
    EXPECT_FALSE(host.create("seat", {{"row", "A"}, {"number", 2}}));
    EXPECT_TRUE(host.create("seat", {{"row", "A"}}));
    EXPECT_TRUE(host.create("seat", {{"row", "A"}})) << "what lacks a field is not compared";
    types->front().constraints.clear();
    ASSERT_TRUE(host.records->declare("acme", *types));
    EXPECT_TRUE(host.create("seat", {{"row", "A"}, {"number", 2}})) << "the constraint is gone";
}

TEST(Constraints, CountUnderARecord)
{
    ScratchHost host;
    const auto types
        = parse(R"([{"name": "desk", "fields": [{"name": "who", "kind": "reference", "reference": "contact"},
        {"name": "state", "kind": "enum", "options": ["open", "done"]}],
        "constraints": [{"name": "two_open_desks", "count": "who", "max": 2, "where": {"state": "open"}}]}])"
        );
    ASSERT_TRUE(types) << types.error().message;
    ASSERT_TRUE(host.records->declare("acme", *types));
    const auto ada = host.create("contact", {{"name", "Ada"}});
    const Map open{{"who", ada->ids[0]}, {"state", "open"}};
    ASSERT_TRUE(host.create("desk", open));
    ASSERT_TRUE(host.create("desk", open));
    const auto third = host.create("desk", open);
    ASSERT_FALSE(third);
    EXPECT_EQ(third.error().key, "two_open_desks");
    const auto done = host.create("desk", {{"who", ada->ids[0]}, {"state", "done"}});
    ASSERT_TRUE(done);
    EXPECT_FALSE(host.commit(
        {.operation = Operation::update,
         .type = "desk",
         .id = done->ids[0],
         .version = {},
         .values = {{"state", "open"}}}
    ));
}

TEST(Constraints, AreCheckedAtDeclaration)
{
    const auto refused_at = [](const char* constraint) {
        const std::string text
            = std::
                  string{R"([{"name": "seat", "fields": [{"name": "row"}, {"name": "note", "kind": "rich_text"}],
            "constraints": [)"}
            + constraint + "]}]";
        const auto types = parse(text.c_str());
        EXPECT_FALSE(types) << constraint;
        return types ? std::string{} : types.error().where;
    };
    EXPECT_EQ(refused_at(R"({"name": "x", "unique": ["rows"]})"), "/types/0/constraints/0/unique");
    EXPECT_EQ(refused_at(R"({"name": "x", "unique": ["note"]})"), "/types/0/constraints/0/unique");
    EXPECT_EQ(refused_at(R"({"name": "x"})"), "/types/0/constraints/0");
    EXPECT_EQ(refused_at(R"({"name": "x", "count": "row", "max": 1})"), "/types/0/constraints/0/count");
    EXPECT_EQ(
        refused_at(R"({"name": "x", "unique": ["row"], "where": {"seat": 1}})"),
        "/types/0/constraints/0/where/seat"
    );
}

TEST(Constraints, GiveIndexesBackThatAreNoLongerDeclared)
{
    ScratchHost host;
    TypeDeclaration seat{
        .name = "seat",
        .plural = "seats",
        .label = "Seat",
        .title_field = "",
        .extends = false,
        .fields = {Field{.name = "row", .unique = true}}
    };
    ASSERT_TRUE(host.records->declare("acme", std::span{&seat, 1}));
    const auto first = host.create("seat", {{"row", "A"}});
    const auto second = host.create("seat", {{"row", "A"}});
    ASSERT_FALSE(second);
    EXPECT_EQ(
        second.error().message, "seat " + std::to_string(first->ids[0].number) + " has the row \"A\" already"
    );
    seat.fields[0].unique = false;
    ASSERT_TRUE(host.records->declare("acme", std::span{&seat, 1}));
    EXPECT_TRUE(host.create("seat", {{"row", "A"}}));
}

} // namespace
} // namespace mortise::host
