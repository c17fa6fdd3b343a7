#include "base/json_read.hpp"
#include "model/role_draft.hpp"
#include "tests/demo_world.hpp"
#include "tests/test_console.hpp"

#include <boost/json/parse.hpp>

namespace mortise::ui::testing {
namespace {

TypeInfo type_called(std::string name, std::string label)
{
    TypeInfo type;
    type.name = std::move(name);
    type.label = std::move(label);
    return type;
}

TEST(RoleDrafts, SayWhatTheRoleSays)
{
    const std::vector<TypeInfo> types{type_called("opportunity", "Deal"), type_called("contact", "Contact")};
    const auto role = boost::json::parse(R"({
        "name": "sales", "description": "sells",
        "types": {"contact": {"read": "all", "create": true, "write": "own", "hidden": ["phone", "fax"]},
                  "gone": {"read": "own"}, "*": {"read": "none"}},
        "commands": ["pipelines.*", "email.send"], "capabilities": ["export"], "built_in": false})");
    RoleDraft draft = draft_of(role, types);
    ASSERT_EQ(draft.rows.size(), 4U);
    EXPECT_EQ(draft.rows[0].type, "*");
    EXPECT_EQ(draft.rows[1].type, "contact");
    EXPECT_EQ(draft.rows[1].hidden, "phone, fax");
    EXPECT_EQ(draft.rows[2].type, "opportunity");
    EXPECT_FALSE(draft.rows[2].is_named);
    EXPECT_EQ(draft.rows[3].type, "gone") << "of a plugin that is not there now: it is kept";
    boost::json::object same = role.as_object();
    same.erase("built_in");
    EXPECT_EQ(draft.json(), same);

