#include "app/input_queue.hpp"

#include <gtest/gtest.h>

namespace mortise::ui {
namespace {

class Input : public ::testing::Test {
protected:
    InputQueue queue;
    ImGuiIO io;
};

TEST_F(Input, MakesOnePressOfAKeyThatWentDownAndUpBetweenTwoFrames)
{
    queue.add_key('K', true);
    queue.add_key('K', false);
    queue.feed(io);
    EXPECT_TRUE(io.KeysDown['K']);
    EXPECT_FALSE(queue.is_empty());
    queue.feed(io);
    EXPECT_FALSE(io.KeysDown['K']);
    EXPECT_TRUE(queue.is_empty());
}

TEST_F(Input, KeepsControlDownForTheKeyThatItGoesWith)
{
    constexpr int control = static_cast<int>(Key::left_control);
    queue.add_key(control, true);
    queue.add_key('K', true);
    queue.add_key('K', false);
    queue.add_key(control, false);
    queue.feed(io);
    EXPECT_TRUE(io.KeyCtrl && io.KeysDown['K']);
    queue.feed(io);
    EXPECT_FALSE(io.KeysDown['K']);
    queue.feed(io);
    EXPECT_FALSE(io.KeyCtrl);
}

TEST_F(Input, KeepsTheOrderOfLettersAndKeys)
{
    queue.add_key('A', true);
    queue.add_letter('a');
    queue.add_key('A', false);
    queue.add_key(static_cast<int>(Key::enter), true);
    queue.feed(io);
    EXPECT_EQ(io.InputQueueCharacters.Size, 1);
    EXPECT_FALSE(io.KeysDown[static_cast<int>(Key::enter)]);
    queue.feed(io);
    queue.feed(io);
    EXPECT_TRUE(io.KeysDown[static_cast<int>(Key::enter)]);
}

TEST_F(Input, ShowsADragBeforeItsEndHoweverQuickTheHandWas)
{
    queue.add_position({10, 10});
    queue.add_button(0, true);
    queue.add_position({90, 10});
    queue.add_button(0, false);
    queue.feed(io);
    EXPECT_TRUE(io.MouseDown[0]);
    EXPECT_EQ(io.MousePos.x, 10);
    queue.feed(io);
    EXPECT_TRUE(io.MouseDown[0]);
    EXPECT_EQ(io.MousePos.x, 90);
    queue.feed(io);
    EXPECT_FALSE(io.MouseDown[0]);
}

TEST_F(Input, TakesNoNumberForAKeyThatIsNone)
{
    queue.add_key(-1, true);
    queue.add_key(100'000, true);
    queue.add_button(77, true);
    EXPECT_TRUE(queue.is_empty());
}

} // namespace
} // namespace mortise::ui
