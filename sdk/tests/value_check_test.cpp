#include "random_value.hpp"

#include <mortise/value_block.hpp>
#include <mortise/value_check.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <functional>
#include <vector>

namespace mortise {
namespace {

/// A block that can be damaged. Its memory ends where the block ends, so that sanitizers see a step too far.
class Damaged {
public:
    explicit Damaged(const Value& value)
    {
        const ValueBlock block = *encode(value);
        const auto* bytes = reinterpret_cast<const std::uint64_t*>(block.tree().root);
        m_words.assign(bytes, bytes + block.tree().bytes / 8);
    }
    std::byte* bytes() { return reinterpret_cast<std::byte*>(m_words.data()); }
    std::size_t size() const { return m_words.size() * 8; }
    mortise_value& root() { return *reinterpret_cast<mortise_value*>(m_words.data()); }
    mortise_entry& entry(std::size_t index) { return reinterpret_cast<mortise_entry*>(bytes() + 16)[index]; }
    void resize(std::size_t size)
    {
        m_words.resize(size / 8);
        m_words.shrink_to_fit();
    }
    mortise_tree tree() { return {&root(), size()}; }
    BlockFault fault() { return check_block(tree()).fault; }

private:
    std::vector<std::uint64_t> m_words;
};

const Map sample{{"a", "some text"}, {"b", List{1, "x"}}, {"c", Money{5, 978, 2}}};

TEST(CheckBlock, NamesEachBrokenRule)
{
    struct Case {
        BlockFault fault;
        std::function<void(Damaged&)> damage;
    };
    const Case cases[] = {
        {BlockFault::none, [](Damaged&) {}},
        {BlockFault::kind,
         [](Damaged& d) {
             d.entry(0).value.kind = 12;
             d.entry(0).value.count = 0;
         }},
        {BlockFault::unused, [](Damaged& d) { d.entry(0).value.scale = 1; }},
        {BlockFault::unused, [](Damaged& d) { d.entry(2).value.count = 1; }},
        {BlockFault::unused, [](Damaged& d) { d.root().unit = 1; }},
        {BlockFault::number, [](Damaged& d) { d.entry(2).value.unit = 0; }},
        {BlockFault::number, [](Damaged& d) { d.entry(2).value.scale = 5; }},
        {BlockFault::place, [](Damaged& d) { d.entry(0).value.as.offset += 8; }},
        {BlockFault::place, [](Damaged& d) { d.entry(0).key_offset -= 8; }},
        {BlockFault::place, [](Damaged& d) { d.root().as.offset = 0; }},
        {BlockFault::place, [](Damaged& d) { d.root().count = 0xFFFFFFFF; }},
        {BlockFault::place, [](Damaged& d) { d.entry(1).value.count = 1000; }},
        {BlockFault::place, [](Damaged& d) { d.resize(d.size() - 8); }},
        {BlockFault::padding, [](Damaged& d) { d.bytes()[16 + 3 * 32 + 7] = std::byte{1}; }},
        {BlockFault::text, [](Damaged& d) { d.bytes()[16 + 3 * 32 + 3 * 8] = std::byte{0xC3}; }},
        {BlockFault::text, [](Damaged& d) { d.bytes()[16 + 3 * 32 + 3 * 8] = std::byte{0}; }},
        {BlockFault::hash, [](Damaged& d) { d.entry(1).key_hash ^= 1U; }},
        {BlockFault::trailing, [](Damaged& d) { d.resize(d.size() + 8); }},
        {BlockFault::size, [](Damaged& d) { d.resize(8); }},
    };
    for (std::size_t i = 0; i < std::size(cases); ++i) {
        Damaged block{sample};
        cases[i].damage(block);
        EXPECT_EQ(describe(block.fault()), describe(cases[i].fault)) << "case " << i;
    }
}

TEST(CheckBlock, RefusesNumbersOutOfRange)
{
    Damaged real{2.5};
    real.root().as.integer = 0x7FF0'0000'0000'0000; // infinity
    EXPECT_EQ(real.fault(), BlockFault::number);
    Damaged truth{true};
    truth.root().as.integer = 2;
    EXPECT_EQ(truth.fault(), BlockFault::number);
    Damaged decimal{Decimal{1, 18}};
    decimal.root().scale = 19;
    EXPECT_EQ(decimal.fault(), BlockFault::number);
    Damaged time{Instant{1}};
    time.root().unit = 4;
    EXPECT_EQ(time.fault(), BlockFault::number);
    Damaged nothing{nullptr};
    nothing.root().as.integer = 1;
    EXPECT_EQ(nothing.fault(), BlockFault::unused);
}

TEST(CheckBlock, RefusesAKeyThatStandsTwice)
{
    Damaged few{Map{{"aa", 1}, {"ab", 2}}};
    few.bytes()[16 + 2 * 32 + 8 + 1] = std::byte{'a'};
    few.entry(1).key_hash = few.entry(0).key_hash;
    EXPECT_EQ(few.fault(), BlockFault::duplicate);

    Map many;
    for (int i = 100; i < 200; ++i)
        many.set(std::to_string(i), i);
    Damaged block{many};
    ASSERT_EQ(block.fault(), BlockFault::none);
    std::memcpy(block.bytes() + 16 + 100 * 32 + 70 * 8, block.bytes() + 16 + 100 * 32 + 3 * 8, 8);
    block.entry(70).key_hash = block.entry(3).key_hash;
    EXPECT_EQ(block.fault(), BlockFault::duplicate);
}

TEST(CheckBlock, RefusesMoreThanThirtyTwoLevels)
{
    Value value = 1;
    for (int depth = 0; depth < max_value_depth; ++depth)
        value = List{value};
    Damaged block{value};
    ASSERT_EQ(block.fault(), BlockFault::none);
    // One level more: the innermost number becomes a list of one null.
    const std::size_t last = block.size() - 16;
    block.resize(block.size() + 16);
    auto& innermost = *reinterpret_cast<mortise_value*>(block.bytes() + last);
    innermost = mortise_value{MORTISE_KIND_LIST, 0, 0, 1, {16}};
    EXPECT_EQ(block.fault(), BlockFault::depth);
}

TEST(CheckBlock, RefusesWhatIsNotAligned)
{
    const Damaged block{sample};
    std::vector<std::byte> moved(block.size() + 8);
    EXPECT_EQ(
        check_block({reinterpret_cast<const mortise_value*>(moved.data() + 4), 16}).fault,
        BlockFault::alignment
    );
    EXPECT_EQ(check_block({nullptr, 16}).fault, BlockFault::size);
    alignas(8) const mortise_value node{};
    EXPECT_EQ(check_block({&node, 12}).fault, BlockFault::alignment);
}

TEST(CheckBlock, LetsOnlyCanonicalBlocksPass)
{
    // Whatever passes after random damage is again exactly what the encoder writes for the value that it
    // holds.
    std::size_t passed = 0;
    for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
        RandomValue random{seed};
        Damaged block{random.map()};
        for (std::uint64_t left = 1 + random.below(3); left > 0; --left) {
            const std::size_t at = random.below(block.size());
            block.bytes()[at] ^= static_cast<std::byte>(1U << random.below(8));
        }
        if (block.fault() != BlockFault::none) continue;
        ++passed;
        const auto again = encode(ValueView{block.tree()}.value());
        ASSERT_TRUE(again);
        ASSERT_EQ(again->tree().bytes, block.size());
        ASSERT_EQ(std::memcmp(again->tree().root, block.bytes(), block.size()), 0) << seed;
    }
    EXPECT_GT(passed, 500U) << "damage to numbers and letters is no damage to the block";
}

TEST(IsValidText, KnowsUtf8)
{
    for (const std::string_view good :
         {"", "plain", "Zoë", "日本語", "\U0001F600", "\xF4\x8F\xBF\xBF", "eight by", "nine byteZ\xC3\xBC"})
        EXPECT_TRUE(is_valid_text(good)) << good;
    using namespace std::string_view_literals;
    for (const std::string_view bad :
         {"\0"sv,
          "1234567\0"sv,
          "\x80"sv,
          "\xC0\x80"sv,
          "\xC3"sv,
          "\xE0\x80\x80"sv,
          "\xED\xA0\x80"sv,
          "\xF5\x80\x80\x80"sv,
          "\xF4\x90\x80\x80"sv,
          "\xF0\x8F\xBF\xBF"sv,
          "12345678\xFF"sv,
          "\xE2\x82"sv,
          "abc\xE2\x28\xA1"sv})
        EXPECT_FALSE(is_valid_text(bad));
}

TEST(IsValidText, AgreesWithASlowReaderOnEveryPairOfBytes)
{
    const auto slow = [](std::string_view text) {
        for (std::size_t i = 0; i < text.size();) {
            const auto first = static_cast<unsigned char>(text[i]);
            if (first == 0) return false;
            if (first < 0x80)
                ++i;
            else if (first >= 0xC2 && first < 0xE0 && i + 1 < text.size()
                     && (static_cast<unsigned char>(text[i + 1]) >> 6U) == 2)
                i += 2;
            else
                return false; // longer sequences do not fit into two bytes
        }
        return true;
    };
    for (unsigned a = 0; a < 256; ++a)
        for (unsigned b = 0; b < 256; ++b) {
            const char text[] = {static_cast<char>(a), static_cast<char>(b)};
            ASSERT_EQ(is_valid_text({text, 2}), slow({text, 2})) << a << " " << b;
        }
}

} // namespace
} // namespace mortise
