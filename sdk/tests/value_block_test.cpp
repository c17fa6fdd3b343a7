#include "random_value.hpp"

#include <mortise/value_block.hpp>

#include <gtest/gtest.h>

#include <limits>

namespace mortise {
namespace {

std::string_view as_bytes(mortise_tree tree)
{
    return {reinterpret_cast<const char*>(tree.root), tree.bytes};
}

const Map every_kind{
    {"null", nullptr},
    {"bool", true},
    {"int", std::int64_t{-5}},
    {"double", 2.5},
    {"decimal", Decimal{-12345, 4}},
    {"money", Money{1230, 978, 2}},
    {"text", "Zoë"},
    {"bytes", Bytes{std::byte{0}, std::byte{255}}},
    {"instant", Instant{1'700'000'000'000'000}},
    {"date", Date{19'000}},
    {"time", TimeOfDay{3'600'000'000}},
    {"duration", Duration{-1}},
    {"id", Id{7}},
    {"list", List{1, "two", List{}}},
    {"map", Map{{"", Map{}}}},
};

TEST(ValueBlock, KeepsEveryKind)
{
    const auto block = encode_map(every_kind);
    ASSERT_TRUE(block);
    EXPECT_EQ(block->view().value(), Value{every_kind});
    EXPECT_TRUE(check_block(block->tree()));
    for (const Entry& entry : every_kind)
        EXPECT_EQ(block->view()[entry.key].kind(), entry.value.kind()) << entry.key;
}

TEST(ValueBlock, KeepsRandomValues)
{
    for (std::uint64_t seed = 0; seed < 3'000; ++seed) {
        const Value value = RandomValue{seed}.value();
        const auto block = encode(value);
        ASSERT_TRUE(block) << seed;
        ASSERT_EQ(check_block(block->tree(), 1U << 24U).fault, BlockFault::none) << seed;
        ASSERT_EQ(block->view().value(), value) << seed;
    }
}

TEST(ValueBlock, IsTheSameFromACopyAsFromTheValue)
{
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
        const Value value = RandomValue{seed}.map();
        const auto whole = encode(value);
        ASSERT_EQ(as_bytes(ValueBlock::copy(whole->view()).tree()), as_bytes(whole->tree()));
        for (const EntryView entry : whole->view().entries()) {
            const ValueBlock part = ValueBlock::copy(entry.value);
            ASSERT_EQ(as_bytes(part.tree()), as_bytes(encode(value[entry.key])->tree())) << seed << entry.key;
            ASSERT_TRUE(is_same(part.view(), entry.value));
        }
    }
}

TEST(ValueBlock, RefusesWhatCannotStandInABlock)
{
    EXPECT_FALSE(encode(std::numeric_limits<double>::quiet_NaN()));
    EXPECT_FALSE(encode(std::numeric_limits<double>::infinity()));
    EXPECT_FALSE(encode(Decimal{1, 19}));
    EXPECT_FALSE(encode(Money{1, 0, 2}));
    EXPECT_FALSE(encode(Money{1, 1000, 2}));
    EXPECT_FALSE(encode(Money{1, 978, 5}));
    const auto inside = encode(List{Map{{"x", Decimal{1, 19}}}});
    ASSERT_FALSE(inside);
    EXPECT_EQ(inside.error().code, ErrorCode::invalid);
}

TEST(ValueBlock, NestsThirtyTwoDeepAndNoMore)
{
    Value value = 1;
    for (int depth = 0; depth < max_value_depth; ++depth)
        value = depth % 2 == 0 ? Value{List{value}} : Value{Map{{"in", value}}};
    const auto deepest = encode(value);
    ASSERT_TRUE(deepest);
    EXPECT_TRUE(check_block(deepest->tree()));
    EXPECT_FALSE(encode(List{value}));
}

TEST(ValueBlock, TellsValuesApart)
{
    const auto same
        = [](const Value& a, const Value& b) { return is_same(encode(a)->view(), encode(b)->view()); };
    EXPECT_TRUE(same("text", "text"));
    EXPECT_FALSE(same("text", "texts"));
    EXPECT_FALSE(same(1, 1.0));
    EXPECT_FALSE(same(Instant{1}, Duration{1}));
    EXPECT_FALSE(same(Decimal{10, 1}, Decimal{100, 2}));
    EXPECT_TRUE(same(Map{{"a", List{1, 2}}}, Map{{"a", List{1, 2}}}));
    EXPECT_FALSE(same(Map{{"a", List{1, 2}}}, Map{{"a", List{1, 3}}}));
    EXPECT_FALSE(same(Map{{"a", 1}}, Map{{"b", 1}}));
    EXPECT_TRUE(is_same(ValueView{}, encode(nullptr)->view()));
    EXPECT_FALSE(is_same(ValueView{}, encode(0)->view()));
}

TEST(ValueBlock, IsEmptyWhenMovedFrom)
{
    ValueBlock block = *encode("text");
    const ValueBlock other = std::move(block);
    EXPECT_FALSE(block); // NOLINT(bugprone-use-after-move): what is tested
    EXPECT_EQ(block.tree().root, nullptr);
    EXPECT_EQ(other.view().text(), "text");
}

TEST(ValueView, ReadsWhatIsNotThereAsNull)
{
    const auto block = *encode_map({{"list", List{1, 2}}, {"text", "x"}});
    const ValueView view = block.view();
    EXPECT_FALSE(view["nothing"].exists());
    EXPECT_TRUE(view["nothing"]["deeper"].is_null());
    EXPECT_TRUE(view["nothing"].empty());
    EXPECT_EQ(view["text"].integer(9), 9);
    EXPECT_EQ(view["list"].text(), "");
    EXPECT_EQ(view["list"][std::size_t{5}].integer(-1), -1);
    EXPECT_EQ(view["list"][std::size_t{1}].integer(), 2);
    EXPECT_EQ(view["text"]["key"].exists(), false);
    EXPECT_EQ(ValueView{}.kind(), Kind::null);
}

TEST(ValueView, FindsKeysByLiteralByTextAndBySlot)
{
    const auto block = *encode_map({{"a", 1}, {"email", "x"}, {"", 3}});
    const ValueView view = block.view();
    const std::string runtime = "email";
    EXPECT_EQ(view["email"].text(), "x");
    EXPECT_EQ(view[runtime].text(), "x");
    EXPECT_EQ(view[""].integer(), 3);
    EXPECT_EQ(view.find("email", 1).text(), "x");
    EXPECT_EQ(view.find("email", 0).text(), "x") << "the slot is only a hint";
    EXPECT_EQ(view.find("email", 99).text(), "x");
    EXPECT_TRUE(view["email"] == "x");
    static_assert(Key{"email"}.hash == key_hash("email"));
}

TEST(ValueView, GivesTypedContent)
{
    const auto block = *encode_map(every_kind);
    const ValueView view = block.view();
    EXPECT_EQ(view["money"].as<Money>(), (Money{1230, 978, 2}));
    EXPECT_EQ(view["decimal"].as<Decimal>(), (Decimal{-12345, 4}));
    EXPECT_EQ(view["date"].as<Date>(), Date{19'000});
    EXPECT_EQ(view["date"].as<Instant>(), std::nullopt);
    EXPECT_EQ(view["int"].as<double>(), std::nullopt);
    EXPECT_EQ(view["int"].real(), -5.0);
    EXPECT_EQ(view["bool"].get_or(false), true);
    EXPECT_EQ(view["bytes"].bytes().size(), 2U);
    EXPECT_EQ(view["list"].items().size(), 3U);
    EXPECT_EQ(view.entries().size(), every_kind.size());
}

} // namespace
} // namespace mortise
