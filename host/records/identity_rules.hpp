#pragma once

/// \file
/// The form in which identities are kept and compared: namespaces in small letters, addresses and phone
/// numbers as contact points have them, other values without blanks around them.

#include "records/row.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <string>
#include <string_view>

namespace mortise::host {

struct PreparedChange;

/// "CRM:HubSpot " is "crm:hubspot".
std::string identity_namespace(std::string_view text);

/// `country`: where a phone number without a country's code belongs (ISO 3166 alpha-2). Errors: those of
/// addresses and phone numbers; `where` is "value".
Result<std::string>
identity_value(std::string_view name_space, std::string_view value, const std::string& country);

/// Of an identity that is new or has another namespace or value.
Result<void> normalise_identity(const RecordType& type, PreparedChange& change);

} // namespace mortise::host
