#include "base/normalise_currency.hpp"

#include <gtest/gtest.h>

namespace mortise::host {
namespace {

TEST(NormaliseCurrency, TakesLettersNumbersAndClearSigns)
{
    const std::vector<std::pair<std::string_view, std::string_view>> examples{
        {"EUR", "EUR"},
        {" usd ", "USD"},
        {"978", "EUR"},
        {"8", "ALL"},
        {"008", "ALL"},
        {"€", "EUR"},
        {"US$", "USD"},
        {"zł", "PLN"},
    };
    for (const auto& [text, alpha] : examples) {
        const auto currency = normalise_currency(text);
        ASSERT_TRUE(currency) << text;
        EXPECT_EQ((*currency)->alpha, alpha);
    }
}

TEST(NormaliseCurrency, RefusesWhatIsNoneOrMayBeSeveral)
{
    for (const std::string_view text : {"", "$", "¥", "£", "kr", "EURO", "XXX", "0978", "-978", "\xff"}) {
        const auto currency = normalise_currency(text);
        ASSERT_FALSE(currency) << text;
        EXPECT_EQ(currency.error().key, "money.currency");
    }
}

} // namespace
} // namespace mortise::host
