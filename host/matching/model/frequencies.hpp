#pragma once

/// \file
/// How often values occur: agreeing on what few have says more than agreeing on what many have.

#include "matching/model/comparison.hpp"
#include "matching/profile.hpp"

#include <mortise/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace mortise::host::matching {

/// 64 bits of a text and what kind of text it is.
std::uint64_t hash_of(std::uint64_t kind, std::string_view text) noexcept;

class Frequencies final : public WordWorth {
public:
    /// Counts the values of a contact.
    void count(const Profile& profile);
    void add(const Frequencies& other);
    /// Forgets what occurs so seldom that it changes nothing, so that what is kept stays small.
    void keep_common();

    std::uint64_t records() const noexcept { return m_records; }
    /// How often this value of the aspect occurs; 0 also for one that was forgotten as rare.
    std::uint32_t of(Aspect aspect, std::string_view value) const noexcept;
    /// What a word of an organisation's name is worth.
    double of(std::string_view word) const noexcept override;

    std::string to_bytes() const;
    static Result<Frequencies> from_bytes(std::string_view bytes);

private:
    std::uint64_t m_records{0};
    std::unordered_map<std::uint64_t, std::uint32_t> m_counts;
};

} // namespace mortise::host::matching
