#include "retention/tests/retention_fixture.hpp"

#include <array>
#include <optional>
#include <random>

namespace mortise::host {
namespace {

TEST_F(RetentionTest, TakesRecordsThatNothingHappenedTo)
{
    const Id quiet = contact("Quiet");
    const Id busy = contact("Busy");
    const Id customer = contact("Customer", "customer");
    const Id disputed = contact("Disputed");
    restrict_contact(disputed);
    pass(700);
    publish("call.noted", busy, EventClass::history);
    publish("contact.exported", quiet, EventClass::audit); // an act of administration
    pass(40);
    const Id fresh = contact("Fresh");
    const std::int64_t rule = add(
        R"({"what":"records","type":"contact","by":"activity","older_than_days":730,"where":{"lifecycle":"lead"}})"
    );
    const Map told = preview(rule);
    EXPECT_EQ(told["count"], Value{std::int64_t{1}});
    EXPECT_EQ(told["samples"].get_or(List{}).front()["title"], Value{"Quiet"});
    EXPECT_EQ(told["kept"]["restricted"], Value{std::int64_t{1}});
    EXPECT_EQ(live().size(), 5U) << "a preview takes nothing";
    const Map done = apply(rule);
    EXPECT_EQ(done["removed"], Value{std::int64_t{1}});
    EXPECT_EQ(live(), (std::set{busy.number, customer.number, disputed.number, fresh.number}));
    EXPECT_TRUE(m_host.records->get(Principal::system(), "contact", quiet, true)) << "deleted, and there";
    expect_sound();
}

TEST_F(RetentionTest, ErasesWhereTheRuleSaysSo)
{
    const Id gone = contact("zqxgone");
    pass(10);
    const std::int64_t rule
        = add(R"({"what":"records","type":"contact","by":"created_at","older_than_days":9,"how":"erase"})");
    EXPECT_EQ(apply(rule)["removed"], Value{std::int64_t{1}});
    const auto row = m_host.records->get(Principal::system(), "contact", gone, true);
    ASSERT_TRUE(row);
    EXPECT_EQ(value_of(*m_host.records->schema()->find("contact"), *row, "name"), Value{});
    EXPECT_EQ(preview(rule)["count"], Value{std::int64_t{0}});
    expect_sound();
}

TEST_F(RetentionTest, TakesWhatEventsSaidAndTheTrailKnowsWhy)
{
    const Id person = contact("Ada");
    const std::int64_t old = publish("page.viewed", person, EventClass::telemetry);
    const std::int64_t kept_class = publish("page.bought", person, EventClass::history);
    const std::int64_t other_type = publish("mail.opened", person, EventClass::telemetry);
    pass(100);
    const std::int64_t young = publish("page.viewed", person, EventClass::telemetry);
    const std::int64_t rule
        = add(R"({"what":"events","types":"page.*","class":"telemetry","older_than_days":90})");
    EXPECT_EQ(preview(rule)["count"], Value{std::int64_t{1}});
    EXPECT_EQ(apply(rule)["removed"], Value{std::int64_t{1}});
    const auto left = speaking();
    EXPECT_FALSE(left.contains(old));
    for (const std::int64_t number : {kept_class, other_type, young})
        EXPECT_TRUE(left.contains(number));
    EventFilter filter;
    filter.subject = person;
    filter.type = "page.viewed";
    const auto timeline = m_log.list(Principal::system(), filter);
    ASSERT_TRUE(timeline);
    ASSERT_EQ(timeline->size(), 2U) << "that it happened stays";
    EXPECT_TRUE(timeline->front().data.empty());
    EXPECT_EQ(audit().expired, 1U);
    expect_sound();

    // Nor what an older host wrote, of which nobody knows whether it tells of rows.
    ASSERT_TRUE(m_host.writer->run([&](Connection& connection) {
        return connection.execute(
            R"(UPDATE "mt$event" SET sealed = NULL WHERE number = )" + std::to_string(old)
        );
    }));
    EXPECT_NE(audit().wrong, 0U);
    ASSERT_TRUE(m_host.writer->run([&](Connection& connection) {
        return connection.execute(
            R"(UPDATE "mt$event" SET sealed = x'' WHERE number = )" + std::to_string(old)
        );
    }));
    expect_sound();

    // By hand, nobody takes away what no rule took: of another class, type, or age.
    std::uint64_t wrong = 0;
    for (const std::int64_t number : {kept_class, other_type, young}) {
        ASSERT_TRUE(m_host.writer->run([&](Connection& connection) {
            return connection.execute(
                R"(DELETE FROM "mt$event_data" WHERE number = )" + std::to_string(number)
            );
        }));
        EXPECT_EQ(audit().wrong, ++wrong) << number;
    }
}

TEST_F(RetentionTest, KeepsEventsThatProveVersionsOfRecords)
{
    contact("Ada");
    pass(100);
    const std::int64_t rule = add(R"({"what":"events","types":"*","class":"history","older_than_days":9})");
    const Map told = preview(rule);
    EXPECT_EQ(told["count"], Value{std::int64_t{0}});
    EXPECT_NE(told["kept"]["proof"], Value{std::int64_t{0}});
    const auto before = speaking();
    apply(rule);
    EXPECT_EQ(speaking(), before);
    expect_sound();
}

TEST_F(RetentionTest, KeepsEventsThatASubscriberHasNotHandled)
{
    const Id person = contact("Ada");
    const std::int64_t read = publish("page.viewed", person, EventClass::telemetry);
    const std::int64_t parked = publish("page.viewed", person, EventClass::telemetry);
    const std::int64_t unread = publish("page.viewed", person, EventClass::telemetry);
    const std::int64_t not_wanted = publish("mail.opened", person, EventClass::telemetry);
    ASSERT_TRUE(m_host.writer->run([&](Connection& connection) {
        return connection.execute(
            R"(INSERT INTO "mt$subscription" (id, plugin, name, patterns, cursor) VALUES (1, 'p', 's', '["page.*"]', )"
            + std::to_string(parked) + R"(); INSERT INTO "mt$parked" VALUES (1, )" + std::to_string(parked)
            + ", 0, 3, 0, 1, 'x', 0)"
        );
    }));
    pass(100);
    const std::int64_t rule = add(R"({"what":"events","types":"*","class":"telemetry","older_than_days":9})");
    const Map told = preview(rule);
    EXPECT_EQ(told["count"], Value{std::int64_t{2}});
    EXPECT_EQ(told["kept"]["unread"], Value{std::int64_t{2}});
    EXPECT_EQ(apply(rule)["removed"], Value{std::int64_t{2}});
    const auto left = speaking();
    EXPECT_TRUE(left.contains(parked) && left.contains(unread));
    EXPECT_FALSE(left.contains(read) || left.contains(not_wanted));
    // Once it has handled them they go too.
    ASSERT_TRUE(m_host.writer->run([&](Connection& connection) {
        return connection.execute(R"(DELETE FROM "mt$parked"; UPDATE "mt$subscription" SET cursor = 1000)");
    }));
    EXPECT_EQ(apply(rule)["removed"], Value{std::int64_t{2}});
    expect_sound();
}

TEST_F(RetentionTest, GoesByADateOfTheRecordAndTellsWhatRefuses)
{
    constexpr const char* types = R"json([
        { "name": "offer", "title_field": "number", "fields": [
            { "name": "number", "kind": "text", "label": "Number" },
            { "name": "ends", "kind": "date", "label": "Ends" } ] },
        { "name": "order", "title_field": "number", "fields": [
            { "name": "number", "kind": "text", "label": "Number" },
            { "name": "offer", "kind": "reference", "reference": "offer", "label": "Offer", "on_delete": "refuse",
              "indexed": true } ] } ])json";
    const auto parsed = parse_type_declarations(*parse_json(types, "types"), "", "");
    ASSERT_TRUE(parsed) << parsed.error().message;
    ASSERT_TRUE(m_host.records->declare("com.test", *parsed));
    const std::int64_t today = m_host.clock.now().microseconds / day;
    const auto offer = [&](const char* number, std::optional<std::int64_t> ended) {
        Map values{{"number", number}};
        if (ended) values.set("ends", Date{today - *ended});
        return m_host.create("offer", std::move(values))->ids.front();
    };
    const Id old = offer("old", 11);
    const Id in_use = offer("in use", 12);
    const Id young = offer("young", 10);
    const Id open = offer("open", std::nullopt);
    ASSERT_TRUE(m_host.create("order", {{"number", "O1"}, {"offer", in_use}}));
    const std::int64_t rule = add(R"({"what":"records","type":"offer","by":"ends","older_than_days":10})");
    EXPECT_EQ(preview(rule)["count"], Value{std::int64_t{2}});
    const Map done = apply(rule);
    EXPECT_EQ(done["removed"], Value{std::int64_t{1}});
    EXPECT_EQ(done["refused"], Value{std::int64_t{1}});
    EXPECT_NE(
        done["reasons"].get_or(List{}).front().text().find(std::to_string(in_use.number)), std::string::npos
    );
    EXPECT_FALSE(m_host.records->get(Principal::system(), "offer", old));
    for (const Id id : {in_use, young, open})
        EXPECT_TRUE(m_host.records->get(Principal::system(), "offer", id));
    expect_sound();
}

