#pragma once

/// \file
/// `SurvivorshipRules`: the rule of each field of contacts, as the records of the type `survivorship_rule`
/// say; fields without one follow the usual rule of their kind.

#include "identities/survivorship.hpp"
#include "records/field.hpp"
#include "records/schema.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <map>
#include <string>
#include <string_view>

namespace mortise::host {

class Connection;

/// Immutable.
class SurvivorshipRules {
public:
    struct Kept {
        Id record;
        SurvivorshipRule rule;
        Instant changed; ///< when it was written last
    };

    static Result<SurvivorshipRules> read(Connection& reader, const Schema& schema);

    SurvivorshipRule of(const Field& field) const;
    /// When the rule of the field was changed last, as far as there is a record of it.
    Instant changed(std::string_view field) const;
    /// Those that records say, by field.
    const std::map<std::string, Kept, std::less<>>& kept() const noexcept { return m_kept; }

private:
    std::map<std::string, Kept, std::less<>> m_kept;
};

/// What counts where nobody said anything: fields of several values are added to, in others the most recent
/// counts.
SurvivorshipRule usual_rule(const Field& field);

} // namespace mortise::host
