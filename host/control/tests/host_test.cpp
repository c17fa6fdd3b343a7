#include "control/declarations.hpp"
#include "control/embedded_connection.hpp"
#include "control/host.hpp"
#include "control/os_user.hpp"
#include "control/service.hpp"
#include "control/temporary_folder.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <condition_variable>
#include <fstream>
#include <iterator>
#include <mutex>

namespace mortise::host {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

/// A whole host in memory, and a client of it.
class HostInMemory : public ::testing::Test {
protected:
    void SetUp() override
    {
        auto opened = Host::open({});
        ASSERT_TRUE(opened) << opened.error().message;
        host = *std::move(opened);
        service.emplace(host->api());
        client = connect_embedded(*service, own_os_user());
    }

    void TearDown() override
    {
        client.reset();
        if (service) service->stop();
    }

    value call(std::string_view method, object params = {}, control::CallEvents events = {})
    {
        auto answer = client->call(method, std::move(params), std::move(events));
        EXPECT_TRUE(answer) << method << ": " << answer.error().message;
        return answer ? *std::move(answer) : value(object{});
    }

    Error refusal(std::string_view method, object params = {})
    {
        auto answer = client->call(method, std::move(params));
        EXPECT_FALSE(answer) << method << ": " << boost::json::serialize(answer ? *answer : value());
        return answer ? Error{} : std::move(answer).error();
    }

    value create(std::string_view name)
    {
        return call(
            "records.create", {{"type", "contact"}, {"values", {{"kind", "organisation"}, {"name", name}}}}
        );
    }

