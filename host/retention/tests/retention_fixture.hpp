#pragma once

/// \file
/// A host in memory with rules of retention, and a clock that a test moves.

#include "base/json.hpp"
#include "events/event_log.hpp"
#include "jobs/job_queue.hpp"
#include "merging/merging.hpp"
#include "privacy/erasure.hpp"
#include "records/audit/audit_verify.hpp"
#include "records/restrictions.hpp"
#include "records/tests/scratch_host.hpp"
#include "records/verify.hpp"
#include "retention/retention.hpp"

#include <set>

namespace mortise::host {

inline constexpr std::int64_t day = 86'400'000'000;

class RetentionTest : public testing::Test {
protected:
    RetentionTest()
        : m_log{*m_host.database},
          m_merging{*m_host.database, *m_host.writer, *m_host.records, m_host.clock},
          m_erasure{*m_host.database, *m_host.writer, *m_host.records, m_log, m_host.clock},
          m_retention{{*m_host.database, *m_host.writer, *m_host.records, m_log, m_erasure, m_host.clock}}
    {
    }

    void SetUp() override
    {
        ASSERT_TRUE(m_merging.open());
        ASSERT_TRUE(m_log.open());
        ASSERT_TRUE(m_erasure.open());
        m_host.writer->on_commit([this](std::int64_t last) { m_log.committed(last); });
        m_jobs
            = std::make_unique<JobQueue>(*m_host.database, *m_host.writer, m_host.clock, JobStart::by_hand);
        ASSERT_TRUE(m_jobs->open());
        ASSERT_TRUE(m_retention.open());
        ASSERT_TRUE(m_retention.attach(*m_jobs));
    }
    void TearDown() override
    {
        m_retention.stop();
        m_jobs->stop(std::chrono::seconds{5});
    }

    std::int64_t add(const char* rule)
    {
        const auto added
            = m_retention.add(ScratchHost::system(), value_of(*parse_json(rule, "a rule")).get_or(Map{}));
        EXPECT_TRUE(added) << added.error().message;
        return added ? added->id : 0;
    }

    Id contact(const std::string& name, const char* lifecycle = "lead")
    {
        const auto made
            = m_host.create("contact", {{"kind", "person"}, {"name", name}, {"lifecycle", lifecycle}});
        EXPECT_TRUE(made) << made.error().message;
        return made ? made->ids.front() : Id{};
    }

    std::int64_t publish(const std::string& type, Id subject, EventClass event_class)
    {
        UnitOfWork unit;
        EventDraft event;
        event.type = type;
        event.subject = subject;
        event.event_class = event_class;
        event.data = Map{{"text", "zqx said " + std::to_string(subject.number)}};
        unit.events.push_back(std::move(event));
        const auto done = m_host.records->commit(ScratchHost::system(), unit);
        EXPECT_TRUE(done) << done.error().message;
        return done ? done->number : 0;
    }

    void pass(std::int64_t days) { m_host.clock.advance(Duration{days * day}); }

    /// What the preview of a rule says.
    Map preview(std::int64_t rule)
    {
        const auto told = m_retention.preview(Principal::system(), rule);
        EXPECT_TRUE(told) << told.error().message;
        return told ? (*told)["rules"].get_or(List{}).front().get_or(Map{}) : Map{};
    }

    /// What became of it.
    Map apply(std::int64_t rule)
    {
        const auto job = m_retention.apply(ScratchHost::system(), rule);
        EXPECT_TRUE(job) << job.error().message;
        EXPECT_TRUE(m_jobs->run_due(std::chrono::seconds{60}));
        const auto found = m_jobs->find(*job);
        EXPECT_TRUE(found);
        EXPECT_EQ(found->state, JobState::done) << found->error;
        const List rules = found->result["rules"].get_or(List{});
        return rules.empty() ? Map{} : rules.front().get_or(Map{});
    }

    std::set<std::int64_t> numbers(const std::string& sql)
    {
        const ReadLease reader = m_host.database->read();
        auto select = reader->prepare(sql);
        EXPECT_TRUE(select) << select.error().message;
        std::set<std::int64_t> found;
        for (;;) {
            const auto more = select->step();
            if (!more || !*more) return found;
            found.insert(select->integer(0));
        }
    }
    std::set<std::int64_t> live()
    {
        return numbers(
            "SELECT id FROM \"" + m_host.records->schema()->find("contact")->table
            + "\" WHERE deleted_at IS NULL"
        );
    }
    std::set<std::int64_t> speaking() { return numbers(R"(SELECT number FROM "mt$event_data")"); }

    AuditReport audit()
    {
        const ReadLease reader = m_host.database->read();
        auto report = verify_audit(*reader, {});
        EXPECT_TRUE(report) << report.error().message;
        return report ? *std::move(report) : AuditReport{};
    }

    void expect_sound()
    {
        const AuditReport report = audit();
        EXPECT_EQ(report.wrong, 0U);
        for (const AuditFinding& finding : report.findings)
            ADD_FAILURE() << finding.what;
        const ReadLease reader = m_host.database->read();
        const auto checks = verify_database(*reader, {});
        ASSERT_TRUE(checks);
        for (const DatabaseCheck& check : *checks)
            EXPECT_EQ(check.wrong, 0U)
                << check.name << (check.findings.empty() ? "" : check.findings.front());
    }

    void restrict_contact(Id id)
    {
        ASSERT_TRUE(m_host.writer->run([&](Connection& connection) {
            return add_restriction(connection, {id, "disputed", "user:anna", m_host.clock.now()});
        }));
    }

    ScratchHost m_host;
    EventLog m_log;
    Merging m_merging;
    Erasure m_erasure;
    Retention m_retention;
    std::unique_ptr<JobQueue> m_jobs;
};

} // namespace mortise::host
