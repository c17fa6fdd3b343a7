#include "events/event_log.hpp"
#include "merging/merging.hpp"
#include "privacy/erasure.hpp"
#include "privacy/restricting.hpp"
#include "privacy/subject_export.hpp"
#include "records/tests/scratch_host.hpp"

#include <atomic>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

namespace mortise::host {
namespace {

/// Does something once, when it is asked for the time.
class MeddlingClock final : public Clock {
public:
    explicit MeddlingClock(const Clock& clock) : m_clock{clock} { }

    Instant now() const noexcept override
    {
        if (const auto meddle = std::exchange(m_meddle, nullptr)) meddle();
        return m_clock.now();
    }
    void once(std::function<void()> meddle) { m_meddle = std::move(meddle); }

private:
    const Clock& m_clock;
    mutable std::function<void()> m_meddle;
};

class RestrictingTest : public testing::Test {
protected:
    RestrictingTest()
        : m_log{*m_host.database},
          m_merging{*m_host.database, *m_host.writer, *m_host.records, m_host.clock},
          m_erasure{*m_host.database, *m_host.writer, *m_host.records, m_log, m_host.clock},
          m_restricting{*m_host.database, *m_host.records, m_host.clock}
    {
    }

    void SetUp() override
    {
        ASSERT_TRUE(m_merging.open());
        ASSERT_TRUE(m_log.open());
        ASSERT_TRUE(m_erasure.open());
        m_person = make("person", "Ada");
        m_other = make("person", "Ada L.");
    }

    Id make(const char* kind, const char* name)
    {
        const auto made = m_host.create("contact", {{"kind", kind}, {"name", name}});
        EXPECT_TRUE(made) << made.error().message;
        return made ? made->ids.front() : Id{};
    }

    static CallContext administrator()
    {
        CallContext context;
        context.principal.user = Id{4};
        context.principal.user_name = "anna";
        context.principal.scope = RowScope::all;
        return context;
    }

    ScratchHost m_host;
    EventLog m_log;
    Merging m_merging;
    Erasure m_erasure;
    Restricting m_restricting;
    Id m_person;
    Id m_other;
};

TEST_F(RestrictingTest, IsForWhoMayErase)
{
    CallContext member = administrator();
    member.principal.scope = RowScope::own;
    member.principal.rights
        = std::make_shared<const Rights>(std::vector<Role>{*find_built_in_role(member_role)});
    CallContext plugin = administrator();
    plugin.principal.plugin
        = std::make_shared<const PluginGrants>("acme.score", std::vector<std::string>{"contacts.write"});
    for (const CallContext& context : {member, plugin}) {
        const auto done = m_restricting.restrict(context, m_person, "");
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().code, ErrorCode::denied);
    }
    ASSERT_TRUE(m_restricting.restrict(administrator(), m_person, "disputed"));
    EXPECT_EQ(m_restricting.lift(member, m_person, "").error().code, ErrorCode::denied);
    EXPECT_EQ(m_restricting.lift(plugin, m_person, "").error().code, ErrorCode::denied);
    EXPECT_EQ(m_restricting.restrict(administrator(), m_person, "").error().code, ErrorCode::state);
}

TEST_F(RestrictingTest, IsAnEventAndIsListed)
{
    const auto done = m_restricting.restrict(administrator(), m_person, "disputed");
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ((*done)["by"], Value{"user:anna"});
    EventFilter filter;
    filter.subject = m_person;
    filter.type = "contact.restricted";
    const auto events = m_log.list(Principal::system(), filter);
    ASSERT_TRUE(events && events->size() == 1);
    EXPECT_EQ(events->front().data["reason"], Value{"disputed"});
    auto listed = m_restricting.list(Principal::system());
    ASSERT_TRUE(listed);
    ASSERT_EQ((*listed)["restrictions"].get_or(List{}).size(), 1U);
    ASSERT_TRUE(m_restricting.lift(administrator(), m_person, "settled"));
    listed = m_restricting.list(Principal::system());
    EXPECT_TRUE((*listed)["restrictions"].get_or(List{}).empty());
    EXPECT_EQ(m_restricting.lift(administrator(), m_person, "").error().code, ErrorCode::state);
}

TEST_F(RestrictingTest, KeepsFromMergesAndErasuresWhoeverAsks)
{
    ASSERT_TRUE(m_restricting.restrict(administrator(), m_other, "disputed"));
    for (const bool survives : {true, false}) {
        const auto merged = m_merging.merge(
            administrator(),
            {.survivor = survives ? m_other : m_person, .losers = {survives ? m_person : m_other}}
        );
        ASSERT_FALSE(merged);
        EXPECT_EQ(merged.error().key, "records.restricted");
    }
    const auto erased = m_erasure.erase(administrator(), m_other, "");
    ASSERT_FALSE(erased);
    EXPECT_EQ(erased.error().key, "records.restricted");
    EXPECT_TRUE(m_host.records->get(Principal::system(), "contact", m_other));
    ASSERT_TRUE(m_restricting.lift(administrator(), m_other, ""));
    const auto merged = m_merging.merge(administrator(), {.survivor = m_person, .losers = {m_other}});
    ASSERT_TRUE(merged) << merged.error().message;
    ASSERT_TRUE(m_restricting.restrict(administrator(), m_other, "")) << "stands for its survivor";
    EXPECT_EQ(m_merging.unmerge(administrator(), merged->merge).error().key, "records.restricted");
}

TEST_F(RestrictingTest, FindsWhomTheContactWasMergedIntoMeanwhile)
{
    MeddlingClock clock{m_host.clock};
    Restricting restricting{*m_host.database, *m_host.records, clock};
    clock.once([&] {
        const auto merged = m_merging.merge(administrator(), {.survivor = m_other, .losers = {m_person}});
        EXPECT_TRUE(merged) << merged.error().message;
    });
    const auto done = restricting.restrict(administrator(), m_person, "disputed");
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ((*done)["contact"], Value{m_other});
    EXPECT_EQ(*m_host.records->restricted(), std::set{m_other.number});
}

TEST_F(RestrictingTest, IsOfNobodyWhoWasDeletedMeanwhile)
{
    MeddlingClock clock{m_host.clock};
    Restricting restricting{*m_host.database, *m_host.records, clock};
    clock.once([&] {
        EXPECT_TRUE(m_host.commit(
            {.operation = Operation::remove, .type = "contact", .id = m_person, .version = {}, .values = {}}
        ));
    });
    const auto done = restricting.restrict(administrator(), m_person, "disputed");
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::not_found);
    EXPECT_TRUE(m_host.records->restricted()->empty());
}

