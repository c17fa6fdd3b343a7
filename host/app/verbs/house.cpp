#include "app/verbs/plugin_words.hpp"
#include "app/verbs/verbs.hpp"
#include "control/host.hpp"

namespace mortise::host {
namespace {

std::string bytes_text(const boost::json::value& bytes)
{
    constexpr std::string_view units[]{"bytes", "KiB", "MiB", "GiB", "TiB"};
    double size = bytes.is_number() ? bytes.to_number<double>() : 0;
    std::size_t unit = 0;
    for (; size >= 1024 && unit + 1 < std::size(units); ++unit)
        size /= 1024;
    std::string text = std::to_string(size);
    text.resize(text.find('.') + (unit == 0 ? 0 : 2));
    return text + ' ' + std::string{units[unit]};
}

void print_status(Output& output, const boost::json::object& status)
{
    const auto text = [&status](std::string_view path) { return cell_text(at_path(status, path)); };
    output.line(
        "mortise " + text("host.version") + ", process " + text("host.pid") + " since "
        + text("host.started_at")
    );
    output.line("folder       " + text("host.folder"));
    output.line(
        "socket       " + (text("host.socket").empty() ? "none: no host is serving" : text("host.socket"))
    );
    output.line(
        "database     " + bytes_text(at_path(status, "database.file_bytes")) + " and "
        + bytes_text(at_path(status, "database.wal_bytes")) + " of log; SQLite " + text("database.sqlite")
        + ", " + text("database.journal_mode") + ", synchronous " + text("database.synchronous")
    );
    if (!text("database.note").empty()) output.line("             " + text("database.note"));
    output.line("events       " + text("database.events"));
    output.line(
        "types        " + text("types") + ", commands " + text("commands") + ", users " + text("users")
    );
    const boost::json::array& subscriptions = at_path(status, "subscriptions").as_array();
    output.line("subscriptions " + std::to_string(subscriptions.size()));
    for (const boost::json::value& item : subscriptions) {
        const boost::json::object& one = item.as_object();
        output.line(
            "  " + cell_text(at_path(one, "plugin")) + '/' + cell_text(at_path(one, "name")) + "  lag "
            + cell_text(at_path(one, "lag")) + ", dead letters " + cell_text(at_path(one, "dead"))
        );
    }
    if (const boost::json::array* plugins = at_path(status, "plugins").if_array()) {
        output.line("plugins      " + std::to_string(plugins->size()));
        for (const boost::json::value& item : *plugins) {
            const boost::json::object& one = item.as_object();
            const boost::json::array& problems = at_path(one, "problems").as_array();
            output.line(
                "  " + cell_text(at_path(one, "id")) + ' ' + cell_text(at_path(one, "version")) + "  "
                + cell_text(at_path(one, "state"))
            );
            if (!problems.empty()) print_problem(output, "    ", problems.front().as_object());
        }
    }
    for (const boost::json::value& warning : at_path(status, "warnings").as_array())
        output.line("warning: " + printable(cell_text(warning)));
}

} // namespace

Result<Exit> make_folder(Program& program)
{
    const std::filesystem::path& folder = program.options().data;
    MORTISE_CHECK(Host::init(folder));
    const boost::json::value json(boost::json::object{{"folder", folder.native()}});
    program.output().print(json, [&] { program.output().line("made the data folder " + folder.native()); });
    return Exit::done;
}

Result<Exit> show_status(Program& program)
{
    MORTISE_TRY(const boost::json::value status, program.call("status"));
    program.output().print(status, [&] { print_status(program.output(), status.as_object()); });
    return Exit::done;
}

} // namespace mortise::host
