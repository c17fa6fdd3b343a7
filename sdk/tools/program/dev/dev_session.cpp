#include "program/dev/dev_session.hpp"

#include "control/data_folder.hpp"
#include "plugins/package/package_list.hpp"
#include "program/built_plugin.hpp"
#include "program/dev/process.hpp"
#include "program/json_place.hpp"
#include "program/text_files.hpp"

#include <mortise/control/client.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <utility>

namespace mortise::tool {
namespace {

namespace fs = std::filesystem;

std::string seconds_since(std::chrono::steady_clock::time_point start)
{
    const auto tenths
        = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start)
              .count()
        / 100;
    return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + " s";
}

std::string text_of(const boost::json::object& object, std::string_view key)
{
    const boost::json::value* found = object.if_contains(key);
    return found && found->is_string() ? std::string{found->get_string()} : std::string{};
}

/// The end of what a build wrote, where its errors stand.
std::string_view tail(std::string_view text)
{
    constexpr std::size_t most = 6000;
    return text.size() > most ? text.substr(text.size() - most) : text;
}

Result<void> run_step(const std::vector<std::string>& command, const fs::path& folder, std::string_view name)
{
    MORTISE_TRY(const Ended ended, run_process(command, folder));
    if (ended.status == 0) return {};
    return tool_error(
        ErrorCode::refused,
        name,
        command.front() + " ended with " + std::to_string(ended.status) + '\n'
            + std::string{tail(ended.output)}
    );
}

/// The project that a build folder was configured for; empty if its cache does not say.
std::string source_of(std::string_view cache)
{
    constexpr std::string_view entry = "\nCMAKE_HOME_DIRECTORY:INTERNAL=";
    const std::size_t at = cache.find(entry);
    if (at == std::string_view::npos) return {};
    const std::string_view rest = cache.substr(at + entry.size());
    return std::string{rest.substr(0, rest.find('\n'))};
}

/// The line of the manifest that a problem is on: of a statement that is written in several lines, the one
/// that `where` ("line 2, column 5") names.
std::size_t line_of_problem(std::string_view manifest, const std::string& pointer, std::string_view where)
{
    constexpr std::string_view prefix = "line ";
    if (where.starts_with(prefix)) {
        std::size_t number = 0;
        const std::string_view digits = where.substr(prefix.size());
        std::from_chars(digits.data(), digits.data() + digits.size(), number);
        if (number > 0)
            if (const auto line = line_of(manifest, pointer + '/' + std::to_string(number - 1))) return *line;
    }
    return line_near(manifest, pointer);
}

/// "/project/plugin.json:88: the query NAME of PLUGIN does not work: ...", and below it where and what to do.
std::string
problem_text(const boost::json::object& problem, const std::string& plugin, const std::string& place)
{
    std::string text = place + ": the " + text_of(problem, "what") + ' ' + text_of(problem, "name") + " of "
        + plugin + " does not work: " + text_of(problem, "message");
    const std::string where = text_of(problem, "where");
    text += "\n  where: " + text_of(problem, "pointer") + (where.empty() ? "" : ", " + where);
    if (const std::string hint = text_of(problem, "hint"); !hint.empty()) text += "\n  hint: " + hint;
    return text;
}

Error place_error(const fs::path& where, const std::error_code& trouble)
{
    return tool_error(
        ErrorCode::io,
        "not_placed",
        "cannot put the plugin into " + where.string() + ": " + trouble.message(),
        where.string(),
        "a data folder of your own is needed"
    );
}

/// Puts the built plugin where the host looks for it. The folder is made aside, so that the host never sees
/// half of one; what it runs is a copy, so that the former files may go.
Result<void> put_in_place(const host::DataFolder& data, const BuiltPlugin& plugin)
{
    const fs::path next = data.run() / ("dev-" + plugin.id);
    const fs::path place = data.plugins() / plugin.id / plugin.version;
    std::error_code trouble;
    if (fs::exists(
            place / host::package_list_name, trouble
        )) // the host would refuse files that it did not verify
        return tool_error(
            ErrorCode::state,
            "installed",
            plugin.id + " " + plugin.version + " is installed from a package here; its files are left alone",
            place.string(),
            "raise \"version\" in plugin.json, or run \"mortise plugins remove " + plugin.id
                + "\", or use another data folder (--data)"
        );
    fs::remove_all(next, trouble);
    fs::create_directories(place.parent_path(), trouble);
    if (trouble) return place_error(place, trouble);
    fs::create_directories(next.parent_path(), trouble);
    fs::copy(plugin.folder, next, fs::copy_options::recursive, trouble);
    if (trouble) return place_error(next, trouble);
    fs::remove_all(place, trouble);
    fs::rename(next, place, trouble);
    if (trouble) return place_error(place, trouble);
    return {};
}

} // namespace

DevSession::DevSession(
    Output& output, fs::path project, fs::path data, std::unique_ptr<control::Connection> connection
)
    : m_output{&output},
      m_project{std::move(project)},
      m_data{std::move(data)},
      m_connection{std::move(connection)}
{
}

Result<DevSession> DevSession::start(Output& output, const fs::path& project, const fs::path& data)
{
    std::error_code ignored;
    for (const char* needed : {"plugin.json", "CMakeLists.txt"})
        if (!fs::exists(project / needed, ignored))
            return tool_error(
                ErrorCode::not_found,
                "no_project",
                project.string() + " has no " + needed,
                "DIR",
                "name a project; mortise-sdk new makes one"
            );
    const fs::path folder = fs::absolute(data.empty() ? host::DataFolder::default_path() : data);
    auto connection = control::connect(host::DataFolder{folder}.socket());
    if (!connection)
        return tool_error(
            connection.error().code,
            connection.error().code == ErrorCode::denied ? "denied" : "unreachable",
            "no host serves " + folder.string() + ": " + connection.error().message,
            folder.string(),
            "run \"mortise --data " + folder.string() + " serve\" in another terminal"
        );
    return DevSession{output, fs::weakly_canonical(project), folder, *std::move(connection)};
}

