#pragma once

/// \file
/// `PartFile`: a file on the console's machine that appears under its name when all of it is written, and
/// leaves nothing behind else.

#include <mortise/result.hpp>

#include <cstdio>
#include <filesystem>
#include <string_view>

namespace mortise::ui {

/// Thread-safety: one thread.
class PartFile {
public:
    PartFile() = default;
    ~PartFile() { drop(); }
    PartFile(const PartFile&) = delete;
    PartFile& operator=(const PartFile&) = delete;

    /// ErrorCode::exists if there is one of that name and it shall not be replaced; ErrorCode::io if none
    /// can be made there. What was begun before is dropped.
    Result<void> open(std::filesystem::path file, bool replace);
    bool is_open() const noexcept { return m_open != nullptr; }
    const std::filesystem::path& file() const noexcept { return m_file; }
    /// False if this, or something before it, could not be written.
    bool write(std::string_view bytes);
    bool has_failed() const noexcept { return m_trouble != 0; }
    /// Puts it under its name. ErrorCode::io if it could not be written; then nothing is left of it.
    Result<void> keep();
    void drop();

private:
    Error cannot_write(int number) const;
    std::filesystem::path part() const;

    std::filesystem::path m_file;
    std::FILE* m_open{nullptr};
    int m_trouble{0}; ///< the number of the first error
};

} // namespace mortise::ui
