#pragma once

/// \file
/// `Library`: a plugin's shared library, mapped into the process. Each load maps a private copy of the file,
/// in memory that nobody can change, so that what is mapped is what was checked, a new file can be put in its
/// place while this one runs, and a reload starts clean. Unloading checks that the code is really gone.

#include "base/hash.hpp"
#include "plugins/elf_file.hpp"

#include <mortise/abi/root.h>
#include <mortise/result.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace mortise::host {

/// What the private copy is.
enum class CopyForm {
    memory, ///< sealed, without a name in any file system
    file, ///< for debuggers and profilers, which look for code by the name of its file
};

/// How an unload ended.
struct Unloaded {
    bool unmapped{false};
    std::string pinned_because; ///< why it is still mapped; empty if it is not
};

/// Thread-safety: one thread at a time.
class Library {
public:
    /// Copies `file` and maps the copy, everything bound at once, its symbols for nobody else. The copy has
    /// what is mapped and no debug information; if the environment has MORTISE_WHOLE_PLUGINS, all of it, and
    /// it is a file. Files are made in `copies`, a folder of this process alone, on a file system that allows
    /// to run from it. Looks up one symbol: `mortise_plugin_open_v1`. With `wanted` the copy must have that
    /// SHA-256: what is mapped is what was checked. Errors: io; invalid (no library, no such symbol,
    /// something of it missing); refused (changed).
    static Result<std::unique_ptr<Library>> load(
        const std::filesystem::path& file,
        const std::filesystem::path& copies,
        const std::optional<Digest>& wanted = std::nullopt,
        CopyForm form = CopyForm::memory
    );
    /// The same checks; the copy is sealed memory, for another process to map: `entry` is null.
    static Result<std::unique_ptr<Library>>
    prepare(const std::filesystem::path& file, const std::optional<Digest>& wanted = std::nullopt);
    /// A plugin that is part of this program: nothing is mapped, and nothing will be unmapped.
    static std::unique_ptr<Library> linked(mortise_plugin_open entry);
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;
    /// Unloads if nobody did, and takes the copy away.
    ~Library();

    mortise_plugin_open entry() const noexcept { return m_entry; }
    /// The descriptor of the sealed memory; -1 when there is none, or no more.
    int image() const noexcept { return m_image; }
    /// The other process has it.
    void release_image() noexcept;
    const ElfFacts& facts() const noexcept { return m_facts; }

    /// Unmaps the code. No thread may be in it, and none may come back.
    Unloaded unload() noexcept;

private:
    struct Mapping;

    Library();
    Result<void> copy_to_memory(const std::filesystem::path& file, const std::optional<Digest>& wanted);
    Result<void> copy_to_file(
        const std::filesystem::path& file,
        const std::filesystem::path& folder,
        const std::optional<Digest>& wanted
    );
    Result<void> map(const std::filesystem::path& file);
    std::string reason() const;

    ElfFacts m_facts;
    std::filesystem::path m_copy; ///< what it is mapped as
    bool m_is_file{false}; ///< that has to be removed
    std::unique_ptr<Mapping> m_mapping;
    mortise_plugin_open m_entry{nullptr};
    int m_image{-1}; ///< stays open while it is mapped: the loader knows libraries by their names
};

} // namespace mortise::host
