#include "base/json.hpp"
#include "exchange/import/import_job.hpp"
#include "exchange/import/open_rows.hpp"
#include "records/tests/scratch_host.hpp"

namespace mortise::host {
namespace {

/// Imports text and keeps what was told.
struct Trial {
    explicit Trial(ScratchHost& scratch) : host{scratch} { }

    Result<ImportOutcome> run(const std::string& text)
    {
        MemorySource source{text};
        request.on_complaint = [this](const ImportComplaint& complaint) {
            complaints.push_back(std::to_string(complaint.row) + ": " + complaint.error.message);
        };
        request.on_notice = [this](const std::string& notice) { notices.push_back(notice); };
        request.refused_rows = &refused;
        return run_import(*host.database, *host.records, ScratchHost::system(), source, request);
    }

    std::vector<std::string> names()
    {
        std::vector<std::string> found;
        const auto page = host.records->list(
            Principal::system(), "contact", {.sort = "name", .limit = 1000, .after = {}, .deleted = false}
        );
        const TypePointer type = host.records->schema()->find("contact");
        for (const Row& row : page->rows)
            found.emplace_back(value_of(*type, row, "name").text());
        return found;
    }

    ScratchHost& host;
    ImportRequest request{.file = "test.csv"};
    StringSink refused;
    std::vector<std::string> complaints;
    std::vector<std::string> notices;
};

TEST(Import, TakesColumnsByTheirUsualNames)
{
    ScratchHost host;
    Trial trial{host};
    const auto outcome
        = trial.run("First Name,Surname,E-mail Address,Shoe size\nAda,Lovelace,ada@example.com,37\n"
                    "Grace,Hopper,grace@example.com,38\n");
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->progress.created, 2U);
    EXPECT_EQ(trial.names(), (std::vector<std::string>{"Ada Lovelace", "Grace Hopper"}));
    ASSERT_EQ(trial.notices.size(), 1U);
    EXPECT_NE(trial.notices[0].find("Shoe size"), std::string::npos);
    const auto record = host.records->get(Principal::system(), "import", outcome->import);
    ASSERT_TRUE(record);
    const TypePointer type = host.records->schema()->find("import");
    EXPECT_EQ(value_of(*type, *record, "state"), Value{"done"});
    EXPECT_EQ(value_of(*type, *record, "created"), Value{2});
}

TEST(Import, KeepsTheGoodRowsAndGivesTheBadOnesBack)
{
    ScratchHost host;
    Trial trial{host};
    std::string text = "name,kind\n";
    for (int i = 0; i < 1200; ++i)
        text += "n" + std::to_string(i) + (i % 100 == 7 ? ",robot\n" : ",person\n");
    const auto outcome = trial.run(text);
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->progress.read, 1200U);
    EXPECT_EQ(outcome->progress.created, 1188U);
    EXPECT_EQ(outcome->progress.refused, 12U);
    ASSERT_EQ(trial.complaints.size(), 12U);
    EXPECT_TRUE(trial.complaints[0].starts_with("8: "));
    EXPECT_TRUE(trial.refused.text().starts_with("\"name\",\"kind\"\nn7,robot\n")) << trial.refused.text();

    std::string mended = trial.refused.text();
    for (std::size_t at = 0; (at = mended.find("robot")) != std::string::npos;)
        mended.replace(at, 5, "person");
    Trial second{host};
    EXPECT_EQ(second.run(mended)->progress.created, 12U);
}

