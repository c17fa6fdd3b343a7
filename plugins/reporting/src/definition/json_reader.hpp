#pragma once

/// \file
/// Reads parts of a definition and says, with a JSON pointer, what is wrong with them.

#include "definition/condition.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <initializer_list>
#include <string>
#include <string_view>

namespace mortise::plugins::reporting {

Error wrong(std::string_view at, std::string message, std::string hint);
/// Throws Failure.
[[noreturn]] void
fail_with(ErrorCode code, std::string key, std::string message, std::string where, std::string hint);

/// Refuses keys that nobody reads, so that a slip of the pen is not silently something else.
Result<void> only(const Map& map, const std::string& at, std::initializer_list<std::string_view> known);

Result<const Map*> object_at(const Value& value, const std::string& at, std::string hint);
/// "a.b.c"; at most `most` names.
Result<Path> path_at(const Value& value, const std::string& at, std::size_t most = 6);
bool is_name(std::string_view text) noexcept;
/// One of `options`; `otherwise` if it is left out.
Result<std::string> choice_at(
    const Value& value,
    const std::string& at,
    std::initializer_list<std::string_view> options,
    std::string_view otherwise = {}
);
Result<std::int64_t> whole_at(
    const Value& value, const std::string& at, std::int64_t least, std::int64_t most, std::int64_t otherwise
);
Result<bool> flag_at(const Value& value, const std::string& at, bool otherwise = false);
/// The items of a list; none if it is left out.
Result<const List*> list_at(const Value& value, const std::string& at, std::size_t most);
std::string joined(const Path& path);

} // namespace mortise::plugins::reporting
