#pragma once

/// \file
/// The one place that knows how to speak HTTP.

#include <functional>
#include <string>

namespace my_plugin {

struct Request {
    std::string url;
    std::string body;
    std::string token; ///< empty: no Authorization
    std::string key; ///< Idempotency-Key
    long timeout_seconds{10};
};

struct Response {
    long status{0}; ///< 0: there was no answer
    std::string problem; ///< why
};

/// What to do with an answer.
enum class Outcome { done, try_later, give_up };
Outcome judge(const Response& response);

/// Sends a JSON body with POST, and waits. `is_cancelled` is asked now and then.
Response post(const Request& request, const std::function<bool()>& is_cancelled);

} // namespace my_plugin
