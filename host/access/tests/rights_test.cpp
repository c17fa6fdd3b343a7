#include "access/principal.hpp"
#include "access/rights.hpp"
#include "base/json.hpp"

#include <gtest/gtest.h>

namespace mortise::host {
namespace {

Rights rights_of(std::initializer_list<std::string_view> texts)
{
    std::vector<Role> roles;
    for (const std::string_view text : texts) {
        auto role = parse_role(*parse_json(text, "role"));
        EXPECT_TRUE(role) << text;
        if (role) roles.push_back(*std::move(role));
    }
    return Rights{std::move(roles)};
}

TEST(Rights, WithoutARoleThereIsNothing)
{
    const Rights none{{}};
    EXPECT_FALSE(none.reads("contact"));
    EXPECT_FALSE(none.allows_command("types.describe"));
    for (const Capability capability : capabilities())
        EXPECT_FALSE(none.can(capability));
}

TEST(Rights, AreTheWidestThatAnyRoleGives)
{
    const Rights rights = rights_of(
        {R"({"name": "a", "types": {"contact": {"read": "all"}}, "commands": ["x.*"]})",
         R"({"name": "b", "types": {"contact": {"read": "own", "write": "own", "create": true}}, "capabilities": ["merge"]})"
        }
    );
    const TypeRights& contact = rights.of("contact");
    EXPECT_EQ(contact.read, Level::all);
    EXPECT_EQ(contact.write, Level::own);
    EXPECT_EQ(contact.remove, Level::none);
    EXPECT_TRUE(contact.create);
    EXPECT_FALSE(rights.reads("deal"));
    EXPECT_TRUE(rights.allows_command("x.y"));
    EXPECT_TRUE(rights.can(Capability::merge));
}

TEST(Rights, WhatIsSaidOfATypeByItsNameStandsBeforeWhatIsSaidOfAll)
{
    const Rights rights = rights_of(
        {R"({"name": "a", "types": {"*": {"read": "all", "write": "all"}, "contact": {"read": "own"}, "secret": {}}})"
        }
    );
    EXPECT_EQ(rights.of("deal").write, Level::all);
    EXPECT_EQ(rights.of("contact").read, Level::own);
    EXPECT_EQ(rights.of("contact").write, Level::none);
    EXPECT_FALSE(rights.reads("secret"));
}

TEST(Rights, AFieldIsHiddenWhereTheWidestRolesHideIt)
{
    const char* all_without
        = R"({"name": "a", "types": {"contact": {"read": "all", "hidden": ["birthday"]}}})";
    const char* own_with = R"({"name": "b", "types": {"contact": {"read": "own"}}})";
    const char* all_with = R"({"name": "c", "types": {"contact": {"read": "all"}}})";
    EXPECT_TRUE(rights_of({all_without}).of("contact").hidden.contains("birthday"));
    EXPECT_TRUE(rights_of({all_without, own_with}).of("contact").hidden.contains("birthday"))
        << "or it would be shown of records that no role shows it of";
    EXPECT_FALSE(rights_of({all_without, all_with}).of("contact").hidden.contains("birthday"));
}

TEST(Rights, AFieldThatTheWritingRoleHidesIsReadOnlyThroughAnother)
{
    const Rights rights = rights_of(
        {R"({"name": "a", "types": {"contact": {"read": "all", "write": "all", "hidden": ["birthday"]}}})",
         R"({"name": "b", "types": {"contact": {"read": "all"}}})"}
    );
    EXPECT_FALSE(rights.of("contact").hidden.contains("birthday"));
    EXPECT_TRUE(rights.of("contact").read_only.contains("birthday"));
}

TEST(Rights, WhoMayImportHasTheImportsOfItsOwn)
{
    EXPECT_EQ(rights_of({R"({"name": "a", "capabilities": ["import"]})"}).of("import").write, Level::own);
    EXPECT_FALSE(rights_of({R"({"name": "a", "capabilities": ["export"]})"}).reads("import"));
}

TEST(Rights, APrincipalHasRowsByType)
{
    Principal anna;
    anna.user = Id{7};
    anna.rights = std::make_shared<const Rights>(rights_of(
        {R"({"name": "a", "types": {"contact": {"read": "all", "write": "own"}}, "capabilities": ["erase"]})"}
    ));
    EXPECT_EQ(anna.row_owner(), Id{7}) << "who does not know of types shows too little";
    EXPECT_EQ(anna.row_owner("contact"), Id{});
    EXPECT_EQ(anna.row_owner("contact", Action::write), Id{7});
    EXPECT_EQ(anna.row_owner("deal"), Id{7});
    EXPECT_TRUE(anna.can(Capability::erase));
    EXPECT_FALSE(anna.can(Capability::people));
    EXPECT_EQ(anna.widened().row_owner("deal"), Id{});
    EXPECT_TRUE(anna.widened().reads("deal"));
}

TEST(Rights, WhoIsWidenedHasNoCapabilityMoreThanBefore)
{
    Principal anna;
    anna.user = Id{7};
    anna.rights = std::make_shared<const Rights>(rights_of({R"({"name": "a", "capabilities": ["erase"]})"}));
    for (const Principal& wide : {anna.widened(), anna.widened().widened()}) {
        EXPECT_TRUE(wide.can(Capability::erase));
        EXPECT_FALSE(wide.can(Capability::people));
    }
    Principal own; // without roles
    own.user = Id{8};
    EXPECT_FALSE(own.widened().can(Capability::erase));
    Principal administrator = own;
    administrator.scope = RowScope::all;
    EXPECT_TRUE(administrator.widened().can(Capability::erase));
    EXPECT_TRUE(Principal::system().widened().can(Capability::erase));
}

TEST(Rights, ExplainNamesRoleAndRule)
{
    const Rights rights = rights_of(
        {R"({"name": "sales", "types": {"contact": {"read": "all", "write": "own", "hidden": ["birthday"], "read_only": ["source"]}}, "commands": ["pipelines.*"]})"
        }
    );
    const auto ask = [&](AccessQuestion question) { return explain(rights, "anna", question); };
    EXPECT_TRUE(ask({.action = Action::read, .type = "contact"}).allowed);
    EXPECT_FALSE(ask({.action = Action::read, .type = "deal"}).allowed);
    EXPECT_FALSE(ask({.action = Action::remove, .type = "contact"}).allowed);
    EXPECT_FALSE(ask({.action = Action::read, .type = "contact", .field = "birthday"}).allowed);
    EXPECT_TRUE(ask({.action = Action::read, .type = "contact", .field = "source"}).allowed);
    EXPECT_FALSE(ask({.action = Action::write, .type = "contact", .field = "source"}).allowed);
    const AccessQuestion others{.action = Action::write, .type = "contact", .is_record = true};
    EXPECT_FALSE(ask(others).allowed);
    const Explanation told = ask(others);
    EXPECT_NE(told.answer.find("somebody else's"), std::string::npos) << told.answer;
    EXPECT_EQ(told.reasons.back(), "role sales, types/contact: write own");
    EXPECT_TRUE(explain_command(rights, "anna", "pipelines.move").allowed);
    EXPECT_EQ(
        explain_command(rights, "anna", "pipelines.move").reasons.back(),
        R"(role sales, commands: "pipelines.*")"
    );
    EXPECT_FALSE(explain_capability(rights, "anna", Capability::merge).allowed);
}

} // namespace
} // namespace mortise::host
