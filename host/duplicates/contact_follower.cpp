#include "duplicates/contact_follower.hpp"

#include "duplicates/block_index.hpp"
#include "duplicates/contact_facts.hpp"
#include "duplicates/pair_book.hpp"
#include "duplicates/scan_state.hpp"
#include "records/records.hpp"
#include "store/database.hpp"

#include <map>

namespace mortise::host {

using matching::Band;
using matching::Profile;

DeliveryOutcome ContactFollower::take(std::span<const Event> events, const CallContext& context)
{
    DeliveryOutcome outcome;
    outcome.handled = events.size();
    if (!m_index.is_filled()) return outcome;
    std::map<Id, bool> contacts;
    for (const Event& event : events) {
        const bool is_moved = event.type == "contact.merged" || event.type == "contact.unmerged"
            || event.type == "contact.restored";
        const auto note = [&](Id contact) { contacts[contact] = contacts[contact] || is_moved; };
        if (event.subject_type == "contact") note(event.subject);
        for (const EventLink& link : event.links)
            if (link.role == "contact" || link.role == "merged") note(link.record);
    }
    for (const auto& [contact, is_moved] : contacts)
        if (auto followed = follow(context, contact, is_moved); !followed) {
            outcome.handled = 0;
            outcome.error = std::move(followed).error();
            break;
        }
    return outcome;
}

Result<void> ContactFollower::read_model_if_new(Connection& reader)
{
    MORTISE_TRY(const auto state, read_scan_state(reader));
    const std::int64_t wanted = state ? state->job : 0;
    if (wanted == m_model_of) return {};
    MORTISE_TRY(m_model, read_model(reader));
    m_model_of = wanted;
    return {};
}

Result<void> ContactFollower::follow(const CallContext& context, Id contact, bool is_moved)
{
    std::optional<matching::ContactFacts> facts;
    {
        const ReadLease reader = m_database.read();
        MORTISE_CHECK(read_model_if_new(*reader));
        MORTISE_TRY(facts, read_facts(*reader, *m_records.schema(), contact));
    }
    if (!facts) return m_index.remove(contact); // its pairs went with it, or to the survivor
    const std::string block = make_profile(*facts);
    MORTISE_TRY(const bool is_new, m_index.put(contact, block));
    if (!is_new && !is_moved) return {};
    if (is_moved) MORTISE_CHECK(m_book.settle(context, contact));
    const Profile profile{block};
    MORTISE_TRY(const auto candidates, m_index.candidates(profile, contact));
    std::vector<FoundPair> found;
    for (const IndexedProfile& each : candidates) {
        auto judgement = m_model.judge(profile, Profile{each.block}, true);
        if (judgement.band != Band::different) found.push_back({contact, each.contact, std::move(judgement)});
    }
    MORTISE_CHECK(m_book.keep(context, found, {}));
    return drop_different(context, contact, profile);
}

Result<void> ContactFollower::drop_different(const CallContext& context, Id contact, const Profile& profile)
{
    MORTISE_TRY(const std::vector<Pair> pairs, m_book.of_contact(contact));
    std::vector<Pair> gone;
    for (const Pair& pair : pairs) {
        if (pair.state != PairState::open || pair.first == pair.second) continue;
        const ReadLease reader = m_database.read();
        MORTISE_TRY(const auto other, read_facts(*reader, *m_records.schema(), pair.other(contact)));
        if (!other) continue;
        const std::string block = make_profile(*other);
        if (m_model.judge(profile, Profile{block}, false).band == Band::different) gone.push_back(pair);
    }
    return m_book.drop(context, gone);
}

} // namespace mortise::host
