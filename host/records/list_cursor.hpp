#pragma once

/// \file
/// The place in a sorted list as text: URL-safe, bound to what was asked and to who asked by a keyed digest,
/// and good across restarts.

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace mortise::host {

using CursorKey = std::array<std::byte, 32>;

struct ListPosition {
    Value sort_value; ///< of the last row seen; null if the list is by id or the row has none
    Id id;
};

/// `purpose` says what was asked and by whom; a cursor opens only with the same.
std::string seal_cursor(const CursorKey& key, std::string_view purpose, const ListPosition& position);

/// Errors: `invalid` if the text is no cursor, or one of another list.
Result<ListPosition> open_cursor(const CursorKey& key, std::string_view purpose, std::string_view text);

} // namespace mortise::host
