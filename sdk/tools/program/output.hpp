#pragma once

/// \file
/// What `mortise-sdk` prints: with --json exactly one JSON document on standard output, else lines for
/// people. Messages and errors go to standard error.

#include <mortise/result.hpp>

#include <boost/json/value.hpp>

#include <string_view>

namespace mortise::tool {

/// What `mortise-sdk` ends with.
enum class Exit : int {
    done = 0,
    failed = 1, ///< refused or failed
    usage = 2,
    denied = 4,
    unreachable = 5, ///< there is no host
};

/// Used by one thread at a time.
class Output {
public:
    explicit Output(bool json) : m_json{json} { }

    bool is_json() const noexcept { return m_json; }
    /// One document with --json; else the lines that `people` writes.
    template <class People>
    void print(const boost::json::value& json, People people)
    {
        if (m_json)
            document(json);
        else
            people();
    }
    /// Writes a line to standard output.
    void line(std::string_view text);
    /// Writes to standard output as it is.
    void raw(std::string_view text);
    /// Writes a line for people to standard error; not with --json.
    void note(std::string_view text);
    void error(const Error& error);

private:
    void document(const boost::json::value& json);

    bool m_json;
};

/// Tells the error on standard error and gives what to end with.
Exit report(Output& output, const Error& error);

/// An error of this program: its key is "sdk." and `name`.
Error tool_error(
    ErrorCode code, std::string_view name, std::string message, std::string where = {}, std::string hint = {}
);

} // namespace mortise::tool
