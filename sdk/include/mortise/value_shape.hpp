#pragma once

/// \file
/// Maps whose keys are known beforehand, such as the fields of a record type: a `Shape` holds everything
/// about them that is constant (root, entries, keys, hashes), and a `ShapeWriter` copies it and fills in the
/// values. Several times faster than building the same map key by key, and byte for byte the same.

#include <mortise/value_block.hpp>

#include <initializer_list>
#include <optional>

namespace mortise {

/// The constant part of a map. Thread-safety: immutable, so any number of threads may use one.
class Shape {
public:
    /// Keys must differ.
    explicit Shape(std::span<const std::string_view> keys)
    {
        m_head.take(sizeof(mortise_value));
        detail::open_map(m_head, 0, keys.size(), [keys](std::size_t index) { return Key{keys[index]}; });
        m_count = keys.size();
    }
    Shape(std::initializer_list<std::string_view> keys) : Shape{std::span{keys.begin(), keys.size()}} { }

    std::size_t size() const noexcept { return m_count; }
    /// The map with every value null.
    mortise_tree head() const noexcept { return m_head.tree(); }
    /// At which place a key stands: what ValueView::find takes.
    std::optional<std::size_t> slot(Key key) const noexcept
    {
        std::size_t index = 0;
        for (const EntryView entry : ValueView{head()}.entries()) {
            if (entry.key == key.name) return index;
            ++index;
        }
        return std::nullopt;
    }

private:
    detail::BlockBuffer m_head;
    std::size_t m_count{0};
};

/// Fills a shape, again and again into the same memory. Call `start`, then one function per key in the order
/// of the shape, then `finish`; keys that are left over are null. More calls than keys are ignored.
/// Thread-safety: one thread at a time.
class ShapeWriter {
public:
    /// `shape` must outlive the writer.
    explicit ShapeWriter(const Shape& shape) : m_shape{&shape} { start(); }

    void start()
    {
        const mortise_tree head = m_shape->head();
        m_buffer.clear();
        m_buffer.reserve(head.bytes + 256);
        m_buffer.add(head.root, head.bytes);
        m_next = detail::value_at(sizeof(mortise_value), 0);
        m_end = detail::value_at(sizeof(mortise_value), m_shape->size());
    }

    void null() noexcept { m_next += sizeof(mortise_entry); }
    void boolean(bool value) noexcept { number(MORTISE_KIND_BOOL, value ? 1 : 0); }
    void integer(std::int64_t value) noexcept { number(MORTISE_KIND_INT, value); }
    /// What is not finite becomes null.
    void real(double value) noexcept
    {
        mortise_value node{MORTISE_KIND_DOUBLE, 0, 0, 0, {}};
        node.as.real = value;
        if (std::isfinite(value))
            put(node);
        else
            null();
    }
    void decimal(Decimal value) noexcept { number(MORTISE_KIND_DECIMAL, value.coefficient, value.scale); }
    void money(Money value) noexcept
    {
        number(MORTISE_KIND_MONEY, value.minor, value.digits, value.currency);
    }
    void instant(Instant value) noexcept { time(MORTISE_TIME_INSTANT, value.microseconds); }
    void date(Date value) noexcept { time(MORTISE_TIME_DATE, value.days); }
    void time_of_day(TimeOfDay value) noexcept { time(MORTISE_TIME_OF_DAY, value.microseconds); }
    void duration(Duration value) noexcept { time(MORTISE_TIME_DURATION, value.microseconds); }
    void id(Id value) noexcept { number(MORTISE_KIND_ID, value.number); }
    void text(std::string_view value) { payload(MORTISE_KIND_TEXT, value.data(), value.size()); }
    void bytes(std::span<const std::byte> value) { payload(MORTISE_KIND_BYTES, value.data(), value.size()); }
    /// A value from another, sound block; null if it does not exist.
    void view(ValueView value)
    {
        if (value.exists() && m_next < m_end) detail::copy_node(m_buffer, m_next, *value.node());
        null();
    }
    /// Any value; fails as `encode` does, and the key is null then.
    Result<void> value(const Value& value)
    {
        if (m_next >= m_end) return {};
        const std::size_t before = m_buffer.size();
        const std::size_t at = std::exchange(m_next, m_next + sizeof(mortise_entry));
        auto written = detail::BlockEncoder{m_buffer}.write(at, value, 1);
        if (!written) {
            m_buffer.put(at, mortise_value{});
            m_buffer.shrink(before);
        }
        return written;
    }

    /// The block; it lives until the next `start`.
    mortise_tree finish() const noexcept { return m_buffer.tree(); }

private:
    void put(const mortise_value& node) noexcept
    {
        if (m_next < m_end) m_buffer.put(m_next, node);
        m_next += sizeof(mortise_entry);
    }
    void
    number(std::uint8_t kind, std::int64_t value, std::uint8_t scale = 0, std::uint16_t unit = 0) noexcept
    {
        put(detail::number_node(kind, value, scale, unit));
    }
    void time(std::uint16_t unit, std::int64_t value) noexcept { number(MORTISE_KIND_TIME, value, 0, unit); }
    void payload(std::uint8_t kind, const void* data, std::size_t size)
    {
        if (m_next >= m_end) return;
        const std::size_t at = m_buffer.add(data, size);
        put(detail::payload_node(kind, size, m_next, at));
    }

    const Shape* m_shape;
    detail::BlockBuffer m_buffer;
    std::size_t m_next{0};
    std::size_t m_end{0};
};

} // namespace mortise
