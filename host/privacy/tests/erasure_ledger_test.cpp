#include "privacy/erasure_ledger.hpp"
#include "records/tests/scratch_host.hpp"

#include <fstream>
#include <iterator>

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

std::string line(std::int64_t id)
{
    return line_of(person(id)) + '\n';
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

TEST_F(LedgerTest, TakesAWholeLastLineThatLacksItsEnd)
{
    write_file(m_file, line(1) + line_of(person(2)));
    const auto given = read_given_ledger(m_file);
    ASSERT_TRUE(given) << given.error().message;
    EXPECT_EQ(given->size(), 2U) << "its check value says that it is whole";
    ASSERT_TRUE(add({person(2), person(3)}));
    EXPECT_EQ(read_file(m_file), line(1) + line(2) + line(3));
}

TEST_F(LedgerTest, AGivenOneIsRefusedThatWasCutOrNamesNobody)
{
    const std::string whole = line(1) + line(2);
    for (const std::string& text :
         {whole.substr(0, whole.size() - 2), std::string{"\n\n"}, std::string{"my thesis"}}) {
        write_file(m_file, text);
        const auto read = read_given_ledger(m_file);
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().code, ErrorCode::invalid);
        EXPECT_NE(read.error().message.find(m_file.native()), std::string::npos);
        EXPECT_FALSE(read.error().hint.empty());
        EXPECT_TRUE(read_whole_ledger(m_file)) << "the host's own may be so";
    }
    write_file(m_file, ""); // of a house in which nobody was erased
    const auto empty = read_given_ledger(m_file);
    ASSERT_TRUE(empty);
    EXPECT_TRUE(empty->empty());
}

TEST_F(LedgerTest, NamesAPersonOnceAlsoWithinACall)
{
    ErasedPerson later = person(1); // as the database and the ledger tell of the same erasure
    later.erased = Instant{5'000'001};
    ErasedPerson more = person(1);
    more.contacts.push_back({Id{9}, Instant{9}});
    ASSERT_TRUE(add({person(1), later, more}));
    EXPECT_EQ(read_file(m_file), line(1) + line_of(more) + '\n') << "who was not named yet is";
}

TEST_F(LedgerTest, SeesWhatOthersDidToItsFile)
{
    auto ledger = ErasureLedger::open(m_file);
    ASSERT_TRUE(ledger);
    ASSERT_TRUE(ledger->add({person(1)}));
    write_file(m_file, line(1) + line(2) + "half a li"); // the same file, with more in it
    ASSERT_TRUE(ledger->add({person(2), person(3)}));
    EXPECT_EQ(read_file(m_file), line(1) + line(2) + line(3));
    write_file(m_folder.path() / "copy", line(2) + line(4));
    std::filesystem::rename(m_folder.path() / "copy", m_file);
    ASSERT_TRUE(ledger->add({person(4), person(5)}));
    EXPECT_EQ(read_file(m_file), line(2) + line(4) + line(5)) << "a copy was put in its place";
    std::filesystem::remove(m_file);
    ASSERT_TRUE(ledger->add({person(6)}));
    EXPECT_EQ(read_file(m_file), line(2) + line(4) + line(5) + line(6)) << "it was taken away";
}

TEST_F(LedgerTest, TellsWhichLinesAreDamaged)
{
    write_file(m_file, line(1) + "nonsense\n" + line(2) + "1 cut");
    auto ledger = ErasureLedger::open(m_file);
    ASSERT_TRUE(ledger);
    EXPECT_EQ(ledger->damaged(), std::vector<std::size_t>{2});
    EXPECT_EQ(ledger->persons().size(), 2U);
    const std::string mark = ledger->mark();
    write_file(m_file, line(1) + line(3) + line(2));
    ASSERT_TRUE(ledger->add({}));
    EXPECT_TRUE(ledger->damaged().empty());
    EXPECT_NE(ledger->mark(), mark);
    EXPECT_EQ(ledger->mark(), ErasureLedger::open(m_file)->mark());
}

TEST_F(LedgerTest, ThatIsNotThereIsAnError)
{
    EXPECT_EQ(read_whole_ledger(m_file).error().code, ErrorCode::not_found);
}

} // namespace
} // namespace mortise::host
