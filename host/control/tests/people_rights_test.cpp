// What roles let people see and do, through the methods of the control API.
#include "people_world.hpp"

#include <condition_variable>
#include <mutex>
#include <set>

namespace mortise::host {
namespace {

using PeopleRights = PeopleWorld;

TEST_F(PeopleRights, AChangeOfARoleIsFeltAtOnce)
{
    create("deal", {{"title", "amber"}});
    let_anna(R"("types": {"deal": {"read": "all"}})");
    EXPECT_FALSE(ask(*anna, "query.run", {{"sql", "SELECT title FROM deal"}}).failed);
    role(R"({"name": "probe", "types": {"deal": {"read": "all", "hidden": ["title"]}}})", false);
    EXPECT_TRUE(ask(*anna, "query.run", {{"sql", "SELECT title FROM deal"}}).failed);
    role(R"({"name": "probe"})", false);
    EXPECT_EQ(refusal(*anna, "records.list", {{"type", "deal"}}).key, "records.unknown_type");
}

TEST_F(PeopleRights, WithoutAnyCapabilityOnlyRecordsAreLeft)
{
    let_anna(R"("types": {"*": {"read": "all"}})");
    std::set<std::string> open;
    for (const auto& [name, method] : host->api().methods()) {
        const Told told = ask(*anna, name);
        if (!told.failed || told.error.key != "access.method") open.insert(name);
    }
    const std::set<std::string> expected{
        "access.explain", "api.methods",      "commands.call",    "commands.get",        "commands.list",
        "events.list",    "events.publish",   "events.subscribe", "events.unsubscribe",  "files.put",
        "files.read",     "host.hello",       "query.run",        "query.views",         "records.create",
        "records.delete", "records.get",      "records.history",  "records.list",        "records.restore",
        "records.update", "relations.create", "relations.end",    "relations.hierarchy", "relations.list",
        "search.run",     "search.status",    "types.get",        "types.list",          "undo",
        "upload.open",    "upload.write",     "views.list"
    };
    EXPECT_EQ(open, expected);
    EXPECT_EQ(refusal(*anna, "events.publish", {{"type", "probe.done"}}).key, "access.command");
    EXPECT_EQ(refusal(*anna, "commands.call", {{"name", "contacts.merge"}}).key, "access.command");
    EXPECT_EQ(ask(*anna, "commands.list").answer.at("commands").as_array().size(), 1U); // types.describe
}

TEST_F(PeopleRights, CapabilitiesOpenWhatTheyName)
{
    let_anna(
        R"("types": {"deal": {"read": "all"}}, "capabilities": ["plugins", "people", "audit"], "commands": ["events.publish"])"
    );
    for (const char* method : {"status", "plugins.list", "jobs.list", "users.list", "roles.list"})
        EXPECT_FALSE(ask(*anna, method).failed) << method;
    for (const char* method :
         {"trust.get", "database.verify", "backup.run", "bundles.list", "dead_letters.list"})
        EXPECT_EQ(refusal(*anna, method).code, ErrorCode::denied) << method;
}

TEST_F(PeopleRights, AuditShowsThatThingsHappenedAndNotWhatMayNotBeSeen)
{
    let_anna(R"("capabilities": ["audit"])");
    create("deal", {{"title", "amber"}});
    const Told told = ask(*anna, "events.list", {{"limit", 1000}});
    const std::string all = boost::json::serialize(told.answer);
    EXPECT_NE(all.find("deal.created"), std::string::npos);
    EXPECT_EQ(all.find("amber"), std::string::npos) << all;
    EXPECT_NE(all.find("role.added"), std::string::npos);
    role(R"({"name": "probe"})", false);
    EXPECT_TRUE(ask(*anna, "events.list", {{"limit", 1000}}).answer.at("events").as_array().empty());
}

TEST_F(PeopleRights, LiveEventsEndWithTheRights)
{
    let_anna(R"("types": {"deal": {"read": "all"}})");
    anna = connect_embedded(*service, own_os_user());
    std::mutex mutex;
    std::condition_variable changed;
    std::string seen;
    anna->set_listener([&](std::string_view, const object& params) {
        const std::lock_guard lock{mutex};
        seen += boost::json::serialize(params.at("events"));
        changed.notify_all();
    });
    ASSERT_FALSE(ask(*anna, "host.hello", {{"user", "anna"}}).failed);
    ASSERT_FALSE(ask(*anna, "events.subscribe").failed);
    create("deal", {{"title", "amber"}});
    {
        std::unique_lock lock{mutex};
        ASSERT_TRUE(changed.wait_for(lock, std::chrono::seconds{20}, [&] {
            return seen.find("amber") != std::string::npos;
        }));
    }
    role(R"({"name": "probe", "types": {"stage": {"read": "all"}}})", false);
    create("deal", {{"title", "birch"}});
    create("stage", {{"title", "cedar"}});
    std::unique_lock lock{mutex};
    ASSERT_TRUE(changed.wait_for(lock, std::chrono::seconds{20}, [&] {
        return seen.find("cedar") != std::string::npos;
    }));
    EXPECT_EQ(seen.find("birch"), std::string::npos);
}

TEST_F(PeopleRights, HistoryAndThePastShowNoHiddenField)
{
    const std::string id = create("deal", {{"title", "amber"}, {"secret", "birch"}});
    call("records.update", {{"type", "deal"}, {"id", id}, {"values", {{"secret", "cedar"}, {"amount", 1}}}});
    let_anna(R"("types": {"deal": {"read": "all", "write": "all", "hidden": ["secret"]}})");
    const Told history = ask(*anna, "records.history", {{"type", "deal"}, {"id", id}});
    EXPECT_EQ(boost::json::serialize(history.answer).find("birch"), std::string::npos);
    EXPECT_TRUE(ask(*anna, "query.run", {{"sql", "SELECT secret FROM deal"}, {"as_of", "2"}}).failed);
    EXPECT_FALSE(ask(*anna, "query.run", {{"sql", "SELECT title FROM deal"}, {"as_of", "2"}}).failed);
    const Error conflict = refusal(
        *anna, "records.update", {{"type", "deal"}, {"id", id}, {"version", 1}, {"values", {{"amount", 2}}}}
    );
    EXPECT_EQ(conflict.code, ErrorCode::conflict);
    EXPECT_EQ((conflict.message + conflict.details).find("secret"), std::string::npos) << conflict.details;
    const Told preview = ask(
        *anna,
        "records.update",
        {{"type", "deal"}, {"id", id}, {"values", {{"amount", 2}}}, {"context", {{"dry_run", true}}}}
    );
    EXPECT_EQ(boost::json::serialize(preview.answer).find("cedar"), std::string::npos);
    const Told types = ask(*anna, "types.list");
    EXPECT_EQ(boost::json::serialize(types.answer).find("secret"), std::string::npos);
    const Told described = ask(*anna, "commands.call", {{"name", "types.describe"}});
    EXPECT_EQ(boost::json::serialize(described.answer).find("secret"), std::string::npos);
}

TEST_F(PeopleRights, ImportNeedsItsCapabilityAndKeepsToTheRights)
{
    const auto import = [&] {
        const Told upload = ask(*anna, "upload.open", {{"name", "deals.csv"}});
        const value handle = upload.answer.at("upload");
        ask(*anna,
            "upload.write",
            {{"upload", handle}, {"offset", 0}, {"text", "title,amount\namber,1\nbirch,2\n"}});
        return ask(*anna, "import.run", {{"upload", handle}, {"type", "deal"}});
    };
    let_anna(R"("types": {"deal": {"read": "own", "create": true}})");
    EXPECT_EQ(import().error.key, "access.method");
    role(
        R"({"name": "probe", "types": {"deal": {"read": "own", "create": true}}, "capabilities": ["import"]})",
        false
    );
    const Told done = import();
    ASSERT_FALSE(done.failed) << done.error.message;
    EXPECT_EQ(done.answer.at("created").to_number<int>(), 2);
    role(R"({"name": "probe", "types": {"deal": {"read": "own"}}, "capabilities": ["import"]})", false);
    const Told refused = import();
    EXPECT_TRUE(refused.failed || refused.answer.at("refused").to_number<int>() == 2);
    role(R"({"name": "probe", "capabilities": ["import"]})", false);
    EXPECT_EQ(import().error.key, "records.unknown_type");
}

TEST_F(PeopleRights, OnlyOwnWorkIsUndoneAndOnlyWithinTheRights)
{
    const std::string id = create("deal", {{"title", "amber"}});
    let_anna(R"("types": {"deal": {"read": "all", "write": "all"}})");
    const value others
        = call("records.update", {{"type", "deal"}, {"id", id}, {"values", {{"title", "birch"}}}});
    EXPECT_EQ(refusal(*anna, "undo", {{"target", others.at("transaction")}}).key, "undo.not_own");
    EXPECT_EQ(refusal(*anna, "undo", {{"target", "99999999"}}).key, "undo.not_own");
    const Told own
        = ask(*anna, "records.update", {{"type", "deal"}, {"id", id}, {"values", {{"title", "cedar"}}}});
    ASSERT_FALSE(own.failed) << own.error.message;
    role(R"({"name": "probe", "types": {"deal": {"read": "all"}}})", false);
    EXPECT_EQ(refusal(*anna, "undo", {{"target", own.answer.at("transaction")}}).code, ErrorCode::denied);
    role(R"({"name": "probe", "types": {"deal": {"read": "all", "write": "all"}}})", false);
    EXPECT_FALSE(ask(*anna, "undo", {{"target", own.answer.at("transaction")}}).failed);
}

TEST_F(PeopleRights, MergingNeedsItsCapabilityAndWholeContacts)
{
    const std::string a = create("contact", {{"kind", "person"}, {"name", "Ann A"}});
    const std::string b = create("contact", {{"kind", "person"}, {"name", "Ann B"}});
    const object merge{{"name", "contacts.merge"}, {"arguments", {{"survivor", a}, {"merge", array{b}}}}};
    const char* rights
        = R"({"name": "probe", "types": {"*": {"read": "all", "write": "all", "delete": "all"}}, "commands": ["contacts.*"])";
    let_anna(R"("types": {})");
    role(std::string{rights} + "}", false);
    EXPECT_EQ(refusal(*anna, "commands.call", merge).key, "access.merge");
    role(
        R"({"name": "probe", "types": {"contact": {"read": "all", "write": "all", "delete": "all", "hidden": ["birthday"]}}, "commands": ["contacts.*"], "capabilities": ["merge"]})",
        false
    );
    EXPECT_EQ(refusal(*anna, "commands.call", merge).key, "access.merge");
    role(
        R"({"name": "probe", "types": {"contact": {"read": "all", "write": "own", "delete": "all"}}, "commands": ["contacts.*"], "capabilities": ["merge"]})",
        false
    );
    EXPECT_EQ(refusal(*anna, "commands.call", merge).key, "access.scope");
    role(std::string{rights} + R"(, "capabilities": ["merge"]})", false);
    const Told done = ask(*anna, "commands.call", merge);
    EXPECT_FALSE(done.failed) << done.error.message;
}

TEST_F(PeopleRights, ErasingNeedsItsCapability)
{
    const std::string a = create("contact", {{"kind", "person"}, {"name", "Ann A"}});
    const object erase{{"name", "contacts.erase_subject"}, {"arguments", {{"contact", a}}}};
    let_anna(R"("types": {"contact": {"read": "all"}}, "commands": ["contacts.*"])");
    EXPECT_EQ(refusal(*anna, "commands.call", erase).code, ErrorCode::denied);
    role(
        R"({"name": "probe", "types": {"contact": {"read": "own"}}, "commands": ["contacts.*"], "capabilities": ["erase"]})",
        false
    );
    EXPECT_EQ(refusal(*anna, "commands.call", erase).code, ErrorCode::not_found);
    role(
        R"({"name": "probe", "types": {"contact": {"read": "all"}}, "commands": ["contacts.*"], "capabilities": ["erase"]})",
        false
    );
    const Told done = ask(*anna, "commands.call", erase);
    EXPECT_FALSE(done.failed) << done.error.message << done.error.where;
}

TEST_F(PeopleRights, RestrictingNeedsTheCapabilityToErase)
{
    const std::string a = create("contact", {{"kind", "person"}, {"name", "Ann A"}});
    const auto command = [&](std::string_view name) {
        return object{{"name", name}, {"arguments", {{"contact", a}, {"reason", "disputed"}}}};
    };
    let_anna(R"("types": {"contact": {"read": "all", "write": "all"}}, "commands": ["contacts.*"])");
    EXPECT_EQ(refusal(*anna, "commands.call", command("contacts.restrict")).key, "privacy.restrict");
    call("commands.call", command("contacts.restrict"));
    EXPECT_EQ(refusal(*anna, "commands.call", command("contacts.unrestrict")).key, "privacy.restrict");
    const object update{{"type", "contact"}, {"id", a}, {"values", {{"nickname", "A."}}}};
    EXPECT_EQ(refusal(*anna, "records.update", update).key, "records.restricted");
    const Told read = ask(*anna, "records.get", {{"type", "contact"}, {"id", a}});
    ASSERT_FALSE(read.failed) << read.error.message;
    EXPECT_EQ(read.answer.at("restricted").at("reason"), "disputed");
    role(
        R"({"name": "probe", "types": {"contact": {"read": "all", "write": "all", "delete": "all"}}, "commands": ["contacts.*"], "capabilities": ["erase"]})",
        false
    );
    EXPECT_EQ(refusal(*anna, "records.delete", {{"type", "contact"}, {"id", a}}).key, "records.restricted")
        << "whoever asks";
    const Told changed = ask(*anna, "records.update", update);
    EXPECT_FALSE(changed.failed) << changed.error.message;
    object by_agent = update;
    by_agent["values"] = object{{"nickname", "B."}};
    by_agent["context"] = object{{"channel", "agent"}};
    EXPECT_EQ(refusal(*anna, "records.update", by_agent).key, "records.restricted");
    const Told lifted = ask(*anna, "commands.call", command("contacts.unrestrict"));
    EXPECT_FALSE(lifted.failed) << lifted.error.message;
}

TEST_F(PeopleRights, TheCapabilityToEraseOpensRetentionAndNoOtherMethod)
{
    let_anna(R"("types": {"*": {"read": "all"}})");
    const auto open_methods = [this] {
        std::set<std::string> open;
        for (const auto& [name, method] : host->api().methods()) {
            const Told told = ask(*anna, name);
            if (!told.failed || told.error.key != "access.method") open.insert(name);
        }
        return open;
    };
    std::set<std::string> expected = open_methods();
    for (const std::string& name : expected)
        EXPECT_FALSE(name.starts_with("retention.")) << name;
    role(R"({"name": "probe", "types": {"*": {"read": "all"}}, "capabilities": ["erase"]})", false);
    std::size_t more = 0;
    for (const auto& [name, method] : host->api().methods())
        if (name.starts_with("retention.")) more += expected.insert(name).second ? 1 : 0;
    EXPECT_GE(more, 6U);
    EXPECT_EQ(open_methods(), expected);
    EXPECT_FALSE(ask(*anna, "retention.list").failed);
}

TEST_F(PeopleRights, AnAddressIsNotChangedThroughItsPoint)
{
    const std::string id
        = create("contact", {{"kind", "person"}, {"name", "Ann"}, {"email", "ann@example.org"}});
    const value points = call("records.list", {{"type", "contact_point"}}).at("records");
    let_anna(R"("types": {"contact": {"read": "all", "write": "all", "read_only": ["email"]},
        "contact_point": {"read": "all", "write": "all", "create": true}})");
    const object values{{"value", "eve@example.org"}};
    EXPECT_EQ(
        refusal(
            *anna,
            "records.update",
            {{"type", "contact_point"}, {"id", points.at(0).at("id")}, {"values", values}}
        ).key,
        "access.field"
    );
    EXPECT_EQ(call("records.get", {{"type", "contact"}, {"id", id}}).at("email"), "ann@example.org");
}

TEST_F(PeopleRights, WhatStandsInTheWayIsNotNamedToWhoDoesNotSeeIt)
{
    const std::string stage = create("stage", {{"title", "amber"}});
    const std::string deal = create("deal", {{"title", "birch"}, {"at", stage}});
    let_anna(R"("types": {"stage": {"read": "all", "delete": "all"}, "deal": {"read": "all"}})");
    const auto refused = [&] {
        const Error error = refusal(*anna, "records.delete", {{"type", "stage"}, {"id", stage}});
        EXPECT_EQ(error.key, "records.in_use");
        return error.message + error.details;
    };
    EXPECT_NE(refused().find(deal), std::string::npos);
    role(
        R"({"name": "probe", "types": {"stage": {"read": "all", "delete": "all"}, "deal": {"read": "own"}}})",
        false
    );
    EXPECT_EQ(refused().find(deal), std::string::npos);
    role(R"({"name": "probe", "types": {"stage": {"read": "all", "delete": "all"}}})", false);
    EXPECT_EQ(refused().find("deal"), std::string::npos);
}

TEST_F(PeopleRights, ManyRecordsAtOnceNeedTheCapability)
{
    let_anna(R"("types": {"deal": {"read": "own", "create": true}})");
    CallContext context;
    context.principal = *host->users().principal_of("anna");
    UnitOfWork unit;
    for (int i = 0; i < 21; ++i)
        unit.changes.push_back(
            {.operation = Operation::create, .type = "deal", .id = {}, .version = {}, .values = {}}
        );
    const auto refused = host->records().commit(context, unit);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().key, "access.bulk");
    unit.changes.pop_back();
    EXPECT_TRUE(host->records().commit(context, unit));
}

