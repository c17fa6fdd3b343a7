#pragma once

/// \file
/// HTML from strangers, made safe: parsed as a browser parses it, and written again from a list of elements
/// and attributes that can do no harm. Nothing is fetched from anywhere when it is shown.

#include <cstddef>
#include <string>
#include <string_view>

namespace mortise::plugins::email {

struct SafeHtml {
    std::string html;
    std::size_t remote_images{0}; ///< pictures from elsewhere, of which only the text is left
    bool is_cut{false}; ///< it was larger or deeper than what is read
};

SafeHtml sanitise_html(std::string_view html);
/// The characters that mean something in HTML, written so that they do not.
std::string escape_html(std::string_view text);

} // namespace mortise::plugins::email
