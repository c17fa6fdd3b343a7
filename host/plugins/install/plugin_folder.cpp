#include "plugins/install/plugin_folder.hpp"

#include "base/random.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>

namespace mortise::host {

namespace {

namespace fs = std::filesystem;

/// Names of folders that are not installed: on the way in, or on the way out.
constexpr std::string_view aside_prefix = ".aside-";

Error disk_error(std::string_view what, const fs::path& path, int reason)
{
    return {
        .code = ErrorCode::io,
        .message = "cannot " + std::string{what} + ' ' + path.string() + ": " + std::strerror(reason),
        .key = "plugins.folder",
        .where = path.string(),
        .hint = reason == ENOSPC ? "make room on the disk" : "",
    };
}

/// Makes what was renamed in a folder durable.
Result<void> flush(const fs::path& folder)
{
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return disk_error("open", folder, errno);
    const int failed = ::fsync(descriptor) == 0 ? 0 : errno;
    ::close(descriptor);
    if (failed != 0) return disk_error("flush", folder, failed);
    return {};
}

Result<std::string> read_text(const fs::path& file)
{
    std::ifstream in{file, std::ios::binary};
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    if (!in.is_open()) return disk_error("read", file, ENOENT);
    return text;
}

} // namespace

StagedPlugin::StagedPlugin(fs::path folder, Package package, std::shared_ptr<const Manifest> manifest)
    : m_folder{std::move(folder)},
      m_package{std::move(package)},
      m_manifest{std::move(manifest)}
{
}

StagedPlugin::StagedPlugin(StagedPlugin&& other) noexcept
    : m_folder{std::exchange(other.m_folder, {})},
      m_package{std::move(other.m_package)},
      m_manifest{std::move(other.m_manifest)}
{
}

StagedPlugin::~StagedPlugin()
{
    if (m_folder.empty()) return;
    std::error_code ignored;
    fs::remove_all(m_folder, ignored);
}

Result<void> PluginFolder::open()
{
    std::error_code trouble;
    fs::create_directories(m_folder, trouble);
    if (trouble) return disk_error("make", m_folder, trouble.value());
    for (fs::directory_iterator at{m_folder, trouble}, end; !trouble && at != end; at.increment(trouble)) {
        std::error_code ignored;
        if (at->path().filename().native().starts_with(aside_prefix)) fs::remove_all(at->path(), ignored);
    }
    return {};
}

fs::path PluginFolder::aside() const
{
    std::array<std::byte, 8> bytes{};
    random_bytes(bytes);
    return m_folder / (std::string{aside_prefix} + hex(bytes));
}

Result<StagedPlugin> PluginFolder::stage(int package) const
{
    const fs::path folder = aside();
    if (::mkdir(folder.c_str(), 0755) != 0) return disk_error("make", folder, errno);
    StagedPlugin removing{folder, {}, nullptr}; // until it is found fit
    MORTISE_TRY(Package unpacked, unpack_package(package, folder));
    ManifestReading reading = read_manifest_in(folder);
    if (!reading.errors.empty()) return std::move(reading.errors.front());
    const Manifest& manifest = reading.manifest;
    if (unpacked.list.id != manifest.id || unpacked.list.version != manifest.version.text())
        return package_error(
            ErrorCode::refused,
            "other_identity",
            "the list says " + unpacked.list.id + ' ' + unpacked.list.version + ", plugin.json says "
                + manifest.id + ' ' + manifest.version.text(),
            std::string{package_list_name}
        );
    StagedPlugin staged{
        folder, std::move(unpacked), std::make_shared<const Manifest>(std::move(reading.manifest))
    };
    removing.release();
    return staged;
}

Result<bool> PluginFolder::keep(StagedPlugin staged, Replace replace) const
{
    const fs::path parent = m_folder / staged.manifest().id;
    const fs::path target = parent / staged.manifest().version.text();
    std::error_code trouble;
    const bool is_new_plugin = fs::create_directory(parent, trouble);
    if (trouble) return disk_error("make", parent, trouble.value());
    if (::renameat2(AT_FDCWD, staged.folder().c_str(), AT_FDCWD, target.c_str(), RENAME_NOREPLACE) == 0) {
        staged.release();
        MORTISE_CHECK(flush(parent));
        if (is_new_plugin) MORTISE_CHECK(flush(m_folder));
        return false;
    }
    if (errno != EEXIST) return disk_error("rename to", target, errno);
    const auto present = read_text(target / package_list_name);
    if (replace == Replace::no && (!present || *present != staged.package().list_text))
        return Error{
            .code = ErrorCode::exists,
            .message = staged.manifest().id + ' ' + staged.manifest().version.text()
                + " is installed already, with other files",
            .key = "plugins.version_exists",
            .where = staged.manifest().version.text(),
            .hint = "give the new one a higher version, or install it with --replace",
        };
    // What was there goes to where the new one lay, and is removed from there.
    if (::renameat2(AT_FDCWD, staged.folder().c_str(), AT_FDCWD, target.c_str(), RENAME_EXCHANGE) != 0)
        return disk_error("rename to", target, errno);
    MORTISE_CHECK(flush(parent));
    return true;
}

Result<void> PluginFolder::remove(std::string_view id, std::string_view version) const
{
    const fs::path target = version.empty() ? m_folder / id : m_folder / id / version;
    const fs::path gone = aside();
    if (::rename(target.c_str(), gone.c_str()) != 0)
        return errno == ENOENT ? Result<void>{} : disk_error("remove", target, errno);
    MORTISE_CHECK(flush(target.parent_path()));
    std::error_code trouble;
    fs::remove_all(gone, trouble); // what stays is swept at the next start
    return {};
}

std::string how_to_install_again(const fs::path& folder)
{
    const std::string version = folder.filename().string();
    const std::string id = folder.parent_path().filename().string();
    std::error_code ignored;
    const bool is_signed = fs::exists(folder / package_signature_name, ignored);
    return "install the same package once more: \"mortise plugins install " + id + '-' + version + ".mortise"
        + (is_signed ? "" : " --allow-unsigned") + '"';
}

Result<std::optional<Digest>> installed_digest(const fs::path& folder, std::string_view path)
{
    std::error_code ignored;
    if (!fs::exists(folder / package_list_name, ignored)) return std::optional<Digest>{};
    MORTISE_TRY(const std::string text, read_text(folder / package_list_name));
    MORTISE_TRY(const PackageList list, read_package_list(text));
    const PackageFile* file = list.find(path);
    if (file) return std::optional{file->sha256};
    return package_error(
        ErrorCode::refused,
        "changed",
        std::string{path} + " was not installed with the plugin",
        (folder / path).string(),
        how_to_install_again(folder)
    );
}

Result<void> check_installed_file(const fs::path& folder, std::string_view path)
{
    auto text = read_text(folder / path);
    return check_installed_bytes(folder, path, text ? std::optional{sha256(*text)} : std::nullopt);
}

Result<void>
check_installed_bytes(const fs::path& folder, std::string_view path, const std::optional<Digest>& digest)
{
    MORTISE_TRY(const auto wanted, installed_digest(folder, path));
    if (!wanted || digest == wanted) return {};
    return package_error(
        ErrorCode::refused,
        "changed",
        std::string{path}
            + (digest ? " was changed after the plugin was installed" : " is not there any more"),
        (folder / path).string(),
        how_to_install_again(folder)
    );
}

} // namespace mortise::host
