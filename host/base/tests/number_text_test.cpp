#include "base/number_text.hpp"

#include <gtest/gtest.h>

namespace mortise::host {
namespace {

TEST(DecimalText, KeepsTheScaleAsWritten)
{
    const std::vector<std::pair<std::string_view, Decimal>> examples{
        {"12.30", {1230, 2}},
        {"-0.05", {-5, 2}},
        {"7", {7, 0}},
        {"0.000", {0, 3}},
        {"-9223372036854775808", {INT64_MIN, 0}},
        {"9.223372036854775807", {INT64_MAX, 18}},
        {"0.000000000000000001", {1, 18}},
        {"-0.10", {-10, 2}},
    };
    for (const auto& [text, number] : examples) {
        const auto read = parse_decimal(text);
        ASSERT_TRUE(read) << text;
        EXPECT_EQ(*read, number) << text;
        EXPECT_EQ(format_decimal(number), text);
    }
    EXPECT_EQ(*parse_decimal("+.5"), (Decimal{5, 1}));
    EXPECT_EQ(*parse_decimal("007"), (Decimal{7, 0}));
}

TEST(DecimalText, RefusesWhatIsNoNumber)
{
    for (const std::string_view text :
         {"",
          "-",
          "+",
          ".",
          "1.",
          "1.2.3",
          "1,000",
          "1 000",
          "1e3",
          " 1",
          "1 ",
          "--1",
          "+-1",
          "0x10",
          "١",
          "NaN"}) {
        const auto read = parse_decimal(text);
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().code, ErrorCode::invalid) << text;
    }
}

TEST(DecimalText, RefusesWhatDoesNotFit)
{
    for (const std::string_view text :
         {"9223372036854775808", "-9223372036854775809", "0.0000000000000000001", "99999999999999999999"}) {
        const auto read = parse_decimal(text);
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().code, ErrorCode::limit) << text;
    }
}

TEST(Rescale, IsExactOrRefused)
{
    EXPECT_EQ(*rescale({1230, 2}, 1), (Decimal{123, 1}));
    EXPECT_EQ(*rescale({-5, 0}, 3), (Decimal{-5000, 3}));
    EXPECT_EQ(*rescale({0, 9}, 0), (Decimal{0, 0}));
    EXPECT_EQ(rescale({1234, 2}, 1).error().code, ErrorCode::invalid);
    EXPECT_EQ(rescale({INT64_MAX, 0}, 1).error().code, ErrorCode::limit);
    EXPECT_EQ(rescale({1, 0}, 19).error().code, ErrorCode::limit);
    EXPECT_EQ(rescale({1, 200}, 2).error().code, ErrorCode::limit);
}

TEST(MoneyText, IsInMinorUnitsOfItsCurrency)
{
    EXPECT_EQ(*parse_money("12.3", "EUR"), (Money{1230, 978, 2}));
    EXPECT_EQ(*parse_money("12.00", "jpy"), (Money{12, 392, 0}));
    EXPECT_EQ(*parse_money("-1.5", "414"), (Money{-1500, 414, 3}));
    EXPECT_EQ(*parse_money("1", "8"), (Money{100, 8, 2}));
    EXPECT_EQ(format_amount(Money{1230, 978, 2}), "12.30");
    EXPECT_EQ(format_amount(Money{-12, 392, 0}), "-12");
    EXPECT_EQ(currency_code(978), "EUR");
    EXPECT_EQ(currency_code(1), "001");
    EXPECT_EQ(currency_code(12345), "12345");
}

TEST(MoneyText, RefusesFinerThanTheMinorUnitAndUnknownCurrencies)
{
    const auto finer = parse_money("12.345", "EUR");
    ASSERT_FALSE(finer);
    EXPECT_EQ(finer.error().message, "12.345 is finer than the minor unit of EUR");
    EXPECT_EQ(finer.error().key, "money.minor_unit");
    EXPECT_FALSE(parse_money("0.5", "JPY"));
    for (const std::string_view currency : {"", "EURO", "XXX", "9780", "-78", "97x", "€"})
        EXPECT_EQ(parse_money("1", currency).error().key, "money.currency") << currency;
    EXPECT_FALSE(parse_money("1,000.00", "USD"));
    EXPECT_EQ(parse_money("92233720368547758.08", "USD").error().code, ErrorCode::limit);
}

TEST(IntegerText, IsStrict)
{
    EXPECT_EQ(*parse_integer("-9223372036854775808"), INT64_MIN);
    EXPECT_EQ(*parse_integer("+12"), 12);
    EXPECT_EQ(parse_integer("9223372036854775808").error().code, ErrorCode::limit);
    for (const std::string_view text : {"", "1.0", "1e3", " 1", "1 ", "0x1", "+-1", "--1", "1_000"})
        EXPECT_EQ(parse_integer(text).error().code, ErrorCode::invalid) << text;
}

TEST(RealText, IsStrict)
{
    EXPECT_EQ(*parse_real("-1.5e-3"), -0.0015);
    EXPECT_EQ(*parse_real("7"), 7.0);
    EXPECT_EQ(parse_real("1e999").error().code, ErrorCode::limit);
    for (const std::string_view text : {"", "inf", "nan", "1.5x", " 1", "0x1p3", "+-1"})
        EXPECT_EQ(parse_real(text).error().code, ErrorCode::invalid) << text;
}

} // namespace
} // namespace mortise::host
