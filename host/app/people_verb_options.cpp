#include "app/verb_options.hpp"
#include "app/verbs/verbs.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

namespace mortise::host {
namespace {

void add_user_options(CLI::App& verb, const std::shared_ptr<UserOptions>& options)
{
    verb.add_option("NAME", options->name, "letters, digits and . _ - @ +")->required();
    verb.add_option("--role", options->roles, "a role; may be repeated");
    verb.add_option("--os-user", options->os_user, "the account of this machine as which it comes");
}

void add_users(CLI::App& app, VerbAction& action)
{
    CLI::App* users = app.add_subcommand("users", "the people who may use this host")->fallthrough();
    users->require_subcommand(0, 1);
    users->callback([&action, users] {
        if (users->get_subcommands().empty()) action = show_users;
    });
    users->add_subcommand("list", "list the users")->fallthrough()->callback([&action] {
        action = show_users;
    });
    const auto options = std::make_shared<UserOptions>();
    CLI::App* add = users->add_subcommand("add", "make a user")->fallthrough();
    add_user_options(*add, options);
    add->add_option("--scope", options->scope, "short for --role administrator (all) or --role member (own)")
        ->check(CLI::IsMember({"own", "all"}));
    add->callback([&action, options] {
        action = [options](Program& program) { return add_user(program, *options); };
    });
    CLI::App* change
        = users->add_subcommand("change", "change what is given, and nothing else")->fallthrough();
    add_user_options(*change, options);
    change->add_flag("--no-os-user", options->no_os_user, "let it come as no account any more");
    CLI::Option* enable = change->add_flag("--enable", options->enable, "let it in again");
    change->add_flag("--disable", options->disable, "let it in no more, and keep it")->excludes(enable);
    change->callback([&action, options] {
        action = [options](Program& program) { return change_user(program, *options); };
    });
    CLI::App* remove = users->add_subcommand("remove", "remove a user; its records stay")->fallthrough();
    remove->add_option("NAME", options->name, "a user")->required();
    remove->callback([&action, options] {
        action = [options](Program& program) { return remove_user(program, options->name); };
    });
}

void add_roles(CLI::App& app, VerbAction& action)
{
    CLI::App* roles = app.add_subcommand("roles", "what users may do")->fallthrough();
    roles->require_subcommand(0, 1);
    roles->callback([&action, roles] {
        if (roles->get_subcommands().empty()) action = show_roles;
    });
    roles->add_subcommand("list", "list the roles")->fallthrough()->callback([&action] {
        action = show_roles;
    });
    const auto text = std::make_shared<std::string>();
    CLI::App* show
        = roles->add_subcommand("show", "show one role as JSON, as add and change take it")->fallthrough();
    show->add_option("NAME", *text, "a role")->required();
    show->callback([&action, text] {
        action = [text](Program& program) { return show_role(program, *text); };
    });
    const auto add_writing = [&](const char* verb, const char* help, const char* method) {
        CLI::App* writing = roles->add_subcommand(verb, help)->fallthrough();
        writing
            ->add_option(
                "JSON",
                *text,
                "the role, such as {\"name\": \"sales\", \"types\": {\"contact\": {\"read\": \"all\"}}}; - "
                "reads it from "
                "standard input"
            )
            ->required();
        writing->callback([&action, text, method] {
            action = [text, method](Program& program) { return write_role(program, method, *text); };
        });
    };
    add_writing("add", "make a role", "roles.add");
    add_writing("change", "make a role what is given, for all who have it", "roles.change");
    CLI::App* remove = roles->add_subcommand("remove", "remove a role that nobody has")->fallthrough();
    remove->add_option("NAME", *text, "a role")->required();
    remove->callback([&action, text] {
        action = [text](Program& program) { return remove_role(program, *text); };
    });
}

void add_explain(CLI::App& app, VerbAction& action)
{
    struct Options {
        std::string user{};
        std::string action{};
        std::string target{};
    };
    const auto options = std::make_shared<Options>();
    CLI::App* verb
        = app.add_subcommand("explain", "tell why a user may do something, or why not")->fallthrough();
    verb->add_option("USER", options->user, "name of a user")->required();
    verb->add_option(
            "ACTION",
            options->action,
            "read, create, write, delete, call, or a capability: export, import, bulk, merge, erase, "
            "plugins, people, audit"
    )
        ->required();
    verb->add_option(
        "TARGET",
        options->target,
        "contact, contact.email, contact/17 or contact/17.email; of call a command's name"
    );
    verb->callback([&action, options] {
        action = [options](Program& program) {
            return explain_access(program, options->user, options->action, options->target);
        };
    });
}

} // namespace

void add_people_verbs(CLI::App& app, VerbAction& action)
{
    add_users(app, action);
    add_roles(app, action);
    add_explain(app, action);
}

} // namespace mortise::host
