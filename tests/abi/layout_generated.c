/* clang-format off */
/* Generated from sdk/interfaces; do not edit. */
/* A line that changes here breaks plugins that were built before. */
#include <mortise/abi/mortise.h>

#include <stddef.h>

#define SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), #type " has changed its size")
#define PLACE(type, member, bytes) _Static_assert(offsetof(type, member) == (bytes), #type "." #member " has moved")
#define NUMBER(constant, value) _Static_assert((constant) == (value), #constant " has changed")

/* mortise.error/1 */
NUMBER(MORTISE_OK, 0);
NUMBER(MORTISE_E_INVALID, -1);
NUMBER(MORTISE_E_NULL, -2);
NUMBER(MORTISE_E_SIZE, -3);
NUMBER(MORTISE_E_THREAD, -4);
NUMBER(MORTISE_E_REVOKED, -5);
NUMBER(MORTISE_E_REFUSED, -6);
NUMBER(MORTISE_E_NOT_FOUND, -7);
NUMBER(MORTISE_E_CONFLICT, -8);
NUMBER(MORTISE_E_DENIED, -9);
NUMBER(MORTISE_E_LIMIT, -10);
NUMBER(MORTISE_E_BUSY, -11);
NUMBER(MORTISE_E_RETRY, -12);
NUMBER(MORTISE_E_OUTCOME_UNKNOWN, -13);
NUMBER(MORTISE_E_UNSUPPORTED, -14);
NUMBER(MORTISE_E_CANCELLED, -15);
NUMBER(MORTISE_E_TIMEOUT, -16);
NUMBER(MORTISE_E_IO, -17);
NUMBER(MORTISE_E_EXCEPTION, -18);
NUMBER(MORTISE_E_CRASHED, -19);
NUMBER(MORTISE_E_DEADLOCK, -20);
NUMBER(MORTISE_E_STATE, -21);
NUMBER(MORTISE_E_EXISTS, -22);
NUMBER(MORTISE_E_INTERNAL, -23);
SIZE(mortise_error, 512);
PLACE(mortise_error, size, 0);
PLACE(mortise_error, code, 4);
PLACE(mortise_error, key, 8);
PLACE(mortise_error, where, 72);
PLACE(mortise_error, message, 200);

/* mortise.value/1 */
NUMBER(MORTISE_KIND_NULL, 0);
NUMBER(MORTISE_KIND_BOOL, 1);
NUMBER(MORTISE_KIND_INT, 2);
NUMBER(MORTISE_KIND_DOUBLE, 3);
NUMBER(MORTISE_KIND_DECIMAL, 4);
NUMBER(MORTISE_KIND_MONEY, 5);
NUMBER(MORTISE_KIND_TEXT, 6);
NUMBER(MORTISE_KIND_BYTES, 7);
NUMBER(MORTISE_KIND_TIME, 8);
NUMBER(MORTISE_KIND_ID, 9);
NUMBER(MORTISE_KIND_LIST, 10);
NUMBER(MORTISE_KIND_MAP, 11);
NUMBER(MORTISE_TIME_INSTANT, 0);
NUMBER(MORTISE_TIME_DATE, 1);
NUMBER(MORTISE_TIME_OF_DAY, 2);
NUMBER(MORTISE_TIME_DURATION, 3);
SIZE(mortise_value, 16);
PLACE(mortise_value, kind, 0);
PLACE(mortise_value, scale, 1);
PLACE(mortise_value, unit, 2);
PLACE(mortise_value, count, 4);
PLACE(mortise_value, as, 8);
SIZE(mortise_entry, 32);
PLACE(mortise_entry, key_hash, 0);
PLACE(mortise_entry, key_size, 4);
PLACE(mortise_entry, key_offset, 8);
PLACE(mortise_entry, value, 16);
SIZE(mortise_tree, 16);
PLACE(mortise_tree, root, 0);
PLACE(mortise_tree, bytes, 8);

/* mortise.root/1 */
SIZE(mortise_text, 16);
PLACE(mortise_text, data, 0);
PLACE(mortise_text, size, 8);
SIZE(mortise_interface, 8);
PLACE(mortise_interface, size, 0);
PLACE(mortise_interface, revision, 4);
SIZE(mortise_sink, 16);
PLACE(mortise_sink, context, 0);
PLACE(mortise_sink, write, 8);
SIZE(mortise_host, 16);
PLACE(mortise_host, head, 0);
PLACE(mortise_host, query, 8);

/* mortise.log/1 */
NUMBER(MORTISE_LEVEL_DEBUG, 1);
NUMBER(MORTISE_LEVEL_INFO, 2);
NUMBER(MORTISE_LEVEL_WARNING, 3);
NUMBER(MORTISE_LEVEL_ERROR, 4);
SIZE(mortise_log, 16);
PLACE(mortise_log, write, 8);

/* mortise.clock/1 */
SIZE(mortise_clock, 16);
PLACE(mortise_clock, now, 8);

