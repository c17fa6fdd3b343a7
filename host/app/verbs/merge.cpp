#include "app/verbs/find_verbs.hpp"
#include "base/json.hpp"

#include <algorithm>

namespace mortise::host {
namespace {

constexpr std::size_t most_lines = 20;

/// "FIELD=ID" of one of the contacts, "FIELD=survivor", or "FIELD=VALUE"; nothing behind the sign clears it.
Result<boost::json::object> takes_of(const MergeOptions& options)
{
    boost::json::object takes;
    for (const std::string& text : options.take) {
        const std::size_t sign = text.find('=');
        if (sign == std::string::npos || sign == 0)
            return Error{
                ErrorCode::invalid,
                "\"" + text + "\" names no field and value",
                "cli.usage.take",
                "--take",
                "write FIELD=ID of the contact whose value counts, or FIELD=VALUE"
            };
        const std::string value = text.substr(sign + 1);
        const std::string contact = value == "survivor" ? options.survivor : value;
        const bool is_contact = contact == options.survivor
            || std::ranges::find(options.losers, contact) != options.losers.end();
        boost::json::object take;
        if (is_contact)
            take["from"] = contact;
        else if (value.empty())
            take["value"] = nullptr;
        else
            take["value"] = value;
        takes[text.substr(0, sign)] = std::move(take);
    }
    return takes;
}

void tell_fields(Output& output, const boost::json::object& answer)
{
    for (const boost::json::value& item : at_path(answer, "fields").as_array()) {
        const boost::json::object& field = item.as_object();
        const bool changes = at_path(field, "before") != at_path(field, "after");
        if (!changes && at_path(field, "conflict") != true) continue;
        std::string line = "  " + cell_text(at_path(field, "field")) + ": "
            + printable(cell_text(at_path(field, "after")));
        if (at_path(field, "conflict") == true) {
            std::string others;
            for (const boost::json::value& each : at_path(field, "values").as_array()) {
                const boost::json::object& value = each.as_object();
                others.append(others.empty() ? "" : ", ")
                    .append(cell_text(at_path(value, "contact")))
                    .append(" has ")
                    .append(printable(cell_text(at_path(value, "value"))));
            }
            line += "  (" + others + ")";
        }
        output.line(line);
    }
}

void tell_records(Output& output, const boost::json::object& answer)
{
    for (const boost::json::value& item : at_path(answer, "references").as_array()) {
        const boost::json::object& moved = item.as_object();
        output.line(
            "  " + cell_text(at_path(moved, "records")) + " x " + cell_text(at_path(moved, "type")) + "."
            + cell_text(at_path(moved, "field"))
        );
    }
    const boost::json::array& dropped = at_path(answer, "dropped").as_array();
    for (std::size_t i = 0; i < std::min(dropped.size(), most_lines); ++i) {
        const boost::json::object& each = dropped[i].as_object();
        output.line(
            "  " + cell_text(at_path(each, "type")) + " " + cell_text(at_path(each, "id"))
            + " goes: it says the same as " + cell_text(at_path(each, "same_as"))
        );
    }
    if (dropped.size() > most_lines)
        output.line("  and " + std::to_string(dropped.size() - most_lines) + " more; --json tells all");
}

} // namespace

Result<Exit> merge_contacts(Program& program, const MergeOptions& options)
{
    boost::json::array losers;
    for (const std::string& id : options.losers)
        losers.emplace_back(id);
    boost::json::object arguments{{"survivor", options.survivor}, {"merge", std::move(losers)}};
    MORTISE_TRY(boost::json::object takes, takes_of(options));
    if (!takes.empty()) arguments["take"] = std::move(takes);
    if (options.version != 0) arguments["version"] = options.version;
    if (!options.reason.empty()) arguments["reason"] = options.reason;
    boost::json::object params{{"name", "contacts.merge"}, {"arguments", std::move(arguments)}};
    if (options.preview) params["context"] = {{"dry_run", true}};
    MORTISE_TRY(const boost::json::value given, program.call("commands.call", std::move(params)));
    Output& output = program.output();
    output.print(given, [&] {
        const boost::json::object& answer = given.as_object();
        const std::string records = cell_text(at_path(answer, "records"));
        if (options.preview)
            output.line("would change " + records + " records; contact " + options.survivor + " would have:");
        else
            output.line(
                "merged into contact " + options.survivor + ", " + records
                + " records changed; take it back with: mortise undo " + cell_text(at_path(answer, "merge"))
            );
        tell_fields(output, answer);
        if (options.preview && !at_path(answer, "references").as_array().empty())
            output.line("would refer to it:");
        tell_records(output, answer);
    });
    return Exit::done;
}

Result<Exit> unmerge_contacts(Program& program, const std::string& merge, bool preview)
{
    boost::json::object params{{"name", "contacts.unmerge"}, {"arguments", {{"merge", merge}}}};
    if (preview) params["context"] = {{"dry_run", true}};
    MORTISE_TRY(const boost::json::value given, program.call("commands.call", std::move(params)));
    Output& output = program.output();
    output.print(given, [&] {
        const boost::json::object& answer = given.as_object();
        output.line(
            (preview ? "would change " : "changed ") + cell_text(at_path(answer, "records")) + " records; "
            + (preview ? "would be there again: " : "there again: ") + cell_text(at_path(answer, "restored"))
        );
        const boost::json::array& later = at_path(answer, "later").as_array();
        if (!later.empty()) output.line("done after the merge, and left as it is:");
        for (std::size_t i = 0; i < std::min(later.size(), most_lines); ++i) {
            const boost::json::object& edit = later[i].as_object();
            const std::string field = cell_text(at_path(edit, "field"));
            output.line(
                "  " + cell_text(at_path(edit, "type")) + " " + cell_text(at_path(edit, "id"))
                + (field.empty() ? "" : ", " + field) + ": " + cell_text(at_path(edit, "what"))
            );
        }
        if (later.size() > most_lines)
            output.line("  and " + std::to_string(later.size() - most_lines) + " more; --json tells all");
    });
    return Exit::done;
}

} // namespace mortise::host
