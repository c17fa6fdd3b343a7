#pragma once

/// \file
/// A vCard's content as the fields of a contact, whatever version it came in. All functions are pure; any
/// thread.

#include "exchange/vcard/vcard.hpp"

#include <mortise/value.hpp>

#include <optional>
#include <string>
#include <vector>

namespace mortise::host {

/// Each part may have several values ("Jean-Paul", "Marie").
struct VCardName {
    std::vector<std::string> family;
    std::vector<std::string> given;
    std::vector<std::string> additional;
    std::vector<std::string> prefixes;
    std::vector<std::string> suffixes;

    friend bool operator==(const VCardName&, const VCardName&) = default;
};

/// What all points of contact have beside their value.
struct VCardUse {
    std::vector<std::string>
        types; ///< in small letters, each once, without "pref" and "internet": "work", "cell", ...
    std::string label; ///< a person's own name for it (Apple's X-ABLabel)
    std::string group; ///< ties it to properties among the others; mostly empty
    int preference{0}; ///< 1 is the most preferred, up to 100; 0 says nothing

    friend bool operator==(const VCardUse&, const VCardUse&) = default;
};

/// An e-mail address, phone number, web address or address of a messenger, as written.
struct VCardPoint {
    std::string value;
    VCardUse use;

    friend bool operator==(const VCardPoint&, const VCardPoint&) = default;
};

struct VCardAddress {
    std::string post_office_box;
    std::string extended;
    std::string street; ///< may have several lines
    std::string locality;
    std::string region;
    std::string postal_code;
    std::string country;
    std::string delivery_label; ///< as it is written on an envelope
    VCardUse use;

    friend bool operator==(const VCardAddress&, const VCardAddress&) = default;
};

/// A day of which parts may be missing; 0 is missing. --0203 is the 3rd of February of any year.
struct PartialDate {
    int year{0};
    unsigned month{0};
    unsigned day{0};

    friend bool operator==(const PartialDate&, const PartialDate&) = default;
};

struct VCardPhoto {
    std::string media_type;
    Bytes data; ///< or
    std::string uri; ///< where it is

    friend bool operator==(const VCardPhoto&, const VCardPhoto&) = default;
};

struct VCardContact {
    std::string kind; ///< "individual", "org", "group", "location"; empty if the card does not say
    std::string formatted_name;
    VCardName name;
    std::vector<std::string> nicknames;
    std::string organisation;
    std::vector<std::string> units; ///< of the organisation, from large to small
    std::string title;
    std::string role;
    std::vector<VCardPoint> emails;
    std::vector<VCardPoint> phones;
    std::vector<VCardPoint> urls;
    std::vector<VCardPoint> messengers;
    std::vector<VCardAddress> addresses;
    std::optional<PartialDate> birthday;
    std::optional<PartialDate> anniversary;
    std::string note;
    std::vector<std::string> categories;
    std::optional<VCardPhoto> photo;
    std::string uid;
    std::optional<Instant> revised;
    std::vector<VCardProperty> others; ///< all that has no field above, in its order

    /// Says so itself, or has a name of an organisation and no person's.
    bool is_organisation() const noexcept;

    friend bool operator==(const VCardContact&, const VCardContact&) = default;
};

/// What has no field, or stands there a second time, is in `others`. Parameters of a property that has a
/// field are dropped unless they say a type, a preference or a label.
VCardContact contact_of(const VCard& card);

/// A card of `version` of which `contact_of` makes `contact` again, but for a formatted name, which every
/// card must have and which is made of name, organisation or first e-mail address if it is empty; and for
/// parts of a second of `revised`. A contact with labels gets groups for them.
VCard card_of(const VCardContact& contact, VCardVersion version);

/// Reads 19850203, 1985-02-03, --0203, --02-03, ---03, 1985-02, 1985, each with a time behind it or not.
/// Nothing for other text and impossible days.
std::optional<PartialDate> parse_partial_date(std::string_view text);
/// 1985-02-03, --02-03, ---03, 1985-02, 1985; basic form (19850203, --0203) for 4.0.
std::string format_partial_date(const PartialDate& date, VCardVersion version);

} // namespace mortise::host
