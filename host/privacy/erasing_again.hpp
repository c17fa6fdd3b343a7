#pragma once

/// \file
/// Puts database and ledger of erasures together again: who is named in the ledger and is in the database
/// with what it knew of them, because an older backup was restored, is erased again; whom the database knows
/// to be erased is named in the ledger.

#include "access/principal.hpp"
#include "privacy/erasure_ledger.hpp"

#include <mortise/result.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

class Connection;
class Database;
class Erasure;
class Records;
class Schema;

/// Who is to be erased again. What its members look at outlives it.
struct NamedErasures {
    std::string_view database; ///< its id: persons of others are passed over
    std::span<const ErasedPerson> persons; ///< may name a contact several times
    std::string_view source; ///< what names them, as errors say it
};

struct ErasedAgain {
    std::size_t contacts{0}; ///< that were named, of this database; each once
    std::size_t applied{0}; ///< erased now
    std::size_t before{0}; ///< erased in the database as it is
    std::size_t not_there{0}; ///< it does not have them; a number of another contact counts here
    std::vector<Id> with_others; ///< that nobody named, and that went since they were merged with one named
};

/// Nothing is done of what is done already, so that it may be called again after it was cut short. Errors:
/// those of `Erasure::erase_again`; they name the contact, what named it, and the way out.
Result<ErasedAgain> erase_again(
    Database& database,
    Records& records,
    Erasure& erasure,
    const CallContext& context,
    const NamedErasures& whom
);
/// The same for the audit trail, as JSON: {applied, before, not_there, with_others: [id]}.
std::string summary_of(const ErasedAgain& done);

/// Whom the database knows to be erased. Also of databases that no host has opened since this is kept.
Result<std::vector<ErasedPerson>> erased_in(Connection& reader, std::string_view id);

/// Whether database and ledger are as they were when `note_together` was last called, so that there is
/// nothing to put together. An older database that was put there by hand has an older note.
Result<bool> are_together(Connection& reader, const Schema& schema, const ErasureLedger& ledger);
/// Notes in the database that both know of the same. Writer, in a transaction.
Result<void> note_together(Connection& writer, const Schema& schema, const ErasureLedger& ledger);

} // namespace mortise::host
