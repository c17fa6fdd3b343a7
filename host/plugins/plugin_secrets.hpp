#pragma once

/// \file
/// The settings of plugins that are secrets: sealed when they are given, in clear only for the plugin that
/// may reveal them.

#include "access/secret_box.hpp"
#include "plugins/manifest.hpp"

#include <mortise/result.hpp>

#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

class PluginStore;

/// The names of a manifest's settings that are secrets.
std::vector<std::string> secret_settings(const Manifest& manifest);
/// The schema of settings without its secrets, which are not among the values.
boost::json::value schema_without_secrets(const Manifest& manifest);

/// Thread-safety: any thread.
class PluginSecrets {
public:
    PluginSecrets(PluginStore& store, std::filesystem::path key_file)
        : m_store{store},
          m_key_file{std::move(key_file)}
    {
    }

    /// Errors: `not_found` if the manifest has no such secret; `secrets.unfit` if its schema does not take
    /// it, which is told without it.
    Result<void> set(const Manifest& manifest, std::string_view name, std::string_view secret);
    Result<void> unset(const Manifest& manifest, std::string_view name);
    /// `not_found` also if none was given yet.
    Result<SecretText> reveal(const Manifest& manifest, std::string_view name);
    /// Those that were given.
    Result<std::vector<std::string>> given(std::string_view plugin);

private:
    Result<const SecretBox*> box();

    PluginStore& m_store;
    const std::filesystem::path m_key_file;
    std::mutex m_mutex; // guards what follows
    std::optional<SecretBox> m_box; // the key is made when the first secret is given
};

} // namespace mortise::host