TEST(Import, FollowsAMapping)
{
    ScratchHost host;
    Trial trial{host};
    auto mapping = parse_mapping(R"({"type": "contact", "match": ["external_id"], "on_missing_ref": "leave",
        "constants": {"kind": "organisation"}, "columns": {
            "id": "external_id", "account": {"field": "name"}, "revenue": {"field": "annual_revenue", "currency": "USD"},
            "sector": {"field": "industry", "values": {"technolgy": "technology"}},
            "parent": {"field": "organisation", "ref": {"type": "contact", "by": "name"}}}})");
    ASSERT_TRUE(mapping) << mapping.error().message;
    trial.request.mapping = *mapping;
    trial.request.mode = ImportMode::upsert;
    const auto outcome
        = trial.run("id,account,revenue,sector,parent\n1,Acme,1100.04,technolgy,\n2,Sub,3,retail,Acme\n"
                    "3,Lost,4,retail,Nobody\n2,Sub Two,5,retail,Acme\n");
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->progress.created, 3U);
    EXPECT_EQ(outcome->progress.updated, 1U) << "a second row about the same record";
    EXPECT_EQ(outcome->progress.left, 1U);
    ASSERT_EQ(trial.complaints.size(), 1U);
    EXPECT_NE(trial.complaints[0].find("Nobody"), std::string::npos);
    const TypePointer type = host.records->schema()->find("contact");
    const auto acme = host.records->find(Principal::system(), "contact", "name", "Acme", 2);
    ASSERT_EQ(acme->size(), 1U);
    EXPECT_EQ(value_of(*type, acme->front(), "industry"), Value{"technology"});
    EXPECT_EQ(value_of(*type, acme->front(), "annual_revenue"), (Value{Money{110004, 840, 2}}));
    const auto sub = host.records->find(Principal::system(), "contact", "name", "Sub Two", 2);
    ASSERT_EQ(sub->size(), 1U);
    EXPECT_EQ(value_of(*type, sub->front(), "organisation"), Value{acme->front().id});
}

TEST(Import, RefusesAMappingThatDoesNotFit)
{
    ScratchHost host;
    const auto broken = parse_mapping(R"({"columns": {"a": {"feild": "name"}}})");
    ASSERT_FALSE(broken);
    EXPECT_NE(broken.error().where.find("/columns/a"), std::string::npos) << broken.error().where;
    Trial trial{host};
    trial.request.mapping = *parse_mapping(R"({"columns": {"nome": "name"}})");
    const auto missing = trial.run("name\nAda\n");
    ASSERT_FALSE(missing);
    EXPECT_NE(missing.error().hint.find("name"), std::string::npos);
    trial.request.mapping = *parse_mapping(R"({"columns": {"name": "shoe_size"}})");
    EXPECT_FALSE(trial.run("name\nAda\n"));
}

TEST(Import, DryRunWritesNothing)
{
    ScratchHost host;
    Trial trial{host};
    trial.request.dry_run = true;
    const auto outcome = trial.run("name,kind\nAda,person\nEve,robot\n");
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->progress.created, 1U);
    EXPECT_EQ(outcome->progress.refused, 1U);
    EXPECT_TRUE(trial.names().empty());
    EXPECT_TRUE(host.records->list(Principal::system(), "import", {})->rows.empty());
}

