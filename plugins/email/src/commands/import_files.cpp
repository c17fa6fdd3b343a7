#include "commands/import_files.hpp"

#include <mortise/failure.hpp>

#include <algorithm>
#include <fstream>

namespace mortise::plugins::email {

namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t most_bytes = std::uintmax_t{2} << 30U;
constexpr std::size_t most_files = 200'000;

} // namespace

fs::path require_importable(std::string_view folder, std::string_view path)
{
    if (folder.empty())
        fail(
            ErrorCode::refused,
            "email.no_import_folder",
            "files are imported from one folder, and none is set; an administrator says: mortise settings "
            "mortise.email "
            "set import_folder /path",
            "path"
        );
    std::error_code problem;
    const fs::path root = fs::canonical(fs::path{folder}, problem);
    if (problem)
        fail(
            ErrorCode::refused,
            "email.no_import_folder",
            "the folder for imports " + std::string{folder} + " cannot be opened: " + problem.message(),
            "path"
        );
    const fs::path wanted = fs::weakly_canonical(root / fs::path{path}, problem);
    const fs::path below = wanted.lexically_relative(root);
    if (problem || below.empty() || *below.begin() == "..")
        refuse("email.not_importable", std::string{path} + " does not lie in the folder for imports", "path");
    if (!fs::exists(wanted, problem))
        fail(ErrorCode::not_found, "email.no_file", "there is no " + wanted.string(), "path");
    return wanted;
}

std::vector<fs::path> files_of(const fs::path& path)
{
    if (!fs::is_directory(path)) return {path};
    std::vector<fs::path> files;
    std::error_code problem;
    for (auto at
         = fs::recursive_directory_iterator{path, fs::directory_options::skip_permission_denied, problem};
         !problem && at != fs::recursive_directory_iterator{} && files.size() < most_files;
         at.increment(problem))
        if (!at->is_symlink() && at->is_regular_file()) files.push_back(at->path());
    std::ranges::sort(files);
    return files;
}

std::string read_file(const fs::path& path)
{
    const std::uintmax_t size = fs::file_size(path);
    if (size > most_bytes)
        fail(ErrorCode::limit, "email.file_too_large", path.string() + " is larger than 2 GiB", "path");
    std::ifstream file{path, std::ios::binary};
    std::string content(static_cast<std::size_t>(size), '\0');
    file.read(content.data(), static_cast<std::streamsize>(content.size()));
    if (!file) fail(ErrorCode::io, "email.unreadable", path.string() + " cannot be read", "path");
    return content;
}

} // namespace mortise::plugins::email
