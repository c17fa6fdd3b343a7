#pragma once

/// \file
/// `SourceMessage`: what a source tells of a contact that it knows by names of its own.

#include "records/schema.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

/// A greater one is surer.
enum class Strength : std::uint8_t { inferred, asserted, verified };

std::string_view name_of(Strength strength) noexcept;
/// `asserted` for what has no such name.
Strength strength_named(std::string_view name) noexcept;

struct GivenIdentity {
    std::string name_space;
    std::string value;
    Strength strength{Strength::asserted};
};

struct GivenEvent {
    std::string type;
    Instant time;
    std::string id{}; ///< at the source; may be empty
    Map data{};
};

struct SourceMessage {
    std::string source;
    std::string id; ///< at the source: no two messages of it have the same
    Instant at; ///< at the source
    std::vector<GivenIdentity> identities; ///< normalised, the surest first, each once
    Map fields{}; ///< of the contact, as they are kept
    std::optional<GivenEvent> event{};

    /// The one by which the source knows the contact.
    const GivenIdentity& first() const { return identities.front(); }
};

/// Reads {source, id, at, identities: [{namespace, value, strength}], fields, event: {type, time, id, data}}
/// and brings it to the forms in which it is kept. An address or a phone number among the fields is an
/// identity too, asserted. Errors: `invalid`, with the JSON pointer as `where`; a time more than a day ahead
/// of `now` is refused, since it would win over all that comes after it.
Result<SourceMessage> read_message(const Schema& schema, const Map& given, Instant now);

} // namespace mortise::host
