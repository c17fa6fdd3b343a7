#pragma once

/// \file
/// `PairBook`: the pairs as records. What is found is written where it is new or says something else; what
/// people decided is never overwritten by what a scan finds.

#include "access/principal.hpp"
#include "matching/model/model.hpp"
#include "records/row.hpp"
#include "records/unit_of_work.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

class Clock;
class Connection;
class Database;
class Records;

enum class PairState : std::uint8_t { open, merged, not_a_duplicate };

std::string_view name_of(PairState state) noexcept;

struct Pair {
    Id id;
    Id first;
    Id second;
    matching::Band band{matching::Band::review};
    PairState state{PairState::open};
    double weight{0};
    std::string caution;
    std::string evidence; ///< not empty: somebody says that they are the same; no scan takes the pair away
    bool is_deleted{false};

    Id other(Id contact) const noexcept { return contact == first ? second : first; }
};

/// Two contacts and how alike they are, with its parts.
struct FoundPair {
    Id first;
    Id second;
    matching::Judgement judgement;
};

/// [{field, level, weight, rare}]: what a judgement rests on, without values.
List explanation_of(const matching::Judgement& judgement);

/// Thread-safety: any thread.
class PairBook {
public:
    PairBook(Database& database, Records& records, const Clock& clock);

    /// Makes the type where it is not there.
    Result<void> open();

    /// Writes pairs that were found; `also` runs in the same transaction. A pair that says the same as on
    /// record, or that a person decided about, is left. One that is recorded as merged though both contacts
    /// are there is open again: the merge was undone. Gives how many were written.
    Result<std::size_t> keep(
        const CallContext& context,
        std::span<const FoundPair> found,
        const std::function<Result<void>(Connection&)>& also
    );
    /// Deletes pairs that are open and without evidence; what was decided stays.
    Result<void> drop(const CallContext& context, std::span<const Pair> pairs);
    /// Sets the state, with who decided, when and why; open takes a decision back.
    Result<void>
    decide(const CallContext& context, std::span<const Pair> pairs, PairState state, std::string_view reason);

    /// What a unit of work is to change so that the two are a pair to be looked at, for which `evidence`
    /// speaks; nothing if they are one already, or somebody decided that they are no duplicates. Either may
    /// be a contact that the same unit makes.
    Result<std::optional<Change>> suggestion(Id a, Id b, std::string_view evidence);
    /// What a unit of work is to change so that the two are no duplicates.
    Result<std::optional<Change>> separation(const CallContext& context, Id a, Id b, std::string_view reason);
    /// Whether somebody decided that the two are no duplicates.
    Result<bool> are_apart(Id a, Id b);

    /// Puts right what a merge left of a contact's pairs: one between the contact and itself is merged; of
    /// two with the same other contact one stays, the one that was decided about before the others.
    Result<void> settle(const CallContext& context, Id contact);

    Result<Pair> get(Id id);
    Result<std::vector<Pair>> of_contact(Id contact);
    /// Of the two, in any order; deleted ones too.
    Result<std::optional<Pair>> between(Id a, Id b);
    /// Pairs after one, by their ids: all that are not deleted.
    Result<std::vector<Pair>> after(Id id, std::size_t most);

private:
    Result<std::vector<Pair>> select(std::string_view where, std::initializer_list<std::int64_t> parameters);
    Result<std::optional<Pair>> find_between(Id a, Id b);
    Result<bool> are_contacts(Id a, Id b);

    Database& m_database;
    Records& m_records;
    const Clock& m_clock;
    std::mutex m_writing; // looking and writing are one
};

} // namespace mortise::host
