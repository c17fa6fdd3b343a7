#pragma once

/// \file
/// Erasures and restores: whoever was erased after a backup was made is in it, and is erased again before
/// anybody sees the restored folder.

#include "control/data_folder.hpp"
#include "privacy/erasing_again.hpp"

#include <mortise/result.hpp>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace mortise::host {

/// A file that was asked who was erased.
struct ErasureSource {
    std::string file;
    bool is_replaced{false}; ///< of the folder that is replaced: it knows of all erasures of that database
    std::set<std::string, std::less<>> databases; ///< of which it names persons
};

/// Who is to be erased again, and how that is known.
struct ErasuresToApply {
    std::vector<ErasedPerson> persons;
    std::vector<ErasureSource> sources;
    std::string replaced; ///< id of the database that is replaced; empty: there is none, or it cannot be read
};

struct RestoredErasures {
    std::vector<std::string> sources; ///< files that told; empty: nothing told who was erased since
    std::vector<std::string> foreign; ///< files that name nobody of this database
    ErasedAgain done;
};

/// Those that `replaced` (empty: nothing is replaced) and `given` (empty: none) name. What the database of
/// `replaced` knows counts too, as far as it can be read. Errors: of a ledger that is not there or was
/// changed; of one that is given also if it was cut or names nobody.
Result<ErasuresToApply> find_erasures(const DataFolder& replaced, const std::filesystem::path& given);

/// Erases them in the database of a folder that no host has, notes them in its ledger, and leaves no former
/// content in its files: contents of files of records that nobody has any more go too. May be called again
/// after it was cut short.
Result<RestoredErasures> apply_erasures(const DataFolder& folder, const ErasuresToApply& erasures);

} // namespace mortise::host
