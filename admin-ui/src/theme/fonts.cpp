#include "theme/theme.hpp"

#include <array>
#include <cmath>
#include <filesystem>
#include <span>
#include <string>

namespace mortise::ui {
namespace {

using Names = std::span<const char* const>;

constexpr const char* folder = "/usr/share/fonts/truetype/";
// The first that is there. Roboto is what the console is designed with.
constexpr std::array<const char*, 3> regular{
    "roboto/unhinted/RobotoTTF/Roboto-Regular.ttf", "noto/NotoSans-Regular.ttf", "dejavu/DejaVuSans.ttf"
};
constexpr std::array<const char*, 3> medium{
    "roboto/unhinted/RobotoTTF/Roboto-Medium.ttf", "noto/NotoSans-Bold.ttf", "dejavu/DejaVuSans-Bold.ttf"
};
constexpr std::array<const char*, 2> fixed{"dejavu/DejaVuSansMono.ttf", "noto/NotoSansMono-Regular.ttf"};
// Letters that the first has not.
constexpr std::array<const char*, 3> more{
    "wqy/wqy-microhei.ttc", "droid-fallback/DroidSansFallback.ttf", "droid/DroidSansFallbackFull.ttf"
};

// Latin with all its marks, Greek, Cyrillic, punctuation, currencies, arrows, and the replacement character.
constexpr std::array<ImWchar, 17> letters{
    0x0020,
    0x024F,
    0x0250,
    0x02FF,
    0x0370,
    0x052F,
    0x1E00,
    0x1FFF,
    0x2010,
    0x2027,
    0x2030,
    0x205E,
    0x20A0,
    0x22FF,
    0xFFFD,
    0xFFFD,
    0
};
constexpr std::array<ImWchar, 9> plain{0x0020, 0x017F, 0x0370, 0x045F, 0x2010, 0x2027, 0xFFFD, 0xFFFD, 0};

std::string first_of(Names names)
{
    for (const char* name : names) {
        std::string path = std::string{folder} + name;
        std::error_code ignored;
        if (std::filesystem::is_regular_file(path, ignored)) return path;
    }
    return {};
}

ImFont* load(ImFontAtlas& atlas, Names names, float size, const ImWchar* ranges)
{
    ImFontConfig config;
    config.OversampleH = 2;
    config.PixelSnapH = false;
    const std::string path = first_of(names);
    ImFont* font = path.empty() ? nullptr : atlas.AddFontFromFileTTF(path.c_str(), size, &config, ranges);
    if (font) return font;
    ImFontConfig fallback;
    fallback.SizePixels = size;
    return atlas.AddFontDefault(&fallback);
}

/// Arrows and signs, which Roboto has not.
void add_signs(ImFontAtlas& atlas, float size)
{
    static constexpr std::array<ImWchar, 5> signs{0x2190, 0x21FF, 0x2200, 0x22FF, 0};
    static constexpr std::array<const char*, 1> names{"dejavu/DejaVuSans.ttf"};
    const std::string path = first_of(names);
    if (path.empty()) return;
    ImFontConfig config;
    config.MergeMode = true;
    config.OversampleH = 1;
    atlas.AddFontFromFileTTF(path.c_str(), size, &config, signs.data());
}

void add_more_letters(ImFontAtlas& atlas, float size)
{
    const std::string path = first_of(more);
    if (path.empty()) return;
    ImFontConfig config;
    config.MergeMode = true;
    config.OversampleH = 1;
    atlas.AddFontFromFileTTF(path.c_str(), size, &config, atlas.GetGlyphRangesChineseSimplifiedCommon());
}

} // namespace

Fonts load_fonts(ImFontAtlas& atlas, float scale)
{
    const auto size = [scale](float units) { return std::round(units * scale); };
    atlas.Clear();
    atlas.Flags |= ImFontAtlasFlags_NoBakedLines;
    Fonts fonts;
    fonts.body = load(atlas, regular, size(15), letters.data());
    add_signs(atlas, size(15));
    add_more_letters(atlas, size(15));
    fonts.strong = load(atlas, medium, size(15), letters.data());
    add_signs(atlas, size(15));
    fonts.small = load(atlas, regular, size(13), letters.data());
    add_signs(atlas, size(13));
    fonts.heading = load(atlas, medium, size(18), plain.data());
    fonts.title = load(atlas, medium, size(24), plain.data());
    fonts.mono = load(atlas, fixed, size(13), plain.data());
    atlas.Build();
    return fonts;
}

} // namespace mortise::ui
