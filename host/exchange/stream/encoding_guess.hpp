#pragma once

/// \file
/// Tells in which encoding bytes are text. Pure; any thread.

#include "exchange/stream/text_source.hpp"

#include <optional>
#include <string_view>

namespace mortise::host {

/// The encoding of a byte order mark at the start, and how many bytes that has.
struct ByteOrderMark {
    std::string_view encoding;
    std::size_t size{0};
};
std::optional<ByteOrderMark> find_byte_order_mark(std::string_view bytes) noexcept;

/// UTF-16LE or UTF-16BE if the zeros of Latin letters, digits and separators stand where they must.
std::optional<std::string_view> find_utf16(std::string_view bytes) noexcept;

/// For text that has bytes beyond ASCII and no mark. UTF-8 if it is that, a character cut at the end and a
/// few damaged ones allowed; else windows-1252, the superset of ISO-8859-1 that Western programs write,
/// unless the bytes speak for another script: then that one, not certain.
TextEncoding guess_encoding(std::string_view bytes);

} // namespace mortise::host
