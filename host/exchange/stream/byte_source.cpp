#include "exchange/stream/byte_source.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace mortise::host {
namespace {

Error system_error(const std::string& doing, int number)
{
    const ErrorCode code = number == ENOENT   ? ErrorCode::not_found
        : number == EACCES || number == EPERM ? ErrorCode::denied
                                              : ErrorCode::io;
    return Error{code, doing + ": " + std::generic_category().message(number), {}, {}, {}};
}

} // namespace

Result<std::size_t> MemorySource::read(std::span<char> out)
{
    const std::size_t count = std::min(out.size(), m_rest.size());
    std::memcpy(out.data(), m_rest.data(), count);
    m_rest.remove_prefix(count);
    return count;
}

Result<std::unique_ptr<FileSource>> FileSource::open(const std::filesystem::path& path)
{
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return system_error("cannot open " + path.string(), errno);
    ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
    return std::unique_ptr<FileSource>{new FileSource{descriptor, path.string(), Ownership::owned}};
}

std::unique_ptr<FileSource> FileSource::borrow(int descriptor, std::string_view name)
{
    return std::unique_ptr<FileSource>{new FileSource{descriptor, std::string{name}, Ownership::borrowed}};
}

FileSource::FileSource(int descriptor, std::string name, Ownership ownership)
    : m_descriptor{descriptor},
      m_name{std::move(name)},
      m_ownership{ownership}
{
    struct stat status{};
    if (::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode))
        m_size = static_cast<std::uint64_t>(status.st_size);
}

FileSource::~FileSource()
{
    if (m_ownership == Ownership::owned) ::close(m_descriptor);
}

Result<std::size_t> FileSource::read(std::span<char> out)
{
    while (true) {
        const ssize_t count = ::read(m_descriptor, out.data(), out.size());
        if (count >= 0) return static_cast<std::size_t>(count);
        if (errno != EINTR) return system_error("cannot read " + m_name, errno);
    }
}

} // namespace mortise::host
