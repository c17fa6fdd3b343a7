#pragma once

/// \file
/// HTML as plain text, for reading, for search and for what a message says in short; and plain text as HTML.

#include <string>
#include <string_view>

namespace mortise::plugins::email {

std::string html_to_text(std::string_view html);
std::string text_to_html(std::string_view text);

} // namespace mortise::plugins::email
