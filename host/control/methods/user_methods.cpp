#include "base/time_text.hpp"
#include "control/host.hpp"
#include "control/methods/answers.hpp"
#include "control/methods/methods.hpp"

namespace mortise::host {
namespace {

boost::json::object user_json(const User& user)
{
    boost::json::object json{
        {"id", number_text(user.id.number)}, {"name", user.name}, {"scope", name_of(user.scope)}
    };
    if (!user.os_user.empty()) json["os_user"] = user.os_user;
    json["created_at"] = format_instant(user.created_at);
    return json;
}

} // namespace

void add_user_methods(Api& api, Host& host)
{
    api.add({
        .name = "users.list",
        .help = "Lists the users",
        .result = "{users: [{id, name, scope, os_user, created_at}]}",
        .handler = [&host](Call&, const Arguments&) -> Answer {
            boost::json::array users;
            for (const User& user : host.users().list())
                users.emplace_back(user_json(user));
            return boost::json::value(boost::json::object{{"users", std::move(users)}});
        },
    });
    api.add({
        .name = "users.add",
        .help = "Makes a user; needs scope all",
        .params = {
            {"name", ParamKind::text, "letters, digits and . _ - @ +", true},
            {"scope", ParamKind::text, "the rows that the user sees: those that are its own, or all", true, {"own", "all"}},
            {"os_user", ParamKind::text, "the user of the operating system as which it comes"},
        },
        .result = "the user",
        .effect = Effect::write,
        .handler = [&host](Call& call, const Arguments& arguments) -> Answer {
            MORTISE_CHECK(require_admin(call));
            const RowScope scope = parse_row_scope(arguments.text("scope")).value_or(RowScope::own);
            MORTISE_TRY(const User user, host.users().add(arguments.text("name"), scope, arguments.text("os_user")));
            return boost::json::value(user_json(user));
        },
    });
}

} // namespace mortise::host
