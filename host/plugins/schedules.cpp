#include "plugins/schedules.hpp"

#include "base/clock.hpp"
#include "base/json.hpp"
#include "base/time_zone.hpp"
#include "jobs/job_queue.hpp"
#include "plugins/occurrences.hpp"
#include "records/records.hpp"
#include "records/writer.hpp"
#include "store/database.hpp"

#include <algorithm>
#include <filesystem>

namespace mortise::host {

namespace {

constexpr std::chrono::seconds longest_sleep{20}; // a clock that was put forward is noticed by then
constexpr int kept_runs = 50; // of each schedule

std::string rule_of(const ScheduleDeclaration& declared)
{
    if (declared.every.count() > 0) return "every " + std::to_string(declared.every.count()) + " s";
    return "cron " + declared.cron + (declared.time_zone.empty() ? "" : ' ' + declared.time_zone);
}

/// The zone of the installation, as /etc/localtime names it.
std::string zone_of_system()
{
    std::error_code failed;
    const std::string target = std::filesystem::read_symlink("/etc/localtime", failed).string();
    constexpr std::string_view folder = "zoneinfo/";
    const std::size_t at = target.find(folder);
    return failed || at == std::string::npos ? "UTC" : target.substr(at + folder.size());
}

Result<TimeZone> zone_of(const ScheduleDeclaration& declared)
{
    return TimeZone::find(declared.time_zone.empty() ? zone_of_system() : declared.time_zone);
}

} // namespace

Result<void> Schedules::open()
{
    return m_services.writer.run([](Connection& connection) {
        return connection.execute(R"(
            CREATE TABLE IF NOT EXISTS "mt$schedule" (plugin TEXT NOT NULL, name TEXT NOT NULL, rule TEXT NOT NULL,
                next INTEGER NOT NULL, PRIMARY KEY (plugin, name)) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS "mt$schedule_run" (plugin TEXT NOT NULL, name TEXT NOT NULL,
                due INTEGER NOT NULL, job INTEGER NOT NULL, PRIMARY KEY (plugin, name, due)) WITHOUT ROWID;
        )");
    });
}

/// The first time behind both: the last one that was dealt with, and now.
Result<Instant> Schedules::next_of(const ScheduleDeclaration& declared, Instant due, Instant now)
{
    if (declared.every.count() > 0) {
        const std::int64_t step = declared.every.count() * 1'000'000;
        const std::int64_t passed = std::max<std::int64_t>(0, now.microseconds - due.microseconds);
        return Instant{due.microseconds + (passed / step + 1) * step};
    }
    MORTISE_TRY(const Cron cron, Cron::parse(declared.cron));
    MORTISE_TRY(const TimeZone zone, zone_of(declared));
    const auto next = occurrences(cron, zone, std::max(due, now), 1);
    if (!next.empty()) return next.front();
    return Error{
        .code = ErrorCode::invalid,
        .message = "the schedule " + declared.name + " never comes round",
        .key = "schedules.never",
        .where = declared.cron,
        .hint = "its day and month must meet, as 30 2 does not",
    };
}

Result<void> Schedules::set(const Manifest& manifest)
{
    const Instant now = m_services.clock.now();
    std::vector<Entry> entries;
    for (const ScheduleDeclaration& declared : manifest.schedules) {
        Entry entry{.declared = declared, .attempts = 1, .rule = rule_of(declared)};
        if (const JobDeclaration* job = manifest.find_job(declared.job)) entry.attempts = job->attempts;
        MORTISE_TRY(const Instant fresh, next_of(declared, now, now));
        MORTISE_CHECK(m_services.writer.run([&](Connection& connection) -> Result<void> {
            MORTISE_TRY(
                Statement * keep,
                connection.cached(
                    R"(INSERT INTO "mt$schedule" (plugin, name, rule, next) VALUES (?1, ?2, ?3, ?4)
                    ON CONFLICT (plugin, name) DO UPDATE SET rule = ?3,
                    next = CASE WHEN rule = ?3 THEN next ELSE ?4 END RETURNING next)"
                )
            );
            keep->bind(1, manifest.id);
            keep->bind(2, declared.name);
            keep->bind(3, entry.rule);
            keep->bind(4, fresh.microseconds);
            MORTISE_CHECK(keep->step());
            entry.next = Instant{keep->integer(0)};
            keep->reset();
            return {};
        }));
        entries.push_back(std::move(entry));
    }
    const std::scoped_lock lock{m_mutex};
    if (entries.empty())
        m_entries.erase(manifest.id);
    else
        m_entries.insert_or_assign(manifest.id, std::move(entries));
    if (!m_entries.empty() && !m_thread.joinable() && !m_stopping)
        m_thread = std::thread{[this] { watch(); }};
    m_woken = true;
    m_changed.notify_all();
    return {};
}

void Schedules::remove(std::string_view plugin)
{
    const std::scoped_lock round{m_firing}; // nothing of it fires any more when this returns
    const std::scoped_lock lock{m_mutex};
    if (const auto found = m_entries.find(plugin); found != m_entries.end()) m_entries.erase(found);
}

Result<void> Schedules::forget(std::string_view plugin)
{
    remove(plugin);
    return m_services.writer.run([&](Connection& connection) -> Result<void> {
        for (const char* sql :
             {R"(DELETE FROM "mt$schedule" WHERE plugin = ?)",
              R"(DELETE FROM "mt$schedule_run" WHERE plugin = ?)"}) {
            MORTISE_TRY(Statement * forget_them, connection.cached(sql));
            forget_them->bind(1, plugin);
            MORTISE_CHECK(forget_them->run());
        }
        return {};
    });
}

