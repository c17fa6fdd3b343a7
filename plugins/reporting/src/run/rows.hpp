#pragma once

/// \file
/// Reports whose answer is a table of rows: lists, and the records behind a cell.

#include "run/asker.hpp"
#include "sql/type_book.hpp"

#include <mortise/value.hpp>

#include <string>
#include <vector>

namespace mortise::plugins::reporting {

struct TableColumn {
    std::string name;
    std::string label;
    std::string kind; ///< as of fields; text for what a reference is called
    int scale{0};
    FieldInfo field{}; ///< whose values stand in it; an empty one for what a reference is called
};

struct TableAnswer {
    std::vector<TableColumn> columns;
    std::vector<List> rows;
    std::vector<std::int64_t> ids;
    std::int64_t count{0}; ///< of all rows, not only of this page
    List totals; ///< one for each column: sums of numbers, null for others
};

/// All must outlive the call. Throws Failure.
TableAnswer run_list(
    const Asker& asker,
    const Definition& report,
    const TypeBook& types,
    const Setting& setting,
    std::int64_t limit,
    std::int64_t offset
);
Statement list_statement(
    const Definition& report,
    const TypeBook& types,
    const Setting& setting,
    std::int64_t limit,
    std::int64_t offset
);
Map answer_of(const TableAnswer& table);

/// The records that a statement's FROM and WHERE choose: {type, count, records: [{id, title}]}.
Map records_behind(
    const Asker& asker,
    const TypeBook& types,
    const Tables& tables,
    const Statement& from_where,
    const std::string& join,
    std::int64_t limit,
    std::int64_t after
);

} // namespace mortise::plugins::reporting
