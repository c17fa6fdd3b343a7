#include "control/api.hpp"

#include "base/time_text.hpp"
#include "control/method_rights.hpp"
#include "control/nearest.hpp"
#include "control/rpc.hpp"
#include "records/audit/act_scope.hpp"
#include "records/audit/audit_writer.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

namespace mortise::host {
namespace {

/// Ends a call in its session's book however the handler is left.
class CallEntry {
public:
    CallEntry(Session& session, const boost::json::value& id)
        : m_session{session},
          m_id{id},
          m_stop{session.begin_call(id)}
    {
    }
    CallEntry(const CallEntry&) = delete;
    CallEntry& operator=(const CallEntry&) = delete;
    ~CallEntry() { m_session.end_call(m_id); }

    const std::stop_token& stop() const noexcept { return m_stop; }

private:
    Session& m_session;
    const boost::json::value& m_id;
    std::stop_token m_stop;
};

Error cancelled()
{
    return {ErrorCode::cancelled, "the call was cancelled", "control.cancelled", {}, {}};
}

/// Those that a client may name; the others are the host's own.
constexpr std::array<std::string_view, 4> channels{"console", "api", "agent", "public"};

const std::vector<Param>& context_params()
{
    static const std::vector<Param> params{
        {"idempotency_key", ParamKind::text, "the same key with the same params does a thing once"},
        {"locale", ParamKind::text, "language of messages, such as \"en\""},
        {"request", ParamKind::text, "names the request in the audit trail"},
        {"dry_run", ParamKind::boolean, "say what would happen, and do nothing"},
        {"channel", ParamKind::text, "how it came in: console, api (the default), agent or public"},
        {"expected_version", ParamKind::integer, "the version that the record at hand must still have"},
        {"as_of", ParamKind::text, "show things as they were then, such as 2026-11-25T08:00:00Z"},
    };
    return params;
}

/// Refusals of the same call by the same account are told of so seldom.
constexpr std::chrono::minutes between_refusals{1};

/// Reads that are told of before they begin, since what they give out cannot be taken back.
bool takes_data_out(std::string_view method)
{
    return method == "export.run" || method == "backup.run";
}

/// Methods whose work tells of itself by events; what they write besides is bookkeeping.
bool tells_by_events(std::string_view method)
{
    return method.starts_with("records.") || method.starts_with("upload.") || method == "import.run"
        || method == "events.publish";
}

AuditAct act_of(const Session& session, const Method& method)
{
    AuditAct act;
    act.actor = "nobody"; // until it is known
    act.account = session.os_user();
    act.client = session.client();
    act.way = method.name;
    act.tells = !tells_by_events(method.name);
    return act;
}

void add_detail(boost::json::object& detail, const boost::json::object& params)
{
    constexpr std::array<std::string_view, 30> telling{
        "id",
        "plugin",
        "name",
        "vendor",
        "user",
        "type",
        "format",
        "target",
        "kind",
        "subscription",
        "permissions",
        "roles",
        "replace",
        "purge",
        "path",
        "bundle",
        "version",
        "catalog",
        "on",
        "action",
        "folder",
        "every_hours",
        "key_file",
        "rule",
        "what",
        "by",
        "types",
        "class",
        "older_than_days",
        "how"
    };
    constexpr std::size_t longest = 500;
    for (const std::string_view name : telling) {
        const boost::json::value* value = params.if_contains(name);
        if (!value || value->is_object() || boost::json::serialize(*value).size() > longest) continue;
        detail[name] = *value;
    }
    if (params.contains("where")) detail["filtered"] = true;
}

/// What a call is about: names of things, and neither values nor conditions, which may tell of people.
std::string detail_of(const boost::json::object& params)
{
    boost::json::object detail;
    add_detail(detail, params);
    if (const boost::json::value* rule = params.if_contains("rule"); rule && rule->is_object())
        add_detail(detail, rule->get_object());
    return boost::json::serialize(detail);
}

} // namespace

Result<void> Call::send_chunk(boost::json::value chunk)
{
    if (m_stop.stop_requested() || !m_session.outlet().wait_for_room(m_stop)) return cancelled();
    m_session.outlet().notify("call.chunk", {{"call", m_id}, {"chunk", std::move(chunk)}});
    return {};
}

void Call::send_progress(boost::json::object progress)
{
    if (m_session.outlet().has_room())
        m_session.outlet().notify("call.progress", {{"call", m_id}, {"progress", std::move(progress)}});
}

void Api::add(Method method)
{
    std::string name = method.name;
    m_methods.emplace(std::move(name), std::move(method));
}

Result<CallContext> Api::context_of(const Session& session, boost::json::object& params) const
{
    CallContext context;
    MORTISE_TRY(context.principal, m_identify(session));
    context.client = session.client();
    context.channel = "api";
    const boost::json::value* given = params.if_contains("context");
    if (!given) return context;
    if (!given->is_object())
        return Error{ErrorCode::invalid, "context must be an object", "rpc.params", "/context", {}};
    auto checked = Arguments::check(context_params(), given->get_object());
    if (!checked) {
        Error error = std::move(checked).error();
        error.where.insert(0, "/context");
        return error;
    }
    context.idempotency_key = checked->text("idempotency_key");
    context.locale = checked->text("locale", context.locale);
    context.request = checked->text("request");
    context.dry_run = checked->flag("dry_run");
    context.expected_version = checked->integer("expected_version");
    context.channel = checked->text("channel", context.channel);
    if (std::ranges::find(channels, context.channel) == channels.end())
        return Error{
            ErrorCode::invalid,
            "there is no channel \"" + context.channel + '"',
            "rpc.params",
            "/context/channel",
            "it is console, api, agent or public"
        };
    if (const std::string when = checked->text("as_of"); !when.empty()) {
        auto as_of = parse_instant(when);
        if (!as_of) {
            Error error = std::move(as_of).error();
            error.where = "/context/as_of";
            return error;
        }
        context.as_of = *as_of;
    }
    params.erase("context");
    return context;
}

Result<boost::json::value> Api::call(
    Session& session, const boost::json::value& id, std::string_view method, boost::json::object params
) const
{
    const auto found = m_methods.find(method);
    if (found == m_methods.end()) {
        std::vector<std::string> names;
        names.reserve(m_methods.size());
        for (const auto& [name, declared] : m_methods)
            names.push_back(name);
        const std::string near = nearest(method, names);
        return Error{
            ErrorCode::not_found,
            "there is no method " + std::string{method.substr(0, 100)},
            "rpc.method",
            {},
            near.empty() ? "api.methods lists what there is" : "did you mean " + near + "?"
        };
    }
    AuditAct act = act_of(session, found->second);
    auto result = run(session, id, found->second, std::move(params), act);
    if (!result && result.error().code == ErrorCode::denied) tell_refusal(std::move(act), result.error());
    return result;
}

Result<boost::json::value> Api::run(
    Session& session,
    const boost::json::value& id,
    const Method& method,
    boost::json::object params,
    AuditAct& act
) const
{
    const CallEntry entry{session, id};
    try {
        MORTISE_TRY(CallContext context, context_of(session, params));
        act.actor = context.principal.name();
        act.detail = detail_of(params);
        MORTISE_CHECK(person_may_use(context.principal, method.name));
        MORTISE_TRY(const Arguments arguments, Arguments::check(method.params, std::move(params)));
        if (entry.stop().stop_requested()) return cancelled();
        if (takes_data_out(method.name) && !context.dry_run) MORTISE_CHECK(tell_first(act));
        const ActScope scope{method.effect == Effect::read ? nullptr : &act};
        Call call{session, id, std::move(context), entry.stop()};
        return method.handler(call, arguments);
    } catch (const std::exception& exception) {
        return Error{
            ErrorCode::internal,
            method.name + " failed: " + exception.what(),
            "control.exception",
            {},
            "this is a bug; please report it"
        };
    }
}

/// From a disk that takes nothing any more, data may be rescued without an entry.
Result<void> Api::tell_first(const AuditAct& act) const
{
    if (!m_tell) return {};
    auto told = m_tell(act);
    return told || told.error().key == "store.read_only" ? Result<void>{} : told;
}

/// Once in a while for the same call of the same account: who is refused all the time must not fill the disk.
void Api::tell_refusal(AuditAct act, const Error& error) const
{
    if (!m_tell) return;
    {
        const auto now = std::chrono::steady_clock::now();
        const std::scoped_lock lock{m_mutex};
        const auto [told, is_first] = m_refusals.emplace(act.account + ' ' + act.actor + ' ' + act.way, now);
        if (!is_first && now - told->second < between_refusals) return;
        told->second = now;
    }
    act.kind = audit_refused;
    boost::json::object detail = boost::json::parse(act.detail).as_object();
    detail["reason"] = error.key;
    act.detail = boost::json::serialize(detail);
    static_cast<void>(m_tell(act)); // it is refused all the same
}

std::string_view name_of(Effect effect) noexcept
{
    switch (effect) {
    case Effect::read:
        return "read";
    case Effect::write:
        return "write";
    case Effect::destructive:
        return "destructive";
    }
    return "write";
}

int rpc_code_of(const Error& error) noexcept
{
    if (error.key == "rpc.method") return rpc_code::method_not_found;
    if (error.key == "rpc.params") return rpc_code::invalid_params;
    return 0;
}

} // namespace mortise::host