/* mortise.time/1 */
NUMBER(MORTISE_WALL_EARLIER, 0);
NUMBER(MORTISE_WALL_LATER, 1);
NUMBER(MORTISE_WALL_EXACT, 2);
NUMBER(MORTISE_UNIT_DAY, 1);
NUMBER(MORTISE_UNIT_WEEK, 2);
NUMBER(MORTISE_UNIT_MONTH, 3);
NUMBER(MORTISE_UNIT_QUARTER, 4);
NUMBER(MORTISE_UNIT_YEAR, 5);
SIZE(mortise_time, 48);
PLACE(mortise_time, to_wall, 8);
PLACE(mortise_time, to_time, 16);
PLACE(mortise_time, bounds, 24);
PLACE(mortise_time, next, 32);
PLACE(mortise_time, zones, 40);

/* mortise.records/1 */
NUMBER(MORTISE_OPERATION_CREATE, 1);
NUMBER(MORTISE_OPERATION_UPDATE, 2);
NUMBER(MORTISE_OPERATION_DELETE, 3);
NUMBER(MORTISE_OPERATION_RESTORE, 4);
SIZE(mortise_operation, 56);
NUMBER(MORTISE_OPERATION_MIN_SIZE, 56);
PLACE(mortise_operation, size, 0);
PLACE(mortise_operation, kind, 4);
PLACE(mortise_operation, type, 8);
PLACE(mortise_operation, id, 24);
PLACE(mortise_operation, version, 32);
PLACE(mortise_operation, values, 40);
SIZE(mortise_draft, 88);
NUMBER(MORTISE_DRAFT_MIN_SIZE, 88);
PLACE(mortise_draft, size, 0);
PLACE(mortise_draft, kind, 4);
PLACE(mortise_draft, type, 8);
PLACE(mortise_draft, id, 24);
PLACE(mortise_draft, before, 32);
PLACE(mortise_draft, after, 48);
PLACE(mortise_draft, related, 64);
PLACE(mortise_draft, time, 80);
SIZE(mortise_unit, 32);
NUMBER(MORTISE_UNIT_MIN_SIZE, 32);
PLACE(mortise_unit, size, 0);
PLACE(mortise_unit, flags, 4);
PLACE(mortise_unit, key, 8);
PLACE(mortise_unit, cause, 24);
SIZE(mortise_records, 72);
PLACE(mortise_records, reserve, 8);
PLACE(mortise_records, get, 16);
PLACE(mortise_records, find, 24);
PLACE(mortise_records, begin, 32);
PLACE(mortise_records, stage, 40);
PLACE(mortise_records, commit, 48);
PLACE(mortise_records, abandon, 56);
PLACE(mortise_records, bind_hook, 64);

/* mortise.query/1 */
SIZE(mortise_query_options, 32);
NUMBER(MORTISE_QUERY_OPTIONS_MIN_SIZE, 32);
PLACE(mortise_query_options, size, 0);
PLACE(mortise_query_options, deadline_ms, 4);
PLACE(mortise_query_options, as_of, 8);
PLACE(mortise_query_options, at_least, 16);
PLACE(mortise_query_options, max_rows, 24);
SIZE(mortise_query, 24);
PLACE(mortise_query, run, 8);
PLACE(mortise_query, named, 16);

/* mortise.events/1 */
NUMBER(MORTISE_EVENT_DECLARED, 0);
NUMBER(MORTISE_EVENT_AUDIT, 1);
NUMBER(MORTISE_EVENT_HISTORY, 2);
NUMBER(MORTISE_EVENT_TELEMETRY, 3);
SIZE(mortise_event, 192);
NUMBER(MORTISE_EVENT_MIN_SIZE, 192);
PLACE(mortise_event, size, 0);
PLACE(mortise_event, version, 4);
PLACE(mortise_event, kind, 8);
PLACE(mortise_event, flags, 12);
PLACE(mortise_event, sequence, 16);
PLACE(mortise_event, id, 24);
PLACE(mortise_event, source, 40);
PLACE(mortise_event, type, 56);
PLACE(mortise_event, subject, 72);
PLACE(mortise_event, subject_type, 80);
PLACE(mortise_event, time, 96);
PLACE(mortise_event, recorded, 104);
PLACE(mortise_event, actor, 112);
PLACE(mortise_event, client, 128);
PLACE(mortise_event, correlation, 144);
PLACE(mortise_event, causation, 152);
PLACE(mortise_event, links, 160);
PLACE(mortise_event, data, 176);
SIZE(mortise_event_draft, 72);
NUMBER(MORTISE_EVENT_DRAFT_MIN_SIZE, 72);
PLACE(mortise_event_draft, size, 0);
PLACE(mortise_event_draft, kind, 4);
PLACE(mortise_event_draft, type, 8);
PLACE(mortise_event_draft, subject, 24);
PLACE(mortise_event_draft, time, 32);
PLACE(mortise_event_draft, links, 40);
PLACE(mortise_event_draft, data, 56);
SIZE(mortise_events, 24);
PLACE(mortise_events, bind, 8);
PLACE(mortise_events, publish, 16);

