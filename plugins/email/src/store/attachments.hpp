#pragma once

/// \file
/// Files of messages: kept with the host when a message is taken in or composed, read from records when one
/// is written.

#include "mime/message.hpp"

#include <mortise/host.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace mortise::plugins::email {

/// A file of a record, as a caller names it.
struct FileOf {
    std::string type;
    Id record;
    std::string field;
};

/// A name that the host takes for a file: without folders and control characters, and never empty.
std::string file_name(std::string_view name, std::string_view otherwise);
/// A media type that the host takes; "application/octet-stream" for what is none.
std::string media_type(std::string_view type);

/// Makes the `email_attachment` of each file of a message, in the unit, at most 200. Their contents are
/// handed in before; those of a unit that never commits are gone after a day.
void keep_attachments(const Host& host, const Message& message, Id id, Work& work);
/// Reads the files that a message is to carry, at most `most` bytes in all. Refuses what cannot be read, with
/// its place in `where`.
std::vector<Attachment>
read_attachments(const Host& host, const std::vector<FileOf>& files, std::size_t most);

/// The value for a field that holds a whole message, "message.eml".
Value keep_message(const Host& host, std::string_view source);
/// What `email_delivery` is to send: its text, or the file in its place.
std::string source_of(const Host& host, const Record& delivery);

} // namespace mortise::plugins::email
