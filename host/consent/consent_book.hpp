#pragma once

/// \file
/// `ConsentBook`: what people agreed to and what they withdrew, and whether something may be sent to them.
/// What is on record are records (consent_types.hpp); each change of mind is one more event on the contact's
/// timeline.

#include "access/principal.hpp"
#include "consent/consent_rules.hpp"
#include "records/row.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

class Clock;
class Database;
class Records;
class Writer;

/// One thing that a contact says.
struct ConsentGiven {
    Id contact;
    Id point; ///< 0: every point of the channel
    std::string purpose; ///< its name
    std::string channel{"any"};
    ConsentState state{ConsentState::given};
    std::optional<Instant> at; ///< nothing: now
    std::optional<Instant> expires; ///< nothing: as the purpose has it
    std::optional<std::int64_t> text_version; ///< nothing: the present one
    std::string source;
    Value proof;
};

/// A message that somebody wants to send.
struct SendRequest {
    Id contact;
    Id point;
    std::string channel;
    std::string purpose;
};

struct SendAnswer {
    std::int64_t ticket{0}; ///< 0: refused, or only asked
    std::optional<ConsentRefusal> refusal;
};

/// Thread-safety: any thread.
class ConsentBook {
public:
    ConsentBook(Database& database, Writer& writer, Records& records, const Clock& clock);

    /// Makes types and table where they are not there.
    Result<void> open();

    /// Records what a contact says, with the event `consent.given`, `consent.asked` or `consent.withdrawn`. A
    /// word about the same purpose, channel and point replaces the one before, which stays in the history.
    /// Gives the record's id. Errors: `consent.no_purpose`, `consent.no_point`, and those of a commit.
    Result<Id> record(const CallContext& context, const ConsentGiven& given);
    /// What is on record of a contact: {contact, purposes: [{purpose, legal_basis, words: [...]}],
    /// suppressions}.
    Result<Value> show(const Principal& principal, Id contact);

    static constexpr std::size_t most_requests = 1000;

    /// Decides about each request; makes a ticket for `plugin` where nothing stands against it, unless
    /// `only_ask`.
    Result<std::vector<SendAnswer>>
    ask(std::string_view plugin, std::span<const SendRequest> requests, bool only_ask);
    /// Uses a ticket up. Errors: see redeem_ticket.
    Result<void> redeem(std::string_view plugin, std::int64_t ticket);

private:
    struct Decision {
        std::optional<ConsentRefusal> refusal;
        const Purpose* purpose{nullptr};
    };
    using Purposes = std::map<std::string, std::optional<Purpose>, std::less<>>;

    Result<std::optional<Purpose>> purpose(const Principal& principal, std::string_view name);
    Result<std::vector<ConsentWord>> words(const Principal& principal, Id contact);
    Result<Decision> decide(Purposes& known, const SendRequest& request, Instant now);
    Result<std::optional<ConsentRefusal>> judge_point(const SendRequest& request, Instant now);
    Result<std::optional<ConsentRefusal>>
    judge_suppressed(std::string_view address, std::string_view channel, Instant now);

    Database& m_database;
    Writer& m_writer;
    Records& m_records;
    const Clock& m_clock;
};

} // namespace mortise::host
