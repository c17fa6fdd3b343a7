#pragma once

/// \file
/// E-mail addresses: what is one, and when two are the same. Pure; any thread.

#include <mortise/result.hpp>

#include <string>
#include <string_view>

namespace mortise::host {

struct EmailAddress {
    /// For people: the local part as written, the domain in small letters of its own script.
    std::string display;
    /// For comparing and for mail programs: A to Z in small letters, the domain in ASCII (xn--...). Strictly,
    /// only the receiving host knows whether the case of the local part matters; none that matters in
    /// practice says it does.
    std::string normalised;

    friend bool operator==(const EmailAddress&, const EmailAddress&) = default;
};

/// Takes one address as RFC 5321 and 5322 have it, without comments and routes: a dot-atom or a quoted
/// string, '@', a domain of at least two labels; letters beyond ASCII on both sides. White space at the ends,
/// "mailto:" with what follows a '?', and angle brackets around it are taken off. Refuses (`invalid`, key
/// `email.*`) anything else, and says why: also addresses at an IP number, and parts longer than RFC 5321
/// allows.
Result<EmailAddress> normalise_email(std::string_view text);

} // namespace mortise::host
