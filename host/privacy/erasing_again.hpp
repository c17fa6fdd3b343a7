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
#include <string_view>
#include <vector>

namespace mortise::host {

class Connection;
class Database;
class Erasure;
class Records;

struct ErasedAgain {
    std::size_t contacts{0}; ///< that were named, of this database
    std::size_t applied{0}; ///< erased now
    std::size_t before{0}; ///< erased in the database as it is
    std::size_t not_there{0}; ///< it does not have them; a number of another contact counts here
    std::vector<Id> with_others; ///< contacts that those named had been merged into, and that went with them
};

/// `database`: its id. Persons of other databases are passed over. Nothing is done of what is done already,
/// so that it may be called again after it was cut short. Errors: those of `Erasure::erase_again`.
Result<ErasedAgain> erase_again(
    Database& database,
    Records& records,
    Erasure& erasure,
    const CallContext& context,
    std::string_view id,
    std::span<const ErasedPerson> persons
);

/// Whom the database knows to be erased. Also of databases that no host has opened since this is kept.
Result<std::vector<ErasedPerson>> erased_in(Connection& reader, std::string_view id);

} // namespace mortise::host
