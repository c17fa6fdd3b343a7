#pragma once

/// \file
/// `mortise::BatchBuilder` makes column batches, row by row, into memory that it uses again and again. The
/// host's queries answer with it; so may tests.

#include <mortise/batch.hpp>
#include <mortise/value_block.hpp>

#include <cmath>
#include <string>
#include <utility>

namespace mortise {

/// A column as a builder is told of it. With kind `null` its first value decides.
struct BatchColumn {
    std::string name;
    Kind kind{Kind::null};
    std::uint8_t scale{0}; ///< decimal, money
    std::uint16_t currency{0}; ///< money
};

namespace detail {

/// The cells of one column while a batch is built.
class ColumnBuilder {
public:
    explicit ColumnBuilder(BatchColumn column) : m_column{std::move(column)}, m_kind{m_column.kind} { }

    const BatchColumn& column() const noexcept { return m_column; }
    std::size_t bytes() const noexcept { return m_data.size() + m_offsets.size() * sizeof(std::uint32_t); }

    void clear()
    {
        m_kind = m_column.kind;
        m_rows = 0;
        m_nulls.clear();
        m_data.clear();
        m_offsets.clear();
        m_values.clear();
    }

    void null()
    {
        mark(true);
        if (m_kind == Kind::list)
            m_values.emplace_back();
        else if (m_kind == Kind::text || m_kind == Kind::bytes)
            end_of_text();
        else if (m_kind != Kind::null)
            m_data.append_zeros(width());
    }

    /// `scale` and `unit` are those of the value; another one than the column's makes the column one of mixed
    /// kinds.
    void number(Kind kind, std::int64_t number, std::uint8_t scale = 0, std::uint16_t unit = 0)
    {
        if (m_kind != kind || ((scale ^ m_column.scale) | (unit ^ m_column.currency)) != 0)
            if (!adopt(kind, scale, unit)) return mixed(restore(kind, number, scale, unit));
        mark(false);
        m_data.append(&number, sizeof number);
    }
    void real(double real)
    {
        if (!std::isfinite(real)) return null();
        if (m_kind != Kind::real && !adopt(Kind::real, 0, 0)) return mixed(real);
        mark(false);
        m_data.append(&real, sizeof real);
    }
    void boolean(bool boolean)
    {
        if (m_kind != Kind::boolean && !adopt(Kind::boolean, 0, 0)) return mixed(boolean);
        mark(false);
        const auto byte = static_cast<std::uint8_t>(boolean ? 1 : 0);
        m_data.append(&byte, 1);
    }
    void bytes(Kind kind, const void* data, std::size_t size)
    {
        if (m_kind != kind && !adopt(kind, 0, 0)) return mixed(restore(kind, data, size));
        mark(false);
        m_data.append(data, size);
        end_of_text();
    }
    void mixed(Value value)
    {
        to_mixed();
        mark(value.is_null());
        m_values.push_back(std::move(value));
    }

    /// Writes the column as the map at `owner`.
    Result<void> write(BlockBuffer& buffer, std::size_t owner, std::uint32_t rows) const;

private:
    std::size_t width() const noexcept { return m_kind == Kind::boolean ? 1 : 8; }

    /// The bitmap reaches only as far as the last null, so that columns without any pay nothing.
    void mark(bool is_null)
    {
        if (is_null) {
            m_nulls.resize(m_rows / 8 + 1);
            m_nulls.back() |= std::byte{1} << (m_rows % 8);
        }
        ++m_rows;
    }
    void end_of_text()
    {
        if (m_offsets.empty()) m_offsets.push_back(0);
        m_offsets.push_back(static_cast<std::uint32_t>(m_data.size()));
    }

    void write_nulls(BlockBuffer& buffer, std::size_t at, std::uint32_t rows) const
    {
        const std::size_t size = (rows + 7) / 8;
        const std::size_t payload = buffer.take(size);
        std::memcpy(buffer.data() + payload, m_nulls.data(), m_nulls.size());
        std::memset(buffer.data() + payload + m_nulls.size(), 0, size - m_nulls.size());
        buffer.put(at, payload_node(MORTISE_KIND_BYTES, size, at, payload));
    }

    /// Takes a kind while every row so far was null.
    bool adopt(Kind kind, std::uint8_t scale, std::uint16_t unit)
    {
        if (m_kind != Kind::null || m_column.kind != Kind::null) return false;
        m_kind = kind;
        m_column.scale = scale;
        m_column.currency = unit;
        if (kind == Kind::text || kind == Kind::bytes)
            m_offsets.assign(std::size_t{m_rows} + 1, 0);
        else
            m_data.append_zeros(m_rows * width());
        return true;
    }

