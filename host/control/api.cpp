#include "control/api.hpp"

#include "base/time_text.hpp"
#include "control/method_rights.hpp"
#include "control/nearest.hpp"
#include "control/rpc.hpp"

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
    const CallEntry entry{session, id};
    try {
        MORTISE_TRY(CallContext context, context_of(session, params));
        MORTISE_CHECK(person_may_use(context.principal, found->first));
        MORTISE_TRY(const Arguments arguments, Arguments::check(found->second.params, std::move(params)));
        if (entry.stop().stop_requested()) return cancelled();
        Call call{session, id, std::move(context), entry.stop()};
        return found->second.handler(call, arguments);
    } catch (const std::exception& exception) {
        return Error{
            ErrorCode::internal,
            std::string{method} + " failed: " + exception.what(),
            "control.exception",
            {},
            "this is a bug; please report it"
        };
    }
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
