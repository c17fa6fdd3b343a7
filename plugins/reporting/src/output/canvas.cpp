#include "output/canvas.hpp"

#include <mortise/failure.hpp>

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <dlfcn.h>

namespace mortise::plugins::reporting {

namespace {

cairo_surface_t*
surface_of(Canvas::Form form, cairo_write_func_t take, void* bytes, double width, double height)
{
    switch (form) {
    case Canvas::Form::svg:
        return cairo_svg_surface_create_for_stream(take, bytes, width, height);
    case Canvas::Form::pdf:
        return cairo_pdf_surface_create_for_stream(take, bytes, width, height);
    case Canvas::Form::png:
        break;
    }
    return cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(width), static_cast<int>(height));
}

} // namespace

Canvas::Canvas(Form form, double width, double height)
    : m_form{form},
      m_width{width},
      m_height{height},
      m_surface{surface_of(form, take, &m_bytes, width, height), cairo_surface_destroy},
      m_cairo{cairo_create(m_surface.get()), cairo_destroy}
{
    fill({1, 1, 1}, 0, 0, width, height);
}

cairo_status_t Canvas::take(void* bytes, const unsigned char* data, unsigned int size)
{
    const auto* first = reinterpret_cast<const std::byte*>(data);
    auto& all = *static_cast<Bytes*>(bytes);
    all.insert(all.end(), first, first + size);
    return CAIRO_STATUS_SUCCESS;
}

void Canvas::fill(Colour colour, double x, double y, double width, double height)
{
    cairo_set_source_rgb(cairo(), colour.red, colour.green, colour.blue);
    cairo_rectangle(cairo(), x, y, width, height);
    cairo_fill(cairo());
}

void Canvas::line(Colour colour, double x1, double y1, double x2, double y2, double thickness)
{
    cairo_set_source_rgb(cairo(), colour.red, colour.green, colour.blue);
    cairo_set_line_width(cairo(), thickness);
    cairo_move_to(cairo(), x1, y1);
    cairo_line_to(cairo(), x2, y2);
    cairo_stroke(cairo());
}

void Canvas::font(double size, bool is_bold)
{
    cairo_select_font_face(
        cairo(),
        "DejaVu Sans",
        CAIRO_FONT_SLANT_NORMAL,
        is_bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL
    );
    cairo_set_font_size(cairo(), size);
}

double Canvas::width_of(const std::string& text, double size, bool is_bold)
{
    font(size, is_bold);
    cairo_text_extents_t extents;
    cairo_text_extents(cairo(), text.c_str(), &extents);
    return extents.x_advance;
}

std::string Canvas::cut(std::string_view text, double size, double width)
{
    std::string shown{text};
    if (width_of(shown, size) <= width) return shown;
    while (!shown.empty() && width_of(shown + "\xE2\x80\xA6", size) > width) {
        while (!shown.empty() && (static_cast<unsigned char>(shown.back()) & 0xC0U) == 0x80U)
            shown.pop_back();
        if (!shown.empty()) shown.pop_back();
    }
    return shown + "\xE2\x80\xA6";
}

void Canvas::text(std::string_view text, double x, double y, double size, Align align, bool is_bold)
{
    const std::string shown{text};
    const double width = align == Align::left ? 0 : width_of(shown, size, is_bold);
    font(size, is_bold);
    cairo_set_source_rgb(cairo(), ink.red, ink.green, ink.blue);
    cairo_move_to(cairo(), align == Align::left ? x : align == Align::right ? x - width : x - width / 2, y);
    cairo_show_text(cairo(), shown.c_str());
}

void Canvas::next_page()
{
    cairo_show_page(cairo());
    fill({1, 1, 1}, 0, 0, m_width, m_height);
}

Bytes Canvas::finish()
{
    cairo_status_t status = cairo_status(cairo());
    if (status == CAIRO_STATUS_SUCCESS && m_form == Form::png)
        status = cairo_surface_write_to_png_stream(m_surface.get(), take, &m_bytes);
    m_cairo.reset();
    cairo_surface_finish(m_surface.get());
    if (status == CAIRO_STATUS_SUCCESS) status = cairo_surface_status(m_surface.get());
    if (status != CAIRO_STATUS_SUCCESS)
        fail(
            ErrorCode::internal,
            "reporting.drawing",
            std::string{"cannot be drawn: "} + cairo_status_to_string(status),
            "format"
        );
    return std::move(m_bytes);
}

void keep_cairo() noexcept
{
    if (void* library = ::dlopen("libcairo.so.2", RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE)) ::dlclose(library);
}

} // namespace mortise::plugins::reporting
