#pragma once

/// \file
/// A host that answers as a test says: at once, late, wrong, or not at all.

#include <mortise/control/connection.hpp>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::ui::testing {

/// What the script says of each method. Outlives its connections. Thread-safety: any thread.
class Script {
public:
    using Reply = std::function<Result<boost::json::value>(const boost::json::object& params)>;
    /// Parts that come before the answer.
    using Parts = std::function<std::vector<boost::json::value>(const boost::json::object& params)>;

    void answer(const std::string& method, boost::json::value value);
    void answer(const std::string& method, Reply reply);
    void fail(const std::string& method, Error error);
    void send_parts(const std::string& method, Parts parts);
    /// Calls of the method stay without an answer until `release`.
    void hold(const std::string& method);
    void release(const std::string& method);
    /// How often it was called, and with what the last time.
    int calls(const std::string& method);
    boost::json::object last_params(const std::string& method);
    std::vector<boost::json::object> all_params(const std::string& method);

    Result<std::unique_ptr<control::Connection>> connect();
    /// The host goes: the connection breaks, and none can be made.
    void go_away();
    void come_back();
    void notify(std::string_view method, boost::json::object params);

private:
    friend class ScriptedConnection;

    struct Held {
        control::Connection::Answer answer;
        boost::json::object params;
    };

    Result<boost::json::value> reply_to(const std::string& method, const boost::json::object& params);

    std::mutex m_mutex;
    std::map<std::string, Reply> m_replies;
    std::map<std::string, Parts> m_parts;
    std::map<std::string, std::vector<Held>> m_held;
    std::map<std::string, std::vector<boost::json::object>> m_calls;
    class ScriptedConnection* m_connection{nullptr};
    bool m_is_away{false};
};

} // namespace mortise::ui::testing
