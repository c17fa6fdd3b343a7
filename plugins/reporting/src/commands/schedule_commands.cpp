#include "commands/schedule_commands.hpp"

#include "commands/export_command.hpp"
#include "definition/json_reader.hpp"
#include "output/base64.hpp"

#include <optional>

namespace mortise::plugins::reporting {

namespace {

/// What fits into a record as text.
constexpr std::size_t most_kept_bytes = 700'000;
constexpr std::int64_t lost_after = 3'600'000'000; ///< a job that is so late is not there any more
constexpr std::size_t most_words = 900;

Instant next_time(const Host& host, std::string_view rule, std::string_view zone)
{
    const auto found = host.zone(zone);
    if (!found)
        fail_with(
            ErrorCode::invalid,
            "reporting.schedule",
            "there is no time zone " + std::string{zone},
            "time_zone",
            "such as Europe/Vienna or UTC"
        );
    const auto times = found->next(rule, host.now());
    if (!times || times->empty())
        fail_with(
            ErrorCode::invalid,
            "reporting.schedule",
            "\"" + std::string{rule} + "\" never comes round" + (times ? "" : ": " + times.error().message),
            "rule",
            "minute, hour, day of month, month, weekday, such as \"30 7 * * mon\""
        );
    return times->front();
}

std::string zone_of(const Host& host, std::string_view given)
{
    if (!given.empty()) return std::string{given};
    const Settings settings = require(host.settings());
    return std::string{settings["time_zone"].text()};
}

void start_making(Id schedule, Instant at, Instant due, Work& work)
{
    const std::string key
        = "make/" + std::to_string(schedule.number) + "/" + std::to_string(due.microseconds);
    work.start(
        "reporting.make", {{"schedule", schedule.number}, {"at", at.microseconds}}, {.key = key, .due = at}
    );
}

/// What a schedule is to say after it was planned: when it comes next, or why it never does.
Map plan(const Host& host, const Record& schedule, Work& work)
{
    try {
        const Instant next
            = next_time(host, schedule["rule"].text(), zone_of(host, schedule["time_zone"].text()));
        start_making(schedule.id(), next, next, work);
        return {{"next_at", next}};
    } catch (const Failure& failure) {
        return {
            {"next_at", nullptr},
            {"state", "failed"},
            {"problem", failure.error().message.substr(0, most_words)}
        };
    }
}

/// The file, or why there is none.
struct Made {
    Map file{};
    std::string problem{};
};

Made made_of(const Host& host, const Record& schedule)
{
    try {
        ZoneBook zones;
        const Record report = require(host.get("report", schedule["report"].id()));
        Prepared prepared
            = prepare(zones, host, report["definition"].value(), std::string{report["name"].text()}, {});
        Map file = file_of(prepared, schedule["format"].text(), 960, 540);
        const auto* content = file["content"].as<Bytes>();
        if (content->size() > most_kept_bytes)
            return {
                .file = {},
                .problem = "the file has " + std::to_string(content->size()) + " bytes, and at most "
                    + std::to_string(most_kept_bytes) + " are kept; filter the report"
            };
        file.set("content", base64_of(*content));
        return {.file = std::move(file), .problem = {}};
    } catch (const Failure& failure) {
        return {.file = {}, .problem = failure.error().message};
    }
}

void forget_old_files(const Host& host, const Record& schedule, Work& work)
{
    const std::int64_t kept = schedule["keep"].integer(12);
    const Rows rows = require(host.query(
        "SELECT f.id AS id FROM report_file f WHERE f.schedule = :schedule ORDER BY f.id DESC LIMIT 100 "
        "OFFSET "
        ":kept",
        Map{{"schedule", schedule.id().number}, {"kept", kept - 1}} // and the one that is being made
    ));
    for (const Row row : rows)
        work.remove("report_file", row["id"].id());
}

void keep(const Host& host, const Record& schedule, const Made& made, bool was_due, Work& work)
{
    Map values = was_due ? plan(host, schedule, work) : Map{};
    values.set("last_at", host.now());
    if (made.problem.empty()) {
        const Id file = work.create(
            "report_file",
            {{"name", made.file["name"]},
             {"schedule", schedule.id()},
             {"report", schedule["report"].value()},
             {"made_at", host.now()},
             {"media_type", made.file["media_type"]},
             {"size", made.file["size"]},
             {"content", made.file["content"]}}
        );
        forget_old_files(host, schedule, work);
        if (values["state"].is_null()) {
            values.set("state", "done");
            values.set("problem", Value{});
        }
        work.publish(
            "report.made",
            schedule.id(),
            {{"name", made.file["name"]}, {"size", made.file["size"]}},
            {{"file", file}}
        );
    } else {
        const std::string why = made.problem.substr(0, most_words);
        values.set("state", "failed");
        values.set("problem", why);
        work.publish("report.failed", schedule.id(), {{"name", schedule["name"].value()}, {"problem", why}});
    }
    work.update("report_schedule", schedule.id(), values);
}

} // namespace

Value create_schedule(ZoneBook& zones, const Host& host, const Arguments& arguments, Work& work)
{
    const Id report = require_named(host, "report", arguments["report"].value());
    const Record record = require(host.get("report", report));
    Prepared prepared
        = prepare(zones, host, record["definition"].value(), std::string{record["name"].text()}, {});
    // A chart of what has none, a field that is gone: said now, and not at seven in the morning.
    (void)file_of(prepared, arguments["format"].text(), 960, 540);
    const Instant next
        = next_time(host, arguments["rule"].text(), zone_of(host, arguments["time_zone"].text()));
    const Id schedule = work.create(
        "report_schedule",
        {{"name", arguments["name"].value()},
         {"report", report},
         {"format", arguments["format"].value()},
         {"rule", arguments["rule"].value()},
         {"time_zone", arguments["time_zone"].value()},
         {"keep", arguments["keep"].value()},
         {"next_at", next}}
    );
    start_making(schedule, next, next, work);
    return Map{{"schedule", schedule}, {"next_at", next}};
}

Value run_schedule(ZoneBook&, const Host& host, const Arguments& arguments, Work& work)
{
    const Id schedule = require_named(host, "report_schedule", arguments["schedule"].value());
    start_making(schedule, {}, host.now(), work);
    return Map{{"started", true}};
}

Value plan_schedules(ZoneBook&, const Host& host, const Arguments&, Work& work)
{
    const Rows rows = require(host.query(
        "SELECT s.id AS id FROM report_schedule s WHERE s.active = 1 AND (s.next_at IS NULL OR s.next_at < "
        ":late)"
        " ORDER BY s.id LIMIT 1000",
        Map{{"late", host.now().microseconds - lost_after}}
    ));
    for (const Row row : rows) {
        const auto schedule = if_found(host.get("report_schedule", row["id"].id()));
        if (!schedule) continue;
        // Of a time that has passed there is a job still, or there is one now: what was missed is made once.
        if (const Instant missed = (*schedule)["next_at"].get_or(Instant{}); missed.microseconds != 0)
            start_making(schedule->id(), missed, missed, work);
        else
            work.update("report_schedule", schedule->id(), plan(host, *schedule, work));
    }
    return Map{{"planned", static_cast<std::int64_t>(rows.size())}};
}

Value kept_file(ZoneBook&, const Host& host, const Arguments& arguments)
{
    const Record file = require(host.get("report_file", arguments.id("file")));
    return Map{
        {"name", file["name"].value()},
        {"media_type", file["media_type"].value()},
        {"size", file["size"].value()},
        {"content", file["content"].value()}
    };
}

Value make_file(const Host& host, const Job& job)
{
    const Instant at{job["at"].integer()};
    const bool was_due = at.microseconds != 0;
    const auto schedule = if_found(host.get("report_schedule", Id{job["schedule"].integer()}));
    // It was deleted, switched off or planned anew since, or this very time was done before a restart.
    if (!schedule) return Map{{"made", false}};
    const bool is_stale
        = !(*schedule)["active"].boolean(true) || (*schedule)["next_at"].get_or(Instant{}) != at;
    if (was_due && is_stale) return Map{{"made", false}};
    const Made made = made_of(host, *schedule);
    job.stop_if_cancelled();
    require(host.transact([&](Work& work) { keep(host, *schedule, made, was_due, work); }));
    return Map{{"made", made.problem.empty()}};
}

void check_schedule(Draft& draft)
{
    if (draft.changes("rule") || draft.changes("time_zone") || draft.changes("active"))
        if (!draft.changes("next_at")) draft.set("next_at", Value{});
}

} // namespace mortise::plugins::reporting
