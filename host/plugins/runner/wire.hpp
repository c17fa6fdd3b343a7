#pragma once

/// \file
/// How the arguments of a call look between the host and a plugin's process: the bytes of one message. The
/// reader never believes the writer: what does not fit is an error of the whole message.
///
/// What a plugin passes wrongly (null text, a value that lies crooked, a struct that is too short) crosses as
/// what it is, so that the host's own checks find it and answer what they answer in process.
///
/// The wire belongs to one build: host and runner are made together and compare `wire_build` first.

#include <mortise/abi/value.h>
#include <mortise/border.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <span>
#include <vector>

namespace mortise::host {

/// One text or value that is larger is not sent: the checks refuse it by its size alone.
inline constexpr std::uint64_t most_argument_bytes = std::uint64_t{32} << 20;
inline constexpr std::uint64_t most_message_bytes = std::uint64_t{64} << 20;
inline constexpr std::uint64_t most_span_items = 1'000'000;

/// Where a struct of the contract has something that lies outside of it.
struct FieldPlace {
    enum class Shape : std::uint8_t { text, value };
    std::uint32_t offset{0};
    Shape shape{Shape::text};
};

/// Specialized by generated code: `least`, the bytes of its first release, and `places`.
template <class Struct>
struct StructLayout;

/// How an argument stands in a message.
enum class WireState : std::uint64_t {
    given,
    null, ///< a null pointer, with the size that it came with
    too_large, ///< not sent
    crooked, ///< not sent: it does not lie where a value may lie
    misshapen, ///< a struct of a size that none has
};

class WireWriter {
public:
    void word(std::uint64_t value) { m_words.push_back(value); }
    void bytes(const void* data, std::uint64_t size)
    {
        const std::size_t at = m_words.size();
        m_words.resize(at + (size + 7) / 8);
        if (size > 0) std::memcpy(m_words.data() + at, data, size);
    }
    void text(mortise_text text);
    void tree(mortise_tree tree);
    /// Numbers of 8 bytes.
    void numbers(const void* items, std::uint64_t count);
    template <class Struct>
    void structures(const Struct* items, std::uint64_t count)
    {
        using Layout = StructLayout<Struct>;
        structures(items, count, sizeof(Struct), Layout::least, Layout::places.data(), Layout::places.size());
    }
    const std::vector<std::uint64_t>& words() const noexcept { return m_words; }
    std::vector<std::uint64_t>& words() noexcept { return m_words; }

private:
    void structures(
        const void* items,
        std::uint64_t count,
        std::uint32_t known,
        std::uint32_t least,
        const FieldPlace* places,
        std::size_t place_count
    );
    bool head(const void* data, std::uint64_t size, bool fits);

    std::vector<std::uint64_t> m_words;
};

class WireReader {
public:
    /// `words` must outlive what is read.
    explicit WireReader(const std::vector<std::uint64_t>& words) noexcept
        : m_at{words.data()},
          m_end{words.data() + words.size()}
    {
    }

    std::uint64_t word() noexcept;
    /// Null, and not ok, if there are not that many.
    const void* bytes(std::uint64_t size) noexcept;
    mortise_text text() noexcept;
    mortise_tree tree() noexcept;

    struct Span {
        const void* items{nullptr};
        std::uint64_t count{0};
    };
    Span numbers() noexcept;
    template <class Struct>
    Span structures()
    {
        using Layout = StructLayout<Struct>;
        return structures(sizeof(Struct), Layout::least, Layout::places.data(), Layout::places.size());
    }

    bool ok() const noexcept { return m_ok; }
    bool at_end() const noexcept { return m_at == m_end; }

private:
    struct Head {
        WireState state{WireState::null};
        std::uint64_t size{0};
    };
    Head head() noexcept;
    Span
    structures(std::uint32_t known, std::uint32_t least, const FieldPlace* places, std::size_t place_count);
    std::uint64_t left() const noexcept { return static_cast<std::uint64_t>(m_end - m_at) * 8; }

    const std::uint64_t* m_at;
    const std::uint64_t* m_end;
    bool m_ok{true};
    std::deque<std::vector<std::uint64_t>> m_structs;
};

} // namespace mortise::host
