#include "control/unix_path.hpp"

#include <fcntl.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace mortise::control {

Result<UnixPath> UnixPath::of(const std::filesystem::path& path)
{
    constexpr std::size_t capacity = sizeof(sockaddr_un::sun_path) - 1;
    if (path.native().size() <= capacity) return UnixPath{path.native(), -1};
    const std::string folder = path.has_parent_path() ? path.parent_path().native() : std::string{"."};
    const int descriptor = ::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return Error{
            ErrorCode::io,
            "cannot open the folder " + folder + ": " + std::generic_category().message(errno),
            "control.unreachable",
            {},
            {}
        };
    UnixPath result{
        "/proc/self/fd/" + std::to_string(descriptor) + "/" + path.filename().native(), descriptor
    };
    if (result.m_text.size() > capacity)
        return Error{
            ErrorCode::invalid,
            "the name of the socket " + path.native() + " is too long",
            "control.path",
            {},
            "choose one of at most 80 bytes"
        };
    return result;
}

UnixPath::UnixPath(UnixPath&& other) noexcept
    : m_text{std::move(other.m_text)},
      m_folder{std::exchange(other.m_folder, -1)}
{
}

UnixPath& UnixPath::operator=(UnixPath&& other) noexcept
{
    std::swap(m_text, other.m_text);
    std::swap(m_folder, other.m_folder);
    return *this;
}

UnixPath::~UnixPath()
{
    if (m_folder >= 0) ::close(m_folder);
}

} // namespace mortise::control
