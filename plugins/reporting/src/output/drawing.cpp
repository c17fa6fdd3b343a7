#include "output/drawing.hpp"

#include "output/canvas.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <string>

namespace mortise::plugins::reporting {

namespace {

struct Frame {
    double left{0};
    double top{0};
    double right{0};
    double bottom{0};
};

/// Where the figures of an axis lie: from `low` to `high` in steps that people count in.
struct Axis {
    double low{0};
    double high{1};
    double step{0.25};
};

Axis axis_of(double low, double high)
{
    low = std::min(low, 0.0);
    high = std::max(high, 0.0);
    if (high - low <= 0) high = low + 1;
    const double rough = (high - low) / 5;
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    double step = power * 10;
    for (const double factor : {1.0, 2.0, 2.5, 5.0})
        if (power * factor >= rough) {
            step = power * factor;
            break;
        }
    return {std::floor(low / step) * step, std::ceil(high / step) * step, step};
}

std::string axis_text(double number)
{
    const double size = std::abs(number);
    const char* unit = size >= 1e9 ? "G" : size >= 1e6 ? "M" : size >= 1e4 ? "k" : "";
    const double shown = size >= 1e9 ? number / 1e9
        : size >= 1e6                ? number / 1e6
        : size >= 1e4                ? number / 1e3
                                     : number;
    std::string text = std::to_string(std::round(shown * 100) / 100);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return (text == "-0" ? "0" : text) + unit;
}

bool is_stacked(const Chart& chart)
{
    return chart.kind == "stacked_bar" || chart.kind == "area";
}

Axis axis_of(const Chart& chart)
{
    double low = 0;
    double high = 0;
    for (std::size_t i = 0; i < chart.categories.size(); ++i) {
        double up = 0;
        double down = 0;
        for (const ChartSeries& series : chart.series) {
            const double value = series.values[i].value_or(0);
            if (is_stacked(chart))
                (value < 0 ? down : up) += value;
            else
                (value < 0 ? down : up) = value < 0 ? std::min(down, value) : std::max(up, value);
        }
        low = std::min(low, down);
        high = std::max(high, up);
    }
    return axis_of(low, high);
}

Colour colour_of(std::size_t index)
{
    return series_colours[index % series_colours.size()];
}

class Plot {
public:
    Plot(Canvas& canvas, const Chart& chart, Frame frame)
        : m_canvas{canvas},
          m_chart{chart},
          m_frame{frame},
          m_axis{axis_of(chart)}
    {
    }

    void draw()
    {
        legend();
        if (m_chart.kind == "pie") return pie();
        m_frame.left += 62;
        m_frame.bottom -= 26;
        grid();
        if (m_chart.kind == "line")
            lines();
        else if (m_chart.kind == "area")
            areas();
        else
            bars();
        const double zero = y_of(0);
        m_canvas.line(ink, m_frame.left, zero, m_frame.right, zero);
    }

private:
    double width() const { return m_frame.right - m_frame.left; }
    double slot() const
    {
        return width() / static_cast<double>(std::max<std::size_t>(1, m_chart.categories.size()));
    }
    double centre(std::size_t i) const { return m_frame.left + slot() * (static_cast<double>(i) + 0.5); }
    double y_of(double value) const
    {
        return m_frame.bottom
            - (value - m_axis.low) / (m_axis.high - m_axis.low) * (m_frame.bottom - m_frame.top);
    }

    void legend()
    {
        if (m_chart.kind == "pie" || m_chart.series.size() < 2) return;
        double x = m_frame.left;
        for (std::size_t i = 0; i < m_chart.series.size(); ++i) {
            const std::string name = m_canvas.cut(m_chart.series[i].name, 12, 150);
            const double size = m_canvas.width_of(name, 12) + 34;
            if (x + size > m_frame.right && x > m_frame.left) {
                x = m_frame.left;
                m_frame.top += 18;
            }
            m_canvas.fill(colour_of(i), x, m_frame.top - 9, 11, 11);
            m_canvas.text(name, x + 16, m_frame.top + 1, 12);
            x += size;
        }
        m_frame.top += 18;
    }

