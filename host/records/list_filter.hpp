#pragma once

/// \file
/// What a list leaves out: conditions on fields, joined by "all" and "any", as programs send them, turned
/// into SQL over the type's table.
///
///     {"field": "country", "op": "=", "value": "Austria"}
///     {"all": [filter, ...]}   {"any": [filter, ...]}   {"not": filter}
///     {"country": "Austria", "lifecycle": "customer"}          short for all of them with "="
///
/// Operators: `=`, `!=` (also true where there is no value), `<`, `<=`, `>`, `>=`, `in` (a list of values),
/// `starts_with`, `has` (lists; `=` means the same there), `empty` (true or false).

#include "base/collator.hpp"
#include "records/schema.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <string>
#include <vector>

namespace mortise::host {

class Statement;

/// An equality that all rows of the list fulfil and that an index can find.
struct FilterLead {
    std::string column; ///< quoted
    Value value; ///< as the column holds it
};

struct CompiledFilter {
    std::string sql; ///< empty: nothing is left out; parameters are ?N from `first_parameter` on
    std::vector<Value> parameters; ///< as columns hold them: whole numbers, texts, bytes
    std::vector<FilterLead> leads;
};

/// Whether the leads of a filter are found through their index, or the list is walked in its order.
enum class FilterUse : std::uint8_t { free, walk };

/// Checks the filter against the type. `first_parameter` is the number of its first parameter. Errors:
/// `invalid`, with the place in the filter as `where`.
Result<CompiledFilter> compile_filter(
    const RecordType& type,
    const Value& filter,
    const Collator& collator,
    std::size_t first_parameter,
    FilterUse use
);

/// Binds a value in the form of a column.
void bind_stored(Statement& statement, int index, const Value& value);

} // namespace mortise::host
