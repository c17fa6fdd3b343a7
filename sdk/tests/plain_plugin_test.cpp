#include "fake_host.hpp"

#include <gtest/gtest.h>

extern "C" mortise_status plain_plugin_open(
    const mortise_host* host, mortise_self self, mortise_plugin* out, mortise_error* error
) noexcept;

namespace mortise::host {
namespace {

TEST(PlainPlugin, WorksInCAlone)
{
    FakeHost host;
    ASSERT_TRUE(host.open(&plain_plugin_open));
    EXPECT_EQ(*host.run_command("plain.double", {{"number", 21}}), Value{42});
    const auto refused = host.run_command("plain.double", {{"number", "many"}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::invalid);
    EXPECT_EQ(refused.error().key, "plain.no_number");
}

TEST(PlainPlugin, OffersOnlyWhatItFilledIn)
{
    FakeHost host;
    ASSERT_TRUE(host.open(&plain_plugin_open));
    EXPECT_EQ(host.change_settings({}).error().code, ErrorCode::unsupported);
    EXPECT_EQ(host.run_job("plain.double", {}).error().code, ErrorCode::unsupported);
}

TEST(PlainPlugin, PassesOnThatTheHostLacksWhatItNeeds)
{
    FakeHost host;
    host.missing.insert(MORTISE_COMMANDS_ID);
    EXPECT_EQ(host.open(&plain_plugin_open).error().code, ErrorCode::unsupported);
}

} // namespace
} // namespace mortise::host
