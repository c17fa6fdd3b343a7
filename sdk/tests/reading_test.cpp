#include "scripted_plugin.hpp"

#include <mortise/batch_builder.hpp>

#include <gtest/gtest.h>

#include <stdexcept>

namespace mortise {
namespace {

class Reading : public PluginLayer {
protected:
    void SetUp() override
    {
        ASSERT_TRUE(open({}));
        fake.thread = host::thread_strand;
        fake.on_query
            = [](std::string_view sql, ValueView parameters, const border::Sink& batches) -> Result<void> {
            if (sql == "broken") return Error{ErrorCode::invalid, "near \"broken\"", {}, {}, {}};
            BatchBuilder builder{{{"id", Kind::id}, {"name", Kind::text}}};
            for (std::int64_t row = 0; row < parameters["n"].integer(); ++row) {
                builder.id(Id{row});
                builder.text("row " + std::to_string(row));
                builder.end_row();
                if (row % 10 != 9) continue;
                MORTISE_TRY(const auto batch, builder.finish());
                MORTISE_CHECK(batches.write(batch));
            }
            MORTISE_TRY(const auto rest, builder.finish());
            return batches.write(rest);
        };
    }
    const Host& plugin_host() { return Scripted::last->host(); }
};

TEST_F(Reading, TellsTheTimeInAZone)
{
    EXPECT_EQ(plugin_host().zone("Mars").error().code, ErrorCode::not_found);
    const auto zone = plugin_host().zone("UTC+2");
    ASSERT_TRUE(zone) << zone.error().message;
    constexpr std::int64_t hour = 3'600'000'000;
    const Instant late{-hour}; // 23:00 UTC on the day before the first
    EXPECT_EQ(*zone->to_local(late), (LocalTime{{0}, {hour}}));
    EXPECT_EQ(*zone->to_time({{0}, {hour}}), late);
    const std::vector<Instant> many{late, {0}};
    EXPECT_EQ(zone->to_local(many)->back(), (LocalTime{{0}, {2 * hour}}));
    EXPECT_EQ(*zone->bounds({0}), (TimeSpan{{-2 * hour}, {22 * hour}}));
    EXPECT_EQ(zone->bounds({0}, CalendarUnit::day, 1)->start, Instant{22 * hour});
    EXPECT_EQ(zone->next("* * * * *", {0}, 2)->back(), Instant{hour / 30});
    EXPECT_EQ(zone->next("nonsense", {0}).error().where, "rule");
    EXPECT_EQ(*plugin_host().zones(), (std::vector<std::string>{"UTC", "UTC+2"}));
}

TEST_F(Reading, GivesRowsByName)
{
    const auto rows = plugin_host().query("SELECT", Map{{"n", 25}});
    ASSERT_TRUE(rows) << rows.error().message;
    EXPECT_EQ(rows->size(), 25U);
    EXPECT_EQ(rows->snapshot(), 77U);
    std::int64_t expected = 0;
    for (const Row row : *rows) {
        EXPECT_EQ(row["id"].id(), Id{expected});
        EXPECT_EQ(row[1].text(), "row " + std::to_string(expected));
        EXPECT_FALSE(row["nothing"].exists());
        ++expected;
    }
    EXPECT_EQ(expected, 25);
    EXPECT_EQ(rows->front()["name"].value(), Value{"row 0"});
}

TEST_F(Reading, GivesAnEmptyAnswerItsColumns)
{
    const auto rows = plugin_host().named("scripted.none");
    ASSERT_TRUE(rows);
    EXPECT_TRUE(rows->empty());
    EXPECT_EQ(rows->begin(), rows->end());
    ASSERT_EQ(rows->batches().size(), 1U);
    EXPECT_EQ(rows->batches()[0].columns()[1].name(), "name");
    EXPECT_TRUE(rows->front()["name"].is_null());
}

TEST_F(Reading, StopsWhenTheReceiverHasEnough)
{
    int batches = 0;
    const auto done = plugin_host().query_batches("SELECT", Map{{"n", 1000}}, [&batches](const BatchView&) {
        return ++batches < 3;
    });
    EXPECT_TRUE(done);
    EXPECT_EQ(batches, 3);
}

TEST_F(Reading, PassesExceptionsOfTheReceiverOn)
{
    const auto boom = [](const BatchView&) -> bool { throw std::runtime_error{"full"}; };
    EXPECT_THROW((void)plugin_host().query_batches("SELECT", Map{{"n", 1}}, boom), std::runtime_error);
}

TEST_F(Reading, PassesErrorsOn)
{
    const auto rows = plugin_host().query("broken");
    ASSERT_FALSE(rows);
    EXPECT_EQ(rows.error().message, "near \"broken\"");
    EXPECT_EQ(plugin_host().query("SELECT", 0.0 / 0.0).error().code, ErrorCode::invalid);
}

TEST_F(Reading, GivesRecordsWithTheFieldsAsked)
{
    fake.stored[{"contact", 1}] = {{"name", "Ann"}, {"city", "Bern"}};
    fake.stored[{"contact", 3}] = {{"name", "Bob"}};
    const std::vector<Id> ids{Id{1}, Id{2}, Id{3}};
    const auto records = plugin_host().get("contact", ids, List{"name"});
    ASSERT_TRUE(records);
    ASSERT_EQ(records->size(), 2U);
    EXPECT_EQ((*records)[1].id(), Id{3});
    EXPECT_EQ((*records)[0].version(), 3U);
    EXPECT_EQ((*records)[0]["name"].text(), "Ann");
    EXPECT_FALSE((*records)[0]["city"].exists());
    EXPECT_EQ(plugin_host().get("contact", Id{2}).error().code, ErrorCode::not_found);
}

TEST_F(Reading, FindsRecordsByAField)
{
    for (std::uint64_t id = 1; id <= 5; ++id)
        fake.stored[{"stage", id}] = {{"pipeline", id % 2 == 0 ? Id{8} : Id{9}}, {"name", "x"}};
    const auto stages = plugin_host().find("stage", "pipeline", Id{9}, 2, List{"pipeline"});
    ASSERT_TRUE(stages);
    ASSERT_EQ(stages->size(), 2U);
    EXPECT_EQ((*stages)[1].id(), Id{3});
    EXPECT_FALSE((*stages)[1]["name"].exists());
    EXPECT_TRUE(plugin_host().find("stage", "pipeline", Id{7})->empty());
}

TEST_F(Reading, RevealsSecrets)
{
    EXPECT_EQ(*plugin_host().reveal("token"), "hush");
    EXPECT_EQ(plugin_host().reveal("other").error().code, ErrorCode::not_found);
}

TEST_F(Reading, TellsTheTimeAndWritesTheLog)
{
    EXPECT_EQ(plugin_host().now(), Instant{1'700'000'000'000'000});
    plugin_host().log().warning("scripted.odd", "something is odd", {{"n", 3}});
    plugin_host().log().error("scripted.broken", "kept without its fields", {{"n", 0.0 / 0.0}});
    ASSERT_EQ(fake.lines.size(), 2U);
    EXPECT_EQ(fake.lines[0].level, std::uint32_t{MORTISE_LEVEL_WARNING});
    EXPECT_EQ(fake.lines[0].fields, (Value{Map{{"n", 3}}}));
    EXPECT_EQ(fake.lines[1].key, "scripted.broken");
    EXPECT_TRUE(fake.lines[1].fields.is_null());
}

TEST_F(Reading, PublishesOutsideOfAUnit)
{
    ASSERT_TRUE(plugin_host().publish("scripted.seen", Id{4}, {{"a", 1}}));
    ASSERT_EQ(fake.published.size(), 1U);
    EXPECT_EQ(fake.published[0].work, 0U);
    EXPECT_EQ(fake.published[0].subject, 4U);
}

} // namespace
} // namespace mortise
