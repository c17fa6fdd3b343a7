#include "control/service.hpp"

namespace mortise::host {
namespace {

Result<boost::json::value> cancel(Session& session, const boost::json::object& params)
{
    const boost::json::value* call = params.if_contains("call");
    if (!call)
        return Error{
            ErrorCode::invalid, "call is missing", "rpc.params", "/call", "the id of the request to give up"
        };
    return boost::json::value(boost::json::object{{"cancelled", session.cancel_call(*call)}});
}

} // namespace

void Service::handle(std::shared_ptr<Session> session, RpcRequest request, Done done)
{
    // Not on a worker: it must get through when all of them are busy.
    if (request.method == "call.cancel") return done(cancel(*session, request.params));
    auto shared_done = std::make_shared<Done>(std::move(done));
    const bool taken = m_workers.post(
        [this, session = std::move(session), request = std::move(request), shared_done]() mutable {
            (*shared_done)(m_api.call(*session, request.id, request.method, std::move(request.params)));
        }
    );
    if (!taken)
        (*shared_done)(Error{
            ErrorCode::busy, "the host is stopping", "control.stopping", {}, "try again when it is back"
        });
}

} // namespace mortise::host
