#pragma once

/// \file
/// Contacts that a lead may be: by any of its addresses and numbers, or by name.

#include <mortise/host.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace mortise::plugins::pipelines {

struct Candidate {
    Id contact;
    std::string name;
    Id organisation{}; ///< of a person
    std::string why; ///< email, phone, name
};

/// Persons with the e-mail address or the phone number of the lead; those by e-mail first.
std::vector<Candidate> find_persons(const Host& host, const Record& lead);
/// Organisations called like the lead's company, in any case of letters.
std::vector<Candidate> find_organisations(const Host& host, const Record& lead);

} // namespace mortise::plugins::pipelines
