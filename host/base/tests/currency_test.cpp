#include "base/json.hpp"

#include <mortise/currency.hpp>

#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>

namespace mortise {
namespace {

TEST(Currencies, AreAllThereOnceAndSorted)
{
    EXPECT_EQ(currencies.size(), 168U);
    std::set<std::uint16_t> numbers;
    std::string_view before;
    for (const Currency& currency : currencies) {
        EXPECT_LT(before, currency.alpha);
        EXPECT_EQ(currency.alpha.size(), 3U);
        EXPECT_FALSE(currency.name.empty());
        EXPECT_TRUE(numbers.insert(currency.number).second) << currency.alpha;
        EXPECT_EQ(find_currency(currency.alpha), &currency);
        EXPECT_EQ(find_currency(currency.number), &currency);
        before = currency.alpha;
    }
}

TEST(Currencies, HaveTheMinorDigitsOfIso4217)
{
    std::map<int, std::string> by_digits;
    for (const Currency& currency : currencies)
        if (currency.digits != 2) (by_digits[currency.digits] += currency.alpha) += ' ';
    const std::map<int, std::string> expected{
        {0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF "},
        {3, "BHD IQD JOD KWD LYD OMR TND "},
        {4, "CLF UYW "},
    };
    EXPECT_EQ(by_digits, expected);
}

TEST(Currencies, AreFoundInAnyCaseAndNotByNonsense)
{
    static_assert(find_currency("EUR")->number == 978);
    static_assert(find_currency(std::uint16_t{392})->digits == 0);
    EXPECT_EQ(find_currency("usd"), find_currency(std::uint16_t{840}));
    EXPECT_EQ(find_currency("XXX"), nullptr);
    EXPECT_EQ(find_currency("EURO"), nullptr);
    EXPECT_EQ(find_currency(""), nullptr);
    EXPECT_EQ(find_currency("zzz"), nullptr);
    EXPECT_EQ(find_currency(std::uint16_t{0}), nullptr);
    EXPECT_EQ(find_currency(std::uint16_t{65535}), nullptr);
}

TEST(Currencies, AreThoseOfTheInstalledTables)
{
    const std::filesystem::path path{"/usr/share/iso-codes/json/iso_4217.json"};
    if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not here";
    std::ifstream file{path};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    const auto json = host::parse_json(text, path.string());
    ASSERT_TRUE(json);
    std::size_t without_unit = 0;
    for (const auto& entry : json->at("4217").as_array()) {
        const Currency* currency = find_currency(std::string_view{entry.at("alpha_3").as_string()});
        if (!currency)
            ++without_unit;
        else
            EXPECT_EQ(currency->number, std::stoi(std::string{entry.at("numeric").as_string()}));
    }
    EXPECT_EQ(without_unit, 13U);
}

} // namespace
} // namespace mortise
