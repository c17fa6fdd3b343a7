#include "plugins/runner/generated/struct_layouts.hpp"
#include "plugins/runner/wire.hpp"

#include <gtest/gtest.h>

namespace mortise::host {
namespace {

constexpr auto misshapen = static_cast<std::uint64_t>(WireState::misshapen);

/// A plugin's process that lies: one item is sent, a thousand are named, and its size is one that may be. The
/// host's checks would step into what lies behind it.
TEST(Wire, RefusesAStructOfNoSizeThatHasOne)
{
    for (const std::uint64_t size : {sizeof(mortise_operation), std::size_t{4096}}) {
        const std::vector<std::uint64_t> words{misshapen, 1000, size};
        WireReader reader{words};
        const WireReader::Span found = reader.structures<mortise_operation>();
        EXPECT_FALSE(reader.ok()) << size;
        EXPECT_EQ(found.items, nullptr) << size;
    }
}

/// What an honest writer sends so crosses as it is, for the checks to refuse.
TEST(Wire, KeepsTheSizeOfAStructThatIsTooShort)
{
    mortise_operation wrong{};
    wrong.size = 8;
    WireWriter writer;
    writer.structures(&wrong, 3);
    WireReader reader{writer.words()};
    const WireReader::Span found = reader.structures<mortise_operation>();
    ASSERT_TRUE(reader.ok());
    EXPECT_TRUE(reader.at_end());
    EXPECT_EQ(found.count, 3U);
    ASSERT_NE(found.items, nullptr);
    EXPECT_EQ(static_cast<const mortise_operation*>(found.items)->size, 8U);
}

} // namespace
} // namespace mortise::host
