#pragma once

/// \file
/// Who acts, and in what circumstances: the first argument of every read and write inside the host.

#include "access/permission_uses.hpp"
#include "access/rights.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

/// Which rows of a type a person may see: those whose owner they are, or every one.
enum class RowScope : std::uint8_t { own, all };

/// What a plugin may do: the permissions that its manifest asked for and an admin granted. Immutable; a
/// change of grants makes a new one.
class PluginGrants {
public:
    /// `uses` counts on from grants before; without it a count of its own begins.
    PluginGrants(
        std::string plugin,
        std::vector<std::string> permissions,
        std::shared_ptr<PermissionUses> uses = std::make_shared<PermissionUses>()
    );

    const std::string& plugin() const noexcept { return m_plugin; }
    const std::vector<std::string>& permissions() const noexcept { return m_permissions; }
    /// Whether "contacts.read" and the like is granted. A grant of "contacts.write" includes no reading.
    bool allows(std::string_view permission) const noexcept { return granting(permission) != nullptr; }
    /// The same, and counts: the plugin does what it is allowed to.
    bool use(std::string_view permission, std::uint64_t times = 1) const noexcept;
    /// The number changes with each change of the grants.
    std::uint64_t version() const noexcept { return m_version; }

private:
    /// The counter of what grants it: itself, or what includes it. Null if nothing does.
    PermissionUses::Counter* granting(std::string_view permission) const noexcept;

    std::string m_plugin;
    std::vector<std::string> m_permissions; // sorted
    std::shared_ptr<PermissionUses> m_uses;
    std::vector<PermissionUses::Counter*> m_counters; // of each permission
    std::uint64_t m_version;
};

/// Who acts: the host itself, a person, a plugin, or a plugin on behalf of a person. Rights are the
/// intersection of all that is named.
struct Principal {
    Id user{}; ///< 0: no person
    std::string user_name;
    RowScope scope{RowScope::own};
    std::shared_ptr<const PluginGrants> plugin; ///< null: no plugin
    bool is_system{false}; ///< the host's own work; may do everything
    /// What the person's roles give, where they give less than everything; then `scope` is `own`, so that who
    /// does not know of roles shows too little rather than too much. Null: what `scope` says counts, for
    /// every type and every field.
    std::shared_ptr<const Rights> rights{};
    /// Of a principal that was widened: the rights before, of which the capabilities still count. Null: it
    /// was not, or they were everything.
    std::shared_ptr<const Rights> own_rights{};

    static Principal system();
    /// The same actor with every row and every field, for what follows from its work on records of others. It
    /// has no capability more than before.
    Principal widened() const;

    /// The name that events and the audit trail keep: "system", "user:anna", "plugin:acme.score",
    /// "user:anna+plugin:acme.score".
    std::string name() const;
    /// Whether the plugin, if there is one, was granted `permission`.
    bool plugin_allows(std::string_view permission) const noexcept;
    /// The owner whose rows alone are visible; 0 when all rows are.
    Id row_owner() const noexcept;
    /// The same of one record type: whose rows alone can be read, written or deleted. Whether any can is
    /// asked elsewhere.
    Id row_owner(std::string_view type, Action action = Action::read) const noexcept;
    /// Whether the person, if there is one, may read records of the type at all.
    bool reads(std::string_view type) const noexcept { return !rights || rights->reads(type); }
    /// Whether the person has the capability; what a plugin has besides is not asked.
    bool can(Capability capability) const noexcept;

    /// Fails with `denied` and says who lacks what; else counts a use by the plugin.
    Result<void> require(std::string_view permission) const;
};

/// The circumstances of one call. They are kept on the events that the call causes.
struct CallContext {
    Principal principal;
    std::string request; ///< names the request that a client made; may be empty
    std::string client; ///< "cli", "console", "import 17", ...
    std::string channel{"host"
    }; ///< how it came in: "console", "api", "agent", "public", "import", "plugin", "host"
    std::string idempotency_key; ///< empty: none
    std::string locale{"en"};
    std::int64_t expected_version{0}; ///< of the record at hand; 0: any
    Instant as_of{}; ///< show things as they were then; 0: now
    std::int64_t cause{0}; ///< number of the event that led to this call; 0: none
    std::int64_t correlation{0}; ///< number of the first event of the chain; 0: none
    std::uint32_t depth{0}; ///< length of the chain of causes
    bool dry_run{false};
};

} // namespace mortise::host
