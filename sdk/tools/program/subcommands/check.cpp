#include "check/report.hpp"
#include "control/temporary_folder.hpp"
#include "plugins/package/package_list.hpp"
#include "plugins/package/package_reader.hpp"
#include "plugins/package/package_writer.hpp"
#include "program/built_plugin.hpp"
#include "program/named_plugin.hpp"
#include "program/subcommands/subcommands.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <list>
#include <memory>
#include <optional>
#include <thread>

namespace mortise::tool {
namespace {

struct CheckOptions {
    std::string place{"."};
    std::vector<std::string> with{};
    std::vector<std::string> only{};
    std::vector<std::string> releases{};
    std::string from{};
    std::optional<std::uint64_t> seed{};
    std::optional<int> timeout_seconds{};
    std::size_t parallel{std::max(1U, std::thread::hardware_concurrency())};
    bool list{false};
};

Exit tell_list(Output& output)
{
    boost::json::array all;
    for (const check::Check& each : check::all_checks()) {
        all.push_back(boost::json::object{{"id", each.id}, {"sentence", each.sentence}, {"page", each.page}});
        if (!output.is_json()) output.line(std::string{each.id} + "  " + std::string{each.sentence});
    }
    if (output.is_json()) output.print(all, [] { });
    return Exit::done;
}

/// Those that --only names, by id or by group; without it all that there is something for.
Result<std::vector<check::Check>> chosen(const CheckOptions& options)
{
    std::vector<check::Check> all = check::all_checks();
    if (options.seed && options.only.empty())
        std::erase_if(all, [](const check::Check& each) { return each.group() != "fuzz"; });
    if (options.from.empty() && options.only.empty())
        std::erase_if(all, [](const check::Check& each) { return each.group() == check::upgrade_group; });
    for (const std::string& wanted : options.only)
        if (std::ranges::none_of(all, [&](const check::Check& each) {
                return each.id == wanted || each.group() == wanted;
            }))
            return tool_error(
                ErrorCode::not_found,
                "no_check",
                "there is no check \"" + wanted + '"',
                wanted,
                "see: mortise-sdk check --list"
            );
    if (!options.only.empty())
        std::erase_if(all, [&](const check::Check& each) {
            return std::ranges::find(options.only, each.id) == options.only.end()
                && std::ranges::find(options.only, each.group()) == options.only.end();
        });
    if (options.timeout_seconds)
        for (check::Check& each : all)
            each.timeout = std::chrono::seconds{*options.timeout_seconds};
    return all;
}

/// Folders with what packages hold, and with packages, as long as the checks run.
using Unpacked = std::list<host::TemporaryFolder>;

bool is_package(const std::filesystem::path& place)
{
    return place.extension() == ".mortise";
}

Result<std::filesystem::path> unpack(const std::filesystem::path& place, Unpacked& unpacked)
{
    MORTISE_TRY(host::TemporaryFolder folder, host::TemporaryFolder::create());
    const std::filesystem::path path = folder.path();
    MORTISE_TRY(const host::Package package, host::unpack_package(place, path));
    static_cast<void>(package);
    // The checks try it under other versions too, with a manifest that the list of digests does not know.
    std::error_code ignored;
    std::filesystem::remove(path / host::package_list_name, ignored);
    unpacked.push_back(std::move(folder));
    return path;
}

/// The plugin as a package, which a host upgrades with.
Result<std::filesystem::path> pack(const std::filesystem::path& plugin, Unpacked& unpacked)
{
    MORTISE_TRY(host::TemporaryFolder folder, host::TemporaryFolder::create());
    const std::filesystem::path file = folder.path() / "plugin.mortise";
    MORTISE_TRY(const auto files, host::package_files_in(plugin));
    MORTISE_CHECK(host::write_package(files, file));
    unpacked.push_back(std::move(folder));
    return file;
}

/// The plugin: a package is unpacked first; a project stands for its newest build.
Result<check::Target> find_target(const std::filesystem::path& place, Unpacked& unpacked)
{
    if (is_package(place)) {
        MORTISE_TRY(const std::filesystem::path folder, unpack(place, unpacked));
        return check::open_target(folder);
    }
    if (std::filesystem::is_directory(place)) {
        auto built = find_built_plugin(place);
        if (built) return check::open_target(built->folder);
        std::error_code ignored;
        const auto sound = check_manifest(place); // else the checks tell all that is wrong with it
        if (std::filesystem::exists(place / "CMakeLists.txt", ignored)
            && (sound || sound.error().key == "manifest.file_missing"))
            return std::move(built).error();
    }
    return check::open_target(place);
}

/// Runs the checks and tells of each as it ends; what was not tried is told once, at the end. Of a manifest
/// that is not sound is told first: much of the rest follows from it.
std::vector<check::Outcome> run_and_tell(
    Output& output, const check::Target& target, std::vector<check::Check> checks, std::size_t parallel
)
{
    const auto tell = [&output](const check::Outcome& outcome) {
        if (!output.is_json() && outcome.finding.is_tried) output.line(check::line_of(outcome));
    };
    std::vector<check::Outcome> outcomes;
    const auto valid = std::ranges::find(checks, check::manifest_valid, &check::Check::id);
    if (!target.is_sound() && valid != checks.end()) {
        outcomes = check::run_all(target, {*valid}, parallel, tell);
        checks.erase(valid);
    }
    for (check::Outcome& outcome : check::run_all(target, checks, parallel, tell))
        outcomes.push_back(std::move(outcome));
    return outcomes;
}

Result<Exit> run_check(Output& output, const CheckOptions& options)
{
    if (options.list) return tell_list(output);
    Unpacked unpacked;
    MORTISE_TRY(check::Target target, find_target(options.place, unpacked));
    for (const std::string& name : options.with) {
        MORTISE_TRY(const auto place, is_package(name) ? unpack(name, unpacked) : find_named_plugin(name));
        MORTISE_TRY(const check::Target other, check::open_target(place));
        target.with.push_back(other.folder);
    }
    if (!options.from.empty()) {
        MORTISE_TRY(const check::Target earlier, find_target(options.from, unpacked));
        target.from = earlier.folder;
        MORTISE_TRY(target.package, pack(target.folder, unpacked));
    }
    if (options.seed) target.seed = *options.seed;
    std::vector<check::Compatibility> releases;
    for (const std::string& release : options.releases) {
        MORTISE_TRY(check::Compatibility found, check::against(target, release));
        releases.push_back(std::move(found));
    }
    MORTISE_TRY(const std::vector<check::Check> checks, chosen(options));
    const auto outcomes = run_and_tell(output, target, checks, options.parallel);
    output.print(check::json_of(target, outcomes, releases), [&] {
        output.raw(check::not_tried(outcomes) + '\n' + check::score_card(target, outcomes, releases));
    });
    const bool fits = std::ranges::all_of(releases, &check::Compatibility::runs);
    return check::score_of(outcomes).failed == 0 && fits ? Exit::done : Exit::failed;
}

} // namespace

void add_check(CLI::App& app, Action& action)
{
    const auto options = std::make_shared<CheckOptions>();
    CLI::App* command = app.add_subcommand("check", "try a plugin against everything that the contract says");
    command->add_option(
        "PLUGIN",
        options->place,
        "a folder, a library in one, a package, or a project; without it this folder"
    );
    command->add_option("--only", options->only, "only these checks, or groups of them")->delimiter(',');
    command->add_option("--against", options->releases, "on which of these releases of the host it runs")
        ->delimiter(',');
    command->add_option(
        "--reproduce", options->seed, "what chance does with this seed; without it the seed is 1"
    );
    command
        ->add_option(
            "--with",
            options->with,
            "a plugin that this one requires: the name of an installed one, a folder, or a package"
        )
        ->delimiter(',');
    command->add_option(
        "--from",
        options->from,
        "a package or folder of an earlier version: upgrade from it, with its records"
    );
    command
        ->add_option(
            "--timeout", options->timeout_seconds, "seconds that each check may take, if not its own"
        )
        ->check(CLI::PositiveNumber);
    command->add_option("--parallel", options->parallel, "checks at a time")->check(CLI::PositiveNumber);
    command->add_flag("--list", options->list, "name all checks");
    command->callback([&action, options] {
        action = [options](Output& output) { return run_check(output, *options); };
    });
}

} // namespace mortise::tool
