#include "control/method_rights.hpp"

#include "commands/registry.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace mortise::host {
namespace {

/// These look for themselves at what the person may see and do. `access.explain` is for oneself, and with
/// the capability for others.
constexpr std::array<std::string_view, 33> for_everybody{
    "access.explain", "api.methods",      "call.cancel",      "commands.call",       "commands.get",
    "commands.list",  "events.list",      "events.subscribe", "events.unsubscribe",  "files.put",
    "files.read",     "host.hello",       "query.run",        "query.views",         "records.create",
    "records.delete", "records.get",      "records.history",  "records.list",        "records.restore",
    "records.update", "relations.create", "relations.end",    "relations.hierarchy", "relations.list",
    "search.run",     "search.status",    "types.get",        "types.list",          "undo",
    "upload.open",    "upload.write",     "views.list"
};

/// What ends with ".*" stands for all methods that begin so.
constexpr std::array<std::pair<std::string_view, Capability>, 17> with_capability{{
    {"retention.*", Capability::erase},
    {"audit.*", Capability::audit},
    {"export.run", Capability::export_records},
    {"import.run", Capability::import_records},
    {"plugins.*", Capability::plugins},
    {"settings.*", Capability::plugins},
    {"jobs.*", Capability::plugins},
    {"status", Capability::plugins},
    {"subscriptions.list", Capability::plugins},
    {"views.try", Capability::plugins},
    {"catalogs.search", Capability::plugins},
    {"users.list", Capability::people},
    {"users.add", Capability::people},
    {"users.change", Capability::people},
    {"users.remove", Capability::people},
    {"roles.list", Capability::people},
    {"roles.get", Capability::people},
}};

std::optional<Capability> capability_for(std::string_view method)
{
    for (const auto& [pattern, capability] : with_capability)
        if (matches_command(pattern, method)) return capability;
    return std::nullopt;
}

Error denied(const Principal& principal, std::string_view method, const std::string& what)
{
    return {
        .code = ErrorCode::denied,
        .message = principal.user_name + " may not do this: " + what,
        .key = "access.method",
        .where = std::string{method},
        .hint = "ask an administrator",
    };
}

} // namespace

Result<void> person_may_use(const Principal& principal, std::string_view method)
{
    if (!principal.rights) return {};
    if (std::ranges::find(for_everybody, method) != for_everybody.end()) return {};
    if (method == "events.publish") return person_may_call(principal, method);
    const auto capability = capability_for(method);
    if (!capability) return denied(principal, method, std::string{method} + " is for administrators");
    if (principal.rights->can(*capability)) return {};
    return denied(
        principal,
        method,
        std::string{method} + " needs the capability \"" + std::string{name_of(*capability)} + '"'
    );
}

} // namespace mortise::host
