#pragma once

/// \file
/// A message as the rest of the plugin knows it: everything read out of its bytes, within limits. Reading
/// never fails; what was odd about a message stands among its problems.

#include "mime/entity.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::plugins::email {

struct Attachment {
    std::string name; ///< safe; may be empty
    std::string type; ///< "image/png"
    std::string content_id; ///< without angle brackets; may be empty
    std::string content; ///< decoded
    bool is_inline{false}; ///< shown within the text, not beside it
};

/// Why a message was sent by a machine in answer to another, if it was.
enum class AutomaticKind : std::uint8_t {
    none,
    reply, ///< out of office, vacation, receipt
    generated, ///< sent by a program, not in answer
    list, ///< bulk mail and mailing lists
};

struct Message {
    std::string message_id; ///< without angle brackets
    std::vector<std::string> in_reply_to;
    std::vector<std::string> references; ///< oldest first
    std::vector<Address> from;
    std::vector<Address> sender;
    std::vector<Address> reply_to;
    std::vector<Address> to;
    std::vector<Address> cc;
    std::vector<Address> bcc;
    std::vector<std::string> delivered_to;
    std::string subject;
    bool date_is_own{false}; ///< `date` is what the sender wrote
    std::optional<std::int64_t> date; ///< seconds since 1970: that of the sender, else of the last hop
    std::string text; ///< what is read: plain text, or that of the HTML
    std::string html; ///< safe to show; empty if there is none
    std::size_t remote_images{0}; ///< taken out of the HTML
    bool is_cut{false}; ///< text or HTML is longer than what is kept
    std::vector<Attachment> attachments;
    AutomaticKind automatic{AutomaticKind::none};
    std::string automatic_because; ///< the header that says so
    std::string list_unsubscribe;
    std::string list_id;
    std::string authentication; ///< Authentication-Results of the receiving server
    std::string header; ///< all fields as they came, as text
    std::size_t size{0};
    std::vector<std::string> problems;
};

/// Reads a message. `entity`, when given, takes the parts, which look into `bytes`.
Message read_message(std::string_view bytes, const Limits& limits = {}, Entity* entity = nullptr);

/// The subject without "Re:", "Fwd:", "AW:" and the like, in lower case: what threads share.
std::string base_subject(std::string_view subject);

} // namespace mortise::plugins::email
