#pragma once

/// \file
/// Phone numbers in one form. Pure; any thread. The first call loads the world's numbering plans, some
/// milliseconds.

#include <mortise/result.hpp>

#include <string>
#include <string_view>

namespace mortise::host {

struct PhoneNumber {
    std::string e164; ///< "+4930123456"
    std::string extension; ///< digits; mostly empty
    std::string normalised; ///< E.164 and extension: "+4930123456" or "+4930123456;ext=12"

    friend bool operator==(const PhoneNumber&, const PhoneNumber&) = default;
};

/// Reads a number as people write it: with country code ("+49 (0)30 / 12 34 56", "0049...",
/// "tel:+49-30-123456;ext=12"), or as it is dialled in `region`; with an extension ("x12", "ext. 12"), with
/// letters ("1-800-FLOWERS").
/// \param region  the country that a number without country code is in (ISO 3166-1 alpha-2, any case); may be
/// empty Refuses (`invalid`, key `phone.*`) what is no number, what needs a region and has none, and what is
/// too short or too long for its country. Whether somebody has the number is not asked, nor whether its range
/// is given out: plans change.
Result<PhoneNumber> normalise_phone(std::string_view text, std::string_view region = {});

} // namespace mortise::host
