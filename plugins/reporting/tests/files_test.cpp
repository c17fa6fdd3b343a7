#include "output/drawing.hpp"
#include "output/text_files.hpp"
#include "output/workbook.hpp"

#include <gtest/gtest.h>

namespace mortise::plugins::reporting {
namespace {

SheetCell text(const char* content)
{
    return {.text = content, .number = {}, .digits = 0};
}

Sheet sheet()
{
    return {
        .title = "Deals <by> source",
        .note = "As of now",
        .heads = {"Source", "Sum"},
        .rows
        = {{.cells = {text("=1+1"), {.text = "-12.50", .number = -12.5, .digits = 2}}, .is_total = false},
           {.cells = {text("a \"b\", c"), {.text = "0", .number = 0, .digits = 0}}, .is_total = false},
           {.cells = {text("@SUM(A1)"), text("\xE2\x80\x93")}, .is_total = true}}
    };
}

Chart chart(const char* kind)
{
    return {
        .kind = kind,
        .title = "Chart",
        .categories = {"Jan", "Feb", "Mar"},
        .series
        = {{.name = "won", .values = {1.0, std::nullopt, -3.0}}, {.name = "lost", .values = {2.0, 5.0, 0.0}}}
    };
}

std::string start_of(const Bytes& bytes, std::size_t size)
{
    return {reinterpret_cast<const char*>(bytes.data()), std::min(size, bytes.size())};
}

TEST(Files, OfTextAreNeverFormulas)
{
    EXPECT_EQ(
        csv_of(sheet()), "Source,Sum\r\n'=1+1,-12.50\r\n\"a \"\"b\"\", c\",0\r\n'@SUM(A1),\xE2\x80\x93\r\n"
    ) << "texts get an apostrophe, negative numbers stay numbers";
}

TEST(Files, OfHtmlShowTextAsText)
{
    const std::string html = html_of(sheet(), "<?xml?><svg></svg>");
    EXPECT_NE(html.find("<h1>Deals &lt;by&gt; source</h1>"), std::string::npos);
    EXPECT_NE(html.find("<td>a &quot;b&quot;, c</td><td class=\"n\">0</td>"), std::string::npos);
    EXPECT_EQ(html.find("<?xml"), std::string::npos);
}

TEST(Files, AreDrawnInEveryForm)
{
    for (const char* kind : {"bar", "stacked_bar", "line", "area", "pie"}) {
        EXPECT_EQ(start_of(png_of(chart(kind), {}), 4), "\x89PNG") << kind;
        EXPECT_EQ(start_of(svg_of(chart(kind), {}), 5), "<?xml") << kind;
        EXPECT_EQ(start_of(pdf_of(sheet(), chart(kind)), 5), "%PDF-") << kind;
    }
    EXPECT_EQ(start_of(png_of(Chart{}, {}), 4), "\x89PNG") << "nothing to draw is said in the picture";
}

TEST(Files, OfWorkbooksAreZips)
{
    EXPECT_EQ(start_of(workbook_of(sheet()), 2), "PK");
    Sheet odd = sheet();
    odd.title = "A/B: [all] of them, and far too long a name for a sheet";
    EXPECT_EQ(start_of(workbook_of(odd), 2), "PK");
}

} // namespace
} // namespace mortise::plugins::reporting
