#include "raster/raster.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

namespace mortise::ui {
namespace {

struct Extent {
    int left;
    int top;
    int right;
    int bottom;
};

std::uint32_t blended(std::uint32_t under, std::uint32_t color, std::uint32_t alpha)
{
    const auto mix = [=](unsigned shift) {
        const std::uint32_t a = (under >> shift) & 0xFFU;
        const std::uint32_t b = (color >> shift) & 0xFFU;
        return ((a * (255 - alpha) + b * alpha + 127) / 255) << shift;
    };
    return mix(0) | mix(8) | mix(16) | 0xFF000000U;
}

class Canvas {
public:
    Canvas(Picture& picture, ImFontAtlas& atlas) : m_picture{picture}
    {
        atlas.GetTexDataAsAlpha8(&m_texels, &m_texture_width, &m_texture_height);
    }

    void triangle(const std::array<const ImDrawVert*, 3>& v, const Extent& clip)
    {
        const std::array<Point, 3> p{fixed(v[0]->pos), fixed(v[1]->pos), fixed(v[2]->pos)};
        const std::int64_t area = side(p[0], p[1], p[2]);
        if (area == 0) return;
        const auto [left, right] = std::minmax({p[0].x, p[1].x, p[2].x});
        const auto [top, bottom] = std::minmax({p[0].y, p[1].y, p[2].y});
        const Extent box{
            std::max(clip.left, pixel_of(left)),
            std::max(clip.top, pixel_of(top)),
            std::min(clip.right, pixel_of(right) + 1),
            std::min(clip.bottom, pixel_of(bottom) + 1)
        };
        const bool is_even = v[0]->col == v[1]->col && v[1]->col == v[2]->col;
        const auto whole = static_cast<float>(area);
        for (int y = box.top; y < box.bottom; ++y)
            for (int x = box.left; x < box.right; ++x) {
                const Point at{x * steps + steps / 2, y * steps + steps / 2};
                std::array<float, 3> weights{};
                bool is_in = true;
                for (std::size_t i = 0; i < 3 && is_in; ++i) { // of each corner, the edge across from it
                    const Point from = p.at((i + 1) % 3);
                    const Point to = p.at((i + 2) % 3);
                    const std::int64_t weight = side(from, to, at);
                    is_in = covers(weight, from, to, area);
                    weights.at(i) = static_cast<float>(weight) / whole;
                }
                if (is_in) put(x, y, is_even ? v[0]->col : mixed_color(v, weights), texel(v, weights));
            }
    }

private:
    /// In 256ths of a pixel: sides are exact, so that every pixel on an edge belongs to one of two
    /// neighbours.
    struct Point {
        std::int64_t x;
        std::int64_t y;
    };
    static constexpr std::int64_t steps = 256;

    static Point fixed(ImVec2 at)
    {
        const auto to_steps = [](float x) {
            constexpr float farthest = 1e6F;
            const float near = std::isfinite(x) ? std::clamp(x, -farthest, farthest) : 0.0F;
            return static_cast<std::int64_t>(std::lround(near * static_cast<float>(steps)));
        };
        return {to_steps(at.x), to_steps(at.y)};
    }

    static int pixel_of(std::int64_t x)
    {
        return static_cast<int>(x >= 0 ? x / steps : -((-x + steps - 1) / steps));
    }

    /// Twice the area of the triangle; negative if it is turned the other way round.
    static std::int64_t side(Point a, Point b, Point c)
    {
        return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
    }

    /// Of two triangles that share an edge, one has the pixels on it: those with a top or left edge.
    static bool covers(std::int64_t weight, Point from, Point to, std::int64_t area)
    {
        if (weight != 0) return (weight > 0) == (area > 0);
        const std::int64_t dy = area > 0 ? to.y - from.y : from.y - to.y;
        const std::int64_t dx = area > 0 ? to.x - from.x : from.x - to.x;
        return dy < 0 || (dy == 0 && dx > 0);
    }

    static ImU32 mixed_color(const std::array<const ImDrawVert*, 3>& v, const std::array<float, 3>& weights)
    {
        ImU32 color = 0;
        for (unsigned shift = 0; shift < 32; shift += 8) {
            float sum = 0.5F;
            for (std::size_t i = 0; i < 3; ++i)
                sum += weights.at(i) * static_cast<float>((v.at(i)->col >> shift) & 0xFFU);
            color |= static_cast<ImU32>(std::clamp(sum, 0.0F, 255.0F)) << shift;
        }
        return color;
    }

