#include "plugins/package/package_list.hpp"

#include "base/json.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace mortise::host {

namespace {

bool is_portable(char letter)
{
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z')
        || (letter >= '0' && letter <= '9') || letter == '.' || letter == '_' || letter == '-'
        || letter == '+' || letter == '@';
}

Result<void> check_name(std::string_view name, const std::string& path)
{
    if (name == "..")
        return package_error(
            ErrorCode::refused,
            "parent_path",
            "the path leads out of the package",
            path,
            "paths stay inside the folder"
        );
    if (name.empty())
        return package_error(ErrorCode::refused, "bad_name", "the path has an empty name in it", path);
    if (name.front() == '.')
        return package_error(
            ErrorCode::refused, "hidden", "hidden files are not taken", path, "no name may begin with a point"
        );
    if (!std::ranges::all_of(name, is_portable))
        return package_error(
            ErrorCode::refused,
            "bad_name",
            "the name \"" + std::string{name} + "\" has letters that not every file system takes",
            path,
            "use the letters A-Z, a-z, 0-9 and . _ - + @"
        );
    return {};
}

std::string folded(std::string_view path)
{
    std::string result{path};
    for (char& letter : result)
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    return result;
}

Result<std::string> text_at(const boost::json::object& object, std::string_view key, const std::string& where)
{
    const boost::json::value* found = object.if_contains(key);
    if (found && found->is_string() && !found->get_string().empty()) return std::string{found->get_string()};
    return package_error(
        ErrorCode::invalid, "bad_list", "the list of files lacks the text \"" + std::string{key} + '"', where
    );
}

Result<PackageFile> read_file(const boost::json::value& json, const PackageLimits& limits, std::size_t index)
{
    const std::string where = std::string{package_list_name} + " /files/" + std::to_string(index);
    if (!json.is_object())
        return package_error(
            ErrorCode::invalid, "bad_list", "an item of the list of files is no object", where
        );
    PackageFile file;
    MORTISE_TRY(file.path, text_at(json.get_object(), "path", where));
    MORTISE_CHECK(check_package_path(file.path));
    MORTISE_TRY(const std::string digest, text_at(json.get_object(), "sha256", where));
    auto parsed = parse_digest(digest);
    if (!parsed)
        return package_error(ErrorCode::invalid, "bad_list", std::move(parsed).error().message, where);
    file.sha256 = *parsed;
    const boost::json::value* size = json.get_object().if_contains("size");
    if (!size || !size->is_int64() || size->get_int64() < 0)
        return package_error(
            ErrorCode::invalid, "bad_list", "the size of " + file.path + " is no whole number", where
        );
    file.size = static_cast<std::uint64_t>(size->get_int64());
    if (file.size > limits.file_bytes)
        return package_error(
            ErrorCode::limit,
            "too_large",
            file.path + " has " + std::to_string(file.size) + " bytes; at most "
                + std::to_string(limits.file_bytes) + " are taken",
            file.path
        );
    return file;
}

/// What can be wrong with a path only beside the others.
Result<void> check_paths(const PackageList& list)
{
    std::map<std::string, std::string> seen; // folded -> as it stands
    std::set<std::string> folders;
    for (const PackageFile& file : list.files) {
        const auto [at, is_new] = seen.emplace(folded(file.path), file.path);
        if (!is_new && at->second == file.path)
            return package_error(ErrorCode::refused, "duplicate", file.path + " is listed twice", file.path);
        if (!is_new)
            return package_error(
                ErrorCode::refused,
                "case_twin",
                file.path + " and " + at->second + " differ only in capital letters",
                file.path,
                "some file systems hold only one of them: rename one"
            );
        const std::string name = folded(file.path);
        for (std::size_t slash = name.find('/'); slash != std::string::npos;
             slash = name.find('/', slash + 1))
            folders.insert(name.substr(0, slash));
    }
    for (const std::string& folder : folders)
        if (const auto found = seen.find(folder); found != seen.end())
            return package_error(
                ErrorCode::refused,
                "path_conflict",
                found->second + " is both a file and a folder",
                found->second
            );
    return {};
}

} // namespace

Error package_error(
    ErrorCode code, std::string_view name, std::string message, std::string where, std::string hint
)
{
    return {
        .code = code,
        .message = std::move(message),
        .key = "package." + std::string{name},
        .where = std::move(where),
        .hint = std::move(hint),
    };
}

const PackageFile* PackageList::find(std::string_view path) const
{
    const auto found = std::ranges::find(files, path, &PackageFile::path);
    return found == files.end() ? nullptr : &*found;
}

