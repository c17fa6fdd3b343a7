// How a merge is asked for, by whom, and what others do meanwhile.

#include "merging/tests/merging_fixture.hpp"

#include <atomic>
#include <thread>

namespace mortise::host {
namespace {

TEST_F(MergingTest, APreviewWritesNothing)
{
    const Id anna = make("contact", {{"name", "Anna"}, {"job_title", "Clerk"}});
    const Id other = make("contact", {{"name", "Other"}, {"job_title", "Head"}});
    make("incident", {{"title", "one"}, {"contact", other}});
    const auto before = dump();
    CallContext dry = ScratchHost::system();
    dry.dry_run = true;
    const Map arguments{{"survivor", anna}, {"merge", List{Value{other}}}};
    const auto preview = m_commands.call("contacts.merge", dry, arguments);
    ASSERT_TRUE(preview) << preview.error().message;
    EXPECT_EQ((*preview)["dry_run"], Value{true});
    EXPECT_TRUE((*preview)["merge"].is_null());
    EXPECT_EQ(dump(), before);
    bool told = false;
    for (const Value& field : (*preview)["fields"].get_or(List{}))
        if (field["field"].text() == "job_title") {
            told = field["conflict"] == Value{true} && field["after"] == Value{"Head"}
                && field["before"] == Value{"Clerk"};
            EXPECT_EQ(field["values"].get_or(List{}).size(), 2U);
        }
    EXPECT_TRUE(told);
    ASSERT_EQ((*preview)["references"].get_or(List{}).size(), 1U);
    EXPECT_EQ((*preview)["references"].get_or(List{}).front()["records"], Value{1});
    const auto done = m_commands.call("contacts.merge", ScratchHost::system(), arguments);
    ASSERT_TRUE(done) << done.error().message;
    const auto undo = m_commands.call("contacts.unmerge", dry, {{"merge", (*done)["merge"]}});
    ASSERT_TRUE(undo) << undo.error().message;
    EXPECT_TRUE(row("contact", other, true).is_deleted());
    EXPECT_FALSE(m_commands.call("contacts.merge", dry, {{"survivor", "x"}, {"merge", List{Value{other}}}}));
}

TEST_F(MergingTest, VersionsAndRights)
{
    const Id anna = make("contact", {{"name", "Anna"}});
    const Id other = make("contact", {{"name", "Other"}});
    MergeRequest request;
    request.survivor = anna;
    request.losers = {other};
    request.version = 7;
    EXPECT_EQ(m_merging.merge(ScratchHost::system(), request).error().key, "records.conflict");
    request.version = 1;
    CallContext stranger;
    stranger.principal.user = Id{4711};
    stranger.principal.user_name = "stranger";
    EXPECT_EQ(m_merging.merge(stranger, request).error().code, ErrorCode::not_found);
    CallContext plugin;
    plugin.principal.plugin = std::make_shared<const PluginGrants>("com.test", std::vector<std::string>{});
    EXPECT_EQ(m_merging.merge(plugin, request).error().code, ErrorCode::denied);
    // Who owns the contacts merges them; a ticket of somebody else goes along.
    update("contact", anna, {{"owner", Id{4711}}});
    update("contact", other, {{"owner", Id{4711}}});
    const Id ticket = make("incident", {{"title", "one"}, {"contact", other}, {"owner", Id{4712}}});
    request.version.reset();
    const auto merged = m_merging.merge(stranger, request);
    ASSERT_TRUE(merged) << merged.error().message;
    EXPECT_EQ(value("incident", ticket, "contact"), Value{anna});
    const auto events = m_log.list(Principal::system(), {.subject = anna, .type = "contact.merged"});
    ASSERT_EQ(events->size(), 1U);
    EXPECT_EQ(events->front().actor, "user:stranger");
    EXPECT_TRUE(m_merging.unmerge(stranger, merged->merge));
}

TEST_F(MergingTest, NothingIsLostOfWhatOthersWriteMeanwhile)
{
    const Id anna = make("contact", {{"name", "Anna"}});
    const Id other = make("contact", {{"name", "Other"}});
    std::atomic<bool> stop{false};
    std::vector<std::thread> writers;
    std::atomic<int> made{0};
    constexpr int most = 800; // each merge moves them all, and a list has 1,000
    for (int i = 0; i < 2; ++i)
        writers.emplace_back([&] {
            while (!stop && made < most) {
                const auto done
                    = m_host.create("incident", {{"title", "busy"}, {"contact", other}, {"watcher", anna}});
                if (done) ++made;
            }
        });
    for (int round = 0; round < 20; ++round) {
        const auto merged = try_merge(anna, {other});
        if (!merged) { // the others were quicker each time
            EXPECT_EQ(merged.error().key, "records.changed_meanwhile");
            continue;
        }
        const auto undone = m_merging.unmerge(ScratchHost::system(), merged->merge);
        EXPECT_TRUE(undone) << undone.error().message;
    }
    stop = true;
    for (std::thread& writer : writers)
        writer.join();
    std::size_t found = 0;
    for (const Id id : {anna, other})
        found += static_cast<std::size_t>(
            m_host.records
                ->list(Principal::system(), "incident", {.limit = 1000, .where = Map{{"contact", id}}})
                ->rows.size()
        );
    EXPECT_GT(made, 0);
    EXPECT_EQ(found, static_cast<std::size_t>(made));
}

} // namespace
} // namespace mortise::host
