#include "app/draw_digest.hpp"
#include "tests/demo_world.hpp"
#include "tests/test_console.hpp"

namespace mortise::ui::testing {
namespace {

TEST(DrawDigest, IsTheSameForAFrameThatLooksTheSameAndAnotherForAnyChange)
{
    Script script;
    make_world(script);
    TestConsole console{[&] { return script.connect(); }};
    console.open("list/contact");
    console.frames(3);
    const std::uint64_t before = digest_of(*ImGui::GetDrawData());
    console.frame();
    EXPECT_EQ(digest_of(*ImGui::GetDrawData()), before);
    console.press(Key::down);
    const std::uint64_t moved = digest_of(*ImGui::GetDrawData());
    EXPECT_NE(moved, before);
    console.press(Key::up);
    EXPECT_EQ(digest_of(*ImGui::GetDrawData()), before);
    console.press(Key::t, true, true);
    EXPECT_NE(digest_of(*ImGui::GetDrawData()), before) << "another theme, in the same places";
}

} // namespace
} // namespace mortise::ui::testing
