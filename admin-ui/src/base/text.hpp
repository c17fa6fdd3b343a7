#pragma once

/// \file
/// Text for the screen. What comes from outside is data: it is cleaned before it is drawn, and never becomes
/// a format string or a widget's name.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace mortise::ui {

/// Longest text that is drawn on one line; what is longer is cut.
constexpr std::size_t longest_line = 600;

/// One line of valid UTF-8 without surprises: line ends and tabs become spaces; other control characters,
/// bidirectional controls and broken bytes become U+FFFD; what is longer than `most` bytes ends with an
/// ellipsis.
std::string clean_line(std::string_view text, std::size_t most = longest_line);
/// The same with line ends kept.
std::string clean_text(std::string_view text, std::size_t most = 20'000);

/// "1,234,567".
std::string with_separators(std::int64_t number);
/// "1.2 MB".
std::string bytes_text(std::int64_t bytes);
/// "12 s", "5 min", "3 h", "4 d".
std::string span_text(std::chrono::seconds span);
/// "1.25 ms" for nanoseconds.
std::string nanoseconds_text(std::int64_t nanoseconds);
/// "3 contacts", "1 contact".
std::string counted(std::int64_t count, std::string_view one, std::string_view many);

/// ASCII letters in small; others as they are.
std::string lower(std::string_view text);
/// "close_date" -> "Close date".
std::string words_of(std::string_view name);
/// A literal for SQL: quoted, quotes doubled.
std::string sql_name(std::string_view name);

} // namespace mortise::ui
