#include "theme/icons.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

namespace mortise::ui {
namespace {

// M x y: go to; L x y: line to; Z: close; C x y r: circle; D x y r: disc. Order is that of the enumeration.
constexpr std::array strokes{
    "",
    "M3 9 L10 3 L17 9 M5 8 L5 17 L15 17 L15 8 M8 17 L8 12 L12 12 L12 17",
    "C7.5 7 3 M2 16 L2.6 13.6 L5 12.4 L10 12.4 L12.4 13.6 L13 16 M13 4.4 L15 5.4 L15.4 7.5 L14 9.4 M15 12.6 "
    "L17.4 13.8 L18 16",
    "C10 7 3.4 M3.5 17 L4.4 14.2 L7 13 L13 13 L15.6 14.2 L16.5 17",
    "M4 17 L4 4 L12 4 L12 17 M12 9 L16 9 L16 17 M2.5 17 L17.5 17 M6.5 7 L9.5 7 M6.5 10 L9.5 10 M6.5 13 L9.5 "
    "13",
    "M3 4 L7 4 L7 16 L3 16 Z M8.6 4 L12.6 4 L12.6 12 L8.6 12 Z M14 4 L17.5 4 L17.5 9 L14 9 Z",
    "M7 2.5 L7 6 M13 2.5 L13 6 M5 6 L15 6 L15 10 L12.5 13 L7.5 13 L5 10 Z M10 13 L10 17.5",
    "M11 2.5 L5 11 L9.5 11 L8.5 17.5 L15 8.5 L10.5 8.5 Z",
    "C10 10 7 M10 6 L10 10 L13 12",
    "C10 10 2.6 C10 10 5.6 M10 2.2 L10 4.4 M10 15.6 L10 17.8 M2.2 10 L4.4 10 M15.6 10 L17.8 10 M4.5 4.5 L6 6 "
    "M14 14 L15.5 15.5 M15.5 4.5 L14 6 M6 14 L4.5 15.5",
    "M3 4 L17 4 L17 16 L3 16 Z M3 8 L17 8 M3 12 L17 12 M8 8 L8 16",
    "M2.5 4 L17.5 4 L17.5 16 L2.5 16 Z M5.5 8 L8 10 L5.5 12 M10 12.5 L14 12.5",
    "M10 13 L10 4 M6.5 7 L10 3.5 L13.5 7 M3.5 13 L3.5 16.5 L16.5 16.5 L16.5 13",
    "C10 6.5 3 M4 17 L5 13.6 L8 12 L12 12 L15 13.6 L16 17 Z",
    "C8.8 8.8 5 M12.5 12.5 L17 17",
    "M3 3 L3 17 L17 17 M6.5 14 L6.5 10 M10 14 L10 6 M13.5 14 L13.5 8",
    "M5 5 L15 15 M15 5 L5 15",
    "M4 10.5 L8.3 14.8 L16 6",
    "M10 3 L18 17 L2 17 Z M10 8 L10 12 D10 14.4 0.9",
    "C10 10 7 M10 9 L10 14 D10 6.4 0.9",
    "C10 10 7 M7 7 L13 13 M13 7 L7 13",
    "M5.5 8 L10 12.5 L14.5 8",
    "M8 5.5 L12.5 10 L8 14.5",
    "M10 4 L10 16 M4 10 L16 10",
    "M15.6 7 L13.5 4.8 L10 3.8 L6.4 5 L4.2 8 L4.2 12 L6.4 15 L10 16.2 L13.6 15 L15.8 12 M16 3.4 L15.8 7.2 "
    "L12 7",
    "D4.5 10 1.3 D10 10 1.3 D15.5 10 1.3",
    "M4.4 7 L6.5 4.8 L10 3.8 L13.6 5 L15.8 8 L15.8 12 L13.6 15 L10 16.2 L6.4 15 L4.2 12 M4 3.4 L4.2 7.2 L8 7 "
    "M10 7 L10 10.5 L12.5 12",
    "M3 3 L9 3 L9 9 L3 9 Z M11.5 3 L17 3 L17 9 L11.5 9 Z M3 11.5 L9 11.5 L9 17 L3 17 Z C14.2 14.2 2.8",
    "M8 4.5 L4 8.5 L8 12.5 M4 8.5 L12.5 8.5 L15.5 10.5 L16 13.5 L14.5 16",
    "M4 6 L16 6 M8 6 L8 3.5 L12 3.5 L12 6 M5.5 6 L6.2 17 L13.8 17 L14.5 6 M8.5 9 L8.5 14 M11.5 9 L11.5 14",
    "M4 16 L4.6 12.6 L13 4.2 L15.8 7 L7.4 15.4 Z M11.4 5.8 L14.2 8.6",
    "C10 10 6.5 M10 3.5 L10 16.5 M12 5 L12 15 M14 6.5 L14 13.5",
    "M6 4 L15.5 10 L6 16 Z",
    "M7 4.5 L7 15.5 M13 4.5 L13 15.5",
    "M3 4.5 L17 4.5 L11.6 11 L11.6 16.5 L8.4 14.8 L8.4 11 Z",
    "M3 4 L17 4 L17 16 L3 16 Z M7.7 4 L7.7 16 M12.3 4 L12.3 16",
    "M5 9 L15 9 L15 17 L5 17 Z M7 9 L7 6 L8.2 4 L11.8 4 L13 6 L13 9",
    "M3 3 L17 17 M5 8 L3 11 L4 14.5 L7 16 L13 16 M8 5.5 L11.5 5 L14 7.5 L16.5 9 L17 12.5",
    "M8.5 11.5 L11.5 8.5 M9.5 6 L12 3.6 L14.6 3.8 L16.2 5.4 L16.4 8 L14 10.5 M10.5 14 L8 16.4 L5.4 16.2 L3.8 "
    "14.6 L3.6 12 L6 9.5",
    "M3 11 L5 4 L15 4 L17 11 L17 16 L3 16 Z M3 11 L7.5 11 L8.5 13.5 L11.5 13.5 L12.5 11 L17 11",
    "D5 15 1.5 M4 9.5 L7.5 10.5 L9.5 12.5 L10.5 16 M4 4.5 L9.5 6 L14 10.5 L15.5 16",
    "C10 10 7 M12.6 7.4 L11 6.4 L9 6.4 L7.6 7.6 L8 9.2 L12 10.8 L12.4 12.4 L11 13.6 L9 13.6 L7.4 12.6 M10 5 "
    "L10 6.4 M10 13.6 L10 15",
    "M3.5 3.5 L10.5 3.5 L17 10 L10.5 16.5 L3.5 10.5 Z D7 7 1.1",
    "M2.5 5 L17.5 5 L17.5 15.5 L2.5 15.5 Z M2.5 5.5 L10 11 L17.5 5.5",
    "M5 3 L12 3 L15.5 6.5 L15.5 17 L5 17 Z M8 9 L12.5 9 M8 12 L12.5 12",
    "M10 15.5 L10 8 M6.8 11 L10 7.8 L13.2 11 M4 4.5 L16 4.5",
    "M10 4 L10 13 M6.5 9.5 L10 13 L13.5 9.5 M3.5 13 L3.5 16.5 L16.5 16.5 L16.5 13",
    "M7 5.5 L17 5.5 M7 10 L17 10 M7 14.5 L17 14.5 D4 5.5 1 D4 10 1 D4 14.5 1",
    "M3 3.5 L12 3.5 L12 13 L3 13 Z M15 7 L17 7 L17 16.5 L8 16.5 L8 15 M5.5 7 L9.5 7 M5.5 9.8 L9.5 9.8",
    "M10 2.5 L17 6 L17 14 L10 17.5 L3 14 L3 6 Z M3 6 L10 9.5 L17 6 M10 9.5 L10 17.5 M6.5 4.2 L13.5 7.8",
};
static_assert(strokes.size() == static_cast<std::size_t>(Icon::bundle) + 1);

class Pen {
public:
    Pen(ImDrawList& list, ImVec2 at, float size, ImU32 color)
        : m_list{list},
          m_at{at},
          m_unit{size / 20},
          m_color{color},
          m_width{std::max(1.0F, size / 12.5F)}
    {
    }

