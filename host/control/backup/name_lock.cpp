#include "control/backup/name_lock.hpp"

#include "base/disk_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace mortise::host {

Result<NameLock> NameLock::take(const std::filesystem::path& file, const Error& taken)
{
    for (;;) {
        const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (descriptor < 0) return system_failure("make " + file.native(), errno);
        NameLock lock{file, descriptor};
        if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
            const int number = errno;
            lock.m_file.clear();
            if (number == EWOULDBLOCK) return taken;
            return system_failure("lock " + file.native(), number);
        }
        if (lock.has_its_name()) return lock;
        lock.m_file.clear(); // its last holder took the name away in between
    }
}

NameLock::NameLock(std::filesystem::path file, int descriptor)
    : m_file{std::move(file)},
      m_descriptor{descriptor}
{
}

NameLock::NameLock(NameLock&& other) noexcept
    : m_file{std::exchange(other.m_file, {})},
      m_descriptor{std::exchange(other.m_descriptor, -1)}
{
}

NameLock::~NameLock()
{
    if (m_descriptor < 0) return;
    std::error_code ignored;
    if (!m_file.empty()) std::filesystem::remove(m_file, ignored); // before it is free for others
    ::close(m_descriptor);
}

bool NameLock::has_its_name() const
{
    struct stat named{};
    struct stat opened{};
    return ::stat(m_file.c_str(), &named) == 0 && ::fstat(m_descriptor, &opened) == 0
        && named.st_ino == opened.st_ino && named.st_dev == opened.st_dev;
}

} // namespace mortise::host
