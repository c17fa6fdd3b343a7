#include "base/json.hpp"
#include "control/view_figures.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace mortise::host {
namespace {

namespace json = boost::json;

std::string total(std::string_view how, const char* cells)
{
    const json::array list = json::parse(cells).as_array();
    return total_text(how, {list.begin(), list.end()});
}

TEST(ViewFigures, AddsUpByCurrency)
{
    constexpr auto cells
        = R"([{"amount": "100.00", "currency": "EUR"}, null, {"amount": "5", "currency": "JPY"},
                              {"amount": "0.50", "currency": "EUR"}])";
    EXPECT_EQ(total("sum", cells), "100.50 EUR, 5 JPY");
    EXPECT_EQ(total("average", cells), "50.25 EUR, 5 JPY");
    EXPECT_EQ(total("max", cells), "100.00 EUR, 5 JPY");
    EXPECT_EQ(total("count", cells), "4");
}

TEST(ViewFigures, CountsNumbersOfEveryKind)
{
    EXPECT_EQ(total("sum", R"([1, 2, 4])"), "7");
    EXPECT_EQ(total("average", R"([1, 2, 4])"), "2.33");
    EXPECT_EQ(total("average", R"([-1, -2, -4])"), "-2.33");
    EXPECT_EQ(total("sum", R"(["1.5", "0.25"])"), "1.75");
    EXPECT_EQ(total("min", R"(["1.5", "-0.25", null])"), "-0.25");
    EXPECT_EQ(total("sum", "[]"), "0");
    EXPECT_EQ(total("sum", R"([9223372036854775807, 1])"), "more than can be added up");
}

TEST(ViewFigures, DaysHaveAFirstAndALast)
{
    EXPECT_EQ(total("min", R"(["2026-03-01", "2025-12-31", null])"), "2025-12-31");
    EXPECT_EQ(total("max", R"(["2026-03-01", "2025-12-31"])"), "2026-03-01");
    EXPECT_EQ(total("average", R"(["2026-03-01"])"), "");
}

TEST(ViewFigures, ButtonsAreOfferedWhereTheirFieldsAre)
{
    const json::value win
        = json::parse(R"({"command": "x.win", "when": {"status": ["open", "hold"], "big": true}})");
    EXPECT_TRUE(needs_row(win));
    EXPECT_TRUE(is_offered(win, {{"status", "hold"}, {"big", true}}));
    EXPECT_FALSE(is_offered(win, {{"status", "won"}, {"big", true}}));
    EXPECT_FALSE(is_offered(win, {{"status", "open"}}));
    EXPECT_TRUE(needs_row(json::parse(R"({"command": "x.win", "arguments": {"opportunity": "{id}"}})")));
    const json::value add = json::parse(R"({"command": "x.add", "arguments": {"stage": 1}})");
    EXPECT_FALSE(needs_row(add));
    EXPECT_TRUE(is_offered(add, {}));
}

} // namespace
} // namespace mortise::host
