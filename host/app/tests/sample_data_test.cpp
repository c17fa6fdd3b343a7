#include "app/demo/sample_data.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <set>

namespace mortise::host {
namespace {

std::size_t check_lines(const std::string& lines, std::string_view unique)
{
    std::set<std::string> seen;
    for (const std::string_view line : split(lines, '\n')) {
        if (line.empty()) continue;
        const auto json = parse_json(line, "line");
        EXPECT_TRUE(json) << line;
        if (json) seen.emplace(json->at(unique).as_string());
    }
    return seen.size();
}

TEST(SampleData, IsTheSameEveryTime)
{
    EXPECT_EQ(SampleData({20'000}).people(), SampleData({20'000}).people());
    EXPECT_EQ(SampleData({20'000}).opportunities(), SampleData({20'000}).opportunities());
}

TEST(SampleData, HasNamesThatAreThereOnce)
{
    const SampleData sample{{20'000}};
    EXPECT_EQ(check_lines(sample.organisations(), "name"), sample.organisation_count());
    EXPECT_EQ(check_lines(sample.people(), "email"), sample.person_count());
    EXPECT_EQ(check_lines(sample.opportunities(), "external_id"), sample.opportunity_count());
    EXPECT_EQ(sample.organisation_count(), 200U);
    EXPECT_EQ(sample.person_count(), 1000U);
}

} // namespace
} // namespace mortise::host
