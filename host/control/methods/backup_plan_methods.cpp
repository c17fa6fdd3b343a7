#include "base/json.hpp"
#include "base/time_text.hpp"
#include "control/backup/backup_keeper.hpp"
#include "control/host.hpp"
#include "control/methods/answers.hpp"
#include "control/methods/backup_rights.hpp"
#include "control/methods/methods.hpp"

namespace mortise::host {
namespace {

constexpr std::int64_t most_kept = 1000;

boost::json::object plan_json(const BackupPlan& plan)
{
    boost::json::object json{
        {"folder", plan.folder.native()},
        {"every_hours", plan.every_hours},
        {"keep",
         {{"last", plan.keep.last},
          {"daily", plan.keep.daily},
          {"weekly", plan.keep.weekly},
          {"monthly", plan.keep.monthly}}},
        {"since", format_instant(plan.since)},
    };
    if (!plan.key_file.empty()) json["key_file"] = plan.key_file.native();
    return json;
}

Answer list(Host& host, const Call& call)
{
    MORTISE_CHECK(require_whole_database(call, "see backups"));
    BackupKeeper& backups = host.backups();
    MORTISE_TRY(const std::optional<BackupPlan> plan, backups.plan());
    MORTISE_TRY(const BackupState state, backups.state());
    MORTISE_TRY(const std::string warning, backups.warning());
    MORTISE_TRY(const std::vector<PlannedBackup> all, backups.list());
    boost::json::array made;
    for (const PlannedBackup& backup : all) {
        std::error_code ignored;
        made.emplace_back(boost::json::object{
            {"file", backup.file.native()},
            {"made", format_instant(backup.made)},
            {"bytes", backup.bytes},
            {"encrypted", backup.encrypted},
            {"is_there", std::filesystem::exists(backup.file, ignored)},
        });
    }
    boost::json::object json{{"backups", std::move(made)}};
    if (plan) json["plan"] = plan_json(*plan);
    if (state.made.microseconds != 0) json["last"] = format_instant(state.made);
    if (!warning.empty()) json["warning"] = warning;
    return boost::json::value(std::move(json));
}

Result<std::uint32_t> count_of(const Arguments& arguments, const char* name, std::uint32_t without)
{
    const std::int64_t count = arguments.has(name) ? arguments.integer(name) : std::int64_t{without};
    if (count >= 0 && count <= most_kept) return static_cast<std::uint32_t>(count);
    return Error{
        ErrorCode::invalid,
        std::to_string(count) + " backups cannot be kept",
        "backup.plan",
        std::string{"/"} + name,
        "take 0 to " + std::to_string(most_kept)
    };
}

Answer set_plan(Host& host, Call& call, const Arguments& arguments)
{
    MORTISE_CHECK(require_whole_database(call, "plan backups"));
    MORTISE_CHECK(require_own_os_user(call, "/folder"));
    BackupPlan plan;
    plan.folder = arguments.text("folder");
    plan.key_file = arguments.text("key_file");
    MORTISE_TRY(plan.every_hours, count_of(arguments, "every_hours", plan.every_hours));
    MORTISE_TRY(plan.keep.last, count_of(arguments, "keep_last", plan.keep.last));
    MORTISE_TRY(plan.keep.daily, count_of(arguments, "keep_daily", plan.keep.daily));
    MORTISE_TRY(plan.keep.weekly, count_of(arguments, "keep_weekly", plan.keep.weekly));
    MORTISE_TRY(plan.keep.monthly, count_of(arguments, "keep_monthly", plan.keep.monthly));
    MORTISE_CHECK(host.backups().set(call.context(), plan));
    return boost::json::value(boost::json::object{{"plan", plan_json(plan)}});
}

} // namespace

void add_backup_plan_methods(Api& api, Host& host)
{
    api.add({
        .name = "backup.list",
        .help = "Tells the plan by which backups are made, how it went so last, and those that it made; "
                "needs scope all",
        .result = "{plan: {folder, every_hours, keep: {last, daily, weekly, monthly}, key_file, since}, "
                  "last, warning, "
                  "backups: [{file, made, bytes, encrypted, is_there}]}",
        .handler = [&host](Call& call, const Arguments&) { return list(host, call); },
    });
    api.add({
        .name = "backup.plan",
        .help = "Has backups made by themselves from now on, and old ones taken away; needs scope all",
        .params = {
            {"folder", ParamKind::text, "where they go, a folder of the host's machine, from / on", true},
            {"every_hours", ParamKind::integer, "how often, 24 without it"},
            {"keep_last", ParamKind::integer, "so many of the newest, 3 without it"},
            {"keep_daily", ParamKind::integer, "the newest of so many days, 7 without it"},
            {"keep_weekly", ParamKind::integer, "the newest of so many weeks, 4 without it"},
            {"keep_monthly", ParamKind::integer, "the newest of so many months, 12 without it"},
            {"key_file", ParamKind::text, "a file with the key that they are encrypted with, from / on"},
        },
        .result = "{plan}",
        .effect = Effect::write,
        .handler = [&host](Call& call, const Arguments& arguments) { return set_plan(host, call, arguments); },
    });
    api.add({
        .name = "backup.forget",
        .help = "Ends the plan; backups that were made stay; needs scope all",
        .result = "{}",
        .effect = Effect::write,
        .handler = [&host](Call& call, const Arguments&) -> Answer {
            MORTISE_CHECK(require_whole_database(call, "plan backups"));
            MORTISE_CHECK(host.backups().forget(call.context()));
            return boost::json::value(boost::json::object{});
        },
    });
    api.add({
        .name = "backup.now",
        .help = "Queues a backup of the plan; jobs.get tells how far it is; needs scope all",
        .result = "{job}",
        .effect = Effect::write,
        .handler = [&host](Call& call, const Arguments&) -> Answer {
            MORTISE_CHECK(require_whole_database(call, "take a backup"));
            MORTISE_CHECK(refuse_dry_run(call, "backup.now"));
            MORTISE_TRY(const std::int64_t job, host.backups().make_now(call.context()));
            return boost::json::value(boost::json::object{{"job", number_text(job)}});
        },
    });
}

} // namespace mortise::host
