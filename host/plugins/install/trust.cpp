/// \file
/// Who vouches for packages, where the manager asks the trust book: before anything is put on disk, when
/// rights are granted, before code is loaded, and whenever something is revoked.

#include "plugins/package/package_reader.hpp"
#include "plugins/plugin_manager_state.hpp"

#include <fstream>
#include <iterator>
#include <utility>

namespace mortise::host {

namespace {

std::optional<std::string> read_file(const std::filesystem::path& file)
{
    std::ifstream in{file, std::ios::binary};
    if (!in) return std::nullopt;
    return std::string{std::istreambuf_iterator<char>{in}, {}};
}

/// What a list of revocations is called that is put beside the plugins.
constexpr std::string_view dropped_name = "revocations.json";

/// What somebody put there may be anything.
std::optional<std::string> read_dropped(const std::filesystem::path& file)
{
    std::error_code trouble;
    const auto size = std::filesystem::file_size(file, trouble);
    if (trouble || size > max_statement_bytes || !std::filesystem::is_regular_file(file, trouble))
        return std::nullopt;
    return read_file(file);
}

} // namespace

/// With `admin` held.
Result<Judgement> PluginManager::State::check_trust(const StagedPlugin& staged, const InstallOptions& options)
{
    const Manifest& manifest = staged.manifest();
    MORTISE_CHECK(trust.note_time());
    MORTISE_TRY(
        Judgement judgement,
        trust.judge(
            {manifest.id, manifest.version, staged.package().list_text, staged.package().signature},
            options.allow_unsigned
        )
    );
    if (!options.older) MORTISE_CHECK(trust.check_version(manifest.id, manifest.version));
    MORTISE_CHECK(check_vendor(manifest, judgement, options));
    return judgement;
}

/// An id belongs to whoever was there first: only a key that is kept for it may change whose it is.
Result<void> PluginManager::State::check_vendor(
    const Manifest& manifest, const Judgement& judgement, const InstallOptions& options
)
{
    const auto plugin = find(manifest.id);
    if (!plugin || judgement.is_pinned) return {};
    bool is_of_the_system = false;
    std::string vendor;
    {
        const std::scoped_lock own{plugin->mutex};
        for (const Candidate& candidate : plugin->candidates)
            is_of_the_system = is_of_the_system || candidate.folder.parent_path() == folders.installed;
        if (plugin->chosen && plugin->chosen->errors.empty()) vendor = plugin->chosen->manifest->vendor;
    }
    if (!vendor.empty() && vendor != manifest.vendor)
        return package_error(
            ErrorCode::denied,
            "other_vendor",
            manifest.id + " is a plugin of " + vendor + ", and this one says that it is of \""
                + manifest.vendor + '"',
            manifest.id,
            "if it has changed hands, remove the old one first"
        );
    if (is_of_the_system && !judgement.signed_by.empty() && !options.allow_unsigned)
        return package_error(
            ErrorCode::denied,
            "of_the_system",
            manifest.id + " came with this system, and the key " + judgement.signed_by.front()
                + " is not known to be of its vendor",
            manifest.id,
            "if you know the key, run \"mortise trust pin " + std::string{vendor_of(manifest.id)}
                + " FILE.pub\""
        );
    return {};
}

/// Judges what lies in a folder, as if it were installed now; nothing if it came without a list.
Result<std::optional<Judgement>> PluginManager::State::judge_installed(const Candidate& candidate)
{
    const auto list = read_file(candidate.folder / package_list_name);
    if (!list) return std::optional<Judgement>{};
    MORTISE_CHECK(trust.note_time());
    MORTISE_TRY(
        Judgement judgement,
        trust.judge(
            {candidate.id(),
             candidate.manifest->version,
             *list,
             read_file(candidate.folder / package_signature_name)},
            true
        )
    );
    return std::optional{std::move(judgement)};
}

/// Whether the list of files in a folder is the one that was installed.
Result<void>
PluginManager::State::check_list(const Candidate& candidate, const std::optional<std::string>& list) const
{
    if (candidate.folder.parent_path().parent_path() != folders.data) return {};
    auto checked = trust.check_list(candidate.id(), candidate.manifest->version, list);
    if (checked) return {};
    Error error = std::move(checked).error();
    error.hint = how_to_install_again(candidate.folder);
    return error;
}

/// Whether what lies in a folder is still what was installed, and may run.
Result<void> PluginManager::State::check_fit(const Candidate& candidate)
{
    const auto list = read_file(candidate.folder / package_list_name);
    MORTISE_CHECK(check_list(candidate, list));
    return trust.check_revoked(
        {candidate.id(),
         candidate.manifest->version,
         list ? std::string_view{*list} : std::string_view{},
         list ? read_file(candidate.folder / package_signature_name) : std::nullopt}
    );
}

/// What the library must be, by a list that is the one that was installed; nothing if there is none.
Result<std::optional<Digest>> PluginManager::State::library_digest(const Candidate& candidate) const
{
    const auto text = read_file(candidate.folder / package_list_name);
    MORTISE_CHECK(check_list(candidate, text));
    if (!text) return std::optional<Digest>{};
    MORTISE_TRY(const PackageList list, read_package_list(*text));
    const std::string name = candidate.library().lexically_relative(candidate.folder).string();
    if (const PackageFile* file = list.find(name)) return std::optional{file->sha256};
    return package_error(
        ErrorCode::refused,
        "changed",
        name + " was not installed with the plugin",
        candidate.library().string(),
        how_to_install_again(candidate.folder)
    );
}

/// Why the code in a folder would not be loaded: it, or the list of what was installed, is another now.
std::optional<Error> PluginManager::State::changed_on_disk(const Candidate& candidate) const
{
    const std::filesystem::path library = candidate.library();
    if (library.empty() || services.linked.contains(candidate.id())) return std::nullopt;
    const auto manifest = installed_digest(candidate.folder, "plugin.json");
    if (manifest && *manifest)
        if (auto same = check_installed_bytes(
                candidate.folder, "plugin.json", digests.of(candidate.folder / "plugin.json")
            );
            !same)
            return std::move(same).error();
    auto wanted = library_digest(candidate);
    if (!wanted) return std::move(wanted).error();
    if (!*wanted) return std::nullopt;
    const auto found = digests.of(library);
    if (found == *wanted) return std::nullopt;
    return package_error(
        ErrorCode::refused,
        "changed",
        library.filename().string()
            + (found ? " was changed after the plugin was installed" : " is not there any more"),
        library.string(),
        how_to_install_again(candidate.folder)
    );
}

/// With `admin` held, when its files were put on disk once more: what did not run because of them may run
/// now.
void PluginManager::State::take_up_mended(const ManagedPointer& plugin)
{
    {
        const std::scoped_lock own{plugin->mutex};
        if (!plugin->record.enabled || plugin->halted) return;
        if (plugin->registered) {
            if (!std::exchange(plugin->start_failed, false)) return;
            plugin->failed_starts = 0;
            plugin->problem.reset();
            return;
        }
    }
    register_enabled();
}

/// With `admin` held: puts a version on disk, and keeps which one it was. The one that was installed may
/// always come again, whatever has become of its files.
Result<bool> PluginManager::State::keep_version(StagedPlugin staged, Replace replace)
{
    const std::string id = staged.manifest().id;
    const Version version = staged.manifest().version;
    const Digest list = sha256(staged.package().list_text);
    if (trust.was_installed(id, version, list)) replace = Replace::yes;
    MORTISE_CHECK(trust.note_list(id, version, list, true));
    auto kept = versions.keep(std::move(staged), replace);
    if (!kept && kept.error().key == "plugins.version_exists")
        MORTISE_CHECK(trust.forget_list(id, version, list));
    if (kept) MORTISE_CHECK(trust.note_list(id, version, list, false));
    return kept;
}

/// With `admin` held: takes down what runs and was revoked. It stays enabled, so that an upgrade mends it.
/// Returns which.
std::vector<std::string> PluginManager::State::take_down_revoked()
{
    std::vector<std::string> taken;
    for (const auto& plugin : all()) {
        std::optional<Candidate> chosen;
        {
            const std::scoped_lock own{plugin->mutex};
            if (plugin->registered) chosen = plugin->chosen;
        }
        if (!chosen) continue;
        auto fit = check_fit(*chosen);
        if (fit) continue;
        unregister_plugin(plugin);
        close(*plugin, default_patience);
        plugin->log->add({
            .time = services.clock.now(),
            .level = LogLevel::error,
            .key = "plugin.revoked",
            .message = "taken down: " + fit.error().message,
            .fields = {},
            .from_host = true,
        });
        {
            const std::scoped_lock own{plugin->mutex};
            plugin->problem = std::move(fit).error();
        }
        taken.push_back(plugin->id);
    }
    return taken;
}

/// With `admin` held: what was revoked is taken down, what no longer is comes up.
std::vector<std::string> PluginManager::State::trust_changed()
{
    auto taken = take_down_revoked();
    register_enabled();
    return taken;
}

/// A list that somebody put beside the plugins, for hosts that nobody can reach otherwise.
void PluginManager::State::look_for_revocations()
{
    const auto text = read_dropped(folders.data / dropped_name);
    if (!text || *text == dropped) return;
    dropped = *text;
    if (auto taken = trust.take(*text); !taken && taken.error().key != "trust.revocations_older")
        dropped_problem = std::move(taken).error();
    else
        dropped_problem.reset();
    take_down_revoked(); // also when it could not be kept: it counts in this process
}

void PluginManager::State::watch_trust(const std::stop_token& stop)
{
    std::unique_lock lock{watch_mutex};
    while (!watch_wakes.wait_for(lock, stop, trust_interval, [] { return false; })) {
        if (stop.stop_requested()) return;
        const std::scoped_lock own{admin};
        if (stopped) return;
        static_cast<void>(trust.note_time()); // the next one keeps it
        look_for_revocations();
    }
}

TrustBook& PluginManager::trust() noexcept
{
    return m_state->trust;
}

std::vector<std::string> PluginManager::trust_changed()
{
    const std::scoped_lock lock{m_state->admin};
    return m_state->trust_changed();
}

std::optional<Error> PluginManager::trust_problem() const
{
    const std::scoped_lock lock{m_state->admin};
    return m_state->dropped_problem;
}

} // namespace mortise::host
