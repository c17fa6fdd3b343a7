#pragma once

/// \file
/// A contact with its points as a vCard.

#include "exchange/vcard/vcard_contact.hpp"
#include "records/row.hpp"

#include <span>

namespace mortise::host {

/// \param points  the contact's points, as records of `point_type`
VCardContact vcard_of(
    const RecordType& type, const Row& contact, const RecordType& point_type, std::span<const Row> points
);

} // namespace mortise::host