TEST_F(PeopleRights, APluginActingForAPersonHasTheRightsThatBothHave)
{
    const std::string id = create("deal", {{"title", "amber"}, {"secret", "birch"}});
    let_anna(R"("types": {"deal": {"read": "all", "hidden": ["secret"]}})");
    Principal both = *host->users().principal_of("anna");
    const auto plugin = [&](std::vector<std::string> permissions) {
        both.plugin = std::make_shared<const PluginGrants>("acme.x", std::move(permissions));
    };
    const Id deal{std::stoll(id)};
    plugin({"deals.read", "deals.write", "stages.read"});
    const auto row = host->records().get(both, "deal", deal);
    ASSERT_TRUE(row);
    EXPECT_TRUE(value_of(*host->records().schema()->find("deal"), *row, "secret").is_null());
    EXPECT_EQ(host->records().list(both, "stage", {}).error().key, "records.unknown_type")
        << "the person lacks it";
    EXPECT_FALSE(host->views().query(both, {.sql = "SELECT secret FROM deal"}));
    CallContext context;
    context.principal = both;
    UnitOfWork unit;
    unit.changes.push_back(
        {.operation = Operation::update, .type = "deal", .id = deal, .version = {}, .values = {{"title", "x"}}
        }
    );
    EXPECT_EQ(host->records().commit(context, unit).error().key, "access.type");
    plugin({});
    EXPECT_EQ(host->records().get(both, "deal", deal).error().code, ErrorCode::denied)
        << "the plugin lacks it";
}

} // namespace
} // namespace mortise::host
