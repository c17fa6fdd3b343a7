#include "base/time_text.hpp"

#include <gtest/gtest.h>

namespace mortise::host {
namespace {

TEST(InstantText, IsWrittenInUtcWithTheDigitsItNeeds)
{
    EXPECT_EQ(format_instant(Instant{0}), "1970-01-01T00:00:00Z");
    EXPECT_EQ(format_instant(Instant{1'500'000}), "1970-01-01T00:00:01.5Z");
    EXPECT_EQ(format_instant(Instant{-1}), "1969-12-31T23:59:59.999999Z");
    EXPECT_EQ(format_instant(Instant{1'709'208'000'000'010}), "2024-02-29T12:00:00.00001Z");
    EXPECT_EQ(format_instant(Instant{INT64_MAX}), "+294247-01-10T04:00:54.775807Z");
    EXPECT_EQ(format_instant(Instant{INT64_MIN}), "-290308-12-21T19:59:05.224192Z");
}

TEST(InstantText, IsReadWithAnyOffset)
{
    const Instant noon{1'709'208'000'000'000};
    for (const std::string_view text :
         {"2024-02-29T12:00:00Z",
          "2024-02-29t12:00:00z",
          "2024-02-29 12:00:00Z",
          "2024-02-29T13:00:00+01:00",
          "2024-02-29T06:30:00-05:30",
          "2024-02-29T12:00:00.000000999Z",
          "2024-02-29T12:00:00-00:00"}) {
        const auto read = parse_instant(text);
        ASSERT_TRUE(read) << text;
        EXPECT_EQ(*read, noon) << text;
    }
    EXPECT_EQ(*parse_instant("2016-12-31T23:59:60Z"), *parse_instant("2017-01-01T00:00:00Z"));
    EXPECT_EQ(format_instant(*parse_instant("9999-12-31T23:59:59.999999Z")), "9999-12-31T23:59:59.999999Z");
    EXPECT_EQ(format_instant(*parse_instant("0001-01-01T00:00:00Z")), "0001-01-01T00:00:00Z");
}

TEST(InstantText, RefusesNonsense)
{
    for (const std::string_view text :
         {"",
          "2024-02-29",
          "2024-02-29T12:00Z",
          "2024-02-29T12:00:00",
          "2023-02-29T12:00:00Z",
          "2024-13-01T00:00:00Z",
          "2024-00-01T00:00:00Z",
          "2024-01-00T00:00:00Z",
          "2024-01-01T24:00:00Z",
          "2024-01-01T00:60:00Z",
          "2024-01-01T00:00:61Z",
          "2024-01-01T12:30:60Z",
          "2024-01-01T00:00:00.Z",
          "2024-01-01T00:00:00Zx",
          "2024-01-01T00:00:00+24:00",
          "2024-01-01T00:00:00+0100",
          "0000-12-31T23:59:59Z",
          "0001-01-01T00:00:00+00:01",
          "9999-12-31T23:59:59-00:01",
          "20240101T000000Z",
          " 2024-01-01T00:00:00Z",
          "2024-1-01T00:00:00Z"}) {
        const auto read = parse_instant(text);
        EXPECT_FALSE(read) << text;
        if (!read) {
            EXPECT_EQ(read.error().code, ErrorCode::invalid);
        }
    }
}

TEST(DateText, GoesThereAndBackForEveryDay)
{
    for (std::int64_t days = -719162; days <= 2932896; days += 1) {
        const CivilDate civil = civil_of(Date{days});
        const auto back = date_of(civil);
        ASSERT_TRUE(back) << days;
        ASSERT_EQ(back->days, days);
    }
    EXPECT_EQ(format_date(*parse_date("0001-01-01")), "0001-01-01");
    EXPECT_EQ(parse_date("2000-02-29")->days, 11016);
}

TEST(DateText, RefusesDaysThatAreNotInTheCalendar)
{
    for (const std::string_view text :
         {"2023-02-29",
          "1900-02-29",
          "2024-02-30",
          "2024-04-31",
          "2024-13-01",
          "2024-00-10",
          "0000-01-01",
          "2024-1-1",
          "24-01-01",
          "2024-01-01 ",
          "2024/01/01",
          ""})
        EXPECT_FALSE(parse_date(text)) << text;
    EXPECT_EQ(parse_date("2023-02-31").error().message, "no such day: 2023-02-31");
}

TEST(DatePattern, ReadsWhatFilesWrite)
{
    const std::vector<std::array<std::string_view, 3>> examples{
        {"%d-%m-%y", "31-12-16", "2016-12-31"},
        {"%d-%m-%y", "01-01-69", "1969-01-01"},
        {"%d-%m-%y", "1-1-68", "2068-01-01"},
        {"%d.%m.%Y", "5.3.2024", "2024-03-05"},
        {"%m/%d/%Y", "03/05/2024", "2024-03-05"},
        {"%d %b %Y", "5 mar 2024", "2024-03-05"},
        {"%B %e, %Y", "March  5, 2024", "2024-03-05"},
        {"%b %d %Y", "September 05 2024", "2024-09-05"},
        {"%Y%m%d", "20240305", "2024-03-05"},
        {"%Y%%%m%%%d", "2024%03%05", "2024-03-05"},
        {"%e May%m%Y", "7 May052024", "2024-05-07"},
    };
    for (const auto& [pattern, text, iso] : examples) {
        const auto read = parse_date(text, pattern);
        ASSERT_TRUE(read) << pattern << " " << text << ": " << read.error().message;
        EXPECT_EQ(format_date(*read), iso) << pattern << " " << text;
    }
}

TEST(DatePattern, RefusesTextOfAnotherFormAndImpossibleDays)
{
    EXPECT_EQ(parse_date("31-02-17", "%d-%m-%y").error().message, "no such day: 2017-02-31");
    EXPECT_EQ(
        parse_date("2017-01-01", "%d-%m-%y").error().message,
        "not a date of the form %d-%m-%y: \"2017-01-01\""
    );
    for (const std::string_view text :
         {"", "1-1-1", "01-01-17 ", "01-01", "aa-01-17", "00-01-17", "01-00-17", "01-13-17"})
        EXPECT_FALSE(parse_date(text, "%d-%m-%y")) << text;
    EXPECT_FALSE(parse_date("1 Foo 2024", "%d %b %Y"));
}

TEST(DatePattern, RefusesPatternsThatDoNotMakeADate)
{
    for (const std::string_view pattern :
         {"", "%d-%m", "%d-%m-%y-%Y", "%q", "%d-%m-%", "%d %d %Y", "no letters"}) {
        const auto made = DatePattern::create(pattern);
        ASSERT_FALSE(made) << pattern;
        EXPECT_EQ(made.error().key, "time.pattern");
    }
}

TEST(DatePattern, WritesWhatItReads)
{
    for (const std::string_view pattern : {"%d-%m-%y", "%e %B %Y", "%b/%d/%Y", "%Y%m%d", "%y%%%e.%h"}) {
        const auto made = DatePattern::create(pattern);
        ASSERT_TRUE(made);
        for (std::int64_t days = 0; days < 30000; days += 13)
            ASSERT_EQ(made->parse(made->format(Date{days}))->days, days) << made->format(Date{days});
    }
}

TEST(TimeOfDayText, GoesThereAndBack)
{
    EXPECT_EQ(format_time_of_day(*parse_time_of_day("08:30")), "08:30:00");
    EXPECT_EQ(format_time_of_day(*parse_time_of_day("23:59:59.25")), "23:59:59.25");
    for (const std::string_view text :
         {"", "8:30", "24:00", "23:60", "23:59:60", "12:00:", "12:00:00.", "12:00Z"})
        EXPECT_FALSE(parse_time_of_day(text)) << text;
}

TEST(DurationText, GoesThereAndBack)
{
    for (const std::int64_t microseconds :
         {std::int64_t{0},
          std::int64_t{1},
          std::int64_t{-1},
          std::int64_t{1'500'000},
          std::int64_t{86'400'000'000},
          std::int64_t{93'784'000'010},
          INT64_MAX,
          INT64_MIN}) {
        const auto back = parse_duration(format_duration(Duration{microseconds}));
        ASSERT_TRUE(back) << format_duration(Duration{microseconds});
        EXPECT_EQ(back->microseconds, microseconds);
    }
    EXPECT_EQ(format_duration(Duration{0}), "PT0S");
    EXPECT_EQ(format_duration(Duration{-180'000'000}), "-PT3M");
    EXPECT_EQ(format_duration(Duration{500'000}), "PT0.5S");
    EXPECT_EQ(format_duration(Duration{86'400'000'000 + 7'200'000'000}), "P1DT2H");
    EXPECT_EQ(parse_duration("P2W")->microseconds, 14 * 86'400'000'000);
    EXPECT_EQ(parse_duration("PT90M")->microseconds, 5'400'000'000);
}

TEST(DurationText, RefusesWhatHasNoFixedLength)
{
    for (const std::string_view text :
         {"",
          "P",
          "PT",
          "P1Y",
          "P1M",
          "1D",
          "P1DT",
          "PT1D",
          "P1H",
          "PT1M1H",
          "PT1S1S",
          "PT1.5H",
          "PT1.S",
          "PT.5S",
          "P99999999999999999W",
          "PT1Sx",
          "--PT1S",
          "PT9223372036854.775808S"})
        EXPECT_FALSE(parse_duration(text)) << text;
    EXPECT_EQ(parse_duration("-PT9223372036854.775808S")->microseconds, INT64_MIN);
}

} // namespace
} // namespace mortise::host
