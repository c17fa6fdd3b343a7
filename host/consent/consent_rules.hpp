#pragma once

/// \file
/// Whether something may be sent: the decision, from what is on record. Pure; any thread.

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <optional>
#include <string>
#include <vector>

namespace mortise::host {

enum class ConsentState : std::uint8_t { given, pending, withdrawn };

/// One thing that a contact said.
struct ConsentWord {
    Id purpose;
    Id point; ///< 0: every point of the channel
    std::string channel; ///< "any" for all
    ConsentState state{ConsentState::given};
    Instant at;
    std::optional<Instant> expires;
    Id record;
};

struct Purpose {
    Id id;
    std::string name;
    std::string legal_basis;
    std::int64_t text_version{1};
    std::optional<std::int64_t> valid_days;
    std::optional<TimeOfDay> quiet_from;
    std::optional<TimeOfDay> quiet_to;
    std::optional<std::int64_t> most_messages;
    std::int64_t within_days{7};
    std::string time_zone;
    bool in_use{true};
};

/// Why something is not sent.
struct ConsentRefusal {
    std::string key; ///< "consent.none"
    std::string message;
    Instant again{}; ///< when asking may be answered otherwise; 0: nobody knows
};

/// The word that counts: of those about this purpose, channel and point the latest; of two at the same time
/// the later record.
const ConsentWord*
latest_word(const std::vector<ConsentWord>& words, Id purpose, std::string_view channel, Id point);

/// What the words say about a purpose.
std::optional<ConsentRefusal> judge_words(const Purpose& purpose, const ConsentWord* word, Instant now);

/// Whether it is quiet by the clock of `zone` (empty or unknown: that of the purpose, else UTC).
std::optional<ConsentRefusal> judge_hours(const Purpose& purpose, std::string_view zone, Instant now);

} // namespace mortise::host
