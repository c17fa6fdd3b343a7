#include "app/file_upload.hpp"
#include "app/verbs/plugin_words.hpp"
#include "app/verbs/verbs.hpp"
#include "control/temporary_folder.hpp"
#include "plugins/package/package_writer.hpp"

#include <filesystem>
#include <optional>

namespace mortise::host {
namespace {

namespace fs = std::filesystem;

/// Whether this can be ID or ID@RANGE, to be found in a catalog.
bool is_name(const std::string& given)
{
    const std::string id = given.substr(0, given.find('@'));
    return id.find('.') != std::string::npos && id.find('/') == std::string::npos
        && !id.ends_with(".mortise");
}

/// A package for the host: the file itself, or one made of a folder for the time of the call.
struct Sending {
    std::optional<TemporaryFolder> made{};
    fs::path file{};
};

Result<Sending> package_of(const std::string& given)
{
    std::error_code ignored;
    Sending sending;
    sending.file = fs::absolute(given);
    if (!fs::is_directory(sending.file, ignored)) return sending;
    MORTISE_TRY(const auto files, package_files_in(sending.file));
    MORTISE_TRY(sending.made, TemporaryFolder::create());
    sending.file = sending.made->path() / "plugin.mortise";
    MORTISE_CHECK(write_package(files, sending.file));
    return sending;
}

Result<boost::json::value> send(Program& program, const std::string& method, const PackageOptions& options)
{
    std::error_code ignored;
    if (!fs::exists(options.file, ignored) && is_name(options.file)) {
        boost::json::object named{{"name", options.file}, {"replace", options.replace}};
        if (method == "plugins.upgrade")
            named["grant"] = options.grant;
        else
            named["older"] = options.older;
        return program.call(method, std::move(named));
    }
    MORTISE_TRY(const Sending sending, package_of(options.file));
    boost::json::object params{
        // A folder is the caller's own: whoever makes it can vouch for it.
        {"allow_unsigned", options.allow_unsigned || sending.made.has_value()},
        {"replace", options.replace},
    };
    if (method == "plugins.upgrade")
        params["grant"] = options.grant;
    else
        params["older"] = options.older;
    MORTISE_CHECK(program.connection());
    if (program.is_direct())
        params["path"] = sending.file.native();
    else {
        MORTISE_TRY(params["upload"], upload_file(program, sending.file));
    }
    return program.call(method, std::move(params));
}

void print_upgrade(const Program& program, Output& output, const boost::json::object& answer)
{
    const auto text = [&](std::string_view key) { return cell_text(at_path(answer, key)); };
    const boost::json::object* plugin = at_path(answer, "plugin").if_object();
    output.line(
        text("id") + ": " + text("from") + " -> " + text("to")
        + (plugin ? ", " + state_of(program, *plugin) : "")
    );
    if (const std::string less = text("asks_less"); !less.empty()) output.line("asks no more for: " + less);
    if (const std::string more = text("asks_more"); !more.empty()) {
        output.line("asks besides for: " + more);
        output.line("granted: " + text("plugin.granted"));
    }
    if (const std::string problem = text("problem"); !problem.empty())
        output.note("the former code: " + printable(problem));
}

} // namespace

Result<Exit> install_plugin(Program& program, const PackageOptions& options)
{
    MORTISE_TRY(boost::json::value answer, send(program, "plugins.install", options));
    const boost::json::object installed = answer.as_object();
    const std::string id = cell_text(at_path(installed, "id"));
    const bool is_enabled = at_path(installed, "plugin.enabled") == true;
    if (options.enable && !is_enabled) {
        MORTISE_TRY(answer.as_object()["plugin"], program.call("plugins.enable", {{"plugin", id}}));
    }
    Output& output = program.output();
    output.print(answer, [&] {
        output.line(
            id + ' ' + cell_text(at_path(installed, "version"))
            + (at_path(installed, "was_there") == true ? " was installed already; its files are there anew"
                                                       : " is installed")
        );
        if (const std::string signers = cell_text(at_path(installed, "signed_by")); !signers.empty())
            output.line("signed by " + signers);
        const std::string running = cell_text(at_path(installed, "plugin.version"));
        if (options.enable && !is_enabled)
            output.line("granted: " + cell_text(at_path(answer.as_object(), "plugin.granted")));
        else if (!is_enabled)
            output.note("nothing of it runs yet: mortise plugins enable " + id);
        else if (running != cell_text(at_path(installed, "version")))
            output.note("version " + running + " runs on; to change it: mortise plugins upgrade FILE");
    });
    return Exit::done;
}

Result<Exit> upgrade_plugin(Program& program, const PackageOptions& options)
{
    MORTISE_TRY(const boost::json::value answer, send(program, "plugins.upgrade", options));
    program.output().print(answer, [&] { print_upgrade(program, program.output(), answer.as_object()); });
    return Exit::done;
}

Result<Exit> roll_back_plugin(Program& program, const std::string& id)
{
    MORTISE_TRY(const boost::json::value answer, program.call("plugins.rollback", {{"plugin", id}}));
    program.output().print(answer, [&] { print_upgrade(program, program.output(), answer.as_object()); });
    return Exit::done;
}

namespace {

/// What goes for good, in words.
std::string purge_text(const boost::json::object& purged)
{
    std::string text;
    for (const boost::json::value& item : at_path(purged, "types").as_array()) {
        const boost::json::object& type = item.as_object();
        text += (text.empty() ? "" : ", ") + cell_text(at_path(type, "records")) + ' '
            + cell_text(at_path(type, "type")) + " records (" + cell_text(at_path(type, "history"))
            + " earlier states)";
    }
    for (const boost::json::value& item : at_path(purged, "fields").as_array()) {
        const boost::json::object& field = item.as_object();
        text += (text.empty() ? "" : ", ") + cell_text(at_path(field, "values")) + " values of "
            + cell_text(at_path(field, "type")) + '.' + cell_text(at_path(field, "field"));
    }
    return text.empty() ? "no records" : text;
}

} // namespace

Result<Exit> remove_plugin(Program& program, const std::string& id, bool purge)
{
    std::string question = "remove " + id + ", its files and settings; its records stay readable";
    if (purge) {
        MORTISE_TRY(
            const boost::json::value would,
            program.call("plugins.remove", {{"plugin", id}, {"purge", true}, {"look", true}})
        );
        question = "remove " + id
            + " and delete for good: " + purge_text(at_path(would.as_object(), "purged").as_object()) + ", "
            + cell_text(would.at("settings")) + " settings";
    }
    MORTISE_CHECK(program.confirm(question));
    MORTISE_TRY(
        const boost::json::value answer, program.call("plugins.remove", {{"plugin", id}, {"purge", purge}})
    );
    Output& output = program.output();
    output.print(answer, [&] {
        output.line(id + " is removed");
        for (const boost::json::value& item : at_path(answer.as_object(), "archived").as_array())
            output.line(
                "archived: " + cell_text(at_path(item.as_object(), "type")) + ", "
                + cell_text(at_path(item.as_object(), "records")) + " records"
            );
        if (!purge) return;
        output.line("deleted: " + purge_text(at_path(answer.as_object(), "purged").as_object()));
        output.note("events that tell of them stay in the log, and earlier backups hold them");
    });
    return Exit::done;
}

} // namespace mortise::host
