#include "records/custom_fields.hpp"
#include "records/views.hpp"
#include "scratch_host.hpp"

namespace mortise::host {
namespace {

TEST(CustomFields, AreUsableAtOnce)
{
    ScratchHost host;
    const auto ada = host.create("contact", {{"name", "Ada"}});
    ASSERT_TRUE(add_custom_field(
        *host.records, "contacts", Field{.name = "shoe_size", .kind = FieldKind::integer, .indexed = true}
    ));
    ASSERT_TRUE(host.commit(
        {.operation = Operation::update,
         .type = "contact",
         .id = ada->ids[0],
         .version = {},
         .values = {{"shoe_size", 38}}}
    ));
    const auto page = host.records->list(
        Principal::system(), "contact", {.sort = "shoe_size", .where = Map{{"shoe_size", 38}}}
    );
    ASSERT_TRUE(page);
    EXPECT_EQ(page->rows.size(), 1U);
    Views views{*host.database, *host.records};
    EXPECT_TRUE(
        views.query(Principal::system(), {.sql = "SELECT shoe_size FROM contact WHERE shoe_size > 30"})
    );
    const auto history = host.records->history(Principal::system(), "contact", ada->ids[0]);
    ASSERT_TRUE(history);
    EXPECT_EQ(value_of(*host.records->schema()->find("contact"), history->back(), "shoe_size"), Value{38});
}

TEST(CustomFields, StayWhenOthersComeAndGo)
{
    ScratchHost host;
    ASSERT_TRUE(add_custom_field(*host.records, "contact", Field{.name = "one"}));
    ASSERT_TRUE(add_custom_field(*host.records, "contact", Field{.name = "two"}));
    ASSERT_TRUE(add_custom_field(*host.records, "relation", Field{.name = "three"}));
    const auto ada = host.create("contact", {{"name", "Ada"}, {"one", "1"}, {"two", "2"}});
    ASSERT_TRUE(ada);
    ASSERT_TRUE(archive_custom_field(*host.records, "contact", "one"));
    const auto written = host.create("contact", {{"name", "Eve"}, {"one", "1"}});
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().key, "records.archived_field");
    const TypePointer type = host.records->schema()->find("contact");
    EXPECT_EQ(
        value_of(*type, *host.records->get(Principal::system(), "contact", ada->ids[0]), "one"), Value{"1"}
    );
    EXPECT_TRUE(host.create("contact", {{"name", "Eve"}, {"two", "2"}}));
    ASSERT_TRUE(add_custom_field(*host.records, "contact", Field{.name = "one"}));
    EXPECT_TRUE(host.create("contact", {{"name", "Eve"}, {"one", "1"}}));
    const auto retyped
        = add_custom_field(*host.records, "contact", Field{.name = "one", .kind = FieldKind::integer});
    ASSERT_FALSE(retyped);
    EXPECT_EQ(retyped.error().where, "contact.one");
}

TEST(CustomFields, CannotTakeTheNamesOfOthers)
{
    ScratchHost host;
    EXPECT_FALSE(add_custom_field(*host.records, "contact", Field{.name = "email"}));
    EXPECT_FALSE(archive_custom_field(*host.records, "contact", "email"));
    EXPECT_FALSE(add_custom_field(*host.records, "nothing", Field{.name = "x"}));
}

TEST(CustomFields, MakeRoomForAFieldThatComesWithAPlugin)
{
    ScratchHost host;
    ASSERT_TRUE(add_custom_field(*host.records, "contact", Field{.name = "score"}));
    const auto ada = host.create("contact", {{"name", "Ada"}, {"score", "high"}});
    const TypeDeclaration scoring{
        .name = "contact",
        .plural = "contacts",
        .label = "Contact",
        .title_field = {},
        .extends = true,
        .fields = {Field{.name = "score", .kind = FieldKind::integer}}
    };
    const auto declared = host.records->declare("acme", std::span{&scoring, 1});
    ASSERT_TRUE(declared) << declared.error().message;
    const TypePointer type = host.records->schema()->find("contact");
    const auto row = host.records->get(Principal::system(), "contact", ada->ids[0]);
    EXPECT_EQ(value_of(*type, *row, "x_score"), Value{"high"});
    EXPECT_TRUE(value_of(*type, *row, "score").is_null());
}

} // namespace
} // namespace mortise::host
