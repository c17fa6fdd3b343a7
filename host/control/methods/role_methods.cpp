#include "control/host.hpp"
#include "control/methods/answers.hpp"
#include "control/methods/methods.hpp"
#include "control/role_check.hpp"

namespace mortise::host {
namespace {

boost::json::object role_json(const Role& role)
{
    boost::json::object json = json_of(role);
    json["built_in"] = role.built_in;
    json["administrator"] = role.administrator;
    return json;
}

/// What roles.get gives can be given back: its marks are left out.
Result<Role> read_role(Host& host, const Arguments& arguments)
{
    boost::json::object given = arguments.object("role");
    given.erase("built_in");
    given.erase("administrator");
    MORTISE_TRY(Role role, parse_role(boost::json::value(std::move(given))));
    MORTISE_CHECK(check_role(role, *host.records().schema(), host.commands().list()));
    return role;
}

/// "contact", "contact.email", "contact/17", "contact/17.email".
struct Target {
    std::string type{};
    std::string id{};
    std::string field{};
};

Target read_target(std::string_view text)
{
    Target target;
    const std::size_t dot = text.find('.');
    if (dot != std::string_view::npos) target.field = text.substr(dot + 1);
    text = text.substr(0, dot);
    const std::size_t slash = text.find('/');
    if (slash != std::string_view::npos) target.id = text.substr(slash + 1);
    target.type = text.substr(0, slash);
    return target;
}

/// With the eyes of who asks: what it may not see it is told nothing about.
Result<AccessQuestion>
read_question(Host& host, const Call& call, const User& about, Action action, std::string_view text)
{
    const Target target = read_target(text);
    MORTISE_TRY(const TypePointer type, host.records().schema(call.principal())->require(target.type));
    AccessQuestion question{
        .action = action, .type = type->name, .field = target.field, .is_shared = type->shared
    };
    if (!target.field.empty()) MORTISE_CHECK(type->require_slot(target.field));
    if (target.id.empty()) return question;
    MORTISE_TRY(const Id id, parse_id(target.id, "/target"));
    MORTISE_TRY(const Row row, host.records().get(call.principal(), type->name, id, true));
    question.is_record = true;
    question.is_own = row.owner == about.id;
    return question;
}

Result<Explanation> explain_for(
    Host& host, const Call& call, const User& user, const std::string& action, const std::string& target
)
{
    MORTISE_TRY(const auto rights, host.users().rights_of(user.name));
    if (const auto on_records = parse_action(action)) {
        MORTISE_TRY(const AccessQuestion question, read_question(host, call, user, *on_records, target));
        return explain(*rights, user.name, question);
    }
    if (action == "call") {
        if (target != "events.publish") MORTISE_CHECK(host.commands().find(target));
        return explain_command(*rights, user.name, target);
    }
    if (const auto capability = parse_capability(action))
        return explain_capability(*rights, user.name, *capability);
    std::string known = "read, create, write, delete, call";
    for (const Capability capability : capabilities())
        known.append(", ").append(name_of(capability));
    return Error{
        ErrorCode::invalid,
        "there is no action \"" + action + '"',
        "access.action",
        "/action",
        "it is " + known
    };
}

Answer explain_access(Host& host, const Call& call, const Arguments& arguments)
{
    const std::string name = arguments.text("user");
    if (name != call.principal().user_name) MORTISE_CHECK(require_capability(call, Capability::people));
    MORTISE_TRY(const User user, host.users().find(name));
    const std::string action = arguments.text("action");
    const std::string target = arguments.text("target");
    MORTISE_TRY(Explanation told, explain_for(host, call, user, action, target));
    if (user.is_administrator())
        told = {true, name + " is an administrator and may do everything", {name + " has administrator"}};
    if (!user.enabled) {
        told.allowed = false;
        told.answer = name + " is disabled and may do nothing";
    }
    return boost::json::value(boost::json::object{
        {"user", name},
        {"action", action},
        {"target", target},
        {"allowed", told.allowed},
        {"answer", told.answer},
        {"reasons", text_array(told.reasons)},
    });
}

void add_role_changes(Api& api, Host& host)
{
    const Param role_param{
        "role",
        ParamKind::object,
        "{name, description, types: {TYPE or *: {read, write, delete: none, own or all; create: true; "
        "hidden, read_only: "
        "[field]}}, commands: [name or NAME.*], capabilities: [export, import, bulk, merge, erase, plugins, "
        "people, audit]}",
        true
    };
    api.add({
        .name = "roles.add",
        .help = "Makes a role; for administrators",
        .params = {role_param},
        .result = "the role",
        .effect = Effect::write,
        .handler = [&host](Call& call, const Arguments& arguments) -> Answer {
            MORTISE_CHECK(require_admin(call));
            MORTISE_CHECK(refuse_dry_run(call, "making a role"));
            MORTISE_TRY(Role wanted, read_role(host, arguments));
            MORTISE_TRY(const Role role, host.users().add_role(call.context(), std::move(wanted)));
            return boost::json::value(role_json(role));
        },
    });
    api.add({
        .name = "roles.change",
        .help = "Makes a role what is given, at once for all who have it; for administrators",
        .params = {role_param},
        .result = "the role",
        .effect = Effect::write,
        .handler = [&host](Call& call, const Arguments& arguments) -> Answer {
            MORTISE_CHECK(require_admin(call));
            MORTISE_CHECK(refuse_dry_run(call, "changing a role"));
            MORTISE_TRY(Role wanted, read_role(host, arguments));
            MORTISE_TRY(const Role role, host.users().change_role(call.context(), std::move(wanted)));
            return boost::json::value(role_json(role));
        },
    });
    api.add({
        .name = "roles.remove",
        .help = "Removes a role that nobody has; for administrators",
        .params = {{"name", ParamKind::text, "its name", true}},
        .result = "{}",
        .effect = Effect::destructive,
        .handler = [&host](Call& call, const Arguments& arguments) -> Answer {
            MORTISE_CHECK(require_admin(call));
            MORTISE_CHECK(refuse_dry_run(call, "removing a role"));
            MORTISE_CHECK(host.users().remove_role(call.context(), arguments.text("name")));
            return boost::json::value(boost::json::object{});
        },
    });
}

} // namespace

void add_role_methods(Api& api, Host& host)
{
    api.add({
        .name = "roles.list",
        .help = "Lists the roles",
        .result = "{roles: [{name, description, types, commands, capabilities, built_in, administrator}]}",
        .handler = [&host](Call&, const Arguments&) -> Answer {
            boost::json::array roles;
            for (const Role& role : host.users().roles())
                roles.emplace_back(role_json(role));
            return boost::json::value(boost::json::object{{"roles", std::move(roles)}});
        },
    });
    api.add({
        .name = "roles.get",
        .help = "Reads one role",
        .params = {{"name", ParamKind::text, "its name", true}},
        .result = "as in roles.list",
        .handler = [&host](Call&, const Arguments& arguments) -> Answer {
            MORTISE_TRY(const Role role, host.users().find_role(arguments.text("name")));
            return boost::json::value(role_json(role));
        },
    });
    add_role_changes(api, host);
    api.add({
        .name = "access.explain",
        .help = "Tells whether a user may do something, and which role and rule says so; of others with the capability people",
        .params = {
            {"user", ParamKind::text, "name of the user", true},
            {"action", ParamKind::text, "read, create, write, delete, call, or a capability such as export", true},
            {"target", ParamKind::text, "contact, contact.email, contact/17 or contact/17.email; of call the command's name"},
        },
        .result = "{user, action, target, allowed, answer: one sentence, reasons: [what each role says]}",
        .handler = [&host](Call& call, const Arguments& arguments) { return explain_access(host, call, arguments); },
    });
}

} // namespace mortise::host
