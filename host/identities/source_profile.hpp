#pragma once

/// \file
/// `SourceProfile`: what one source said of a contact, by fields: of each the latest word by the source's
/// times, and what is needed for every rule to be applied later. Kept in records of the type
/// `source_profile`, which merging moves like all that refers to contacts.

#include "identities/survivorship.hpp"
#include "records/row.hpp"
#include "records/schema.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace mortise::host {

inline constexpr std::string_view profile_type = "source_profile";
/// The source of what people wrote into the contact itself.
inline constexpr std::string_view by_hand = "by_hand";

/// Whether the field holds several values.
bool holds_several(const Field& field) noexcept;

/// Used by one thread at a time.
class SourceProfile {
public:
    SourceProfile(std::string source, Id identity) : m_source{std::move(source)}, m_identity{identity} { }
    /// From a record. What a field cannot hold any more, and fields that are gone, are left out.
    static SourceProfile read(const RecordType& profiles, const Row& row, const RecordType& contacts);

    const std::string& source() const noexcept { return m_source; }
    Id identity() const noexcept { return m_identity; }
    Id record() const noexcept { return m_record; }
    std::int64_t version() const noexcept { return m_version; }

    /// Adds a word; `said.value` is as the field keeps it. Words may come in any order, and twice.
    void take(const Field& field, Said said);
    /// By field.
    const std::map<std::string, SourceClaim, std::less<>>& claims() const noexcept { return m_claims; }
    /// The values of the record's field `content`.
    Map content() const;

private:
    std::string m_source;
    Id m_identity;
    Id m_record;
    std::int64_t m_version{0};
    std::map<std::string, SourceClaim, std::less<>> m_claims;
};

} // namespace mortise::host