std::uint64_t PackageList::total_bytes() const
{
    std::uint64_t total = 0;
    for (const PackageFile& file : files)
        total += file.size;
    return total;
}

Result<void> check_package_path(std::string_view path)
{
    const std::string where{path.substr(0, max_package_path)};
    if (path.empty()) return package_error(ErrorCode::refused, "bad_name", "a file has no name", where);
    if (path.front() == '/')
        return package_error(
            ErrorCode::refused,
            "absolute_path",
            "the path is absolute",
            where,
            "paths begin at the plugin's folder"
        );
    if (path.size() > max_package_path)
        return package_error(
            ErrorCode::limit,
            "path_too_long",
            "a path has " + std::to_string(path.size()) + " bytes; at most "
                + std::to_string(max_package_path) + " are taken",
            where
        );
    std::size_t depth = 0;
    for (std::size_t begin = 0; begin <= path.size(); ++depth) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        MORTISE_CHECK(check_name(path.substr(begin, end - begin), where));
        begin = end + 1;
    }
    if (depth > max_package_depth)
        return package_error(
            ErrorCode::limit,
            "path_too_long",
            "a path has " + std::to_string(depth) + " names in it; at most "
                + std::to_string(max_package_depth) + " are taken",
            where
        );
    if (folded(path).starts_with(package_reserved_prefix))
        return package_error(
            ErrorCode::refused,
            "reserved_name",
            "names beginning with " + std::string{package_reserved_prefix} + " belong to the format",
            where
        );
    return {};
}

std::string package_list_text(const PackageList& list)
{
    std::vector<PackageFile> sorted = list.files;
    std::ranges::sort(sorted, {}, &PackageFile::path);
    boost::json::array files;
    for (const PackageFile& file : sorted)
        files.emplace_back(boost::json::object{
            {"path", file.path}, {"size", static_cast<std::int64_t>(file.size)}, {"sha256", hex(file.sha256)}
        });
    return to_pretty_json(boost::json::object{
               {"format", package_format},
               {"id", list.id},
               {"version", list.version},
               {"files", std::move(files)},
           })
        + '\n';
}

Result<PackageList> read_package_list(std::string_view text, const PackageLimits& limits)
{
    const std::string where{package_list_name};
    if (text.starts_with("\xEF\xBB\xBF"))
        return package_error(
            ErrorCode::invalid, "byte_order_mark", "the list of files begins with a byte order mark", where
        );
    auto json = parse_json(text, where);
    if (!json) {
        Error error = std::move(json).error();
        error.key = "package.bad_list";
        return error;
    }
    if (!json->is_object())
        return package_error(ErrorCode::invalid, "bad_list", "the list of files is no JSON object", where);
    const boost::json::object& object = json->get_object();
    const boost::json::value* format = object.if_contains("format");
    if (!format || !format->is_int64() || format->get_int64() < 1)
        return package_error(ErrorCode::invalid, "bad_list", "the list of files names no format", where);
    if (format->get_int64() > package_format)
        return package_error(
            ErrorCode::unsupported,
            "newer_format",
            "the package has format " + std::to_string(format->get_int64()) + "; this program reads format "
                + std::to_string(package_format),
            where,
            "update Mortise"
        );
    PackageList list;
    MORTISE_TRY(list.id, text_at(object, "id", where));
    MORTISE_TRY(list.version, text_at(object, "version", where));
    const boost::json::value* files = object.if_contains("files");
    if (!files || !files->is_array())
        return package_error(ErrorCode::invalid, "bad_list", "the list of files lacks \"files\"", where);
    if (files->get_array().size() > limits.files)
        return package_error(
            ErrorCode::limit,
            "too_many_files",
            "the package lists " + std::to_string(files->get_array().size()) + " files; at most "
                + std::to_string(limits.files) + " are taken",
            where
        );
    for (const boost::json::value& item : files->get_array()) {
        MORTISE_TRY(PackageFile file, read_file(item, limits, list.files.size()));
        list.files.push_back(std::move(file));
    }
    if (list.total_bytes() > limits.total_bytes)
        return package_error(
            ErrorCode::limit,
            "too_large",
            "the package unpacks to " + std::to_string(list.total_bytes()) + " bytes; at most "
                + std::to_string(limits.total_bytes) + " are taken",
            where
        );
    MORTISE_CHECK(check_paths(list));
    if (!list.find("plugin.json"))
        return package_error(ErrorCode::invalid, "no_manifest", "the package has no plugin.json", where);
    std::ranges::sort(list.files, {}, &PackageFile::path);
    return list;
}

} // namespace mortise::host