/// While one batch is written the next one is read: what refers to rows that are under way must find them.
TEST(Import, FindsRowsThatAreStillBeingWritten)
{
    constexpr int count = 4000;
    constexpr int again = 700; // rows later, the same record
    ScratchHost host;
    Trial trial{host};
    trial.request.mode = ImportMode::upsert;
    trial.request.mapping = *parse_mapping(R"({"type": "contact", "match": ["external_id"],
        "constants": {"kind": "organisation"}, "columns": {"id": "external_id", "name": "name", "email": "email",
            "parent": {"field": "organisation", "ref": {"type": "contact", "by": "name"}}}})");
    std::string text = "id,name,email,parent\n";
    for (int i = 0; i < count; ++i) {
        const std::string id = std::to_string(i);
        text += id + ",n" + id + (i % 900 == 899 ? ",no address" : ",") + ','
            + (i % 3 == 2 ? "n" + std::to_string(i - 1) : "") + '\n';
        if (i % 500 == 499) text += std::to_string(i - again / 2) + ",,second@example.com,\n";
    }
    const auto outcome = trial.run(text);
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->progress.refused, 4U);
    EXPECT_EQ(outcome->progress.created, count - 4U);
    EXPECT_EQ(outcome->progress.updated, 8U);
    EXPECT_EQ(outcome->progress.left, 0U);
    const TypePointer type = host.records->schema()->find("contact");
    int linked = 0;
    for (int i = 2; i < count; i += 3) {
        const auto found
            = host.records->find(Principal::system(), "contact", "name", "n" + std::to_string(i), 2);
        const auto parent
            = host.records->find(Principal::system(), "contact", "name", "n" + std::to_string(i - 1), 2);
        if (found->size() != 1 || parent->size() != 1) continue; // the refused ones
        linked += value_of(*type, found->front(), "organisation") == Value{parent->front().id};
    }
    EXPECT_EQ(linked, 1333 - 4);
    const auto record = host.records->get(Principal::system(), "import", outcome->import);
    const TypePointer imports = host.records->schema()->find("import");
    EXPECT_EQ(value_of(*imports, *record, "read"), Value{count + 8});
    EXPECT_EQ(value_of(*imports, *record, "refused"), Value{4});
}

/// The first batch has 500 rows, and is written while the row behind it is read.
TEST(Import, UpdatesARecordThatIsStillBeingWritten)
{
    constexpr int first_batch = 500;
    ScratchHost host;
    Trial trial{host};
    trial.request.mode = ImportMode::upsert;
    trial.request.match = {"external_id"};
    std::string text = "external_id,name\n";
    for (int i = 0; i < first_batch; ++i)
        text += std::to_string(i) + ",n" + std::to_string(i) + '\n';
    text += "7,Seven\n";
    const auto outcome = trial.run(text);
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->progress.created, std::uint64_t{first_batch});
    EXPECT_EQ(outcome->progress.updated, 1U);
    EXPECT_EQ(host.records->find(Principal::system(), "contact", "external_id", "7", 2)->size(), 1U);
}

TEST(Import, TakesRowsOfOneBatchThatMeanTheSameRecord)
{
    ScratchHost host;
    Trial first{host};
    ASSERT_TRUE(first.run("name,email\nAda,ada@example.org\nGrace,grace@example.org\n"));
    Trial second{host};
    second.request.mode = ImportMode::upsert;
    second.request.match = {"email"};
    const auto outcome = second.run("name,email,job_title\n"
                                    "Ada King,ada@example.org,Countess\n"
                                    "Grace,grace@example.org,Admiral\n"
                                    "Ada Lovelace,Ada@EXAMPLE.org,Poet\n");
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->progress.updated, 3U);
    EXPECT_EQ(outcome->progress.refused, 0U);
    EXPECT_EQ(second.complaints, std::vector<std::string>{});
    EXPECT_EQ(second.names(), (std::vector<std::string>{"Ada Lovelace", "Grace"})) << "the later row wins";
}

TEST(Import, GoesOnWhereItStopped)
{
    ScratchHost host;
    std::string text = "name\n";
    for (int i = 0; i < 1700; ++i)
        text += "n" + std::to_string(i) + "\n";
    Trial first{host};
    std::atomic<bool> cancel{false};
    first.request.cancel = &cancel;
    first.request.on_progress = [&](const ImportProgress& progress) { cancel = progress.created >= 1000; };
    const auto stopped = first.run(text);
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, ErrorCode::cancelled);
    const auto imports = host.records->list(Principal::system(), "import", {});
    ASSERT_EQ(imports->rows.size(), 1U);
    Trial second{host};
    second.request.resume = imports->rows[0].id;
    const auto outcome = second.run(text);
    ASSERT_TRUE(outcome) << outcome.error().message;
    const auto page = host.records->list(
        Principal::system(), "contact", {.sort = "", .limit = 1000, .after = {}, .deleted = false}
    );
    ASSERT_FALSE(page->next.empty());
    const auto rest = host.records->list(
        Principal::system(), "contact", {.sort = "", .limit = 1000, .after = page->next, .deleted = false}
    );
    EXPECT_EQ(page->rows.size() + rest->rows.size(), 1700U) << "none lost, none twice";
}

