#include "base/time_text.hpp"
#include "control/host.hpp"
#include "control/methods/answers.hpp"
#include "control/methods/methods.hpp"

namespace mortise::host {
namespace {

boost::json::object user_json(const User& user)
{
    boost::json::object json{
        {"id", number_text(user.id.number)},
        {"name", user.name},
        {"scope", name_of(user.scope)},
        {"roles", text_array(user.roles)},
        {"enabled", user.enabled}
    };
    if (!user.os_user.empty()) json["os_user"] = user.os_user;
    json["created_at"] = format_instant(user.created_at);
    return json;
}

const Param name_param{"name", ParamKind::text, "letters, digits and . _ - @ +", true};
const Param roles_param{"roles", ParamKind::list, "names of roles; what any of them gives is given"};
const Param enabled_param{"enabled", ParamKind::boolean, "false: it is kept, and may do nothing"};

Answer add(Host& host, const Call& call, const Arguments& arguments)
{
    MORTISE_CHECK(require_capability(call, Capability::people));
    MORTISE_CHECK(refuse_dry_run(call, "adding a user"));
    UserDraft draft{.name = arguments.text("name"), .os_user = arguments.text("os_user")};
    MORTISE_TRY(draft.roles, arguments.texts("roles"));
    draft.enabled = !arguments.has("enabled") || arguments.flag("enabled");
    if (arguments.has("scope"))
        draft.roles.emplace_back(arguments.text("scope") == "all" ? administrator_role : member_role);
    if (draft.roles.empty())
        return Error{
            ErrorCode::invalid,
            "a user needs a role",
            "rpc.params",
            "/roles",
            "roles.list tells which there are; viewer sees all and changes nothing"
        };
    MORTISE_TRY(const User user, host.users().add(call.context(), draft));
    return boost::json::value(user_json(user));
}

Answer change(Host& host, const Call& call, const Arguments& arguments)
{
    MORTISE_CHECK(require_capability(call, Capability::people));
    MORTISE_CHECK(refuse_dry_run(call, "changing a user"));
    UserChange wanted;
    if (arguments.has("roles")) {
        MORTISE_TRY(wanted.roles, arguments.texts("roles"));
    }
    if (arguments.has("os_user")) wanted.os_user = arguments.text("os_user");
    if (arguments.has("enabled")) wanted.enabled = arguments.flag("enabled");
    MORTISE_TRY(const User user, host.users().change(call.context(), arguments.text("name"), wanted));
    return boost::json::value(user_json(user));
}

} // namespace

void add_user_methods(Api& api, Host& host)
{
    api.add({
        .name = "users.list",
        .help = "Lists the users",
        .result
        = "{users: [{id, name, scope: all of an administrator, roles, enabled, os_user, created_at}]}",
        .handler = [&host](Call&, const Arguments&) -> Answer {
            boost::json::array users;
            for (const User& user : host.users().list())
                users.emplace_back(user_json(user));
            return boost::json::value(boost::json::object{{"users", std::move(users)}});
        },
    });
    api.add({
        .name = "users.add",
        .help = "Makes a user; needs the capability people",
        .params = {
            name_param,
            {"scope", ParamKind::text, "short for the role administrator (all) or member (own)", false, {"own", "all"}},
            {"os_user", ParamKind::text, "the user of the operating system as which it comes"},
            roles_param,
            enabled_param,
        },
        .result = "the user",
        .effect = Effect::write,
        .handler = [&host](Call& call, const Arguments& arguments) { return add(host, call, arguments); },
    });
    api.add({
        .name = "users.change",
        .help = "Gives a user other roles or another account, or lets it in no more; needs the capability people",
        .params = {
            name_param,
            roles_param,
            {"os_user", ParamKind::text, "the user of the operating system as which it comes; empty: as none"},
            enabled_param,
        },
        .result = "the user",
        .effect = Effect::write,
        .handler = [&host](Call& call, const Arguments& arguments) { return change(host, call, arguments); },
    });
    api.add({
        .name = "users.remove",
        .help
        = "Removes a user; its records stay, and keep the number of their owner. Needs the capability people",
        .params = {name_param},
        .result = "{}",
        .effect = Effect::destructive,
        .handler = [&host](Call& call, const Arguments& arguments) -> Answer {
            MORTISE_CHECK(require_capability(call, Capability::people));
            MORTISE_CHECK(refuse_dry_run(call, "removing a user"));
            MORTISE_CHECK(host.users().remove(call.context(), arguments.text("name")));
            return boost::json::value(boost::json::object{});
        },
    });
}

} // namespace mortise::host
