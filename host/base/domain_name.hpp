#pragma once

/// \file
/// Names of hosts, in ASCII and in the letters of their own script (IDNA 2008). Pure; any thread.

#include <mortise/result.hpp>

#include <string>
#include <string_view>

namespace mortise::host {

struct DomainName {
    std::string ascii; ///< small letters, A-labels: xn--mller-kva.de
    std::string unicode; ///< small letters, U-labels: müller.de

    friend bool operator==(const DomainName&, const DomainName&) = default;
};

/// Takes a name of one or more labels; a point at the end is taken off. Refuses (`invalid`, key
/// `domain.invalid`) empty labels, labels of more than 63 and names of more than 253 characters (in ASCII),
/// other characters than letters, digits and hyphens, hyphens at the ends of labels, names whose last label
/// has only digits, and what IDNA forbids.
Result<DomainName> normalise_domain(std::string_view text);

} // namespace mortise::host
