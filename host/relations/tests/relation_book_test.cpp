#include "events/event_log.hpp"
#include "records/tests/scratch_host.hpp"
#include "relations/relation_book.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace mortise::host {
namespace {

constexpr std::int64_t day_in_microseconds = 86'400'000'000;

class RelationBookTest : public testing::Test {
protected:
    RelationBookTest()
        : m_views{*m_host.database, *m_host.records},
          m_book{*m_host.database, *m_host.records, m_views, m_host.clock},
          m_log{*m_host.database}
    {
    }

    Id contact(const char* name, const char* kind = "person", Map more = {})
    {
        more.set("name", name);
        more.set("kind", kind);
        return make("contact", std::move(more));
    }
    Id firm(const char* name, Map more = {}) { return contact(name, "organisation", std::move(more)); }
    Id make(const char* type, Map values)
    {
        const auto made = m_host.create(type, std::move(values));
        EXPECT_TRUE(made) << made.error().where << ": " << made.error().message;
        return made ? made->ids.front() : Id{};
    }
    RelateOutcome relate(RelateRequest request)
    {
        const auto made = m_book.relate(ScratchHost::system(), request);
        EXPECT_TRUE(made) << made.error().where << ": " << made.error().message;
        return made ? *made : RelateOutcome{};
    }
    /// Each as "word name state", and its role behind it.
    std::vector<std::string>
    words(RelationQuestion question, const Principal& principal = Principal::system())
    {
        const auto seen = m_book.of(principal, question);
        EXPECT_TRUE(seen) << seen.error().message;
        std::vector<std::string> words;
        const TypePointer type = m_host.records->schema()->find("contact");
        for (const RelationSeen& each : *seen) {
            std::string text = each.word + " " + std::string{value_of(*type, each.other, "name").text()} + " "
                + std::string{each.state};
            if (!each.role.is_null()) text += " " + std::string{each.role.text()};
            words.push_back(std::move(text));
        }
        return words;
    }
    std::vector<std::string> words(Id contact)
    {
        return words(RelationQuestion{.contact = contact, .kind = {}});
    }
    /// "depth name" of each.
    std::vector<std::string> places(const std::vector<TreePlace>& places)
    {
        std::vector<std::string> texts;
        const TypePointer type = m_host.records->schema()->find("contact");
        for (const TreePlace& each : places)
            texts.push_back(
                std::to_string(each.depth) + " " + std::string{value_of(*type, each.contact, "name").text()}
            );
        return texts;
    }
    static Principal person(Id user)
    {
        Principal principal;
        principal.user = user;
        principal.user_name = "somebody";
        principal.scope = RowScope::own;
        return principal;
    }
    static Date date(int year, unsigned month, unsigned day)
    {
        const std::chrono::sys_days days
            = std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day};
        return {days.time_since_epoch().count()};
    }

    ScratchHost m_host;
    Views m_views;
    RelationBook m_book;
    EventLog m_log;
};

using Words = std::vector<std::string>;

TEST_F(RelationBookTest, ReadsInBothDirectionsWithTheRightWord)
{
    const Id anna = contact("Anna");
    const Id bob = contact("Bob");
    const Id acme = firm("Acme");
    relate({.source = anna, .kind = "works at", .target = acme, .role = "Clerk"});
    relate({.source = bob, .kind = "manages", .target = anna});
    relate({.source = acme, .kind = "partner_of", .target = firm("Beta")});
    EXPECT_EQ(words(anna), (Words{"reports to Bob current", "works at Acme current Clerk"}));
    EXPECT_EQ(words(bob), (Words{"manages Anna current"}));
    EXPECT_EQ(words(acme), (Words{"is a partner of Beta current", "employs Anna current Clerk"}));
}

TEST_F(RelationBookTest, FieldAloneIsARelationToo)
{
    const Id acme = firm("Acme");
    const Id anna = contact("Anna", "person", {{"organisation", acme}, {"job_title", "Clerk"}});
    const Id part = firm("Part", {{"organisation", acme}});
    EXPECT_EQ(words(anna), (Words{"works at Acme current Clerk"}));
    EXPECT_EQ(words(acme), (Words{"has the part Part current", "employs Anna current Clerk"}));
    EXPECT_EQ(words(part), (Words{"is part of Acme current"}));
    relate(
        {.source = anna, .kind = "works_at", .target = acme, .role = "Clerk", .valid_from = date(2025, 1, 1)}
    );
    EXPECT_EQ(words(anna), (Words{"works at Acme current Clerk"})) << "once";
    EXPECT_EQ(words({.contact = anna, .kind = {}, .at = date(2024, 12, 31)}), Words{}) << "now it has dates";
}

