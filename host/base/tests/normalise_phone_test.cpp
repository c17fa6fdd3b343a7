#include "base/normalise_phone.hpp"
#include "base/phone_shortcut.hpp"

#include <gtest/gtest.h>

#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumberutil.h>
#include <random>
#include <set>

namespace mortise::host {
namespace {

TEST(NormalisePhone, TakesWhatPeopleWrite)
{
    const std::vector<std::array<std::string_view, 3>> examples{
        {"+49 30 123456", "", "+4930123456"},
        {"030 / 12 34 56", "DE", "+4930123456"},
        {"030 123456", "de", "+4930123456"},
        {"+49 (0)30 123456", "", "+4930123456"},
        {"0049 30 123456", "DE", "+4930123456"},
        {"(415) 555-2671", "US", "+14155552671"},
        {"1-415-555-2671", "US", "+14155552671"},
        {"+1 415 555 2671 ext. 12", "", "+14155552671;ext=12"},
        {"tel:+1-418-656-9254;ext=102", "", "+14186569254;ext=102"},
        {"1-800-FLOWERS", "US", "+18003569377"},
        {"+39 06 698 12345", "", "+390669812345"},
        {"020 7946 0958", "GB", "+442079460958"},
        {"８００ ２３４ ５６７８", "US", "+18002345678"},
        {" +33 1 23 45 67 89 ", "US", "+33123456789"},
    };
    for (const auto& [text, region, normalised] : examples) {
        const auto phone = normalise_phone(text, region);
        ASSERT_TRUE(phone) << text << ": " << phone.error().message;
        EXPECT_EQ(phone->normalised, normalised) << text;
        EXPECT_EQ(normalise_phone(normalised)->normalised, normalised);
    }
    EXPECT_EQ(normalise_phone("+1 415 555 2671 x12")->extension, "12");
    EXPECT_EQ(normalise_phone("+1 415 555 2671 x12")->e164, "+14155552671");
}

TEST(NormalisePhone, SaysWhyItRefuses)
{
    const std::vector<std::array<std::string_view, 3>> examples{
        {"", "US", "empty"},
        {"   ", "US", "empty"},
        {"030 123456", "", "country"},
        {"030 123456", "XX", "country"},
        {"+999 123456", "", "country"},
        {"hello", "US", "characters"},
        {"555-2671", "US", "length"},
        {"+1 415", "", "length"},
        {"+49 30 1234567890123456", "", "length"},
        {"112", "DE", "length"},
        {"\xff", "US", "characters"},
        {"n/a", "US", "characters"},
        {"++", "", "characters"},
    };
    for (const auto& [text, region, key] : examples) {
        const auto phone = normalise_phone(text, region);
        ASSERT_FALSE(phone) << text << " " << phone->normalised;
        EXPECT_EQ(phone.error().key, "phone." + std::string{key}) << text << ": " << phone.error().message;
    }
    EXPECT_FALSE(normalise_phone(std::string(251, '1'), "US"));
    EXPECT_EQ(normalise_phone("555-2671", "US").error().hint, "write the area code too");
}

/// What the library alone makes of it; empty if it refuses.
std::string by_library(const std::string& text, const std::string& region)
{
    using Util = i18n::phonenumbers::PhoneNumberUtil;
    const Util& util = *Util::GetInstance();
    i18n::phonenumbers::PhoneNumber number;
    if (util.Parse(text, region.empty() ? "ZZ" : region, &number) != Util::NO_PARSING_ERROR) return {};
    if (util.IsPossibleNumberWithReason(number) != Util::IS_POSSIBLE) return {};
    std::string e164;
    util.Format(number, Util::E164, &e164);
    return e164;
}

TEST(CommonPhone, IsExactlyWhatTheLibraryWouldGive)
{
    using Util = i18n::phonenumbers::PhoneNumberUtil;
    const Util& util = *Util::GetInstance();
    std::set<std::string> regions;
    util.GetSupportedRegions(&regions);
    std::mt19937 random{20240229};
    std::size_t taken = 0;
    const auto compare = [&](const std::string& text, const std::string& region) {
        const auto common = parse_common_phone(text, region);
        if (!common) return;
        ++taken;
        ASSERT_EQ(*common, by_library(text, region)) << text << " in " << region;
    };
    const auto digits = [&](std::size_t count) {
        std::string text;
        while (text.size() < count)
            text += static_cast<char>('0' + random() % 10);
        return text;
    };
    for (const std::string& region : regions) {
        const std::string code = std::to_string(util.GetCountryCodeForRegion(region));
        if (!parse_common_phone("+" + code + "222222222", "")
            && !parse_common_phone("+" + code + "2222222222", "")
            && !parse_common_phone("+" + code + "22222222", ""))
            continue;
        for (int round = 0; round < 60; ++round) {
            const std::size_t length = 6 + random() % 7;
            compare("+" + code + digits(length), "");
            compare("+" + code + " " + digits(3) + "-" + digits(length - 3), "US");
            compare(digits(length), region);
            compare("0" + digits(length), region);
            compare("(0" + digits(2) + ") " + digits(length - 2), region);
            compare("1" + digits(10), region);
        }
        for (const auto type :
             {Util::FIXED_LINE, Util::MOBILE, Util::TOLL_FREE, Util::PREMIUM_RATE, Util::VOIP}) {
            i18n::phonenumbers::PhoneNumber number;
            if (!util.GetExampleNumberForType(region, type, &number)) continue;
            for (const auto format : {Util::E164, Util::INTERNATIONAL, Util::NATIONAL}) {
                std::string text;
                util.Format(number, format, &text);
                compare(text, region);
            }
        }
    }
    EXPECT_GT(taken, 1000U);
}

TEST(CommonPhone, LeavesTheRestToTheLibrary)
{
    for (const std::string_view text :
         {"",
          "+",
          "+4930",
          "+49 30 123456 x1",
          "0049 30 123456",
          "+390669812345",
          "4930123456",
          "+49+30123456",
          "112"})
        EXPECT_FALSE(parse_common_phone(text, "DE")) << text;
    EXPECT_FALSE(parse_common_phone("030 123456", ""));
    EXPECT_EQ(parse_common_phone("030 123456", "DE"), "+4930123456");
}

} // namespace
} // namespace mortise::host
