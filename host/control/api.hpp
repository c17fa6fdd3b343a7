#pragma once

/// \file
/// The control API: every method by its name, with what it takes, what it does to the world, and its handler.
/// The command line, the console and every other client go through `Api::call`, in process or over the
/// socket. How it looks from outside is told in docs/reference/control-api.md.

#include "access/principal.hpp"
#include "commands/registry.hpp"
#include "control/arguments.hpp"
#include "control/session.hpp"

#include <mortise/result.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

struct AuditAct;

/// One call under way, as its handler sees it. Used by the handler's thread.
class Call {
public:
    Call(Session& session, boost::json::value id, CallContext context, std::stop_token stop)
        : // Parentheses: with braces a JSON value becomes an array of one.
          m_session{session},
          m_id(std::move(id)),
          m_context{std::move(context)},
          m_stop{std::move(stop)}
    {
    }

    const CallContext& context() const noexcept { return m_context; }
    const Principal& principal() const noexcept { return m_context.principal; }
    Session& session() noexcept { return m_session; }
    const std::stop_token& stop() const noexcept { return m_stop; }

    /// Sends a part of the answer ahead. Waits while the client is behind. Fails with `cancelled` when the
    /// call was cancelled or the client has gone.
    Result<void> send_chunk(boost::json::value chunk);
    /// Tells how far it got. Left out when the client is behind. Never waits.
    void send_progress(boost::json::object progress);

private:
    Session& m_session;
    boost::json::value m_id;
    CallContext m_context;
    std::stop_token m_stop;
};

using Handler = std::function<Result<boost::json::value>(Call&, const Arguments&)>;

struct Method {
    std::string name; ///< "records.list"
    std::string help; ///< what it does, one sentence
    std::vector<Param> params{};
    std::string result{}; ///< what comes back
    Effect effect{Effect::read};
    bool chunks{false}; ///< parts of the answer come ahead as "call.chunk"
    Handler handler{};
};

/// Thread-safety: methods are added before the first call; after that any thread may do anything.
class Api {
public:
    /// Tells in whose name a session's calls act. Asked before every call, so that a change of rights is felt
    /// at once.
    using Identify = std::function<Result<Principal>(const Session&)>;

    explicit Api(Identify identify) : m_identify{std::move(identify)} { }

    /// Writes an entry of the audit trail.
    using Tell = std::function<Result<void>(const AuditAct&)>;

    /// The name must be new.
    void add(Method method);
    /// Where exports, backups and refusals are told of. Set before the first call.
    void set_tell(Tell tell) { m_tell = std::move(tell); }
    /// By name.
    const std::map<std::string, Method, std::less<>>& methods() const noexcept { return m_methods; }

    /// Runs one call on this thread. Every method takes the param `context` besides its own:
    /// {"idempotency_key", "locale", "request", "dry_run"}.
    /// Errors, besides the method's own: key "rpc.method" if there is no such method, "rpc.params" for wrong
    /// params, `denied` if the session's user is unknown here.
    Result<boost::json::value> call(
        Session& session, const boost::json::value& id, std::string_view method, boost::json::object params
    ) const;

private:
    Result<CallContext> context_of(const Session& session, boost::json::object& params) const;
    Result<boost::json::value>
    run(Session& session,
        const boost::json::value& id,
        const Method& method,
        boost::json::object params,
        AuditAct& act) const;
    Result<void> tell_first(const AuditAct& act) const;
    void tell_refusal(AuditAct act, const Error& error) const;

    Identify m_identify;
    Tell m_tell;
    mutable std::mutex m_mutex; // guards what follows
    /// When a refusal was told of, by who and what.
    mutable std::map<std::string, std::chrono::steady_clock::time_point> m_refusals;
    std::map<std::string, Method, std::less<>> m_methods;
};

/// "read", "write" or "destructive".
std::string_view name_of(Effect effect) noexcept;

/// The code of JSON-RPC for an error of `Api::call`.
int rpc_code_of(const Error& error) noexcept;

} // namespace mortise::host