TEST_F(RetentionTest, TakesEndedJobsAndDeadLetters)
{
    const Id person = contact("Ada");
    const std::int64_t number = publish("page.viewed", person, EventClass::telemetry);
    const std::int64_t jobs = add(R"({"what":"jobs","older_than_days":9})");
    const std::int64_t letters = add(R"({"what":"dead_letters","older_than_days":9})");
    EXPECT_EQ(apply(jobs)["removed"], Value{std::int64_t{0}}); // a job that ends now
    ASSERT_TRUE(m_host.writer->run([&](Connection& connection) {
        return connection.execute(
            R"(INSERT INTO "mt$subscription" (id, plugin, name, patterns, cursor) VALUES (1, 'p', 's', '["*"]', 1000);
            INSERT INTO "mt$parked" VALUES (1, )"
            + std::to_string(number) + ", 0, 3, 0, 1, 'x', " + std::to_string(m_host.clock.now().microseconds)
            + R"(), (1, 1, 0, 1, 0, 0, 'waits', 0))"
        );
    }));
    EXPECT_EQ(preview(letters)["count"], Value{std::int64_t{0}});
    pass(10);
    EXPECT_EQ(preview(jobs)["count"], Value{std::int64_t{1}});
    EXPECT_EQ(apply(jobs)["removed"], Value{std::int64_t{1}});
    EXPECT_EQ(preview(letters)["count"], Value{std::int64_t{1}});
    EXPECT_EQ(apply(letters)["removed"], Value{std::int64_t{1}});
    EXPECT_EQ(numbers(R"(SELECT number FROM "mt$parked")"), (std::set<std::int64_t>{1}))
        << "it is tried again";
    expect_sound();
}