TEST_F(RestrictingTest, IsLiftedOnceHoweverManyLiftIt)
{
    constexpr int rounds = 20;
    for (int round = 0; round < rounds; ++round) {
        ASSERT_TRUE(m_restricting.restrict(administrator(), m_person, "disputed"));
        std::atomic<int> lifted{0};
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] {
                const auto done = m_restricting.lift(administrator(), m_person, "");
                if (done)
                    ++lifted;
                else
                    EXPECT_EQ(done.error().key, "privacy.not_restricted");
            });
        for (std::thread& thread : threads)
            thread.join();
        EXPECT_EQ(lifted, 1);
    }
    EventFilter filter;
    filter.subject = m_person;
    filter.type = "contact.unrestricted";
    filter.limit = 1000;
    const auto events = m_log.list(Principal::system(), filter);
    ASSERT_TRUE(events);
    EXPECT_EQ(events->size(), std::size_t{rounds});
}

TEST_F(RestrictingTest, ADryRunSaysWhatWouldBeRefusedAndWritesNothing)
{
    CallContext dry = administrator();
    dry.dry_run = true;
    EXPECT_TRUE(m_restricting.restrict(dry, m_person, "disputed"));
    EXPECT_TRUE(m_host.records->restricted()->empty());
    ASSERT_TRUE(m_restricting.restrict(administrator(), m_person, "disputed"));
    const auto again = m_restricting.restrict(dry, m_person, "disputed");
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().key, "privacy.restricted");
    EXPECT_EQ(again.error().code, ErrorCode::state);
}

TEST_F(RestrictingTest, IsToldInTheSubjectsOwnExport)
{
    ASSERT_TRUE(m_restricting.restrict(administrator(), m_person, "disputed"));
    SubjectExport subjects{*m_host.database, *m_host.records, m_log, m_host.clock};
    const auto told = subjects.collect(ScratchHost::system(), m_person);
    ASSERT_TRUE(told) << told.error().message;
    EXPECT_EQ((*told)["restricted"]["reason"], Value{"disputed"});
    EXPECT_EQ((*told)["name"], Value{"Ada"});
}

TEST_F(RestrictingTest, IsOfPersons)
{
    const Id firm = make("organisation", "Acme");
    EXPECT_EQ(m_restricting.restrict(administrator(), firm, "").error().code, ErrorCode::invalid);
    EXPECT_EQ(m_restricting.restrict(administrator(), Id{999'999}, "").error().code, ErrorCode::not_found);
}

TEST_F(RestrictingTest, LeavesNothingOfItsReasonBehindAnErasure)
{
    ASSERT_TRUE(m_restricting.restrict(administrator(), m_person, "zqxreason"));
    const auto again = m_erasure.erase_again(ScratchHost::system(), m_person, "");
    ASSERT_TRUE(again) << again.error().message;
    auto listed = m_restricting.list(Principal::system());
    ASSERT_TRUE(listed);
    EXPECT_TRUE((*listed)["restrictions"].get_or(List{}).empty());
}

} // namespace
} // namespace mortise::host
