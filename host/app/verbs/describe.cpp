#include "app/output_file.hpp"
#include "app/verbs/find_verbs.hpp"
#include "base/base64.hpp"
#include "base/json.hpp"

namespace mortise::host {
namespace {

std::string field_kind(const boost::json::object& field)
{
    std::string kind = cell_text(at_path(field, "kind"));
    const std::string type = cell_text(at_path(field, "type"));
    if (!type.empty()) kind += " to " + type;
    const boost::json::value& options = at_path(field, "options");
    const boost::json::value& labels = at_path(field, "option_labels");
    if (const boost::json::array* list = options.if_array())
        for (const boost::json::value& option : *list) {
            kind += (&option == list->begin() ? ": " : ", ") + cell_text(option);
            const boost::json::object* words = labels.if_object();
            const boost::json::value* label = words ? words->if_contains(cell_text(option)) : nullptr;
            if (label) kind += " (" + cell_text(*label) + ')';
        }
    return kind;
}

std::string field_marks(const boost::json::object& field)
{
    std::string marks;
    for (const std::string_view mark :
         {"required", "unique", "indexed", "sorted", "searchable", "timeline", "personal", "archived"})
        if (field.contains(mark)) marks += (marks.empty() ? "" : ", ") + std::string{mark};
    return marks;
}

void print_type(Output& output, const boost::json::object& type)
{
    output.line(
        cell_text(at_path(type, "name")) + "  " + cell_text(at_path(type, "label")) + ", by "
        + cell_text(at_path(type, "owner"))
    );
    Table table{{"field", "kind", "", "label"}};
    for (const boost::json::value& item : at_path(type, "fields").as_array()) {
        const boost::json::object& field = item.as_object();
        table.add(
            {cell_text(at_path(field, "name")),
             field_kind(field),
             field_marks(field),
             cell_text(at_path(field, "label"))}
        );
    }
    output.raw(table.text(terminal_width()));
}

Error no_type()
{
    return {ErrorCode::invalid, "which type?", "cli.usage.type", "NAME", "mortise types TYPE add-field JSON"};
}

/// Writes the file that a command's answer carries, and puts its name in the place of its bytes.
Result<void> save_content(boost::json::value& result, const std::string& file)
{
    boost::json::object* answer = result.if_object();
    const boost::json::value* content = answer ? answer->if_contains("content") : nullptr;
    if (!content || !content->is_string())
        return Error{
            .code = ErrorCode::invalid,
            .message = "the command gave no file",
            .key = "call.no_file",
            .where = "--output",
            .hint = "leave --output out to see its answer",
        };
    MORTISE_TRY(const Bytes bytes, parse_base64(content->get_string()));
    MORTISE_TRY(const auto output, OutputFile::create(file));
    MORTISE_CHECK(output->sink().write({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
    MORTISE_CHECK(output->sink().finish());
    MORTISE_CHECK(output->keep());
    answer->erase("content");
    (*answer)["file"] = file;
    return {};
}

} // namespace

Result<Exit> add_field(Program& program, const std::string& type, const std::string& declaration)
{
    if (type.empty()) return no_type();
    MORTISE_TRY(const boost::json::object field, read_object(declaration, "the field"));
    MORTISE_TRY(
        const boost::json::value answer, program.call("types.add_field", {{"type", type}, {"field", field}})
    );
    program.output().print(answer, [&] { print_type(program.output(), answer.as_object()); });
    return Exit::done;
}

Result<Exit> archive_field(Program& program, const std::string& type, const std::string& field)
{
    if (type.empty()) return no_type();
    MORTISE_TRY(
        const boost::json::value answer,
        program.call("types.archive_field", {{"type", type}, {"field", field}})
    );
    program.output().print(answer, [&] { print_type(program.output(), answer.as_object()); });
    return Exit::done;
}

Result<Exit> show_types(Program& program, const std::string& name)
{
    Output& output = program.output();
    if (!name.empty()) {
        MORTISE_TRY(const boost::json::value type, program.call("types.get", {{"name", name}}));
        output.print(type, [&] { print_type(output, type.as_object()); });
        return Exit::done;
    }
    MORTISE_TRY(boost::json::value answer, program.call("types.list"));
    boost::json::array& types = answer.as_object()["types"].as_array();
    if (output.is_json()) {
        output.list(types, {}, {});
        return Exit::done;
    }
    Table table{{"type", "plural", "label", "owner", "fields"}};
    for (const boost::json::value& item : types) {
        const boost::json::object& type = item.as_object();
        table.add(
            {cell_text(at_path(type, "name")),
             cell_text(at_path(type, "plural")),
             cell_text(at_path(type, "label")),
             cell_text(at_path(type, "owner")) + (at_path(type, "archived").as_bool() ? " (archived)" : ""),
             std::to_string(at_path(type, "fields").as_array().size())}
        );
    }
    output.raw(table.text(terminal_width()));
    return Exit::done;
}

Result<Exit> show_commands(Program& program, const std::string& name)
{
    Output& output = program.output();
    if (!name.empty()) {
        MORTISE_TRY(const boost::json::value command, program.call("commands.get", {{"name", name}}));
        output.print(command, [&] {
            const boost::json::object& info = command.as_object();
            output.line(cell_text(at_path(info, "name")) + "  " + cell_text(at_path(info, "title")));
            output.line(cell_text(at_path(info, "help")));
            output.line("arguments:\n" + to_pretty_json(at_path(info, "arguments")));
            output.line("result:\n" + to_pretty_json(at_path(info, "result")));
        });
        return Exit::done;
    }
    MORTISE_TRY(const boost::json::value answer, program.call("commands.list"));
    output.list(
        at_path(answer.as_object(), "commands").as_array(),
        {{"command", "name"}, {"effect", "effect"}, {"provider", "provider"}, {"title", "title"}},
        "there are no commands: enable a plugin"
    );
    return Exit::done;
}

Result<Exit> call_command(
    Program& program,
    const std::string& name,
    const std::string& arguments,
    bool dry_run,
    const std::string& file
)
{
    boost::json::object given;
    if (!arguments.empty()) {
        MORTISE_TRY(given, read_object(arguments, "the arguments"));
    }
    MORTISE_TRY(const boost::json::value command, program.call("commands.get", {{"name", name}}));
    const boost::json::object& info = command.as_object();
    if (!dry_run && (at_path(info, "confirm") == true || cell_text(at_path(info, "effect")) == "destructive"))
        MORTISE_CHECK(program.confirm("run " + name + " (" + cell_text(at_path(info, "title")) + ")"));
    boost::json::object params{{"name", name}, {"arguments", std::move(given)}};
    if (dry_run) params["context"] = {{"dry_run", true}};
    MORTISE_TRY(boost::json::value result, program.call("commands.call", std::move(params)));
    if (!file.empty() && !dry_run) MORTISE_CHECK(save_content(result, file));
    program.output().print(result, [&] {
        if (const boost::json::object* object = result.if_object())
            program.output().object(*object);
        else if (!result.is_null())
            program.output().line(to_pretty_json(result));
    });
    return Exit::done;
}

} // namespace mortise::host
