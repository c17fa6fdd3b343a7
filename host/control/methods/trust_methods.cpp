#include "base/time_text.hpp"
#include "control/host.hpp"
#include "control/methods/answers.hpp"
#include "control/methods/catalog_search.hpp"
#include "control/methods/methods.hpp"
#include "plugins/plugin_manager.hpp"
#include "plugins/trust/trust_book.hpp"

#include <filesystem>

namespace mortise::host {
namespace {

namespace json = boost::json;

json::object key_json(const KeyPeriod& period)
{
    json::object object{{"fingerprint", key_fingerprint(period.key)}};
    object["from"] = period.from ? json::value(format_instant(*period.from)) : json::value{};
    object["until"] = period.until ? json::value(format_instant(*period.until)) : json::value{};
    return object;
}

json::object pin_json(const std::string& vendor, const TrustPin& pin)
{
    json::array keys;
    for (const KeyPeriod& key : pin.keys)
        keys.emplace_back(key_json(key));
    return {
        {"vendor", vendor},
        {"keys", std::move(keys)},
        {"signatures", pin.signatures},
        {"rotation", pin.rotation},
        {"by", pin.by}
    };
}

json::object policy_json(const TrustPolicy& policy)
{
    return {
        {"signatures", policy.signatures},
        {"root_signatures", policy.root_signatures},
        {"first_use", policy.first_use},
        {"max_age_days", policy.max_age_days}
    };
}

json::value revocations_json(const std::optional<RevocationStatement>& list)
{
    if (!list) return nullptr;
    json::array packages;
    for (const RevokedPackage& package : list->packages)
        packages.emplace_back(json::object{
            {"id", package.id}, {"versions", package.versions.text()}, {"reason", package.reason}
        });
    return json::object{
        {"number", list->number},
        {"issued", format_instant(list->issued)},
        {"until", format_instant(list->until)},
        {"keys", text_array(list->keys)},
        {"packages", std::move(packages)}
    };
}

json::value trust_json(PluginManager& plugins)
{
    const TrustBook& trust = plugins.trust();
    json::array roots;
    for (const PublicKey& key : trust.roots())
        roots.emplace_back(key_fingerprint(key));
    json::array vendors;
    for (const auto& [vendor, pin] : trust.pins())
        vendors.emplace_back(pin_json(vendor, pin));
    json::array catalogs;
    for (const TrustedCatalog& catalog : trust.catalogs())
        catalogs.emplace_back(json::object{
            {"name", catalog.name},
            {"folder", catalog.folder},
            {"key", key_fingerprint(catalog.key)},
            {"number", catalog.number}
        });
    json::array problems;
    if (const auto problem = plugins.trust_problem()) problems.emplace_back(problem->message);
    if (const auto problem = trust.revocations_problem()) problems.emplace_back(problem->message);
    return json::object{
        {"time", format_instant(trust.now())},
        {"policy", policy_json(trust.policy())},
        {"roots", std::move(roots)},
        {"vendors", std::move(vendors)},
        {"revocations", revocations_json(trust.revocations())},
        {"revoked_here", text_array(trust.own_revocations())},
        {"catalogs", std::move(catalogs)},
        {"problems", std::move(problems)}
    };
}

Result<std::optional<Instant>> time_of(const Arguments& arguments, std::string_view name)
{
    if (!arguments.has(name)) return std::optional<Instant>{};
    MORTISE_TRY(const Instant time, parse_instant(arguments.text(name)));
    return std::optional{time};
}

Answer pin(PluginManager& plugins, const Arguments& arguments)
{
    MORTISE_TRY(const auto lines, arguments.texts("keys"));
    MORTISE_TRY(const auto from, time_of(arguments, "from"));
    MORTISE_TRY(const auto until, time_of(arguments, "until"));
    std::vector<KeyPeriod> keys;
    for (const std::string& line : lines) {
        MORTISE_TRY(const PublicKey key, parse_public_key(line));
        keys.push_back({key, from, until});
    }
    const std::string vendor = arguments.text("vendor");
    MORTISE_CHECK(plugins.trust().pin(vendor, std::move(keys), arguments.integer("signatures", 1)));
    return trust_json(plugins);
}

/// After what may have revoked something: what was taken down stands beside the answer.
Answer with_taken_down(PluginManager& plugins, json::object answer)
{
    answer["taken_down"] = text_array(plugins.trust_changed());
    return json::value(std::move(answer));
}

Answer set_policy(PluginManager& plugins, const Arguments& arguments)
{
    TrustPolicy policy = plugins.trust().policy();
    policy.signatures = arguments.integer("signatures", policy.signatures);
    policy.root_signatures = arguments.integer("root_signatures", policy.root_signatures);
    policy.max_age_days = arguments.integer("max_age_days", policy.max_age_days);
    if (arguments.has("first_use")) policy.first_use = arguments.flag("first_use");
    MORTISE_CHECK(plugins.trust().set_policy(policy));
    return trust_json(plugins);
}

Answer add_catalog(PluginManager& plugins, const Arguments& arguments)
{
    MORTISE_TRY(const PublicKey key, parse_public_key(arguments.text("key")));
    TrustedCatalog catalog{
        arguments.text("name"), std::filesystem::absolute(arguments.text("folder")).string(), key, 0
    };
    MORTISE_TRY(const CatalogStatement index, plugins.trust().read_catalog(catalog));
    catalog.number = index.number;
    MORTISE_CHECK(plugins.trust().add_catalog(catalog));
    return json::value(json::object{{"name", catalog.name}, {"packages", index.packages.size()}});
}

/// Adds a method that only a user with scope `all` may call.
void add(
    Api& api,
    PluginManager& plugins,
    std::string name,
    std::string help,
    std::vector<Param> params,
    std::string result,
    Effect effect,
    Answer (*handle)(PluginManager&, const Arguments&)
)
{
    api.add({
        .name = std::move(name),
        .help = std::move(help),
        .params = std::move(params),
        .result = std::move(result),
        .effect = effect,
        .handler = [&plugins, handle](Call& call, const Arguments& arguments) -> Answer {
            MORTISE_CHECK(require_admin(call));
            return handle(plugins, arguments);
        },
    });
}

} // namespace

// NOLINTNEXTLINE(readability-function-size): a table
void add_trust_methods(Api& api, Host& host)
{
    PluginManager& plugins = host.plugins();
    const std::string all = "as trust.get";
    add(api,
        plugins,
        "trust.get",
        "Tells whose packages are taken: root keys, vendors' keys, what is revoked, catalogs, the policy",
        {},
        "{time, policy, roots: [fingerprint], vendors: [{vendor, keys, signatures, rotation, by}], "
        "revocations, "
        "revoked_here, catalogs, problems}",
        Effect::read,
        [](PluginManager& manager, const Arguments&) -> Answer { return trust_json(manager); });
    add(api,
        plugins,
        "trust.root",
        "Adds a root key, or removes one",
        {{"key", ParamKind::text, "the line of a .pub file; to remove one, its fingerprint", true},
         {"remove", ParamKind::boolean, "take it away"}},
        all,
        Effect::write,
        [](PluginManager& manager, const Arguments& arguments) -> Answer {
            if (arguments.flag("remove")) {
                MORTISE_TRY(const bool was_there, manager.trust().remove_root(arguments.text("key")));
                if (!was_there)
                    return trust_error(ErrorCode::not_found, "unknown_key", "there is no such root key");
                return trust_json(manager);
            }
            MORTISE_TRY(const PublicKey key, parse_public_key(arguments.text("key")));
            MORTISE_CHECK(manager.trust().add_root(key));
            return trust_json(manager);
        });
    add(api,
        plugins,
        "trust.pin",
        "Keeps these keys as those of a vendor, in place of what was kept",
        {{"vendor", ParamKind::text, "such as com.acme", true},
         {"keys", ParamKind::list, "the lines of .pub files", true},
         {"signatures", ParamKind::integer, "how many of them must sign; 1 without it"},
         {"from", ParamKind::text, "when they may begin to sign"},
         {"until", ParamKind::text, "and end"}},
        all,
        Effect::write,
        pin);
    add(api,
        plugins,
        "trust.unpin",
        "Forgets the keys of a vendor",
        {{"vendor", ParamKind::text, "such as com.acme", true}},
        all,
        Effect::write,
        [](PluginManager& manager, const Arguments& arguments) -> Answer {
            MORTISE_TRY(const bool was_there, manager.trust().unpin(arguments.text("vendor")));
            if (!was_there)
                return trust_error(
                    ErrorCode::not_found,
                    "unknown_vendor",
                    "no key of " + arguments.text("vendor") + " is kept"
                );
            return trust_json(manager);
        });
    add(api,
        plugins,
        "trust.policy",
        "Sets what is asked of every package",
        {{"signatures", ParamKind::integer, "how many keys of a vendor must sign"},
         {"root_signatures", ParamKind::integer, "how many root keys must sign a statement"},
         {"first_use", ParamKind::boolean, "take a vendor whom nobody vouches for, and keep its key"},
         {"max_age_days", ParamKind::integer, "of the list of what is revoked; 0: any"}},
        all,
        Effect::write,
        set_policy);
    add(api,
        plugins,
        "trust.import",
        "Takes a signed statement in: what is revoked, a change of a key, a root's word for a key",
        {{"statement", ParamKind::text, "the envelope, as mortise-sdk statement wrote it", true}},
        "{kind, taken_down: [plugin]}",
        Effect::write,
        [](PluginManager& manager, const Arguments& arguments) -> Answer {
            auto kind = manager.trust().take(arguments.text("statement"));
            if (!kind) {
                manager.trust_changed(); // a list that could not be kept counts all the same
                return std::move(kind).error();
            }
            return with_taken_down(manager, {{"kind", *kind}});
        });
    add(api,
        plugins,
        "trust.revoke",
        "Revokes a key or versions of a plugin on this host, or takes that back",
        {{"what", ParamKind::text, "a fingerprint, ID or ID@RANGE", true},
         {"undo", ParamKind::boolean, "take it back"}},
        "{what, taken_down: [plugin]}",
        Effect::write,
        [](PluginManager& manager, const Arguments& arguments) -> Answer {
            const std::string what = arguments.text("what");
            if (arguments.flag("undo")) {
                MORTISE_TRY(const bool was_there, manager.trust().unrevoke(what));
                if (!was_there)
                    return trust_error(ErrorCode::not_found, "not_revoked", what + " is not revoked here");
            } else
                MORTISE_CHECK(manager.trust().revoke(what));
            return with_taken_down(manager, {{"what", what}});
        });
    add(api,
        plugins,
        "trust.forget",
        "Recovers from a clock or a number that ran ahead",
        {{"what", ParamKind::text, "", true, {"time", "revocations", "versions", "catalog"}},
         {"name", ParamKind::text, "versions: the plugin; catalog: its name"}},
        all,
        Effect::write,
        [](PluginManager& manager, const Arguments& arguments) -> Answer {
            MORTISE_CHECK(manager.trust().forget(arguments.text("what"), arguments.text("name")));
            return trust_json(manager);
        });
    add(api,
        plugins,
        "catalogs.add",
        "Adds a folder with packages and a signed index, or changes it",
        {{"name", ParamKind::text, "what to call it here", true},
         {"folder", ParamKind::text, "on the host's machine", true},
         {"key", ParamKind::text, "the line of the .pub file of who keeps it", true}},
        "{name, packages: how many}",
        Effect::write,
        add_catalog);
    add(api,
        plugins,
        "catalogs.remove",
        "Forgets a catalog",
        {{"name", ParamKind::text, "its name", true}},
        all,
        Effect::write,
        [](PluginManager& manager, const Arguments& arguments) -> Answer {
            MORTISE_TRY(const bool was_there, manager.trust().remove_catalog(arguments.text("name")));
            if (!was_there)
                return trust_error(
                    ErrorCode::not_found,
                    "unknown_catalog",
                    "there is no catalog \"" + arguments.text("name") + '"'
                );
            return trust_json(manager);
        });
    add(api,
        plugins,
        "catalogs.search",
        "Lists the packages of all catalogs, the newest version of each, with those that say the text",
        {{"text", ParamKind::text, "words of the name, the id or the summary; without it all"}},
        "{packages: [{id, version, name, summary, vendor, catalog, installed}], problems: [{catalog, code, "
        "message, hint}]}",
        Effect::read,
        [](PluginManager& manager, const Arguments& arguments) -> Answer {
            return search_catalogs(manager, arguments.text("text"));
        });
}

} // namespace mortise::host
