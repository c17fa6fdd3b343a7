#pragma once

/// \file
/// `mortise::ValueBlock`: a value in the flat form in which it crosses the plugin border, and `encode`, which
/// makes one. For values whose keys are known beforehand `value_shape.hpp` is several times faster.

#include <mortise/abi/value.h>
#include <mortise/result.hpp>
#include <mortise/value.hpp>
#include <mortise/value_check.hpp>
#include <mortise/value_view.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <utility>

namespace mortise {

namespace detail {

constexpr std::size_t padded(std::size_t bytes) noexcept
{
    return (bytes + 7) & ~std::size_t{7};
}

/// Room for a block that is written from front to back. Grows by doubling; fresh bytes are not initialised.
class BlockBuffer {
public:
    BlockBuffer() = default;
    BlockBuffer(BlockBuffer&& other) noexcept
        : m_bytes{std::move(other.m_bytes)},
          m_size{std::exchange(other.m_size, 0)},
          m_capacity{std::exchange(other.m_capacity, 0)}
    {
    }
    BlockBuffer& operator=(BlockBuffer&& other) noexcept
    {
        m_bytes = std::move(other.m_bytes);
        m_size = std::exchange(other.m_size, 0);
        m_capacity = std::exchange(other.m_capacity, 0);
        return *this;
    }
    ~BlockBuffer() = default;

    std::size_t size() const noexcept { return m_size; }
    std::byte* data() noexcept { return m_bytes.get(); }
    const std::byte* data() const noexcept { return m_bytes.get(); }
    void clear() noexcept { m_size = 0; }
    /// Drops what was added since the buffer was `size` bytes long.
    void shrink(std::size_t size) noexcept { m_size = size; }

    void reserve(std::size_t capacity)
    {
        if (capacity > m_capacity) grow(capacity);
    }

    /// Adds room for `bytes`, padded to 8 with zeros; gives its offset.
    std::size_t take(std::size_t bytes)
    {
        const std::size_t start = m_size;
        const std::size_t end = start + padded(bytes);
        reserve(end);
        if (end > start) std::memset(m_bytes.get() + end - 8, 0, 8);
        m_size = end;
        return start;
    }

    std::size_t add(const void* source, std::size_t bytes)
    {
        const std::size_t start = take(bytes);
        if (bytes > 0) std::memcpy(m_bytes.get() + start, source, bytes);
        return start;
    }

    /// Adds bytes without padding, for data that is no block yet.
    void append(const void* source, std::size_t bytes)
    {
        reserve(m_size + bytes);
        if (bytes > 0) std::memcpy(m_bytes.get() + m_size, source, bytes);
        m_size += bytes;
    }
    void append_zeros(std::size_t bytes)
    {
        reserve(m_size + bytes);
        if (bytes > 0) std::memset(m_bytes.get() + m_size, 0, bytes);
        m_size += bytes;
    }

    void put(std::size_t offset, const mortise_value& node) noexcept
    {
        std::memcpy(m_bytes.get() + offset, &node, sizeof node);
    }

    mortise_tree tree() const noexcept
    {
        return {reinterpret_cast<const mortise_value*>(m_bytes.get()), m_size};
    }

private:
    void grow(std::size_t capacity)
    {
        capacity = std::max(capacity, m_capacity * 2);
        if (capacity > static_cast<std::size_t>(PTRDIFF_MAX)) throw std::bad_array_new_length{};
        // Not make_unique: that would clear what is about to be written.
        std::unique_ptr<std::byte[]> larger{new std::byte[capacity]};
        if (m_size > 0) std::memcpy(larger.get(), m_bytes.get(), m_size);
        m_bytes = std::move(larger);
        m_capacity = capacity;
    }