    /// Turns what is there into values of their own; slow, and rare.
    void to_mixed()
    {
        if (m_kind == Kind::list) return;
        m_values.clear();
        for (std::uint32_t row = 0; row < m_rows; ++row)
            m_values.push_back(value(row));
        m_kind = Kind::list;
    }
    bool is_null(std::uint32_t row) const noexcept
    {
        return row / 8 < m_nulls.size() && ((m_nulls[row / 8] >> (row % 8)) & std::byte{1}) != std::byte{0};
    }
    Value value(std::uint32_t row) const
    {
        if (is_null(row)) return {};
        if (m_kind == Kind::boolean) return m_data.data()[row] != std::byte{0};
        if (m_kind == Kind::text || m_kind == Kind::bytes)
            return restore(m_kind, m_data.data() + m_offsets[row], m_offsets[row + 1] - m_offsets[row]);
        if (m_kind == Kind::real) {
            double real = 0;
            std::memcpy(&real, m_data.data() + row * sizeof real, sizeof real);
            return real;
        }
        std::int64_t number = 0;
        std::memcpy(&number, m_data.data() + row * sizeof number, sizeof number);
        return restore(m_kind, number, m_column.scale, m_column.currency);
    }
    static Value restore(Kind kind, const void* data, std::size_t size)
    {
        if (kind == Kind::text) return std::string_view{static_cast<const char*>(data), size};
        const auto* bytes = static_cast<const std::byte*>(data);
        return Bytes{bytes, bytes + size};
    }
    static Value restore(Kind kind, std::int64_t number, std::uint8_t scale, std::uint16_t unit)
    {
        switch (kind) {
        case Kind::decimal:
            return Decimal{number, scale};
        case Kind::money:
            return Money{number, unit, scale};
        case Kind::instant:
            return Instant{number};
        case Kind::date:
            return Date{number};
        case Kind::time_of_day:
            return TimeOfDay{number};
        case Kind::duration:
            return Duration{number};
        case Kind::id:
            return Id{number};
        default:
            return number;
        }
    }

    BatchColumn m_column;
    Kind m_kind;
    std::uint32_t m_rows{0};
    std::vector<std::byte> m_nulls;
    BlockBuffer m_data;
    std::vector<std::uint32_t> m_offsets;
    List m_values;
};

inline Result<void> ColumnBuilder::write(BlockBuffer& buffer, std::size_t owner, std::uint32_t rows) const
{
    const bool is_time = m_kind >= Kind::instant && m_kind <= Kind::duration;
    const bool is_text = m_kind == Kind::text || m_kind == Kind::bytes;
    const bool is_mixed = m_kind == Kind::list;
    std::array<Key, 7> keys{"name", "kind", "name", "name", "name", "name", "name"};
    std::size_t count = 2;
    const auto add = [&](Key key, bool wanted) {
        if (wanted) keys[count++] = key;
        return wanted;
    };
    const bool has_scale = add("scale", m_kind == Kind::decimal || m_kind == Kind::money);
    const bool has_unit = add("unit", m_kind == Kind::money || is_time);
    const bool has_nulls = add("nulls", !m_nulls.empty() && !is_mixed && m_kind != Kind::null);
    const bool has_offsets = add("offsets", is_text);
    const bool has_data = add("data", !is_mixed && m_kind != Kind::null);
    add("values", is_mixed);

    const std::size_t entries
        = open_map(buffer, owner, count, [&keys](std::size_t index) { return keys[index]; });
    std::size_t next = 0;
    const auto number = [&](std::int64_t value) {
        buffer.put(value_at(entries, next++), number_node(MORTISE_KIND_INT, value));
    };
    const auto bytes = [&](std::uint8_t kind, const void* data, std::size_t size) {
        const std::size_t at = value_at(entries, next++);
        buffer.put(at, payload_node(kind, size, at, buffer.add(data, size)));
    };
    bytes(MORTISE_KIND_TEXT, m_column.name.data(), m_column.name.size());
    const auto kind = static_cast<std::int64_t>(m_kind);
    number(is_time ? std::int64_t{MORTISE_KIND_TIME} : m_kind > Kind::duration ? kind - 3 : kind);
    if (has_scale) number(m_column.scale);
    if (has_unit) number(is_time ? kind - static_cast<std::int64_t>(Kind::instant) : m_column.currency);
    if (has_nulls) write_nulls(buffer, value_at(entries, next++), rows);
    static constexpr std::uint32_t no_text = 0;
    if (has_offsets && rows == 0)
        bytes(MORTISE_KIND_BYTES, &no_text, sizeof no_text);
    else if (has_offsets)
        bytes(MORTISE_KIND_BYTES, m_offsets.data(), m_offsets.size() * sizeof(std::uint32_t));
    if (has_data) bytes(MORTISE_KIND_BYTES, m_data.data(), m_data.size());
    if (!is_mixed) return {};
    const std::size_t at = value_at(entries, next);
    const std::size_t items = open_list(buffer, at, m_values.size());
    for (std::size_t row = 0; row < m_values.size(); ++row)
        MORTISE_CHECK(BlockEncoder{buffer}.write(items + row * sizeof(mortise_value), m_values[row], 4));
    return {};
}

} // namespace detail

/// Builds batches. For each row call one function per column, in order, then `end_row`; when `full` says so,
/// or at the end, `finish` gives the batch and the builder starts the next. Thread-safety: one thread at a
/// time.
class BatchBuilder {
public:
    explicit BatchBuilder(std::vector<BatchColumn> columns)
    {
        m_columns.reserve(columns.size());
        for (BatchColumn& column : columns)
            m_columns.emplace_back(std::move(column));
    }

