#include "app/verbs/verbs.hpp"
#include "base/json.hpp"

#include <boost/json/array.hpp>

namespace mortise::host {
namespace {

boost::json::array text_list(const std::vector<std::string>& texts)
{
    boost::json::array list;
    for (const std::string& text : texts)
        list.emplace_back(text);
    return list;
}

std::string joined(const boost::json::value& list)
{
    std::string text;
    if (const boost::json::array* items = list.if_array())
        for (const boost::json::value& item : *items)
            text += (text.empty() ? "" : ", ") + cell_text(item);
    return text;
}

Result<Exit> print_user(Program& program, const boost::json::value& user, std::string_view done)
{
    program.output().print(user, [&] {
        const boost::json::object& told = user.as_object();
        std::string line{done};
        line += " user " + cell_text(at_path(told, "name")) + ": " + joined(at_path(told, "roles"));
        const std::string account = cell_text(at_path(told, "os_user"));
        line += account.empty() ? "; it has no account yet (--os-user)" : "; comes as " + account;
        if (!at_path(told, "enabled").as_bool()) line += "; disabled";
        program.output().line(line);
    });
    return Exit::done;
}

} // namespace

Result<Exit> show_users(Program& program)
{
    MORTISE_TRY(boost::json::value answer, program.call("users.list"));
    boost::json::array& users = answer.as_object()["users"].as_array();
    if (!program.output().is_json())
        for (boost::json::value& user : users)
            user.as_object()["roles"] = joined(user.as_object()["roles"]);
    program.output().list(
        users,
        {{"name", "name"},
         {"roles", "roles"},
         {"system's user", "os_user"},
         {"enabled", "enabled"},
         {"id", "id"},
         {"since", "created_at"}},
        "there are no users"
    );
    return Exit::done;
}

Result<Exit> add_user(Program& program, const UserOptions& options)
{
    boost::json::object params{{"name", options.name}};
    if (!options.scope.empty()) params["scope"] = options.scope;
    if (!options.roles.empty()) params["roles"] = text_list(options.roles);
    if (!options.os_user.empty()) params["os_user"] = options.os_user;
    MORTISE_TRY(const boost::json::value user, program.call("users.add", std::move(params)));
    return print_user(program, user, "added");
}

Result<Exit> change_user(Program& program, const UserOptions& options)
{
    boost::json::object params{{"name", options.name}};
    if (!options.roles.empty()) params["roles"] = text_list(options.roles);
    if (options.no_os_user || !options.os_user.empty()) params["os_user"] = options.os_user;
    if (options.enable || options.disable) params["enabled"] = options.enable;
    if (params.size() == 1)
        return Error{
            ErrorCode::invalid,
            "nothing is to be changed",
            "cli.usage.users",
            {},
            "say --role, --os-user, --no-os-user, --enable or --disable"
        };
    MORTISE_TRY(const boost::json::value user, program.call("users.change", std::move(params)));
    return print_user(program, user, "changed");
}

Result<Exit> remove_user(Program& program, const std::string& name)
{
    MORTISE_CHECK(program.confirm("remove the user " + name));
    MORTISE_TRY(const boost::json::value done, program.call("users.remove", {{"name", name}}));
    program.output().print(done, [&] { program.output().line("removed user " + name); });
    return Exit::done;
}

Result<Exit> show_roles(Program& program)
{
    MORTISE_TRY(boost::json::value answer, program.call("roles.list"));
    boost::json::array& roles = answer.as_object()["roles"].as_array();
    if (!program.output().is_json())
        for (boost::json::value& role : roles) {
            boost::json::object& told = role.as_object();
            std::string types;
            for (const auto& [type, rule] : told["types"].as_object())
                types.append(types.empty() ? "" : ", ").append(type);
            told["types"] = types;
            for (const char* list : {"commands", "capabilities"})
                told[list] = joined(told[list]);
        }
    program.output().list(
        roles,
        {{"name", "name"},
         {"types", "types"},
         {"commands", "commands"},
         {"capabilities", "capabilities"},
         {"built in", "built_in"},
         {"", "description"}},
        "there are no roles"
    );
    return Exit::done;
}

Result<Exit> show_role(Program& program, const std::string& name)
{
    MORTISE_TRY(const boost::json::value role, program.call("roles.get", {{"name", name}}));
    program.output().print(role, [&] { program.output().raw(to_pretty_json(role) + "\n"); });
    return Exit::done;
}

Result<Exit> write_role(Program& program, const std::string& method, const std::string& text)
{
    MORTISE_TRY(boost::json::object role, read_object(text, "the role"));
    MORTISE_TRY(const boost::json::value written, program.call(method, {{"role", std::move(role)}}));
    program.output().print(written, [&] {
        program.output().line(
            (method == "roles.add" ? "added role " : "changed role ")
            + cell_text(at_path(written.as_object(), "name"))
        );
    });
    return Exit::done;
}

Result<Exit> remove_role(Program& program, const std::string& name)
{
    MORTISE_CHECK(program.confirm("remove the role " + name));
    MORTISE_TRY(const boost::json::value done, program.call("roles.remove", {{"name", name}}));
    program.output().print(done, [&] { program.output().line("removed role " + name); });
    return Exit::done;
}

Result<Exit> explain_access(
    Program& program, const std::string& user, const std::string& action, const std::string& target
)
{
    boost::json::object params{{"user", user}, {"action", action}};
    if (!target.empty()) params["target"] = target;
    MORTISE_TRY(const boost::json::value told, program.call("access.explain", std::move(params)));
    program.output().print(told, [&] {
        const boost::json::object& answer = told.as_object();
        program.output().line(
            (at_path(answer, "allowed").as_bool() ? "yes: " : "no: ") + cell_text(at_path(answer, "answer"))
        );
        for (const boost::json::value& reason : at_path(answer, "reasons").as_array())
            program.output().line("  " + cell_text(reason));
    });
    return Exit::done;
}

} // namespace mortise::host
