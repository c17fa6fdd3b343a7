#pragma once

/// \file
/// Cuts text into the words that search compares.

#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

/// The words of a text, folded (base/text.hpp), in their order. Letters and digits with their marks make
/// words, everything else parts them; an ideograph, or a letter of Japanese syllables, is a word by itself.
std::vector<std::string> words_of(std::string_view text);

/// Words that punctuation joins, written as one: "obrien" for "O'Brien", "jeanluc" for "Jean-Luc".
std::vector<std::string> joined_words_of(std::string_view text);

} // namespace mortise::host
