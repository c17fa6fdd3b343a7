#include "base/json.hpp"
#include "base/normalise_country.hpp"

#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

namespace mortise::host {
namespace {

TEST(Countries, AreSortedAndWhole)
{
    EXPECT_EQ(countries.size(), 249U);
    std::string_view before;
    for (const Country& country : countries) {
        EXPECT_LT(before, country.alpha_2);
        EXPECT_EQ(find_country(country.alpha_2), &country);
        EXPECT_EQ(find_country(country.alpha_3), &country);
        EXPECT_EQ(find_country(std::to_string(country.number)), &country);
        EXPECT_EQ(*normalise_country(country.name), country.alpha_2) << country.name;
        before = country.alpha_2;
    }
}

TEST(NormaliseCountry, TakesWhatPeopleWrite)
{
    const std::vector<std::pair<std::string_view, std::string_view>> examples{
        {"DE", "DE"},
        {" de ", "DE"},
        {"deu", "DE"},
        {"276", "DE"},
        {"4", "AF"},
        {"004", "AF"},
        {"Germany", "DE"},
        {"GERMANY", "DE"},
        {"Deutschland", "DE"},
        {"Allemagne", "DE"},
        {"Österreich", "AT"},
        {"Osterreich", "AT"},
        {"España", "ES"},
        {"USA", "US"},
        {"U.S.A.", "US"},
        {"U.S.", "US"},
        {"United States", "US"},
        {"United States of America", "US"},
        {"UK", "GB"},
        {"U.K.", "GB"},
        {"England", "GB"},
        {"The Netherlands", "NL"},
        {"Holland", "NL"},
        {"Korea, Republic of", "KR"},
        {"Republic of Korea", "KR"},
        {"Korea (South)", "KR"},
        {"South Korea", "KR"},
        {"Côte d'Ivoire", "CI"},
        {"Cote d’Ivoire", "CI"},
        {"Ivory Coast", "CI"},
        {"Russia", "RU"},
        {"Россия", "RU"},
        {"日本", "JP"},
        {"Czech Republic", "CZ"},
        {"Czechia", "CZ"},
        {"Viet Nam", "VN"},
        {"Vietnam", "VN"},
        {"Turkey", "TR"},
        {"Türkiye", "TR"},
        {"Congo, The Democratic Republic of the", "CD"},
        {"Federal Republic of Germany", "DE"},
        {"St. Lucia", "LC"},
        {"Niger", "NE"},
        {"Guinea", "GN"},
        {"India", "IN"},
        {"Georgia", "GE"},
    };
    for (const auto& [text, alpha_2] : examples) {
        const auto country = normalise_country(text);
        ASSERT_TRUE(country) << text;
        EXPECT_EQ(*country, alpha_2) << text;
    }
}

TEST(NormaliseCountry, RefusesWhatIsNone)
{
    for (const std::string_view text :
         {"", "  ", "XX", "ZZZ", "0", "999", "1000", "Atlantis", "Korea", "the", ".", "D E", "\xff"}) {
        const auto country = normalise_country(text);
        ASSERT_FALSE(country) << text << " " << *country;
        EXPECT_EQ(country.error().key, "country.unknown");
    }
}

TEST(Countries, AreThoseOfTheInstalledTables)
{
    const std::filesystem::path path{"/usr/share/iso-codes/json/iso_3166-1.json"};
    if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not here";
    std::ifstream file{path};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    const auto json = parse_json(text, path.string());
    ASSERT_TRUE(json);
    for (const auto& entry : json->at("3166-1").as_array()) {
        const Country* country = find_country(std::string_view{entry.at("alpha_2").as_string()});
        ASSERT_TRUE(country);
        EXPECT_EQ(country->alpha_3, std::string_view{entry.at("alpha_3").as_string()});
        EXPECT_EQ(country, find_country(std::string_view{entry.at("numeric").as_string()}));
    }
}

} // namespace
} // namespace mortise::host