/* mortise.commands/1 */
SIZE(mortise_call_options, 64);
NUMBER(MORTISE_CALL_OPTIONS_MIN_SIZE, 64);
PLACE(mortise_call_options, size, 0);
PLACE(mortise_call_options, preview, 4);
PLACE(mortise_call_options, key, 8);
PLACE(mortise_call_options, timeout_ms, 24);
PLACE(mortise_call_options, version, 32);
PLACE(mortise_call_options, as_of, 40);
PLACE(mortise_call_options, locale, 48);
SIZE(mortise_commands, 32);
PLACE(mortise_commands, bind, 8);
PLACE(mortise_commands, call, 16);
PLACE(mortise_commands, post, 24);

/* mortise.settings/1 */
SIZE(mortise_settings, 16);
PLACE(mortise_settings, get, 8);

/* mortise.secrets/1 */
SIZE(mortise_secrets, 16);
PLACE(mortise_secrets, reveal, 8);

/* mortise.jobs/1 */
SIZE(mortise_job_options, 32);
NUMBER(MORTISE_JOB_OPTIONS_MIN_SIZE, 32);
PLACE(mortise_job_options, size, 0);
PLACE(mortise_job_options, attempts, 4);
PLACE(mortise_job_options, key, 8);
PLACE(mortise_job_options, due, 24);
SIZE(mortise_jobs, 48);
PLACE(mortise_jobs, bind, 8);
PLACE(mortise_jobs, start, 16);
PLACE(mortise_jobs, progress, 24);
PLACE(mortise_jobs, cancelled, 32);
PLACE(mortise_jobs, cancel, 40);

/* mortise.blobs/1 */
SIZE(mortise_blobs, 56);
PLACE(mortise_blobs, begin, 8);
PLACE(mortise_blobs, write, 16);
PLACE(mortise_blobs, finish, 24);
PLACE(mortise_blobs, open, 32);
PLACE(mortise_blobs, read, 40);
PLACE(mortise_blobs, close, 48);

/* mortise.consent/1 */
SIZE(mortise_send_request, 56);
NUMBER(MORTISE_SEND_REQUEST_MIN_SIZE, 56);
PLACE(mortise_send_request, size, 0);
PLACE(mortise_send_request, only_ask, 4);
PLACE(mortise_send_request, contact, 8);
PLACE(mortise_send_request, point, 16);
PLACE(mortise_send_request, channel, 24);
PLACE(mortise_send_request, purpose, 40);
SIZE(mortise_consent, 24);
PLACE(mortise_consent, ask, 8);
PLACE(mortise_consent, redeem, 16);

/* mortise.net/1 */
NUMBER(MORTISE_NET_TLS_NONE, 0);
NUMBER(MORTISE_NET_TLS_DIRECT, 1);
SIZE(mortise_net_target, 48);
NUMBER(MORTISE_NET_TARGET_MIN_SIZE, 48);
PLACE(mortise_net_target, size, 0);
PLACE(mortise_net_target, tls, 4);
PLACE(mortise_net_target, host, 8);
PLACE(mortise_net_target, port, 24);
PLACE(mortise_net_target, timeout_ms, 28);
PLACE(mortise_net_target, server_name, 32);
SIZE(mortise_net, 64);
PLACE(mortise_net, connect, 8);
PLACE(mortise_net, start_tls, 16);
PLACE(mortise_net, read, 24);
PLACE(mortise_net, write, 32);
PLACE(mortise_net, wait, 40);
PLACE(mortise_net, describe, 48);
PLACE(mortise_net, close, 56);

/* mortise.plugin/1 */
SIZE(mortise_context, 160);
NUMBER(MORTISE_CONTEXT_MIN_SIZE, 160);
PLACE(mortise_context, size, 0);
PLACE(mortise_context, preview, 4);
PLACE(mortise_context, actor, 8);
PLACE(mortise_context, user, 24);
PLACE(mortise_context, key, 32);
PLACE(mortise_context, time, 48);
PLACE(mortise_context, deadline, 56);
PLACE(mortise_context, correlation, 64);
PLACE(mortise_context, causation, 72);
PLACE(mortise_context, request, 80);
PLACE(mortise_context, client, 96);
PLACE(mortise_context, channel, 112);
PLACE(mortise_context, locale, 128);
PLACE(mortise_context, version, 144);
PLACE(mortise_context, as_of, 152);
PLACE(mortise_plugin, impl, 8);
SIZE(mortise_plugin, 96);
PLACE(mortise_plugin, activate, 16);
PLACE(mortise_plugin, quiesce, 24);
PLACE(mortise_plugin, destroy, 32);
PLACE(mortise_plugin, on_events, 40);
PLACE(mortise_plugin, on_hook, 48);
PLACE(mortise_plugin, on_command, 56);
PLACE(mortise_plugin, on_answer, 64);
PLACE(mortise_plugin, on_job, 72);
PLACE(mortise_plugin, settings_changed, 80);
PLACE(mortise_plugin, migrate, 88);
