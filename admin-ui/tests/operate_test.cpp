#include "base/json_read.hpp"
#include "panels/types_screen.hpp"
#include "tests/demo_world.hpp"
#include "tests/test_console.hpp"

#include <boost/json/parse.hpp>

namespace mortise::ui::testing {
namespace {

class Operating : public ::testing::Test {
protected:
    void SetUp() override
    {
        make_world(script);
        console.emplace([this] { return script.connect(); });
        console->settle();
    }

    Script script;
    std::optional<TestConsole> console;
};

TEST_F(Operating, MakesABackupAndRemembersIt)
{
    console->open("backup");
    EXPECT_TRUE(console->sees("None was made from this console yet"));
    console->click("Make a backup");
    console->settle();
    EXPECT_TRUE(script.last_params("backup.run").at("path").as_string().starts_with("/"));
    EXPECT_FALSE(script.last_params("backup.run").at("replace").as_bool());
    EXPECT_TRUE(console->sees("1,200 records")) << console->all_seen();
    EXPECT_TRUE(console->sees("references: 6,934 looked at"));
    EXPECT_EQ(
        text_at(console->shell().console().preferences.get("backup", "mortise:7"), "file"),
        "/srv/mortise.backup"
    );
}

TEST_F(Operating, ReplacesABackupOnlyWhenItIsTold)
{
    script.fail(
        "backup.run",
        {ErrorCode::exists, "there is a file /srv/x", "backup.exists", "/path", "choose another name"}
    );
    console->open("backup");
    console->click("Make a backup");
    console->settle();
    EXPECT_TRUE(console->sees("there is a file /srv/x")) << console->all_seen();
    console->click("Replace it");
    console->settle();
    EXPECT_TRUE(script.last_params("backup.run").at("replace").as_bool());
}

TEST_F(Operating, TellsWhatIsWrongWithTheDatabase)
{
    console->open("backup");
    script.answer(
        "database.verify",
        boost::json::parse(
            R"({"ok": false, "checks": [{"name": "pages", "looked_at": 3, "wrong": 1, "findings": ["page 7 is torn"]}]})"
        )
    );
    console->click("Check it now");
    console->settle();
    EXPECT_TRUE(console->sees("Something is wrong"));
    EXPECT_TRUE(console->sees("pages: 3 looked at, 1 wrong"));
    EXPECT_TRUE(console->sees("restore '"));
}

TEST_F(Operating, ShowsARecordAsItWasAndComesBack)
{
    console->open("record/contact/7");
    console->press(Key::t);
    console->type("2026-11-01");
    console->press(Key::enter);
    console->settle();
    EXPECT_TRUE(console->sees("As it was in version 1")) << console->all_seen();
    EXPECT_FALSE(console->sees("info@acme.example")); // it had no address then
    console->click("Back to now");
    console->frames(2);
    EXPECT_TRUE(console->sees("info@acme.example"));
    console->press(Key::p); // by key: the version before
    console->frames(2);
    EXPECT_TRUE(console->sees("As it was in version 1"));
    console->press(Key::p);
    console->frames(2);
    EXPECT_TRUE(console->sees("This is its first version"));
}

TEST_F(Operating, RefusesATimeThatIsNone)
{
    console->open("record/contact/7");
    console->press(Key::t);
    console->type("last week");
    console->press(Key::enter);
    console->settle();
    EXPECT_TRUE(console->sees("is no day or time"));
    EXPECT_FALSE(console->sees("As it was in version"));
}

TEST_F(Operating, TellsWhatTakingATransactionBackWouldDoBeforeItDoesIt)
{
    console->open("record/contact/7");
    console->click("Versions");
    console->settle();
    script.answer("undo", [](const boost::json::object& params) -> Result<boost::json::value> {
        if (params.contains("context"))
            return boost::json::parse(
                R"({"records": 3, "conflicts": [{"type": "contact", "id": "7", "field": "name", "reason": "was changed since"}], "external": [], "transactions": []})"
            );
        return boost::json::parse(R"({"records": 2, "conflicts": [], "external": [], "transactions": ["99"]})"
        );
    });
    console->click("Take it back");
    console->settle();
    EXPECT_TRUE(console->sees("3 records are again as before transaction 9")) << console->all_seen();
    EXPECT_TRUE(console->sees("name: was changed since"));
    EXPECT_EQ(script.calls("undo"), 1); // nothing was done yet
    console->click("Take the rest back");
    console->settle();
    EXPECT_EQ(script.calls("undo"), 2);
    EXPECT_TRUE(script.last_params("undo").at("force").as_bool());
    EXPECT_TRUE(console->sees("Took transaction 9 back"));
    EXPECT_TRUE(console->sees("Undo")); // and back again
}

TEST_F(Operating, AddsAFieldByItsLabel)
{
    console->open("types/contact");
    console->press(Key::n);
    console->frames(2);
    console->type("Shoe size (EU)");
    console->frames(2);
    console->click("Kind of the field");
    console->frames(2);
    console->click("Whole number");
    console->frames(2);
    console->click("Add the field");
    console->settle();
    const auto field = at(boost::json::value(script.last_params("types.add_field")), "field");
    EXPECT_EQ(text_at(field, "name"), "shoe_size_eu");
    EXPECT_EQ(text_at(field, "kind"), "int");
    EXPECT_TRUE(console->sees("Added the field Shoe size (EU)")) << console->all_seen();
    console->click("Undo");
    console->settle();
    EXPECT_EQ(script.last_params("types.archive_field").at("field").as_string(), "shoe_size_eu");
}

TEST_F(Operating, ShowsWhyAFieldWasRefusedAtItsPlace)
{
    script.fail(
        "types.add_field",
        {ErrorCode::exists,
         "contact has a field email",
         "records.declaration",
         "/field/name",
         "choose another name"}
    );
    console->open("types/contact");
    console->click("Add a field");
    console->frames(2);
    console->type("Email");
    console->click("Add the field");
    console->settle();
    EXPECT_TRUE(console->sees("contact has a field email")) << console->all_seen();
    EXPECT_TRUE(console->sees("choose another name"));
}

TEST(FieldNames, FollowFromLabels)
{
    EXPECT_EQ(name_for_label("Shoe size (EU)"), "shoe_size_eu");
    EXPECT_EQ(name_for_label("2nd Name"), "nd_name");
    EXPECT_EQ(name_for_label("Größe"), "gr_e");
    EXPECT_EQ(name_for_label("%%%"), "");
}

} // namespace
} // namespace mortise::ui::testing
