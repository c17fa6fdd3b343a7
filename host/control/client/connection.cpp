#include <mortise/control/connection.hpp>

#include <future>

namespace mortise::control {

Result<boost::json::value>
Connection::call(std::string_view method, boost::json::object params, CallEvents events)
{
    if (is_callback_thread())
        return Error{
            ErrorCode::deadlock,
            "a callback waits for the call " + std::string{method} + ", whose answer only comes after it",
            "control.deadlock",
            {},
            "use start()"
        };
    std::promise<Result<boost::json::value>> answered;
    auto answer = answered.get_future();
    start(
        method,
        std::move(params),
        [&answered](Result<boost::json::value> result) { answered.set_value(std::move(result)); },
        std::move(events)
    );
    return answer.get();
}

} // namespace mortise::control
