#pragma once

/// \file
/// What is compared of a contact: its facts as they are on record, and the profile made of them once, in
/// which everything is folded, taken apart and ready to be compared.

#include <mortise/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host::matching {

/// A contact as people write it.
struct ContactFacts {
    std::string kind{"person"}; ///< person, organisation or household
    std::string name;
    std::string given_name;
    std::string additional_name;
    std::string family_name;
    std::string nickname;
    std::string birthday; ///< YYYY-MM-DD, YYYYMMDD or --MM-DD
    std::string street; ///< with the number, where that is not apart
    std::string street_number;
    std::string extended; ///< the address's second line
    std::string city;
    std::string region;
    std::string postcode;
    std::string country;
    std::string address_text; ///< the address where it is only known as one text
    std::vector<std::string> emails;
    std::vector<std::string> phones;
    std::vector<std::string> websites;
    std::int64_t employer{0}; ///< id of the organisation; 0: none
    std::vector<std::string> verified; ///< "namespace=value" of its verified identities
};

enum class Part : std::uint8_t {
    kind, ///< "p", "o" or "h"
    given, ///< folded words
    family,
    nickname,
    whole, ///< all words of the name, in their order
    given_key, ///< phonetic, of the main form of the first given name
    family_key,
    birth, ///< eight digits; a year that is not known is 0000
    number,
    street,
    extended,
    city,
    region,
    postcode,
    country,
    emails, ///< several parts are parted by line ends
    phones, ///< digits
    domains,
    legal_form,
    initials,
    employer,
    verified,
};

inline constexpr std::size_t part_count = 22;

/// A profile is one block of bytes: the ends of its parts, then their text. That is also how it is kept in
/// the database, so that reading one is looking at it.
class Profile {
public:
    Profile() = default;
    /// `block` is of `make_profile` and outlives this.
    explicit Profile(std::string_view block) noexcept : m_block{block} { }

    /// Whether the block is one of this version of the host.
    static bool fits(std::string_view block) noexcept;

    std::string_view operator[](Part part) const noexcept
    {
        const auto at = static_cast<std::size_t>(part);
        const std::size_t from = at == 0 ? 0 : end_of(at - 1);
        return m_block.substr(head + from, end_of(at) - from);
    }
    bool has(Part part) const noexcept { return !(*this)[part].empty(); }
    std::string_view block() const noexcept { return m_block; }

    static constexpr std::size_t head = 1 + part_count * 2;
    static constexpr char version = 1;

private:
    std::size_t end_of(std::size_t part) const noexcept
    {
        const auto byte
            = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(m_block[i])); };
        return byte(1 + part * 2) | byte(2 + part * 2) << 8U;
    }

    std::string_view m_block;
};

/// The block of a contact's profile. Pure; any thread.
std::string make_profile(const ContactFacts& facts);

/// Calls `look(piece)` for each piece of a part that has several.
template <class F>
void each_piece(std::string_view part, F look)
{
    while (!part.empty()) {
        const auto end = part.find('\n');
        look(part.substr(0, end));
        if (end == std::string_view::npos) return;
        part.remove_prefix(end + 1);
    }
}

} // namespace mortise::host::matching
