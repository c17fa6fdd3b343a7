#pragma once

/// \file
/// Makes the private copy of a plugin's shared library that is mapped into a process.

#include "base/hash.hpp"

#include <mortise/result.hpp>

#include <chrono>
#include <filesystem>
#include <optional>

namespace mortise::host {

/// How much of a library its copy has.
enum class CopyExtent {
    loaded, ///< what is mapped and the table of sections; what only a debugger reads stays a hole
    whole,
};

/// Writes `copy`, which must not exist yet, from `file`, each byte read once. With `wanted` the bytes that
/// were read must have that SHA-256: what is in the copy is what was checked. On an error the copy may be
/// there in part. Errors: io; refused (changed).
Result<void> copy_library(
    const std::filesystem::path& file,
    const std::filesystem::path& copy,
    CopyExtent extent,
    const std::optional<Digest>& wanted
);

/// The same into memory that nobody can write to, enlarge or cut any more; gives its descriptor, which the
/// caller closes. Between what was checked and what another process maps there is no file. A copy of which
/// pages stay in use by others is made anew. Errors: io; refused.
Result<int>
library_image(const std::filesystem::path& file, CopyExtent extent, const std::optional<Digest>& wanted);

/// Makes a file of memory (memfd_create, with MFD_ALLOW_SEALING) one that nobody can write to, enlarge or cut
/// any more; no writable mapping of it may be left. Gives 0, or the system's reason. Waits with `patience`
/// for pages that others hold, the kernel itself for a moment: it compacts memory, or has them in a list of
/// another processor, and says EBUSY when that does not end within some 150 ms.
int seal_memory(int descriptor, std::chrono::milliseconds patience);

} // namespace mortise::host
