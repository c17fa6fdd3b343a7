#include "commands/registry.hpp"
#include "duplicates/duplicate_commands.hpp"
#include "duplicates/duplicates.hpp"
#include "duplicates/merge_groups.hpp"
#include "jobs/job_queue.hpp"
#include "records/tests/scratch_host.hpp"

#include <array>
#include <random>

namespace mortise::host {

namespace {

Pair pair(std::int64_t first, std::int64_t second)
{
    Pair made;
    made.first = {first};
    made.second = {second};
    return made;
}

TEST(MergeGroups, HangTogetherByTheirContacts)
{
    const std::vector<Pair> pairs{pair(4, 5), pair(1, 9), pair(5, 2), pair(7, 9), pair(3, 3)};
    const auto groups = groups_of(pairs);
    ASSERT_EQ(groups.size(), 2U);
    EXPECT_EQ(groups[0].contacts, (std::vector<Id>{{1}, {7}, {9}}));
    EXPECT_EQ(groups[0].pairs.size(), 2U);
    EXPECT_EQ(groups[1].contacts, (std::vector<Id>{{2}, {4}, {5}}));
}

class DuplicatesTest : public testing::Test {
protected:
    void SetUp() override
    {
        ASSERT_TRUE(m_merging.open());
        const auto opened = m_duplicates.open(m_folder.path() / "duplicates.db");
        ASSERT_TRUE(opened) << opened.error().message;
        ASSERT_TRUE(m_jobs.open());
        m_duplicates.attach(m_jobs);
        ASSERT_TRUE(add_duplicate_commands(m_commands, m_duplicates, *m_host.records));
        // Others who are nobody's duplicates, so that values are as rare as they are among many.
        for (std::uint32_t i = 0; i < 60; ++i)
            person(
                word(i * 7 + 1),
                word(i * 31 + 5) + word(i),
                word(i * 13 + 3) + "@" + word(i * 17 + 2) + ".example",
                "19" + std::to_string(30 + i) + "-0" + std::to_string(i % 9 + 1) + "-1"
                    + std::to_string(i * 5 % 9)
            );
    }
    static std::string word(std::uint32_t seed)
    {
        static constexpr std::array syllables{
            "ba", "der", "fan", "gor", "kel", "lim", "mur", "nop", "pel", "ris", "sta"
        };
        std::mt19937 dice{seed};
        std::string text;
        for (int i = 0; i < 3; ++i)
            text += syllables[dice() % syllables.size()];
        return text;
    }
    Id person(std::string given, std::string family, std::string email, std::string birthday)
    {
        const auto made = m_host.create(
            "contact",
            {{"name", given + ' ' + family},
             {"given_name", given},
             {"family_name", family},
             {"email", email},
             {"birthday", birthday}}
        );
        EXPECT_TRUE(made) << made.error().message;
        return made ? made->ids.front() : Id{};
    }
    Id anna() { return person("Anna", "Hofer", "anna.hofer@example.com", "1980-02-03"); }
    Value call(const char* command, Map arguments = {})
    {
        const auto answer = m_commands.call(command, ScratchHost::system(), arguments);
        EXPECT_TRUE(answer) << answer.error().where << ": " << answer.error().message;
        return answer ? *answer : Value{};
    }
    Map scan()
    {
        const std::int64_t job = std::stoll(std::string{call("duplicates.scan")["job"].text()});
        EXPECT_TRUE(m_jobs.run_due(std::chrono::seconds{60}));
        const auto done = m_jobs.find(job);
        EXPECT_TRUE(done && done->state == JobState::done) << (done ? done->error : done.error().message);
        return done ? done->result.get_or(Map{}) : Map{};
    }
    std::vector<Id> open_pairs()
    {
        std::vector<Id> ids;
        for (const Value& each : call("duplicates.list")["pairs"].get_or(List{}))
            ids.push_back(each["id"].get_or(Id{}));
        return ids;
    }
    Pair between(Id a, Id b)
    {
        const auto found = m_duplicates.book().between(a, b);
        EXPECT_TRUE(found && *found);
        return found && *found ? **found : Pair{};
    }

