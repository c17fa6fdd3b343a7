#pragma once

/// \file
/// Where a reader's bytes come from: a file, a pipe, memory. Readers take a `ByteSource&` and never hold the
/// whole.

#include <mortise/result.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mortise::host {

/// Thread-safety: one thread at a time.
class ByteSource {
public:
    ByteSource() = default;
    ByteSource(const ByteSource&) = delete;
    ByteSource& operator=(const ByteSource&) = delete;
    virtual ~ByteSource() = default;

    /// Fills the start of `out` and returns how many bytes that were; 0 only at the end. `out` is not empty.
    /// Errors: `io` with the system's reason.
    virtual Result<std::size_t> read(std::span<char> out) = 0;

    /// Bytes in all, where that is known before reading: for progress.
    virtual std::optional<std::uint64_t> size() const { return std::nullopt; }
};

/// Bytes in memory, which must outlive the source.
class MemorySource final : public ByteSource {
public:
    explicit MemorySource(std::string_view bytes) noexcept : m_size{bytes.size()}, m_rest{bytes} { }

    Result<std::size_t> read(std::span<char> out) override;
    std::optional<std::uint64_t> size() const override { return m_size; }

private:
    std::size_t m_size;
    std::string_view m_rest;
};

/// A file, pipe or socket.
class FileSource final : public ByteSource {
public:
    /// Errors: `not_found`, `denied` or `io`, with the path in the message.
    static Result<std::unique_ptr<FileSource>> open(const std::filesystem::path& path);
    /// Reads from a descriptor that stays the caller's, such as standard input.
    static std::unique_ptr<FileSource> borrow(int descriptor, std::string_view name);
    ~FileSource() override;

    Result<std::size_t> read(std::span<char> out) override;
    /// Known for regular files only.
    std::optional<std::uint64_t> size() const override { return m_size; }

private:
    enum class Ownership { owned, borrowed };
    FileSource(int descriptor, std::string name, Ownership ownership);

    int m_descriptor;
    std::string m_name;
    Ownership m_ownership;
    std::optional<std::uint64_t> m_size;
};

} // namespace mortise::host