TEST_F(RelationBookTest, AsOfADay)
{
    const Id anna = contact("Anna");
    relate({.source = anna, .kind = "works_at", .target = firm("Old"), .valid_to = date(2024, 6, 30)});
    relate({.source = anna, .kind = "works_at", .target = firm("New"), .valid_from = date(2024, 7, 1)});
    relate({.source = anna, .kind = "reports_to", .target = contact("Boss"), .valid_from = date(2026, 2, 1)});
    EXPECT_EQ(words({.contact = anna, .kind = {}, .at = date(2024, 6, 30)}), (Words{"works at Old current"}));
    EXPECT_EQ(words({.contact = anna, .kind = {}, .at = date(2024, 7, 1)}), (Words{"works at New current"}));
    EXPECT_EQ(
        words({.contact = anna, .kind = {}, .at = {}, .all = true}),
        (Words{"works at New current", "reports to Boss future", "works at Old past"})
    );
    EXPECT_EQ(
        words({.contact = anna, .kind = "reports to", .at = {}, .all = true}),
        (Words{"reports to Boss future"})
    );
}

TEST_F(RelationBookTest, ReplacingEndsWhatWas)
{
    const Id anna = contact("Anna");
    const auto first = relate({.source = anna, .kind = "reports_to", .target = contact("Bob")});
    const auto second = relate(
        {.source = anna,
         .kind = "reports_to",
         .target = contact("Carl"),
         .valid_from = date(2026, 1, 1),
         .replaces = true}
    );
    EXPECT_EQ(second.ended, std::vector{first.relation.id});
    EXPECT_EQ(words(anna), (Words{"reports to Carl current"}));
    EXPECT_EQ(
        words({.contact = anna, .kind = {}, .at = date(2025, 12, 31)}), (Words{"reports to Bob current"})
    );
    ASSERT_TRUE(m_book.end(ScratchHost::system(), second.relation.id, date(2026, 1, 1)));
    EXPECT_EQ(words(anna), (Words{"reports to Carl current"})) << "the last day is one of its days";
    CallContext dry = ScratchHost::system();
    dry.dry_run = true;
    EXPECT_TRUE(m_book.relate(dry, {.source = anna, .kind = "partner_of", .target = contact("Dora")}));
    EXPECT_EQ(words(anna).size(), 1U);
}

TEST_F(RelationBookTest, HierarchyUpAndDown)
{
    const Id top = firm("Top");
    const Id left = firm("Left", {{"organisation", top}});
    const Id right = firm("Right");
    relate({.source = right, .kind = "part_of", .target = top});
    const Id low = firm("Low", {{"organisation", left}});
    contact("Anna", "person", {{"organisation", left}});
    const auto tree = m_book.tree(Principal::system(), left, "", {});
    ASSERT_TRUE(tree) << tree.error().message;
    EXPECT_EQ(places(tree->above), (Words{"1 Top"}));
    EXPECT_EQ(places(tree->below), (Words{"1 Low"})) << "people are no parts";
    const auto all = m_book.tree(Principal::system(), top, "", {});
    ASSERT_TRUE(all);
    EXPECT_EQ(places(all->below), (Words{"1 Left", "2 Low", "1 Right"}));
    EXPECT_EQ(all->below.at(1).next_to, left);
    EXPECT_EQ(
        places(m_book.tree(Principal::system(), low, "part_of", {})->above), (Words{"1 Left", "2 Top"})
    );
    const auto no_tree = m_book.tree(Principal::system(), top, "works_at", {});
    ASSERT_FALSE(no_tree);
    EXPECT_EQ(no_tree.error().key, "relation.no_tree");
}

TEST_F(RelationBookTest, WhoMayNotSeeAnEndIsToldOfNoRelation)
{
    const Id bob{77};
    const Id mine = contact("Mine", "person", {{"owner", bob}});
    const Id secret = firm("Secret");
    const Id open = firm("Open", {{"owner", bob}});
    make("relation", {{"source", mine}, {"target", secret}, {"kind", "works_at"}, {"owner", bob}});
    make("relation", {{"source", mine}, {"target", open}, {"kind", "works_at"}, {"owner", bob}});
    EXPECT_EQ(words({.contact = mine, .kind = {}}, person(bob)), (Words{"works at Open current"}));
    EXPECT_EQ(
        words({.contact = mine, .kind = {}}), (Words{"works at Open current", "works at Secret current"})
    );
    EXPECT_FALSE(m_book.of(person(bob), {.contact = secret, .kind = {}}));
    CallContext context = ScratchHost::system();
    context.principal = person(bob);
    EXPECT_FALSE(m_book.relate(context, {.source = mine, .kind = "partner_of", .target = secret}));
    const Id low = firm("Low", {{"owner", bob}, {"organisation", secret}});
    const auto tree = m_book.tree(person(bob), low, "", {});
    ASSERT_TRUE(tree);
    EXPECT_TRUE(tree->above.empty());
}