    std::unique_ptr<std::byte[]> m_bytes;
    std::size_t m_size{0};
    std::size_t m_capacity{0};
};

inline mortise_value
number_node(std::uint8_t kind, std::int64_t number, std::uint8_t scale = 0, std::uint16_t unit = 0) noexcept
{
    mortise_value node{kind, scale, unit, 0, {}};
    node.as.integer = number;
    return node;
}

inline mortise_value
payload_node(std::uint8_t kind, std::size_t count, std::size_t owner, std::size_t payload) noexcept
{
    mortise_value node{kind, 0, 0, static_cast<std::uint32_t>(count), {}};
    node.as.offset = static_cast<std::int64_t>(payload - owner);
    return node;
}

/// Starts a list of `count` items (still null) as the value at `owner`; gives the offset of the first.
inline std::size_t open_list(BlockBuffer& buffer, std::size_t owner, std::size_t count)
{
    const std::size_t items = buffer.take(count * sizeof(mortise_value));
    if (count > 0) std::memset(buffer.data() + items, 0, count * sizeof(mortise_value));
    buffer.put(owner, payload_node(MORTISE_KIND_LIST, count, owner, items));
    return items;
}

/// Starts a map of `count` values (still null) as the value at `owner`; `key_of(i)` gives each Key. Gives the
/// offset of the first entry.
template <class KeyOf>
std::size_t open_map(BlockBuffer& buffer, std::size_t owner, std::size_t count, KeyOf key_of)
{
    const std::size_t entries = buffer.take(count * sizeof(mortise_entry));
    buffer.put(owner, payload_node(MORTISE_KIND_MAP, count, owner, entries));
    for (std::size_t i = 0; i < count; ++i) {
        const Key key = key_of(i);
        const std::size_t place = entries + i * sizeof(mortise_entry);
        mortise_entry entry{};
        entry.key_hash = key.hash;
        entry.key_size = static_cast<std::uint32_t>(key.name.size());
        entry.key_offset = static_cast<std::int64_t>(buffer.add(key.name.data(), key.name.size()) - place);
        std::memcpy(buffer.data() + place, &entry, sizeof entry);
    }
    return entries;
}

/// The offset of the value in the entry number `index` of a map that begins at `entries`.
constexpr std::size_t value_at(std::size_t entries, std::size_t index) noexcept
{
    return entries + index * sizeof(mortise_entry) + offsetof(mortise_entry, value);
}

constexpr bool has_payload(const mortise_value& node) noexcept
{
    return node.kind == MORTISE_KIND_TEXT || node.kind == MORTISE_KIND_BYTES
        || node.kind >= MORTISE_KIND_LIST;
}

/// Where the payloads of a checked node end, as bytes from the node; 16 for a root without payload.
inline std::size_t payload_end(const mortise_value& node) noexcept;

/// Writes the payload of `node`, which lies in another block, and a copy of the node at `offset`.
inline void copy_node(BlockBuffer& buffer, std::size_t offset, const mortise_value& node)
{
    mortise_value copy{};
    std::memcpy(static_cast<void*>(&copy), &node, sizeof copy);
    if (has_payload(node)) {
        const auto start = static_cast<std::size_t>(node.as.offset);
        const auto* payload = reinterpret_cast<const std::byte*>(&node) + start;
        const std::size_t target = buffer.add(payload, payload_end(node) - start);
        copy.as.offset = static_cast<std::int64_t>(target - offset);
    }
    buffer.put(offset, copy);
}

inline std::size_t payload_end(const mortise_value& node) noexcept
{
    const auto start = static_cast<std::size_t>(node.as.offset);
    const auto* base = reinterpret_cast<const std::byte*>(&node);
    const auto distance = [base](const void* to) {
        return static_cast<std::size_t>(static_cast<const std::byte*>(to) - base);
    };
    if (node.kind == MORTISE_KIND_LIST) {
        const auto* items = reinterpret_cast<const mortise_value*>(base + start);
        for (std::size_t i = node.count; i-- > 0;)
            if (has_payload(items[i])) return distance(&items[i]) + payload_end(items[i]);
        return start + node.count * sizeof(mortise_value);
    }
    if (node.kind == MORTISE_KIND_MAP) {
        const auto* entries = reinterpret_cast<const mortise_entry*>(base + start);
        for (std::size_t i = node.count; i-- > 0;)
            if (has_payload(entries[i].value))
                return distance(&entries[i].value) + payload_end(entries[i].value);
        if (node.count == 0) return start;
        const mortise_entry& last = entries[node.count - 1];
        return distance(&last) + static_cast<std::size_t>(last.key_offset) + padded(last.key_size);
    }
    return has_payload(node) ? start + padded(node.count) : sizeof(mortise_value);
}

/// Writes owned values into a block. Fails where a value cannot stand in one.
class BlockEncoder {
public:
    explicit BlockEncoder(BlockBuffer& buffer) noexcept : m_buffer{buffer} { }