    draft.rows[2].is_named = true; // of none, although others may be read
    draft.rows[0].read = Level::all;
    draft.commands = " email.send,,pipelines.* ";
    const auto said = boost::json::value(draft.json());
    EXPECT_EQ(at(at(said, "types"), "opportunity"), boost::json::parse(R"({"read": "none"})"));
    EXPECT_EQ(at(at(said, "types"), "*"), boost::json::parse(R"({"read": "all"})"));
    EXPECT_EQ(at(said, "commands"), boost::json::parse(R"(["email.send", "pipelines.*"])"));
}

TEST(RoleDrafts, TellInAFewWordsWhatIsRead)
{
    EXPECT_EQ(reads_of(boost::json::parse(R"({"types": {}})")), "nothing");
    EXPECT_EQ(reads_of(boost::json::parse(R"({"types": {"*": {"read": "all"}}})")), "all types");
    EXPECT_EQ(
        reads_of(boost::json::parse(R"({"types": {"contact": {"read": "own"}, "*": {"read": "all"}}})")),
        "contact (own), all others"
    );
    EXPECT_EQ(reads_of(boost::json::parse(R"({"types": {}, "administrator": true})")), "everything");
}

class People : public ::testing::Test {
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

TEST_F(People, ShowsUsersWithTheirRolesAndWhoIsShutOut)
{
    console->open("users");
    console->settle();
    EXPECT_TRUE(console->sees("2 users"));
    EXPECT_TRUE(console->sees("administrator"));
    EXPECT_TRUE(console->sees("sales"));
    EXPECT_TRUE(console->sees("shut out")) << console->all_seen();
    EXPECT_TRUE(console->sees("no account"));
}

TEST_F(People, MakesAUserWithARole)
{
    console->open("users");
    console->settle();
    console->click("New user");
    console->frames(2);
    console->type("eve");
    console->click("sales"); // the first such check: of the new one
    console->click("Make user");
    console->settle();
    const auto params = boost::json::value(script.last_params("users.add"));
    EXPECT_EQ(text_at(params, "name"), "eve");
    EXPECT_EQ(at(params, "roles"), boost::json::parse(R"(["sales"])"));
    EXPECT_FALSE(params.as_object().contains("os_user"));
    EXPECT_TRUE(console->sees("Made user eve"));
}

TEST_F(People, KeepsWhatWasTypedWhenAUserIsRefused)
{
    script.fail(
        "users.add",
        {ErrorCode::exists, "there is a user eve", "users.exists", "/name", "choose another name"}
    );
    console->open("users");
    console->settle();
    console->click("New user");
    console->frames(2);
    console->type("eve");
    console->click("sales");
    console->click("Make user");
    console->settle();
    EXPECT_TRUE(console->sees("there is a user eve")) << console->all_seen();
    EXPECT_TRUE(console->sees("choose another name"));
    EXPECT_TRUE(console->has_control("Make user"));
}

TEST_F(People, ShutsOutAndLetsInAgain)
{
    console->open("users");
    console->settle();
    console->press(Key::down); // from ada to bob
    console->frames(2);
    console->click("May come in");
    console->click("Save user");
    console->settle();
    const auto params = boost::json::value(script.last_params("users.change"));
    EXPECT_EQ(text_at(params, "name"), "bob");
    EXPECT_TRUE(flag_at(params, "enabled"));
    EXPECT_EQ(at(params, "roles"), boost::json::parse(R"(["sales"])"));
}

TEST_F(People, AsksBeforeAUserIsRemoved)
{
    console->open("users");
    console->settle();
    console->click("Remove ada");
    console->frames(2);
    EXPECT_TRUE(console->sees("Its records stay"));
    EXPECT_EQ(script.calls("users.remove"), 0);
    console->press(Key::escape);
    console->frames(2);
    EXPECT_EQ(script.calls("users.remove"), 0);
}

TEST_F(People, AnswersWhetherAUserMay)
{
    console->open("users");
    console->settle();
    console->click("Ask");
    console->settle();
    EXPECT_EQ(text_at(boost::json::value(script.last_params("access.explain")), "user"), "ada");
    EXPECT_EQ(text_at(boost::json::value(script.last_params("access.explain")), "target"), "contact");
    EXPECT_TRUE(console->sees("bob may read all contacts")) << console->all_seen();
    EXPECT_TRUE(console->sees("the role sales says so"));
}

TEST_F(People, ChangesWhatARoleMay)
{
    console->open("users/roles");
    console->settle();
    EXPECT_TRUE(console->sees("built in"));
    EXPECT_FALSE(console->has_control("Save role")) << "the first one is built in";
    console->press(Key::down);
    console->frames(2);
    console->click("contact: write");
    console->frames(2);
    console->click("all");
    console->click("Merge contacts");
    console->click("Save role");
    console->settle();
    const auto role = boost::json::value(script.last_params("roles.change").at("role"));
    EXPECT_EQ(text_at(role, "name"), "sales");
    EXPECT_EQ(text_at(at(at(role, "types"), "contact"), "write"), "all");
    EXPECT_EQ(at(at(at(role, "types"), "contact"), "hidden"), boost::json::parse(R"(["phone"])"));
    EXPECT_EQ(at(role, "capabilities"), boost::json::parse(R"(["export", "merge"])"));
    EXPECT_TRUE(console->sees("Saved the role sales"));
}

TEST_F(People, ShowsWhereARoleIsWrong)
{
    script.fail(
        "roles.add",
        {ErrorCode::invalid,
         "contact has no field fone",
         "roles.unknown_field",
         "/role/types/contact/hidden/0",
         "did you mean phone?"}
    );
    console->open("users/roles");
    console->settle();
    console->click("New role");
    console->frames(2);
    console->type("support");
    console->click("Make role");
    console->settle();
    EXPECT_EQ(text_at(boost::json::value(script.last_params("roles.add").at("role")), "name"), "support");
    EXPECT_TRUE(console->sees("did you mean phone?")) << console->all_seen();
    EXPECT_TRUE(console->has_control("Make role")) << "it can be mended and sent again";
}

TEST_F(People, LetsNobodyElseChangeAnything)
{
    boost::json::value hello = boost::json::value(boost::json::object{
        {"protocol", 1}, {"version", "0.1.0"}, {"database", "mortise:7"}, {"user", "bob"}, {"scope", "own"}
    });
    script.answer("hello", hello);
    TestConsole other{[this] { return script.connect(); }};
    other.settle();
    other.open("users");
    other.settle();
    other.click("New user");
    other.frames(2);
    EXPECT_FALSE(other.has_control("Make user"));
    other.click("Remove ada");
    other.settle();
    EXPECT_EQ(script.calls("users.remove"), 0);
}

} // namespace
} // namespace mortise::ui::testing
