#include "app/verbs/job_wait.hpp"
#include "app/verbs/verbs.hpp"
#include "base/json.hpp"

#include <array>

namespace mortise::host {
namespace {

void print_kept(Output& output, const boost::json::object& rule)
{
    constexpr std::array<std::pair<const char*, const char*>, 3> kinds{{
        {"kept.restricted", "of persons whose data is restricted"},
        {"kept.unread", "that a subscriber has not handled yet"},
        {"kept.proof", "that tell of versions of records"},
    }};
    for (const auto& [path, words] : kinds)
        if (const boost::json::value& count = at_path(rule, path); count.is_number() && count != 0)
            output.line("    kept: " + cell_text(count) + ' ' + words);
}

void print_rule(Output& output, const boost::json::object& rule, const char* counted, const char* verb)
{
    output.line(
        "rule " + cell_text(at_path(rule, "rule")) + ", " + printable(cell_text(at_path(rule, "words")))
        + ": " + cell_text(at_path(rule, counted)) + ' ' + verb
    );
}

void print_preview(Output& output, const boost::json::array& rules)
{
    if (rules.empty()) output.line("there are no rules");
    for (const boost::json::value& item : rules) {
        const boost::json::object& rule = item.as_object();
        print_rule(output, rule, "count", "would go");
        for (const boost::json::value& sample : at_path(rule, "samples").as_array())
            output.line("    " + printable(cell_text(sample)));
        print_kept(output, rule);
    }
}

void print_applied(Output& output, const boost::json::array& rules)
{
    if (rules.empty()) output.line("there are no rules");
    for (const boost::json::value& item : rules) {
        const boost::json::object& rule = item.as_object();
        print_rule(output, rule, "removed", "gone");
        if (const boost::json::value& refused = at_path(rule, "refused");
            refused.is_number() && refused != 0) {
            output.line("    refused: " + cell_text(refused) + ", such as");
            for (const boost::json::value& reason : at_path(rule, "reasons").as_array())
                output.line("    " + printable(cell_text(reason)));
        }
        print_kept(output, rule);
    }
}

boost::json::object params_of(const std::string& rule)
{
    return rule.empty() ? boost::json::object{} : boost::json::object{{"rule", rule}};
}

} // namespace

Result<Exit> list_retention(Program& program)
{
    MORTISE_TRY(const boost::json::value answer, program.call("retention.list", {}));
    const boost::json::object& told = answer.as_object();
    Output& output = program.output();
    output.print(answer, [&] {
        output.list(
            at_path(told, "rules").as_array(),
            {{"id", "id"}, {"what goes", "words"}, {"added by", "added_by"}, {"added", "added"}},
            "there are no rules"
        );
        output.line(
            at_path(told, "daily.on") == true ? "they are applied once a day"
                                              : "they are applied by hand: mortise retention apply"
        );
    });
    return Exit::done;
}

Result<Exit> add_retention_rule(Program& program, const std::string& rule)
{
    MORTISE_TRY(const boost::json::value parsed, parse_json(rule, "the rule"));
    MORTISE_TRY(const boost::json::value answer, program.call("retention.add", {{"rule", parsed}}));
    Output& output = program.output();
    output.print(answer, [&] {
        const boost::json::object& told = answer.as_object();
        output.line(
            "added rule " + cell_text(at_path(told, "rule.id")) + ": "
            + printable(cell_text(at_path(told, "rule.words")))
        );
        output.line("  what would go: mortise retention preview " + cell_text(at_path(told, "rule.id")));
    });
    return Exit::done;
}

Result<Exit> remove_retention_rule(Program& program, const std::string& rule)
{
    MORTISE_TRY(const boost::json::value answer, program.call("retention.remove", {{"rule", rule}}));
    Output& output = program.output();
    output.print(answer, [&] { output.line("rule " + rule + " is gone"); });
    return Exit::done;
}

Result<Exit> preview_retention(Program& program, const std::string& rule)
{
    MORTISE_TRY(const boost::json::value answer, program.call("retention.preview", params_of(rule)));
    Output& output = program.output();
    output.print(answer, [&] { print_preview(output, at_path(answer.as_object(), "rules").as_array()); });
    return Exit::done;
}

Result<Exit> apply_retention(Program& program, const std::string& rule)
{
    if (!program.options().yes)
        MORTISE_CHECK(program.confirm(
            "take away what the rules meet (\"mortise retention preview\" shows it); what events said and "
            "who is erased does not come back"
        ));
    program.stop_signals(); // before there are other threads
    MORTISE_TRY(const boost::json::value queued, program.call("retention.apply", params_of(rule)));
    MORTISE_TRY(
        const boost::json::value state,
        wait_for_job(
            program,
            {.job = cell_text(at_path(queued.as_object(), "job")),
             .unfinished = "the rules are not applied to everything yet",
             .method = "retention.job",
             .param = "job"}
        )
    );
    const boost::json::object& told = state.as_object();
    const bool is_done = cell_text(at_path(told, "state")) == "done";
    Output& output = program.output();
    output.print(state, [&] {
        if (is_done)
            print_applied(output, at_path(told, "result.rules").as_array());
        else
            output.line(
                "it was not done: " + cell_text(at_path(told, "state")) + ", "
                + printable(cell_text(at_path(told, "error")))
            );
    });
    return is_done ? Exit::done : Exit::failed;
}

Result<Exit> set_daily_retention(Program& program, bool is_on)
{
    MORTISE_TRY(const boost::json::value answer, program.call("retention.daily", {{"on", is_on}}));
    Output& output = program.output();
    output.print(answer, [&] {
        output.line(is_on ? "the rules are applied once a day" : "the rules are applied by hand only");
    });
    return Exit::done;
}

} // namespace mortise::host
