#pragma once

/// \file
/// Proves that a block which another side wrote is safe to read: `check_block`. One pass over a private copy;
/// what passes can be walked with `ValueView` without another look.

#include <mortise/abi/value.h>
#include <mortise/result.hpp>
#include <mortise/value_view.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <vector>

namespace mortise {

inline constexpr int max_value_depth = 32;

/// Whether `text` is UTF-8 (shortest form, no surrogates) without U+0000.
inline bool is_valid_text(std::string_view text) noexcept;

/// The rules of a block, in the words of an error message.
enum class BlockFault : std::uint8_t {
    none,
    alignment, ///< not 8-byte aligned, or its size is not a multiple of 8
    size, ///< smaller than a node, or larger than allowed
    kind, ///< no such kind
    unused, ///< something that the kind does not use is not zero
    number, ///< bool not 0 or 1, double not finite, scale, currency or time unit out of range
    place, ///< a payload is not exactly where it must be, or does not fit
    padding, ///< padding is not zero
    text, ///< not UTF-8, or with U+0000
    hash, ///< a key's hash is wrong
    duplicate, ///< a key stands twice
    depth, ///< more than 32 lists and maps inside each other
    trailing, ///< bytes behind the value
};

/// What is wrong with a block, and where. `fault` none: nothing.
struct BlockCheck {
    BlockFault fault{BlockFault::none};
    std::uint64_t offset{0}; ///< of the node or payload at fault, in bytes from the root

    explicit operator bool() const noexcept { return fault == BlockFault::none; }
};

constexpr std::string_view describe(BlockFault fault) noexcept
{
    switch (fault) {
    case BlockFault::none:
        return "nothing is wrong";
    case BlockFault::alignment:
        return "block is not aligned to 8 bytes";
    case BlockFault::size:
        return "block is too small or too large";
    case BlockFault::kind:
        return "unknown kind of value";
    case BlockFault::unused:
        return "an unused part of a value is not zero";
    case BlockFault::number:
        return "number out of range";
    case BlockFault::place:
        return "a payload is not where it must be";
    case BlockFault::padding:
        return "padding is not zero";
    case BlockFault::text:
        return "text is not UTF-8 without U+0000";
    case BlockFault::hash:
        return "wrong hash of a key";
    case BlockFault::duplicate:
        return "a key stands twice";
    case BlockFault::depth:
        return "lists and maps are nested more than 32 deep";
    case BlockFault::trailing:
        return "bytes behind the value";
    }
    return "";
}

namespace detail {

/// Bytes of the UTF-8 sequence at `at`, or 0 if there is none.
inline std::size_t utf8_sequence(const unsigned char* at, std::size_t left) noexcept
{
    const unsigned char first = at[0];
    const auto tail = [at](std::size_t index) { return (at[index] & 0xC0U) == 0x80U; };
    if (first < 0x80) return 1;
    if (first < 0xC2 || left < 2 || !tail(1)) return 0;
    if (first < 0xE0) return 2;
    if (left < 3 || !tail(2)) return 0;
    if (first < 0xF0) {
        const bool overlong = first == 0xE0 && at[1] < 0xA0;
        const bool surrogate = first == 0xED && at[1] > 0x9F;
        return overlong || surrogate ? 0 : 3;
    }
    if (first > 0xF4 || left < 4 || !tail(3)) return 0;
    const bool overlong = first == 0xF0 && at[1] < 0x90;
    const bool too_large = first == 0xF4 && at[1] > 0x8F;
    return overlong || too_large ? 0 : 4;
}

/// Whether any of the 8 bytes is zero or above 0x7F.
constexpr bool needs_a_look(std::uint64_t word) noexcept
{
    constexpr std::uint64_t ones = 0x0101010101010101U;
    constexpr std::uint64_t high = 0x8080808080808080U;
    return (((word - ones) | word) & high) != 0;
}

class BlockChecker {
public:
    explicit BlockChecker(mortise_tree tree) noexcept
        : m_base{reinterpret_cast<const char*>(tree.root)},
          m_size{tree.bytes}
    {
    }

