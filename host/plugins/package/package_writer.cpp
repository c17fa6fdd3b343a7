#include "plugins/package/package_writer.hpp"

#include "base/json.hpp"
#include "base/sha256.hpp"
#include "plugins/package/tar_writer.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <functional>
#include <sys/stat.h>
#include <unistd.h>

namespace mortise::host {

namespace {

namespace fs = std::filesystem;

Error disk_error(std::string_view what, const fs::path& file)
{
    const int reason = errno;
    return package_error(
        reason == ENOENT ? ErrorCode::not_found : ErrorCode::io,
        "io",
        "cannot " + std::string{what} + ' ' + file.string() + ": " + std::strerror(reason),
        file.string()
    );
}

Result<void> check_is_plain(const fs::path& file)
{
    std::error_code trouble;
    const fs::file_status status = fs::symlink_status(file, trouble);
    if (fs::is_symlink(status))
        return package_error(
            ErrorCode::refused,
            "link",
            file.string() + " is a link",
            file.string(),
            "put the file itself there: packages hold plain files only"
        );
    if (!fs::is_regular_file(status))
        return package_error(
            ErrorCode::refused, "device", file.string() + " is no plain file", file.string()
        );
    return {};
}

/// Gives the bytes of a file piece by piece. Errors: those of the disk and of `take`.
Result<std::uint64_t>
read_file(const fs::path& file, const std::function<Result<void>(std::span<const std::byte>)>& take)
{
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0) return disk_error("open", file);
    std::vector<std::byte> buffer(std::size_t{64} << 10);
    std::uint64_t size = 0;
    Result<void> done;
    while (done) {
        const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) done = disk_error("read", file);
        if (got <= 0) break;
        size += static_cast<std::uint64_t>(got);
        done = take(std::span{buffer.data(), static_cast<std::size_t>(got)});
    }
    ::close(descriptor);
    if (!done) return std::move(done).error();
    return size;
}

Result<PackageFile> describe(const PackageInput& source, const PackageLimits& limits)
{
    MORTISE_CHECK(check_package_path(source.path));
    MORTISE_CHECK(check_is_plain(source.file));
    PackageFile file;
    file.path = source.path;
    Sha256 digest;
    std::uint64_t so_far = 0;
    MORTISE_TRY(file.size, read_file(source.file, [&](std::span<const std::byte> piece) -> Result<void> {
                    so_far += piece.size();
                    if (so_far > limits.file_bytes)
                        return package_error(
                            ErrorCode::limit,
                            "too_large",
                            source.path + " has more than " + std::to_string(limits.file_bytes) + " bytes",
                            source.path
                        );
                    digest.add(piece);
                    return {};
                }));
    file.sha256 = digest.finish();
    return file;
}

/// Only what the list repeats; the host checks the whole of it.
Result<void> read_identity(const PackageInput& source, PackageList& list)
{
    std::string text;
    MORTISE_CHECK(read_file(source.file, [&](std::span<const std::byte> piece) -> Result<void> {
        text.append(reinterpret_cast<const char*>(piece.data()), piece.size());
        return {};
    }));
    MORTISE_TRY(const boost::json::value json, parse_json(text, "plugin.json"));
    for (const auto& [key, target] : {std::pair{"id", &list.id}, std::pair{"version", &list.version}}) {
        const boost::json::value* found = json.is_object() ? json.get_object().if_contains(key) : nullptr;
        if (!found || !found->is_string() || found->get_string().empty())
            return package_error(
                ErrorCode::invalid,
                "bad_manifest",
                "plugin.json does not say its \"" + std::string{key} + '"',
                "plugin.json"
            );
        *target = found->get_string();
    }
    return {};
}

Result<void> write_entries(
    TarWriter& tar,
    std::span<const PackageInput> files,
    const PackageList& list,
    const std::optional<std::string>& signature
)
{
    MORTISE_CHECK(tar.add(std::string{package_list_name}, package_list_text(list)));
    if (signature) MORTISE_CHECK(tar.add(std::string{package_signature_name}, *signature));
    for (const PackageFile& file : list.files) {
        const auto source = std::ranges::find(files, file.path, &PackageInput::path);
        MORTISE_CHECK(tar.begin(file.path, file.size));
        Sha256 digest;
        MORTISE_CHECK(read_file(source->file, [&](std::span<const std::byte> piece) {
            digest.add(piece);
            return tar.write(piece);
        }));
        if (digest.finish() != file.sha256)
            return package_error(
                ErrorCode::conflict,
                "changed",
                source->file.string() + " was changed while the package was made",
                source->file.string(),
                "pack again when the build is done"
            );
    }
    return tar.finish();
}

} // namespace

Result<std::vector<PackageInput>> package_files_in(const fs::path& folder)
{
    std::vector<PackageInput> files;
    std::error_code trouble;
    fs::recursive_directory_iterator at{folder, trouble};
    for (const fs::recursive_directory_iterator end; !trouble && at != end; at.increment(trouble)) {
        const std::string path = at->path().lexically_relative(folder).generic_string();
        if (path.starts_with(package_reserved_prefix)) continue;
        std::error_code ignored;
        if (at->symlink_status(ignored).type() == fs::file_type::directory) continue;
        MORTISE_CHECK(check_is_plain(at->path()));
        MORTISE_CHECK(check_package_path(path));
        files.push_back({path, at->path()});
    }
    if (trouble)
        return package_error(
            trouble == std::errc::no_such_file_or_directory ? ErrorCode::not_found : ErrorCode::io,
            "io",
            "cannot read " + folder.string() + ": " + trouble.message(),
            folder.string()
        );
    std::ranges::sort(files, {}, &PackageInput::path);
    return files;
}

Result<PackageList> list_package_files(std::span<const PackageInput> files, const PackageLimits& limits)
{
    PackageList list;
    const auto manifest = std::ranges::find(files, "plugin.json", &PackageInput::path);
    if (manifest == files.end())
        return package_error(
            ErrorCode::invalid,
            "no_manifest",
            "there is no plugin.json",
            "plugin.json",
            "name the folder that holds the built plugin: plugin.json and its library"
        );
    MORTISE_CHECK(read_identity(*manifest, list));
    for (const PackageInput& source : files) {
        MORTISE_TRY(PackageFile file, describe(source, limits));
        list.files.push_back(std::move(file));
    }
    return read_package_list(package_list_text(list), limits); // what a reader would say of it
}

Result<PackageList> write_package(
    std::span<const PackageInput> files,
    const fs::path& output,
    const std::optional<std::string>& signature,
    const PackageLimits& limits
)
{
    MORTISE_TRY(PackageList list, list_package_files(files, limits));
    std::string aside = output.string() + ".XXXXXX";
    const int descriptor = ::mkostemp(aside.data(), O_CLOEXEC);
    if (descriptor < 0) return disk_error("write", output);
    ::fchmod(descriptor, 0644);
    TarWriter tar{descriptor};
    auto written = write_entries(tar, files, list, signature);
    if (written && ::fsync(descriptor) != 0) written = disk_error("flush", output);
    ::close(descriptor);
    if (written && ::rename(aside.c_str(), output.c_str()) != 0) written = disk_error("write", output);
    if (written) return list;
    ::unlink(aside.c_str());
    return std::move(written).error();
}

} // namespace mortise::host
