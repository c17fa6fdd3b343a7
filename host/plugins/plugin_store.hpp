#pragma once

/// \file
/// What the database keeps about plugins: which are enabled, what was granted to them, which version's types
/// are declared, how far a migration is, and their settings.

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

class Clock;
class Database;
class Writer;

struct PluginRecord {
    std::string id;
    bool enabled{false};
    std::string version; ///< whose types are declared; empty: none yet
    std::string chosen; ///< the version that an admin wants; empty: the newest
    std::string previous; ///< the version that ran well before the last upgrade; empty: none
    std::vector<std::string> granted; ///< permissions
    std::vector<std::string>
        dropped; ///< granted once, and not asked for any more: a rollback gives them back
    std::string migrating_from; ///< a migration is not done yet; empty: none
    std::string migrated_type; ///< of it, the type that is under way
    std::int64_t migrated_to{0}; ///< the last record that is done
};

/// Thread-safety: any thread.
class PluginStore {
public:
    PluginStore(Database& database, Writer& writer, const Clock& clock);

    /// Makes the tables where they are not there.
    Result<void> open();

    Result<std::map<std::string, PluginRecord>> load();
    Result<void> save(const PluginRecord& record);
    Result<void> forget(const std::string& id);

    /// The settings that an admin gave, without defaults.
    Result<Map> settings(std::string_view plugin);
    /// What an admin said about the plugin to the host: the settings that begin with `prefix` ("quota.",
    /// "net.", "host."), by their names without it.
    Result<Map> host_settings(std::string_view plugin, std::string_view prefix);
    /// Null takes the setting back to its default.
    Result<void> set_setting(std::string_view plugin, std::string_view name, const Value& value);

    /// Nothing takes the secret away. What is kept here is sealed.
    Result<void>
    set_secret(std::string_view plugin, std::string_view name, const std::optional<std::string>& sealed);
    Result<std::optional<std::string>> secret(std::string_view plugin, std::string_view name);
    /// The names of those that were given.
    Result<std::vector<std::string>> secrets(std::string_view plugin);

private:
    Database& m_database;
    Writer& m_writer;
    const Clock& m_clock;
};

} // namespace mortise::host
