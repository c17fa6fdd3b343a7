/// \file
/// What segments do for whoever uses them.

#include "segmentation_fixture.hpp"

#include <map>

namespace mortise::host {
namespace {

constexpr std::int64_t day = 86'400'000'000;

TEST_F(Segmentation, KeepsADynamicSegmentCurrent)
{
    const Id anna = person("Anna", {{"country", "AT"}});
    const Id bert = person("Bert", {{"country", "DE"}});
    const Id austrians = segment("Austrians", field("country", "eq", "AT"));
    EXPECT_EQ(members(austrians), std::set{anna.number});
    set(bert, {{"country", "AT"}});
    const Id cleo = person("Cleo", {{"country", "AT"}});
    EXPECT_EQ(members(austrians), (std::set{anna.number, bert.number, cleo.number}));
    set(anna, {{"country", nullptr}});
    ASSERT_TRUE(
        change({.operation = Operation::remove, .type = "contact", .id = cleo, .version = {}, .values = {}})
    );
    EXPECT_EQ(members(austrians), std::set{bert.number});
    EXPECT_EQ(number("SELECT count(number) FROM event WHERE type = 'segment.entered'"), 3);
    EXPECT_EQ(number("SELECT count(number) FROM event WHERE type = 'segment.left'"), 2);
}

TEST_F(Segmentation, RemembersWhoWasInWhen)
{
    const Id anna = person("Anna", {{"country", "AT"}});
    const Id austrians = segment("Austrians", field("country", "eq", "AT"));
    ASSERT_EQ(members(austrians).size(), 1U);
    m_clock.advance(Duration{10 * day});
    set(anna, {{"country", "DE"}});
    EXPECT_TRUE(members(austrians).empty());
    EXPECT_EQ(members(austrians, "2026-01-05"), std::set{anna.number});
    EXPECT_TRUE(members(austrians, "2026-01-20").empty());
    EXPECT_TRUE(members(austrians, "2025-12-20").empty());
}

TEST_F(Segmentation, FollowsReferencesBothWays)
{
    const Id acme = person("Acme", {{"kind", "organisation"}, {"industry", "retail"}});
    const Id anna = person("Anna", {{"organisation", acme}});
    const Id retail = segment("Retail people", field("organisation.industry", "eq", "retail"));
    EXPECT_EQ(members(retail), std::set{anna.number});
    set(acme, {{"industry", "software"}});
    EXPECT_TRUE(members(retail).empty());
    set(acme, {{"industry", "retail"}});
    EXPECT_EQ(members(retail), std::set{anna.number});

    const Id big = segment(
        "People of organisations with an open deal above 1000",
        Map{
            {"related", "opportunity"},
            {"by", "organisation"},
            {"of", "organisation"},
            {"where",
             Map{
                 {"all",
                  List{
                      field("status", "eq", "open"),
                      field("amount", "gt", Map{{"amount", "1000"}, {"currency", "USD"}})
                  }}
             }},
        }
    );
    EXPECT_TRUE(members(big).empty());
    const Id deal = must(
                        "pipelines.create_opportunity",
                        {{"name", "Deal"}, {"organisation", acme}, {"amount", "1500.00 USD"}}
    )["opportunity"]
                        .get_or(Id{});
    EXPECT_EQ(members(big), std::set{anna.number});
    must("pipelines.win_opportunity", {{"opportunity", deal}});
    EXPECT_TRUE(members(big).empty());
}

TEST_F(Segmentation, CountsEventsAndForgetsThemInTime)
{
    const Id anna = person("Anna");
    const Id bert = person("Bert");
    const Id active = segment(
        "Two orders in 30 days",
        Map{
            {"events", "order.placed"},
            {"within", Map{{"last", days(30)}}},
            {"measure", Map{{"of", "count"}, {"is", "ge"}, {"value", 2}}},
        }
    );
    order(anna, 10, 20);
    order(anna, 10, 5);
    order(bert, 10, 40);
    order(bert, 10);
    EXPECT_EQ(members(active), std::set{anna.number});
    m_clock.advance(Duration{11 * day}); // the older of Anna's orders is 31 days old now
    must("segmentation.come_due");
    EXPECT_TRUE(members(active).empty());
}

TEST_F(Segmentation, WakesByItselfWhenAClauseFlips)
{
    const Id anna = person("Anna");
    const Id fresh = segment("New in 7 days", field("created_at", "within_last", days(7)));
    EXPECT_EQ(members(fresh), std::set{anna.number});
    m_clock.advance(Duration{7 * day + 2'000'000});
    m_jobs->wake();
    EXPECT_TRUE(eventually([&] { return members(fresh).empty(); }));
}

TEST_F(Segmentation, CombinesSegmentsAndRefusesCircles)
{
    const Id anna = person("Anna", {{"country", "AT"}, {"tags", List{"vip"}}});
    const Id bert = person("Bert", {{"country", "AT"}});
    const Id austrians = segment("Austrians", field("country", "eq", "AT"));
    const Id others = segment(
        "Austrians who are no vips",
        Map{{"all", List{Map{{"segment", "Austrians"}}, Map{{"not", field("tags", "has_any", List{"vip"})}}}}}
    );
    EXPECT_EQ(members(others), std::set{bert.number});
    set(anna, {{"tags", List{}}});
    EXPECT_EQ(members(others), (std::set{anna.number, bert.number}));
    must(
        "segmentation.define_segment",
        {{"segment", austrians}, {"definition", Map{{"segment", "Austrians who are no vips"}}}}
    );
    ASSERT_TRUE(settle());
    EXPECT_EQ(field_of(austrians, "state"), "broken");
    EXPECT_NE(field_of(austrians, "broken_because").find("circle"), std::string::npos);
    EXPECT_EQ(members(austrians).size(), 2U); // never silently empty
}

TEST_F(Segmentation, TellsWhatSegmentsShareAndHowTheyGrow)
{
    const Id anna = person("Anna", {{"country", "AT"}, {"tags", List{"vip"}}});
    const Id bert = person("Bert", {{"country", "AT"}});
    const Id austrians = segment("Austrians", field("country", "eq", "AT"));
    const Id important = segment("Important", field("tags", "has_any", List{"vip"}));
    EXPECT_EQ(members(important), std::set{anna.number});
    const auto shared = [&] {
        const Value answer = must("segmentation.overlap", {{"segments", List{austrians, important}}});
        std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> pairs;
        for (const Value& pair : answer["pairs"].get_or(List{}))
            pairs[{pair["one"].get_or(Id{}).number, pair["other"].get_or(Id{}).number}]
                = pair["shared"].get_or(std::int64_t{-1});
        return pairs;
    };
    const auto key = [](Id one, Id other) {
        return std::pair{std::min(one.number, other.number), std::max(one.number, other.number)};
    };
    EXPECT_EQ(shared().size(), 3U);
    EXPECT_EQ((shared()[key(austrians, austrians)]), 2);
    EXPECT_EQ((shared()[key(austrians, important)]), 1);
    EXPECT_EQ((shared()[key(important, important)]), 1);
    set(bert, {{"country", "DE"}});
    EXPECT_EQ(members(austrians).size(), 1U);
    EXPECT_EQ((shared()[key(austrians, austrians)]), 1);
    const Value growth = must("segmentation.growth", {{"segment", austrians}, {"days", 7}});
    const List days = growth["days"].get_or(List{});
    ASSERT_EQ(days.size(), 1U); // days without a change are left out
    EXPECT_EQ(days[0]["entered"], Value{2});
    EXPECT_EQ(days[0]["left"], Value{1});
}

TEST_F(Segmentation, KeepsTheFirstByAFigure)
{
    const Id anna = person("Anna", {{"employees", 10}});
    const Id bert = person("Bert", {{"employees", 8}});
    const Id cleo = person("Cleo", {{"employees", 8}});
    person("Dora"); // has no figure, so she has no place
    const Map first_two = top({{"count", 2}, {"by", Map{{"field", "employees"}}}});
    const Id two = segment("Two", first_two);
    const Id others = segment("Others", Map{{"not", first_two}});
    EXPECT_EQ(members(two), (std::set{anna.number, bert.number})) << "of equals the older";
    EXPECT_EQ(members(others).size(), 2U);
    set(cleo, {{"employees", 9}}); // a change of one throws out another
    EXPECT_EQ(members(two), (std::set{anna.number, cleo.number}));
    EXPECT_TRUE(members(others).contains(bert.number));
    ASSERT_TRUE(
        change({.operation = Operation::remove, .type = "contact", .id = anna, .version = {}, .values = {}})
    );
    EXPECT_EQ(members(two), (std::set{bert.number, cleo.number}));
    set(cleo, {{"employees", nullptr}});
    EXPECT_EQ(members(two), std::set{bert.number});
    EXPECT_EQ(matching(first_two), 1);
    ASSERT_TRUE(m_plugins->disable("mortise.segmentation")); // and what happened meanwhile is caught up with
    set(cleo, {{"employees", 1}});
    const Id eve = person("Eve", {{"employees", 50}});
    ASSERT_TRUE(m_plugins->enable("mortise.segmentation"));
    EXPECT_EQ(members(two), (std::set{bert.number, eve.number}));
    must("segmentation.rebuild", {{"segment", two}});
    EXPECT_EQ(members(two), (std::set{bert.number, eve.number}));
}

TEST_F(Segmentation, RanksByWhatFallsOutOfItsTime)
{
    const Id anna = person("Anna");
    const Id bert = person("Bert");
    const Map spent{
        {"events", "order.placed"},
        {"within", Map{{"last", days(30)}}},
        {"measure", Map{{"of", "sum"}, {"data", "total"}}}
    };
    const Id best = segment("Best customer of the month", top({{"count", 1}, {"by", spent}}));
    order(anna, 500, 25);
    order(bert, 20);
    EXPECT_EQ(members(best), std::set{anna.number});
    m_clock.advance(Duration{6 * day});
    m_jobs->wake();
    EXPECT_TRUE(eventually([&] { return members(best) == std::set{bert.number}; })) << "nobody had to look";
}

TEST_F(Segmentation, ExplainsWhatWasFound)
{
    const Id acme = person("Acme", {{"kind", "organisation"}});
    const Id anna = person("Anna", {{"country", "AT"}, {"organisation", acme}});
    const Id bert = person("Bert", {{"country", "AT"}});
    order(anna, 12.5, 3);
    order(anna, 7.25);
    order(bert, 100);
    must(
        "pipelines.create_opportunity", {{"name", "Deal"}, {"organisation", acme}, {"amount", "1500.00 USD"}}
    );
    segment("Austrians", field("country", "eq", "AT"));
    const Map sum{{"of", "sum"}, {"data", "total"}};
    const auto tested = [](Map measure, const char* is, Value value) {
        measure.set("is", is);
        measure.set("value", std::move(value));
        return measure;
    };
    const List clauses{
        Map{{"events", "order.placed"}, {"measure", tested(sum, "gt", 100)}},
        Map{{"events", "order.placed"}},
        Map{{"events", "order.placed"}, {"measure", tested(Map{{"of", "latest"}}, "within_last", days(2))}},
        Map{{"related", "opportunity"},
            {"by", "organisation"},
            {"of", "organisation"},
            {"measure",
             tested(
                 Map{{"of", "sum"}, {"field", "amount"}}, "ge", Map{{"amount", "1000"}, {"currency", "USD"}}
             )}},
        Map{{"segment", "Austrians"}},
        top({{"count", 1}, {"by", Map{{"events", "order.placed"}, {"measure", sum}}}}),
        top({{"count", 1}, {"by", Map{{"field", "employees"}}}}),
    };
    const Value why
        = must("segmentation.explain", {{"contact", anna}, {"definition", Map{{"all", clauses}}}});
    const List& parts = *why["parts"].as<List>();
    ASSERT_EQ(parts.size(), 7U);
    EXPECT_EQ(parts[0]["found"], (Value{Decimal{1975, 2}}));
    EXPECT_EQ(parts[0]["holds"], Value{false});
    EXPECT_EQ(parts[1]["found"], Value{2});
    EXPECT_EQ(parts[2]["found"], Value{m_clock.now()});
    EXPECT_EQ(parts[3]["found"], (Value{Money{150'000, 840, 2}}));
    EXPECT_TRUE(parts[4]["found"].as<Instant>()) << "since when";
    EXPECT_EQ(parts[5]["found"], (Value{Decimal{1975, 2}}));
    EXPECT_EQ(parts[5]["place"], Value{2});
    EXPECT_EQ(parts[5]["of"], Value{3}) << "Acme has bought nothing, and has a place";
    EXPECT_EQ(parts[5]["holds"], Value{false});
    EXPECT_TRUE(parts[6]["found"].is_null());
    EXPECT_TRUE(parts[6]["place"].is_null());
}

TEST_F(Segmentation, ExplainsClauseByClause)
{
    const Id anna = person("Anna", {{"country", "AT"}, {"employees", 12}});
    const Value why = must(
        "segmentation.explain",
        {{"contact", anna},
         {"definition", Map{{"all", List{field("country", "eq", "AT"), field("employees", "gt", 100)}}}}}
    );
    EXPECT_EQ(why["holds"], Value{false});
    const List& parts = *why["parts"].as<List>();
    EXPECT_EQ(parts[0]["holds"], Value{true});
    EXPECT_EQ(parts[0]["found"], Value{"AT"});
    EXPECT_EQ(parts[1]["holds"], Value{false});
    EXPECT_EQ(parts[1]["found"], Value{12});
    EXPECT_EQ(parts[1]["at"], Value{"/all/1"});
}

TEST_F(Segmentation, KeepsStaticSegmentsAndSnapshots)
{
    const Id anna = person("Anna", {{"country", "AT"}});
    const Id bert = person("Bert", {{"country", "AT"}});
    const Id guests = must(
                          "segmentation.create_segment",
                          {{"name", "Guests"}, {"kind", "static"}, {"contacts", List{anna}}}
    )["segment"]
                          .get_or(Id{});
    EXPECT_EQ(members(guests), std::set{anna.number});
    must("segmentation.add_contacts", {{"segment", "Guests"}, {"contacts", List{anna, bert}}});
    must("segmentation.remove_contacts", {{"segment", "Guests"}, {"contacts", List{anna}}});
    EXPECT_EQ(members(guests), std::set{bert.number});
    const Id austrians = segment("Austrians", field("country", "eq", "AT"));
    const auto by_hand
        = call("segmentation.add_contacts", {{"segment", "Austrians"}, {"contacts", List{anna}}});
    ASSERT_FALSE(by_hand);
    EXPECT_EQ(by_hand.error().key, "segmentation.not_static");
    ASSERT_EQ(members(austrians).size(), 2U);
    const Id kept
        = must(
              "segmentation.take_snapshot", {{"segment", austrians}, {"name", "Austrians in January"}}
        )["segment"]
              .get_or(Id{});
    ASSERT_TRUE(settle());
    set(anna, {{"country", "DE"}});
    EXPECT_EQ(members(austrians).size(), 1U);
    EXPECT_EQ(members(kept).size(), 2U);
}

TEST_F(Segmentation, GoesOnAfterARestartWithWhatWasNotFinished)
{
    const Id anna = person("Anna", {{"country", "AT"}});
    const Id austrians = segment("Austrians", field("country", "eq", "AT"));
    ASSERT_EQ(members(austrians).size(), 1U);
    // As a host leaves it that was killed before the first step.
    ASSERT_TRUE(m_plugins->disable("mortise.segmentation"));
    set(anna, {{"country", "DE"}});
    const Id bert = person("Bert", {{"country", "AT"}});
    close();
    open();
    ASSERT_TRUE(m_plugins->enable("mortise.segmentation"));
    EXPECT_EQ(members(austrians), std::set{bert.number});
}

TEST_F(Segmentation, RefusesWhatIsNoCondition)
{
    const auto wrong
        = call("segmentation.create_segment", {{"name", "A"}, {"definition", field("cuontry", "eq", "AT")}});
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().key, "segmentation.unknown");
    const auto direct = change(
        {.operation = Operation::create,
         .type = "segment",
         .id = {},
         .version = {},
         .values = {{"name", "B"}, {"kind", "dynamic"}, {"definition", Map{{"al", List{}}}}}}
    );
    ASSERT_FALSE(direct);
    EXPECT_EQ(direct.error().key, "segmentation.condition");
}

} // namespace
} // namespace mortise::host
