#pragma once

/// \file
/// What reading gives: `Record` by id, `Rows` by query.

#include <mortise/batch.hpp>
#include <mortise/value_block.hpp>

#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

namespace mortise {

/// A record as it was read: a map of its fields, owned.
class Record {
public:
    Record() = default;
    explicit Record(ValueBlock block) noexcept : m_block{std::move(block)} { }

    Id id() const noexcept { return m_block.view()["id"].id(); }
    /// Give it to an update to be told of changes that happened meanwhile.
    std::uint64_t version() const noexcept
    {
        return static_cast<std::uint64_t>(m_block.view()["version"].integer());
    }
    ValueView operator[](Key field) const& noexcept { return m_block.view()[field]; }
    template <RuntimeText Text>
    ValueView operator[](const Text& field) const& noexcept
    {
        return m_block.view()[field];
    }
    ValueView operator[](Key field) const&& = delete; ///< it would look into freed memory
    ValueView fields() const& noexcept { return m_block.view(); }

private:
    ValueBlock m_block;
};

/// One row of an answer, read in place.
class Row {
public:
    Row() = default;
    Row(const BatchView& batch, std::uint32_t row) noexcept : m_batch{&batch}, m_row{row} { }

    /// The value in a column, by name or by place; one that does not exist reads as null.
    Cell operator[](std::string_view column) const noexcept
    {
        const ColumnView* found = m_batch != nullptr ? m_batch->find(column) : nullptr;
        return found != nullptr ? found->cell(m_row) : Cell{};
    }
    Cell operator[](std::size_t column) const noexcept
    {
        return column < size() ? m_batch->columns()[column].cell(m_row) : Cell{};
    }
    std::size_t size() const noexcept { return m_batch != nullptr ? m_batch->columns().size() : 0; }

private:
    const BatchView* m_batch{nullptr};
    std::uint32_t m_row{0};
};

/// A whole answer, owned. For answers that may be large take `Host::query_batches`, which keeps nothing.
class Rows {
public:
    class Iterator {
    public:
        using value_type = Row;
        using difference_type = std::ptrdiff_t;

        Iterator() = default;
        Iterator(const Rows& rows, std::size_t batch) noexcept : m_rows{&rows}, m_batch{batch} { skip(); }
        Row operator*() const noexcept { return {m_rows->m_views[m_batch], m_row}; }
        Iterator& operator++() noexcept
        {
            ++m_row;
            skip();
            return *this;
        }
        Iterator operator++(int) noexcept
        {
            Iterator before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(const Iterator&, const Iterator&) = default;

    private:
        void skip() noexcept
        {
            while (m_batch < m_rows->m_views.size() && m_row >= m_rows->m_views[m_batch].rows()) {
                ++m_batch;
                m_row = 0;
            }
        }

        const Rows* m_rows{nullptr};
        std::size_t m_batch{0};
        std::uint32_t m_row{0};
    };

    Rows() = default;
    Rows(Rows&&) = default; // its views look into its blocks: it is moved, and not copied
    Rows& operator=(Rows&&) = default;

    std::size_t size() const noexcept { return m_size; }
    bool empty() const noexcept { return m_size == 0; }
    Iterator begin() const noexcept { return {*this, 0}; }
    Iterator end() const noexcept { return {*this, m_views.size()}; }
    /// The only row of an answer that has one, such as a count; of an empty answer every cell is null.
    Row front() const noexcept { return empty() ? Row{} : *begin(); }
    std::span<const BatchView> batches() const noexcept { return m_views; }
    /// The last commit that the answer has seen.
    std::uint64_t snapshot() const noexcept { return m_snapshot; }

private:
    friend class Host;

    Result<void> add(ValueView batch)
    {
        m_blocks.push_back(ValueBlock::copy(batch));
        MORTISE_TRY(BatchView view, BatchView::open(m_blocks.back().view()));
        m_size += view.rows();
        m_views.push_back(std::move(view));
        return {};
    }

    std::vector<ValueBlock> m_blocks;
    std::vector<BatchView> m_views;
    std::size_t m_size{0};
    std::uint64_t m_snapshot{0};
};

} // namespace mortise
