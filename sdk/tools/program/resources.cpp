#include "program/resources.hpp"

#include "program/output.hpp"

#include <cstdlib>
#include <string>
#include <unistd.h>

namespace mortise::tool {
namespace {

namespace fs = std::filesystem;

/// The prefix: the parent of `bin`.
fs::path prefix()
{
    std::error_code trouble;
    return fs::read_symlink("/proc/self/exe", trouble).parent_path().parent_path();
}

} // namespace

Result<fs::path> find_resource(std::string_view name)
{
    fs::path found = prefix() / "share" / "mortise" / name;
    std::error_code ignored;
    if (fs::exists(found, ignored)) return found;
    return tool_error(
        ErrorCode::not_found,
        "incomplete",
        "this installation lacks " + found.string(),
        found.string(),
        "install the package mortise-sdk again; the program and its share folder belong together"
    );
}

fs::path find_program(std::string_view name)
{
    std::error_code ignored;
    if (const fs::path beside = prefix() / "bin" / name; fs::exists(beside, ignored)) return beside;
    const char* variable = std::getenv("PATH");
    std::string_view rest = variable ? variable : "";
    while (!rest.empty()) {
        const std::size_t colon = rest.find(':');
        const fs::path candidate = fs::path{rest.substr(0, colon)} / name;
        if (::access(candidate.c_str(), X_OK) == 0) return candidate;
        rest = colon == rest.npos ? std::string_view{} : rest.substr(colon + 1);
    }
    return {};
}

} // namespace mortise::tool
