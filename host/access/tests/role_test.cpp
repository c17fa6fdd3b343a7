#include "access/role.hpp"
#include "base/json.hpp"

#include <gtest/gtest.h>

namespace mortise::host {
namespace {

Result<Role> role_of(std::string_view text)
{
    return parse_role(*parse_json(text, "role"));
}

Error refusal(std::string_view text)
{
    const auto role = role_of(text);
    EXPECT_FALSE(role) << text;
    return role ? Error{} : role.error();
}

TEST(Role, IsReadAsItIsWritten)
{
    const auto role = role_of(R"({"name": "sales", "description": "sells", "types": {
        "contact": {"read": "all", "create": true, "write": "own", "hidden": ["birthday"], "read_only": ["source"]},
        "*": {"read": "own"}}, "commands": ["pipelines.*"], "capabilities": ["export"]})");
    ASSERT_TRUE(role) << role.error().message;
    const TypeRule* contact = role->rule_of("contact");
    ASSERT_TRUE(contact);
    EXPECT_EQ(contact->read, Level::all);
    EXPECT_EQ(contact->level(Action::write), Level::own);
    EXPECT_EQ(contact->level(Action::create), Level::own);
    EXPECT_EQ(contact->level(Action::remove), Level::none);
    EXPECT_EQ(role->rule_of("deal")->read, Level::own);
    EXPECT_TRUE(role->capabilities.contains(Capability::export_records));
    const auto again = parse_role(boost::json::value(json_of(*role)));
    ASSERT_TRUE(again);
    EXPECT_EQ(json_of(*again), json_of(*role));
}

TEST(Role, SaysWhereItIsWrongAndHowToMendIt)
{
    EXPECT_EQ(refusal(R"([])").key, "roles.invalid");
    EXPECT_EQ(refusal(R"({})").where, "/name");
    EXPECT_EQ(refusal(R"({"name": "Sales Team"})").where, "/name");
    EXPECT_EQ(refusal(R"({"name": "a", "rights": {}})").where, "/rights");
    EXPECT_EQ(
        refusal(R"({"name": "a", "types": {"contact": {"read": "team"}}})").where, "/types/contact/read"
    );
    EXPECT_EQ(
        refusal(R"({"name": "a", "types": {"contact": {"reads": "all"}}})").where, "/types/contact/reads"
    );
    EXPECT_EQ(
        refusal(R"({"name": "a", "types": {"contact": {"create": "yes"}}})").where, "/types/contact/create"
    );
    EXPECT_EQ(
        refusal(R"({"name": "a", "types": {"*": {"read": "all", "hidden": ["x"]}}})").where, "/types/*"
    );
    EXPECT_EQ(refusal(R"({"name": "a", "commands": "all"})").where, "/commands");
    const Error unknown = refusal(R"({"name": "a", "capabilities": ["fly"]})");
    EXPECT_NE(unknown.message.find("fly"), std::string::npos);
    EXPECT_NE(unknown.hint.find("export"), std::string::npos);
}

TEST(Role, GivesNothingBeyondWhatItLetsRead)
{
    EXPECT_EQ(
        refusal(R"({"name": "a", "types": {"contact": {"read": "own", "write": "all"}}})").where,
        "/types/contact"
    );
    EXPECT_EQ(refusal(R"({"name": "a", "types": {"contact": {"delete": "own"}}})").where, "/types/contact");
    EXPECT_EQ(refusal(R"({"name": "a", "types": {"contact": {"create": true}}})").where, "/types/contact");
    EXPECT_EQ(
        refusal(R"({"name": "a", "types": {"contact": {"read": "all", "hidden": ["x"], "read_only": ["x"]}}})"
        )
            .where,
        "/types/contact/read_only"
    );
}

TEST(Role, CommandsAreMetByNameOrByTheirBeginning)
{
    EXPECT_TRUE(matches_command("*", "pipelines.move"));
    EXPECT_TRUE(matches_command("pipelines.*", "pipelines.move"));
    EXPECT_FALSE(matches_command("pipelines.*", "pipelinesx.move"));
    EXPECT_TRUE(matches_command("pipelines.move", "pipelines.move"));
    EXPECT_FALSE(matches_command("pipelines.move", "pipelines.move_all"));
}

TEST(Role, SomeAreBuiltIn)
{
    ASSERT_TRUE(find_built_in_role("administrator"));
    EXPECT_TRUE(find_built_in_role("administrator")->administrator);
    ASSERT_TRUE(find_built_in_role("viewer"));
    EXPECT_EQ(find_built_in_role("viewer")->rule_of("contact")->read, Level::all);
    EXPECT_EQ(find_built_in_role("viewer")->rule_of("contact")->write, Level::none);
    EXPECT_EQ(find_built_in_role("member")->rule_of("contact")->write, Level::own);
    EXPECT_FALSE(find_built_in_role("sales"));
}

} // namespace
} // namespace mortise::host
