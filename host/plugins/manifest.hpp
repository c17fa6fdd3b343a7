#pragma once

/// \file
/// `Manifest`: what a plugin's `plugin.json` declares, checked. The host knows all of it without running a
/// line of the plugin. The published schema is sdk/schemas/plugin.schema.json; what no schema can say is
/// checked here too.

#include "base/hash.hpp"
#include "base/json_schema.hpp"
#include "commands/registry.hpp"
#include "plugins/version.hpp"
#include "records/type_declaration.hpp"
#include "records/unit_of_work.hpp"

#include <mortise/result.hpp>

#include <boost/json/value.hpp>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

struct EventDeclaration {
    std::string type; ///< "opportunity.won"
    int version{1};
    EventClass event_class{EventClass::history};
    bool external{false};
    std::string title{}; ///< how it reads on a timeline
    std::string subject{}; ///< record type of its subject; may be empty
    std::optional<JsonSchema> data{};

    /// "opportunity.won/1"
    std::string schema() const { return type + '/' + std::to_string(version); }
};

enum class OnFailure : std::uint8_t { refuse, skip };

struct HookDeclaration {
    std::string name; ///< what code binds
    std::string type; ///< record type
    Operation operation{Operation::create};
    std::vector<std::string> fields{}; ///< update: only when one of these changes; empty: any
    int priority{0}; ///< lower runs earlier
    std::chrono::milliseconds budget{5}; ///< for one batch
    OnFailure on_failure{OnFailure::refuse};
    std::vector<std::string> reads{}; ///< reference fields whose records the host reads beforehand

    /// "contact.create"
    std::string point() const { return type + '.' + point_of(operation); }
    static std::string point_of(Operation operation);
};

struct SubscriptionDeclaration {
    std::string name; ///< what code binds
    std::vector<std::string> patterns;
    bool from_start{false};
    std::size_t batch{64};
};

struct JobDeclaration {
    std::string name;
    std::string title{};
    std::optional<JsonSchema> arguments{};
    std::uint32_t attempts{5};
};

struct ScheduleDeclaration {
    std::string name;
    std::string job;
    boost::json::value arguments{};
    std::chrono::seconds every{0}; ///< 0: by `cron`
    std::string cron{};
    std::string time_zone{};
    bool once_if_missed{true};
};

struct DeclaredColumn {
    std::string name;
    std::string kind;
    int scale{2};
    std::string currency{};
    std::string reference{};
    std::string field{}; ///< that it shows as it is: "opportunity.status"; may be empty

    /// "opportunity", and "status"; both empty without `field`.
    std::string_view type_of_field() const noexcept;
    std::string_view name_of_field() const noexcept;
};

struct QueryDeclaration {
    std::string name;
    std::string title{};
    std::string sql;
    boost::json::value parameters{}; ///< JSON Schema; null if it takes none
    std::vector<DeclaredColumn> columns;

    const DeclaredColumn* find_column(std::string_view column) const;
};

/// Immutable once made. `json` is the document, for what the host passes on as it is: views, reports, labels.
struct Manifest {
    std::string id; ///< "com.acme.leadscore"
    std::string name;
    std::string summary;
    std::string vendor;
    std::string homepage;
    std::string license;
    Version version;
    int sdk_major{0};
    int sdk_minor{0};
    std::map<std::string, std::string> libraries; ///< platform -> file name
    std::map<std::string, VersionRange> requires_plugins;
    std::vector<std::string> requires_interfaces;
    std::vector<std::string> experimental;
    std::vector<std::string> permissions;
    bool parallel_hooks{false};

    std::vector<TypeDeclaration> types;
    std::vector<EventDeclaration> events;
    std::vector<CommandInfo> commands; ///< `provider` is the plugin
    std::vector<HookDeclaration> hooks;
    std::vector<SubscriptionDeclaration> subscriptions;
    std::vector<JobDeclaration> jobs;
    std::vector<ScheduleDeclaration> schedules;
    std::vector<QueryDeclaration> queries;
    boost::json::value settings; ///< JSON Schema; null if it has none
    std::optional<JsonSchema> settings_schema;

    boost::json::value json;

    /// "leadscore" for "com.acme.lead-score" is "lead_score": what this vendor's names begin with.
    std::string prefix() const;
    /// First-party plugins ("mortise.pipelines") give names without a prefix.
    bool is_first_party() const { return id.starts_with("mortise."); }
    bool is_experimental(std::string_view interface) const;

    const EventDeclaration* find_event(std::string_view type) const;
    const QueryDeclaration* find_query(std::string_view query) const;
    const JobDeclaration* find_job(std::string_view job) const;
    /// Permissions that it has without asking: those for the types that it brings.
    std::vector<std::string> own_permissions() const;
};

/// A manifest as it was read, with everything that is wrong with it. Usable if there are no errors.
struct ManifestReading {
    Manifest manifest; ///< as far as it could be read
    std::vector<Error> errors; ///< `where` is a JSON pointer into plugin.json
    std::optional<Digest> digest; ///< SHA-256 of the file that was read; none: it could not be read
};

/// Reads a manifest from the text of a plugin.json. The first error is that of the schema; if the schema is
/// content, all that its rules cannot say is checked, and every error is given.
ManifestReading read_manifest(std::string_view text);
/// The same, from a plugin's folder; also checks that the files it names are there.
ManifestReading read_manifest_in(const std::filesystem::path& folder);

/// Name of the platform that this host runs on, such as "linux-x86_64".
std::string_view this_platform() noexcept;

} // namespace mortise::host
