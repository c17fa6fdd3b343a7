#include "base/json.hpp"
#include "records/audit/audit_verify.hpp"
#include "records/purge.hpp"
#include "records/verify.hpp"
#include "records/views.hpp"
#include "scratch_host.hpp"

#include <boost/json/value.hpp>

namespace mortise::host {
namespace {

void declare(ScratchHost& host, const char* owner, const char* json)
{
    const auto parsed = parse_json(json, "types");
    ASSERT_TRUE(parsed);
    const auto types = parse_type_declarations(*parsed, "/types", "");
    ASSERT_TRUE(types) << types.error().message;
    const auto declared = host.records->declare(owner, *types);
    ASSERT_TRUE(declared) << declared.error().message;
}

constexpr const char* tasks = R"([
    {"name": "task", "fields": [
        {"name": "title", "kind": "text", "required": true, "unique": true, "sorted": true},
        {"name": "budget", "kind": "money"},
        {"name": "contact", "kind": "reference", "reference": "contact", "timeline": true}]},
    {"name": "contact", "extends": true, "fields": [
        {"name": "task_budget", "kind": "money"}, {"name": "task_note", "kind": "text"}]}])";

TEST(Purge, DeletesTypesHistoryAndValuesOfOneOwner)
{
    ScratchHost host;
    declare(host, "acme.tasks", tasks);
    const auto ada = host.create(
        "contact",
        {{"name", "Ada"},
         {"task_note", "secret"},
         {"task_budget", Map{{"amount", "1.00"}, {"currency", "EUR"}}}}
    );
    ASSERT_TRUE(ada) << ada.error().message;
    const auto task = host.create("task", {{"title", "Call"}, {"contact", ada->ids[0]}});
    ASSERT_TRUE(task) << task.error().message;
    ASSERT_TRUE(host.commit(
        {.operation = Operation::update,
         .type = "task",
         .id = task->ids[0],
         .version = {},
         .values = {{"title", "Call her"}}}
    ));
    ASSERT_TRUE(host.create("task", {{"title", "Write"}}));

    const auto would = count_of_owner(*host.database, *host.records, "acme.tasks");
    ASSERT_TRUE(would) << would.error().message;
    const auto purged = purge_owner(*host.database, *host.writer, *host.records, "acme.tasks");
    ASSERT_TRUE(purged) << purged.error().message;
    for (const Purged* each : {&*would, &*purged}) {
        ASSERT_EQ(each->types.size(), 1U);
        EXPECT_EQ(each->types[0].name, "task");
        EXPECT_EQ(each->types[0].records, 2);
        EXPECT_EQ(each->types[0].history, 1);
        ASSERT_EQ(each->fields.size(), 2U);
        EXPECT_EQ(each->fields[0].values + each->fields[1].values, 2);
    }
    EXPECT_FALSE(host.records->schema()->find("task"));
    const auto row = host.records->get(Principal::system(), "contact", ada->ids[0]);
    ASSERT_TRUE(row);
    EXPECT_TRUE(value_of(*host.records->schema()->find("contact"), *row, "task_note").is_null());
    EXPECT_TRUE(host.create("contact", {{"name", "Eve"}}));
    Views views{*host.database, *host.records};
    EXPECT_FALSE(views.query(Principal::system(), {.sql = "SELECT title FROM task"}));
    const auto reader = Connection::open(host.database->reader_settings());
    ASSERT_TRUE(reader);
    const auto checks = verify_database(**reader, {});
    ASSERT_TRUE(checks) << checks.error().message;
    for (const DatabaseCheck& check : *checks)
        EXPECT_EQ(check.wrong, 0) << check.name;
    const auto audit = verify_audit(**reader, {});
    ASSERT_TRUE(audit) << audit.error().message;
    EXPECT_EQ(audit->wrong, 0U) << audit->findings.front().what;
    EXPECT_NE(audit->purged, 0U) << "what is gone, and what lacks a field, is told as purged";

    // It may come back, and begins empty.
    declare(host, "acme.tasks", tasks);
    EXPECT_TRUE(host.create("task", {{"title", "Call"}}));
    const auto page = host.records->list(Principal::system(), "task", {});
    ASSERT_TRUE(page);
    EXPECT_EQ(page->rows.size(), 1U);
    host.close();
    host.open();
    EXPECT_TRUE(host.records->schema()->find("task"));
}

TEST(Purge, LeavesWhatOthersReferTo)
{
    ScratchHost host;
    declare(host, "acme.tasks", tasks);
    declare(host, "acme.steps", R"([{"name": "step", "fields": [
        {"name": "task", "kind": "reference", "reference": "task"}]}])");
    const auto task = host.create("task", {{"title", "Call"}});
    ASSERT_TRUE(task);
    const auto step = host.create("step", {{"task", task->ids[0]}});
    ASSERT_TRUE(step) << step.error().message;
    const auto refused = purge_owner(*host.database, *host.writer, *host.records, "acme.tasks");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().key, "records.referenced");
    EXPECT_EQ(refused.error().where, "step.task");
    EXPECT_TRUE(host.create("task", {{"title", "Write"}})); // nothing was archived either
    ASSERT_TRUE(purge_owner(*host.database, *host.writer, *host.records, "acme.steps"));
    EXPECT_TRUE(purge_owner(*host.database, *host.writer, *host.records, "acme.tasks"));
}

} // namespace
} // namespace mortise::host
