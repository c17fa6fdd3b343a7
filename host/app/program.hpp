#pragma once

/// \file
/// What every verb of `mortise` works with: the options that all verbs have, the way to the host, and the
/// output.

#include "app/output.hpp"
#include "app/signals.hpp"

#include <mortise/control/connection.hpp>
#include <mortise/result.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mortise::host {

/// What `mortise` ends with.
enum class Exit : int {
    done = 0,
    failed = 1, ///< refused or failed
    usage = 2,
    partly = 3, ///< some rows were refused
    denied = 4,
    unreachable = 5,
};

struct GlobalOptions {
    std::filesystem::path data{};
    std::filesystem::path connect{}; ///< the socket of a host; empty: the one that serves the data folder
    bool json{false};
    bool yes{false};
    std::string user{};
};

/// Used by the main thread.
class Program {
public:
    explicit Program(GlobalOptions options) : m_options{std::move(options)}, m_output{m_options.json} { }

    const GlobalOptions& options() const noexcept { return m_options; }
    Output& output() noexcept { return m_output; }

    /// The connection to the host that serves the data folder, or to one of our own over it; made at the
    /// first call.
    Result<control::Connection*> connection();
    /// Calls a method of the control API and waits.
    Result<boost::json::value>
    call(std::string_view method, boost::json::object params = {}, control::CallEvents events = {});
    /// The same for what takes long: an interrupt cancels it. `stop_signals` must have been called before
    /// `connection`.
    Result<boost::json::value>
    call_until_stopped(std::string_view method, boost::json::object params, control::CallEvents events);
    /// Whether the host is this process, so that it can open the files that we can.
    bool is_direct() const noexcept { return m_is_direct; }
    void disconnect() { m_connection.reset(); }
    /// SIGINT and SIGTERM; from the first call on they no longer end the process. Call it before
    /// `connection()`.
    StopSignals& stop_signals();
    /// Asks a person, unless --yes was given; refuses when nobody can be asked. `question` names what will
    /// happen.
    Result<void> confirm(std::string_view question);

private:
    Result<void> connect();

    GlobalOptions m_options;
    Output m_output;
    std::optional<StopSignals> m_stop_signals;
    std::unique_ptr<control::Connection> m_connection;
    bool m_is_direct{false};
};

/// Tells the error on stderr and returns what to end with.
Exit report(Output& output, const Error& error);

/// The argument, or all of standard input if it is "-".
std::string argument_or_stdin(const std::string& argument);
/// Reads a JSON object from an argument or from standard input.
Result<boost::json::object> read_object(const std::string& argument, std::string_view what);

} // namespace mortise::host
