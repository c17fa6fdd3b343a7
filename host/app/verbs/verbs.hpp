#pragma once

/// \file
/// What the verbs of `mortise` do. Each takes the program and its own options, prints its results, and
/// returns what to end with, or an error that is then told.

#include "app/program.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mortise::host {

/// "list, or one by name": types, commands.
Result<Exit> show_types(Program& program, const std::string& name);
Result<Exit> show_commands(Program& program, const std::string& name);
Result<Exit> call_command(
    Program& program,
    const std::string& name,
    const std::string& arguments,
    bool dry_run,
    const std::string& file
);

Result<Exit> make_folder(Program& program);
/// Makes the data folder if it is not there, and fills it with sample customers.
Result<Exit> make_demo(Program& program);
Result<Exit> show_status(Program& program);
Result<Exit> show_users(Program& program);

struct UserOptions {
    std::string name{};
    std::vector<std::string> roles{};
    std::string scope{}; ///< "own", "all"; empty: the roles say it
    std::string os_user{};
    bool no_os_user{false};
    bool enable{false};
    bool disable{false};
};
Result<Exit> add_user(Program& program, const UserOptions& options);
Result<Exit> change_user(Program& program, const UserOptions& options);
Result<Exit> remove_user(Program& program, const std::string& name);
Result<Exit> show_roles(Program& program);
Result<Exit> show_role(Program& program, const std::string& name);
/// `method`: "roles.add", "roles.change". `text`: JSON or "-".
Result<Exit> write_role(Program& program, const std::string& method, const std::string& text);
Result<Exit> remove_role(Program& program, const std::string& name);
Result<Exit> explain_access(
    Program& program, const std::string& user, const std::string& action, const std::string& target
);

struct AuditListOptions {
    std::string person{};
    std::string plugin{};
    std::string kind{};
    std::string since{};
    std::string until{};
    std::uint64_t limit{50};
};
Result<Exit> list_audit_entries(Program& program, const AuditListOptions& options);
/// Appends it to a file too; none if `file` is empty.
Result<Exit> show_audit_head(Program& program, const std::string& file);
/// `heads`: "N:HASH"; `file`: one in each line; empty: none.
Result<Exit> verify_audit_trail(Program& program, std::vector<std::string> heads, const std::string& file);

struct RecordListOptions {
    std::string type{};
    std::string sort{};
    std::string after{};
    std::uint64_t limit{50};
    bool all{false};
    bool deleted{false};
    std::vector<std::string> where{}; ///< FIELD=VALUE and the like; all must hold
    std::string filter{}; ///< a JSON filter or "-"; empty: none
};
Result<Exit> list_records(Program& program, const RecordListOptions& options);
Result<Exit> show_record(Program& program, const std::string& type, const std::string& id, bool deleted);
Result<Exit> show_history(Program& program, const std::string& type, const std::string& id);

struct RecordChangeOptions {
    std::string method{}; ///< "records.create" ...
    std::string type{};
    std::string id{};
    std::string values{}; ///< JSON or "-"; empty: none
    std::int64_t version{0}; ///< 0: any
    bool dry_run{false};
};
Result<Exit> change_record(Program& program, const RecordChangeOptions& options);

struct MergeOptions {
    std::string survivor{};
    std::vector<std::string> losers{};
    std::vector<std::string> take{}; ///< FIELD=ID, FIELD=survivor or FIELD=VALUE
    std::string reason{};
    std::int64_t version{0}; ///< of the survivor; 0: any
    bool preview{false};
};
Result<Exit> merge_contacts(Program& program, const MergeOptions& options);
Result<Exit> unmerge_contacts(Program& program, const std::string& merge, bool preview);

struct RelationListOptions {
    std::string contact{};
    std::string kind{};
    std::string at{}; ///< a day; empty: today
    bool all{false};
};
Result<Exit> list_relations(Program& program, const RelationListOptions& options);
Result<Exit>
show_hierarchy(Program& program, const std::string& contact, const std::string& kind, const std::string& at);

struct RelateOptions {
    std::string source{};
    std::string kind{};
    std::string target{};
    std::string role{};
    std::string from{};
    std::string until{};
    bool primary{false};
    bool replace{false};
    bool dry_run{false};
};
Result<Exit> relate_contacts(Program& program, const RelateOptions& options);
Result<Exit>
end_relation(Program& program, const std::string& relation, const std::string& until, bool dry_run);

