#include "consent/consent_rules.hpp"

#include "base/time_text.hpp"
#include "base/time_zone.hpp"

namespace mortise::host {

namespace {

/// Who has to agree first; on other grounds people may only object, and against a contract or the law not
/// even that.
bool needs_agreement(const Purpose& purpose)
{
    return purpose.legal_basis == "consent";
}

bool can_be_objected_to(const Purpose& purpose)
{
    return purpose.legal_basis != "contract" && purpose.legal_basis != "legal_obligation"
        && purpose.legal_basis != "vital_interest";
}

TimeZone zone_of(const Purpose& purpose, std::string_view zone)
{
    for (const std::string_view name : {zone, std::string_view{purpose.time_zone}})
        if (!name.empty())
            if (const auto found = TimeZone::find(name)) return *found;
    return *TimeZone::find("UTC");
}

} // namespace

const ConsentWord*
latest_word(const std::vector<ConsentWord>& words, Id purpose, std::string_view channel, Id point)
{
    const ConsentWord* latest = nullptr;
    for (const ConsentWord& word : words) {
        const bool is_about = word.purpose == purpose && (word.channel == "any" || word.channel == channel)
            && (!word.point || word.point == point);
        if (!is_about) continue;
        const bool is_later = latest == nullptr || word.at.microseconds > latest->at.microseconds
            || (word.at.microseconds == latest->at.microseconds && word.record.number > latest->record.number
            );
        if (is_later) latest = &word;
    }
    return latest;
}

std::optional<ConsentRefusal> judge_words(const Purpose& purpose, const ConsentWord* word, Instant now)
{
    if (word && word->state == ConsentState::withdrawn && can_be_objected_to(purpose))
        return ConsentRefusal{
            "consent.withdrawn",
            "the contact opted out of " + purpose.name + " on " + format_instant(word->at)
        };
    if (!needs_agreement(purpose)) return std::nullopt;
    if (!word) return ConsentRefusal{"consent.none", "the contact has not agreed to " + purpose.name};
    if (word->state == ConsentState::pending)
        return ConsentRefusal{
            "consent.pending", "the contact has not confirmed yet that " + purpose.name + " is wanted"
        };
    if (word->expires && word->expires->microseconds <= now.microseconds)
        return ConsentRefusal{
            "consent.expired",
            "the consent to " + purpose.name + " expired on " + format_instant(*word->expires)
        };
    return std::nullopt;
}

std::optional<ConsentRefusal> judge_hours(const Purpose& purpose, std::string_view zone, Instant now)
{
    if (!purpose.quiet_from || !purpose.quiet_to || *purpose.quiet_from == *purpose.quiet_to)
        return std::nullopt;
    const TimeZone clock = zone_of(purpose, zone);
    const WallTime wall = clock.wall_time(now);
    const TimeOfDay time = time_of_day(wall);
    const bool over_night = purpose.quiet_to->microseconds < purpose.quiet_from->microseconds;
    const bool is_behind = time.microseconds >= purpose.quiet_from->microseconds;
    const bool is_before = time.microseconds < purpose.quiet_to->microseconds;
    if (over_night ? !is_behind && !is_before : !(is_behind && is_before)) return std::nullopt;
    Date day = date_of(wall);
    if (over_night && is_behind) ++day.days;
    const Instant again = clock.first_moment(wall_time_of(day, *purpose.quiet_to));
    return ConsentRefusal{
        "consent.quiet_hours", "it is quiet where the contact is, until " + format_instant(again), again
    };
}

} // namespace mortise::host
