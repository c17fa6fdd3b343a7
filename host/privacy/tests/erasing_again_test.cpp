#include "base/json.hpp"
#include "events/event_log.hpp"
#include "merging/merging.hpp"
#include "privacy/erasing_again.hpp"
#include "privacy/erasure.hpp"
#include "privacy/erasure_ledger.hpp"
#include "records/audit/audit_verify.hpp"
#include "records/catalog.hpp"
#include "records/tests/scratch_host.hpp"
#include "records/verify.hpp"

#include <boost/json/value.hpp>

#include <fstream>
#include <iterator>
#include <optional>

namespace mortise::host {
namespace {

constexpr const char* database_id = "0123456789abcdef0123456789abcdef";

std::string read_file(const std::filesystem::path& path)
{
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

/// A house with the parts that erase, over a database file of its own.
struct House {
    explicit House(const std::filesystem::path& file, bool create, ManualClock& clock)
        : database{*Database::open(file, {.create = create})},
          writer{*database, clock},
          records{*database, writer, clock},
          log{*database},
          merging{*database, writer, records, clock},
          erasure{*database, writer, records, log, clock}
    {
        EXPECT_TRUE(writer.open());
        EXPECT_TRUE(records.open());
        EXPECT_TRUE(log.open());
        EXPECT_TRUE(merging.open());
        EXPECT_TRUE(erasure.open());
    }
    ~House()
    {
        records.close();
        writer.stop();
    }
    House(const House&) = delete;
    House& operator=(const House&) = delete;

    Id contact(const std::string& name)
    {
        UnitOfWork unit;
        unit.changes.push_back(
            {.operation = Operation::create,
             .type = "contact",
             .id = {},
             .version = {},
             .values = {{"kind", "person"}, {"name", name}, {"email", name + "@example.com"}}}
        );
        const auto made = records.commit(ScratchHost::system(), unit);
        EXPECT_TRUE(made) << made.error().message;
        return made ? made->ids.front() : Id{};
    }

    Value name_of(Id id)
    {
        const auto row = records.get(Principal::system(), "contact", id, true);
        return row ? value_of(*records.schema()->find("contact"), *row, "name") : Value{"not there"};
    }

    Result<ErasedAgain> again(const std::vector<ErasedPerson>& persons)
    {
        return erase_again(
            *database,
            records,
            erasure,
            ScratchHost::system(),
            {.database = database_id, .persons = persons, .source = "the list"}
        );
    }

    std::uint64_t wrong()
    {
        const ReadLease reader = database->read();
        const auto trail = verify_audit(*reader, {});
        EXPECT_TRUE(trail) << trail.error().message;
        std::uint64_t count = trail ? trail->wrong : 1;
        for (const AuditFinding& finding : trail->findings)
            ADD_FAILURE() << finding.what;
        const auto checks = verify_database(*reader, {});
        EXPECT_TRUE(checks);
        for (const DatabaseCheck& check : *checks)
            count += check.wrong;
        return count;
    }

    std::unique_ptr<Database> database;
    Writer writer;
    Records records;
    EventLog log;
    Merging merging;
    Erasure erasure;
};

class ErasedAgainTest : public testing::Test {
protected:
    void SetUp() override
    {
        m_house.emplace(m_folder.path() / "mortise.db", true, m_clock);
        auto ledger = ErasureLedger::open(m_folder.path() / "erasures.ledger");
        ASSERT_TRUE(ledger);
        m_ledger = std::make_unique<ErasureLedger>(*std::move(ledger));
        m_house->erasure.keep(*m_ledger, database_id);
    }

    void back_up() { ASSERT_TRUE(m_house->database->copy_to(m_folder.path() / "saved.db")); }
    void restore()
    {
        m_house.reset();
        m_house.emplace(m_folder.path() / "saved.db", false, m_clock);
    }
    void erase(Id id)
    {
        const auto erased = m_house->erasure.erase(ScratchHost::system(), id, "");
        ASSERT_TRUE(erased) << erased.error().message;
    }
    bool together()
    {
        const ReadLease reader = m_house->database->read();
        const auto told = are_together(*reader, *m_house->records.schema(), *m_ledger);
        EXPECT_TRUE(told) << told.error().message;
        return told && *told;
    }
    void note()
    {
        ASSERT_TRUE(m_house->writer.run([&](Connection& connection) {
            return note_together(connection, *m_house->records.schema(), *m_ledger);
        }));
        EXPECT_TRUE(together());
    }
    std::size_t bytes_with(std::string_view text) const
    {
        std::size_t count = 0;
        for (const char* name : {"saved.db", "saved.db-wal"}) {
            const std::string bytes = read_file(m_folder.path() / name);
            for (std::size_t at = bytes.find(text); at != std::string::npos; at = bytes.find(text, at + 1))
                ++count;
        }
        return count;
    }

    ManualClock m_clock{Instant{1'767'225'600'000'000}};
    ScratchFolder m_folder;
    std::optional<House> m_house;
    std::unique_ptr<ErasureLedger> m_ledger;
};

TEST_F(ErasedAgainTest, WhoWasErasedAfterABackupIsNotInItsRestore)
{
    const Id gone = m_house->contact("zqxgone");
    const Id stays = m_house->contact("zqxstays");
    back_up();
    erase(gone);
    restore();
    EXPECT_EQ(m_house->name_of(gone), Value{"zqxgone"});
    EXPECT_GT(bytes_with("zqxgone"), 0U);
    const auto done = m_house->again(m_ledger->persons());
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(done->applied, 1U);
    EXPECT_EQ(m_house->name_of(gone), Value{});
    EXPECT_EQ(m_house->name_of(stays), Value{"zqxstays"});
    EXPECT_EQ(bytes_with("zqxgone"), 0U);
    EXPECT_GT(bytes_with("zqxstays"), 0U);
    EXPECT_EQ(m_house->wrong(), 0U);
    const auto twice = m_house->again(m_ledger->persons());
    ASSERT_TRUE(twice);
    EXPECT_EQ(twice->applied, 0U);
    EXPECT_EQ(twice->before, 1U);
}

TEST_F(ErasedAgainTest, TheLedgerHoldsNothingOfThem)
{
    erase(m_house->contact("zqxgone"));
    const std::string text = read_file(m_folder.path() / "erasures.ledger");
    EXPECT_EQ(text.find("zqx"), std::string::npos);
    EXPECT_EQ(std::ranges::count(text, '\n'), 1);
}

TEST_F(ErasedAgainTest, ANumberThatAnotherGotMeanwhileIsNotErased)
{
    back_up();
    const Id first = m_house->contact("zqxfirst");
    erase(first);
    restore();
    m_clock.advance(Duration{1'000'000});
    Id other;
    for (int i = 0; i < 5000 && other != first; ++i) // until the number comes again
        other = m_house->contact("zqxother" + std::to_string(i));
    ASSERT_EQ(other, first);
    const Value name = m_house->name_of(other);
    const auto done = m_house->again(m_ledger->persons());
    ASSERT_TRUE(done);
    EXPECT_EQ(done->not_there, 1U);
    EXPECT_EQ(done->applied, 0U);
    EXPECT_EQ(m_house->name_of(other), name);
}

TEST_F(ErasedAgainTest, AllContactsOfAPersonGoAlsoWhereTheyWereNotMergedYet)
{
    const Id one = m_house->contact("zqxone");
    const Id two = m_house->contact("zqxtwo");
    back_up();
    ASSERT_TRUE(m_house->merging.merge(ScratchHost::system(), {.survivor = one, .losers = {two}}));
    erase(one);
    restore();
    const auto done = m_house->again(m_ledger->persons());
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(done->applied, 2U);
    EXPECT_EQ(bytes_with("zqxone") + bytes_with("zqxtwo"), 0U);
    EXPECT_TRUE(done->with_others.empty());
    EXPECT_EQ(m_house->wrong(), 0U);
}

TEST_F(ErasedAgainTest, WhoIsNamedTwiceIsCountedOnce)
{
    const Id gone = m_house->contact("zqxgone");
    const Id one = m_house->contact("zqxone");
    const Id two = m_house->contact("zqxtwo");
    ASSERT_TRUE(m_house->merging.merge(ScratchHost::system(), {.survivor = one, .losers = {two}}));
    back_up();
    erase(gone);
    erase(one);
    std::vector<ErasedPerson> named = m_ledger->persons();
    {
        const ReadLease reader = m_house->database->read();
        const auto known = erased_in(*reader, database_id);
        ASSERT_TRUE(known);
        named.insert(named.end(), known->begin(), known->end());
    }
    ASSERT_EQ(named.size(), 4U);
    restore();
    const auto done = m_house->again(named);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(done->contacts, 3U);
    EXPECT_EQ(done->applied, 3U) << "the one that went with the other too";
    EXPECT_EQ(done->before, 0U);
    EXPECT_TRUE(done->with_others.empty());
}

TEST_F(ErasedAgainTest, WhoGoesAlongUnnamedIsTold)
{
    const Id one = m_house->contact("zqxone");
    const Id two = m_house->contact("zqxtwo");
    ASSERT_TRUE(m_house->merging.merge(ScratchHost::system(), {.survivor = one, .losers = {two}}));
    back_up();
    for (const auto& [named, other] : {std::pair{one, two}, std::pair{two, one}}) {
        restore();
        const auto row = m_house->records.get(Principal::system(), "contact", named, true);
        ASSERT_TRUE(row) << row.error().message;
        const auto done = m_house->again({{database_id, {{named, row->created_at}}, m_clock.now()}});
        ASSERT_TRUE(done) << done.error().message;
        EXPECT_EQ(done->applied, 1U);
        EXPECT_EQ(done->with_others, std::vector<Id>{other});
        const auto summary = parse_json(summary_of(*done), "summary");
        ASSERT_TRUE(summary);
        EXPECT_EQ(summary->at("with_others").at(0).as_string(), std::to_string(other.number));
        m_house.reset();
        std::filesystem::remove(m_folder.path() / "saved.db");
        m_house.emplace(m_folder.path() / "mortise.db", false, m_clock);
        back_up();
    }
}

TEST_F(ErasedAgainTest, WhoCannotBeErasedIsNamedWithAWayOut)
{
    const Id gone = m_house->contact("zqxgone");
    back_up();
    erase(gone);
    restore();
    m_house->writer.stop();
    const auto done = m_house->again(m_ledger->persons());
    ASSERT_FALSE(done);
    const std::string number = std::to_string(gone.number);
    EXPECT_TRUE(done.error().message.starts_with("contact " + number + ", whom the list names, "))
        << done.error().message;
    EXPECT_NE(done.error().hint.find(" " + number + "@"), std::string::npos) << done.error().hint;
}

TEST_F(ErasedAgainTest, IsNotedAlsoWhenTheLogCannotBeCut)
{
    const Id gone = m_house->contact("zqxgone");
    const std::string count
        = "SELECT count(*) FROM " + quoted_name(m_house->records.schema()->find("erasure")->table);
    m_house->writer.on_commit([&](std::int64_t) {
        {
            const ReadLease reader = m_house->database->read();
            auto select = reader->prepare(count);
            ASSERT_TRUE(select);
            ASSERT_TRUE(select->step());
            if (select->integer(0) == 0) return;
        }
        std::filesystem::resize_file(m_folder.path() / "mortise.db-wal", 0); // so that it cannot be read
    });
    const auto erased = m_house->erasure.erase(ScratchHost::system(), gone, "");
    m_house->writer.on_commit({});
    ASSERT_FALSE(erased);
    EXPECT_NE(erased.error().message.find("was erased, but the log could not be cut: "), std::string::npos)
        << erased.error().message;
    ASSERT_EQ(read_whole_ledger(m_folder.path() / "erasures.ledger")->size(), 1U);
    EXPECT_EQ(m_ledger->persons().front().contacts.front().id, gone);
}

TEST_F(ErasedAgainTest, LeavesNoFormerContentAlsoWhenItCannotBeNoted)
{
    const Id gone = m_house->contact("zqxgone");
    std::filesystem::remove(m_folder.path() / "erasures.ledger");
    std::filesystem::create_directory(m_folder.path() / "erasures.ledger");
    const auto erased = m_house->erasure.erase(ScratchHost::system(), gone, "");
    ASSERT_FALSE(erased);
    EXPECT_NE(erased.error().message.find("was erased, but this could not be noted: "), std::string::npos)
        << erased.error().message;
    for (const char* name : {"mortise.db", "mortise.db-wal"})
        EXPECT_EQ(read_file(m_folder.path() / name).find("zqxgone"), std::string::npos) << name;
}

TEST_F(ErasedAgainTest, AnOlderDatabaseDoesNotPassForOneThatWasPutTogether)
{
    const Id gone = m_house->contact("zqxgone");
    EXPECT_FALSE(together());
    note();
    back_up();
    erase(gone);
    EXPECT_FALSE(together());
    note();
    {
        Erasure silent{*m_house->database, m_house->writer, m_house->records, m_house->log, m_clock};
        ASSERT_TRUE(silent.erase(ScratchHost::system(), m_house->contact("zqxother"), ""));
    }
    EXPECT_FALSE(together()) << "the ledger does not know of it";
    restore();
    EXPECT_FALSE(together()) << "its note is older";
    ASSERT_TRUE(m_house->again(m_ledger->persons()));
    note();
}

TEST_F(ErasedAgainTest, WhatStandsInTheWayOfADeletionDoesNotKeepThem)
{
    constexpr const char* types = R"json([{ "name": "contract", "title_field": "number", "fields": [
        { "name": "number", "kind": "text", "label": "Number" },
        { "name": "customer", "kind": "reference", "reference": "contact", "label": "Customer", "on_delete": "refuse",
          "indexed": true } ] }])json";
    const auto parsed = parse_type_declarations(*parse_json(types, "types"), "", "");
    ASSERT_TRUE(parsed) << parsed.error().message;
    ASSERT_TRUE(m_house->records.declare("com.test", *parsed));
    const Id gone = m_house->contact("zqxgone");
    UnitOfWork unit;
    unit.changes.push_back(
        {.operation = Operation::create,
         .type = "contract",
         .id = {},
         .version = {},
         .values = {{"number", "C1"}, {"customer", gone}}}
    );
    const auto contract = m_house->records.commit(ScratchHost::system(), unit);
    ASSERT_TRUE(contract);
    back_up();
    EXPECT_EQ(m_house->erasure.erase(ScratchHost::system(), gone, "").error().key, "records.in_use");
    unit.changes.front().operation = Operation::remove;
    unit.changes.front().id = contract->ids.front();
    unit.changes.front().values = {};
    ASSERT_TRUE(m_house->records.commit(ScratchHost::system(), unit));
    erase(gone);
    restore();
    const auto done = m_house->again(m_ledger->persons());
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(done->applied, 1U);
    EXPECT_EQ(bytes_with("zqxgone"), 0U);
    EXPECT_EQ(m_house->wrong(), 0U);
}

TEST_F(ErasedAgainTest, ADatabaseTellsWhomItKnowsToBeErased)
{
    const Id one = m_house->contact("zqxone");
    const Id two = m_house->contact("zqxtwo");
    ASSERT_TRUE(m_house->merging.merge(ScratchHost::system(), {.survivor = one, .losers = {two}}));
    erase(one);
    const ReadLease reader = m_house->database->read();
    const auto known = erased_in(*reader, database_id);
    ASSERT_TRUE(known) << known.error().message;
    ASSERT_EQ(known->size(), 1U);
    EXPECT_EQ(known->front().contacts, m_ledger->persons().front().contacts);
}

TEST_F(ErasedAgainTest, PersonsOfAnotherDatabaseArePassedOver)
{
    const Id stays = m_house->contact("zqxstays");
    ErasedPerson foreign{"another", {{stays, m_clock.now()}}, m_clock.now()};
    const auto done = m_house->again({foreign});
    ASSERT_TRUE(done);
    EXPECT_EQ(done->contacts, 0U);
    EXPECT_EQ(m_house->name_of(stays), Value{"zqxstays"});
}

} // namespace
} // namespace mortise::host
