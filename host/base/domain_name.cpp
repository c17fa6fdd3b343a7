#include "base/domain_name.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <idn2.h>
#include <memory>

namespace mortise::host {
namespace {

constexpr std::size_t longest_label = 63;
constexpr std::size_t longest_name = 253;

Error invalid(std::string_view text, std::string_view why)
{
    return Error{
        ErrorCode::invalid,
        "\"" + std::string{cut_utf8(text, 80)} + "\" is no domain name: " + std::string{why},
        "domain.invalid",
        {},
        {},
    };
}

bool is_label_character(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

/// Why the name, in ASCII and small letters, is none; empty if it is one.
std::string_view fault_of(std::string_view name)
{
    if (name.size() > longest_name) return "it is longer than 253 characters";
    std::string_view label;
    for (bool more = true; more;) {
        more = name.find('.') != std::string_view::npos;
        label = take_until(name, '.');
        if (label.empty()) return "a part between its points is empty";
        if (label.size() > longest_label) return "a part between its points is longer than 63 characters";
        if (!std::ranges::all_of(label, is_label_character))
            return "only letters, digits and hyphens are allowed";
        if (label.starts_with('-') || label.ends_with('-')) return "a hyphen stands at the end of a part";
    }
    if (label.find_first_not_of("0123456789") == std::string_view::npos)
        return "its last part has only digits";
    return {};
}

using IdnText = std::unique_ptr<char, decltype(&idn2_free)>;

Result<DomainName> normalise_international(std::string_view text)
{
    std::uint8_t* looked_up = nullptr;
    const std::string source{text};
    const int status = idn2_lookup_u8(
        reinterpret_cast<const std::uint8_t*>(source.c_str()),
        &looked_up,
        IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL
    );
    const IdnText ascii{reinterpret_cast<char*>(looked_up), idn2_free};
    if (status != IDN2_OK) return invalid(text, idn2_strerror(status));
    if (const auto fault = fault_of(ascii.get()); !fault.empty()) return invalid(text, fault);
    char* decoded = nullptr;
    if (idn2_to_unicode_8z8z(ascii.get(), &decoded, 0) != IDN2_OK)
        return invalid(text, "its xn-- form cannot be read");
    const IdnText unicode{decoded, idn2_free};
    return DomainName{ascii.get(), unicode.get()};
}

} // namespace

Result<DomainName> normalise_domain(std::string_view text)
{
    if (text.ends_with('.')) text.remove_suffix(1);
    if (text.find('\0') != std::string_view::npos || !valid_utf8(text))
        return invalid(replace_invalid_utf8(text), "it is no text");
    const std::string lower = ascii_lower(text);
    if (!is_ascii(text) || lower.starts_with("xn--") || lower.find(".xn--") != std::string::npos)
        return normalise_international(lower);
    if (const auto fault = fault_of(lower); !fault.empty()) return invalid(text, fault);
    return DomainName{lower, lower};
}

} // namespace mortise::host
