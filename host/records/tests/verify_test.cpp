#include "records/tests/scratch_host.hpp"
#include "records/verify.hpp"

#include <algorithm>

namespace mortise::host {
namespace {

class Verify : public testing::Test {
protected:
    void SetUp() override
    {
        const auto made = host.create("contact", {{"name", "Acme"}, {"kind", "organisation"}});
        ASSERT_TRUE(made);
        organisation = made->ids.front();
        person = host.create("contact", {{"name", "Ada"}, {"organisation", organisation}})->ids.front();
        for (const char* title : {"Analyst", "Countess"})
            ASSERT_TRUE(host.commit(
                {.operation = Operation::update,
                 .type = "contact",
                 .id = person,
                 .version = {},
                 .values = {{"job_title", title}}}
            ));
    }

    /// What is wrong in one check after `sql` was done to the database behind its back.
    std::vector<std::string> findings_after(const std::string& sql, const std::string& check)
    {
        const auto done = host.writer->run([&](Connection& connection) { return connection.execute(sql); });
        EXPECT_TRUE(done);
        const ReadLease reader = host.database->read();
        const auto checks = verify_database(*reader, {});
        EXPECT_TRUE(checks) << checks.error().message;
        if (!checks) return {};
        for (const DatabaseCheck& one : *checks)
            EXPECT_TRUE(one.name == check || one.wrong == 0) << one.name;
        const auto found = std::ranges::find(*checks, check, &DatabaseCheck::name);
        EXPECT_NE(found, checks->end());
        EXPECT_NE(found->looked_at, 0U);
        return found->findings;
    }

    ScratchHost host;
    Id organisation;
    Id person;
};

TEST_F(Verify, FindsNothingWrongWithASoundDatabase)
{
    for (const char* check : {"pages", "references", "history", "event numbers", "events"})
        EXPECT_TRUE(findings_after("", check).empty()) << check;
}

TEST_F(Verify, FindsAReferenceToNothing)
{
    const auto found = findings_after(
        "UPDATE \"mt$contact\" SET organisation = 999 WHERE id = " + std::to_string(person.number),
        "references"
    );
    ASSERT_EQ(found.size(), 1U);
    EXPECT_NE(
        found[0].find("contact " + std::to_string(person.number) + ": organisation"), std::string::npos
    );
}

TEST_F(Verify, FindsALostVersion)
{
    EXPECT_EQ(findings_after("DELETE FROM \"mt$contact_h\" WHERE version = 1", "history").size(), 1U);
}

TEST_F(Verify, FindsAVersionThatEndsTooLate)
{
    EXPECT_EQ(
        findings_after("UPDATE \"mt$contact_h\" SET until = until + 1 WHERE version = 2", "history").size(),
        1U
    );
}

TEST_F(Verify, FindsAMissingEvent)
{
    const auto found = findings_after(
        "DELETE FROM \"mt$event\" WHERE number = 2; DELETE FROM \"mt$event_data\" WHERE number = 2;"
        "DELETE FROM \"mt$event_link\" WHERE number = 2",
        "event numbers"
    );
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0], "event 2 is missing");
}

TEST_F(Verify, FindsAnEventThatWasRewritten)
{
    for (const char* change :
         {"UPDATE \"mt$event_data\" SET data = '{}' WHERE number = 2",
          "UPDATE \"mt$event\" SET time = time + 1 WHERE number = 3"})
        static_cast<void>(findings_after(change, "events"));
    const auto found = findings_after("UPDATE \"mt$event\" SET subject = 77 WHERE number = 1", "events");
    EXPECT_EQ(found.size(), 3U);
}

TEST_F(Verify, CanBeStopped)
{
    const std::atomic<bool> cancel{true};
    const ReadLease reader = host.database->read();
    EXPECT_EQ(
        verify_database(*reader, {.on_check = {}, .cancel = &cancel}).error().code, ErrorCode::cancelled
    );
}

} // namespace
} // namespace mortise::host
