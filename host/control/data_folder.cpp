#include "control/data_folder.hpp"

#include <cstdlib>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <system_error>

namespace mortise::host {
namespace {

Error cannot(std::string_view what, const std::filesystem::path& path, const std::error_code& reason)
{
    return {
        ErrorCode::io,
        "cannot " + std::string{what} + ' ' + path.native() + ": " + reason.message(),
        "folder.io",
        {},
        {}
    };
}

std::string environment(const char* name)
{
    const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nothing here sets the environment
    return value ? std::string{value} : std::string{};
}

} // namespace

Result<DataFolder> DataFolder::create(const std::filesystem::path& path)
{
    std::error_code failed;
    const auto status = std::filesystem::status(path, failed);
    if (std::filesystem::exists(status)) {
        if (!std::filesystem::is_directory(status))
            return Error{
                ErrorCode::exists,
                path.native() + " is there and is no folder",
                "folder.exists",
                {},
                "name another place"
            };
        const bool empty = std::filesystem::is_empty(path, failed);
        if (failed) return cannot("read", path, failed);
        if (!empty)
            return Error{
                ErrorCode::exists,
                "the folder " + path.native() + " is not empty",
                "folder.exists",
                {},
                "name an empty or a new folder"
            };
    }
    std::filesystem::create_directories(path, failed);
    if (failed) return cannot("make", path, failed);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all, failed);
    if (failed) return cannot("set the rights of", path, failed);
    DataFolder folder{path};
    for (const auto& inner : {folder.blobs(), folder.plugins()}) {
        std::filesystem::create_directory(inner, failed);
        if (failed) return cannot("make", inner, failed);
    }
    return folder;
}

Result<DataFolder> DataFolder::find(const std::filesystem::path& path)
{
    DataFolder folder{path};
    std::error_code failed;
    if (std::filesystem::exists(folder.unfinished(), failed))
        return Error{
            ErrorCode::state,
            "a restore into " + path.native() + " did not come to its end",
            "folder.unfinished",
            path.native(),
            "restore the backup again, into the folder that it was meant for"
        };
    if (std::filesystem::exists(folder.database(), failed)) return folder;
    if (failed) return cannot("look into", path, failed);
    return Error{
        ErrorCode::not_found,
        "there is no data in " + path.native(),
        "folder.not_found",
        {},
        "make it with: mortise --data " + path.native() + " init"
    };
}

std::filesystem::path DataFolder::default_path()
{
    if (const std::string path = environment("MORTISE_DATA"); !path.empty()) return path;
    if (const std::string path = environment("XDG_DATA_HOME"); path.starts_with('/'))
        return path + "/mortise";
    if (const std::string home = environment("HOME"); !home.empty()) return home + "/.local/share/mortise";
    return "mortise-data";
}

} // namespace mortise::host
