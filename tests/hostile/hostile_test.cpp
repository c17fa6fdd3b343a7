#include "hostile_house.hpp"

#include <gtest/gtest.h>

#include <regex>

namespace mortise::host {
namespace {

bool begins(const std::string& answer, const char* pattern)
{
    const std::regex expected{'(' + std::string{pattern} + ')'};
    return std::regex_search(answer, expected, std::regex_constants::match_continuous);
}

std::string test_name(const testing::TestParamInfo<HostileRow>& row)
{
    std::string name = "H" + std::to_string(row.param.number) + '_';
    for (const char* at = row.param.name; *at != '\0'; ++at)
        name += *at == ' ' ? '_' : *at;
    return name;
}

bool has_box(const HostileRow& row)
{
    return row.needs > BoxTier::process;
}

class HostileBoxed : public testing::TestWithParam<HostileRow> { };

TEST_P(HostileBoxed, ActCostsNobodyElseAnything)
{
    const HostileRow& row = GetParam();
    HostileHouse house{Where::boxed};
    house.switch_on("plain");
    house.switch_on("hostile");
    if (const BoxTier tier = house.tier(); tier < row.needs)
        GTEST_SKIP() << "needs a box of tier " << name_of(row.needs) << ", this machine gives "
                     << name_of(tier);
    const std::string answer = house.act(row.name);
    EXPECT_TRUE(begins(answer, row.boxed)) << answer;
    EXPECT_EQ(house.harm(), "");
    EXPECT_TRUE(house.eventually([&] { return house.act("fine") == "done"; })) << "it starts again";
}

/// The proof that the table can fail: without a box what it keeps off is done.
class HostileWithoutBox : public testing::TestWithParam<HostileRow> { };

TEST_P(HostileWithoutBox, ActGoesThrough)
{
    const HostileRow& row = GetParam();
    HostileHouse house{Where::without_box};
    house.switch_on("hostile");
    ASSERT_EQ(house.tier(), BoxTier::process);
    EXPECT_FALSE(begins(house.act(row.name), row.boxed)) << "the test does not notice that there is no box";
}

class HostileInProcess : public testing::TestWithParam<HostileRow> { };

TEST_P(HostileInProcess, ActDoesWhatHasToBeSaid)
{
    const HostileRow& row = GetParam();
    const std::string answer = in_a_host_of_its_own([&] {
        HostileHouse house{Where::in_process};
        house.switch_on("hostile");
        return house.act(row.name);
    });
    EXPECT_TRUE(begins(answer, row.in_process)) << answer;
}

class HostilePromise : public testing::TestWithParam<HostileRow> { };

TEST_P(HostilePromise, BrokenInABoxIsNamed)
{
    const HostileRow& row = GetParam();
    HostileHouse house{Where::boxed};
    house.switch_on("plain");
    const std::string answer = house.start_and_end(row.name);
    EXPECT_TRUE(begins(answer, row.boxed)) << answer;
    EXPECT_EQ(house.harm(), "");
}

class HostilePromiseInProcess : public testing::TestWithParam<HostileRow> { };

TEST_P(HostilePromiseInProcess, BrokenDoesWhatHasToBeSaid)
{
    const HostileRow& row = GetParam();
    const std::string answer = in_a_host_of_its_own([&] {
        HostileHouse house{Where::in_process};
        return house.start_and_end(row.name);
    });
    EXPECT_TRUE(begins(answer, row.in_process)) << answer;
}

std::vector<HostileRow> only(std::span<const HostileRow> rows, bool (*wanted)(const HostileRow&))
{
    std::vector<HostileRow> found;
    std::ranges::copy_if(rows, std::back_inserter(found), wanted);
    return found;
}

std::vector<HostileRow> in_process(std::span<const HostileRow> rows)
{
    return only(rows, [](const HostileRow& row) { return row.in_process != nullptr; });
}

/// What can be tried without a box and harms nobody: the list of calls would be made to the kernel. And what
/// no kernel keeps off by itself, as some do with other processes' memory (Yama).
std::vector<HostileRow> kept_off_by_the_box()
{
    return only(act_rows(), [](const HostileRow& row) {
        return has_box(row) && row.in_process != nullptr && row.number != 43;
    });
}

INSTANTIATE_TEST_SUITE_P(
    Rows, HostileBoxed, testing::ValuesIn(act_rows().begin(), act_rows().end()), test_name
);
INSTANTIATE_TEST_SUITE_P(Rows, HostileWithoutBox, testing::ValuesIn(kept_off_by_the_box()), test_name);
INSTANTIATE_TEST_SUITE_P(Rows, HostileInProcess, testing::ValuesIn(in_process(act_rows())), test_name);
INSTANTIATE_TEST_SUITE_P(
    Rows, HostilePromise, testing::ValuesIn(raw_rows().begin(), raw_rows().end()), test_name
);
INSTANTIATE_TEST_SUITE_P(Rows, HostilePromiseInProcess, testing::ValuesIn(in_process(raw_rows())), test_name);

TEST(Hostile, ALeakEndsInItsOwnProcess)
{
    HostileHouse house{Where::boxed};
    house.switch_on("plain");
    house.switch_on("hostile");
    if (house.tier() < BoxTier::filtered) GTEST_SKIP() << "needs a box of tier filtered";
    EXPECT_TRUE(
        house.plugins().set_setting("com.test.hostile", "quota.memory_bytes", std::int64_t{256} << 20U)
    );
    ASSERT_TRUE(house.plugins().reload("com.test.hostile"));
    std::string last;
    for (int i = 0; i < 20 && (last.empty() || last == "done"); ++i)
        last = house.act("leak");
    EXPECT_NE(last, "done");
    EXPECT_EQ(house.harm(), "");
}

TEST(Hostile, AnEventThatCausesItselfIsCut)
{
    HostileHouse house{Where::boxed};
    house.switch_on("plain");
    house.switch_on("hostile");
    ASSERT_EQ(house.act("cycle"), "done");
    EXPECT_TRUE(house.eventually([&] { return std::stoi(house.act("handled")) >= 16; }));
    EXPECT_EQ(house.harm(), "");
    EXPECT_LE(std::stoi(house.act("handled")), 40) << "16 deep, and what is tried again";
}

TEST(Hostile, AnEndIsToldByName)
{
    HostileHouse house{Where::boxed};
    house.switch_on("hostile");
    const std::string answer = house.act("segv");
    EXPECT_NE(answer.find("com.test.hostile"), std::string::npos) << answer;
    EXPECT_TRUE(house.told("plugin.crashed", "signal 11"));
}

TEST(Hostile, WhatItPrintsIsKeptForTheAdmin)
{
    HostileHouse house{Where::boxed};
    house.switch_on("hostile");
    house.act("throw in a thread");
    EXPECT_TRUE(house.eventually([&] { return house.told("plugin.printed", "nobody catches this"); }));
}

} // namespace
} // namespace mortise::host