    /// Writes `value` as the node at `offset`, whose 16 bytes are there already.
    Result<void> write(std::size_t offset, const Value& value, int depth = 0)
    {
        switch (value.kind()) {
        case Kind::null:
            return put(offset, number_node(MORTISE_KIND_NULL, 0));
        case Kind::boolean:
            return put(offset, number_node(MORTISE_KIND_BOOL, *value.as<bool>() ? 1 : 0));
        case Kind::integer:
            return put(offset, number_node(MORTISE_KIND_INT, *value.as<std::int64_t>()));
        case Kind::real:
            return write_real(offset, *value.as<double>());
        case Kind::decimal:
            return write_decimal(offset, *value.as<Decimal>());
        case Kind::money:
            return write_money(offset, *value.as<Money>());
        case Kind::text:
            return write_bytes(offset, MORTISE_KIND_TEXT, std::as_bytes(std::span{value.text()}));
        case Kind::bytes:
            return write_bytes(offset, MORTISE_KIND_BYTES, *value.as<Bytes>());
        case Kind::instant:
            return write_time(offset, MORTISE_TIME_INSTANT, value.as<Instant>()->microseconds);
        case Kind::date:
            return write_time(offset, MORTISE_TIME_DATE, value.as<Date>()->days);
        case Kind::time_of_day:
            return write_time(offset, MORTISE_TIME_OF_DAY, value.as<TimeOfDay>()->microseconds);
        case Kind::duration:
            return write_time(offset, MORTISE_TIME_DURATION, value.as<Duration>()->microseconds);
        case Kind::id:
            return put(offset, number_node(MORTISE_KIND_ID, value.as<Id>()->number));
        case Kind::list:
            return write_list(offset, *value.as<List>(), depth + 1);
        case Kind::map:
            return write_map(offset, *value.as<Map>(), depth + 1);
        }
        return {};
    }

    Result<void> write_map(std::size_t offset, const Map& map, int depth = 1)
    {
        MORTISE_CHECK(check_count(map.size()));
        if (depth > max_value_depth) return invalid("lists and maps are nested more than 32 deep");
        for (const Entry& entry : map)
            MORTISE_CHECK(check_count(entry.key.size()));
        auto key_of = [at = map.begin()](std::size_t) mutable { return Key{std::string_view{(at++)->key}}; };
        const std::size_t entries = open_map(m_buffer, offset, map.size(), key_of);
        for (std::size_t index = 0; const Entry& entry : map)
            MORTISE_CHECK(write(value_at(entries, index++), entry.value, depth));
        return {};
    }

private:
    static Error invalid(std::string message) { return {ErrorCode::invalid, std::move(message), {}, {}, {}}; }

    Result<void> put(std::size_t offset, const mortise_value& node)
    {
        m_buffer.put(offset, node);
        return {};
    }

    Result<void> write_real(std::size_t offset, double real)
    {
        if (!std::isfinite(real)) return invalid("a double must be finite");
        mortise_value node{MORTISE_KIND_DOUBLE, 0, 0, 0, {}};
        node.as.real = real;
        return put(offset, node);
    }

    Result<void> write_decimal(std::size_t offset, Decimal decimal)
    {
        if (decimal.scale > 18)
            return invalid("a decimal's scale is at most 18, not " + std::to_string(decimal.scale));
        return put(offset, number_node(MORTISE_KIND_DECIMAL, decimal.coefficient, decimal.scale));
    }

    Result<void> write_money(std::size_t offset, Money money)
    {
        if (money.currency < 1 || money.currency > 999 || money.digits > 4)
            return invalid("no such currency: " + std::to_string(money.currency));
        return put(offset, number_node(MORTISE_KIND_MONEY, money.minor, money.digits, money.currency));
    }