    ScratchFolder m_folder;
    ScratchHost m_host;
    Merging m_merging{*m_host.database, *m_host.writer, *m_host.records, m_host.clock};
    Duplicates m_duplicates{{*m_host.database, *m_host.writer, *m_host.records, m_merging, m_host.clock}};
    JobQueue m_jobs{*m_host.database, *m_host.writer, m_host.clock};
    CommandRegistry m_commands;
};

TEST_F(DuplicatesTest, AScanThatFindsTheSameWritesNothing)
{
    const Id first = anna();
    const Id second = anna();
    EXPECT_EQ(scan()["written"], Value{1});
    EXPECT_EQ(between(first, second).band, matching::Band::same);
    EXPECT_EQ(scan()["written"], Value{0});
    EXPECT_EQ(open_pairs().size(), 1U);
}

TEST_F(DuplicatesTest, PairsFollowAMergeAndItsUndoing)
{
    const Id a = anna();
    const Id b = anna();
    const Id c = anna();
    scan();
    ASSERT_EQ(open_pairs().size(), 3U);
    // A and C are none; B and C are open. Once B is A, what was decided counts.
    ASSERT_TRUE(m_duplicates.book().decide(
        ScratchHost::system(), std::vector{between(a, c)}, PairState::not_a_duplicate, "twins"
    ));
    const Value merged = call("duplicates.merge", {{"pairs", List{between(a, b).id}}});
    const Id merge = merged["merges"].get_or(List{}).at(0)["merge"].get_or(Id{});
    EXPECT_TRUE(open_pairs().empty());
    EXPECT_EQ(between(a, c).state, PairState::not_a_duplicate);
    EXPECT_EQ(scan()["same"], Value{1});
    EXPECT_TRUE(open_pairs().empty());

    ASSERT_TRUE(m_merging.unmerge(ScratchHost::system(), merge));
    scan();
    EXPECT_EQ(open_pairs().size(), 2U);
    EXPECT_EQ(between(a, b).state, PairState::open);
    EXPECT_EQ(between(b, c).state, PairState::open);
    EXPECT_EQ(between(a, c).state, PairState::not_a_duplicate);
}

TEST_F(DuplicatesTest, WhatIsNoDuplicateIsNotMergedThroughAThird)
{
    const Id a = anna();
    const Id b = anna();
    const Id c = anna();
    scan();
    call("duplicates.dismiss", {{"pairs", List{between(a, c).id}}});
    const Value done = call("duplicates.merge", {{"band", "same"}});
    EXPECT_TRUE(done["merges"].get_or(List{}).empty());
    EXPECT_EQ(done["left"].get_or(List{}).size(), 1U);
    call("duplicates.reopen", {{"pairs", List{between(a, c).id}}});
    EXPECT_EQ(call("duplicates.merge", {{"band", "same"}})["merges"].get_or(List{}).size(), 1U);
    const auto survivor = m_host.records->get(Principal::system(), "contact", b);
    ASSERT_TRUE(survivor);
    EXPECT_EQ(survivor->id, a);
}

TEST_F(DuplicatesTest, APairGoesWithItsContactAndComesBackWithWhatWasDecided)
{
    const Id a = anna();
    const Id b = anna();
    scan();
    call("duplicates.dismiss", {{"pairs", List{between(a, b).id}}});
    ASSERT_TRUE(m_host.commit(
        {.operation = Operation::remove, .type = "contact", .id = b, .version = {}, .values = {}}
    ));
    EXPECT_TRUE(between(a, b).is_deleted);
    scan();
    ASSERT_TRUE(m_host.commit(
        {.operation = Operation::restore, .type = "contact", .id = b, .version = {}, .values = {}}
    ));
    scan();
    EXPECT_FALSE(between(a, b).is_deleted);
    EXPECT_EQ(between(a, b).state, PairState::not_a_duplicate);
    EXPECT_TRUE(open_pairs().empty());
}

TEST_F(DuplicatesTest, WhatWasChangedSinceTheScanIsLeft)
{
    anna();
    const Id b = anna();
    scan();
    ASSERT_TRUE(m_host.commit(
        {.operation = Operation::update,
         .type = "contact",
         .id = b,
         .version = {},
         .values
         = {{"given_name", "Otto"},
            {"family_name", "Brand"},
            {"email", "otto@brand.example"},
            {"birthday", "1955-05-05"}}}
    ));
    const Value done = call("duplicates.merge", {{"band", "same"}});
    EXPECT_TRUE(done["merges"].get_or(List{}).empty());
    ASSERT_EQ(done["left"].get_or(List{}).size(), 1U);
    EXPECT_NE(done["left"].get_or(List{})[0]["reason"].text().find("were changed"), std::string_view::npos);
}

TEST_F(DuplicatesTest, ADraftIsCheckedAgainstWhatAScanKept)
{
    const Id a = anna();
    const Map draft{
        {"given_name", "Anna"},
        {"family_name", "Hofer"},
        {"email", "Anna.Hofer@example.com"},
        {"birthday", "1980-02-03"}
    };
    EXPECT_EQ(
        m_commands.call("duplicates.check", ScratchHost::system(), {{"contact", draft}}).error().key,
        "duplicates.no_index"
    );
    scan();
    const List found = call("duplicates.check", {{"contact", draft}})["contacts"].get_or(List{});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0]["contact"]["id"], Value{a});
    EXPECT_EQ(found[0]["band"].text(), "same");
    const Map again{{"contact", draft}, {"id", a}};
    EXPECT_TRUE(call("duplicates.check", again)["contacts"].get_or(List{}).empty()); // no duplicate of itself
}

TEST_F(DuplicatesTest, WrongIdsAreNamed)
{
    const auto refused
        = m_commands.call("duplicates.dismiss", ScratchHost::system(), {{"pairs", List{Value{"77"}}}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().key, "duplicates.no_pair");
    EXPECT_EQ(refused.error().where, "/pairs/0");
}

} // namespace

} // namespace mortise::host
