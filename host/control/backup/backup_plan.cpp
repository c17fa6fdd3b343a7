#include "control/backup/backup_plan.hpp"

#include "base/time_text.hpp"
#include "store/connection.hpp"

#include <array>
#include <functional>

namespace mortise::host {

namespace {

constexpr std::int64_t microseconds_of_day = 86'400'000'000;

Date day_of(Instant instant)
{
    std::int64_t days = instant.microseconds / microseconds_of_day;
    if (instant.microseconds % microseconds_of_day < 0) --days;
    return Date{days};
}

std::int64_t week_of(Instant instant)
{
    constexpr std::int64_t from_monday = 3; // 1970-01-01 was a Thursday
    const std::int64_t days = day_of(instant).days + from_monday;
    return days >= 0 ? days / 7 : (days - 6) / 7;
}

std::int64_t month_of(Instant instant)
{
    const CivilDate civil = civil_of(day_of(instant));
    return civil.year * 12 + std::int64_t{civil.month};
}

} // namespace

Result<void> open_backup_tables(Connection& connection)
{
    return connection.execute(R"(
        CREATE TABLE IF NOT EXISTS "mt$backup_plan$" (id INTEGER PRIMARY KEY CHECK (id = 1), folder TEXT NOT NULL,
            every_hours INTEGER NOT NULL, last INTEGER NOT NULL, daily INTEGER NOT NULL, weekly INTEGER NOT NULL,
            monthly INTEGER NOT NULL, key_file TEXT NOT NULL, since INTEGER NOT NULL, source TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS "mt$backup_state$" (id INTEGER PRIMARY KEY CHECK (id = 1), made INTEGER NOT NULL,
            failed INTEGER NOT NULL, failure TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS "mt$backup$" (id INTEGER PRIMARY KEY, file TEXT NOT NULL, made INTEGER NOT NULL,
            bytes INTEGER NOT NULL, encrypted INTEGER NOT NULL, source TEXT NOT NULL);
    )");
}

Result<std::optional<BackupPlan>> read_backup_plan(Connection& connection)
{
    MORTISE_TRY(
        Statement * select,
        connection.cached(
            R"(SELECT folder, every_hours, last, daily, weekly, monthly, key_file, since, source FROM "mt$backup_plan$")"
        )
    );
    MORTISE_TRY(const bool found, select->step());
    std::optional<BackupPlan> plan;
    if (found) {
        const auto count = [&](int column) { return static_cast<std::uint32_t>(select->integer(column)); };
        plan = BackupPlan{
            .folder = std::string{select->text(0)},
            .every_hours = count(1),
            .keep = {.last = count(2), .daily = count(3), .weekly = count(4), .monthly = count(5)},
            .key_file = std::string{select->text(6)},
            .since = Instant{select->integer(7)},
            .source = std::string{select->text(8)},
        };
    }
    select->reset();
    return plan;
}

Result<void> write_backup_plan(Connection& connection, const std::optional<BackupPlan>& plan)
{
    if (!plan) return connection.execute(R"(DELETE FROM "mt$backup_plan$")");
    MORTISE_TRY(
        Statement * set,
        connection.cached(
            R"(INSERT OR REPLACE INTO "mt$backup_plan$" (id, folder, every_hours, last, daily, weekly, monthly, key_file,
            since, source) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9))"
        )
    );
    set->bind(1, std::string_view{plan->folder.native()});
    set->bind(2, std::int64_t{plan->every_hours});
    set->bind(3, std::int64_t{plan->keep.last});
    set->bind(4, std::int64_t{plan->keep.daily});
    set->bind(5, std::int64_t{plan->keep.weekly});
    set->bind(6, std::int64_t{plan->keep.monthly});
    set->bind(7, std::string_view{plan->key_file.native()});
    set->bind(8, plan->since.microseconds);
    set->bind(9, std::string_view{plan->source});
    return set->run();
}

Result<BackupState> read_backup_state(Connection& connection)
{
    MORTISE_TRY(
        Statement * select, connection.cached(R"(SELECT made, failed, failure FROM "mt$backup_state$")")
    );
    MORTISE_TRY(const bool found, select->step());
    BackupState state;
    if (found)
        state = {Instant{select->integer(0)}, Instant{select->integer(1)}, std::string{select->text(2)}};
    select->reset();
    return state;
}

Result<void> write_backup_state(Connection& connection, const BackupState& state)
{
    MORTISE_TRY(
        Statement * set,
        connection.cached(
            R"(INSERT OR REPLACE INTO "mt$backup_state$" (id, made, failed, failure) VALUES (1, ?1, ?2, ?3))"
        )
    );
    set->bind(1, state.made.microseconds);
    set->bind(2, state.failed.microseconds);
    set->bind(3, std::string_view{state.failure});
    return set->run();
}

Result<std::vector<PlannedBackup>> read_planned_backups(Connection& connection)
{
    MORTISE_TRY(
        Statement * select,
        connection.cached(
            R"(SELECT id, file, made, bytes, encrypted, source FROM "mt$backup$" ORDER BY made DESC, id DESC)"
        )
    );
    std::vector<PlannedBackup> backups;
    for (;;) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) break;
        backups.push_back(
            {.id = select->integer(0),
             .file = std::string{select->text(1)},
             .made = Instant{select->integer(2)},
             .bytes = select->integer(3),
             .encrypted = select->integer(4) != 0,
             .source = std::string{select->text(5)}}
        );
    }
    select->reset();
    return backups;
}

Result<void> add_planned_backup(Connection& connection, const PlannedBackup& backup)
{
    MORTISE_TRY(
        Statement * insert,
        connection.cached(
            R"(INSERT INTO "mt$backup$" (file, made, bytes, encrypted, source) VALUES (?1, ?2, ?3, ?4, ?5))"
        )
    );
    insert->bind(1, std::string_view{backup.file.native()});
    insert->bind(2, backup.made.microseconds);
    insert->bind(3, backup.bytes);
    insert->bind(4, std::int64_t{backup.encrypted});
    insert->bind(5, std::string_view{backup.source});
    return insert->run();
}

Result<void> forget_planned_backup(Connection& connection, std::int64_t id)
{
    MORTISE_TRY(Statement * remove, connection.cached(R"(DELETE FROM "mt$backup$" WHERE id = ?1)"));
    remove->bind(1, id);
    return remove->run();
}

std::vector<std::size_t> backups_to_remove(std::span<const Instant> made, const BackupKeep& keep)
{
    std::vector<bool> is_kept(made.size());
    for (std::size_t i = 0; i < made.size() && (i == 0 || i < keep.last); ++i)
        is_kept[i] = true;
    const std::array<std::pair<std::uint32_t, std::function<std::int64_t(Instant)>>, 3> periods{{
        {keep.daily, [](Instant at) { return day_of(at).days; }},
        {keep.weekly, week_of},
        {keep.monthly, month_of},
    }};
    for (const auto& [wanted, period_of] : periods) {
        std::uint32_t found = 0;
        std::optional<std::int64_t> last;
        for (std::size_t i = 0; i < made.size() && found < wanted; ++i) {
            const std::int64_t period = period_of(made[i]);
            if (last == period) continue;
            last = period;
            ++found;
            is_kept[i] = true;
        }
    }
    std::vector<std::size_t> gone;
    for (std::size_t i = 0; i < made.size(); ++i)
        if (!is_kept[i]) gone.push_back(i);
    return gone;
}

} // namespace mortise::host
