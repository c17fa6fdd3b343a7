#pragma once

/// \file
/// A surface of cairo with what charts need, which collects the bytes of its file.

#include <mortise/value.hpp>

#include <array>
#include <cairo.h>
#include <memory>
#include <string>
#include <string_view>

namespace mortise::plugins::reporting {

struct Colour {
    double red{0};
    double green{0};
    double blue{0};
};

/// Colours of series: told apart also by those who see red and green alike.
inline constexpr std::array<Colour, 8> series_colours{{
    {0.00, 0.45, 0.70},
    {0.90, 0.62, 0.00},
    {0.00, 0.62, 0.45},
    {0.80, 0.47, 0.65},
    {0.34, 0.71, 0.91},
    {0.84, 0.37, 0.00},
    {0.60, 0.60, 0.60},
    {0.94, 0.89, 0.26},
}};
inline constexpr Colour ink{0.15, 0.17, 0.20};
inline constexpr Colour faint{0.87, 0.88, 0.90};

enum class Align : std::uint8_t { left, centre, right };

class Canvas {
public:
    enum class Form : std::uint8_t { svg, png, pdf };

    Canvas(Form form, double width, double height);

    double width() const noexcept { return m_width; }
    double height() const noexcept { return m_height; }
    void fill(Colour colour, double x, double y, double width, double height);
    void line(Colour colour, double x1, double y1, double x2, double y2, double thickness = 1);
    void text(
        std::string_view text,
        double x,
        double y,
        double size,
        Align align = Align::left,
        bool is_bold = false
    );
    /// The text, cut to a width with a sign that it was.
    std::string cut(std::string_view text, double size, double width);
    double width_of(const std::string& text, double size, bool is_bold = false);
    cairo_t* cairo() const noexcept { return m_cairo.get(); }
    void next_page();
    /// The file. Nothing can be drawn afterwards. Throws Failure when cairo could not.
    Bytes finish();

private:
    static cairo_status_t take(void* bytes, const unsigned char* data, unsigned int size);
    void font(double size, bool is_bold);

    Form m_form;
    double m_width;
    double m_height;
    Bytes m_bytes;
    std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)> m_surface;
    std::unique_ptr<cairo_t, decltype(&cairo_destroy)> m_cairo;
};

/// Lets cairo stay in memory when the plugin is unloaded: each time that cairo itself is loaded and unloaded
/// leaves 12 KB behind (libcairo 1.16 of Debian 12).
void keep_cairo() noexcept;

} // namespace mortise::plugins::reporting