/// What is held about a person, as JSON or as a page; into a file, or to standard output if it is empty.
Result<Exit>
export_subject(Program& program, const std::string& contact, bool as_page, const std::string& file);
Result<Exit> list_retention(Program& program);
/// `rule`: JSON.
Result<Exit> add_retention_rule(Program& program, const std::string& rule);
Result<Exit> remove_retention_rule(Program& program, const std::string& rule);
/// `rule`: its number; empty: all.
Result<Exit> preview_retention(Program& program, const std::string& rule);
/// Waits until it is done.
Result<Exit> apply_retention(Program& program, const std::string& rule);
Result<Exit> set_daily_retention(Program& program, bool is_on);

/// `command`: contacts.restrict or contacts.unrestrict.
Result<Exit> change_restriction(
    Program& program, const std::string& command, const std::string& contact, const std::string& reason
);
Result<Exit> list_restrictions(Program& program);

struct QueryOptions {
    std::string sql{};
    std::vector<std::string> params{}; ///< NAME=TEXT or NAME:=JSON
    std::string as_of{};
};
Result<Exit> run_query(Program& program, const QueryOptions& options);

struct EventListOptions {
    std::string subject{};
    std::string type{};
    std::int64_t since{0};
    std::uint64_t limit{100};
    bool newest_first{false};
    std::string people{}; ///< of the subject: "now" or "then"; empty: without them
};
Result<Exit> list_events(Program& program, const EventListOptions& options);
/// Follows the log until it is interrupted; with --json one event a line.
Result<Exit> tail_events(Program& program, const EventListOptions& options);
Result<Exit> publish_event(
    Program& program,
    const std::string& type,
    const std::string& data,
    const std::string& subject,
    const std::vector<std::string>& links
);
Result<Exit> replay_events(Program& program, const std::string& subscription, std::int64_t from);
Result<Exit> list_dead_letters(Program& program);
Result<Exit> settle_dead_letters(
    Program& program, const std::string& action, const std::string& subscription, std::int64_t number
);
Result<Exit> show_subscriptions(Program& program);

struct ImportOptionsOfVerb {
    std::string file{};
    std::string type{};
    std::string format{};
    std::string map{};
    std::string mode{};
    std::vector<std::string> match{};
    std::string errors{};
    std::string resume{};
    bool dry_run{false};
};
Result<Exit> import_file(Program& program, const ImportOptionsOfVerb& options);

struct ExportOptionsOfVerb {
    std::string type{};
    std::string format{};
    std::string where{};
    std::string output{};
    bool no_formula_guard{false};
};
Result<Exit> export_records(Program& program, const ExportOptionsOfVerb& options);

struct BackupOptions {
    std::string file{};
    std::string key_file{}; ///< empty: none
    std::string passphrase_file{}; ///< empty: none; "-": standard input
    std::string erasures{}; ///< restore: a ledger of erasures; empty: none is given
};
Result<Exit> back_up(Program& program, const BackupOptions& options);
/// Puts a backup into the data folder.
Result<Exit> restore(Program& program, const BackupOptions& options);
/// Checks a backup; without one the database.
Result<Exit> verify(Program& program, const BackupOptions& options);

struct BackupPlanOptions {
    std::string folder{};
    std::optional<std::int64_t> every_hours{}; ///< of all of these nothing: as the host has it
    std::optional<std::int64_t> keep_last{};
    std::optional<std::int64_t> keep_daily{};
    std::optional<std::int64_t> keep_weekly{};
    std::optional<std::int64_t> keep_monthly{};
    std::string key_file{}; ///< empty: not encrypted
};
Result<Exit> plan_backups(Program& program, const BackupPlanOptions& options);
Result<Exit> list_backups(Program& program);
Result<Exit> make_planned_backup(Program& program);
Result<Exit> forget_backups(Program& program);