void DevSession::tell(std::string_view what, const std::string& text, boost::json::object more)
{
    if (!m_output->is_json()) return m_output->line(std::string{what} + ": " + text);
    more["event"] = what;
    more["text"] = text;
    m_output->line(boost::json::serialize(more));
}

void DevSession::build_and_reload()
{
    const auto start = std::chrono::steady_clock::now();
    tell("building", m_project.string());
    auto done = build();
    if (done) done = hand_over();
    tell_log();
    if (!done) {
        std::string text = done.error().message;
        if (!done.error().where.empty()) text += "\n  where: " + done.error().where;
        if (!done.error().hint.empty()) text += "\n  hint: " + done.error().hint;
        return tell("failed", text);
    }
    const std::string took = seconds_since(start);
    const std::size_t broken = try_declarations();
    tell(
        "reloaded",
        m_plugin + " in " + took
            + (broken == 0 ? ""
                           : "; " + std::to_string(broken) + " of what it declares does not work, see above")
    );
}

Result<void> DevSession::build()
{
    const auto cache = read_text(m_project / "build/dev/CMakeCache.txt", std::size_t{1} << 24);
    const std::string made_for = cache ? source_of(*cache) : std::string{};
    std::error_code ignored;
    if (!cache) {
        MORTISE_CHECK(run_step({"cmake", "--preset", "dev"}, m_project, "not_configured"));
    } else if (!made_for.empty() && !fs::equivalent(made_for, m_project, ignored)) {
        // It would go on building there, or look for ever for what it makes.
        tell("building", "build/dev is that of " + made_for + ": it is configured anew for this folder");
        MORTISE_CHECK(run_step({"cmake", "--fresh", "--preset", "dev"}, m_project, "not_configured"));
    }
    MORTISE_CHECK(run_step({"cmake", "--build", "--preset", "dev"}, m_project, "not_built"));
    MORTISE_TRY(const BuiltPlugin plugin, find_built_plugin(m_project));
    m_plugin = plugin.id;
    MORTISE_CHECK(check_manifest(plugin.folder));
    return check_quickly(plugin.folder);
}

/// Those checks that take a moment and need no other plugin. What they find is told; the code is tried all
/// the same.
Result<void> DevSession::check_quickly(const fs::path& built)
{
    constexpr const char* quick
        = "file,manifest.valid,manifest.interfaces_known,manifest.locales_there,"
          "manifest.commands_described,manifest.arguments_closed,manifest.events_have_schemas,"
          "manifest.defaults_fit,manifest.settings_typed,manifest.permissions_known";
    MORTISE_TRY(
        const Ended ended,
        run_process({"/proc/self/exe", "check", built.string(), "--only", quick}, m_project)
    );
    if (ended.status != 0) tell("checked", std::string{tail(ended.output)});
    return {};
}

Result<void> DevSession::hand_over()
{
    MORTISE_TRY(const BuiltPlugin plugin, find_built_plugin(m_project));
    MORTISE_CHECK(put_in_place(host::DataFolder{m_data}, plugin));
    MORTISE_CHECK(m_connection->call("plugins.enable", {{"plugin", plugin.id}}));
    MORTISE_CHECK(m_connection->call("plugins.reload", {{"plugin", plugin.id}}));
    return {};
}

/// Lets the host that runs the plugin try what its manifest declares for people to look at. What does not
/// work is told with its place in the project's plugin.json; gives how much that is.
std::size_t DevSession::try_declarations()
{
    const auto answer = m_connection->call("views.try", {{"plugin", m_plugin}});
    if (!answer) return 0; // a host of an older release
    const boost::json::value* problems = answer->as_object().if_contains("problems");
    if (!problems || !problems->is_array()) return 0;
    const fs::path file = m_project / "plugin.json";
    const auto manifest = read_text(file, std::size_t{1} << 20);
    for (const boost::json::value& item : problems->get_array()) {
        const boost::json::object& problem = item.as_object();
        const std::string pointer = text_of(problem, "pointer");
        const std::size_t line
            = manifest ? line_of_problem(*manifest, pointer, text_of(problem, "where")) : 1;
        boost::json::object more = problem;
        more["file"] = file.string();
        more["line"] = line;
        tell(
            "checked",
            problem_text(problem, m_plugin, file.string() + ':' + std::to_string(line)),
            std::move(more)
        );
    }
    return problems->get_array().size();
}

void DevSession::tell_log()
{
    if (m_plugin.empty()) return;
    const auto answer
        = m_connection->call("plugins.logs", {{"plugin", m_plugin}, {"after", m_last_line}, {"limit", 1000}});
    if (!answer) return; // not installed yet
    const boost::json::value* lines = answer->as_object().if_contains("lines");
    if (!lines || !lines->is_array()) return;
    for (const boost::json::value& item : lines->get_array()) {
        const boost::json::object& line = item.as_object();
        if (const boost::json::value* number = line.if_contains("number"); number && number->is_int64())
            m_last_line = number->get_int64();
        if (m_output->is_json()) {
            m_output->line(boost::json::serialize(boost::json::object{{"event", "log"}, {"line", line}}));
            continue;
        }
        const std::string key = text_of(line, "key");
        m_output->line(
            "  " + text_of(line, "time") + ' ' + text_of(line, "level") + ' '
            + (key.empty() ? "" : key + ": ") + text_of(line, "message")
        );
    }
}

} // namespace mortise::tool
