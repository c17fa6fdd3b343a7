#pragma once

/// \file
/// A file's bytes as UTF-8, whatever encoding it came in.

#include "exchange/stream/byte_source.hpp"

#include <mortise/result.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mortise::host {

/// How a file is encoded.
struct TextEncoding {
    std::string name{"UTF-8"}; ///< IANA's name
    bool has_mark{false}; ///< a byte order mark stood at the start
    bool certain{true}; ///< false if it was guessed from the letters' frequency

    friend bool operator==(const TextEncoding&, const TextEncoding&) = default;
};

/// Decodes while it reads. Without a name given, the encoding is told by a byte order mark, by the zeros of
/// UTF-16, and else by the 64 KiB from the first byte beyond ASCII on, wherever that stands: UTF-8 if they
/// are that, else a guess (see `guess_encoding`), most often windows-1252. Thread-safety: one thread at a
/// time.
class TextSource {
public:
    /// \param source  must outlive this
    /// \param encoding  a name such as "windows-1252"; nothing lets it be found out. Refuses (`invalid`)
    /// unknown names.
    static Result<TextSource>
    open(ByteSource& source, const std::optional<std::string>& encoding = std::nullopt);

    TextSource(TextSource&&) noexcept;
    TextSource& operator=(TextSource&&) noexcept;
    ~TextSource();

    /// Fills the start of `out`, which has room for 16 bytes at least; 0 only at the end. Bytes of a file in
    /// UTF-8 pass as they are, so that the reader can tell where one is wrong; in other encodings what cannot
    /// be decoded becomes U+FFFD. Characters may be cut at the end of `out`.
    Result<std::size_t> read(std::span<char> out);

    /// Final once a byte beyond ASCII was read.
    const TextEncoding& encoding() const noexcept { return m_encoding; }
    /// Characters that could not be decoded and became U+FFFD.
    std::uint64_t replaced() const noexcept;
    /// Bytes taken from the source and decoded so far: for progress.
    std::uint64_t bytes_read() const noexcept { return m_taken - (m_end - m_begin); }

private:
    struct Converter;

    explicit TextSource(ByteSource& source);
    Result<void> begin(const std::optional<std::string>& encoding);
    Result<void> decide();
    Result<void> use(TextEncoding encoding);
    Result<void> fill(std::size_t wanted);
    std::size_t pass(std::span<char> out, std::size_t count);
    Result<std::size_t> convert(std::span<char> out);

    ByteSource* m_source;
    std::vector<char> m_raw;
    std::size_t m_begin{0};
    std::size_t m_end{0};
    std::uint64_t m_taken{0};
    bool m_at_end{false};
    bool m_decided{false};
    TextEncoding m_encoding;
    std::unique_ptr<Converter> m_converter;
};

} // namespace mortise::host
