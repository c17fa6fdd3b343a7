/// \file
/// What segments kept current is what a full count says, and what SQL written by hand says.

#include "segmentation_fixture.hpp"

#include <cstdlib>
#include <random>

namespace mortise::host {
namespace {

class SegmentHistories : public Segmentation {
protected:
    /// The hash by which shares are drawn, written down once more: nobody's share may change with a version.
    static std::string hash(std::string_view seed, const std::string& id)
    {
        std::uint64_t fnv = 14'695'981'039'346'656'037ULL;
        for (const char c : seed)
            fnv = (fnv ^ static_cast<unsigned char>(c)) * 1'099'511'628'211ULL;
        return "mod(((" + id + " % 1000000007) * " + std::to_string(1'000'000'007ULL + fnv % 1'000'000'000ULL)
            + " + " + std::to_string((fnv >> 32U) % 2'147'483'647ULL)
            + ") % 2147483647 * 48271, 2147483647) / 7";
    }
    static std::string share(std::string_view seed, int from, int to)
    {
        const std::string part = "(" + hash(seed, "id") + ") % 10000";
        return part + " >= " + std::to_string(from) + " AND " + part + " < " + std::to_string(to);
    }
    std::set<std::int64_t> ids_where(const std::string& condition)
    {
        std::set<std::int64_t> ids;
        for (const auto& row : rows("SELECT id FROM contact WHERE " + condition))
            ids.insert(row[0].get_or(Id{}).number);
        return ids;
    }
};

/// Random changes of random people, against segments of every kind: what the plugin kept current must be what
/// a count over everybody says, and what plain SQL says.
TEST_F(SegmentHistories, AreWhatAFullCountSays)
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
        // The first four, the older first of equals: fewer than four are better.
        {top({{"count", 4}, {"by", Map{{"field", "employees"}}}}),
         "employees IS NOT NULL AND (SELECT count(o.id) FROM contact o WHERE o.employees > contact.employees"
         " OR (o.employees = contact.employees AND o.id < contact.id)) < 4"},
        {top(
             {{"percent", 30},
              {"lowest", true},
              {"by", Map{{"events", "order.placed"}, {"measure", Map{{"of", "sum"}, {"data", "total"}}}}},
              {"among", field("country", "ne", "AT")}}
         ),
         "id IN (WITH f AS (SELECT c.id AS id, coalesce((SELECT sum(CAST(json_text(e.data, 'total') AS "
         "INTEGER))"
         " FROM event e WHERE e.type = 'order.placed' AND e.subject = c.id), 0) AS total FROM contact c"
         " WHERE c.country IS NULL OR c.country <> 'AT')"
         " SELECT f.id FROM f WHERE 10 * (SELECT count(g.id) FROM f g WHERE g.total < f.total OR (g.total = "
         "f.total AND g.id < f.id)) < 3 * (SELECT count(h.id) FROM f h))"},
        {Map{{"not", top({{"count", 3}, {"by", Map{{"related", "contact"}, {"by", "organisation"}}}})}},
         "id NOT IN (SELECT c.id FROM contact c WHERE (SELECT count(o.id) FROM contact o WHERE"
         " (SELECT count(p.id) FROM contact p WHERE p.organisation = o.id) >"
         " (SELECT count(p.id) FROM contact p WHERE p.organisation = c.id)"
         " OR ((SELECT count(p.id) FROM contact p WHERE p.organisation = o.id) ="
         " (SELECT count(p.id) FROM contact p WHERE p.organisation = c.id) AND o.id < c.id)) < 3)"},
        {Map{
             {"all",
              List{
                  top({{"count", 6}, {"by", Map{{"field", "organisation.employees"}}}}),
                  Map{{"segment", "S8"}}
              }}
         },
         "employees IS NOT NULL AND (SELECT count(o.id) FROM contact o WHERE o.employees > contact.employees"
         " OR (o.employees = contact.employees AND o.id < contact.id)) < 4"
         " AND id IN (SELECT c.id FROM contact c JOIN contact b ON b.id = c.organisation"
         " WHERE b.employees IS NOT NULL ORDER BY b.employees DESC, c.id LIMIT 6)"},
        {Map{{"random", Map{{"seed", "a"}, {"from", 0}, {"to", 40}}}}, share("a", 0, 4000)},
        {Map{{"random", Map{{"seed", "a"}, {"from", 40}, {"to", 100}}}}, share("a", 4000, 10'000)},
        {top({{"count", 5}, {"by", Map{{"random", "b"}}}}),
         "id IN (SELECT c.id FROM contact c ORDER BY " + hash("b", "c.id") + " DESC, c.id LIMIT 5)"},
    };
    std::vector<Id> segments;
    for (std::size_t i = 0; i < definitions.size(); ++i)
        segments.push_back(segment(("S" + std::to_string(i)).c_str(), definitions[i].first));
    // The seed of this history; MORTISE_TEST_SEED=7 tries another.
    const char* said = std::getenv("MORTISE_TEST_SEED");
    const auto seed = said ? static_cast<std::uint32_t>(std::strtoul(said, nullptr, 10)) : 20'261'125U;
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random{seed};
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
            const auto kept = members(segments[i]);
            EXPECT_EQ(static_cast<std::int64_t>(kept.size()), matching(definitions[i].first))
                << "segment " << i << " after step " << step;
            EXPECT_EQ(kept, ids_where(definitions[i].second)) << "segment " << i << " after step " << step;
        }
    }
}

} // namespace
} // namespace mortise::host
