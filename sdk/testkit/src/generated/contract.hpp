// Generated from sdk/interfaces; do not edit.
#pragma once

/// \file
/// What the contract says about each function and each status, and on which page it is written.

#include <cstdint>
#include <span>
#include <string_view>

namespace mortise::testkit {

struct DescribedError {
    std::string_view code; ///< such as "not_found"
    std::string_view when;
};

/// In the order of AbiFunction.
struct DescribedFunction {
    std::string_view name; ///< such as "mortise.records/1.commit"
    std::string_view words;
    std::string_view threads; ///< from where it may be called
    std::string_view page; ///< in the documentation
    std::span<const DescribedError> errors;
};

struct DescribedInterface {
    std::string_view id;
    int since; ///< release, as MORTISE_ABI_TARGET counts it
    std::string_view stability;
    std::span<const int> functions; ///< the release of each function of its table, in the table's order
};

struct DescribedStatus {
    std::int32_t number;
    std::string_view code; ///< such as "not_found"
    std::string_view words;
    bool of_host; ///< a plugin may not give it
};

inline constexpr DescribedError errors_of_log_write[]{
    {"invalid", "unknown level"},
};
inline constexpr DescribedError errors_of_time_to_wall[]{
    {"not_found", "no such zone"},
    {"invalid", "a time outside the years 1 to 9999"},
    {"limit", "too many times"},
    {"cancelled", "the sink stopped it"},
};
inline constexpr DescribedError errors_of_time_to_time[]{
    {"not_found", "no such zone"},
    {"invalid", "no such choice, a wall time outside the years 1 to 9999, or with `exact` one that happens twice or never; `where` is its index"},
    {"limit", "too many wall times"},
    {"cancelled", "the sink stopped it"},
};
inline constexpr DescribedError errors_of_time_bounds[]{
    {"not_found", "no such zone"},
    {"invalid", "no such unit, a step out of range, or a time outside the years 1 to 9999"},
};
inline constexpr DescribedError errors_of_time_next[]{
    {"not_found", "no such zone"},
    {"invalid", "a rule that is none, a limit out of range, or a time outside the years 1 to 9999"},
    {"cancelled", "the sink stopped it"},
};
inline constexpr DescribedError errors_of_time_zones[]{
    {"cancelled", "the sink stopped it"},
};
inline constexpr DescribedError errors_of_records_reserve[]{
    {"invalid", "a count out of range"},
};
inline constexpr DescribedError errors_of_records_get[]{
    {"not_found", "no such record type, or no such field in `fields`"},
    {"cancelled", "the sink stopped it"},
};
inline constexpr DescribedError errors_of_records_find[]{
    {"not_found", "no such record type, or no such field"},
    {"invalid", "a value that the field does not take, or a limit out of range"},
    {"unsupported", "the field has no index"},
    {"cancelled", "the sink stopped it"},
};
inline constexpr DescribedError errors_of_records_begin[]{
    {"limit", "more than 16 units are open"},
};
inline constexpr DescribedError errors_of_records_stage[]{
    {"not_found", "no such record type or field, or no open unit of that number"},
    {"invalid", "a value that its field does not take, or the same field twice"},
    {"limit", "more than 10,000 records in one unit"},
};
inline constexpr DescribedError errors_of_records_commit[]{
    {"not_found", "no open unit of that number"},
    {"state", "the unit belongs to the host: it commits when the callback returns"},
    {"refused", "a hook or a constraint said no; `key` and `where` say why"},
    {"conflict", "a record has another version than the one expected, or is gone"},
    {"exists", "a unique value is taken"},
    {"retry", "nothing happened; the same unit may work if it is built again"},
    {"outcome_unknown", "it may have committed: begin a unit with the same key to find out"},
};
inline constexpr DescribedError errors_of_records_abandon[]{
    {"not_found", "no open unit of that number"},
    {"state", "the unit belongs to the host: return an error to abandon it"},
};
inline constexpr DescribedError errors_of_records_bind_hook[]{
    {"not_found", "the manifest declares no such hook"},
    {"exists", "bound already"},
    {"state", "only inside activate"},
};
inline constexpr DescribedError errors_of_query_run[]{
    {"invalid", "not one SELECT, or a parameter is missing or left over; `message` has the place"},
    {"denied", "it reads what the caller may not see"},
    {"not_found", "`at_least` is no commit of this database, nor one that comes before the deadline"},
    {"timeout", "the deadline passed"},
    {"limit", "more rows or bytes than the quota"},
    {"cancelled", "the sink stopped it"},
};
inline constexpr DescribedError errors_of_query_named[]{
    {"not_found", "the manifest declares no such query"},
    {"invalid", "a parameter is missing or left over"},
    {"denied", "it reads what the caller may not see"},
    {"timeout", "the deadline passed"},
    {"limit", "more rows or bytes than the quota"},
    {"cancelled", "the sink stopped it"},
};
inline constexpr DescribedError errors_of_events_bind[]{
    {"not_found", "the manifest declares no such subscription"},
    {"exists", "bound already"},
    {"state", "only inside activate"},
};
inline constexpr DescribedError errors_of_events_publish[]{
    {"not_found", "the manifest declares no such event, or no open unit of that number"},
    {"invalid", "data that its schema does not take"},
    {"limit", "events caused by events are more than 16 deep"},
    {"busy", "too many are queued; nothing was published"},
};
inline constexpr DescribedError errors_of_commands_bind[]{
    {"not_found", "the manifest declares no such command"},
    {"exists", "bound already"},
    {"state", "only inside activate"},
};
inline constexpr DescribedError errors_of_commands_call[]{
    {"not_found", "no such command, or its plugin is not enabled"},
    {"denied", "the caller may not run it, or the manifest does not require its plugin"},
    {"invalid", "arguments that its schema does not take; `where` is a JSON pointer"},
    {"state", "a unit of work with staged changes is open, or the command changes nothing by its declaration and did"},
    {"refused", "the command said no; `key` names the reason"},
    {"conflict", "a record changed meanwhile"},
    {"busy", "too many calls wait for that plugin"},
    {"timeout", "no answer in time"},
    {"crashed", "the plugin that runs it ended"},
    {"deadlock", "that plugin waits for this one"},
    {"outcome_unknown", "it may have happened: call again with the same key"},
};
inline constexpr DescribedError errors_of_commands_post[]{
    {"not_found", "no such command"},
    {"busy", "too many are queued; nothing was queued"},
};
inline constexpr DescribedError errors_of_settings_get[]{
    {"not_found", "the manifest declares no such setting"},
};
inline constexpr DescribedError errors_of_secrets_reveal[]{
    {"not_found", "no such secret is declared, or none was given yet"},
    {"denied", "the manifest does not ask for `secrets.reveal`, or it was not granted"},
};
inline constexpr DescribedError errors_of_jobs_bind[]{
    {"not_found", "the manifest declares no such job"},
    {"exists", "bound already"},
    {"state", "only inside activate"},
};
inline constexpr DescribedError errors_of_jobs_start[]{
    {"not_found", "the manifest declares no such job, or no open unit of that number"},
    {"busy", "too many are queued"},
};
inline constexpr DescribedError errors_of_jobs_progress[]{
    {"not_found", "no such job runs in this plugin"},
};
inline constexpr DescribedError errors_of_jobs_cancelled[]{
    {"not_found", "no such job runs in this plugin"},
};
inline constexpr DescribedError errors_of_jobs_cancel[]{
    {"not_found", "no such job waits or runs"},
};
inline constexpr DescribedError errors_of_blobs_begin[]{
    {"limit", "`blobs.open`, or there is no room on the disk"},
    {"io", "the disk refuses"},
};
inline constexpr DescribedError errors_of_blobs_write[]{
    {"not_found", "`blobs.closed`"},
    {"limit", "`blobs.too_large`, or there is no room on the disk"},
    {"busy", "another thread uses the file"},
    {"io", "the disk refuses"},
};
inline constexpr DescribedError errors_of_blobs_finish[]{
    {"not_found", "`blobs.closed`"},
    {"busy", "another thread uses the file"},
    {"limit", "there is no room on the disk"},
    {"io", "the disk refuses"},
};
inline constexpr DescribedError errors_of_blobs_open[]{
    {"not_found", "no such record, or none that may be read; `records.no_file`, `blobs.missing`"},
    {"invalid", "`records.no_file_field`, or there is no such type or field"},
    {"limit", "`blobs.open`"},
    {"io", "the disk refuses"},
};
inline constexpr DescribedError errors_of_blobs_read[]{
    {"not_found", "`blobs.closed`"},
    {"busy", "another thread uses the file"},
    {"io", "the disk refuses"},
};
inline constexpr DescribedError errors_of_blobs_close[]{
    {"not_found", "`blobs.closed`"},
};
inline constexpr DescribedError errors_of_consent_ask[]{
    {"denied", "the permission `send.CHANNEL` was not granted"},
    {"limit", "too many requests"},
    {"cancelled", "the sink stopped it; the tickets that were made lapse"},
};
inline constexpr DescribedError errors_of_consent_redeem[]{
    {"not_found", "`consent.no_ticket`: no such ticket of this plugin, or it lapsed long ago"},
    {"state", "`consent.used`: it was used before; `consent.too_late`: it was good for 60 seconds"},
};
inline constexpr DescribedError errors_of_net_connect[]{
    {"denied", "no permission covers it: `net.denied`, `net.private`"},
    {"io", "`net.resolve`, `net.connect`, `net.tls`, `net.certificate`"},
    {"timeout", "`net.timeout`"},
    {"cancelled", "`net.cancelled`"},
    {"limit", "as many connections as the quota `net_open` are open"},
    {"busy", "more were opened within a minute than the quota `net_connects`"},
};
inline constexpr DescribedError errors_of_net_start_tls[]{
    {"not_found", "`net.closed`"},
    {"state", "it is encrypted already"},
    {"io", "`net.tls`, `net.certificate`, `net.lost`"},
    {"timeout", "`net.timeout`"},
    {"cancelled", "`net.cancelled`"},
    {"busy", "another thread uses the connection"},
};
inline constexpr DescribedError errors_of_net_read[]{
    {"not_found", "`net.closed`"},
    {"io", "`net.lost`"},
    {"timeout", "nothing came in time"},
    {"cancelled", "`net.cancelled`"},
    {"busy", "another thread uses the connection"},
};
inline constexpr DescribedError errors_of_net_write[]{
    {"not_found", "`net.closed`"},
    {"io", "`net.lost`"},
    {"timeout", "the other side did not take it in time"},
    {"cancelled", "`net.cancelled`"},
    {"busy", "another thread uses the connection"},
};
inline constexpr DescribedError errors_of_net_wait[]{
    {"not_found", "`net.closed`: one of them is not open"},
    {"limit", "too many"},
    {"cancelled", "`net.cancelled`"},
};
inline constexpr DescribedError errors_of_net_describe[]{
    {"not_found", "`net.closed`"},
    {"busy", "another thread uses the connection"},
};
inline constexpr DescribedError errors_of_net_close[]{
    {"not_found", "`net.closed`"},
};
inline constexpr DescribedError errors_of_plugin_activate[]{
    {"unsupported", "this host lacks something that the plugin cannot do without; `message` names it"},
};
inline constexpr DescribedError errors_of_plugin_on_events[]{
    {"retry", "try again later, with back-off"},
    {"refused", "this event can never be handled: put it among the dead letters"},
};
inline constexpr DescribedError errors_of_plugin_on_job[]{
    {"retry", "try again later, with back-off"},
    {"cancelled", "it stopped because it was asked to"},
};

inline constexpr int releases_of_log[]{1};
inline constexpr int releases_of_clock[]{1};
inline constexpr int releases_of_time[]{1, 1, 1, 1, 1};
inline constexpr int releases_of_records[]{1, 1, 1, 1, 1, 1, 1, 1};
inline constexpr int releases_of_query[]{1, 1};
inline constexpr int releases_of_events[]{1, 1};
inline constexpr int releases_of_commands[]{1, 1, 1};
inline constexpr int releases_of_settings[]{1};
inline constexpr int releases_of_secrets[]{1};
inline constexpr int releases_of_jobs[]{1, 1, 1, 1, 1};
inline constexpr int releases_of_blobs[]{1, 1, 1, 1, 1, 1};
inline constexpr int releases_of_consent[]{1, 1};
inline constexpr int releases_of_net[]{1, 1, 1, 1, 1, 1, 1};
inline constexpr int releases_of_plugin[]{1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

inline constexpr DescribedInterface described_interfaces[]{
    {"mortise.error/1", 1, "stable", {}},
    {"mortise.value/1", 1, "stable", {}},
    {"mortise.root/1", 1, "stable", {}},
    {"mortise.log/1", 1, "stable", releases_of_log},
    {"mortise.clock/1", 1, "experimental", releases_of_clock},
    {"mortise.time/1", 1, "experimental", releases_of_time},
    {"mortise.records/1", 1, "experimental", releases_of_records},
    {"mortise.query/1", 1, "experimental", releases_of_query},
    {"mortise.events/1", 1, "experimental", releases_of_events},
    {"mortise.commands/1", 1, "experimental", releases_of_commands},
    {"mortise.settings/1", 1, "experimental", releases_of_settings},
    {"mortise.secrets/1", 1, "experimental", releases_of_secrets},
    {"mortise.jobs/1", 1, "experimental", releases_of_jobs},
    {"mortise.blobs/1", 1, "experimental", releases_of_blobs},
    {"mortise.consent/1", 1, "experimental", releases_of_consent},
    {"mortise.net/1", 1, "experimental", releases_of_net},
    {"mortise.plugin/1", 1, "stable", releases_of_plugin},
};

inline constexpr DescribedFunction described_functions[]{
    {"mortise.log/1.write", "Writes one line. More lines a second than the quota are counted instead of kept, and the call still succeeds.", "any",
     "docs/reference/interfaces/log.md#write", errors_of_log_write},
    {"mortise.clock/1.now", "Gives the time of the host.", "any",
     "docs/reference/interfaces/clock.md#now", {}},
    {"mortise.time/1.to_wall", "Tells what the clocks of a zone show at some times. No times at all only asks whether there is such a zone.", "any",
     "docs/reference/interfaces/time.md#to_wall", errors_of_time_to_wall},
    {"mortise.time/1.to_time", "Tells at which times the clocks of a zone show some wall times: the way back from 'to_wall'.", "any",
     "docs/reference/interfaces/time.md#to_time", errors_of_time_to_time},
    {"mortise.time/1.bounds", "Gives the day, week, month, quarter or year of a zone in which a time lies. A day has 23 or 25 hours where clocks are changed, so take its bounds from here and never add 24 hours.", "any",
     "docs/reference/interfaces/time.md#bounds", errors_of_time_bounds},
    {"mortise.time/1.next", "Tells when a rule comes round next: five fields (minute, hour, day of month, month, day of week) as in crontab, read off the clock of the zone. Each field takes '*', numbers, 'a-b', '/step' and lists; if both days are restricted, either will do. A moment that never comes (clocks are put forward) is the first one behind the gap; one that comes twice is the first.", "any",
     "docs/reference/interfaces/time.md#next", errors_of_time_next},
    {"mortise.time/1.zones", "Lists the zones, for people to choose from.", "any",
     "docs/reference/interfaces/time.md#zones", errors_of_time_zones},
    {"mortise.records/1.reserve", "Reserves ids for records to be created. Ids come from one sequence across all types; unused ones are simply gaps.", "any",
     "docs/reference/interfaces/records.md#reserve", errors_of_records_reserve},
    {"mortise.records/1.get", "Gives records by id, one row per record found, in the order of 'ids'. A row is a map that always has 'id' and 'version'. Ids that do not exist, are deleted or out of the caller's sight give no row. Rows show what is committed, not what is staged.", "init strand hook job",
     "docs/reference/interfaces/records.md#get", errors_of_records_get},
    {"mortise.records/1.find", "Gives the records whose 'field' has this value, by id: rows as 'get' gives them. The field must be unique, indexed or a reference. Deleted records and those out of the caller's sight are left out. For hooks it is the only way to records that the draft does not name.", "init strand hook job",
     "docs/reference/interfaces/records.md#find", errors_of_records_find},
    {"mortise.records/1.begin", "Opens a unit of work. Commit or abandon it before the callback returns; what is left open is abandoned.", "strand job",
     "docs/reference/interfaces/records.md#begin", errors_of_records_begin},
    {"mortise.records/1.stage", "Adds changes to a unit of work, in order. Names and kinds are checked at once; hooks, versions and constraints at the commit. On an error nothing of this call is staged, and 'where' is \"operation N: FIELD\".", "strand job",
     "docs/reference/interfaces/records.md#stage", errors_of_records_stage},
    {"mortise.records/1.commit", "Commits a unit opened with 'begin': all of it becomes durable, or none. Hooks run first. The unit is closed whatever the answer.", "strand job",
     "docs/reference/interfaces/records.md#commit", errors_of_records_commit},
    {"mortise.records/1.abandon", "Drops a unit opened with 'begin'; nothing of it happens.", "strand job",
     "docs/reference/interfaces/records.md#abandon", errors_of_records_abandon},
    {"mortise.records/1.bind_hook", "Says that the plugin answers a hook of its manifest. Its drafts arrive at on_hook with the same tag.", "init",
     "docs/reference/interfaces/records.md#bind_hook", errors_of_records_bind_hook},
    {"mortise.query/1.run", "Runs one SELECT with the plugin's rights (or the user's, when it runs on their behalf).", "init strand job",
     "docs/reference/interfaces/query.md#run", errors_of_query_run},
    {"mortise.query/1.named", "Runs a query of the plugin's manifest; its columns have the kinds declared there.", "init strand job",
     "docs/reference/interfaces/query.md#named", errors_of_query_named},
    {"mortise.events/1.bind", "Says that the plugin handles a subscription of its manifest. Its events arrive at on_events with the same tag.", "init",
     "docs/reference/interfaces/events.md#bind", errors_of_events_bind},
    {"mortise.events/1.publish", "Publishes events, in order. With a unit of work they commit with it (callable as records.stage is); with 0 they form a unit of their own, which is queued: the call does not wait until it is durable.", "any",
     "docs/reference/interfaces/events.md#publish", errors_of_events_publish},
    {"mortise.commands/1.bind", "Says that the plugin runs a command of its manifest. Calls arrive at on_command with the same tag.", "init",
     "docs/reference/interfaces/commands.md#bind", errors_of_commands_bind},
    {"mortise.commands/1.call", "Runs a command and waits for its answer. Only the host's own commands and those of plugins that the manifest 'requires'; everything else is 'post'.", "strand job",
     "docs/reference/interfaces/commands.md#call", errors_of_commands_call},
    {"mortise.commands/1.post", "Asks for a command and does not wait: the answer arrives at on_answer with the same tag, once.", "any",
     "docs/reference/interfaces/commands.md#post", errors_of_commands_post},
    {"mortise.settings/1.get", "Gives one setting, or all of them as a map.", "init strand job",
     "docs/reference/interfaces/settings.md#get", errors_of_settings_get},
    {"mortise.secrets/1.reveal", "Gives a secret in clear. Needs the permission 'secrets.reveal'. Use it at once and overwrite your copy.", "strand job",
     "docs/reference/interfaces/secrets.md#reveal", errors_of_secrets_reveal},
    {"mortise.jobs/1.bind", "Says that the plugin runs jobs or schedules of its manifest. They arrive at on_job with the same tag.", "init",
     "docs/reference/interfaces/jobs.md#bind", errors_of_jobs_bind},
    {"mortise.jobs/1.start", "Queues a job. With a unit of work it exists once that commits; with 0 it exists when the call returns.", "strand job",
     "docs/reference/interfaces/jobs.md#start", errors_of_jobs_start},
    {"mortise.jobs/1.progress", "Tells people how far a job is. Cheap: call it as often as you like, the host keeps the last.", "job",
     "docs/reference/interfaces/jobs.md#progress", errors_of_jobs_progress},
    {"mortise.jobs/1.cancelled", "Tells whether somebody asked the job to stop. Return MORTISE_E_CANCELLED from on_job then.", "job",
     "docs/reference/interfaces/jobs.md#cancelled", errors_of_jobs_cancelled},
    {"mortise.jobs/1.cancel", "Asks a job of this plugin to stop; one that waits never starts.", "strand job",
     "docs/reference/interfaces/jobs.md#cancel", errors_of_jobs_cancel},
    {"mortise.blobs/1.begin", "Begins contents.", "strand job",
     "docs/reference/interfaces/blobs.md#begin", errors_of_blobs_begin},
    {"mortise.blobs/1.write", "Appends to contents that were begun.", "strand job",
     "docs/reference/interfaces/blobs.md#write", errors_of_blobs_write},
    {"mortise.blobs/1.finish", "Makes contents durable and closes the file. For half a day, while the host runs, records that the plugin writes may refer to them.", "strand job",
     "docs/reference/interfaces/blobs.md#finish", errors_of_blobs_finish},
    {"mortise.blobs/1.open", "Opens the file of a record for reading. Later changes of the record do not change what is read.", "strand job",
     "docs/reference/interfaces/blobs.md#open", errors_of_blobs_open},
    {"mortise.blobs/1.read", "Gives a part of a file that is open for reading.", "strand job",
     "docs/reference/interfaces/blobs.md#read", errors_of_blobs_read},
    {"mortise.blobs/1.close", "Closes a file; contents that were begun and not finished are gone.", "any",
     "docs/reference/interfaces/blobs.md#close", errors_of_blobs_close},
    {"mortise.consent/1.ask", "Asks for a ticket for each of some messages. What was granted counts as sent for caps until it is redeemed or its time is over.", "strand job",
     "docs/reference/interfaces/consent.md#ask", errors_of_consent_ask},
    {"mortise.consent/1.redeem", "Uses a ticket up. Send when it succeeds, and only then.", "strand job",
     "docs/reference/interfaces/consent.md#redeem", errors_of_consent_redeem},
    {"mortise.net/1.connect", "Connects. Every address that the name has is tried in turn.", "strand job",
     "docs/reference/interfaces/net.md#connect", errors_of_net_connect},
    {"mortise.net/1.start_tls", "Encrypts an open connection, after both sides agreed to in plain text. What was read before is not to be believed any more, and must all have been used: what a stranger puts behind the agreement would count as said by the server.", "strand job",
     "docs/reference/interfaces/net.md#start_tls", errors_of_net_start_tls},
    {"mortise.net/1.read", "Waits until something arrives and gives what is there. A connection that stays silent for the time is still good after TIMEOUT. When the plugin is closed, a read that is under way has a moment left to end.", "strand job",
     "docs/reference/interfaces/net.md#read", errors_of_net_read},
    {"mortise.net/1.write", "Sends all of it. That it was sent does not say that it arrived; when a write fails nobody knows how much of it did.", "strand job",
     "docs/reference/interfaces/net.md#write", errors_of_net_write},
    {"mortise.net/1.wait", "Waits until one of several connections has something to read, or has ended. This is where to be idle: it ends at once when the plugin is closed or somebody asks the job to stop.", "job",
     "docs/reference/interfaces/net.md#wait", errors_of_net_wait},
    {"mortise.net/1.describe", "Tells about a connection: for logs, and to show an admin which server answered.", "strand job",
     "docs/reference/interfaces/net.md#describe", errors_of_net_describe},
    {"mortise.net/1.close", "Ends a connection; whoever waits for it is let go. With TLS the farewell is sent if that needs no waiting.", "any",
     "docs/reference/interfaces/net.md#close", errors_of_net_close},
    {"mortise.plugin/1.activate", "Gets ready: binds what the manifest declares. Called once, before any other function.", "init",
     "docs/reference/interfaces/plugin.md#activate", errors_of_plugin_activate},
    {"mortise.plugin/1.quiesce", "Winds up: nothing new arrives after it, and running jobs were asked to stop.", "strand",
     "docs/reference/interfaces/plugin.md#quiesce", {}},
    {"mortise.plugin/1.destroy", "Frees the instance, the last call; threads of the plugin have ended when it returns. Always returns MORTISE_OK.", "strand",
     "docs/reference/interfaces/plugin.md#destroy", {}},
    {"mortise.plugin/1.on_events", "Handles a batch of events of one subscription, in order. MORTISE_OK acknowledges the first 'done' of them together with the unit of work; the others come again. On an error the unit is abandoned, and 'done' tells how many went well before the one that failed, so that the host can get round it.", "strand",
     "docs/reference/interfaces/plugin.md#on_events", errors_of_plugin_on_events},
    {"mortise.plugin/1.on_hook", "Looks at changes before they are written. It is a pure function: the same drafts give the same verdicts, on any thread, at the same time as other calls of the plugin. It writes one verdict for each draft that it amends or refuses: {index: int, set: {field: value}} or {index: int, refuse: {field: text, key: text, message: text}}.", "hook",
     "docs/reference/interfaces/plugin.md#on_hook", {}},
    {"mortise.plugin/1.on_command", "Runs a command. Its unit of work commits with the answer when it returns MORTISE_OK.", "strand",
     "docs/reference/interfaces/plugin.md#on_command", {}},
    {"mortise.plugin/1.on_answer", "Brings the answer to a command that was posted.", "strand",
     "docs/reference/interfaces/plugin.md#on_answer", {}},
    {"mortise.plugin/1.on_job", "Runs a job, on a thread of its own, beside the strand. It may run again from the start after a crash.", "job",
     "docs/reference/interfaces/plugin.md#on_job", errors_of_plugin_on_job},
    {"mortise.plugin/1.settings_changed", "Tells that settings have changed and what they are now.", "strand",
     "docs/reference/interfaces/plugin.md#settings_changed", {}},
    {"mortise.plugin/1.migrate", "Rewrites records of one type after an upgrade, in batches: reads some records behind 'after', stages their new values and says how far it came. The host commits each batch with its place, and calls again until 'next' is 0.", "job",
     "docs/reference/interfaces/plugin.md#migrate", {}},
};

inline constexpr std::string_view status_page = "docs/reference/interfaces/error.md";

inline constexpr DescribedStatus described_statuses[]{
    {-1, "invalid", "an argument or a value breaks a rule that its description states", false},
    {-2, "null", "a pointer that must not be null is null", false},
    {-3, "size", "a struct, table or value is smaller than its first release", false},
    {-4, "thread", "the function may not be called from this thread or from inside this callback", true},
    {-5, "revoked", "'self' is stale or forged: the plugin was closed", true},
    {-6, "refused", "a hook, a rule or a command said no; 'key' names the reason", false},
    {-7, "not_found", "no such record, name or thing", false},
    {-8, "conflict", "the record has another version than the one expected", false},
    {-9, "denied", "the caller has no right to it; 'where' names the permission", false},
    {-10, "limit", "a quota is used up or a value is too large", false},
    {-11, "busy", "too much is waiting already; nothing happened, ask again later", false},
    {-12, "retry", "nothing happened, and the same call may work if it is run again", false},
    {-13, "outcome_unknown", "it may have happened: ask for the unit of work by its key", false},
    {-14, "unsupported", "this side does not have the interface, function or option", false},
    {-15, "cancelled", "the caller, or the receiver of a sink, stopped it", false},
    {-16, "timeout", "the callee did not answer in time", true},
    {-17, "io", "disk, network or another system failed", false},
    {-18, "exception", "code threw what nobody caught; the message has its text", false},
    {-19, "crashed", "the plugin's process ended during the call", true},
    {-20, "deadlock", "waiting would close a circle of plugins that wait for each other", true},
    {-21, "state", "right call, wrong moment: see the function's words", false},
    {-22, "exists", "there is one with that name or unique value already", false},
    {-23, "internal", "a bug in the callee", false},
};

} // namespace mortise::testkit
