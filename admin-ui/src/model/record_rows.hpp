#pragma once

/// \file
/// `RecordRows`: the records of a type as rows of a grid, a page at a time, filtered and sorted by the host.

#include "model/store.hpp"
#include "widgets/grid.hpp"

namespace mortise::ui {

enum class Test : std::uint8_t { contains, is, is_not, at_least, at_most, is_empty, is_not_empty };

std::string_view words_of(Test test);

struct Filter {
    std::string field;
    Test test{Test::contains};
    std::string value{};
    friend bool operator==(const Filter&, const Filter&) = default;
};

struct RowQuery {
    std::string type{};
    std::vector<std::string> fields{};
    std::vector<Filter> filters{};
    std::string search{};
    GridSort sort{};
    friend bool operator==(const RowQuery&, const RowQuery&) = default;
};

/// The statement for one page, without LIMIT, and its parameters.
struct RowStatement {
    std::string select;
    std::string count;
    boost::json::object params{};
};
RowStatement statement_of(const RowQuery& query, const TypeInfo& type, Store& store);

/// Thread-safety: the UI thread.
class RecordRows final : public GridSource {
public:
    static constexpr std::int64_t page_rows = 100;
    static constexpr std::size_t most_pages = 60;

    explicit RecordRows(Store& store) : m_store{store} { }

    void ask(RowQuery query);
    const RowQuery& query() const noexcept { return m_query; }
    /// Asks again for what is shown; until it is there the former rows stay.
    void refresh();
    /// Asks again when events told of changes, at most once a second.
    void follow();

    std::int64_t count() const override { return std::max<std::int64_t>(m_count, 0); }
    std::optional<GridCell> cell(std::int64_t row, const GridColumn& column) const override;
    std::int64_t key(std::int64_t row) const override;
    void want(std::int64_t first, std::int64_t last) override;
    std::string edit_text(std::int64_t row, const GridColumn& column) const override;

    std::int64_t version(std::int64_t row) const;
    /// The id that a reference holds; 0 if none.
    std::int64_t reference(std::int64_t row, std::string_view field) const;
    std::string title(std::int64_t row) const;
    /// Whether the number of rows is known.
    bool is_counted() const noexcept { return m_count >= 0; }
    const std::optional<Error>& error() const noexcept { return m_error; }
    bool is_loading() const;
    std::int64_t rows_asked() const noexcept { return m_rows_asked; }
    /// Rows of the type without any filter; -1 if not known.
    std::int64_t total() const noexcept { return m_total; }
    /// How long the last page took.
    std::chrono::milliseconds last_wait() const noexcept { return m_last_wait; }

private:
    struct Page {
        std::vector<boost::json::value> rows{};
        bool is_there{false};
        bool is_stale{true};
        std::uint64_t used{0};
        Clock::Steady asked{};
        Ticket call{};
    };

    void ask_page(std::int64_t number, Page& page);
    void ask_count();
    const boost::json::array* row_at(std::int64_t row) const;
    /// Where a field's value stands in a row; -1 if it is not asked for.
    std::ptrdiff_t place_of(std::string_view field) const;
    const TypeInfo* type() const { return m_store.type(m_query.type); }
    void drop_old();

    Store& m_store;
    RowQuery m_query;
    std::map<std::int64_t, Page> m_pages;
    std::int64_t m_count{-1};
    std::int64_t m_total{-1};
    std::optional<Error> m_error;
    Ticket m_counting;
    Ticket m_totalling;
    std::uint64_t m_use{0};
    std::int64_t m_rows_asked{0};
    std::int64_t m_changes{0};
    Clock::Steady m_refreshed{};
    std::chrono::milliseconds m_last_wait{0};
};

} // namespace mortise::ui
