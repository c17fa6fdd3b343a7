#include "control/methods/backup_rights.hpp"

#include "control/os_user.hpp"

namespace mortise::host {

Result<void> require_whole_database(const Call& call, const char* what)
{
    if (call.principal().scope == RowScope::all) return {};
    return Error{
        ErrorCode::denied,
        call.principal().name() + " may not " + what,
        "backup.denied",
        {},
        "a backup holds every record: only a user with scope all may"
    };
}

Result<void> require_own_os_user(Call& call, std::string where)
{
    if (call.session().is_local() || call.session().os_user() == own_os_user()) return {};
    return Error{
        ErrorCode::denied,
        "the host runs as " + own_os_user() + " and writes no file for " + call.session().os_user(),
        "backup.other_user",
        std::move(where),
        "do it as " + own_os_user()
    };
}

} // namespace mortise::host