    void draw(std::string_view path)
    {
        m_rest = path;
        while (!m_rest.empty()) {
            const char what = m_rest.front();
            m_rest.remove_prefix(1);
            if (what == 'M') {
                finish(ImDrawFlags_None);
                m_list.PathLineTo(point());
            } else if (what == 'L') {
                m_list.PathLineTo(point());
            } else if (what == 'Z') {
                finish(ImDrawFlags_Closed);
            } else if (what == 'C' || what == 'D') {
                finish(ImDrawFlags_None);
                const ImVec2 middle = point();
                const float radius = number() * m_unit;
                if (what == 'C')
                    m_list.AddCircle(middle, radius, m_color, 0, m_width);
                else
                    m_list.AddCircleFilled(middle, radius, m_color);
            }
        }
        finish(ImDrawFlags_None);
    }

private:
    float number()
    {
        while (!m_rest.empty() && m_rest.front() == ' ')
            m_rest.remove_prefix(1);
        float number = 0;
        const auto [end, failed] = std::from_chars(m_rest.data(), m_rest.data() + m_rest.size(), number);
        m_rest.remove_prefix(
            failed == std::errc{} ? static_cast<std::size_t>(end - m_rest.data()) : m_rest.size()
        );
        return number;
    }

    ImVec2 point()
    {
        const float x = number();
        const float y = number();
        return {m_at.x + x * m_unit, m_at.y + y * m_unit};
    }

    void finish(ImDrawFlags flags)
    {
        if (m_list._Path.Size > 1)
            m_list.PathStroke(m_color, flags, m_width);
        else
            m_list.PathClear();
    }

    ImDrawList& m_list;
    ImVec2 m_at;
    float m_unit;
    ImU32 m_color;
    float m_width;
    std::string_view m_rest;
};

} // namespace

void draw_icon(ImDrawList& list, Icon icon, ImVec2 at, float size, ImU32 color)
{
    Pen{list, at, size, color}.draw(strokes.at(static_cast<std::size_t>(icon)));
}

Icon icon_named(std::string_view name)
{
    constexpr std::array<std::pair<std::string_view, Icon>, 22> names{{
        {"pipeline", Icon::board}, {"board", Icon::board},    {"opportunity", Icon::money},
        {"deal", Icon::money},     {"stage", Icon::columns},  {"product", Icon::tag},
        {"agent", Icon::person},   {"contact", Icon::people}, {"history", Icon::history},
        {"chart", Icon::chart},    {"report", Icon::chart},   {"mail", Icon::mail},
        {"campaign", Icon::mail},  {"ticket", Icon::inbox},   {"activity", Icon::clock},
        {"task", Icon::check},     {"note", Icon::note},      {"import", Icon::upload},
        {"user", Icon::users},     {"tag", Icon::tag},        {"automation", Icon::bolt},
        {"settings", Icon::gear},
    }};
    for (const auto& [text, icon] : names)
        if (text == name) return icon;
    return Icon::table;
}

} // namespace mortise::ui