TEST_F(RetentionTest, IsForWhoMayErase)
{
    CallContext member;
    member.principal.user = Id{5};
    member.principal.user_name = "max";
    member.principal.rights
        = std::make_shared<const Rights>(std::vector<Role>{*find_built_in_role(member_role)});
    EXPECT_EQ(m_retention.rules(member.principal).error().code, ErrorCode::denied);
    EXPECT_EQ(m_retention.preview(member.principal, 0).error().code, ErrorCode::denied);
    EXPECT_EQ(m_retention.apply(member, 0).error().code, ErrorCode::denied);
    EXPECT_EQ(m_retention.remove(member, 1).error().code, ErrorCode::denied);
    EXPECT_EQ(m_retention.set_daily(member, true).error().code, ErrorCode::denied);
    EXPECT_EQ(
        m_retention.add(member, Map{{"what", "jobs"}, {"older_than_days", 3}}).error().code, ErrorCode::denied
    );
}

TEST_F(RetentionTest, LeavesWhatIsAboutRestrictedContactsAlone)
{
    constexpr const char* types = R"json([
        { "name": "note", "title_field": "text", "fields": [
            { "name": "text", "kind": "text", "label": "Text" },
            { "name": "person", "kind": "reference", "label": "Person", "reference": "contact" } ] } ])json";
    const auto parsed = parse_type_declarations(*parse_json(types, "types"), "", "");
    ASSERT_TRUE(parsed) << parsed.error().message;
    ASSERT_TRUE(m_host.records->declare("com.test", *parsed));
    const Id restricted = contact("Ada");
    const Id free = contact("Ben");
    for (const Id person : {restricted, free})
        ASSERT_TRUE(m_host.create("note", {{"text", "said"}, {"person", person}}));
    const std::int64_t kept = publish("page.viewed", restricted, EventClass::telemetry);
    const std::int64_t gone = publish("page.viewed", free, EventClass::telemetry);
    restrict_contact(restricted);
    pass(100);
    const std::int64_t events
        = add(R"({"what":"events","types":"page.*","class":"telemetry","older_than_days":9})");
    EXPECT_EQ(preview(events)["kept"]["restricted"], Value{std::int64_t{1}});
    EXPECT_EQ(apply(events)["removed"], Value{std::int64_t{1}});
    EXPECT_TRUE(speaking().contains(kept));
    EXPECT_FALSE(speaking().contains(gone));
    expect_sound();
    // The rule meets it and kept it: nobody takes it away under the rule's name.
    ASSERT_TRUE(m_host.writer->run([&](Connection& connection) {
        return connection.execute(
            R"(CREATE TABLE aside AS SELECT * FROM "mt$event_data"; DELETE FROM "mt$event_data" WHERE number = )"
            + std::to_string(kept)
        );
    }));
    EXPECT_EQ(audit().wrong, 1U);
    ASSERT_TRUE(m_host.writer->run([&](Connection& connection) {
        return connection.execute(
            R"(INSERT OR IGNORE INTO "mt$event_data" SELECT * FROM aside; DROP TABLE aside)"
        );
    }));
    const std::int64_t notes
        = add(R"({"what":"records","type":"note","by":"created_at","older_than_days":9})");
    const Map told = apply(notes);
    EXPECT_EQ(told["removed"], Value{std::int64_t{1}});
    EXPECT_EQ(told["kept"]["restricted"], Value{std::int64_t{1}});
    expect_sound();
}