    std::uint32_t texel(const std::array<const ImDrawVert*, 3>& v, const std::array<float, 3>& weights) const
    {
        float u = 0;
        float w = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            u += weights.at(i) * v.at(i)->uv.x;
            w += weights.at(i) * v.at(i)->uv.y;
        }
        return sampled(
            u * static_cast<float>(m_texture_width) - 0.5F, w * static_cast<float>(m_texture_height) - 0.5F
        );
    }

    /// Between the four nearest texels, as a display does it.
    std::uint32_t sampled(float u, float w) const
    {
        const float left = std::floor(u);
        const float top = std::floor(w);
        const float fu = u - left;
        const float fw = w - top;
        const int x = static_cast<int>(left);
        const int y = static_cast<int>(top);
        const float upper = value(x, y) * (1 - fu) + value(x + 1, y) * fu;
        const float lower = value(x, y + 1) * (1 - fu) + value(x + 1, y + 1) * fu;
        return static_cast<std::uint32_t>(upper * (1 - fw) + lower * fw + 0.5F);
    }

    float value(int x, int y) const
    {
        const auto column = static_cast<std::size_t>(std::clamp(x, 0, m_texture_width - 1));
        const auto row = static_cast<std::size_t>(std::clamp(y, 0, m_texture_height - 1));
        return static_cast<float>(m_texels[row * static_cast<std::size_t>(m_texture_width) + column]);
    }

    void put(int x, int y, ImU32 color, std::uint32_t coverage)
    {
        const std::uint32_t alpha = ((color >> IM_COL32_A_SHIFT) * coverage + 127) / 255;
        if (alpha == 0) return;
        auto& pixel = m_picture.pixels
                          [static_cast<std::size_t>(y) * static_cast<std::size_t>(m_picture.width)
                           + static_cast<std::size_t>(x)];
        pixel = blended(pixel, color, alpha);
    }

    Picture& m_picture;
    unsigned char* m_texels{nullptr};
    int m_texture_width{0};
    int m_texture_height{0};
};

} // namespace

Picture rasterise(const ImDrawData& data, ImFontAtlas& atlas, ImU32 ground)
{
    Picture picture{static_cast<int>(data.DisplaySize.x), static_cast<int>(data.DisplaySize.y), {}};
    picture.pixels.assign(
        static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height),
        ground | 0xFF000000U
    );
    Canvas canvas{picture, atlas};
    for (int i = 0; i < data.CmdListsCount; ++i) {
        const ImDrawList& list = *data.CmdLists[i];
        for (const ImDrawCmd& command : list.CmdBuffer) {
            if (command.UserCallback) continue;
            const Extent clip{
                std::max(0, static_cast<int>(command.ClipRect.x)),
                std::max(0, static_cast<int>(command.ClipRect.y)),
                std::min(picture.width, static_cast<int>(command.ClipRect.z)),
                std::min(picture.height, static_cast<int>(command.ClipRect.w))
            };
            for (unsigned at = 0; at + 2 < command.ElemCount; at += 3) {
                const auto vertex = [&](unsigned offset) {
                    const auto index = list.IdxBuffer[static_cast<int>(command.IdxOffset + at + offset)];
                    return &list.VtxBuffer[static_cast<int>(command.VtxOffset + index)];
                };
                canvas.triangle({vertex(0), vertex(1), vertex(2)}, clip);
            }
        }
    }
    return picture;
}

Picture halved(const Picture& picture)
{
    Picture half{picture.width / 2, picture.height / 2, {}};
    half.pixels.reserve(static_cast<std::size_t>(half.width) * static_cast<std::size_t>(half.height));
    const auto pixel = [&picture](int x, int y) {
        return picture.pixels
            [static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width)
             + static_cast<std::size_t>(x)];
    };
    for (int y = 0; y < half.height; ++y)
        for (int x = 0; x < half.width; ++x) {
            std::uint32_t mean = 0xFF000000U;
            for (unsigned shift = 0; shift < 24; shift += 8) {
                std::uint32_t sum = 2;
                for (const auto& [dx, dy] : {std::pair{0, 0}, {1, 0}, {0, 1}, {1, 1}})
                    sum += (pixel(2 * x + dx, 2 * y + dy) >> shift) & 0xFFU;
                mean |= (sum / 4) << shift;
            }
            half.pixels.push_back(mean);
        }
    return half;
}

} // namespace mortise::ui
