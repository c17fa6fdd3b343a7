#pragma once

/// \file
/// Whether a message was sent by a machine: an answer that nobody wrote must not stop a follow-up as a reply
/// does, and must never be answered.

#include "mime/message.hpp"

#include <string>
#include <string_view>

namespace mortise::plugins::email {

struct Automatic {
    AutomaticKind kind{AutomaticKind::none};
    std::string because;
};

/// By RFC 3834 and by what was written before it; at last by the subject.
Automatic detect_automatic(const Headers& headers, std::string_view subject);

} // namespace mortise::plugins::email
