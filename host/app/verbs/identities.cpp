#include "app/verbs/identity_verbs.hpp"
#include "app/verbs/job_wait.hpp"
#include "base/json.hpp"

#include <fstream>
#include <iostream>

namespace mortise::host {
namespace {

constexpr std::size_t messages_at_once = 500;

Result<boost::json::value>
call_command(Program& program, std::string_view name, boost::json::object arguments, bool dry_run = false)
{
    boost::json::object params{{"name", name}, {"arguments", std::move(arguments)}};
    if (dry_run) params["context"] = {{"dry_run", true}};
    return program.call("commands.call", std::move(params));
}

std::string text_of(const boost::json::object& object, const char* key)
{
    return printable(cell_text(at_path(object, key)));
}

std::int64_t number_of(const boost::json::object& object, const char* key)
{
    const boost::json::value& value = at_path(object, key);
    return value.is_number() ? value.to_number<std::int64_t>() : 0;
}

/// Gathers messages and sends them, and adds up what became of them.
class Sender {
public:
    Sender(Program& program, bool dry_run) : m_program{program}, m_dry_run{dry_run} { }

    Result<void> add(const std::string& line, std::size_t number)
    {
        if (line.find_first_not_of(" \t\r") == std::string::npos) return {};
        ++m_read;
        auto message = parse_json(line, "the message");
        if (!message) {
            refuse(
                number,
                {{"key", message.error().key},
                 {"message", message.error().message},
                 {"where", message.error().where}}
            );
            return {};
        }
        m_waiting.push_back(*std::move(message));
        m_lines.push_back(number);
        return m_waiting.size() == messages_at_once ? flush() : Result<void>{};
    }

    Result<void> flush()
    {
        if (m_waiting.empty()) return {};
        MORTISE_TRY(
            const boost::json::value given,
            call_command(m_program, "contacts.ingest", {{"messages", std::move(m_waiting)}}, m_dry_run)
        );
        const boost::json::object& answer = given.as_object();
        for (const char* key : {"taken", "repeated", "created", "stitched", "pairs"})
            m_totals[key] = number_of(m_totals, key) + number_of(answer, key);
        const boost::json::array& results = at_path(answer, "results").as_array();
        for (std::size_t i = 0; i < results.size() && i < m_lines.size(); ++i)
            if (const boost::json::value& error = at_path(results[i].as_object(), "error"); error.is_object())
                refuse(m_lines[i], error.as_object());
        m_waiting = {};
        m_lines.clear();
        return {};
    }

    boost::json::object totals() const
    {
        boost::json::object all{{"read", m_read}};
        for (const char* key : {"taken", "repeated", "created", "stitched", "pairs"})
            all[key] = number_of(m_totals, key);
        all["refused"] = m_refused.size();
        all["errors"] = m_refused;
        if (m_dry_run) all["dry_run"] = true;
        return all;
    }

private:
    void refuse(std::size_t line, boost::json::object error)
    {
        error["line"] = line;
        m_refused.emplace_back(std::move(error));
    }