    void grid()
    {
        for (double at = m_axis.low; at <= m_axis.high + m_axis.step / 2; at += m_axis.step) {
            m_canvas.line(faint, m_frame.left, y_of(at), m_frame.right, y_of(at));
            m_canvas.text(axis_text(at), m_frame.left - 8, y_of(at) + 4, 11, Align::right);
        }
        // As many headings as have room.
        const double room = std::max(46.0, slot());
        const auto every = static_cast<std::size_t>(std::ceil(room / slot()));
        for (std::size_t i = 0; i < m_chart.categories.size(); i += every)
            m_canvas.text(
                m_canvas.cut(m_chart.categories[i], 11, slot() * static_cast<double>(every) - 6),
                centre(i),
                m_frame.bottom + 18,
                11,
                Align::centre
            );
    }

    void bars()
    {
        const bool stacked = is_stacked(m_chart);
        const double all = slot() * 0.72;
        const double one
            = stacked ? all : all / static_cast<double>(std::max<std::size_t>(1, m_chart.series.size()));
        for (std::size_t i = 0; i < m_chart.categories.size(); ++i) {
            double up = 0;
            double down = 0;
            for (std::size_t s = 0; s < m_chart.series.size(); ++s) {
                const double value = m_chart.series[s].values[i].value_or(0);
                double& from = value < 0 ? down : up;
                const double base = stacked ? from : 0;
                const double x = centre(i) - all / 2 + (stacked ? 0 : one * static_cast<double>(s));
                const double top = std::min(y_of(base), y_of(base + value));
                m_canvas.fill(
                    colour_of(s), x, top, std::max(1.0, one - 1), std::abs(y_of(base) - y_of(base + value))
                );
                from += value;
            }
        }
    }

    void lines()
    {
        cairo_t* cairo = m_canvas.cairo();
        for (std::size_t s = 0; s < m_chart.series.size(); ++s) {
            const Colour colour = colour_of(s);
            cairo_set_source_rgb(cairo, colour.red, colour.green, colour.blue);
            cairo_set_line_width(cairo, 2.2);
            cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
            bool is_on = false; // a gap where there is no figure
            for (std::size_t i = 0; i < m_chart.categories.size(); ++i) {
                const auto& value = m_chart.series[s].values[i];
                if (value && is_on) cairo_line_to(cairo, centre(i), y_of(*value));
                if (value && !is_on) cairo_move_to(cairo, centre(i), y_of(*value));
                is_on = value.has_value();
            }
            cairo_stroke(cairo);
            for (std::size_t i = 0; i < m_chart.categories.size(); ++i)
                if (const auto& value = m_chart.series[s].values[i]) {
                    cairo_arc(cairo, centre(i), y_of(*value), 3, 0, 2 * std::numbers::pi);
                    cairo_fill(cairo);
                }
        }
    }

    void areas()
    {
        cairo_t* cairo = m_canvas.cairo();
        std::vector<double> below(m_chart.categories.size(), 0);
        for (std::size_t s = 0; s < m_chart.series.size(); ++s) {
            const Colour colour = colour_of(s);
            cairo_set_source_rgba(cairo, colour.red, colour.green, colour.blue, 0.85);
            for (std::size_t i = 0; i < below.size(); ++i)
                cairo_line_to(
                    cairo, centre(i), y_of(below[i] + std::max(0.0, m_chart.series[s].values[i].value_or(0)))
                );
            for (std::size_t i = below.size(); i-- > 0;)
                cairo_line_to(cairo, centre(i), y_of(below[i]));
            cairo_fill(cairo);
            for (std::size_t i = 0; i < below.size(); ++i)
                below[i] += std::max(0.0, m_chart.series[s].values[i].value_or(0));
        }
    }

    /// Shares of what is above zero; the headings stand beside it.
    void pie()
    {
        cairo_t* cairo = m_canvas.cairo();
        double sum = 0;
        for (const auto& value : m_chart.series[0].values)
            sum += std::max(0.0, value.value_or(0));
        const double radius = std::min(width(), m_frame.bottom - m_frame.top) / 2 - 6;
        const double x = m_frame.left + radius + 10;
        const double y = (m_frame.top + m_frame.bottom) / 2;
        double angle = -std::numbers::pi / 2;
        for (std::size_t i = 0; i < m_chart.categories.size() && sum > 0; ++i) {
            const double share = std::max(0.0, m_chart.series[0].values[i].value_or(0)) / sum;
            const Colour colour = colour_of(i);
            cairo_set_source_rgb(cairo, colour.red, colour.green, colour.blue);
            cairo_move_to(cairo, x, y);
            cairo_arc(cairo, x, y, radius, angle, angle + share * 2 * std::numbers::pi);
            cairo_close_path(cairo);
            cairo_fill(cairo);
            angle += share * 2 * std::numbers::pi;
            const double line = m_frame.top + 10 + 20 * static_cast<double>(i);
            if (line > m_frame.bottom) continue;
            m_canvas.fill(colour, x + radius + 40, line - 9, 11, 11);
            m_canvas.text(
                m_canvas.cut(m_chart.categories[i], 12, m_frame.right - x - radius - 120) + "  "
                    + axis_text(share * 100) + " %",
                x + radius + 58,
                line + 1,
                12
            );
        }
    }

