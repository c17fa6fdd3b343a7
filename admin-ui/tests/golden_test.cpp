#include "tests/demo_world.hpp"
#include "tests/test_console.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>

namespace mortise::ui::testing {
namespace {

namespace fs = std::filesystem;

const fs::path folder = fs::path{MORTISE_SOURCE_DIR} / "admin-ui/tests/golden";
constexpr const char* font = "/usr/share/fonts/truetype/roboto/unhinted/RobotoTTF/Roboto-Regular.ttf";

struct Shot {
    const char* place;
    ThemeName theme;
};

std::string name_of_shot(const Shot& shot)
{
    std::string name;
    for (const char c : std::string_view{shot.place})
        name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
    return name + '_' + std::string{name_of(shot.theme)};
}

std::vector<Shot> all_shots()
{
    std::vector<Shot> shots;
    for (const char* const place :
         {"home",
          "list/contact",
          "record/contact/7",
          "view/pipelines.board",
          "reports/pipelines.funnel",
          "plugins",
          "startup",
          "bisect",
          "install",
          "segment/new",
          "backup",
          "events",
          "dead-letters",
          "subscriptions",
          "jobs",
          "commands",
          "settings/mortise.pipelines",
          "users",
          "types",
          "duplicates",
          "bundles/sales"})
        for (const ThemeName theme : {ThemeName::light, ThemeName::dark})
            shots.push_back({place, theme});
    for (const char* const place : {"home", "duplicates", "bundles/sales"})
        shots.push_back({place, ThemeName::contrast});
    return shots;
}

struct Difference {
    double mean{0}; ///< of the channels, 0 to 255
    double share{0}; ///< of pixels that are clearly other
};

Difference difference(const Picture& a, const Picture& b)
{
    if (a.width != b.width || a.height != b.height || a.pixels.empty()) return {255, 1};
    double sum = 0;
    double other = 0;
    for (std::size_t i = 0; i < a.pixels.size(); ++i) {
        int most = 0;
        for (unsigned shift = 0; shift < 24; shift += 8) {
            const int d = std::abs(
                static_cast<int>((a.pixels[i] >> shift) & 0xFFU)
                - static_cast<int>((b.pixels[i] >> shift) & 0xFFU)
            );
            sum += d;
            most = std::max(most, d);
        }
        if (most > 32) ++other;
    }
    const auto count = static_cast<double>(a.pixels.size());
    return {sum / count / 3, other / count};
}

class Golden : public ::testing::TestWithParam<Shot> { };

/// MORTISE_GOLDEN_WRITE=1 in the environment writes the pictures anew; look at them before you commit them.
TEST_P(Golden, LooksAsItDid)
{
    if (!fs::exists(font))
        GTEST_SKIP() << "the pictures are of Roboto, which is not installed (fonts-roboto-unhinted)";
    Script script;
    make_world(script);
    TestConsole console{[&] { return script.connect(); }, GetParam().theme, 1280, 800};
    console.open(GetParam().place);
    console.shell().close_others();
    console.frames(3);
    const Picture now = halved(console.screen().picture(console.shell()));
    const fs::path file = folder / (name_of_shot(GetParam()) + ".png");
    if (std::getenv("MORTISE_GOLDEN_WRITE")) {
        ASSERT_TRUE(write_png(now, file));
        return;
    }
    const Difference found = difference(now, read_png(file));
    if (found.mean > 1.5 || found.share > 0.01) {
        const fs::path seen
            = fs::temp_directory_path() / ("mortise-console-" + name_of_shot(GetParam()) + ".png");
        write_png(now, seen);
        FAIL() << file << " differs by " << found.mean << " in the mean, clearly in " << found.share * 100
               << " % of its pixels; what is seen now is in " << seen;
    }
}

INSTANTIATE_TEST_SUITE_P(Screens, Golden, ::testing::ValuesIn(all_shots()), [](const auto& which) {
    return name_of_shot(which.param);
});

TEST(PictureDifference, NoticesAChange)
{
    const Picture a{2, 1, {0xFF000000U, 0xFF000000U}};
    const Picture b{2, 1, {0xFF000000U, 0xFFFFFFFFU}};
    EXPECT_EQ(difference(a, a).share, 0);
    EXPECT_EQ(difference(a, b).share, 0.5);
    EXPECT_EQ(difference(a, {}).share, 1);
}

} // namespace
} // namespace mortise::ui::testing
