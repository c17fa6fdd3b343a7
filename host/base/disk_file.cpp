#include "base/disk_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace mortise::host {

Error system_failure(const std::string& doing, int number)
{
    const ErrorCode code = number == ENOENT    ? ErrorCode::not_found
        : number == EACCES || number == EPERM  ? ErrorCode::denied
        : number == EEXIST                     ? ErrorCode::exists
        : number == ENOSPC || number == EDQUOT ? ErrorCode::limit
                                               : ErrorCode::io;
    return {
        code,
        "cannot " + doing + ": " + std::generic_category().message(number),
        "file.io",
        {},
        code == ErrorCode::limit ? "make room on the disk and try again" : ""
    };
}

Result<DiskFile> DiskFile::open(const std::filesystem::path& path)
{
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return system_failure("read " + path.native(), errno);
    return DiskFile{descriptor, path.native()};
}

Result<DiskFile> DiskFile::open_end(const std::filesystem::path& path)
{
    const int descriptor = ::open(path.c_str(), O_RDWR | O_APPEND | O_CLOEXEC);
    if (descriptor < 0) return system_failure("write " + path.native(), errno);
    return DiskFile{descriptor, path.native()};
}

Result<DiskFile> DiskFile::create(const std::filesystem::path& path, std::uint32_t mode)
{
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (descriptor < 0) return system_failure("make " + path.native(), errno);
    return DiskFile{descriptor, path.native()};
}

DiskFile::DiskFile(DiskFile&& other) noexcept
    : m_descriptor{std::exchange(other.m_descriptor, -1)},
      m_name{std::move(other.m_name)}
{
}

DiskFile& DiskFile::operator=(DiskFile&& other) noexcept
{
    std::swap(m_descriptor, other.m_descriptor);
    std::swap(m_name, other.m_name);
    return *this;
}

DiskFile::~DiskFile()
{
    if (m_descriptor >= 0) ::close(m_descriptor);
}

Result<std::uint64_t> DiskFile::size() const
{
    struct stat status{};
    if (::fstat(m_descriptor, &status) != 0) return system_failure("look at " + m_name, errno);
    if (!S_ISREG(status.st_mode))
        return Error{ErrorCode::invalid, m_name + " is no file", "file.no_file", m_name, {}};
    return static_cast<std::uint64_t>(status.st_size);
}

Result<std::size_t> DiskFile::read_at(std::uint64_t offset, std::span<char> out) const
{
    std::size_t done = 0;
    while (done < out.size()) {
        const ssize_t count
            = ::pread(m_descriptor, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return system_failure("read " + m_name, errno);
        if (count == 0) break;
        done += static_cast<std::size_t>(count);
    }
    return done;
}

Result<void> DiskFile::write(std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t count = ::write(m_descriptor, bytes.data(), bytes.size());
        if (count >= 0)
            bytes.remove_prefix(static_cast<std::size_t>(count));
        else if (errno != EINTR)
            return system_failure("write " + m_name, errno);
    }
    return {};
}

Result<void> DiskFile::set_mode(std::uint32_t mode)
{
    if (::fchmod(m_descriptor, mode) != 0) return system_failure("set the rights of " + m_name, errno);
    return {};
}

Result<void> DiskFile::sync()
{
    if (::fsync(m_descriptor) != 0) return system_failure("write " + m_name + " to the disk", errno);
    return {};
}

Result<void> sync_folder(const std::filesystem::path& folder)
{
    const std::filesystem::path path = folder.empty() ? "." : folder;
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return system_failure("open " + path.native(), errno);
    const int failed = ::fsync(descriptor) == 0 ? 0 : errno;
    ::close(descriptor);
    if (failed != 0) return system_failure("write " + path.native() + " to the disk", failed);
    return {};
}

} // namespace mortise::host
