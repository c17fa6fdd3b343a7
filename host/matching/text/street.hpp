#pragma once

/// \file
/// Postal addresses taken apart for comparison.

#include <string>
#include <string_view>

namespace mortise::host::matching {

/// A line of an address: folded, "Rd." written out, the number of the house apart.
struct StreetLine {
    std::string number; ///< "12", "12a", "2/98"
    std::string name; ///< words with a blank between them: "mosman place"
};

/// Takes "12 Mosman Pl.", "Hauptstr. 12a" and what has no number. Pure; any thread.
StreetLine parse_street(std::string_view line);

/// The parts of an address that is written as one text ("12 High St, Leeds LS1 4AB"), as far as they can be
/// told apart.
struct AddressLine {
    std::string street;
    std::string city;
    std::string postcode;
};
AddressLine parse_address_line(std::string_view text);

/// The name of a street without the word that says what kind it is: "mosman" of "mosman place".
std::string_view without_street_kind(std::string_view name) noexcept;

/// A folded word, letters and digits only.
std::string plain_word(std::string_view text);
/// Folded words with one blank between them; points and apostrophes are taken out.
std::string plain_words(std::string_view text);

} // namespace mortise::host::matching