    Program& m_program;
    bool m_dry_run;
    std::size_t m_read{0};
    boost::json::array m_waiting;
    std::vector<std::size_t> m_lines;
    boost::json::object m_totals;
    boost::json::array m_refused;
};

Result<void> send_all(std::istream& lines, Sender& sender)
{
    std::size_t number = 0;
    for (std::string line; std::getline(lines, line);)
        MORTISE_CHECK(sender.add(line, ++number));
    return sender.flush();
}

void tell_field(Output& output, const boost::json::object& field)
{
    std::string line = text_of(field, "field") + ": " + text_of(field, "value");
    if (const std::string source = text_of(field, "source"); !source.empty())
        line += "  (" + source + ", " + text_of(field, "at") + ")";
    output.line(line);
    output.line("    " + text_of(field, "rule") + ": " + text_of(field, "why"));
    for (const boost::json::value& item : at_path(field, "others").as_array()) {
        const boost::json::object& other = item.as_object();
        const std::string said = text_of(other, "value");
        output.line(
            "    " + text_of(other, "source") + " said " + (said.empty() ? "nothing" : said) + " at "
            + text_of(other, "at")
        );
    }
    if (field.contains("next")) {
        const std::string next = text_of(field, "next");
        output.line("    with the contact's next message: " + (next.empty() ? "nothing" : next));
    }
}

/// Waits until contacts are in line with a rule that was set.
Result<boost::json::value> wait_for_rule(Program& program, const std::string& job)
{
    MORTISE_TRY(
        boost::json::value given,
        wait_for_job(
            program,
            {.job = job, .unfinished = "the rule is set, and not all contacts are in line with it yet"}
        )
    );
    const boost::json::object& over = given.as_object();
    if (const std::string state = text_of(over, "state"); state != "done")
        return Error{
            ErrorCode::state,
            "the rule is set, and bringing contacts in line with it ended as " + state + ": "
                + text_of(over, "error"),
            "identities.job",
            job,
            "\"mortise jobs show " + job + "\" tells more"
        };
    return given;
}

} // namespace

Result<Exit> ingest_messages(Program& program, const IngestOptions& options)
{
    Sender sender{program, options.dry_run};
    if (options.file == "-") {
        MORTISE_CHECK(send_all(std::cin, sender));
    } else {
        std::ifstream file{options.file};
        if (!file)
            return Error{
                ErrorCode::not_found,
                "the file " + options.file + " cannot be read",
                "cli.file",
                options.file,
                "give a file of messages, one JSON object a line, or - for standard input"
            };
        MORTISE_CHECK(send_all(file, sender));
    }
    const boost::json::object totals = sender.totals();
    Output& output = program.output();
    output.print(boost::json::value(totals), [&] {
        output.line(
            text_of(totals, "read") + " messages: " + text_of(totals, "taken")
            + (options.dry_run ? " would be taken in, " : " taken in, ") + text_of(totals, "repeated")
            + " had come before, " + text_of(totals, "refused") + " refused"
        );
        output.line(
            "new contacts: " + text_of(totals, "created") + ", stitched: " + text_of(totals, "stitched")
            + ", pairs to look at: " + text_of(totals, "pairs")
        );
        for (const boost::json::value& item : at_path(totals, "errors").as_array()) {
            const boost::json::object& error = item.as_object();
            output.note(
                "line " + text_of(error, "line") + ", " + text_of(error, "where") + ": "
                + text_of(error, "message")
            );
        }
        if (number_of(totals, "pairs") > 0) output.note("\"mortise contacts duplicates\" lists the pairs");
    });
    return number_of(totals, "refused") == 0 ? Exit::done : Exit::partly;
}

Result<Exit> identify_contact(Program& program, const std::string& name_space, const std::string& value)
{
    MORTISE_TRY(
        const boost::json::value given,
        call_command(program, "contacts.identify", {{"namespace", name_space}, {"value", value}})
    );
    program.output().object(at_path(given.as_object(), "contact").as_object());
    return Exit::done;
}

Result<Exit> unstitch_identity(Program& program, const std::string& identity, bool dry_run)
{
    if (!dry_run) MORTISE_CHECK(program.confirm("take identity " + identity + " off its contact"));
    MORTISE_TRY(
        const boost::json::value given,
        call_command(program, "contacts.unstitch", {{"identity", identity}}, dry_run)
    );
    Output& output = program.output();
    output.print(given, [&] {
        const boost::json::object& answer = given.as_object();
        const std::string merge = text_of(answer, "merge");
        const std::string contact = text_of(answer, "contact");
        output.line(
            std::string{dry_run ? "would be" : "is"} + " off contact " + text_of(answer, "from") + ": "
            + (merge.empty() ? "it has a contact of its own" + (contact.empty() ? "" : ", " + contact)
                             : "merge " + merge + " is undone, and contact " + contact + " there again")
        );
        if (number_of(answer, "events") > 0)
            output.line(
                text_of(answer, "events") + " events that came by it stay in the history of contact "
                + text_of(answer, "from") + " too"
            );
        if (number_of(answer, "later") > 0)
            output.line(text_of(answer, "later") + " edits since the merge stay where they are");
    });
    return Exit::done;
}

Result<Exit> show_provenance(Program& program, const std::string& contact)
{
    MORTISE_TRY(
        const boost::json::value given, call_command(program, "contacts.provenance", {{"contact", contact}})
    );
    Output& output = program.output();
    output.print(given, [&] {
        const boost::json::object& answer = given.as_object();
        output.line(text_of(answer, "name") + "  (" + text_of(answer, "contact") + ")");
        for (const boost::json::value& item : at_path(answer, "identities").as_array()) {
            const boost::json::object& identity = item.as_object();
            std::string line = "  " + text_of(identity, "namespace") + " " + text_of(identity, "value")
                + "  (" + text_of(identity, "strength");
            if (const std::string source = text_of(identity, "source"); !source.empty())
                line += ", first by " + source + " at " + text_of(identity, "first_seen");
            output.line(line + "; identity " + text_of(identity, "id") + ")");
        }
        const boost::json::array& fields = at_path(answer, "fields").as_array();
        if (fields.empty()) output.line("no source speaks of its fields");
        for (const boost::json::value& field : fields)
            tell_field(output, field.as_object());
    });
    return Exit::done;
}

Result<Exit> list_rules(Program& program)
{
    MORTISE_TRY(const boost::json::value given, call_command(program, "contacts.rules", {}));
    program.output().list(
        at_path(given.as_object(), "rules").as_array(),
        {{"field", "field"}, {"rule", "rule"}, {"sources", "sources"}, {"usual", "is_usual"}},
        "there are no fields"
    );
    return Exit::done;
}

Result<Exit> set_rule(Program& program, const RuleOptions& options)
{
    program.stop_signals(); // before there are other threads
    boost::json::object arguments{{"field", options.field}};
    if (!options.rule.empty()) arguments["rule"] = options.rule;
    if (!options.sources.empty())
        arguments["sources"] = boost::json::array(options.sources.begin(), options.sources.end());
    MORTISE_TRY(
        const boost::json::value given,
        call_command(program, "contacts.set_rule", std::move(arguments), options.dry_run)
    );
    boost::json::object answer = given.as_object();
    if (const std::string job = text_of(answer, "job"); !job.empty()) {
        MORTISE_TRY(const boost::json::value done, wait_for_rule(program, job));
        answer["contacts"] = at_path(done.as_object(), "result.contacts");
        answer["changed"] = at_path(done.as_object(), "result.changed");
    }
    Output& output = program.output();
    output.print(boost::json::value(answer), [&] {
        if (options.dry_run) return output.line("the rule can be set");
        std::string line = text_of(answer, "field") + ": " + text_of(answer, "rule");
        if (const std::string sources = text_of(answer, "sources"); !sources.empty()) line += " " + sources;
        output.line(line);
        if (answer.contains("changed"))
            output.line(
                text_of(answer, "changed") + " of " + text_of(answer, "contacts") + " contacts changed"
            );
    });
    return Exit::done;
}

} // namespace mortise::host
