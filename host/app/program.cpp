#include "app/program.hpp"

#include "base/json.hpp"

#include <mortise/control/client.hpp>
#include <mortise/control/embedded.hpp>
#include <mortise/control/error_json.hpp>

#include <chrono>
#include <future>
#include <iostream>
#include <iterator>
#include <unistd.h>

namespace mortise::host {

Result<void> Program::connect()
{
    if (m_options.connect.empty()) {
        MORTISE_TRY(m_connection, control::open_or_connect(m_options.data));
    } else {
        MORTISE_TRY(m_connection, control::connect(m_options.connect));
    }
    boost::json::object hello{{"client", "cli"}};
    if (!m_options.user.empty()) hello["user"] = m_options.user;
    MORTISE_TRY(const boost::json::value answer, m_connection->call("host.hello", std::move(hello)));
    const boost::json::value* pid = answer.as_object().if_contains("pid");
    m_is_direct = pid && pid->is_int64() && pid->get_int64() == ::getpid();
    return {};
}

Result<control::Connection*> Program::connection()
{
    if (!m_connection) MORTISE_CHECK(connect());
    return m_connection.get();
}

Result<boost::json::value>
Program::call(std::string_view method, boost::json::object params, control::CallEvents events)
{
    MORTISE_TRY(control::Connection * open, connection());
    return open->call(method, std::move(params), std::move(events));
}

Result<boost::json::value>
Program::call_until_stopped(std::string_view method, boost::json::object params, control::CallEvents events)
{
    constexpr int look_every_ms = 20;
    MORTISE_TRY(control::Connection * open, connection());
    std::promise<Result<boost::json::value>> promise;
    auto answer = promise.get_future();
    const auto call = open->start(
        method,
        std::move(params),
        [&promise](Result<boost::json::value> result) { promise.set_value(std::move(result)); },
        std::move(events)
    );
    while (answer.wait_for(std::chrono::seconds{0}) != std::future_status::ready)
        if (stop_signals().wait(look_every_ms)) open->cancel(call);
    return answer.get();
}

StopSignals& Program::stop_signals()
{
    if (!m_stop_signals) m_stop_signals.emplace();
    return *m_stop_signals;
}

Result<void> Program::confirm(std::string_view question)
{
    if (m_options.yes) return {};
    const Error refused{
        ErrorCode::refused,
        std::string{question} + " was not confirmed",
        "cli.not_confirmed",
        {},
        "answer y, or add --yes"
    };
    if (::isatty(STDIN_FILENO) == 0) return refused;
    std::cerr << question << "? [y/N] " << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    if (answer == "y" || answer == "Y" || answer == "yes") return {};
    return refused;
}

Exit report(Output& output, const Error& error)
{
    output.error(error);
    if (error.code == ErrorCode::denied) return Exit::denied;
    if (error.key == "control.unreachable" || error.key == "control.closed" || error.key == "lease.held")
        return Exit::unreachable;
    if (error.key.starts_with("cli.usage")) return Exit::usage;
    return Exit::failed;
}

std::string argument_or_stdin(const std::string& argument)
{
    if (argument != "-") return argument;
    return {std::istreambuf_iterator<char>{std::cin}, {}};
}

Result<boost::json::object> read_object(const std::string& argument, std::string_view what)
{
    auto json = parse_json(argument_or_stdin(argument), what);
    if (!json) {
        Error error = std::move(json).error();
        error.key = "cli.usage.json";
        if (error.hint.empty()) error.hint = "give a JSON object, or - to read it from standard input";
        return error;
    }
    if (!json->is_object())
        return Error{
            ErrorCode::invalid, std::string{what} + " must be a JSON object", "cli.usage.json", {}, {}
        };
    return std::move(json->get_object());
}

} // namespace mortise::host
