#include <mortise/batch_builder.hpp>

#include <gtest/gtest.h>

#include <limits>

namespace mortise {
namespace {

BatchView view_of(mortise_tree tree)
{
    EXPECT_EQ(describe(check_block(tree, 1U << 24U).fault), describe(BlockFault::none));
    auto view = BatchView::open(ValueView{tree});
    EXPECT_TRUE(view) << view.error().message;
    return *std::move(view);
}

TEST(Batch, HoldsColumnsOfEveryKind)
{
    BatchBuilder builder{
        {{"id", Kind::id},
         {"flag", Kind::boolean},
         {"count", Kind::integer},
         {"share", Kind::real},
         {"rate", Kind::decimal, 4},
         {"amount", Kind::money, 2, 978},
         {"name", Kind::text},
         {"raw", Kind::bytes},
         {"at", Kind::instant},
         {"day", Kind::date},
         {"clock", Kind::time_of_day},
         {"span", Kind::duration}}
    };
    const List row{
        Id{1},
        true,
        2,
        0.5,
        Decimal{12345, 4},
        Money{100, 978, 2},
        "Zoë",
        Bytes{std::byte{9}},
        Instant{3},
        Date{4},
        TimeOfDay{5},
        Duration{6}
    };
    const auto add = [&] {
        builder.id(Id{1});
        builder.boolean(true);
        builder.integer(2);
        builder.real(0.5);
        builder.decimal({12345, 4});
        builder.money({100, 978, 2});
        builder.text("Zoë");
        builder.bytes(*row[7].as<Bytes>());
        builder.instant({3});
        builder.date({4});
        builder.time_of_day({5});
        builder.duration({6});
        builder.end_row();
    };
    add();
    for (std::size_t column = 0; column < row.size(); ++column)
        builder.null();
    builder.end_row();
    add();

    const BatchView batch = view_of(*builder.finish());
    ASSERT_EQ(batch.rows(), 3U);
    ASSERT_EQ(batch.columns().size(), row.size());
    for (std::size_t column = 0; column < row.size(); ++column) {
        const ColumnView& view = batch.columns()[column];
        EXPECT_EQ(view.kind(), row[column].kind()) << view.name();
        EXPECT_EQ(view.cell(0).value(), row[column]) << view.name();
        EXPECT_TRUE(view.cell(1).is_null()) << view.name();
        EXPECT_EQ(view.cell(2).value(), row[column]) << view.name();
    }
    EXPECT_EQ(batch.find("count")->integers()[2], 2);
    EXPECT_EQ(batch.find("share")->reals()[0], 0.5);
    EXPECT_EQ(batch.find("count")->reals().size(), 0U) << "only what its kind has";
    EXPECT_EQ(batch.find("nothing"), nullptr);
}

TEST(Batch, LetsTheFirstValueDecideTheKind)
{
    BatchBuilder builder{{{"x"}, {"never"}}};
    for (int row = 0; row < 10; ++row) {
        if (row < 3)
            builder.null();
        else
            builder.text("t" + std::to_string(row));
        builder.null();
        builder.end_row();
    }
    const BatchView batch = view_of(*builder.finish());
    EXPECT_EQ(batch.find("x")->kind(), Kind::text);
    EXPECT_TRUE(batch.find("x")->cell(2).is_null());
    EXPECT_EQ(batch.find("x")->cell(9).text(), "t9");
    EXPECT_EQ(batch.find("never")->kind(), Kind::null);
    EXPECT_TRUE(batch.find("never")->cell(0).is_null());
}

TEST(Batch, KeepsMixedKinds)
{
    BatchBuilder builder{{{"x"}}};
    builder.integer(1);
    builder.end_row();
    builder.null();
    builder.end_row();
    builder.text("two");
    builder.end_row();
    builder.value(List{3});
    builder.end_row();
    builder.money({1, 978, 2});
    builder.end_row();
    builder.money({1, 840, 2}); // another currency
    builder.end_row();
    builder.real(std::numeric_limits<double>::infinity());
    builder.end_row();
    const BatchView batch = view_of(*builder.finish());
    const ColumnView& x = batch.columns()[0];
    EXPECT_EQ(x.kind(), Kind::list);
    EXPECT_EQ(x.cell(0).integer(), 1);
    EXPECT_TRUE(x.cell(1).is_null());
    EXPECT_EQ(x.cell(2).text(), "two");
    EXPECT_EQ(x.cell(3).value(), Value{List{3}});
    EXPECT_EQ(x.cell(5).value(), (Value{Money{1, 840, 2}}));
    EXPECT_TRUE(x.cell(6).is_null());
}

TEST(Batch, TurnsAColumnWithTwoCurrenciesIntoAMixedOne)
{
    BatchBuilder builder{{{"amount", Kind::money, 2, 978}}};
    builder.money({100, 978, 2});
    builder.end_row();
    builder.money({5, 392, 0});
    builder.end_row();
    const BatchView batch = view_of(*builder.finish());
    EXPECT_EQ(batch.columns()[0].cell(0).value(), (Value{Money{100, 978, 2}}));
    EXPECT_EQ(batch.columns()[0].cell(1).value(), (Value{Money{5, 392, 0}}));
}

TEST(Batch, HasColumnsEvenWithoutRows)
{
    BatchBuilder builder{{{"id", Kind::id}, {"name", Kind::text}}};
    const BatchView batch = view_of(*builder.finish());
    EXPECT_EQ(batch.rows(), 0U);
    ASSERT_EQ(batch.columns().size(), 2U);
    EXPECT_EQ(batch.columns()[1].name(), "name");
}

TEST(Batch, IsFullAtRowsOrBytes)
{
    BatchBuilder narrow{{{"n", Kind::integer}}};
    while (!narrow.full()) {
        narrow.integer(narrow.rows());
        narrow.end_row();
    }
    EXPECT_EQ(narrow.rows(), max_batch_rows);
    const mortise_tree first = *narrow.finish();
    EXPECT_EQ(BatchView::open(ValueView{first})->columns()[0].integers()[4095], 4095);
    EXPECT_EQ(narrow.rows(), 0U) << "starts the next";

    BatchBuilder wide{{{"text", Kind::text}}};
    const std::string text(1000, 'x');
    while (!wide.full()) {
        wide.text(text);
        wide.end_row();
    }
    EXPECT_LT(wide.rows(), 400U);
    EXPECT_GE(wide.rows(), 256U);
}

TEST(BatchView, RefusesWhatDoesNotFitTogether)
{
    const auto open = [](const Map& column, std::int64_t rows = 2) {
        const auto block = *encode_map({{"rows", rows}, {"columns", List{column}}});
        return BatchView::open(block.view()).has_value();
    };
    const auto bytes = [](std::size_t size) { return Bytes(size); };
    EXPECT_TRUE(open({{"name", "n"}, {"kind", 2}, {"data", bytes(16)}}));
    EXPECT_FALSE(open({{"name", "n"}, {"kind", 2}, {"data", bytes(15)}}));
    EXPECT_FALSE(open({{"name", "n"}, {"kind", 2}}));
    EXPECT_FALSE(open({{"name", "n"}, {"kind", 11}, {"data", bytes(16)}}));
    EXPECT_FALSE(open({{"name", "n"}, {"kind", -1}, {"data", bytes(16)}}));
    EXPECT_FALSE(open({{"name", "n"}, {"kind", 6}, {"offsets", bytes(8)}, {"data", bytes(0)}}));
    EXPECT_TRUE(open({{"name", "n"}, {"kind", 6}, {"offsets", bytes(12)}, {"data", bytes(0)}}));
    Bytes backwards(12);
    backwards[4] = std::byte{2};
    EXPECT_FALSE(open({{"name", "n"}, {"kind", 6}, {"offsets", backwards}, {"data", bytes(4)}}));
    Bytes outside(12);
    outside[8] = std::byte{5};
    EXPECT_FALSE(open({{"name", "n"}, {"kind", 6}, {"offsets", outside}, {"data", bytes(4)}}));
    EXPECT_FALSE(open({{"name", "n"}, {"kind", 10}, {"values", List{1}}}));
    EXPECT_FALSE(open({{"name", "n"}, {"kind", 2}, {"data", bytes(100)}, {"nulls", bytes(1)}}, 12));
    EXPECT_FALSE(open({{"name", "n"}, {"kind", 2}, {"data", bytes(16)}}, -1));
    EXPECT_FALSE(open({{"name", "n"}, {"kind", 0}}, 5000));
    EXPECT_FALSE(BatchView::open(ValueView{}));
}

} // namespace
} // namespace mortise