    BlockCheck run() noexcept
    {
        if (check_node(0, 0) && m_cursor != m_size) fail(BlockFault::trailing, m_cursor);
        return m_result;
    }

private:
    bool fail(BlockFault fault, std::uint64_t offset) noexcept
    {
        m_result = {fault, offset};
        return false;
    }

    template <class T>
    const T& at(std::uint64_t offset) const noexcept
    {
        return *reinterpret_cast<const T*>(m_base + offset);
    }

    /// Takes the next payload, which `owner` says to be at `offset` from itself.
    bool take(std::uint64_t owner, std::int64_t offset, std::uint64_t bytes) noexcept
    {
        const std::uint64_t padded = (bytes + 7) & ~std::uint64_t{7};
        if (owner + static_cast<std::uint64_t>(offset) != m_cursor || padded > m_size - m_cursor)
            return fail(BlockFault::place, owner);
        if (const std::uint64_t used = bytes % 8; used != 0) {
            const auto last = at<std::uint64_t>(m_cursor + padded - 8);
            if (last >> (used * 8) != 0) return fail(BlockFault::padding, m_cursor);
        }
        m_cursor += padded;
        return true;
    }

    bool check_node(std::uint64_t offset, int depth) noexcept
    {
        const auto& node = at<mortise_value>(offset);
        const bool scaled = node.kind == MORTISE_KIND_DECIMAL || node.kind == MORTISE_KIND_MONEY;
        const bool with_unit = node.kind == MORTISE_KIND_MONEY || node.kind == MORTISE_KIND_TIME;
        const bool counted = node.kind == MORTISE_KIND_TEXT || node.kind == MORTISE_KIND_BYTES
            || node.kind == MORTISE_KIND_LIST || node.kind == MORTISE_KIND_MAP;
        if ((!scaled && node.scale != 0) || (!with_unit && node.unit != 0) || (!counted && node.count != 0))
            return fail(BlockFault::unused, offset);
        switch (node.kind) {
        case MORTISE_KIND_NULL:
            return node.as.integer == 0 || fail(BlockFault::unused, offset);
        case MORTISE_KIND_BOOL:
            return (node.as.integer & ~std::int64_t{1}) == 0 || fail(BlockFault::number, offset);
        case MORTISE_KIND_INT:
        case MORTISE_KIND_ID:
            return true;
        case MORTISE_KIND_DOUBLE:
            return std::isfinite(node.as.real) || fail(BlockFault::number, offset);
        case MORTISE_KIND_DECIMAL:
            return node.scale <= 18 || fail(BlockFault::number, offset);
        case MORTISE_KIND_MONEY:
            return (node.unit >= 1 && node.unit <= 999 && node.scale <= 4)
                || fail(BlockFault::number, offset);
        case MORTISE_KIND_TIME:
            return node.unit <= MORTISE_TIME_DURATION || fail(BlockFault::number, offset);
        case MORTISE_KIND_TEXT:
            return check_text(offset, node.as.offset, node.count);
        case MORTISE_KIND_BYTES:
            return take(offset, node.as.offset, node.count);
        case MORTISE_KIND_LIST:
            return check_list(offset, node, depth + 1);
        case MORTISE_KIND_MAP:
            return check_map(offset, node, depth + 1);
        default:
            return fail(BlockFault::kind, offset);
        }
    }

    bool check_text(std::uint64_t owner, std::int64_t offset, std::uint32_t size) noexcept
    {
        const std::uint64_t start = m_cursor;
        if (!take(owner, offset, size)) return false;
        return is_valid_text({m_base + start, size}) || fail(BlockFault::text, start);
    }

    bool check_list(std::uint64_t offset, const mortise_value& node, int depth) noexcept
    {
        if (depth > max_value_depth) return fail(BlockFault::depth, offset);
        const std::uint64_t items = m_cursor;
        if (!take(offset, node.as.offset, std::uint64_t{node.count} * sizeof(mortise_value))) return false;
        for (std::uint64_t i = 0; i < node.count; ++i)
            if (!check_node(items + i * sizeof(mortise_value), depth)) return false;
        return true;
    }

