#pragma once

/// \file
/// Where a writer's bytes go: a file, a pipe, memory.

#include <mortise/result.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace mortise::host {

/// Thread-safety: one thread at a time.
class ByteSink {
public:
    ByteSink() = default;
    ByteSink(const ByteSink&) = delete;
    ByteSink& operator=(const ByteSink&) = delete;
    virtual ~ByteSink() = default;

    /// Takes all of `bytes`, or returns why not; then it is unknown how many it took.
    virtual Result<void> write(std::string_view bytes) = 0;
    /// Hands on what is still held back. Until it has returned, nothing is promised to have arrived.
    virtual Result<void> finish() { return {}; }
};

class StringSink final : public ByteSink {
public:
    Result<void> write(std::string_view bytes) override;

    const std::string& text() const noexcept { return m_text; }
    std::string take() noexcept { return std::move(m_text); }

private:
    std::string m_text;
};

/// A file, pipe or socket, written in blocks of 64 KiB.
class FileSink final : public ByteSink {
public:
    /// Makes the file, or empties the one that is there. Errors: `not_found` (no such folder), `denied`,
    /// `io`.
    static Result<std::unique_ptr<FileSink>> create(const std::filesystem::path& path);
    /// Writes to a descriptor that stays the caller's, such as standard output.
    static std::unique_ptr<FileSink> borrow(int descriptor, std::string_view name);
    /// Does not write what `finish` was not called for.
    ~FileSink() override;

    Result<void> write(std::string_view bytes) override;
    Result<void> finish() override;

private:
    enum class Ownership { owned, borrowed };
    FileSink(int descriptor, std::string name, Ownership ownership);
    Result<void> write_through(std::string_view bytes);

    int m_descriptor;
    std::string m_name;
    Ownership m_ownership;
    std::string m_held;
};

} // namespace mortise::host