    Result<void> write_time(std::size_t offset, std::uint16_t unit, std::int64_t number)
    {
        return put(offset, number_node(MORTISE_KIND_TIME, number, 0, unit));
    }

    Result<void> write_bytes(std::size_t offset, std::uint8_t kind, std::span<const std::byte> bytes)
    {
        MORTISE_CHECK(check_count(bytes.size()));
        const std::size_t payload = m_buffer.add(bytes.data(), bytes.size());
        return put(offset, payload_node(kind, bytes.size(), offset, payload));
    }

    Result<void> write_list(std::size_t offset, const List& list, int depth)
    {
        MORTISE_CHECK(check_count(list.size()));
        if (depth > max_value_depth) return invalid("lists and maps are nested more than 32 deep");
        const std::size_t items = open_list(m_buffer, offset, list.size());
        for (std::size_t i = 0; i < list.size(); ++i)
            MORTISE_CHECK(write(items + i * sizeof(mortise_value), list[i], depth));
        return {};
    }

    static Result<void> check_count(std::size_t count)
    {
        if (count > std::numeric_limits<std::uint32_t>::max()) return invalid("more than 4 GiB in one value");
        return {};
    }

    BlockBuffer& m_buffer;
};

} // namespace detail

/// Whether two values are the same, including the order of their keys. A value that does not exist equals
/// null.
inline bool is_same(ValueView a, ValueView b) noexcept
{
    if (a.is_null() || b.is_null()) return a.is_null() && b.is_null();
    const mortise_value& x = *a.node();
    const mortise_value& y = *b.node();
    if (x.kind != y.kind || x.scale != y.scale || x.unit != y.unit || x.count != y.count) return false;
    if (!detail::has_payload(x)) return x.as.integer == y.as.integer;
    // There is one way only to write a value down, so payloads compare as bytes.
    const auto payload = [](const mortise_value& node) {
        const auto start = static_cast<std::size_t>(node.as.offset);
        return std::string_view{
            reinterpret_cast<const char*>(&node) + start, detail::payload_end(node) - start
        };
    };
    return payload(x) == payload(y);
}

/// A block that owns its memory. Movable, not copyable by accident: `copy` says so.
class ValueBlock {
public:
    ValueBlock() = default;
    explicit ValueBlock(detail::BlockBuffer buffer) noexcept : m_buffer{std::move(buffer)} { }

    /// Whether there is a value at all.
    explicit operator bool() const noexcept { return m_buffer.size() > 0; }
    /// As it is passed to a call; {null, 0} if there is no value.
    mortise_tree tree() const noexcept
    {
        return m_buffer.size() > 0 ? m_buffer.tree() : mortise_tree{nullptr, 0};
    }
    ValueView view() const& noexcept { return ValueView{tree()}; }
    ValueView view() const&& = delete; ///< it would look into freed memory

    /// Copies a value out of a block that is known to be sound.
    static ValueBlock copy(ValueView view)
    {
        detail::BlockBuffer buffer;
        buffer.take(sizeof(mortise_value));
        if (view.exists())
            detail::copy_node(buffer, 0, *view.node());
        else
            buffer.put(0, mortise_value{});
        return ValueBlock{std::move(buffer)};
    }

private:
    detail::BlockBuffer m_buffer;
};

namespace detail {

/// Encodes by what `write(encoder)` does with a node at 0.
template <class Write>
Result<ValueBlock> encode_with(Write write)
{
    BlockBuffer buffer;
    buffer.reserve(512);
    buffer.take(sizeof(mortise_value));
    MORTISE_CHECK(write(BlockEncoder{buffer}));
    return ValueBlock{std::move(buffer)};
}

} // namespace detail

/// The flat form of a value. Fails on a double that is not finite, a scale or currency that cannot be, and
/// more than 32 levels. Text is taken as it is: who receives it from a stranger checks it.
inline Result<ValueBlock> encode(const Value& value)
{
    return detail::encode_with([&value](detail::BlockEncoder encoder) { return encoder.write(0, value); });
}

/// The same for a map.
inline Result<ValueBlock> encode_map(const Map& map)
{
    return detail::encode_with([&map](detail::BlockEncoder encoder) { return encoder.write_map(0, map); });
}

} // namespace mortise
