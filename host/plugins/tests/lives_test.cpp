#include "plugins/tests/lives_fixture.hpp"

// A plugin that is loaded, used in every way and unloaded, a thousand times. Runs under each sanitizer too,
// with the plugin built for it.

namespace mortise::host {
namespace {

TEST_F(LivesTest, OfAPluginWithHooksHandlersCommandsAndJobsLeaveNothing)
{
    const auto ada = create_contact("Ada");
    ASSERT_TRUE(ada);
    int life = 0;
    enable("sample");
    live("com.test.sample", [&] {
        ASSERT_TRUE(call("sample.echo", {{"text", "x"}}));
        ASSERT_FALSE(create_contact("refuse me")) << "its hook";
        ASSERT_TRUE(act("publish")) << "an event to itself";
        if (++life % 10 == 0) { // what grows the database, and so the caches over it, less often
            ASSERT_TRUE(call("sample.note", {{"text", "a note"}}));
            ASSERT_TRUE(act("job"));
            ASSERT_TRUE(eventually([&] {
                const auto jobs = m_jobs->list("com.test.sample", 1);
                return jobs && !jobs->empty() && jobs->front().state == JobState::done;
            }));
        }
        ASSERT_TRUE(settle());
    });
}

TEST_F(LivesTest, OfAPluginInPlainCLeaveNothing)
{
    enable("plain");
    live("com.test.plain", [&] { ASSERT_TRUE(call("plain.add", {{"a", 40}, {"b", 2}})); });
}

} // namespace
} // namespace mortise::host
