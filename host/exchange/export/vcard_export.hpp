#pragma once

/// \file
/// A contact with its points as a vCard.

#include "exchange/vcard/vcard_contact.hpp"
#include "records/row.hpp"

#include <span>
#include <string_view>

namespace mortise::host {

/// \param points  the contact's points, as records of `point_type`
/// \param organisation  the name of what the contact's organisation is; may be empty
/// \param source  see `exported_from`
VCardContact vcard_of(
    const RecordType& type,
    const Row& contact,
    const RecordType& point_type,
    std::span<const Row> points,
    std::string_view organisation,
    std::string_view source
);

} // namespace mortise::host
