#include "app/demo/sample_data.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <map>
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

TEST(SampleData, DealsAreWithPeopleOfTheirOrganisation)
{
    const SampleData sample{{20'000}};
    const std::string people = sample.people();
    const std::string opportunities = sample.opportunities();
    std::map<std::string, std::string> employers; // by e-mail address
    for (const std::string_view line : split(people, '\n'))
        if (const auto person = parse_json(line, "line"); person && person->is_object())
            employers.emplace(person->at("email").as_string(), person->at("organisation").as_string());
    std::set<std::string> concerned;
    std::size_t with = 0;
    for (const std::string_view line : split(opportunities, '\n')) {
        const auto deal = parse_json(line, "line");
        if (!deal || !deal->is_object() || !deal->as_object().contains("contact")) continue;
        const std::string contact{deal->at("contact").as_string()};
        EXPECT_EQ(employers[contact], deal->at("organisation").as_string());
        concerned.insert(contact);
        ++with;
    }
    EXPECT_EQ(with, sample.opportunity_count());
    EXPECT_GT(concerned.size(), 250U);
}

} // namespace
} // namespace mortise::host
