#pragma once

/// \file
/// Column batches, the form in which a query answers (see `mortise/abi/query.h`): `BatchView` reads one in
/// place as typed spans, and `Cell` is one value in it.

#include <mortise/result.hpp>
#include <mortise/value_view.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace mortise {

/// The most rows that one batch has.
inline constexpr std::uint32_t max_batch_rows = 4096;

/// One column of a batch. Spans have one item per row; where the row is null the item is zero.
class ColumnView {
public:
    std::string_view name() const noexcept { return m_name; }
    /// Kind of all values; `list` where each row has a value of its own kind (`values`), `null` where every
    /// row is null.
    Kind kind() const noexcept { return m_kind; }
    std::uint32_t rows() const noexcept { return m_rows; }
    bool is_null(std::uint32_t row) const noexcept
    {
        if (m_kind == Kind::null) return true;
        if (m_kind == Kind::list) return m_values[std::size_t{row}].is_null();
        return !m_nulls.empty() && ((m_nulls[row / 8] >> (row % 8)) & std::byte{1}) != std::byte{0};
    }

    /// integer, id, decimal (coefficients), money (minor units) and times; empty for other kinds.
    std::span<const std::int64_t> integers() const noexcept
    {
        return is_number() ? typed<std::int64_t>() : std::span<const std::int64_t>{};
    }
    std::span<const double> reals() const noexcept
    {
        return m_kind == Kind::real ? typed<double>() : std::span<const double>{};
    }
    /// One byte per row, 0 or 1.
    std::span<const std::uint8_t> booleans() const noexcept
    {
        return m_kind == Kind::boolean ? typed<std::uint8_t>() : std::span<const std::uint8_t>{};
    }
    /// The text of a row; empty for other kinds.
    std::string_view text(std::uint32_t row) const noexcept
    {
        if (m_kind != Kind::text) return {};
        const auto part = slice(row);
        return {reinterpret_cast<const char*>(part.data()), part.size()};
    }
    std::span<const std::byte> bytes(std::uint32_t row) const noexcept
    {
        return m_kind == Kind::bytes ? slice(row) : std::span<const std::byte>{};
    }
    /// Values of a column of mixed kinds.
    ValueView values() const noexcept { return m_values; }
    std::uint8_t scale() const noexcept { return m_scale; } ///< decimal, money: digits behind the point
    std::uint16_t unit() const noexcept { return m_unit; } ///< money: the currency

    class Cell cell(std::uint32_t row) const noexcept;

private:
    friend class BatchView;

    bool is_number() const noexcept
    {
        return m_kind == Kind::integer || m_kind == Kind::decimal || m_kind == Kind::money
            || (m_kind >= Kind::instant && m_kind <= Kind::id);
    }
    template <class T>
    std::span<const T> typed() const noexcept
    {
        return {reinterpret_cast<const T*>(m_data.data()), m_rows};
    }
    std::span<const std::byte> slice(std::uint32_t row) const noexcept
    {
        return m_data.subspan(m_offsets[row], m_offsets[row + 1] - m_offsets[row]);
    }

    std::string_view m_name;
    Kind m_kind{Kind::null};
    std::uint8_t m_scale{0};
    std::uint16_t m_unit{0};
    std::uint32_t m_rows{0};
    std::span<const std::byte> m_nulls;
    std::span<const std::byte> m_data;
    std::span<const std::uint32_t> m_offsets;
    ValueView m_values;
};

/// One value of a batch, read in place. Getters are those of ValueView.
class Cell {
public:
    Cell() = default; ///< one that does not exist: null
    Cell(const ColumnView& column, std::uint32_t row) noexcept : m_column{&column}, m_row{row} { }

    bool exists() const noexcept { return m_column != nullptr; }
    bool is_null() const noexcept { return m_column == nullptr || m_column->is_null(m_row); }
    Kind kind() const noexcept
    {
        if (is_null()) return Kind::null;
        return m_column->kind() == Kind::list ? mixed().kind() : m_column->kind();
    }
    bool boolean(bool other = false) const noexcept
    {
        return get(Kind::boolean) ? m_column->booleans()[m_row] != 0 : mixed().boolean(other);
    }
    std::int64_t integer(std::int64_t other = 0) const noexcept
    {
        return get(Kind::integer) ? number() : mixed().integer(other);
    }
    double real(double other = 0) const noexcept
    {
        if (get(Kind::real)) return m_column->reals()[m_row];
        return get(Kind::integer) ? static_cast<double>(number()) : mixed().real(other);
    }
    std::string_view text() const noexcept
    {
        return get(Kind::text) ? m_column->text(m_row) : mixed().text();
    }
    std::span<const std::byte> bytes() const noexcept
    {
        return get(Kind::bytes) ? m_column->bytes(m_row) : mixed().bytes();
    }
    Id id() const noexcept { return get(Kind::id) ? Id{number()} : mixed().id(); }
    /// The content if the value is exactly of that kind, such as Instant, Date, Decimal or Money; else
    /// `other`.
    template <class T>
    T get_or(T other) const
    {
        return value().get_or(std::move(other));
    }
    Value value() const
    {
        switch (is_null() ? Kind::null : m_column->kind()) {
        case Kind::boolean:
            return boolean();
        case Kind::integer:
            return number();
        case Kind::real:
            return real();
        case Kind::decimal:
            return Decimal{number(), m_column->scale()};
        case Kind::money:
            return Money{number(), m_column->unit(), m_column->scale()};
        case Kind::text:
            return text();
        case Kind::bytes:
            return Bytes{bytes().begin(), bytes().end()};
        case Kind::instant:
            return Instant{number()};
        case Kind::date:
            return Date{number()};
        case Kind::time_of_day:
            return TimeOfDay{number()};
        case Kind::duration:
            return Duration{number()};
        case Kind::id:
            return id();
        case Kind::list:
            return mixed().value();
        case Kind::null:
        case Kind::map:
            break;
        }
        return {};
    }

private:
    bool get(Kind kind) const noexcept
    {
        return m_column != nullptr && m_column->kind() == kind && !m_column->is_null(m_row);
    }
    std::int64_t number() const noexcept { return m_column->integers()[m_row]; }
    ValueView mixed() const noexcept
    {
        const bool is_mixed = m_column != nullptr && m_column->kind() == Kind::list;
        return is_mixed ? m_column->values()[std::size_t{m_row}] : ValueView{};
    }