/// Queues the job of one time, unless another host did, and moves the schedule on; all in one transaction.
Result<void> Schedules::fire(const std::string& plugin, Entry& entry, Instant now)
{
    const Instant due = entry.next;
    const bool is_missed = now.microseconds - due.microseconds > std::chrono::microseconds{grace}.count();
    const bool fires = !is_missed || entry.declared.once_if_missed;
    MORTISE_TRY(const Instant next, next_of(entry.declared, due, now));
    JobDraft draft;
    draft.plugin = plugin;
    draft.name = entry.declared.job;
    draft.key = "schedule " + entry.declared.name; // one that takes longer than its period does not pile up
    draft.arguments = value_of(entry.declared.arguments);
    draft.attempts = entry.attempts;
    if (fires) {
        MORTISE_TRY(const Id id, m_services.records.reserve(1));
        draft.id = id.number;
    }
    MORTISE_CHECK(m_services.writer.run([&](Connection& connection) -> Result<void> {
        if (fires) {
            MORTISE_TRY(
                Statement * claim,
                connection.cached(
                    R"(INSERT INTO "mt$schedule_run" (plugin, name, due, job) VALUES (?1, ?2, ?3, ?4)
                    ON CONFLICT DO NOTHING)"
                )
            );
            claim->bind(1, plugin);
            claim->bind(2, entry.declared.name);
            claim->bind(3, due.microseconds);
            claim->bind(4, draft.id);
            MORTISE_CHECK(claim->run());
            if (connection.changes() > 0) MORTISE_CHECK(JobQueue::add_in(connection, draft, now));
        }
        MORTISE_TRY(
            Statement * move,
            connection.cached(R"(UPDATE "mt$schedule" SET next = ?3 WHERE plugin = ?1 AND name = ?2)")
        );
        move->bind(1, plugin);
        move->bind(2, entry.declared.name);
        move->bind(3, next.microseconds);
        MORTISE_CHECK(move->run());
        MORTISE_TRY(
            Statement * trim,
            connection.cached(
                R"(DELETE FROM "mt$schedule_run" WHERE plugin = ?1 AND name = ?2 AND due NOT IN
                (SELECT due FROM "mt$schedule_run" WHERE plugin = ?1 AND name = ?2 ORDER BY due DESC LIMIT ?3))"
            )
        );
        trim->bind(1, plugin);
        trim->bind(2, entry.declared.name);
        trim->bind(3, kept_runs);
        return trim->run();
    }));
    entry.next = next;
    if (fires) m_services.jobs.wake();
    return {};
}

void Schedules::run_due()
{
    const std::scoped_lock round{m_firing};
    const Instant now = m_services.clock.now();
    std::vector<std::pair<std::string, Entry>> due;
    {
        const std::scoped_lock lock{m_mutex};
        for (const auto& [plugin, entries] : m_entries)
            for (const Entry& entry : entries)
                if (entry.next <= now) due.emplace_back(plugin, entry);
    }
    for (auto& [plugin, entry] : due) {
        if (auto fired = fire(plugin, entry, now); !fired) {
            m_report(plugin, fired.error());
            continue; // tried again in the next round
        }
        const std::scoped_lock lock{m_mutex};
        if (const auto found = m_entries.find(plugin); found != m_entries.end())
            for (Entry& present : found->second)
                if (present.declared.name == entry.declared.name && present.rule == entry.rule)
                    present.next = entry.next;
    }
}

void Schedules::watch()
{
    std::unique_lock lock{m_mutex};
    while (!m_stopping) {
        lock.unlock();
        run_due();
        lock.lock();
        std::chrono::microseconds sleep = longest_sleep;
        const Instant now = m_services.clock.now();
        for (const auto& [plugin, entries] : m_entries)
            for (const Entry& entry : entries)
                sleep = std::min(
                    sleep,
                    std::chrono::microseconds{
                        std::max<std::int64_t>(entry.next.microseconds - now.microseconds, 100'000)
                    }
                );
        m_changed.wait_for(lock, sleep, [this] { return m_stopping || m_woken; });
        m_woken = false;
    }
}

Result<std::vector<ScheduleStatus>> Schedules::status(std::string_view plugin)
{
    std::vector<ScheduleStatus> all;
    {
        const std::scoped_lock lock{m_mutex};
        if (const auto found = m_entries.find(plugin); found != m_entries.end())
            for (const Entry& entry : found->second)
                all.push_back({entry.declared.name, entry.declared.job, entry.rule, entry.next, {}, 0});
    }
    if (all.empty()) return all;
    const ReadLease reader = m_services.database.read();
    for (ScheduleStatus& one : all) {
        MORTISE_TRY(
            Statement * select,
            reader->cached(
                R"(SELECT due, job FROM "mt$schedule_run" WHERE plugin = ? AND name = ? ORDER BY due DESC LIMIT 1)"
            )
        );
        select->bind(1, plugin);
        select->bind(2, one.name);
        MORTISE_TRY(const bool found, select->step());
        if (found) {
            one.last = Instant{select->integer(0)};
            one.last_job = select->integer(1);
        }
        select->reset();
    }
    return all;
}

void Schedules::stop()
{
    {
        const std::scoped_lock lock{m_mutex};
        m_stopping = true;
        m_changed.notify_all();
    }
    if (m_thread.joinable()) m_thread.join();
}

} // namespace mortise::host
