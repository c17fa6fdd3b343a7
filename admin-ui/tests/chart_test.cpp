#include "tests/test_console.hpp"
#include "widgets/chart.hpp"

#include <cmath>
#include <limits>

namespace mortise::ui::testing {
namespace {

TEST(Chart, TicksAreEasyToRead)
{
    EXPECT_EQ(ticks_of(0, 100, 5), (std::vector<double>{0, 50, 100}));
    EXPECT_EQ(ticks_of(-3, 7, 5), (std::vector<double>{-5, 0, 5, 10}));
    EXPECT_FALSE(ticks_of(5, 5, 5).empty());
    EXPECT_LT(ticks_of(-1e300, std::numeric_limits<double>::infinity(), 5).size(), 21U);
    EXPECT_EQ(short_number(1'234'000), "1.23m");
}

TEST(Chart, DrawsAnythingThatIsInTheData)
{
    Offscreen screen{400, 300};
    Theme theme{ThemeName::dark, 1};
    theme.apply();
    Ui ui{theme};
    const double none = std::numeric_limits<double>::quiet_NaN();
    const std::vector<ChartData> all{
        {},
        {{"one"}, {{"", {1}}}, {}},
        {{"a", "b"}, {{"x", {none, -5}}, {"y", {1e300, std::numeric_limits<double>::infinity()}}}, {}},
        {{"a", "b", "c"}, {{"short", {1}}}, {}},
        {{"0", "0"}, {{"zeros", {0, 0}}}, {}}
    };
    for (const ChartData& data : all)
        for (const ChartKind kind :
             {ChartKind::bar,
              ChartKind::stacked_bar,
              ChartKind::line,
              ChartKind::area,
              ChartKind::pie,
              ChartKind::funnel}) {
            ImGui::GetIO().DeltaTime = 0.02F;
            ImGui::NewFrame();
            ImGui::Begin("w");
            draw_chart(ui, kind, data, 200);
            ImGui::End();
            ImGui::Render();
            EXPECT_EQ(
                rasterise(*ImGui::GetDrawData(), *ImGui::GetIO().Fonts, theme.colors().ground).pixels.size(),
                400U * 300U
            );
        }
}

} // namespace
} // namespace mortise::ui::testing
