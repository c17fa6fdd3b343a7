#pragma once

/// \file
/// A vCard as it stands in a file, of any version, with nothing lost: its properties in their order, decoded.
/// `vcard_contact.hpp` makes a contact's fields of it.

#include <mortise/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

enum class VCardVersion { v2_1, v3_0, v4_0 };

/// How a property's value is written, and so how it was split.
enum class VCardValueKind {
    text, ///< one text
    uri, ///< one text in which commas and semicolons are not escaped
    list, ///< texts with commas between (CATEGORIES)
    structured, ///< components with semicolons between, each a list (N, ADR, ORG)
    binary, ///< bytes
    raw, ///< of an unknown property: kept with its escapes
};

struct VCardParam {
    std::string name; ///< in capitals
    std::vector<std::string> values;

    friend bool operator==(const VCardParam&, const VCardParam&) = default;
};

struct VCardProperty {
    std::string group; ///< "item1" in item1.EMAIL; mostly empty
    std::string name; ///< in capitals
    std::vector<VCardParam> params; ///< without ENCODING and CHARSET, which are undone
    VCardValueKind kind{VCardValueKind::text};
    /// `structured`: the components; `list`: one component; else one component with one text. Empty for
    /// `binary`.
    std::vector<std::vector<std::string>> components;
    Bytes data; ///< of `binary`
    std::string media_type; ///< of `binary`, in small letters, such as "image/jpeg"; may be empty
    std::uint64_t line{0}; ///< where it begins in the file; 0 if it was not read from one

    /// The value in one text: lists joined by commas, components by semicolons.
    std::string text() const;
    /// Component `index` with its list joined by commas; empty if there is none.
    std::string component(std::size_t index) const;
    /// The first value of the parameter `name` (in capitals); empty if there is none.
    std::string_view param(std::string_view name) const noexcept;
    /// Whether TYPE has `type`, in any case.
    bool has_type(std::string_view type) const noexcept;

    /// Without regard to `line`.
    friend bool operator==(const VCardProperty& a, const VCardProperty& b);
};

struct VCard {
    VCardVersion version{VCardVersion::v4_0};
    std::vector<VCardProperty> properties; ///< without BEGIN, VERSION and END

    /// The first property `name` (in capitals), or null.
    const VCardProperty* find(std::string_view name) const noexcept;

    friend bool operator==(const VCard&, const VCard&) = default;
};

/// How the value of `name` (in capitals) is written. `value_type` is its VALUE parameter; may be empty.
VCardValueKind vcard_value_kind(std::string_view name, std::string_view value_type) noexcept;

} // namespace mortise::host
