#include "base/json.hpp"
#include "base/time_text.hpp"
#include "control/host.hpp"
#include "control/methods/answers.hpp"
#include "control/methods/methods.hpp"
#include "records/audit/audit_log.hpp"
#include "records/audit/audit_verify.hpp"

#include <atomic>
#include <chrono>

namespace mortise::host {
namespace {

constexpr std::size_t usual_page = 50;
constexpr std::size_t largest_page = 1000;

boost::json::object entry_json(const AuditEntry& entry)
{
    auto detail = parse_json(entry.detail, "detail");
    return {
        {"number", number_text(entry.number)},
        {"at", format_instant(entry.at)},
        {"actor", entry.actor},
        {"account", entry.account},
        {"client", entry.client},
        {"way", entry.way},
        {"kind", entry.kind},
        {"records", entry.records},
        {"events", entry.events},
        {"last_event", number_text(entry.last)},
        {"detail", detail ? *std::move(detail) : boost::json::value(entry.detail)},
        {"hash", hex(entry.hash)},
    };
}

Result<std::optional<Instant>> time_of(const Arguments& arguments, const char* name)
{
    if (!arguments.has(name)) return std::optional<Instant>{};
    auto time = parse_instant(arguments.text(name));
    if (time) return std::optional{*time};
    Error error = std::move(time).error();
    error.where = std::string{"/"} + name;
    return error;
}

Answer list(Host& host, const Arguments& arguments)
{
    AuditFilter filter;
    filter.person = arguments.text("person");
    filter.plugin = arguments.text("plugin");
    filter.kind = arguments.text("kind");
    MORTISE_TRY(filter.since, time_of(arguments, "since"));
    MORTISE_TRY(filter.until, time_of(arguments, "until"));
    filter.before = arguments.integer("before");
    filter.limit = arguments.count("limit", usual_page, largest_page);
    const ReadLease reader = host.database().read();
    MORTISE_TRY(const std::vector<AuditEntry> found, list_audit(*reader, filter));
    boost::json::array entries;
    for (const AuditEntry& entry : found)
        entries.emplace_back(entry_json(entry));
    return boost::json::value(boost::json::object{{"entries", std::move(entries)}});
}

Answer head(Host& host)
{
    const ReadLease reader = host.database().read();
    MORTISE_TRY(const AuditHead head, audit_head(*reader));
    return boost::json::value(boost::json::object{
        {"number", number_text(head.number)}, {"hash", hex(head.hash)}, {"head", text_of(head)}
    });
}

boost::json::array findings_json(const std::vector<AuditFinding>& findings)
{
    boost::json::array json;
    for (const AuditFinding& finding : findings)
        json.emplace_back(boost::json::object{{"entry", number_text(finding.entry)}, {"what", finding.what}});
    return json;
}

Answer verify(Host& host, Call& call, const Arguments& arguments)
{
    const auto began = std::chrono::steady_clock::now();
    std::atomic<bool> cancel{false};
    const std::stop_callback on_stop{call.stop(), [&cancel] { cancel = true; }};
    AuditVerifyOptions options{
        .on_progress = [&call](
                           std::uint64_t done, std::uint64_t all
                       ) { call.send_progress({{"step", "check entries"}, {"done", done}, {"all", all}}); },
        .cancel = &cancel,
    };
    MORTISE_TRY(const std::vector<std::string> heads, arguments.texts("heads"));
    for (const std::string& text : heads) {
        MORTISE_TRY(const AuditHead head, parse_audit_head(text));
        options.heads.push_back(head);
    }
    MORTISE_TRY(
        const auto reader, Connection::open(host.database().reader_settings())
    ); // one of its own: it is busy for long
    MORTISE_TRY(const AuditReport report, verify_audit(*reader, options));
    boost::json::array erased;
    for (const AuditErased& one : report.erased)
        erased.emplace_back(boost::json::object{{"entry", number_text(one.entry)}, {"events", one.events}});
    return boost::json::value(boost::json::object{
        {"ok", report.wrong == 0},
        {"entries", report.entries},
        {"events", report.events},
        {"rows", report.rows},
        {"before", report.before},
        {"purged", report.purged},
        {"expired", report.expired},
        {"erased", std::move(erased)},
        {"heads", heads.size()},
        {"wrong", report.wrong},
        {"findings", findings_json(report.findings)},
        {"remarks", findings_json(report.remarks)},
        {"head", text_of(report.head)},
        {"seconds", std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count()},
    });
}

} // namespace

void add_audit_methods(Api& api, Host& host)
{
    api.add({
        .name = "audit.list",
        .help = "Lists entries of the audit trail, the newest first; needs the capability audit",
        .params = {
            {"person", ParamKind::text, "only what this user did, by plugins too"},
            {"plugin", ParamKind::text, "only what this plugin did, and what was done to it"},
            {"kind", ParamKind::text, "type of an event, or method: contact.erased, plugins.*, refused"},
            {"since", ParamKind::text, "not before this time (RFC 3339)"},
            {"until", ParamKind::text, "before this time"},
            {"before", ParamKind::integer, "only entries with smaller numbers: those behind the last of a page"},
            {"limit", ParamKind::integer, "at most so many, 1 to 1000; without it 50"},
        },
        .result = "{entries: [{number, at, actor, account, client, way, kind, records, events, last_event, detail, hash}]}",
        .handler = [&host](Call&, const Arguments& arguments) { return list(host, arguments); },
    });
    api.add({
        .name = "audit.head",
        .help = "Tells the last entry of the audit trail, to be kept elsewhere; needs the capability audit",
        .result = "{number, hash, head: both in one text, as audit.verify takes it}",
        .handler = [&host](Call&, const Arguments&) { return head(host); },
    });
    api.add({
        .name = "audit.verify",
        .help = "Checks the audit trail and what it tells of; needs the capability audit",
        .params = {{"heads", ParamKind::list, "what audit.head gave before: the trail must still hold it"}},
        .result = "{ok, entries, events, rows, before, purged, expired, erased: [{entry, events}], heads, "
                  "wrong, findings: "
                  "[{entry, what}], remarks: [{entry, what}], head, seconds}",
        .handler = [&host](Call& call, const Arguments& arguments) { return verify(host, call, arguments); },
    });
}

} // namespace mortise::host
