#include "bundles/planner.hpp"

#include "base/json.hpp"
#include "plugins/plugin_secrets.hpp"
#include "plugins/registration.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace mortise::host {

namespace json = boost::json;

namespace {

std::string wishes_words(const std::vector<PluginWish>& wishes)
{
    std::vector<std::string> reasons;
    for (const PluginWish& wish : wishes)
        reasons.push_back(wish.by + " wants " + wish.range.text());
    return list_words(reasons, 3);
}

std::string settings_words(const Map& settings, const Map& before)
{
    std::vector<std::string> words;
    for (const auto& [name, value] : settings) {
        const Value& was = before[name];
        words.push_back(
            name + " = " + value_words(value) + (was.is_null() ? "" : " (was " + value_words(was) + ')')
        );
    }
    return list_words(words);
}

} // namespace

void BundlePlanner::conflict(std::string key, std::string message, std::string where, std::string hint)
{
    m_plan.conflicts.push_back({
        .code = ErrorCode::refused,
        .message = std::move(message),
        .key = "bundles." + std::move(key),
        .where = std::move(where),
        .hint = std::move(hint),
    });
}

Result<BundlePlan> BundlePlanner::plan()
{
    m_plan.bundle = m_bundle.name;
    m_plan.version = m_bundle.version.text();
    m_source = read_packages(m_plugins);
    m_plan.notes = m_source.problems;
    MORTISE_CHECK(choose());
    if (m_chosen.empty()) return std::move(m_plan);
    m_plan.lock = {
        .bundle = m_bundle.name,
        .version = m_bundle.version.text(),
        .digest = m_bundle.digest(),
        .platform = std::string{this_platform()},
        .plugins = {},
    };
    for (const Chosen& chosen : m_chosen) {
        m_plan.lock.plugins.push_back({chosen.id, chosen.version, chosen.files.digest});
        check_lock(chosen);
    }
    std::ranges::sort(m_plan.lock.plugins, {}, &LockedPlugin::id);
    for (const Chosen& chosen : m_chosen)
        if (!chosen.is_on_disk)
            m_plan.steps.push_back({
                StepKind::install,
                "put " + chosen.manifest->name + " (" + chosen.id + ' ' + chosen.version.text()
                    + ") on disk, from the catalog "
                    + m_source.find_in_catalogs(chosen.id, chosen.version)->catalog,
                {{"plugin", chosen.id}, {"version", chosen.version.text()}},
            });
    for (const Chosen& chosen : m_chosen)
        MORTISE_CHECK(plan_plugin(chosen));
    gather_types();
    check_names();
    MORTISE_CHECK(plan_fields());
    MORTISE_CHECK(plan_records(m_bundle.records));
    if (m_options.sample_data) MORTISE_CHECK(plan_records(m_bundle.sample_data));
    return std::move(m_plan);
}

/// Which version of each plugin.
Result<void> BundlePlanner::choose()
{
    ResolverInput input;
    input.offers = m_source.offers();
    if (m_options.lock) keep_to_lock(input.offers);
    const std::string by = "the bundle " + m_bundle.name;
    for (const BundlePlugin& plugin : m_bundle.plugins)
        input.wishes.push_back({plugin.id, plugin.range, by});
    input.commands = m_bundle.commands;
    auto selection = choose_plugins(input);
    if (!selection) {
        m_plan.conflicts.push_back(std::move(selection).error());
        return {};
    }
    for (const Choice& choice : selection->order) {
        MORTISE_TRY(Chosen chosen, chosen_of(choice));
        m_chosen.push_back(std::move(chosen));
    }
    return {};
}

Result<BundlePlanner::Chosen> BundlePlanner::chosen_of(const Choice& choice)
{
    const PluginOffer& offer = *choice.offer;
    Chosen chosen{.id = offer.id, .version = offer.version, .manifest = {}, .files = {}};
    chosen.wishes = choice.wishes;
    if (const Candidate* candidate = m_source.find_on_disk(offer.id, offer.version)) {
        chosen.manifest = candidate->manifest;
        MORTISE_TRY(chosen.files, plugin_files(*candidate));
        return chosen;
    }
    const CatalogPackage* package = m_source.find_in_catalogs(offer.id, offer.version);
    MORTISE_TRY(const OpenedPackage opened, OpenedPackage::open(*package));
    MORTISE_TRY(const PackageContents contents, m_plugins.contents(opened.descriptor()));
    chosen.manifest = contents.manifest;
    chosen.files = plugin_files(*contents.manifest, contents.list);
    chosen.is_on_disk = false;
    return chosen;
}

/// What the lock does not name cannot be taken.
void BundlePlanner::keep_to_lock(std::map<std::string, std::vector<PluginOffer>>& offers)
{
    const BundleLock& lock = *m_options.lock;
    if (lock.bundle != m_bundle.name || lock.digest != m_bundle.digest())
        conflict(
            "other_bundle",
            "the lock is of the bundle " + lock.bundle + ' ' + lock.version
                + (lock.bundle == m_bundle.name ? ", which said something else" : ""),
            "lock",
            "lock this bundle anew, or take the bundle that was locked"
        );
    if (lock.platform != this_platform())
        m_plan.notes.push_back(
            "the lock was made on " + lock.platform + ": its versions are kept to; files are others here"
        );
    for (auto& [id, versions] : offers)
        for (PluginOffer& offer : versions) {
            const LockedPlugin* locked = lock.find(id);
            if (!locked)
                offer.unfit = "the lock does not name " + id;
            else if (locked->version != offer.version)
                offer.unfit = "the lock wants " + locked->version.text();
        }
}

