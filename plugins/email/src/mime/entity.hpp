#pragma once

/// \file
/// The parts of a message: split within limits, and decoded one by one. Looks into the message, which must
/// outlive it.

#include "mime/charset.hpp"
#include "mime/headers.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::plugins::email {

/// A part with its own parts. A nested message (message/rfc822) has one part, which is that message.
struct Entity {
    Headers headers;
    ContentType type;
    Disposition disposition;
    std::string encoding; ///< Content-Transfer-Encoding, lower case
    std::string_view body; ///< as it is in the message, still encoded
    std::vector<Entity> parts;
    std::shared_ptr<std::string> decoded; ///< what `parts` look into, if the part was encoded as a whole

    bool is_multipart() const { return type.type == "multipart" && !parts.empty(); }
    bool is_message() const { return type.type == "message" && !parts.empty(); }
    /// The file name that the part gives itself, safe; may be empty.
    std::string file_name() const;
};

/// What did not fit or was not as it should be, once each, in words for people.
class Problems {
public:
    void add(std::string problem);
    const std::vector<std::string>& all() const noexcept { return m_all; }

private:
    std::vector<std::string> m_all;
};

/// Splits a message into its parts.
Entity parse_entity(std::string_view message, const Limits& limits, Problems& problems);

/// The bytes of a part, with base64, quoted-printable and uuencode undone; at most `most` bytes.
std::string decode_body(const Entity& part, std::size_t most);
/// The text of a part whose type is text, by its charset.
Decoded decode_text_part(const Entity& part, std::size_t most);

} // namespace mortise::plugins::email
