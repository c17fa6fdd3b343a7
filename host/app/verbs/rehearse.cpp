#include "app/verbs/verbs.hpp"
#include "control/backup/backup.hpp"
#include "control/host.hpp"
#include "control/methods/catalog_search.hpp"
#include "control/temporary_folder.hpp"
#include "plugins/package/package_writer.hpp"
#include "plugins/plugin_manager.hpp"

#include <chrono>
#include <fcntl.h>
#include <unistd.h>

namespace mortise::host {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

/// Records of each type, that the plugin owns or not, with something in them.
using Counts = std::vector<std::pair<std::string, std::int64_t>>;

Result<Counts> records_of(Host& host)
{
    const ReadLease reader = host.database().read();
    return count_records(*reader);
}

Result<int> open_package(Host& host, const PackageOptions& options, const fs::path& scratch)
{
    std::error_code ignored;
    if (!fs::exists(options.file, ignored)) return open_from_catalogs(host.plugins(), options.file);
    fs::path file = options.file;
    if (fs::is_directory(file, ignored)) {
        MORTISE_TRY(const auto files, package_files_in(file));
        file = scratch / "plugin.mortise";
        MORTISE_CHECK(write_package(files, file));
    }
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return Error{ErrorCode::not_found, "cannot open " + file.string(), "package.io", file.string(), {}};
    return descriptor;
}

struct Rehearsed {
    Upgraded upgraded{};
    double seconds{0};
    Counts before{};
    Counts after{};
};

/// In this process and on the copy, so that nothing that the new code does meets the real data.
Result<Rehearsed> upgrade_copy(const fs::path& data, const PackageOptions& options, const fs::path& scratch)
{
    MORTISE_TRY(const auto host, Host::open({.folder = data, .rehearsal = true}));
    std::error_code ignored;
    const InstallOptions install{
        .allow_unsigned = options.allow_unsigned || fs::is_directory(options.file, ignored),
        .replace = options.replace,
        .grant_new = options.grant,
    };
    Rehearsed rehearsed;
    MORTISE_TRY(rehearsed.before, records_of(*host));
    MORTISE_TRY(const int package, open_package(*host, options, scratch));
    const auto began = std::chrono::steady_clock::now();
    auto upgraded = host->plugins().upgrade(package, install);
    ::close(package);
    if (!upgraded) return std::move(upgraded).error();
    rehearsed.upgraded = *std::move(upgraded);
    rehearsed.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    MORTISE_TRY(rehearsed.after, records_of(*host));
    return rehearsed;
}

json::array text_list(const std::vector<std::string>& texts)
{
    return json::array(texts.begin(), texts.end());
}

/// The types of which there are now more or fewer records.
json::array changes(const Rehearsed& rehearsed)
{
    json::array changed;
    for (const auto& [type, after] : rehearsed.after) {
        if (type == "event") continue;
        std::int64_t before = 0;
        for (const auto& [name, number] : rehearsed.before)
            if (name == type) before = number;
        if (before != after)
            changed.emplace_back(json::object{{"type", type}, {"before", before}, {"after", after}});
    }
    return changed;
}

} // namespace

Result<Exit> rehearse_upgrade(Program& program, const PackageOptions& options)
{
    MORTISE_TRY(const TemporaryFolder scratch, TemporaryFolder::create());
    const fs::path backup = scratch.path() / "now.backup";
    MORTISE_CHECK(program.call("backup.run", {{"path", backup.native()}}));
    program.disconnect();
    MORTISE_CHECK(restore_backup(backup, scratch.path() / "data", {}, {}));
    MORTISE_TRY(const Rehearsed rehearsed, upgrade_copy(scratch.path() / "data", options, scratch.path()));
    const Upgraded& upgraded = rehearsed.upgraded;
    const json::value answer(json::object{
        {"id", upgraded.id},
        {"from", upgraded.from},
        {"to", upgraded.to},
        {"asks_more", text_list(upgraded.asks_more)},
        {"asks_less", text_list(upgraded.asks_less)},
        {"problem", upgraded.closing.problem},
        {"records", changes(rehearsed)},
        {"seconds", rehearsed.seconds},
    });
    Output& output = program.output();
    output.print(answer, [&] {
        const auto text = [&](std::string_view key) { return cell_text(at_path(answer.as_object(), key)); };
        output.line(
            text("id") + ": " + text("from") + " -> " + text("to") + " went well on a copy of the data"
        );
        if (!upgraded.asks_more.empty()) output.line("asks besides for: " + text("asks_more"));
        if (!upgraded.asks_less.empty()) output.line("asks no more for: " + text("asks_less"));
        for (const json::value& item : at_path(answer.as_object(), "records").as_array())
            output.line(
                "records of " + cell_text(at_path(item.as_object(), "type")) + ": "
                + cell_text(at_path(item.as_object(), "before")) + " -> "
                + cell_text(at_path(item.as_object(), "after"))
            );
        output.note("nothing was changed; the plugin reached no other machine meanwhile");
    });
    return Exit::done;
}

} // namespace mortise::host
