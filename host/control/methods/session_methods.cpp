#include "control/host.hpp"
#include "control/methods/answers.hpp"
#include "control/methods/methods.hpp"

#include <mortise/abi/version.h>

#include <unistd.h>

namespace mortise::host {
namespace {

std::string version_text()
{
    return std::to_string(MORTISE_VERSION_MAJOR) + '.' + std::to_string(MORTISE_VERSION_MINOR) + '.'
        + std::to_string(MORTISE_VERSION_PATCH);
}

Answer hello(Host& host, Call& call, const Arguments& arguments)
{
    Principal principal = call.principal();
    if (arguments.has("user")) {
        const std::string user = arguments.text("user");
        if (user != principal.user_name) MORTISE_CHECK(require_admin(call));
        MORTISE_TRY(principal, host.users().principal_of(user));
        call.session().set_acting_as(user);
    }
    call.session().set_client(arguments.text("client"));
    boost::json::array roles;
    if (const auto user = host.users().find(principal.user_name))
        for (const std::string& role : user->roles)
            roles.emplace_back(role);
    return boost::json::value(boost::json::object{
        {"protocol", 1},
        {"version", version_text()},
        {"database", host.source()},
        {"folder", host.folder().path.native()},
        {"pid", ::getpid()},
        {"user", principal.user_name},
        {"scope", name_of(principal.scope)},
        {"roles", std::move(roles)},
    });
}

boost::json::object method_json(const Method& method)
{
    return {
        {"name", method.name},
        {"help", method.help},
        {"params", schema_of(method.params)},
        {"result", method.result},
        {"effect", name_of(method.effect)},
        {"chunks", method.chunks},
    };
}

} // namespace

void add_session_methods(Api& api, Host& host)
{
    api.add({
        .name = "host.hello",
        .help = "Says who calls, and learns who answers. Need not be called",
        .params = {
            {"client", ParamKind::text, "what the client calls itself, kept with what it does: \"cli\", \"console\""},
            {"user", ParamKind::text, "act as this user from now on; for administrators"},
        },
        .result = "{protocol, version, database, folder, pid, user, scope, roles}",
        .handler = [&host](Call& call, const Arguments& arguments) { return hello(host, call, arguments); },
    });
    api.add({
        .name = "api.methods",
        .help = "Lists the methods that there are",
        .result = "{methods: [{name, help, params (JSON Schema), result, effect, chunks}]}",
        .handler = [&api](Call&, const Arguments&) -> Answer {
            boost::json::array methods;
            for (const auto& [name, method] : api.methods())
                methods.emplace_back(method_json(method));
            return boost::json::value(boost::json::object{{"methods", std::move(methods)}});
        },
    });
}

} // namespace mortise::host
