#pragma once

/// \file
/// What a form needs to know of a JSON Schema.

#include "widgets/form.hpp"

namespace mortise::ui {

/// "string", "number", "integer", "boolean", "object", "array", or "" if it is none of them alone. Of
/// several, the first that is not null.
std::string type_of(const boost::json::value& schema);
bool may_be(const boost::json::value& schema, std::string_view type);
/// Title, or the name made into words.
std::string label_of(const boost::json::value& schema, std::string_view name);
/// What was typed as a value of the schema: text that is no number stays text, and is then a problem.
boost::json::value typed_value(const boost::json::value& schema, std::string_view text);
void check_value(
    const boost::json::value& schema,
    const boost::json::value& value,
    const std::string& where,
    std::vector<FormProblem>& problems,
    int depth = 0
);

} // namespace mortise::ui
