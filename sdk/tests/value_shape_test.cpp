#include "random_value.hpp"

#include <mortise/value_shape.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace mortise {
namespace {

std::string_view as_bytes(mortise_tree tree)
{
    return {reinterpret_cast<const char*>(tree.root), tree.bytes};
}

void fill(ShapeWriter& writer, const Value& value)
{
    switch (value.kind()) {
    case Kind::null:
        return writer.null();
    case Kind::boolean:
        return writer.boolean(*value.as<bool>());
    case Kind::integer:
        return writer.integer(*value.as<std::int64_t>());
    case Kind::real:
        return writer.real(*value.as<double>());
    case Kind::decimal:
        return writer.decimal(*value.as<Decimal>());
    case Kind::money:
        return writer.money(*value.as<Money>());
    case Kind::text:
        return writer.text(value.text());
    case Kind::bytes:
        return writer.bytes(*value.as<Bytes>());
    case Kind::instant:
        return writer.instant(*value.as<Instant>());
    case Kind::date:
        return writer.date(*value.as<Date>());
    case Kind::time_of_day:
        return writer.time_of_day(*value.as<TimeOfDay>());
    case Kind::duration:
        return writer.duration(*value.as<Duration>());
    case Kind::id:
        return writer.id(*value.as<Id>());
    case Kind::list:
        return writer.view(encode(value)->view());
    case Kind::map:
        ASSERT_TRUE(writer.value(value));
    }
}

TEST(ShapeWriter, WritesByteForByteWhatTheEncoderWrites)
{
    for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
        RandomValue random{seed};
        const Map map = random.map();
        std::vector<std::string_view> keys;
        for (const Entry& entry : map)
            keys.push_back(entry.key);
        const Shape shape{keys};
        ShapeWriter writer{shape};
        for (int round = 0; round < 2; ++round) { // the second time into used memory
            writer.start();
            for (const Entry& entry : map)
                fill(writer, entry.value);
            ASSERT_EQ(as_bytes(writer.finish()), as_bytes(encode_map(map)->tree())) << seed;
        }
    }
}

TEST(ShapeWriter, LeavesMissingKeysNullAndIgnoresTooMany)
{
    const Shape shape{"a", "b"};
    ShapeWriter writer{shape};
    writer.integer(1);
    EXPECT_EQ(ValueView{writer.finish()}.value(), (Value{Map{{"a", 1}, {"b", nullptr}}}));
    writer.start();
    for (int i = 0; i < 5; ++i)
        writer.text("x");
    ASSERT_TRUE(writer.value(List{1}));
    writer.view(ValueView{writer.finish()});
    EXPECT_EQ(ValueView{writer.finish()}.value(), (Value{Map{{"a", "x"}, {"b", "x"}}}));
    EXPECT_TRUE(check_block(writer.finish()));
}

TEST(ShapeWriter, PutsNullWhereAValueCannotStand)
{
    const Shape shape{"a", "b", "c"};
    ShapeWriter writer{shape};
    writer.real(1.0 / 0.0);
    EXPECT_FALSE(writer.value(List{"kept before the fault", Decimal{1, 19}}));
    writer.text("x");
    EXPECT_TRUE(check_block(writer.finish()));
    EXPECT_EQ(ValueView{writer.finish()}.value(), (Value{Map{{"a", nullptr}, {"b", nullptr}, {"c", "x"}}}));
}

TEST(Shape, TellsTheSlotOfAKey)
{
    const Shape shape{"id", "name"};
    EXPECT_EQ(shape.size(), 2U);
    EXPECT_EQ(shape.slot("name"), 1U);
    EXPECT_EQ(shape.slot("nothing"), std::nullopt);
    EXPECT_TRUE(check_block(shape.head()));
}

TEST(Shape, MayHaveNoKeys)
{
    const Shape shape{std::span<const std::string_view>{}};
    ShapeWriter writer{shape};
    writer.integer(1);
    EXPECT_EQ(ValueView{writer.finish()}.value(), Value{Map{}});
    EXPECT_TRUE(check_block(writer.finish()));
}

} // namespace
} // namespace mortise