    bool check_map(std::uint64_t offset, const mortise_value& node, int depth) noexcept
    {
        if (depth > max_value_depth) return fail(BlockFault::depth, offset);
        const std::uint64_t start = m_cursor;
        if (!take(offset, node.as.offset, std::uint64_t{node.count} * sizeof(mortise_entry))) return false;
        const std::span entries{&at<mortise_entry>(start), node.count};
        for (std::uint64_t place = start; const mortise_entry& entry : entries) {
            const std::uint64_t key = m_cursor;
            if (!check_text(place, entry.key_offset, entry.key_size)) return false;
            if (entry.key_hash != key_hash({m_base + key, entry.key_size}))
                return fail(BlockFault::hash, place);
            place += sizeof(mortise_entry);
        }
        if (!keys_differ(entries)) return fail(BlockFault::duplicate, offset);
        for (std::uint64_t place = start; place < start + entries.size_bytes();
             place += sizeof(mortise_entry))
            if (!check_node(place + offsetof(mortise_entry, value), depth)) return false;
        return true;
    }

    /// Few keys are compared pair by pair through a small filter; many are sorted, so that no choice of keys
    /// is slow.
    static bool keys_differ(std::span<const mortise_entry> entries) noexcept
    {
        if (entries.size() > 48) return sorted_keys_differ(entries);
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < entries.size(); ++i) {
            const std::uint64_t bit = std::uint64_t{1} << (entries[i].key_hash >> 26U);
            if ((seen & bit) != 0)
                for (std::size_t j = 0; j < i; ++j)
                    if (entries[j].key_hash == entries[i].key_hash
                        && entry_key(entries[j]) == entry_key(entries[i]))
                        return false;
            seen |= bit;
        }
        return true;
    }

    static bool sorted_keys_differ(std::span<const mortise_entry> entries)
    {
        std::vector<const mortise_entry*> sorted;
        sorted.reserve(entries.size());
        for (const mortise_entry& entry : entries)
            sorted.push_back(&entry);
        const auto before = [](const mortise_entry* a, const mortise_entry* b) {
            return a->key_hash != b->key_hash ? a->key_hash < b->key_hash : entry_key(*a) < entry_key(*b);
        };
        std::sort(sorted.begin(), sorted.end(), before);
        return std::adjacent_find(
                   sorted.begin(),
                   sorted.end(),
                   [](const mortise_entry* a, const mortise_entry* b) {
                       return a->key_hash == b->key_hash && entry_key(*a) == entry_key(*b);
                   }
               )
            == sorted.end();
    }

    const char* m_base;
    std::uint64_t m_size;
    std::uint64_t m_cursor{sizeof(mortise_value)};
    BlockCheck m_result;
};

} // namespace detail

inline bool is_valid_text(std::string_view text) noexcept
{
    const auto* at = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t left = text.size();
    while (left > 0) {
        if (left >= 8) {
            std::uint64_t word = 0;
            std::memcpy(&word, at, sizeof word);
            if (!detail::needs_a_look(word)) {
                at += 8;
                left -= 8;
                continue;
            }
        }
        const std::size_t length = *at != 0 ? detail::utf8_sequence(at, left) : 0;
        if (length == 0) return false;
        at += length;
        left -= length;
    }
    return true;
}

/// Checks every rule of `mortise/abi/value.h`. `tree.root` must point at `tree.bytes` readable bytes that
/// nobody changes meanwhile: copy out of shared memory first. Runs in one pass, about 25 ns per field.
inline BlockCheck check_block(mortise_tree tree, std::uint64_t max_bytes = std::uint64_t{1} << 20U) noexcept
{
    if (std::bit_cast<std::uintptr_t>(tree.root) % 8 != 0 || tree.bytes % 8 != 0)
        return {BlockFault::alignment, 0};
    if (tree.root == nullptr || tree.bytes < sizeof(mortise_value) || tree.bytes > max_bytes)
        return {BlockFault::size, 0};
    return detail::BlockChecker{tree}.run();
}

} // namespace mortise