TEST(Import, TellsWhyItCannotGoOn)
{
    ScratchHost host;
    Trial first{host};
    std::atomic<bool> cancel{true};
    first.request.cancel = &cancel;
    ASSERT_FALSE(first.run("name\nAda\n"));
    Trial second{host};
    second.request.resume = host.records->list(Principal::system(), "import", {})->rows.at(0).id;
    second.request.type = "contact_point";
    const auto other_type = second.run("value\nada@example.org\n");
    ASSERT_FALSE(other_type);
    EXPECT_EQ(other_type.error().message, "import 1 cannot go on: it takes in contact, not contact_point");
    second.request.type = "contact";
    ASSERT_TRUE(second.run("name\nAda\n"));
    const auto done = second.run("name\nAda\n");
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().message, "import 1 cannot go on: it is done");
    EXPECT_EQ(second.names(), std::vector<std::string>{"Ada"});
}

/// One that is killed before it is done must be able to give them back.
TEST(Import, ForgetsNoRefusedRowBeforeItIsDone)
{
    ScratchHost host;
    Trial trial{host};
    const TypePointer type = host.records->schema()->find("import");
    int looks = 0;
    std::string state;
    trial.request.on_progress = [&](const ImportProgress&) {
        const auto imports = host.records->list(Principal::system(), "import", {});
        ASSERT_TRUE(imports);
        const auto refused = OpenRows{*host.database, imports->rows.front().id}.refused(0, 10);
        ASSERT_TRUE(refused);
        state = value_of(*type, imports->rows.front(), "state").text();
        EXPECT_TRUE(state == "done" || refused->size() == 1) << state << ", " << refused->size();
        ++looks;
    };
    ASSERT_TRUE(trial.run("name,kind\nAda,person\nMarvin,robot\n"));
    EXPECT_GE(looks, 2);
    EXPECT_EQ(state, "done");
}

TEST(Import, SkipsAndUpdatesByMatch)
{
    ScratchHost host;
    Trial first{host};
    ASSERT_TRUE(first.run("name,external_id\nAda,1\nGrace,2\n"));
    Trial skip{host};
    skip.request.mode = ImportMode::skip;
    EXPECT_FALSE(skip.run("name,external_id\nAda,1\n")) << "needs a match";
    skip.request.match = {"external_id"};
    const auto skipped = skip.run("name,external_id\nAda King,1\nHedy,3\n");
    ASSERT_TRUE(skipped);
    EXPECT_EQ(skipped->progress.skipped, 1U);
    EXPECT_EQ(skipped->progress.created, 1U);
    Trial update{host};
    update.request.mode = ImportMode::update;
    update.request.match = {"external_id"};
    const auto updated = update.run("name,external_id\nAda Lovelace,1\nNobody,9\n");
    EXPECT_EQ(updated->progress.updated, 1U);
    EXPECT_EQ(updated->progress.skipped, 1U);
    EXPECT_EQ(update.names(), (std::vector<std::string>{"Ada Lovelace", "Grace", "Hedy"}));
}

TEST(Import, ReadsJsonLines)
{
    ScratchHost host;
    Trial trial{host};
    trial.request.format = ImportFormat::jsonl;
    const auto outcome
        = trial.run("{\"name\": \"Ada\", \"tags\": [\"a\", \"b\"]}\n\n{\"name\": 5\n[1]\n{\"name\": \"Eve\"}"
        );
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->progress.created, 2U);
    EXPECT_EQ(outcome->progress.refused, 2U);
    EXPECT_EQ(trial.names(), (std::vector<std::string>{"Ada", "Eve"}));
}

} // namespace
} // namespace mortise::host
