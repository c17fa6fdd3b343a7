#pragma once

/// \file
/// `Identities`: which contact a source means, by the names that the source has for it. Takes in what sources
/// tell, whatever the order and however often; stitches anonymous histories to the contact that they turn
/// out to be of, and parts them again; tells for each field who said what, and why which value counts.
///
/// What is kept are records: identities (records/contact_rules.cpp) and source profiles (identity_types.hpp).
/// Merging and taking back are of host/merging, pairs for review of host/duplicates.

#include "access/principal.hpp"
#include "identities/contact_state.hpp"
#include "identities/finding.hpp"
#include "identities/source_message.hpp"
#include "merging/field_choice.hpp"
#include "records/unit_of_work.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

class Clock;
class Connection;
class Database;
class Duplicates;
class JobQueue;
class Merging;
class Records;
class Writer;

struct IdentityServices {
    Database& database;
    Writer& writer;
    Records& records;
    Merging& merging;
    Duplicates& duplicates;
    const Clock& clock;
};

/// What became of a message.
struct IngestOutcome {
    Id contact; ///< 0: a dry run that would make one
    bool is_new{false}; ///< it was made for the message
    bool repeated{false}; ///< the message had come before: nothing was done
    bool has_event{false}; ///< an event was written
    std::vector<Id> merges; ///< that stitched anonymous contacts to it; a dry run: the contacts
    std::vector<Id> pairs; ///< contacts that may be the same, or may not be stitched now: a person decides
    std::vector<Id> apart; ///< contacts that may seem to be the same, and are not, as somebody decided
    std::vector<std::string> ambiguous; ///< addresses that several contacts have: they named nobody
    Map changed; ///< fields of the contact that have another value now
    std::int64_t commit{0};
};

struct UnstitchOutcome {
    Id identity;
    Id contact; ///< who has the identity now
    Id from; ///< whom it was taken off
    Id merge; ///< that was taken back; 0: there was none, and the contact is new
    std::size_t profiles{0}; ///< what sources said by it, and went with it
    std::size_t later{0}; ///< edits since the merge, which stayed
    std::int64_t events{0}; ///< that came by it and stay in the history of the other too
};

/// Of one contact.
struct Provenance {
    Row contact;
    std::vector<Row> identities;
    std::vector<FieldDecision> fields; ///< with what people wrote here
};

/// Thread-safety: any thread. Messages may come on several threads at once; what meets is done one after the
/// other.
class Identities {
public:
    explicit Identities(IdentityServices services);
    ~Identities() = default;

    /// Makes the types and the table where they are not there, and has merges follow the rules of fields.
    Result<void> open();
    /// Runs the jobs that bring contacts in line with changed rules. Call it once.
    void attach(JobQueue& jobs);
    /// Ends such a job, so that it goes on when the host is started again. Call it before the queue stops.
    void stop() noexcept { m_stopping = true; }

    /// Takes in one message (source_message.hpp). The same again, by source and id, does nothing. Errors:
    /// those of `read_message`, `access.ingest`, those of a commit and of merging; `records.restricted` if
    /// what is done with the data of the contact that it is about is restricted, whoever tells it.
    Result<IngestOutcome> ingest(const CallContext& context, const Map& message);
    /// Takes an identity off its contact, with what came by it: by undoing the merge that stitched it there,
    /// or by making a contact of its own. The two are no duplicates from then on. Errors:
    /// `records.not_found`, `identities.only_one`, `identities.contact_gone`, `records.restricted`, those of
    /// undoing a merge.
    Result<UnstitchOutcome> unstitch(const CallContext& context, Id identity);
    /// Who said what of a contact, and what counts. Error: `records.not_found`.
    Result<Provenance> provenance(const Principal& principal, Id contact);
    /// The contact that an identity is of. Error: `identities.unknown`.
    Result<Row> identify(const Principal& principal, std::string_view name_space, std::string_view value);

    Result<SurvivorshipRules> rules();
    /// Sets the rule of a field, or with no rule the usual one, and queues a job that brings contacts in line
    /// with it. Gives the job. Errors: `identities.rule`, and those of a commit.
    Result<std::int64_t>
    set_rule(const CallContext& context, std::string_view field, const std::optional<SurvivorshipRule>& rule);

private:
    Result<IngestOutcome>
    try_ingest(const CallContext& wide, const SourceMessage& message, IngestOutcome& done);
    /// Leaves out what somebody decided is not the same.
    Result<void> leave_apart(MessageFinding& finding, IngestOutcome& outcome);
    Result<void> stitch(
        const CallContext& wide,
        const SourceMessage& message,
        const MessageFinding& finding,
        IngestOutcome& outcome
    );
    Result<void> write(
        const CallContext& wide,
        const SourceMessage& message,
        const MessageFinding& finding,
        IngestOutcome& outcome
    );
    /// Keeps what people wrote into a contact, of fields that some source speaks of or that are `claimed`, so
    /// that it is known after a merge.
    Result<void>
    keep_hand_edits(const CallContext& wide, Id contact, const std::set<std::string, std::less<>>& claimed);
    Result<FieldTakes> advise(Connection& reader, const RecordType& contacts, std::span<const Row> rows);

    /// Writes a contact of its own for the identity, or gives what came by it to the one that has it again.
    Result<void> part(const CallContext& wide, UnstitchOutcome& outcome);

    Result<Value> evaluate_all(JobQueue& jobs, std::int64_t job);
    Result<bool> evaluate(const CallContext& context, Id contact);

    IdentityServices m_services;
    JobQueue* m_jobs{nullptr};
    std::atomic<bool> m_stopping{false};
    std::mutex m_repeating; // held by who tries again, so that those do not meet
};

/// Whether somebody may take in messages, which finds, changes and merges contacts whoever owns them.
Result<void> may_ingest(const Principal& principal);
/// The same caller with every row, every field and the rights to what this room writes.
CallContext for_identities(const CallContext& context);
/// Whether it is worth doing again from the start: somebody else wrote at the same time.
bool is_worth_repeating(const Error& error);

} // namespace mortise::host
