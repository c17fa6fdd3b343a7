#include "app/progress_bar.hpp"
#include "app/verbs/verbs.hpp"
#include "control/arguments.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <fstream>

namespace mortise::host {
namespace {

const std::vector<ListColumn> entry_columns{
    {"entry", "number"},
    {"time", "at"},
    {"actor", "actor"},
    {"account", "account"},
    {"by way of", "by"},
    {"what", "kind"},
    {"records", "records"},
    {"about", "about"},
};

/// How an entry is shown in a table.
void add_texts(boost::json::object& entry)
{
    const std::string client = cell_text(at_path(entry, "client"));
    const std::string way = cell_text(at_path(entry, "way"));
    const bool says_more = way != cell_text(at_path(entry, "kind"));
    entry["by"] = client + (client.empty() || way.empty() || !says_more ? "" : ", ") + (says_more ? way : "");
    const boost::json::object* detail = at_path(entry, "detail").if_object();
    entry["about"] = detail && !detail->empty() ? boost::json::serialize(*detail) : "";
}

/// One call may write in many transactions. Those of its entries that follow each other and have no events
/// are one line, "3 to 12".
boost::json::array in_lines(const boost::json::array& entries)
{
    boost::json::array lines;
    std::string last; // number of the newest entry of the line
    for (const boost::json::value& each : entries) { // the newest first
        const boost::json::object& entry = each.as_object();
        const auto is_same = [&](const boost::json::object& line) {
            constexpr std::array<const char*, 5> told{"kind", "actor", "account", "client", "detail"};
            return at_path(line, "events") == 0 && at_path(entry, "events") == 0
                && std::ranges::all_of(told, [&](const char* name) {
                       return at_path(line, name) == at_path(entry, name);
                   });
        };
        const std::string number = cell_text(at_path(entry, "number"));
        const bool joins = !lines.empty() && is_same(lines.back().as_object());
        if (joins)
            lines.back() = entry; // the time is that of its beginning
        else {
            lines.push_back(entry);
            last = number;
        }
        if (joins) lines.back().as_object()["number"] = number + " to " + last;
    }
    return lines;
}

Error file_error(const std::string& what, const std::string& file)
{
    return {ErrorCode::io, "cannot " + what + ' ' + file, "cli.file", file, {}};
}

/// The first word of each line.
Result<void> read_heads(const std::string& file, std::vector<std::string>& heads)
{
    std::ifstream lines{file};
    if (!lines) return file_error("read", file);
    for (std::string line; std::getline(lines, line);)
        if (const std::string head = line.substr(0, line.find(' ')); !head.empty()) heads.push_back(head);
    return {};
}

std::string count_text(const boost::json::object& answer, const char* name)
{
    return cell_text(at_path(answer, name));
}

void print_list(Output& output, const boost::json::object& answer, const char* name, const char* heading)
{
    const boost::json::array& items = at_path(answer, name).as_array();
    if (items.empty()) return;
    output.line(heading);
    for (const boost::json::value& item : items) {
        const boost::json::object& told = item.as_object();
        output.line("  entry " + count_text(told, "entry") + ": " + printable(count_text(told, "what")));
    }
}

void print_report(Output& output, const boost::json::object& answer)
{
    const bool sound = at_path(answer, "ok") == true;
    output.line(sound ? "the audit trail is whole" : "the audit trail is not whole");
    output.line(
        "  " + count_text(answer, "entries") + " entries, " + count_text(answer, "events") + " events and "
        + count_text(answer, "rows") + " versions of records are what was written; "
        + count_text(answer, "heads") + " kept heads were compared"
    );
    if (at_path(answer, "before") != 0)
        output.line("  " + count_text(answer, "before") + " events are from before the trail");
    for (const boost::json::value& one : at_path(answer, "erased").as_array())
        output.line(
            "  " + count_text(one.as_object(), "events") + " events were erased by entry "
            + count_text(one.as_object(), "entry")
        );
    if (at_path(answer, "expired") != 0)
        output.line(
            "  " + count_text(answer, "expired")
            + " events say nothing any more, as rules of retention have it"
        );
    if (at_path(answer, "purged") != 0)
        output.line("  " + count_text(answer, "purged") + " versions went with a plugin that was purged");
    print_list(output, answer, "findings", "what does not fit:");
    print_list(output, answer, "remarks", "to be looked at:");
    output.line("  head: " + count_text(answer, "head"));
}

} // namespace

Result<Exit> list_audit_entries(Program& program, const AuditListOptions& options)
{
    constexpr std::uint64_t page_size = 1000;
    boost::json::array entries;
    std::int64_t before = 0;
    while (entries.size() < options.limit) {
        const std::uint64_t wanted = std::min<std::uint64_t>(page_size, options.limit - entries.size());
        boost::json::object params{{"limit", wanted}};
        for (const auto& [name, text] :
             {std::pair{"person", options.person},
              {"plugin", options.plugin},
              {"kind", options.kind},
              {"since", options.since},
              {"until", options.until}})
            if (!text.empty()) params[name] = text;
        if (before > 0) params["before"] = before;
        MORTISE_TRY(boost::json::value page, program.call("audit.list", std::move(params)));
        boost::json::array& found = page.as_object()["entries"].as_array();
        const bool last = found.size() < wanted;
        if (!found.empty()) {
            MORTISE_TRY(const Id number, parse_id(at_path(found.back().as_object(), "number"), "number"));
            before = number.number;
        }
        for (boost::json::value& entry : found)
            entries.push_back(std::move(entry));
        if (last) break;
    }
    if (!program.output().is_json()) {
        entries = in_lines(entries);
        for (boost::json::value& entry : entries)
            add_texts(entry.as_object());
    }
    program.output().list(entries, entry_columns, "there are no such entries");
    return Exit::done;
}

Result<Exit> show_audit_head(Program& program, const std::string& file)
{
    MORTISE_TRY(const boost::json::value answer, program.call("audit.head"));
    const std::string head = cell_text(at_path(answer.as_object(), "head"));
    if (!file.empty()) {
        std::ofstream kept{file, std::ios::app};
        kept << head << '\n' << std::flush;
        if (!kept) return file_error("append to", file);
    }
    program.output().print(answer, [&] { program.output().line(head); });
    return Exit::done;
}

Result<Exit> verify_audit_trail(Program& program, std::vector<std::string> heads, const std::string& file)
{
    program.stop_signals(); // before there are other threads
    if (!file.empty()) MORTISE_CHECK(read_heads(file, heads));
    boost::json::array given;
    for (const std::string& head : heads)
        given.emplace_back(head);
    ProgressBar bar{!program.output().is_json()};
    auto result = program.call_until_stopped(
        "audit.verify",
        {{"heads", std::move(given)}},
        {{},
         [&bar](const boost::json::object& progress) {
             const auto number = [&progress](const char* name) {
                 const boost::json::value& value = at_path(progress, name);
                 return value.is_number() ? value.to_number<std::uint64_t>() : 0;
             };
             bar.show_step(cell_text(at_path(progress, "step")), number("done"), number("all"));
         }}
    );
    bar.clear();
    if (!result) return std::move(result).error();
    const boost::json::object& answer = result->as_object();
    program.output().print(*result, [&] { print_report(program.output(), answer); });
    return at_path(answer, "ok") == true ? Exit::done : Exit::failed;
}

} // namespace mortise::host
