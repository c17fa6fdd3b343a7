#pragma once

/// \file
/// Names of organisations taken apart: what names them, and their legal form.

#include <string>
#include <string_view>
#include <vector>

namespace mortise::host::matching {

struct OrganisationName {
    std::vector<std::string>
        words; ///< folded, abbreviations written out, without legal form, "the" and "and"
    std::string legal_form; ///< "ltd", "gmbh", "inc" ...: one name for each form; empty if none is named
    std::string initials; ///< of the words: "ibm"
};

/// Pure; any thread.
OrganisationName parse_organisation_name(std::string_view name);

/// Whether mail of this domain says nothing about where somebody belongs (gmail.com, gmx.de, ...).
bool is_free_mailer(std::string_view domain) noexcept;

} // namespace mortise::host::matching
