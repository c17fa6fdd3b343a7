#include "app/verb_options.hpp"
#include "app/verbs/verbs.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

namespace mortise::host {
namespace {

void add_roots(CLI::App& trust, VerbAction& action)
{
    const auto key = std::make_shared<std::string>();
    CLI::App* root = trust.add_subcommand("root", "root keys, whose statements are believed")->fallthrough();
    root->require_subcommand(1);
    CLI::App* add = root->add_subcommand("add", "add one")->fallthrough();
    add->add_option("FILE", *key, "its .pub file, from a safe place")->required();
    add->callback([&action, key] { action = [key](Program& program) { return add_root(program, *key); }; });
    CLI::App* remove = root->add_subcommand("remove", "remove one")->fallthrough();
    remove->add_option("FINGERPRINT", *key, "as \"trust list\" shows it")->required();
    remove->callback([&action, key] {
        action = [key](Program& program) { return remove_root(program, *key); };
    });
}

void add_vendors(CLI::App& trust, VerbAction& action)
{
    const auto options = std::make_shared<PinOptions>();
    CLI::App* pin
        = trust.add_subcommand("pin", "keep a vendor's keys, in place of what is kept")->fallthrough();
    pin->add_option("VENDOR", options->vendor, "the id of its plugins without their last name, as com.acme")
        ->required();
    pin->add_option("FILE", options->files, "its .pub files")->required();
    pin->add_option("--signatures", options->signatures, "how many of them must sign; 1 without it");
    pin->add_option("--from", options->from, "when they may begin to sign");
    pin->add_option("--until", options->until, "when they end");
    pin->callback([&action, options] {
        action = [options](Program& program) { return pin_vendor(program, *options); };
    });
    CLI::App* unpin = trust.add_subcommand("unpin", "forget a vendor's keys")->fallthrough();
    unpin->add_option("VENDOR", options->vendor, "such as com.acme")->required();
    unpin->callback([&action, options] {
        action = [options](Program& program) { return unpin_vendor(program, options->vendor); };
    });
}

void add_policy(CLI::App& trust, VerbAction& action)
{
    const auto options = std::make_shared<PolicyOptions>();
    CLI::App* policy
        = trust.add_subcommand("policy", "show or set what is asked of every package")->fallthrough();
    policy->add_option("--signatures", options->signatures, "how many of a vendor's keys must sign");
    policy->add_option(
        "--root-signatures", options->root_signatures, "how many root keys must sign a statement"
    );
    policy->add_option(
        "--max-age", options->max_age_days, "days that a list of what is revoked is good; 0: any"
    );
    policy->add_option("--first-use", options->first_use, "off: only vendors for whom a root, or you, vouch")
        ->check(CLI::IsMember({"on", "off"}));
    policy->callback([&action, options] {
        action = [options](Program& program) { return set_trust_policy(program, *options); };
    });
}

void add_revoking(CLI::App& trust, VerbAction& action)
{
    const auto what = std::make_shared<std::string>();
    const auto name = std::make_shared<std::string>();
    CLI::App* import = trust.add_subcommand("import", "take a signed statement in")->fallthrough();
    import->add_option("FILE", *what, "as \"mortise-sdk statement\" wrote it")->required();
    import->callback([&action, what] {
        action = [what](Program& program) { return import_statement(program, *what); };
    });
    for (const bool undo : {false, true}) {
        CLI::App* verb = trust
                             .add_subcommand(
                                 undo ? "unrevoke" : "revoke",
                                 undo ? "take back what was revoked by hand"
                                      : "let no package of a key, or no version, run here"
                             )
                             ->fallthrough();
        verb->add_option("WHAT", *what, "a key's fingerprint, ID, or ID@RANGE")->required();
        verb->callback([&action, what, undo] {
            action = [what, undo](Program& program) { return revoke_trust(program, *what, undo); };
        });
    }
    CLI::App* forget
        = trust.add_subcommand("forget", "recover from a clock or a number that ran ahead")->fallthrough();
    forget->add_option("WHAT", *what, "time, revocations, versions or catalog")
        ->required()
        ->check(CLI::IsMember({"time", "revocations", "versions", "catalog"}));
    forget->add_option("NAME", *name, "versions: the plugin; catalog: its name");
    forget->callback([&action, what, name] {
        action = [what, name](Program& program) { return forget_trust(program, *what, *name); };
    });
}

void add_catalogs(CLI::App& trust, VerbAction& action)
{
    const auto name = std::make_shared<std::string>();
    const auto folder = std::make_shared<std::string>();
    const auto key = std::make_shared<std::string>();
    CLI::App* catalog
        = trust.add_subcommand("catalog", "folders with packages and a signed index")->fallthrough();
    catalog->require_subcommand(1);
    CLI::App* add = catalog->add_subcommand("add", "add one, or change it")->fallthrough();
    add->add_option("NAME", *name, "what to call it")->required();
    add->add_option("FOLDER", *folder, "on the host's machine")->required();
    add->add_option("KEY", *key, "the .pub file of who keeps it")->required();
    add->callback([&action, name, folder, key] {
        action = [name, folder, key](Program& program) { return add_catalog(program, *name, *folder, *key); };
    });
    CLI::App* remove = catalog->add_subcommand("remove", "forget one")->fallthrough();
    remove->add_option("NAME", *name, "its name")->required();
    remove->callback([&action, name] {
        action = [name](Program& program) { return remove_catalog(program, *name); };
    });
}

} // namespace

void add_trust_verbs(CLI::App& app, VerbAction& action)
{
    CLI::App* trust = app.add_subcommand("trust", "whose packages are taken")->fallthrough();
    trust->require_subcommand(0, 1);
    const auto show = [&action] { action = show_trust; };
    trust->callback([trust, show] {
        if (trust->get_subcommands().empty()) show();
    });
    trust->add_subcommand("list", "keys, what is revoked, catalogs, the policy")
        ->fallthrough()
        ->callback(show);
    add_roots(*trust, action);
    add_vendors(*trust, action);
    add_policy(*trust, action);
    add_revoking(*trust, action);
    add_catalogs(*trust, action);
}

} // namespace mortise::host
