#include "program/project_template.hpp"

#include "program/output.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <sstream>
#include <utility>

namespace mortise::tool {
namespace {

namespace fs = std::filesystem;

std::string this_year()
{
    const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
    return std::to_string(static_cast<int>(std::chrono::year_month_day{today}.year()));
}

Error disk_error(const fs::path& file, const std::string& what)
{
    return tool_error(ErrorCode::io, "io", what + ' ' + file.string(), file.string());
}

Result<std::string> read_file(const fs::path& file)
{
    std::ifstream stream{file, std::ios::binary};
    std::ostringstream text;
    text << stream.rdbuf();
    if (!stream) return disk_error(file, "cannot read");
    return std::move(text).str();
}

Result<void> write_file(const fs::path& file, std::string_view text)
{
    std::ofstream stream{file, std::ios::binary};
    stream << text;
    stream.close();
    if (!stream) return disk_error(file, "cannot write");
    return {};
}

/// The folder to fill: made if it is not there, refused if something is in it.
Result<void> claim(const fs::path& folder)
{
    std::error_code trouble;
    if (fs::exists(folder, trouble) && !fs::is_directory(folder, trouble))
        return tool_error(
            ErrorCode::exists, "exists", folder.string() + " is a file", "DIR", "name a folder"
        );
    if (fs::is_directory(folder, trouble) && !fs::is_empty(folder, trouble))
        return tool_error(
            ErrorCode::exists,
            "not_empty",
            folder.string() + " is not empty",
            "DIR",
            "name a folder that is not there yet, or an empty one"
        );
    fs::create_directories(folder, trouble);
    if (trouble) return disk_error(folder, "cannot make the folder (" + trouble.message() + ')');
    return {};
}

Result<std::string>
copy_one(const fs::path& from, const fs::path& file, const fs::path& to, const PluginName& name)
{
    const std::string path = renamed(fs::relative(file, from).string(), name, {});
    const fs::path target = to / path;
    std::error_code trouble;
    fs::create_directories(target.parent_path(), trouble);
    if (trouble) return disk_error(target.parent_path(), "cannot make the folder");
    MORTISE_TRY(const std::string text, read_file(file));
    MORTISE_CHECK(write_file(target, renamed(text, name, this_year())));
    const bool is_program
        = (fs::status(file, trouble).permissions() & fs::perms::owner_exec) != fs::perms::none;
    if (is_program) {
        const fs::perms run = fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec;
        fs::permissions(target, run, fs::perm_options::add, trouble);
        if (trouble) return disk_error(target, "cannot make executable");
    }
    return path;
}

Result<std::vector<std::string>> copy_all(const fs::path& from, const fs::path& to, const PluginName& name)
{
    std::vector<fs::path> sources;
    std::error_code trouble;
    for (fs::recursive_directory_iterator at{from, trouble}, end; !trouble && at != end;
         at.increment(trouble))
        if (at->is_regular_file()) sources.push_back(at->path());
    if (trouble || sources.empty()) return disk_error(from, "cannot read the template");
    std::ranges::sort(sources);
    std::vector<std::string> made;
    for (const fs::path& source : sources) {
        MORTISE_TRY(std::string path, copy_one(from, source, to, name));
        made.push_back(std::move(path));
    }
    return made;
}

} // namespace

std::string renamed(std::string_view text, const PluginName& name, std::string_view year)
{
    // The longer one first where one begins another.
    const std::array<std::pair<std::string_view, std::string_view>, 8> words{{
        {"com.example.my-plugin", name.id},
        {"my-plugin", name.kebab},
        {"my_plugin", name.snake},
        {"MY_PLUGIN", name.upper},
        {"MyPlugin", name.camel},
        {"My plugin", name.title},
        {"Example Vendor", name.vendor},
        {"(c) 1970", {}},
    }};
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto found
            = std::ranges::find_if(words, [&](const auto& word) { return text.starts_with(word.first); });
        if (found == words.end()) {
            out += text.front();
            text.remove_prefix(1);
            continue;
        }
        if (found->second.empty())
            out.append("(c) ").append(year);
        else
            out += found->second;
        text.remove_prefix(found->first.size());
    }
    return out;
}

Result<std::vector<std::string>>
make_project(const fs::path& from, const fs::path& to, const PluginName& name)
{
    std::error_code trouble;
    const bool was_there = fs::exists(to, trouble);
    MORTISE_CHECK(claim(to));
    auto made = copy_all(from, to, name);
    if (made) return made;
    for (fs::directory_iterator at{to, trouble}, end; !trouble && at != end; at.increment(trouble)) {
        std::error_code ignored;
        fs::remove_all(at->path(), ignored);
    }
    if (!was_there) fs::remove(to, trouble);
    return made;
}

} // namespace mortise::tool
