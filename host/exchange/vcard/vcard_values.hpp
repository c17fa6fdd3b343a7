#pragma once

/// \file
/// A card as the values of a contact, its points, and what a card has no property for: our own exports carry
/// that in properties X-MORTISE-FIELD, whose value is JSON. Pure; any thread.

#include "exchange/vcard/vcard_contact.hpp"
#include "records/schema.hpp"

#include <mortise/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

inline constexpr std::string_view own_property_prefix = "X-MORTISE-";

/// "annual_revenue" -> "X-MORTISE-ANNUAL-REVENUE"
std::string own_property_name(std::string_view field);

Map address_map(const VCardAddress& address);
/// Its parts, with commas between.
std::string one_line(const Map& address);

struct CardValues {
    Map values; ///< field -> value
    std::vector<Map> points; ///< as values of contact points, without their contact
    std::string organisation; ///< where a person works; a name
};

/// By the usual properties.
CardValues values_of_card(const RecordType& type, const VCardContact& card);
/// Sets what our own properties of the card say, over what is there; also "id" and "exported_from". False if
/// there are none.
bool take_own_properties(const RecordType& type, const VCardContact& card, Map& values);

} // namespace mortise::host
