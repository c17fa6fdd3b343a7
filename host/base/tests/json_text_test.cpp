#include "base/json.hpp"

#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace mortise::host {
namespace {

TEST(JsonText, WritesEveryKindAsTheContractSays)
{
    const std::vector<std::pair<Value, std::string_view>> examples{
        {nullptr, "null"},
        {true, "true"},
        {false, "false"},
        {-42, "-42"},
        {2.5, "2.5"},
        {3.0, "3.0"},
        {NAN, "null"},
        {Decimal{1230, 2}, R"("12.30")"},
        {Money{1230, 978, 2}, R"({"amount":"12.30","currency":"EUR"})"},
        {"a\"\\\n\x01ä", R"("a\"\\\n\u0001ä")"},
        {Bytes{std::byte{1}, std::byte{2}}, R"("AQI=")"},
        {Instant{1'500'000}, R"("1970-01-01T00:00:01.5Z")"},
        {Date{0}, R"("1970-01-01")"},
        {TimeOfDay{60'000'000}, R"("00:01:00")"},
        {Duration{60'000'000}, R"("PT1M")"},
        {Id{9'007'199'254'740'993}, R"("9007199254740993")"},
        {List{}, "[]"},
        {Map{}, "{}"},
        {List{1, List{}, "x"}, R"([1,[],"x"])"},
        {Map{{"a", 1}, {"b", Map{{"c", ","}}}}, R"({"a":1,"b":{"c":","}})"},
    };
    for (const auto& [value, text] : examples) {
        EXPECT_EQ(json_text(value), text);
        EXPECT_EQ(to_json(json_of(value)), text);
    }
}

TEST(JsonText, ReplacesBytesThatAreNotUtf8)
{
    EXPECT_EQ(json_text(std::string{"a\xff\xc3z"}), "\"a\uFFFD\uFFFDz\"");
    EXPECT_TRUE(parse_json(json_text(std::string{"\xed\xa0\x80"}), ""));
}

/// Values of any shape, from a seed.
class Maker {
public:
    explicit Maker(unsigned seed) : m_random{seed} { }

    Value value(int depth)
    {
        switch (below(depth > 0 ? 15 : 13)) {
        case 0:
            return nullptr;
        case 1:
            return below(2) == 0;
        case 2:
            return Value{static_cast<long long>(bits())};
        case 3:
            return std::ldexp(static_cast<double>(bits()), static_cast<int>(below(200)) - 100);
        case 4:
            return Decimal{bits(), static_cast<std::uint8_t>(below(19))};
        case 5:
            return Money{
                bits(), static_cast<std::uint16_t>(below(1000)), static_cast<std::uint8_t>(below(5))
            };
        case 6:
            return text();
        case 7:
            return Bytes(below(10), static_cast<std::byte>(below(256)));
        case 8:
            return Instant{bits()};
        case 9:
            return Date{bits() % 10'000'000};
        case 10:
            return TimeOfDay{static_cast<std::int64_t>(below(86'400'000'000))};
        case 11:
            return Duration{bits()};
        case 12:
            return Id{bits()};
        case 13: {
            List list;
            for (auto count = below(5); count > 0; --count)
                list.push_back(value(depth - 1));
            return list;
        }
        default: {
            Map map;
            for (auto count = below(5); count > 0; --count)
                map.set("k\n\"" + std::to_string(below(9)), value(depth - 1));
            return map;
        }
        }
    }

private:
    std::uint64_t below(std::uint64_t limit) { return m_random() % limit; }
    std::int64_t bits() { return static_cast<std::int64_t>(m_random()) >> below(64); }
    std::string text()
    {
        std::string made;
        for (auto count = below(12); count > 0; --count)
            made += below(4) == 0 ? std::string{"äöü日\U0001F600"}
                                  : std::string(1, static_cast<char>(below(256)));
        return made;
    }

    std::mt19937_64 m_random;
};

TEST(JsonText, EqualsTheTextOfTheTreeForAnyValue)
{
    Maker maker{20240229};
    for (int round = 0; round < 20'000; ++round) {
        const Value value = maker.value(4);
        const std::string text = json_text(value);
        ASSERT_EQ(to_json(json_of(value)), text);
        const auto read = parse_json(text, "");
        ASSERT_TRUE(read) << text;
        ASSERT_EQ(to_json(*read), text);
    }
}

} // namespace
} // namespace mortise::host