    std::unique_ptr<Host> host;
    std::optional<Service> service;
    std::unique_ptr<control::Connection> client;
};

TEST_F(HostInMemory, KeepsRecords)
{
    const value made = create("Acme");
    const value id = made.at("record").at("id");
    EXPECT_TRUE(id.is_string());
    EXPECT_EQ(call("records.get", {{"type", "contact"}, {"id", id}}).at("name"), "Acme");
    const Error stale = refusal(
        "records.update", {{"type", "contact"}, {"id", id}, {"version", 7}, {"values", {{"name", "B"}}}}
    );
    EXPECT_EQ(stale.code, ErrorCode::conflict);
    EXPECT_EQ(refusal("records.get", {{"type", "contact"}, {"id", "1"}}).code, ErrorCode::not_found);
    EXPECT_EQ(refusal("records.list", {{"type", "spaceship"}}).code, ErrorCode::not_found);
}

TEST_F(HostInMemory, ListsViewsReportsAndQueriesOfEnabledPlugins)
{
    const value none = call("views.list");
    for (const std::string_view part : {"views", "reports", "queries"})
        EXPECT_TRUE(none.at(part).as_array().empty()) << part;
}

TEST_F(HostInMemory, DoesAThingOnceForOneKey)
{
    const object params{
        {"type", "contact"},
        {"values", {{"kind", "organisation"}, {"name", "Acme"}}},
        {"context", {{"idempotency_key", "k1"}}}
    };
    const value first = call("records.create", params);
    const value second = call("records.create", params);
    EXPECT_EQ(first.at("record").at("id"), second.at("record").at("id"));
    EXPECT_EQ(second.at("repeated"), true);
    object other = params;
    other["values"] = {{"kind", "organisation"}, {"name", "Other"}};
    EXPECT_FALSE(client->call("records.create", other));
}

TEST_F(HostInMemory, AnswersQueriesInParts)
{
    for (int i = 0; i < 3; ++i)
        create("Org " + std::to_string(i));
    array columns;
    array rows;
    const value answer = call(
        "query.run",
        {{"sql", "SELECT id, name FROM contact WHERE name <> :n ORDER BY name"}, {"params", {{"n", "Org 1"}}}
        },
        {[&](const value& chunk) {
             if (const value* told = chunk.as_object().if_contains("columns")) columns = told->as_array();
             for (const value& row : chunk.at("rows").as_array())
                 rows.push_back(row);
         },
         {}}
    );
    EXPECT_EQ(answer.at("rows"), 2);
    ASSERT_EQ(columns.size(), 2U);
    EXPECT_EQ(columns[0].at("kind"), "id");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_TRUE(rows[0].at(0).is_string());
    EXPECT_EQ(rows[1].at(1), "Org 2");
    EXPECT_EQ(refusal("query.run", {{"sql", "DELETE FROM contact"}}).code, ErrorCode::invalid);
}

TEST_F(HostInMemory, SendsEventsAsTheyHappen)
{
    std::mutex mutex;
    std::condition_variable changed;
    array events;
    client->set_listener([&](std::string_view method, const object& params) {
        ASSERT_EQ(method, "events.batch");
        const std::lock_guard lock{mutex};
        for (const value& event : params.at("events").as_array())
            events.push_back(event);
        changed.notify_all();
    });
    create("before");
    const value feed = call("events.subscribe", {{"type", "contact.*"}}).at("feed");
    for (int i = 0; i < 5; ++i)
        create("after " + std::to_string(i));
    {
        std::unique_lock lock{mutex};
        changed.wait(lock, [&] { return events.size() >= 5; });
    }
    EXPECT_EQ(events.size(), 5U);
    EXPECT_EQ(events[0].at("specversion"), "1.0");
    EXPECT_EQ(events[0].at("source").as_string(), host->source());
    call("events.unsubscribe", {{"feed", feed}});
    EXPECT_EQ(refusal("events.unsubscribe", {{"feed", feed}}).code, ErrorCode::not_found);
}

TEST_F(HostInMemory, SkipsForAClientThatIsFarBehind)
{
    for (int i = 0; i < 25; ++i) { // 12,500 events
        UnitOfWork unit;
        for (int k = 0; k < 500; ++k)
            unit.events.push_back({.type = "probe.ticked"});
        CallContext context;
        context.principal = Principal::system();
        ASSERT_TRUE(host->records().commit(context, std::move(unit)));
    }
    std::mutex mutex;
    std::condition_variable changed;
    std::int64_t skipped = 0;
    std::size_t received = 0;
    client->set_listener([&](std::string_view, const object& params) {
        const std::lock_guard lock{mutex};
        skipped += params.at("skipped").to_number<std::int64_t>();
        received += params.at("events").as_array().size();
        changed.notify_all();
    });
    call("events.subscribe", {{"since", 0}, {"type", "probe.*"}});
    std::unique_lock lock{mutex};
    changed.wait(lock, [&] { return received > 0; });
    EXPECT_GT(skipped, 10'000);
    EXPECT_LE(received, EventFeed::batch_size);
}

TEST_F(HostInMemory, ShowsAPersonOnlyWhatItsScopeLetsIt)
{
    create("Acme");
    call("users.add", {{"name", "anna"}, {"scope", "own"}});
    const auto anna = connect_embedded(*service, own_os_user());
    ASSERT_TRUE(anna->call("host.hello", {{"user", "anna"}}));
    const auto list = anna->call("records.list", {{"type", "contact"}});
    ASSERT_TRUE(list);
    EXPECT_TRUE(list->at("records").as_array().empty());
    const auto denied = anna->call("users.add", {{"name", "eve"}, {"scope", "all"}});
    ASSERT_FALSE(denied);
    EXPECT_EQ(denied.error().code, ErrorCode::denied);
    const auto back = anna->call("host.hello", {{"user", host->users().list().back().name}});
    EXPECT_FALSE(back); // who gave its rights up does not get them back
}

TEST_F(HostInMemory, KnowsNoStranger)
{
    const auto stranger = connect_embedded(*service, "somebody-else");
    const auto answer = stranger->call("status");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::denied);
    EXPECT_NE(answer.error().hint.find("users add"), std::string::npos);
}

TEST_F(HostInMemory, TakesAFileInThatComesInParts)
{
    const value upload = call("upload.open", {{"name", "people.csv"}}).at("upload");
    const std::string text = "name,kind\nAcme,organisation\nBeta,organisation\n";
    call("upload.write", {{"upload", upload}, {"offset", 0}, {"text", text.substr(0, 20)}});
    EXPECT_EQ(
        refusal("upload.write", {{"upload", upload}, {"offset", 0}, {"text", "again"}}).code,
        ErrorCode::conflict
    );
    call("upload.write", {{"upload", upload}, {"offset", 20}, {"text", text.substr(20)}});
    const value result = call("import.run", {{"upload", upload}});
    EXPECT_EQ(result.at("created"), 2);
    EXPECT_EQ(refusal("import.run", {{"upload", upload}}).code, ErrorCode::not_found);
    call("undo", {{"target", result.at("import")}});
    EXPECT_TRUE(call("records.list", {{"type", "contact"}}).at("records").as_array().empty());
}

TEST_F(HostInMemory, DescribesEveryMethodInItsReference)
{
    std::ifstream file{std::string{MORTISE_SOURCE_DIR} + "/docs/reference/control-api.md"};
    const std::string page{std::istreambuf_iterator<char>{file}, {}};
    for (const auto& [name, method] : host->api().methods()) {
        EXPECT_NE(page.find('`' + name + '`'), std::string::npos) << name;
        EXPECT_FALSE(method.help.empty()) << name;
        EXPECT_FALSE(method.result.empty()) << name;
    }
}

TEST(HostOnDisk, IsThereAgainWhenItIsOpenedAgain)
{
    const auto temporary = *TemporaryFolder::create();
    const auto folder = temporary.path() / "data";
    ASSERT_TRUE(Host::init(folder));
    EXPECT_EQ(Host::init(folder).error().code, ErrorCode::exists);
    std::string source;
    {
        const auto host = Host::open({.folder = folder});
        ASSERT_TRUE(host) << host.error().message;
        source = (*host)->source();
        EXPECT_EQ((*host)->users().list().size(), 1U);
        EXPECT_EQ(Host::open({.folder = folder}).error().key, "lease.held");
    }
    const auto again = Host::open({.folder = folder});
    ASSERT_TRUE(again);
    EXPECT_EQ((*again)->source(), source);
}

TEST(HostOnDisk, IsNotThereWithoutInit)
{
    const auto temporary = *TemporaryFolder::create();
    const auto host = Host::open({.folder = temporary.path()});
    ASSERT_FALSE(host);
    EXPECT_EQ(host.error().code, ErrorCode::not_found);
    EXPECT_TRUE(std::filesystem::is_empty(temporary.path()));
}

TEST_F(HostInMemory, TellsOfOptionsThatRecordsHaveAndThatAreGone)
{
    const auto manifest = [](const std::string& options) {
        return read_manifest(
                   R"({"id":"com.acme.parcels","name":"Parcels","version":"1.0.0","sdk":{"min":"0.1"},
            "library":{"linux-x86_64":"a.so","linux-aarch64":"a.so"},
            "types":[{"name":"parcels_parcel","fields":[{"name":"state","kind":"enum","options":)"
                   + options + R"(},{"name":"marks","kind":"multi_enum","options":)" + options + "}]}]}"
        )
            .manifest;
    };
    const Manifest before = manifest(R"(["sent","lost"])");
    ASSERT_TRUE(host->records().declare(before.id, before.types));
    for (const char* state : {"lost", "lost", "sent"})
        call(
            "records.create",
            {{"type", "parcels_parcel"}, {"values", {{"state", state}, {"marks", array{state}}}}}
        );
    EXPECT_TRUE(broken_declarations(*host, before, Principal::system()).empty());
    const Manifest now = manifest(R"(["sent"])");
    ASSERT_TRUE(host->records().declare(now.id, now.types));
    const auto broken = broken_declarations(*host, now, Principal::system());
    ASSERT_EQ(broken.size(), 2U);
    EXPECT_EQ(broken[0].name, "parcels_parcel.state");
    EXPECT_EQ(broken[0].pointer, "/types/0/fields/0/options");
    EXPECT_NE(broken[0].error.message.find("2 of parcels_parcels have \"lost\""), std::string::npos)
        << broken[0].error.message;
    EXPECT_EQ(broken[1].name, "parcels_parcel.marks");
    EXPECT_NE(broken[1].error.message.find("2 of parcels_parcels have \"lost\""), std::string::npos)
        << broken[1].error.message;
}

} // namespace
} // namespace mortise::host
