#include "bundles/lock.hpp"

#include "base/hash.hpp"
#include "base/json.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace mortise::host {

namespace json = boost::json;
namespace fs = std::filesystem;

namespace {

constexpr int lock_format = 1;

Error bad_lock(std::string message, std::string where)
{
    return {
        .code = ErrorCode::invalid,
        .message = std::move(message),
        .key = "bundles.bad_lock",
        .where = std::move(where),
        .hint = "a lock is what \"mortise bundles lock\" writes; make it anew",
    };
}

/// Whether a file of a plugin counts here: not the library of another platform, nothing of the package.
bool counts(const Manifest& manifest, std::string_view path)
{
    if (path.starts_with(package_reserved_prefix)) return false;
    const auto own = manifest.libraries.find(std::string{this_platform()});
    if (own != manifest.libraries.end() && own->second == path) return true;
    return std::ranges::none_of(manifest.libraries, [&](const auto& library) {
        return library.second == path;
    });
}

PluginFiles of_files(std::vector<PackageFile> files)
{
    std::ranges::sort(files, {}, &PackageFile::path);
    PluginFiles result;
    std::string text;
    for (const PackageFile& file : files) {
        text += file.path + '\0' + std::to_string(file.size) + '\0' + hex(file.sha256) + '\n';
        result.bytes += file.size;
    }
    result.digest = "sha256:" + hex(sha256(text));
    return result;
}

Result<std::string> text_member(const json::object& object, std::string_view name, const std::string& where)
{
    const json::value* found = object.if_contains(name);
    if (!found || !found->is_string())
        return bad_lock("the lock says no \"" + std::string{name} + '"', where + '/' + std::string{name});
    return std::string{found->get_string()};
}

} // namespace

const LockedPlugin* BundleLock::find(std::string_view id) const noexcept
{
    const auto found = std::ranges::find(plugins, id, &LockedPlugin::id);
    return found == plugins.end() ? nullptr : &*found;
}

json::object json_of(const BundleLock& lock)
{
    json::object plugins;
    for (const LockedPlugin& plugin : lock.plugins)
        plugins[plugin.id] = json::object{{"version", plugin.version.text()}, {"digest", plugin.digest}};
    return {
        {"format", lock_format},
        {"bundle", lock.bundle},
        {"version", lock.version},
        {"digest", lock.digest},
        {"platform", lock.platform},
        {"plugins", std::move(plugins)},
    };
}

Result<BundleLock> parse_lock(const json::value& value)
{
    if (!value.is_object()) return bad_lock("a lock is an object", "");
    const json::object& object = value.get_object();
    const json::value* format = object.if_contains("format");
    if (!format || *format != lock_format)
        return bad_lock("the lock has not the format " + std::to_string(lock_format), "/format");
    BundleLock lock;
    MORTISE_TRY(lock.bundle, text_member(object, "bundle", ""));
    MORTISE_TRY(lock.version, text_member(object, "version", ""));
    MORTISE_TRY(lock.digest, text_member(object, "digest", ""));
    MORTISE_TRY(lock.platform, text_member(object, "platform", ""));
    const json::value* plugins = object.if_contains("plugins");
    if (!plugins || !plugins->is_object()) return bad_lock("the lock names no plugins", "/plugins");
    for (const auto& [id, item] : plugins->get_object()) {
        const std::string where = "/plugins/" + std::string{id};
        if (!item.is_object()) return bad_lock("a plugin of the lock is an object", where);
        LockedPlugin plugin{.id = std::string{id}, .version = {}, .digest = {}};
        MORTISE_TRY(const std::string version, text_member(item.get_object(), "version", where));
        MORTISE_TRY(plugin.version, Version::parse(version));
        MORTISE_TRY(plugin.digest, text_member(item.get_object(), "digest", where));
        lock.plugins.push_back(std::move(plugin));
    }
    return lock;
}

Result<PluginFiles> plugin_files(const Candidate& candidate)
{
    std::vector<PackageFile> files;
    std::error_code trouble;
    for (fs::recursive_directory_iterator at{candidate.folder, trouble}, end; !trouble && at != end;
         at.increment(trouble)) {
        if (!at->is_regular_file()) continue;
        const std::string path = at->path().lexically_relative(candidate.folder).generic_string();
        if (!counts(*candidate.manifest, path)) continue;
        std::ifstream in{at->path(), std::ios::binary};
        const std::string text{std::istreambuf_iterator<char>{in}, {}};
        if (!in.is_open()) trouble = std::make_error_code(std::errc::permission_denied);
        files.push_back({path, text.size(), sha256(text)});
    }
    if (trouble)
        return Error{
            .code = ErrorCode::io,
            .message = "cannot read " + candidate.folder.string() + ": " + trouble.message(),
            .key = "bundles.unreadable",
            .where = candidate.folder.string(),
        };
    return of_files(std::move(files));
}

PluginFiles plugin_files(const Manifest& manifest, const PackageList& list)
{
    std::vector<PackageFile> files;
    for (const PackageFile& file : list.files)
        if (counts(manifest, file.path)) files.push_back(file);
    return of_files(std::move(files));
}

} // namespace mortise::host
