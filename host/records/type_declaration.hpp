#pragma once

/// \file
/// What a manifest, or an admin, says about record types, as parsed from JSON (`$defs/type` of
/// plugin.schema.json).

#include "records/constraint.hpp"
#include "records/field.hpp"

#include <mortise/result.hpp>

#include <boost/json/fwd.hpp>

#include <string>
#include <vector>

namespace mortise::host {

struct TypeDeclaration {
    std::string name;
    std::string plural; ///< empty: the name with an s
    std::string label;
    std::string title_field;
    bool shared{false}; ///< everybody may read all records, whoever owns them
    bool extends{false}; ///< adds fields to a type of somebody else
    std::vector<Field> fields; ///< ids and columns are given by the database
    std::vector<Constraint> constraints{};
};

/// Reads `types` of a manifest. `where` is the JSON pointer of `json`, for errors. `prefix` is what names of
/// this vendor must begin with; empty for first-party names.
Result<std::vector<TypeDeclaration>>
parse_type_declarations(const boost::json::value& json, const std::string& where, std::string_view prefix);

/// Reads one field declaration.
Result<Field> parse_field(const boost::json::value& json, const std::string& where);

} // namespace mortise::host
