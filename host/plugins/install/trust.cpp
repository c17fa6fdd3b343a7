/// \file
/// Who vouches for a package. Its signatures are checked before anything of it is put on disk; the key that
/// had signed what an admin granted rights to is kept, and later versions must be signed by it.

#include "plugins/package/package_reader.hpp"
#include "plugins/package/package_signature.hpp"
#include "plugins/plugin_manager_state.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace mortise::host {

namespace {

Result<std::vector<PublicKey>> signers(std::string_view list, const std::optional<std::string>& signature)
{
    if (!signature) return std::vector<PublicKey>{};
    return check_signatures(list, *signature);
}

std::optional<std::string> read_file(const std::filesystem::path& file)
{
    std::ifstream in{file, std::ios::binary};
    if (!in) return std::nullopt;
    return std::string{std::istreambuf_iterator<char>{in}, {}};
}

Error other_key(const std::string& id, const PublicKey& wanted, const std::vector<PublicKey>& keys)
{
    return {
        .code = ErrorCode::denied,
        .message = id + " is known by the key " + key_fingerprint(wanted) + ", and this package is "
            + (keys.empty() ? std::string{"not signed"} : "signed by " + key_fingerprint(keys.front())),
        .key = "package.other_key",
        .where = id,
        .hint = "ask the vendor; if the key has changed, run \"mortise settings " + id
            + " unset host.key\" and install it again",
    };
}

} // namespace

Result<std::optional<PublicKey>> PluginManager::State::pinned_key(std::string_view id)
{
    MORTISE_TRY(const Map choices, store.host_settings(id, "host."));
    const Value* kept = choices.find("key");
    if (kept == nullptr) return std::optional<PublicKey>{};
    MORTISE_TRY(const PublicKey key, parse_public_key(kept->text()));
    return std::optional{key};
}

/// Gives the fingerprints of those who signed. A signature that does not fit is refused whatever the options
/// say.
Result<std::vector<std::string>>
PluginManager::State::check_trust(const StagedPlugin& staged, const InstallOptions& options)
{
    const std::string& id = staged.manifest().id;
    MORTISE_TRY(const auto keys, signers(staged.package().list_text, staged.package().signature));
    MORTISE_TRY(const auto pinned, pinned_key(id));
    if (pinned && std::ranges::find(keys, *pinned) == keys.end()) return other_key(id, *pinned, keys);
    if (keys.empty() && !options.allow_unsigned)
        return Error{
            .code = ErrorCode::denied,
            .message = id + " is not signed",
            .key = "package.unsigned",
            .where = id,
            .hint = "if you know where it comes from, run it again with --allow-unsigned",
        };
    std::vector<std::string> fingerprints;
    for (const PublicKey& key : keys)
        fingerprints.push_back(key_fingerprint(key));
    return fingerprints;
}

/// Keeps the key that signed what lies in `folder`, if none is kept and it is signed.
Result<void> PluginManager::State::pin_key(const std::string& id, const std::filesystem::path& folder)
{
    MORTISE_TRY(const auto pinned, pinned_key(id));
    const auto list = read_file(folder / package_list_name);
    if (pinned || !list) return {};
    MORTISE_TRY(const auto keys, signers(*list, read_file(folder / package_signature_name)));
    if (keys.empty()) return {};
    return store.set_setting(id, key_setting, Value{public_key_text(keys.front())});
}

/// With `admin` held. A key is only taken away by hand; it is pinned when rights are granted.
Result<void> PluginManager::State::unpin_key(const std::string& id, const Value& value)
{
    if (value.is_null()) return store.set_setting(id, key_setting, value);
    return Error{
        .code = ErrorCode::invalid,
        .message
        = std::string{key_setting} + " cannot be set: it is the key that signed the version that was enabled",
        .key = "package.key",
        .where = std::string{key_setting},
        .hint = "unset it, then install and enable a version that is signed by the new key",
    };
}

} // namespace mortise::host
