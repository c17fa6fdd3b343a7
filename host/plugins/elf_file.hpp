#pragma once

/// \file
/// What an ELF shared library says about itself, read without running a line of it.

#include <mortise/result.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace mortise::host {

struct ElfFacts {
    std::vector<std::string> exports; ///< every symbol that others could bind to, sorted
    std::vector<std::string>
        unique; ///< of those, the ones of which there is one per process; they pin the library
    std::vector<std::string> needed; ///< the libraries that it loads
    bool no_delete{false}; ///< asks never to be unloaded
    bool text_relocations{false}; ///< wants its code to be writable while it loads
};

/// Errors: io; invalid if it is no shared library for this machine.
Result<ElfFacts> read_elf(const std::filesystem::path& file);

} // namespace mortise::host
