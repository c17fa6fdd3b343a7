#include "control/os_user.hpp"

#include <cerrno>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace mortise::host {

std::string os_user_name(uid_t uid)
{
    std::vector<char> buffer(1024);
    passwd entry{};
    passwd* found = nullptr;
    while (::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) == ERANGE)
        buffer.resize(2 * buffer.size());
    return found ? std::string{found->pw_name} : '#' + std::to_string(uid);
}

bool is_os_user(const std::string& name)
{
    if (name.starts_with('#'))
        return name.size() > 1 && name.size() < 12
            && name.find_first_not_of("0123456789", 1) == std::string::npos;
    std::vector<char> buffer(1024);
    passwd entry{};
    passwd* found = nullptr;
    while (::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) == ERANGE)
        buffer.resize(2 * buffer.size());
    return found != nullptr;
}

std::string owner_of_file(const std::filesystem::path& file)
{
    struct stat status{};
    return ::stat(file.c_str(), &status) == 0 ? os_user_name(status.st_uid) : std::string{};
}

std::string own_os_user()
{
    return os_user_name(::geteuid());
}

} // namespace mortise::host
