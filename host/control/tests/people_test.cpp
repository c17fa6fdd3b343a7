#include "control/temporary_folder.hpp"
#include "people_world.hpp"

namespace mortise::host {
namespace {

using People = PeopleWorld;

object parsed(std::string_view text)
{
    return parse_json(text, "test")->as_object();
}

TEST_F(People, FirstUserIsAnAdministratorAndStaysOne)
{
    const value users = call("users.list").at("users");
    ASSERT_EQ(users.as_array().size(), 1U);
    EXPECT_EQ(users.at(0).at("roles"), array{"administrator"});
    const std::string ada{users.at(0).at("name").as_string()};
    const auto is_last = [](const Error& error) { return error.key == "users.last_administrator"; };
    EXPECT_TRUE(is_last(refusal(*admin, "users.remove", {{"name", ada}})));
    EXPECT_TRUE(is_last(refusal(*admin, "users.change", {{"name", ada}, {"enabled", false}})));
    EXPECT_TRUE(is_last(refusal(*admin, "users.change", {{"name", ada}, {"roles", array{"viewer"}}})));
    EXPECT_TRUE(is_last(refusal(*admin, "users.change", {{"name", ada}, {"os_user", ""}})));
    call("users.add", {{"name", "ben"}, {"roles", array{"administrator"}}});
    EXPECT_TRUE(is_last(refusal(*admin, "users.remove", {{"name", ada}}))) << "ben cannot come in";
    call("users.change", {{"name", "ben"}, {"os_user", "daemon"}});
    call("users.change", {{"name", ada}, {"roles", array{"viewer"}}});
    EXPECT_EQ(
        refusal(*admin, "users.add", {{"name", "eve"}, {"roles", array{"viewer"}}}).code, ErrorCode::denied
    );
}

TEST_F(People, OwnerOfTheFolderLeadsUntilAnotherDoes)
{
    const auto root = connect_embedded(*service, "root");
    EXPECT_FALSE(ask(*root, "users.list").failed);
    EXPECT_EQ(ask(*connect_embedded(*service, "daemon"), "users.list").error.key, "users.unknown");
    call("users.add", {{"name", "ben"}, {"scope", "all"}, {"os_user", "daemon"}});
    if (own_os_user() != "root") {
        EXPECT_EQ(ask(*root, "users.list").error.key, "users.unknown");
    }
    EXPECT_FALSE(ask(*connect_embedded(*service, "daemon"), "users.list").failed);
}

TEST_F(People, StrangerIsToldWhoMayAddIt)
{
    const auto stranger = connect_embedded(*service, "daemon");
    for (const char* method : {"host.hello", "records.list", "query.run", "users.list", "api.methods"}) {
        const Error error = refusal(*stranger, method);
        EXPECT_EQ(error.code, ErrorCode::denied);
        EXPECT_EQ(error.key, "users.unknown");
        EXPECT_NE(error.hint.find(host->users().list().front().name), std::string::npos) << error.hint;
        EXPECT_NE(error.hint.find("--os-user daemon"), std::string::npos);
    }
}

TEST_F(People, ADisabledUserIsLetInAgain)
{
    call("users.add", {{"name", "anna"}, {"roles", array{"viewer"}}, {"os_user", "daemon"}});
    const auto client = connect_embedded(*service, "daemon");
    EXPECT_FALSE(ask(*client, "records.list", {{"type", "deal"}}).failed);
    call("users.change", {{"name", "anna"}, {"enabled", false}});
    EXPECT_EQ(refusal(*client, "records.list", {{"type", "deal"}}).key, "users.disabled");
    EXPECT_FALSE(call("access.explain", {{"user", "anna"}, {"action", "read"}, {"target", "deal"}})
                     .at("allowed")
                     .as_bool());
    call("users.change", {{"name", "anna"}, {"enabled", true}});
    EXPECT_FALSE(ask(*client, "records.list", {{"type", "deal"}}).failed);
    call("users.remove", {{"name", "anna"}});
    EXPECT_EQ(refusal(*client, "records.list", {{"type", "deal"}}).key, "users.unknown");
}

TEST_F(People, RolesNameOnlyWhatIsThere)
{
    const auto wrong
        = [&](std::string_view text) { return refusal(*admin, "roles.add", {{"role", parsed(text)}}); };
    const Error type = wrong(R"({"name": "a", "types": {"contcat": {"read": "all"}}})");
    EXPECT_EQ(type.key, "roles.unknown_type");
    EXPECT_EQ(type.where, "/types/contcat");
    EXPECT_EQ(type.hint, "did you mean contact?");
    const Error field = wrong(R"({"name": "a", "types": {"deal": {"read": "all", "hidden": ["sceret"]}}})");
    EXPECT_EQ(field.key, "roles.unknown_field");
    EXPECT_EQ(field.where, "/types/deal/hidden");
    EXPECT_EQ(field.hint, "did you mean secret?");
    const Error command = wrong(R"({"name": "a", "commands": ["contacts.mergee"]})");
    EXPECT_EQ(command.key, "roles.unknown_command");
    EXPECT_EQ(command.where, "/commands/0");
    EXPECT_EQ(command.hint, "did you mean contacts.merge?");
    EXPECT_EQ(
        wrong(
            R"({"name": "a", "types": {"contact": {"read": "all", "hidden": ["email"]}, "*": {"read": "all"}}})"
        )
            .key,
        "roles.points"
    );
    EXPECT_EQ(wrong(R"({"name": "viewer"})").key, "roles.built_in");
    EXPECT_EQ(
        refusal(*admin, "roles.change", {{"role", parsed(R"({"name": "administrator"})")}}).key,
        "roles.built_in"
    );
    EXPECT_EQ(refusal(*admin, "roles.remove", {{"name", "member"}}).key, "roles.built_in");
}

TEST_F(People, UsersNameOnlyWhatIsThere)
{
    const Error role = refusal(*admin, "users.add", {{"name", "anna"}, {"roles", array{"viewr"}}});
    EXPECT_EQ(role.code, ErrorCode::not_found);
    EXPECT_EQ(role.hint, "did you mean viewer?");
    const Error account = refusal(
        *admin, "users.add", {{"name", "anna"}, {"roles", array{"viewer"}}, {"os_user", "no-such-account"}}
    );
    EXPECT_EQ(account.key, "users.account");
    EXPECT_EQ(account.where, "/os_user");
    EXPECT_EQ(refusal(*admin, "users.add", {{"name", "anna"}}).where, "/roles");
    EXPECT_EQ(refusal(*admin, "users.add", {{"name", "a b"}, {"roles", array{"viewer"}}}).key, "users.name");
    call("users.add", {{"name", "anna"}, {"roles", array{"viewer"}}, {"os_user", "daemon"}});
    EXPECT_EQ(
        refusal(*admin, "users.add", {{"name", "anna"}, {"roles", array{"viewer"}}}).code, ErrorCode::exists
    );
    EXPECT_EQ(
        refusal(*admin, "users.add", {{"name", "ben"}, {"roles", array{"viewer"}}, {"os_user", "daemon"}})
            .code,
        ErrorCode::exists
    );
    EXPECT_EQ(
        refusal(*admin, "users.change", {{"name", "ana"}, {"enabled", false}}).hint, "did you mean anna?"
    );
    EXPECT_EQ(
        refusal(*admin, "users.remove", {{"name", "ana"}, {"context", {{"dry_run", true}}}}).code,
        ErrorCode::unsupported
    );
}

TEST_F(People, ARoleThatSomebodyHasIsNotRemoved)
{
    let_anna(R"("types": {"deal": {"read": "all"}})");
    const Error error = refusal(*admin, "roles.remove", {{"name", "probe"}});
    EXPECT_EQ(error.key, "roles.in_use");
    EXPECT_NE(error.message.find("anna"), std::string::npos);
    call("users.change", {{"name", "anna"}, {"roles", array{"viewer"}}});
    call("roles.remove", {{"name", "probe"}});
}

TEST_F(People, EveryChangeIsInTheAuditTrail)
{
    let_anna(R"("types": {"deal": {"read": "all"}})");
    role(R"({"name": "probe", "types": {"deal": {"read": "own"}}})", false);
    call("users.change", {{"name", "anna"}, {"roles", array{"viewer"}}});
    call("users.remove", {{"name", "anna"}});
    call("roles.remove", {{"name", "probe"}});
    std::vector<std::string> told;
    const value all = call("events.list", {{"limit", 1000}});
    for (const value& event : all.at("events").as_array())
        if (const std::string type{event.at("type").as_string()};
            type.starts_with("user.") || type.starts_with("role."))
            told.push_back(type);
    EXPECT_EQ(
        told,
        (std::vector<std::string>{
            "role.added", "user.added", "role.changed", "user.changed", "user.removed", "role.removed"
        })
    );
}

TEST_F(People, WhoLooksAfterPeopleGivesNoMoreThanItHas)
{
    let_anna(R"("capabilities": ["people"])");
    role(R"({"name": "exporter", "capabilities": ["export"]})");
    const auto denied = [&](std::string_view method, object params) {
        return refusal(*anna, method, std::move(params)).code == ErrorCode::denied;
    };
    EXPECT_FALSE(ask(*anna, "users.add", {{"name", "ben"}, {"roles", array{"viewer"}}}).failed);
    EXPECT_TRUE(denied("users.add", {{"name", "eve"}, {"roles", array{"administrator"}}}));
    EXPECT_TRUE(denied("users.add", {{"name", "eve"}, {"roles", array{"exporter"}}}));
    EXPECT_TRUE(denied("users.add", {{"name", "eve"}, {"scope", "all"}}));
    EXPECT_TRUE(denied("users.change", {{"name", "ben"}, {"roles", array{"viewer", "exporter"}}}));
    EXPECT_TRUE(denied("users.change", {{"name", "anna"}, {"roles", array{"probe", "viewer"}}})) << "itself";
    EXPECT_TRUE(denied("users.remove", {{"name", host->users().list().back().name}}));
    EXPECT_TRUE(
        denied("roles.add", {{"role", parsed(R"({"name": "mine", "types": {"*": {"read": "all"}}})")}})
    );
    EXPECT_TRUE(denied("host.hello", {{"user", "ben"}}));
    EXPECT_FALSE(ask(*anna, "users.remove", {{"name", "ben"}}).failed);
}

TEST_F(People, ExplainTellsWhyAndWhyNot)
{
    const std::string id = create("deal", {{"title", "amber"}});
    let_anna(
        R"("types": {"deal": {"read": "all", "write": "own", "hidden": ["secret"]}}, "capabilities": ["export"])"
    );
    const auto told = [&](std::string_view action, const std::string& target) {
        return call("access.explain", {{"user", "anna"}, {"action", action}, {"target", target}});
    };
    EXPECT_TRUE(told("read", "deal/" + id).at("allowed").as_bool());
    const value write = told("write", "deal/" + id);
    EXPECT_FALSE(write.at("allowed").as_bool());
    EXPECT_EQ(write.at("reasons").as_array().back(), "role probe, types/deal: write own");
    EXPECT_FALSE(told("read", "deal.secret").at("allowed").as_bool());
    EXPECT_TRUE(told("export", "").at("allowed").as_bool());
    EXPECT_FALSE(told("call", "contacts.merge").at("allowed").as_bool());
    EXPECT_EQ(refusal(*admin, "access.explain", {{"user", "anna"}, {"action", "fly"}}).key, "access.action");
    EXPECT_EQ(
        refusal(*admin, "access.explain", {{"user", "anna"}, {"action", "read"}, {"target", "deal.sceret"}})
            .key,
        "records.unknown_field"
    );
    EXPECT_FALSE(
        ask(*anna, "access.explain", {{"user", "anna"}, {"action", "read"}, {"target", "deal"}}).failed
    );
    EXPECT_EQ(
        refusal(*anna, "access.explain", {{"user", "anna"}, {"action", "read"}, {"target", "deal.secret"}})
            .key,
        "records.unknown_field"
    ) << "what is hidden is not explained away";
    const std::string ada = host->users().list().back().name;
    EXPECT_EQ(
        refusal(*anna, "access.explain", {{"user", ada}, {"action", "read"}, {"target", "deal"}}).code,
        ErrorCode::denied
    );
}

TEST(PeopleOnDisk, AreThereAgain)
{
    auto folder = TemporaryFolder::create();
    ASSERT_TRUE(folder);
    const auto data = folder->path() / "data";
    ASSERT_TRUE(Host::init(data));
    for (const bool again : {false, true}) {
        auto host = Host::open({.folder = data});
        ASSERT_TRUE(host);
        Service service{(*host)->api()};
        const auto admin = connect_embedded(service, own_os_user());
        if (!again) {
            object role = parsed(
                R"({"name": "sales", "types": {"contact": {"read": "own"}}, "capabilities": ["export"]})"
            );
            ASSERT_TRUE(admin->call("roles.add", {{"role", std::move(role)}}));
            ASSERT_TRUE(admin->call("users.add", {{"name", "anna"}, {"roles", array{"sales"}}}));
            ASSERT_TRUE(admin->call("users.change", {{"name", "anna"}, {"enabled", false}}));
        }
        const auto users = admin->call("users.list");
        ASSERT_TRUE(users);
        EXPECT_EQ(users->at("users").at(0).at("roles"), array{"sales"});
        EXPECT_FALSE(users->at("users").at(0).at("enabled").as_bool());
        const auto role = admin->call("roles.get", {{"name", "sales"}});
        ASSERT_TRUE(role);
        EXPECT_EQ(role->at("types").at("contact").at("read"), "own");
        service.stop();
    }
}

} // namespace
} // namespace mortise::host
