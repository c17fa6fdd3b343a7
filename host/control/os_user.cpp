#include "control/os_user.hpp"

#include <cerrno>
#include <pwd.h>
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

std::string own_os_user()
{
    return os_user_name(::geteuid());
}

} // namespace mortise::host
