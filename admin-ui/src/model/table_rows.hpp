#pragma once

/// \file
/// Rows that are there in full: lists of objects, and answers of queries. Sorted and filtered here.

#include "model/store.hpp"
#include "widgets/grid.hpp"

#include <map>

namespace mortise::ui {

/// A list of JSON objects; a column's key names a member.
class ObjectRows final : public GridSource {
public:
    using Draw = std::function<GridCell(const boost::json::value& row, const GridColumn& column)>;

    /// `draw`: for columns that are more than text.
    explicit ObjectRows(Draw draw = {}) : m_draw{std::move(draw)} { }

    /// Takes the rows if `version` is another than before, or the sort or the filter is.
    void
    show(const boost::json::array& rows, int version, const GridSort& sort, std::string_view filter = {});
    const boost::json::value& row(std::int64_t index) const;

    std::int64_t count() const override { return static_cast<std::int64_t>(m_order.size()); }
    std::optional<GridCell> cell(std::int64_t index, const GridColumn& column) const override;
    std::size_t total() const noexcept { return m_rows.size(); }

private:
    GridCell draw_cell(const boost::json::value& row, const GridColumn& column) const;

    Draw m_draw;
    boost::json::array m_rows;
    std::vector<std::size_t> m_order;
    int m_version{-1};
    GridSort m_sort;
    std::string m_filter;
};

struct QueryColumn {
    std::string name;
    std::string kind{};
    std::string label{};
    std::string reference{};
    std::string currency{}; ///< column with the currency of an amount in minor units
    std::map<std::string, std::string, std::less<>> words{}; ///< of options, by their value

    /// A value for people: an option by its words, a list of them too.
    std::string text_of_value(const boost::json::value& value) const;
};

/// The answer of query.run as it comes in.
class QueryRows final : public GridSource {
public:
    static constexpr std::size_t most = 100'000;

    explicit QueryRows(Link& link) : m_link{link} { }

    void run(std::string sql, boost::json::object params = {}, std::string as_of = {});
    void cancel() { m_call.cancel(); }
    /// Labels and kinds that are known better than the host can tell.
    void describe(std::vector<QueryColumn> columns) { m_described = std::move(columns); }

    bool is_running() const noexcept { return m_call.is_under_way(); }
    bool is_done() const noexcept { return m_is_done; }
    const std::optional<Error>& error() const noexcept { return m_error; }
    const std::vector<QueryColumn>& columns() const noexcept { return m_columns; }
    std::vector<GridColumn> grid_columns() const;
    /// Grows when columns come.
    int version() const noexcept { return m_version; }
    void sort(const GridSort& sort);
    const boost::json::value& value(std::int64_t row, std::size_t column) const;
    /// The same as text for people; empty if there is none.
    std::string words(std::int64_t row, std::size_t column) const;
    std::size_t column_named(std::string_view name) const;
    bool was_cut() const noexcept { return m_was_cut; }

    std::int64_t count() const override { return static_cast<std::int64_t>(m_order.size()); }
    std::optional<GridCell> cell(std::int64_t row, const GridColumn& column) const override;

private:
    void take(const boost::json::value& part);

    Link& m_link;
    std::vector<QueryColumn> m_described;
    std::vector<QueryColumn> m_columns;
    std::vector<boost::json::value> m_rows;
    std::vector<std::size_t> m_order;
    std::optional<Error> m_error;
    Ticket m_call;
    bool m_is_done{false};
    bool m_is_fresh{false}; ///< what is shown is of the run before
    bool m_was_cut{false};
    int m_version{0};
};

} // namespace mortise::ui
