#include "plugins/runner/child/namespaces.hpp"

#include "plugins/runner/child/system_files.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <string>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace mortise::host {

namespace {

constexpr uid_t nobody = 65534;
/// Where the new root is put together; it is there on every machine, and only this process sees what is
/// mounted on it.
constexpr auto new_root = "/tmp";

bool write_line(const char* file, const std::string& line) noexcept
{
    const int descriptor = ::open(file, O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) return false;
    const bool is_written
        = ::write(descriptor, line.data(), line.size()) == static_cast<ssize_t>(line.size());
    ::close(descriptor);
    return is_written;
}

/// The same numbers inside as outside: this user and group, and no others.
bool keep_identity(uid_t user, gid_t group)
{
    const auto same
        = [](auto number) { return std::to_string(number) + ' ' + std::to_string(number) + " 1\n"; };
    return write_line("/proc/self/setgroups", "deny") && write_line("/proc/self/uid_map", same(user))
        && write_line("/proc/self/gid_map", same(group));
}

void make_folders(const std::string& path) noexcept
{
    for (std::size_t at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1))
        ::mkdir(path.substr(0, at).c_str(), S_IRWXU | S_IRGRP | S_IXGRP | S_IROTH | S_IXOTH);
}

/// Shows one path of the old root under the new one; what is not there is left out.
bool show(const char* path, const std::string& place)
{
    struct stat facts{};
    if (::lstat(path, &facts) != 0) return true;
    make_folders(place);
    if (S_ISLNK(facts.st_mode)) {
        std::array<char, 4096> target{};
        const ssize_t size = ::readlink(path, target.data(), target.size() - 1);
        return size > 0 && ::symlink(target.data(), place.c_str()) == 0;
    }
    if (S_ISDIR(facts.st_mode))
        ::mkdir(place.c_str(), S_IRWXU | S_IRGRP | S_IXGRP | S_IROTH | S_IXOTH);
    else
        ::close(::open(place.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, S_IRUSR));
    // What is mounted in it comes with it: the kernel does not let it be uncovered.
    return ::mount(path, place.c_str(), nullptr, MS_BIND | MS_REC, nullptr) == 0;
}

bool build_root()
{
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
    if (::mount("none", new_root, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=256k,mode=755") != 0)
        return false;
    for (const char* path : system_files)
        if (!show(path, std::string{new_root} + path)) return false;
    // The library comes as a descriptor, and the loader opens files by name.
    return show("/proc/self/fd", std::string{new_root} + "/proc/self/fd");
}

bool enter_root() noexcept
{
    if (::chdir(new_root) != 0 || ::syscall(SYS_pivot_root, ".", ".") != 0) return false;
    if (::umount2(".", MNT_DETACH) != 0 || ::chdir("/") != 0) return false;
    constexpr unsigned long closed = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;
    return ::mount(nullptr, "/", nullptr, closed, nullptr) == 0;
}

/// Being root in one's own namespace ends here.
void drop_capabilities() noexcept
{
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> nothing{};
    ::syscall(SYS_capset, &header, nothing.data());
}

} // namespace

void become_nobody(BoxReport& report) noexcept
{
    if (::geteuid() != 0) return;
    if (::setgroups(0, nullptr) == 0 && ::setresgid(nobody, nobody, nobody) == 0
        && ::setresuid(nobody, nobody, nobody) == 0)
        report.add(BoxPart::user);
}

void close_namespaces(BoxReport& report) noexcept
{
    try {
        const uid_t user = ::geteuid();
        const gid_t group = ::getegid();
        ::prctl(PR_SET_DUMPABLE, 1); // who is not may not write the maps
        constexpr int all = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
        if (::unshare(all) == 0 && keep_identity(user, group) && build_root() && enter_root())
            report.add(BoxPart::namespaces);
    } catch (const std::exception&) { // no memory: the report says that it is missing
    }
    drop_capabilities();
}

} // namespace mortise::host