    void null() { next().null(); }
    void boolean(bool value) { next().boolean(value); }
    void integer(std::int64_t value) { next().number(Kind::integer, value); }
    /// What is not finite becomes null.
    void real(double value) { next().real(value); }
    void decimal(Decimal value) { next().number(Kind::decimal, value.coefficient, value.scale); }
    void money(Money value) { next().number(Kind::money, value.minor, value.digits, value.currency); }
    void instant(Instant value) { next().number(Kind::instant, value.microseconds); }
    void date(Date value) { next().number(Kind::date, value.days); }
    void time_of_day(TimeOfDay value) { next().number(Kind::time_of_day, value.microseconds); }
    void duration(Duration value) { next().number(Kind::duration, value.microseconds); }
    void id(Id value) { next().number(Kind::id, value.number); }
    void text(std::string_view value) { next().bytes(Kind::text, value.data(), value.size()); }
    void bytes(std::span<const std::byte> value) { next().bytes(Kind::bytes, value.data(), value.size()); }
    /// A value of any kind. The column becomes one of mixed kinds.
    void value(Value value) { next().mixed(std::move(value)); }

    void end_row() noexcept
    {
        ++m_rows;
        m_next = 0;
    }
    std::uint32_t rows() const noexcept { return m_rows; }
    /// 4,096 rows or 256 KiB.
    bool full() const noexcept
    {
        if (m_rows >= max_batch_rows) return true;
        if (m_rows % 64 != 0) return false; // looks at the sizes now and then
        std::size_t bytes = 0;
        for (const detail::ColumnBuilder& column : m_columns)
            bytes += column.bytes();
        return bytes >= max_bytes;
    }

    /// The batch, which lives until the next call of anything here. Fails only on a value that cannot be
    /// encoded.
    Result<mortise_tree> finish()
    {
        m_buffer.clear();
        m_buffer.take(sizeof(mortise_value));
        const auto key_of = [](std::size_t index) { return index == 0 ? Key{"rows"} : Key{"columns"}; };
        const std::size_t entries = detail::open_map(m_buffer, 0, 2, key_of);
        m_buffer.put(detail::value_at(entries, 0), detail::number_node(MORTISE_KIND_INT, m_rows));
        const std::size_t columns
            = detail::open_list(m_buffer, detail::value_at(entries, 1), m_columns.size());
        for (std::size_t i = 0; i < m_columns.size(); ++i)
            MORTISE_CHECK(m_columns[i].write(m_buffer, columns + i * sizeof(mortise_value), m_rows));
        clear();
        return m_buffer.tree();
    }

    /// Drops the rows that were not finished.
    void clear()
    {
        for (detail::ColumnBuilder& column : m_columns)
            column.clear();
        m_rows = 0;
        m_next = 0;
    }

private:
    static constexpr std::size_t max_bytes = std::size_t{256} << 10U;

    detail::ColumnBuilder& next() noexcept { return m_columns[m_next++]; }

    std::vector<detail::ColumnBuilder> m_columns;
    detail::BlockBuffer m_buffer;
    std::size_t m_next{0};
    std::uint32_t m_rows{0};
};

} // namespace mortise