    Canvas& m_canvas;
    const Chart& m_chart;
    Frame m_frame;
    Axis m_axis;
};

void draw_chart(Canvas& canvas, const Chart& chart, Frame frame)
{
    if (chart.series.empty() || chart.categories.empty())
        return canvas.text(
            "Nothing to draw",
            (frame.left + frame.right) / 2,
            (frame.top + frame.bottom) / 2,
            14,
            Align::centre
        );
    Plot{canvas, chart, frame}.draw();
}

Bytes picture_of(Canvas::Form form, const Chart& chart, DrawingSize size)
{
    Canvas canvas{form, static_cast<double>(size.width), static_cast<double>(size.height)};
    canvas.text(canvas.cut(chart.title, 17, canvas.width() - 40), 20, 32, 17, Align::left, true);
    draw_chart(canvas, chart, {20, 62, canvas.width() - 20, canvas.height() - 14});
    return canvas.finish();
}

/// Pages of the table, with its heads on each.
class Pages {
public:
    Pages(Canvas& canvas, const Sheet& sheet, double top) : m_canvas{canvas}, m_sheet{sheet}, m_y{top}
    {
        const double all = canvas.width() - 2 * margin;
        const std::size_t count = std::max<std::size_t>(1, sheet.heads.size());
        m_column = all / static_cast<double>(count);
    }

    void write()
    {
        heads();
        for (const SheetRow& row : m_sheet.rows) {
            if (m_y > m_canvas.height() - margin) {
                m_canvas.next_page();
                m_y = margin + 12;
                heads();
            }
            if (row.is_total)
                m_canvas.fill({0.95, 0.96, 0.97}, margin, m_y - 10, m_canvas.width() - 2 * margin, line);
            for (std::size_t i = 0; i < row.cells.size(); ++i)
                put(row.cells[i].text, i, row.cells[i].number.has_value(), row.is_total);
            m_y += line;
        }
    }

private:
    static constexpr double margin = 36;
    static constexpr double line = 14;

    void heads()
    {
        for (std::size_t i = 0; i < m_sheet.heads.size(); ++i) {
            const bool is_number = !m_sheet.rows.empty() && i < m_sheet.rows[0].cells.size()
                && m_sheet.rows[0].cells[i].number;
            put(m_sheet.heads[i], i, is_number, true);
        }
        m_canvas.line(ink, margin, m_y + 4, m_canvas.width() - margin, m_y + 4);
        m_y += line + 4;
    }
    void put(const std::string& text, std::size_t column, bool is_number, bool is_bold)
    {
        const double left = margin + m_column * static_cast<double>(column);
        const std::string shown = m_canvas.cut(text, 8.5, m_column - (is_bold ? 12 : 8));
        m_canvas.text(
            shown,
            is_number ? left + m_column - 6 : left,
            m_y,
            8.5,
            is_number ? Align::right : Align::left,
            is_bold
        );
    }

    Canvas& m_canvas;
    const Sheet& m_sheet;
    double m_y;
    double m_column{0};
};

} // namespace

Bytes svg_of(const Chart& chart, DrawingSize size)
{
    return picture_of(Canvas::Form::svg, chart, size);
}

Bytes png_of(const Chart& chart, DrawingSize size)
{
    return picture_of(Canvas::Form::png, chart, size);
}

Bytes pdf_of(const Sheet& sheet, const Chart& chart)
{
    Canvas canvas{Canvas::Form::pdf, 842, 595};
    canvas.text(canvas.cut(sheet.title, 18, 770), 36, 48, 18, Align::left, true);
    canvas.text(canvas.cut(sheet.note, 9, 770), 36, 66, 9);
    double top = 96;
    if (!chart.series.empty()) {
        draw_chart(canvas, chart, {36, 90, 806, 340});
        top = 372;
    }
    Pages{canvas, sheet, top}.write();
    return canvas.finish();
}

} // namespace mortise::plugins::reporting