TEST_F(RelationBookTest, TimelineOfAnOrganisationWithItsPeople)
{
    const Id acme = firm("Acme");
    const Id anna = contact("Anna");
    const Id gone = contact("Gone");
    const Id field = contact("Field", "person", {{"organisation", acme}});
    relate({.source = anna, .kind = "works_at", .target = acme, .valid_from = date(2025, 1, 1)});
    relate(
        {.source = gone,
         .kind = "works_at",
         .target = acme,
         .valid_from = date(2024, 1, 1),
         .valid_to = date(2024, 12, 31)}
    );
    const Id partner = contact("Partner");
    relate({.source = partner, .kind = "partner_of", .target = acme});
    const auto tell = [&](Id subject, const char* type, Date day) {
        UnitOfWork unit;
        EventDraft event;
        event.type = type;
        event.subject = subject;
        event.time = Instant{day.days * day_in_microseconds};
        unit.events.push_back(std::move(event));
        ASSERT_TRUE(m_host.records->commit(ScratchHost::system(), unit));
    };
    tell(anna, "call.early", date(2024, 5, 1));
    tell(anna, "call.anna", date(2025, 5, 1));
    tell(gone, "call.gone", date(2024, 12, 31));
    tell(gone, "call.late", date(2025, 1, 1));
    tell(field, "call.field", date(2020, 1, 1));
    tell(acme, "call.acme", date(2025, 6, 1));
    tell(partner, "call.partner", date(2025, 5, 15));
    ASSERT_TRUE(m_log.open());
    const auto timeline = [&](bool ever, std::size_t limit = 100) {
        EventFilter filter{.subject = acme, .type = "call.*", .limit = limit, .newest_first = true};
        const auto members = m_book.members(Principal::system(), acme, ever);
        EXPECT_TRUE(members);
        for (const Member& member : *members)
            filter.companions.push_back({member.contact, member.from(), member.until()});
        const auto events = m_log.list(Principal::system(), filter);
        EXPECT_TRUE(events);
        Words types;
        for (const Event& event : *events)
            types.push_back(event.type);
        return types;
    };
    EXPECT_EQ(timeline(false), (Words{"call.acme", "call.field", "call.anna", "call.early"}))
        << "the people of today, with all of theirs";
    EXPECT_EQ(timeline(true), (Words{"call.acme", "call.field", "call.gone", "call.anna"}))
        << "what happened while they were";
    EXPECT_EQ(timeline(false, 2), (Words{"call.acme", "call.field"}));
}

/// As large as MORTISE_TIMELINE_PEOPLE says, with a hundred events for each; the time that a page takes is
/// told.
TEST_F(RelationBookTest, PagesOfAnOrganisationsTimelineFollowEachOther)
{
    const char* asked = std::getenv("MORTISE_TIMELINE_PEOPLE");
    const std::size_t people_count = asked ? std::stoul(asked) : 60;
    const std::size_t rounds = asked ? 100 : 5;
    const Id acme = firm("Acme");
    std::vector<Id> people;
    UnitOfWork making;
    const auto first = m_host.records->reserve(people_count);
    ASSERT_TRUE(first);
    for (std::size_t i = 0; i < people_count; ++i) {
        people.push_back({first->number + static_cast<std::int64_t>(i)});
        making.changes.push_back(
            {.operation = Operation::create,
             .type = "contact",
             .id = people.back(),
             .version = {},
             .values = {{"name", "P" + std::to_string(i)}, {"organisation", acme}}}
        );
    }
    ASSERT_TRUE(m_host.records->commit(ScratchHost::system(), making));
    for (std::size_t round = 0; round < rounds; ++round) {
        UnitOfWork unit;
        for (std::size_t i = 0; i < people_count; ++i) {
            EventDraft event;
            event.type = "call.made";
            event.subject = people[(i * 7 + round) % people_count];
            unit.events.push_back(std::move(event));
        }
        ASSERT_TRUE(m_host.records->commit(ScratchHost::system(), unit));
    }
    ASSERT_TRUE(m_log.open());
    for (const bool newest_first : {true, false}) {
        EventFilter filter{.subject = acme, .type = "call.made", .limit = 50, .newest_first = newest_first};
        std::vector<std::int64_t> numbers;
        while (numbers.size() < 4000) {
            const auto begin = std::chrono::steady_clock::now();
            filter.companions.clear();
            const auto members = m_book.members(Principal::system(), acme, false);
            ASSERT_TRUE(members);
            ASSERT_EQ(members->size(), people_count);
            for (const Member& member : *members)
                filter.companions.push_back({member.contact, member.from(), member.until()});
            const auto found = std::chrono::steady_clock::now();
            const auto page = m_log.list(Principal::system(), filter);
            ASSERT_TRUE(page);
            const auto milliseconds = [](auto from, auto to) {
                return std::chrono::duration<double, std::milli>(to - from).count();
            };
            if (asked && numbers.empty())
                std::printf(
                    "people %.1f ms, page %.1f ms\n",
                    milliseconds(begin, found),
                    milliseconds(found, std::chrono::steady_clock::now())
                );
            for (const Event& event : *page)
                numbers.push_back(event.number);
            if (page->size() < filter.limit) break;
            (newest_first ? filter.until : filter.since) = numbers.back() - (newest_first ? 1 : 0);
        }
        const auto size = std::min<std::size_t>(people_count * rounds, 4000);
        ASSERT_EQ(numbers.size(), size);
        EXPECT_TRUE(
            std::ranges::adjacent_find(
                numbers, [&](std::int64_t a, std::int64_t b) { return newest_first ? a <= b : a >= b; }
            )
            == numbers.end()
        ) << "each once, in their order";
    }
}

} // namespace
} // namespace mortise::host
