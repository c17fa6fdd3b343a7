#pragma once

/// \file
/// Makes a message: a header that nothing can be injected into, text and HTML in an encoding that every
/// server takes.

#include "mime/headers.hpp"
#include "mime/message.hpp"

#include <mortise/result.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::plugins::email {

struct Draft {
    Address from;
    Address to;
    std::vector<Address> cc;
    Address reply_to; ///< empty for none
    std::string subject;
    std::string text;
    std::string html; ///< empty for none
    std::vector<Attachment> attachments;
    std::string message_id; ///< without angle brackets
    std::string in_reply_to; ///< without angle brackets; empty for none
    std::vector<std::string> references;
    std::int64_t date{0}; ///< seconds since 1970
    std::string unsubscribe_url; ///< https; empty for none
    std::string unsubscribe_address; ///< empty for none
};

struct Composed {
    std::string message; ///< lines end with a line feed
    std::string envelope_from;
    bool needs_utf8{false}; ///< an address before the @ is beyond ASCII
};

/// Refuses what does not belong into a header: line ends, control characters, addresses that are none.
Result<Composed> compose(const Draft& draft);

/// A Message-ID that nobody else has, at the domain of an address.
std::string new_message_id(std::string_view address);

} // namespace mortise::plugins::email
