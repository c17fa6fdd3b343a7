#pragma once

/// \file
/// What the checks want to know of a library beyond what the host reads: where it looks for others, whether
/// its stack is executable, and which interfaces it names.

#include <mortise/result.hpp>

#include <filesystem>
#include <set>
#include <string>

namespace mortise::check {

struct ElfImage {
    std::string search_path; ///< DT_RPATH or DT_RUNPATH; empty if it has none
    bool executable_stack{false};
    std::set<std::string> interfaces; ///< ids such as "mortise.records/1" that stand in it as text
};

/// Errors: io; invalid if it is no 64-bit ELF file.
Result<ElfImage> read_image(const std::filesystem::path& file);

} // namespace mortise::check