/// What goes is what the preview counted, over houses made by chance; every seed is tried every time.
class RetentionProperty : public RetentionTest, public testing::WithParamInterface<unsigned> { };

TEST_P(RetentionProperty, ApplyingTakesWhatThePreviewSaid)
{
    std::mt19937 generator{GetParam()};
    const auto pick = [&](int most) { return static_cast<int>(generator() % static_cast<unsigned>(most)); };
    std::vector<Id> people;
    constexpr std::array<const char*, 4> types{"page.viewed", "page.left", "mail.opened", "call.noted"};
    constexpr std::array<EventClass, 3> classes{
        EventClass::history, EventClass::telemetry, EventClass::audit
    };
    for (int step = 0; step < 150; ++step) {
        m_host.clock.advance(Duration{pick(3) * day + pick(1000)});
        if (people.empty() || pick(3) == 0)
            people.push_back(contact("P" + std::to_string(step), pick(2) == 0 ? "lead" : "customer"));
        else if (pick(12) == 0 && !m_host.records->restricted()->contains(people[0].number))
            restrict_contact(people[0]);
        else
            publish(
                types[static_cast<std::size_t>(pick(4))],
                people[static_cast<std::size_t>(pick(static_cast<int>(people.size())))],
                classes[static_cast<std::size_t>(pick(3))]
            );
    }
    const std::string days = std::to_string(1 + pick(150));
    const std::array<std::string, 3> rules{
        R"({"what":"records","type":"contact","by":"activity","where":{"lifecycle":"lead"},"older_than_days":)"
            + days + "}",
        R"({"what":"records","type":"contact","by":"created_at","how":"erase","older_than_days":)" + days
            + "}",
        R"({"what":"events","types":"page.*","class":"telemetry","older_than_days":)" + days + "}",
    };
    for (const std::string& text : rules) {
        const std::int64_t rule = add(text.c_str());
        const Map told = preview(rule);
        const auto live_before = live();
        const auto speaking_before = speaking();
        const Map done = apply(rule);
        EXPECT_EQ(done["removed"], told["count"]) << text << " seed " << GetParam();
        const auto count = static_cast<std::size_t>(told["count"].get_or<std::int64_t>(0));
        if (text.find("events") != std::string::npos) {
            EXPECT_EQ(live(), live_before);
            EXPECT_EQ(speaking_before.size() - speaking().size(), count);
        } else {
            EXPECT_EQ(live_before.size() - live().size(), count);
            EXPECT_EQ(done["refused"], Value{std::int64_t{0}});
        }
        for (const Value& sample : told["samples"].get_or(List{})) {
            const Id id = sample["id"].get_or(Id{});
            EXPECT_FALSE(id && live().contains(id.number));
        }
        EXPECT_EQ(preview(rule)["count"], Value{std::int64_t{0}}) << "nothing is left to do";
    }
    expect_sound();
}

INSTANTIATE_TEST_SUITE_P(Seeds, RetentionProperty, testing::Values(1U, 2U, 3U, 5U, 8U, 13U, 21U, 34U));

} // namespace
} // namespace mortise::host
