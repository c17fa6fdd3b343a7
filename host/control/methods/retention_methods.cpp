#include "base/json.hpp"
#include "control/host.hpp"
#include "control/methods/answers.hpp"
#include "control/methods/methods.hpp"
#include "jobs/job_queue.hpp"
#include "retention/retention.hpp"

namespace mortise::host {
namespace {

boost::json::object rule_json(const RetentionRule& rule)
{
    boost::json::object json = json_of(Value{map_of(rule)}).as_object();
    if (rule.id != 0) json["id"] = number_text(rule.id);
    json["words"] = words_of(rule);
    return json;
}

Answer list(Host& host, const Call& call)
{
    MORTISE_TRY(const std::vector<RetentionRule> rules, host.retention().rules(call.principal()));
    MORTISE_TRY(const Map daily, host.retention().daily(call.principal()));
    boost::json::array all;
    for (const RetentionRule& rule : rules)
        all.emplace_back(rule_json(rule));
    return boost::json::value(boost::json::object{{"rules", std::move(all)}, {"daily", json_of(Value{daily})}}
    );
}

Answer add(Host& host, const Call& call, const Arguments& arguments)
{
    MORTISE_TRY(
        const RetentionRule rule, host.retention().add(call.context(), map_of_json(arguments.object("rule")))
    );
    return boost::json::value(boost::json::object{{"rule", rule_json(rule)}});
}

Answer job_state(Host& host, const Arguments& arguments)
{
    MORTISE_TRY(const Job job, host.jobs().find(arguments.id("job").number));
    if (job.draft.plugin != Retention::owner)
        return Error{
            ErrorCode::not_found,
            "job " + std::to_string(job.draft.id) + " is none of retention",
            "retention.no_job",
            "/job",
            {}
        };
    boost::json::object json{
        {"job", number_text(job.draft.id)},
        {"state", name_of(job.state)},
        {"done", job.done},
        {"doing", job.doing}
    };
    if (!job.error.empty()) json["error"] = job.error;
    if (!job.result.is_null()) json["result"] = json_of(job.result);
    return boost::json::value(std::move(json));
}

} // namespace

void add_retention_methods(Api& api, Host& host)
{
    const Param rule_param{"rule", ParamKind::id, "only this rule; without it all"};
    api.add({
        .name = "retention.list",
        .help
        = "Lists the rules about what is kept for how long; needs the capability erase, as all of these",
        .result = "{rules: [{id, what, older_than_days, ..., words, added_by, added}], daily: {on, last}}",
        .handler = [&host](Call& call, const Arguments&) { return list(host, call); },
    });
    api.add({
        .name = "retention.add",
        .help = "Adds a rule; nothing goes before it is applied",
        .params = {
            {"rule", ParamKind::object,
             "{what: records, type, by: activity or a time of the record, older_than_days, where: a filter, how: delete or erase}, "
             "{what: events, types: a pattern, class: history or telemetry, older_than_days}, "
             "{what: jobs, older_than_days}, {what: dead_letters, older_than_days}", true},
        },
        .result = "{rule}",
        .effect = Effect::write,
        .handler = [&host](Call& call, const Arguments& arguments) { return add(host, call, arguments); },
    });
    api.add({
        .name = "retention.remove",
        .help = "Takes a rule away",
        .params = {{"rule", ParamKind::id, "its number", true}},
        .result = "{}",
        .effect = Effect::write,
        .handler = [&host](Call& call, const Arguments& arguments) -> Answer {
            MORTISE_CHECK(refuse_dry_run(call, "retention.remove"));
            MORTISE_CHECK(host.retention().remove(call.context(), arguments.id("rule").number));
            return boost::json::value(boost::json::object{});
        },
    });
    api.add({
        .name = "retention.daily",
        .help = "Says whether all rules are applied once a day",
        .params = {{"on", ParamKind::boolean, "whether they are", true}},
        .result = "{on, last: when they were applied so last}",
        .effect = Effect::write,
        .handler = [&host](Call& call, const Arguments& arguments) -> Answer {
            MORTISE_CHECK(refuse_dry_run(call, "retention.daily"));
            MORTISE_CHECK(host.retention().set_daily(call.context(), arguments.flag("on")));
            MORTISE_TRY(const Map daily, host.retention().daily(call.principal()));
            return json_of(Value{daily});
        },
    });
    api.add({
        .name = "retention.preview",
        .help = "Says what would go now, rule by rule",
        .params = {rule_param},
        .result = "{at, rules: [{rule, words, count, samples, kept: {restricted, unread, proof}}]}",
        .handler = [&host](Call& call, const Arguments& arguments) -> Answer {
            MORTISE_TRY(
                const Map told, host.retention().preview(call.principal(), arguments.id("rule").number)
            );
            return json_of(Value{told});
        },
    });
    api.add({
        .name = "retention.apply",
        .help = "Queues the job that takes away what the rules meet at this moment",
        .params = {rule_param},
        .result = "{job}",
        .effect = Effect::destructive,
        .handler = [&host](Call& call, const Arguments& arguments) -> Answer {
            MORTISE_CHECK(refuse_dry_run(call, "retention.apply"));
            MORTISE_TRY(
                const std::int64_t job, host.retention().apply(call.context(), arguments.id("rule").number)
            );
            return boost::json::value(boost::json::object{{"job", number_text(job)}});
        },
    });
    api.add({
        .name = "retention.job",
        .help = "Says how far a job of retention is, and what it took away when it has ended",
        .params = {{"job", ParamKind::id, "as retention.apply told it", true}},
        .result = "{job, state, done, doing, error, result: {at, rules: [{rule, words, removed, refused, "
                  "reasons, kept}]}}",
        .handler = [&host](Call&, const Arguments& arguments) { return job_state(host, arguments); },
    });
}

} // namespace mortise::host
