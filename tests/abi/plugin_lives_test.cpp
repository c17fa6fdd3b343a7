#include "plugins/tests/lives_fixture.hpp"

#include <atomic>
#include <sstream>
#include <thread>

// The lives of the plugins of the matrix, in C and C++, and of our own: used and reloaded, a thousand times;
// under sanitizers, where each life takes much longer, a hundred times.

namespace mortise::host {
namespace {

class PluginLivesTest : public LivesTest {
protected:
    /// What warms up fills the log too, of 500 lines and at least one a life.
    static constexpr Lives lives{.warm_up = 400, .rounds = is_sanitized ? 100 : 1000, .steps = 65'536};

    void live_ours(const char* id, const std::function<void()>& use)
    {
        enable_built(MORTISE_BUILT_PLUGINS, id);
        int life = 0;
        live(
            id,
            [&] {
                use();
                // What grows the database, and so the caches over it, less often.
                ASSERT_TRUE(++life % 10 != 0 || create_contact("Somebody"));
                ASSERT_TRUE(settle());
            },
            lives
        );
    }
    /// Calls a command of the plugin, which must succeed.
    void use(std::string_view command, const Map& arguments = {}) { must(command, arguments); }
};

TEST_F(PluginLivesTest, OfThoseOfTheMatrixLeaveNothing)
{
    std::istringstream names{MORTISE_ABI_LIVED};
    for (std::string name; std::getline(names, name, ',');) {
        enable(name);
        int life = 0;
        live(
            "com.test." + name,
            [&] {
                for (const char* what : {"nothing", "zone", "settings", "query", "thread", "log", "post"})
                    ASSERT_TRUE(call(name + ".do", {{"what", what}})) << what;
                ASSERT_FALSE(create_contact("refuse " + name)) << "its hook";
                if (++life % 25 == 0) {
                    for (const char* what : {"units", "publish", "create"})
                        ASSERT_TRUE(call(name + ".do", {{"what", what}})) << what;
                }
                ASSERT_TRUE(m_plugins->settle(patience));
            },
            lives
        );
    }
}

/// What a call into it still changes when it is being closed meets its own hooks: it was waited for the next
/// life there, which could not begin.
TEST_F(PluginLivesTest, EndWhileItsOwnHookIsAskedForItsOwnChange)
{
    enable("cgcco2");
    std::atomic<bool> is_over{false};
    std::atomic<int> created{0};
    std::thread busy{[&] {
        while (!is_over)
            if (call("cgcco2.do", {{"what", "create"}})) ++created;
    }};
    for (int i = 0; i < 50; ++i) {
        const auto closing = m_plugins->reload("com.test.cgcco2");
        EXPECT_TRUE(closing && closing->is_clean) << (closing ? closing->problem : closing.error().message);
        if (HasFailure()) break;
        const int before = created;
        EXPECT_TRUE(eventually([&] { return created > before; }));
    }
    is_over = true;
    busy.join();
    EXPECT_EQ(status("cgcco2").state, PluginState::active);
}

TEST_F(PluginLivesTest, OfPipelinesLeaveNothing)
{
    int life = 0;
    live_ours("mortise.pipelines", [&] {
        for (const char* report : {"pipelines.pipeline_by_stage", "pipelines.forecast", "pipelines.funnel"})
            use(report);
        if (++life == 1) use("pipelines.set_up");
        if (life % 10 != 0) return;
        const auto lead = change(
            {.operation = Operation::create,
             .type = "lead",
             .id = {},
             .version = {},
             .values = Map{{"name", "Somebody"}}}
        );
        ASSERT_TRUE(lead) << lead.error().message;
    });
}

TEST_F(PluginLivesTest, OfSegmentationLeaveNothing)
{
    const Map persons{{"field", "kind"}, {"is", "eq"}, {"value", "person"}};
    int life = 0;
    live_ours("mortise.segmentation", [&] {
        if (++life == 1) use("segmentation.create_segment", {{"name", "Persons"}, {"definition", persons}});
        use("segmentation.preview", {{"definition", persons}});
    });
}

TEST_F(PluginLivesTest, OfReportingLeaveNothing)
{
    const Map countries{{"source", "contact"}, {"rows", List{"country"}}};
    live_ours("mortise.reporting", [&] {
        use("reporting.sources");
        use("reporting.run", {{"definition", countries}});
    });
}

TEST_F(PluginLivesTest, OfEmailLeaveNothing)
{
    const char* message = "From: Ann Lee <ann@example.com>\r\nTo: bob@example.com\r\nSubject: Hello\r\n"
                          "Content-Type: text/html; charset=utf-8\r\n\r\n<p>Gr\u00fc\u00dfe</p>\r\n";
    live_ours("mortise.email", [&] { use("email.parse", {{"text", message}}); });
}

} // namespace
} // namespace mortise::host
