#include "app/output_file.hpp"
#include "app/verbs/find_verbs.hpp"
#include "base/json.hpp"

namespace mortise::host {

Result<Exit>
export_subject(Program& program, const std::string& contact, bool as_page, const std::string& file)
{
    boost::json::object arguments{{"contact", contact}, {"format", as_page ? "html" : "json"}};
    MORTISE_TRY(
        const boost::json::value answer,
        program.call(
            "commands.call", {{"name", "contacts.export_subject"}, {"arguments", std::move(arguments)}}
        )
    );
    const boost::json::object& subject = answer.as_object();
    const std::string text
        = as_page ? std::string{at_path(subject, "html").as_string()} : to_pretty_json(answer) + '\n';
    Output& output = program.output();
    if (file.empty()) {
        // A page is no JSON: with --json it comes as a text in an object.
        if (as_page && !output.is_json())
            output.raw(text);
        else
            output.print(answer, [&] { output.raw(text); });
        return Exit::done;
    }
    MORTISE_TRY(const auto written, OutputFile::create(file));
    MORTISE_CHECK(written->sink().write(text));
    MORTISE_CHECK(written->sink().finish());
    MORTISE_CHECK(written->keep());
    output.print(
        boost::json::value(boost::json::object{{"file", file}, {"contact", at_path(subject, "contact")}}),
        [&] {
            output.line(
                "wrote all that is held about contact " + cell_text(at_path(subject, "contact")) + " to "
                + file
            );
        }
    );
    return Exit::done;
}

Result<Exit> change_restriction(
    Program& program, const std::string& command, const std::string& contact, const std::string& reason
)
{
    MORTISE_TRY(
        const boost::json::value answer,
        program.call(
            "commands.call",
            {{"name", command}, {"arguments", boost::json::object{{"contact", contact}, {"reason", reason}}}}
        )
    );
    Output& output = program.output();
    output.print(answer, [&] {
        const boost::json::object& told = answer.as_object();
        output.line(
            "contact " + cell_text(at_path(told, "contact"))
            + (command == "contacts.restrict" ? " is restricted now" : " is no longer restricted")
        );
    });
    return Exit::done;
}

Result<Exit> list_restrictions(Program& program)
{
    MORTISE_TRY(
        const boost::json::value answer,
        program.call(
            "commands.call", {{"name", "contacts.restrictions"}, {"arguments", boost::json::object{}}}
        )
    );
    const boost::json::array& all = at_path(answer.as_object(), "restrictions").as_array();
    program.output().list(
        all,
        {{"contact", "contact"}, {"name", "name"}, {"since", "since"}, {"by", "by"}, {"reason", "reason"}},
        "nobody is restricted"
    );
    return Exit::done;
}

} // namespace mortise::host