    const ColumnView* m_column{nullptr};
    std::uint32_t m_row{0};
};

inline Cell ColumnView::cell(std::uint32_t row) const noexcept
{
    return {*this, row};
}

/// A batch, read in place: valid as long as the value that it was opened on.
class BatchView {
public:
    /// Fails where lengths do not fit together, so that every span is safe to read.
    static Result<BatchView> open(ValueView batch)
    {
        const std::int64_t rows = batch["rows"].integer(-1);
        const ValueView columns = batch["columns"];
        if (rows < 0 || rows > max_batch_rows || columns.kind() != Kind::list)
            return broken("no rows or no columns");
        BatchView opened;
        opened.m_rows = static_cast<std::uint32_t>(rows);
        opened.m_columns.reserve(columns.size());
        for (const ValueView column : columns.items()) {
            MORTISE_TRY(const ColumnView view, open_column(column, opened.m_rows));
            opened.m_columns.push_back(view);
        }
        return opened;
    }

    std::uint32_t rows() const noexcept { return m_rows; }
    std::span<const ColumnView> columns() const noexcept { return m_columns; }
    /// The column of that name, or null.
    const ColumnView* find(std::string_view name) const noexcept
    {
        for (const ColumnView& column : m_columns)
            if (column.name() == name) return &column;
        return nullptr;
    }

private:
    static Error broken(std::string_view what)
    {
        return {ErrorCode::invalid, "broken column batch: " + std::string{what}, {}, {}, {}};
    }

    static Result<ColumnView> open_column(ValueView from, std::uint32_t rows)
    {
        ColumnView column;
        column.m_name = from["name"].text();
        column.m_rows = rows;
        column.m_scale = static_cast<std::uint8_t>(from["scale"].integer());
        column.m_unit = static_cast<std::uint16_t>(from["unit"].integer());
        column.m_nulls = from["nulls"].bytes();
        column.m_data = from["data"].bytes();
        column.m_values = from["values"];
        const std::int64_t kind = from["kind"].integer(-1);
        if (kind < 0 || kind > MORTISE_KIND_LIST) return broken("unknown kind");
        column.m_kind = column_kind(kind, column.m_unit);
        if (!column.m_nulls.empty() && column.m_nulls.size() < (rows + 7) / 8)
            return broken("too few null bits");
        const std::size_t width = kind == MORTISE_KIND_BOOL ? 1 : 8;
        if (column.m_kind == Kind::text || column.m_kind == Kind::bytes) {
            const auto offsets = from["offsets"].bytes();
            column.m_offsets = {reinterpret_cast<const std::uint32_t*>(offsets.data()), offsets.size() / 4};
            if (!offsets_fit(column, rows)) return broken("offsets do not fit");
        } else if (column.m_kind == Kind::list) {
            if (column.m_values.size() < rows) return broken("too few values");
        } else if (column.m_kind != Kind::null && column.m_data.size() < rows * width) {
            return broken("too little data");
        }
        return column;
    }

    static Kind column_kind(std::int64_t kind, std::uint16_t unit) noexcept
    {
        if (kind == MORTISE_KIND_TIME)
            return static_cast<Kind>(static_cast<unsigned>(Kind::instant) + (unit & 3U));
        return kind <= MORTISE_KIND_BYTES ? static_cast<Kind>(kind) : static_cast<Kind>(kind + 3);
    }

    static bool offsets_fit(const ColumnView& column, std::uint32_t rows) noexcept
    {
        if (column.m_offsets.size() < std::size_t{rows} + 1) return false;
        for (std::uint32_t row = 0; row < rows; ++row)
            if (column.m_offsets[row] > column.m_offsets[row + 1]) return false;
        return column.m_offsets[rows] <= column.m_data.size();
    }

    std::uint32_t m_rows{0};
    std::vector<ColumnView> m_columns;
};

} // namespace mortise
