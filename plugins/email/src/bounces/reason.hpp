#pragma once

/// \file
/// What a server's words mean: whether an address is gone for good, or something is in the way for now. Pure
/// functions of the words; the table of phrases is in reason.cpp.

#include <cstdint>
#include <string>
#include <string_view>

namespace mortise::plugins::email {

/// What became of a message for one address.
enum class BounceKind : std::uint8_t {
    hard, ///< the address does not take mail and will not
    soft, ///< not now: full, busy, refused for what was sent or for who sent it
    delayed, ///< still being tried; nothing is decided
    complaint, ///< whoever got it calls it spam
};

struct Reason {
    BounceKind kind{BounceKind::soft};
    std::string category{"other"}; ///< "unknown_user", "mailbox_full", ...: the names are in reason.cpp
    std::string status; ///< "5.1.1"; may be empty
    std::string because; ///< the phrase or code that decided
};

std::string_view name(BounceKind kind);

/// The enhanced status code (RFC 3463) in a text; empty if there is none. Addresses of hosts are none.
std::string find_status(std::string_view text);
/// The three digits of an SMTP reply in a text; 0 if there are none.
int find_reply_code(std::string_view text);

/// What a server said, with the status that stands beside it if any. `words` may have several lines.
Reason judge(std::string_view words, std::string_view status);
/// Whether any phrase of the table is in these words.
bool is_telling(std::string_view words);

} // namespace mortise::plugins::email
