#include "tests/demo_world.hpp"
#include "tests/test_console.hpp"

namespace mortise::ui::testing {
namespace {

class Board : public ::testing::Test {
protected:
    void SetUp() override
    {
        make_world(script);
        console.emplace([this] { return script.connect(); });
        console->open("view/pipelines.board");
    }

    boost::json::object moved_to() { return script.last_params("commands.call").at("arguments").as_object(); }

    Script script;
    std::optional<TestConsole> console;
};

TEST_F(Board, ShowsLanesWithCountsAndSums)
{
    EXPECT_TRUE(console->sees("Prospecting"));
    EXPECT_TRUE(console->sees("1.2k EUR")) << console->all_seen();
    EXPECT_TRUE(console->sees("Person 0"));
}

TEST_F(Board, MovesACardByMouseOnce)
{
    const Box card = console->find("Person 0");
    const Box lane = console->find("Won");
    console->drag(card.middle(), {lane.middle().x, card.middle().y + 40});
    console->settle();
    EXPECT_EQ(script.calls("commands.call"), 1);
    EXPECT_EQ(moved_to().at("opportunity").as_string(), "1");
    EXPECT_EQ(moved_to().at("stage").as_string(), "2");
    EXPECT_TRUE(console->sees("moved to Won"));
}

TEST_F(Board, MovesTheSameCardByKeysTheSameWay)
{
    console->count_anew();
    console->press(Key::right, false, true);
    console->settle();
    EXPECT_EQ(console->clicks(), 0);
    EXPECT_EQ(script.calls("commands.call"), 1);
    EXPECT_EQ(moved_to().at("opportunity").as_string(), "1");
    EXPECT_EQ(moved_to().at("stage").as_string(), "2");
}

TEST_F(Board, DrawsAMoveBeforeTheHostHasAnswered)
{
    script.hold("commands.call");
    console->press(Key::right, false, true);
    const Box won = console->find("Won");
    const Box card = console->find("Person 0");
    EXPECT_GT(card.middle().x, won.min.x - 20);
    script.release("commands.call");
    console->settle();
}

TEST_F(Board, PutsACardBackWhenTheMoveIsRefused)
{
    script.fail(
        "commands.call",
        {ErrorCode::refused, "losing needs a reason", "pipelines.reason", "/reason", "give one"}
    );
    const float before = console->find("Person 0").min.x;
    console->press(Key::right, false, true);
    console->settle();
    EXPECT_TRUE(console->sees("losing needs a reason"));
    EXPECT_EQ(console->find("Person 0").min.x, before);
}

TEST_F(Board, TakesAMoveBackByOneKey)
{
    console->press(Key::right, false, true);
    console->settle();
    console->press(Key::z, true);
    console->settle();
    EXPECT_EQ(script.calls("commands.call"), 2);
    EXPECT_EQ(moved_to().at("stage").as_string(), "1");
}

} // namespace
} // namespace mortise::ui::testing
