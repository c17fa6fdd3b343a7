/// \file
/// The capability `plugins/segmentation` as it is built, in the real host.

#include "plugins/tests/plugins_fixture.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <random>
#include <set>

namespace mortise::host {
namespace {

constexpr std::int64_t day = 86'400'000'000;

class Segmentation : public PluginsTest {
protected:
    void SetUp() override
    {
        PluginsTest::SetUp();
        if (HasFatalFailure()) return;
        enable_built(MORTISE_BUILT_PLUGINS, "mortise.segmentation");
        enable_built(MORTISE_BUILT_PLUGINS, "mortise.pipelines");
        enable_built(MORTISE_TEST_PLUGINS, "mortise.orders");
        ASSERT_TRUE(call("pipelines.set_up"));
    }

    Id segment(const char* name, Map definition)
    {
        const Value made
            = must("segmentation.create_segment", {{"name", name}, {"definition", std::move(definition)}});
        EXPECT_TRUE(settle());
        return made["segment"].get_or(Id{});
    }
    std::set<std::int64_t> members(Id segment, const char* at = nullptr)
    {
        EXPECT_TRUE(settle());
        Map arguments{{"segment", segment}, {"limit", 1000}};
        if (at) arguments.set("at", at);
        std::set<std::int64_t> ids;
        const Value answer = must("segmentation.members", arguments);
        if (const List* listed = answer["members"].as<List>())
            for (const Value& member : *listed)
                ids.insert(member["contact"].get_or(Id{}).number);
        return ids;
    }
    /// Settles, and lets time pass for what has to be tried again: a contact may be deleted between the look
    /// at it and the commit of its membership.
    bool settle_all()
    {
        return eventually([this] {
            if (!settle() || !settle()) return false; // segments of segments follow one event later
            const auto all = m_dispatcher->status();
            if (std::ranges::none_of(all, [](const SubscriptionStatus& one) { return one.retrying != 0; }))
                return true;
            m_clock.advance(Duration{60'000'000});
            return false;
        });
    }
    std::int64_t size_of(Id segment)
    {
        EXPECT_TRUE(settle());
        return must("segmentation.members", {{"segment", segment}, {"limit", 1}})["count"].get_or(
            std::int64_t{-1}
        );
    }
    std::int64_t matching(const Map& definition)
    {
        return must("segmentation.preview", {{"definition", definition}, {"sample", 0}})["count"].get_or(
            std::int64_t{-1}
        );
    }
    std::int64_t number(const std::string& sql)
    {
        const auto found = rows(sql);
        return found.empty() ? -1 : found[0][0].get_or(std::int64_t{-1});
    }
    Id person(const char* name, Map values = {}) { return create_contact(name, std::move(values))->ids[0]; }
    void set(Id contact, Map values)
    {
        ASSERT_TRUE(change(
            {.operation = Operation::update,
             .type = "contact",
             .id = contact,
             .version = {},
             .values = std::move(values)}
        ));
    }
    void order(Id contact, double total, std::int64_t days_ago = 0)
    {
        const std::int64_t at = m_clock.now().microseconds / 1'000'000 - days_ago * 86'400;
        must(
            "orders.place",
            {{"orders", List{Map{{"contact", contact}, {"at", at}, {"total", total}, {"items", 1}}}}}
        );
    }
    static Map field(const char* name, const char* is, Value value = {})
    {
        Map map{{"field", name}, {"is", is}};
        if (!value.is_null()) map.set("value", std::move(value));
        return map;
    }
    std::string field_of(Id segment, std::string_view name)
    {
        return std::string{PluginsTest::field(segment, name, "segment").text()};
    }
    static Map days(std::int64_t count) { return Map{{"count", count}, {"unit", "day"}}; }
};

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

/// Random changes of random people, against segments of every kind: what the plugin kept current must be what
/// a count over everybody says, and what plain SQL says.
TEST_F(Segmentation, IsAfterRandomHistoriesWhatAFullCountSays)
{
    const std::vector<std::pair<Map, std::string>> definitions{
        {field("country", "ne", "AT"), "country IS NULL OR country <> 'AT'"},
        {field("employees", "between", List{3, 6}), "employees BETWEEN 3 AND 6"},
        {Map{{"not", field("employees", "lt", 4)}}, "employees IS NULL OR employees >= 4"},
        {field("tags", "has_none", List{"a", "b"}),
         "coalesce(tags, '') NOT LIKE '%\"a\"%' AND coalesce(tags, '') NOT LIKE '%\"b\"%'"},
        {field("organisation.country", "in", List{"AT", "DE"}),
         "(SELECT o.country FROM contact o WHERE o.id = contact.organisation) IN ('AT', 'DE')"},
        {Map{{"events", "order.placed"},
             {"measure", Map{{"of", "sum"}, {"data", "total"}, {"is", "lt"}, {"value", 20}}}},
         "coalesce((SELECT sum(CAST(json_text(e.data, 'total') AS INTEGER)) FROM event e WHERE e.type = "
         "'order.placed'"
         " AND e.subject = contact.id), 0) < 20"},
        {Map{{"any", List{Map{{"segment", "S1"}}, field("name", "starts_with", "p1")}}},
         "employees BETWEEN 3 AND 6 OR name LIKE 'P1%'"},
        {Map{{"related", "contact"},
             {"by", "organisation"},
             {"measure", Map{{"of", "count"}, {"is", "le"}, {"value", 1}}}},
         "(SELECT count(p.id) FROM contact p WHERE p.organisation = contact.id) <= 1"},
    };
    std::vector<Id> segments;
    for (std::size_t i = 0; i < definitions.size(); ++i)
        segments.push_back(segment(("S" + std::to_string(i)).c_str(), definitions[i].first));
    std::mt19937 random{20'261'125}; // the seed of this history; it is printed with a failure
    std::vector<Id> people;
    const auto one_of
        = [&](std::initializer_list<Value> values) { return std::data(values)[random() % values.size()]; };
    for (int step = 0; step < 400; ++step) {
        if (people.size() < 12 || random() % 8 == 0) {
            people.push_back(person(("P" + std::to_string(people.size())).c_str()));
            continue;
        }
        const Id who = people[random() % people.size()];
        switch (random() % 6) {
        case 0:
            set(who, {{"country", one_of({"AT", "DE", nullptr})}});
            break;
        case 1:
            set(who, {{"employees", one_of({nullptr, 1, 3, 4, 6, 9})}});
            break;
        case 2:
            set(who, {{"tags", one_of({List{}, List{"a"}, List{"b", "c"}, List{"c"}, nullptr})}});
            break;
        case 3: {
            const Id whose = people[random() % people.size()];
            set(who, {{"organisation", whose == who ? Value{} : Value{whose}}});
            break;
        }
        case 4:
            order(who, static_cast<double>(random() % 15), static_cast<std::int64_t>(random() % 50));
            break;
        default: {
            const bool back = random() % 2 == 0;
            const Id other = people[random() % people.size()];
            (void)change(
                {.operation = back ? Operation::restore : Operation::remove,
                 .type = "contact",
                 .id = other,
                 .version = {},
                 .values = {}}
            ); // one that is there already, or not, is refused
            if (back) break;
            (void)change(
                {.operation = Operation::restore, .type = "contact", .id = other, .version = {}, .values = {}}
            );
            break;
        }
        }
        if (step % 40 != 39) continue;
        ASSERT_TRUE(settle_all());
        for (std::size_t i = 0; i < segments.size(); ++i) {
            const std::int64_t kept = size_of(segments[i]);
            EXPECT_EQ(kept, matching(definitions[i].first)) << "segment " << i << " after step " << step;
            EXPECT_EQ(kept, number("SELECT count(id) FROM contact WHERE " + definitions[i].second))
                << "segment " << i << " after step " << step;
        }
    }
}

} // namespace
} // namespace mortise::host