struct PackageOptions {
    std::string file{}; ///< or a folder, or a name in a catalog
    bool allow_unsigned{false};
    bool replace{false};
    bool enable{false};
    bool grant{false};
    bool older{false};
    bool rehearse{false}; ///< upgrade: on a copy of the data, and only tell
    bool keep_data{false}; ///< remove: what happens anyway
    bool purge{false}; ///< remove: delete its records too
};
Result<Exit> install_plugin(Program& program, const PackageOptions& options);
Result<Exit> upgrade_plugin(Program& program, const PackageOptions& options);
/// The same on a copy of the data, which is gone afterwards.
Result<Exit> rehearse_upgrade(Program& program, const PackageOptions& options);
Result<Exit> roll_back_plugin(Program& program, const std::string& id);
Result<Exit> remove_plugin(Program& program, const std::string& id, bool purge);

/// What the catalogs have.
Result<Exit> search_plugins(Program& program, const std::string& text);

Result<Exit> show_trust(Program& program);
Result<Exit> add_root(Program& program, const std::string& file);
Result<Exit> remove_root(Program& program, const std::string& fingerprint);
struct PinOptions {
    std::string vendor{};
    std::vector<std::string> files{};
    std::int64_t signatures{1};
    std::string from{};
    std::string until{};
};
Result<Exit> pin_vendor(Program& program, const PinOptions& options);
Result<Exit> unpin_vendor(Program& program, const std::string& vendor);
struct PolicyOptions {
    std::optional<std::int64_t> signatures{};
    std::optional<std::int64_t> root_signatures{};
    std::optional<std::int64_t> max_age_days{};
    std::string first_use{}; ///< "on", "off"; empty: as it is
};
Result<Exit> set_trust_policy(Program& program, const PolicyOptions& options);
Result<Exit> import_statement(Program& program, const std::string& file);
Result<Exit> revoke_trust(Program& program, const std::string& what, bool undo);
Result<Exit> forget_trust(Program& program, const std::string& what, const std::string& name);
Result<Exit> add_catalog(
    Program& program, const std::string& name, const std::string& folder, const std::string& key_file
);
Result<Exit> remove_catalog(Program& program, const std::string& name);

/// A bundle is a file, or the name of one that came with the system.
struct BundleOptions {
    std::string bundle{};
    bool sample_data{false};
    std::string lock{}; ///< a file to keep to; empty: none
    std::string write_lock{}; ///< a file to be written; empty: none
};
struct BundleExportOptions {
    std::string name{};
    std::string version{"1.0.0"};
    std::string title{};
    std::string description{};
    std::vector<std::string> types{};
    std::string file{}; ///< empty: standard output
};
Result<Exit> list_bundles(Program& program);
Result<Exit> show_bundle_history(Program& program);
Result<Exit> plan_bundle(Program& program, const BundleOptions& options);
Result<Exit> apply_bundle(Program& program, const BundleOptions& options);
Result<Exit> roll_back_bundle(Program& program, bool look);
Result<Exit> lock_bundle(Program& program, const std::string& name, const std::string& file);
Result<Exit> export_bundle(Program& program, const BundleExportOptions& options);

Result<Exit> list_plugins(Program& program);
Result<Exit> show_plugin(Program& program, const std::string& id);
/// `action`: "enable", "disable", "activate", "reload", "grant", "revoke".
Result<Exit> change_plugin(
    Program& program,
    const std::string& action,
    const std::string& id,
    const std::vector<std::string>& permissions
);
Result<Exit> isolate_plugin(Program& program, const std::string& id, bool on);
Result<Exit>
show_plugin_logs(Program& program, const std::string& id, std::uint64_t limit, const std::string& level);
Result<Exit> show_plugin_stats(Program& program, const std::string& id);
Result<Exit> show_settings(Program& program, const std::string& plugin, const std::string& name);
Result<Exit> change_setting(
    Program& program, const std::string& plugin, const std::string& name, const std::string& value
);
Result<Exit> unset_setting(Program& program, const std::string& plugin, const std::string& name);
Result<Exit> list_jobs(Program& program, const std::string& plugin);
/// `method`: "jobs.get", "jobs.cancel".
Result<Exit> use_job(Program& program, const std::string& method, const std::string& id);

Result<Exit> undo(Program& program, const std::string& target, const std::string& kind, bool force);
/// `shared`: other accounts of the machine may connect.
Result<Exit> serve(Program& program, const std::string& socket, bool shared);

} // namespace mortise::host
