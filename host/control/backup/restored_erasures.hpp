#pragma once

/// \file
/// Erasures and restores: whoever was erased after a backup was made is in it, and is erased again before
/// anybody sees the restored folder.

#include "control/data_folder.hpp"
#include "privacy/erasing_again.hpp"

#include <mortise/result.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace mortise::host {

/// Who is to be erased again, and how that is known.
struct ErasuresToApply {
    std::vector<ErasedPerson> persons;
    std::vector<std::string> sources; ///< files that named them
};

struct RestoredErasures {
    std::vector<std::string> sources; ///< empty: nothing told who was erased since
    ErasedAgain done;
};

/// Those that `replaced` (empty: nothing is replaced) and `given` (empty: none) name. What the database of
/// `replaced` knows counts too, as far as it can be read. Errors: of a ledger that is not there or was
/// changed.
Result<ErasuresToApply> find_erasures(const DataFolder& replaced, const std::filesystem::path& given);

/// Erases them in the database of a folder that no host has, notes them in its ledger, and leaves no former
/// content in its files. May be called again after it was cut short.
Result<RestoredErasures> apply_erasures(const DataFolder& folder, const ErasuresToApply& erasures);

} // namespace mortise::host
