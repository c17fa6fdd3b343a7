#include "base/json.hpp"
#include "events/event_log.hpp"
#include "merging/merging.hpp"
#include "privacy/erasing_again.hpp"
#include "privacy/erasure.hpp"
#include "privacy/erasure_ledger.hpp"
#include "records/audit/audit_verify.hpp"
#include "records/tests/scratch_host.hpp"
#include "records/verify.hpp"

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

void write_file(const std::filesystem::path& path, std::string_view text)
{
    std::ofstream file{path, std::ios::binary};
    file << text;
}

ErasedPerson person(std::int64_t id)
{
    return {database_id, {{Id{id}, Instant{1000 + id}}}, Instant{5'000'000}};
}

class LedgerTest : public testing::Test {
protected:
    Result<void> add(const std::vector<ErasedPerson>& persons) const
    {
        MORTISE_TRY(ErasureLedger ledger, ErasureLedger::open(m_file));
        return ledger.add(persons);
    }

    ScratchFolder m_folder;
    std::filesystem::path m_file = m_folder.path() / "erasures.ledger";
};

TEST_F(LedgerTest, IsReadAsItWasWritten)
{
    ErasedPerson merged = person(7);
    merged.contacts.push_back({Id{9}, Instant{-3}});
    ASSERT_TRUE(add({person(1), merged}));
    const auto read = read_whole_ledger(m_file);
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_EQ(read->size(), 2U);
    EXPECT_EQ(read->back().contacts, merged.contacts);
    EXPECT_EQ(read->back().database, database_id);
    EXPECT_EQ(read->back().erased, Instant{5'000'000});
}

TEST_F(LedgerTest, NamesNobodyTwice)
{
    ASSERT_TRUE(add({person(1), person(1)}));
    const std::string once = read_file(m_file);
    ASSERT_TRUE(add({person(1)}));
    EXPECT_EQ(read_file(m_file), once);
    ErasedPerson reused = person(1); // the number was given to another after a restore
    reused.contacts.front().created = Instant{77};
    ASSERT_TRUE(add({reused}));
    EXPECT_EQ(read_whole_ledger(m_file)->size(), 2U);
}

TEST_F(LedgerTest, SeesEachLineThatWasChanged)
{
    ASSERT_TRUE(add({person(12), person(13)}));
    const std::string whole = read_file(m_file);
    const std::size_t first_line = whole.find('\n');
    for (std::size_t at = 0; at < first_line; ++at) {
        std::string changed = whole;
        changed[at] = changed[at] == '1' ? '2' : '1';
        write_file(m_file, changed);
        const auto read = read_whole_ledger(m_file);
        ASSERT_FALSE(read) << at;
        EXPECT_EQ(read.error().key, "privacy.ledger");
        EXPECT_NE(read.error().message.find("line 1"), std::string::npos) << read.error().message;
        EXPECT_EQ(read_ledger(m_file)->persons.size(), 1U) << "the other line is still read";
    }
}

TEST_F(LedgerTest, GoesOnBehindALineThatWasCutShort)
{
    ASSERT_TRUE(add({person(1)}));
    const std::string one = read_file(m_file);
    write_file(m_file, one + line_of(person(2)).substr(0, 20));
    EXPECT_EQ(read_whole_ledger(m_file)->size(), 1U) << "it was never said to be written";
    ASSERT_TRUE(add({person(3)}));
    EXPECT_EQ(read_file(m_file), one + line_of(person(3)) + '\n');
}

TEST_F(LedgerTest, ThatIsNotThereIsAnError)
{
    EXPECT_EQ(read_whole_ledger(m_file).error().code, ErrorCode::not_found);
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
        return erase_again(*database, records, erasure, ScratchHost::system(), database_id, persons);
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
