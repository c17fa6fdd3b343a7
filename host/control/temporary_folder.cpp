#include "control/temporary_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace mortise::host {

Result<TemporaryFolder> TemporaryFolder::create(const std::string& name)
{
    std::string pattern = (std::filesystem::temp_directory_path() / (name + "-XXXXXX")).native();
    if (!::mkdtemp(pattern.data()))
        return Error{
            ErrorCode::io,
            "cannot make " + pattern + ": " + std::generic_category().message(errno),
            "folder.io",
            {},
            {}
        };
    return TemporaryFolder{pattern};
}

TemporaryFolder::~TemporaryFolder()
{
    std::error_code ignored;
    if (!m_path.empty()) std::filesystem::remove_all(m_path, ignored);
}

} // namespace mortise::host