void BundlePlanner::check_lock(const Chosen& chosen)
{
    if (!m_options.lock || m_options.lock->platform != this_platform()) return;
    const LockedPlugin* locked = m_options.lock->find(chosen.id);
    if (!locked || locked->digest == chosen.files.digest) return;
    conflict(
        "other_files",
        chosen.id + ' ' + chosen.version.text() + " has other files here than the lock names: "
            + chosen.files.digest.substr(0, 19) + " instead of " + locked->digest.substr(0, 19),
        chosen.id,
        "install the package that was locked, or lock anew"
    );
}

/// The settings that are other than they are now.
Result<Map> BundlePlanner::planned_settings(const Chosen& chosen)
{
    const auto wanted = std::ranges::find(m_bundle.plugins, chosen.id, &BundlePlugin::id);
    if (wanted == m_bundle.plugins.end() || wanted->settings.empty()) return Map{};
    const std::string where = "/plugins/" + chosen.id + "/settings";
    const Manifest& manifest = *chosen.manifest;
    Map given;
    if (m_plugins.find(chosen.id)) {
        MORTISE_TRY(given, m_plugins.given_settings(chosen.id));
    }
    if (!manifest.settings_schema) {
        conflict("no_settings", chosen.id + " has no settings", where, "take them out of the bundle");
        return Map{};
    }
    const auto secrets = secret_settings(manifest);
    Map changed;
    for (const auto& [name, value] : wanted->settings) {
        if (std::ranges::find(secrets, name) != secrets.end())
            conflict(
                "secret",
                '"' + name + "\" of " + chosen.id + " is a secret, and a bundle carries none",
                where + '/' + name,
                "take it out, and give it with \"mortise settings " + chosen.id + " set " + name + '"'
            );
        else if (given[name] != value)
            changed.set(name, value);
        given.set(name, value);
    }
    MORTISE_TRY(const JsonSchema schema, JsonSchema::compile(schema_without_secrets(manifest)));
    for (const std::string& secret : secrets)
        given.erase(secret);
    if (const auto fits = schema.validate(json_of(Value{with_defaults(manifest.settings, given)})); !fits)
        conflict(
            "setting",
            "the settings of " + chosen.id + " do not fit: " + fits.error().message,
            where + fits.error().where,
            fits.error().hint
        );
    return changed;
}

Result<void> BundlePlanner::plan_plugin(const Chosen& chosen)
{
    MORTISE_TRY(const Map settings, planned_settings(chosen));
    const auto status = m_plugins.find(chosen.id);
    const bool is_enabled = status && status->enabled;
    const bool is_same = is_enabled && status->version == chosen.version.text();
    const std::vector<std::string> granted = is_enabled ? status->granted : std::vector<std::string>{};
    const bool lacks = std::ranges::any_of(chosen.manifest->permissions, [&](const std::string& asked) {
        return std::ranges::find(granted, asked) == granted.end();
    });
    const std::string name = chosen.manifest->name + " (" + chosen.id + ' ' + chosen.version.text() + ')';
    ask(chosen, granted);
    std::string text;
    if (!is_enabled)
        text = "enable " + name + ": " + wishes_words(chosen.wishes);
    else if (!is_same) {
        text = "let " + name + " take the place of " + status->version + ": " + wishes_words(chosen.wishes);
        if (Version::parse(status->version).value_or(Version{}) < chosen.version)
            m_plan.migrations.push_back(
                chosen.id + ": record types are declared anew, and its records of " + status->version
                + " are migrated; " + status->version + " stays on disk to go back to"
            );
        else
            m_plan.migrations.push_back(
                chosen.id + ": fields that only " + status->version
                + " has are archived; nothing in them is lost"
            );
    } else if (!settings.empty() || lacks)
        text = "change " + name;
    if (text.empty()) {
        m_plan.notes.push_back(name + " runs already");
        return {};
    }
    Map before;
    if (!settings.empty()) {
        if (status) {
            MORTISE_TRY(before, m_plugins.given_settings(chosen.id));
        }
        text += "; set " + settings_words(settings, before);
    }
    m_plan.steps.push_back({
        StepKind::plugin,
        text,
        {{"plugin", chosen.id}, {"version", chosen.version.text()}, {"settings", json_of(Value{settings})}},
    });
    if (is_same) return {};
    m_plan.cost.bytes += chosen.files.bytes;
    m_plan.cost.add(*chosen.manifest);
    if (status ? status->isolated : !chosen.is_on_disk) ++m_plan.cost.processes;
    for (const std::string& secret : secret_settings(*chosen.manifest))
        m_plan.notes.push_back(
            "left to do: \"mortise settings " + chosen.id + " set " + secret
            + "\", a secret that no bundle carries"
        );
    return {};
}

void BundlePlanner::ask(const Chosen& chosen, const std::vector<std::string>& granted)
{
    for (const std::string& permission : chosen.manifest->permissions)
        if (std::ranges::find(granted, permission) == granted.end())
            m_plan.permissions.push_back({chosen.id, permission, permission_words(permission)});
}

} // namespace mortise::host
