#include "store/guard.hpp"
#include "store/guard/sql_tokens.hpp"

namespace mortise::host {

std::string select_text(const ViewSource& source, bool scoped)
{
    std::string text = "SELECT ";
    for (const ViewColumn& column : source.columns) {
        if (&column != source.columns.data()) text += ", ";
        text += column.expression + " AS " + quoted_sql_name(column.name);
    }
    text += " FROM main." + quoted_sql_name(source.table) + " AS t WHERE +t."
        + quoted_sql_name(source.deleted_column) + " IS NULL";
    if (scoped && !source.owner_column.empty())
        text += " AND likelihood(t." + quoted_sql_name(source.owner_column)
            + R"( IN (SELECT id FROM temp."mt$scope"), 0.9))";
    return text;
}

} // namespace mortise::host
