#pragma once

/// \file
/// What a declaration demands of a field's values beyond their kind: a least and a greatest value, and how a
/// text looks.

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <memory>
#include <string>

namespace mortise::host {

class TextPattern;
struct Field;

/// As declared, and as values are compared with it.
struct FieldLimits {
    std::string min_json{}; ///< empty: none
    std::string max_json{};
    std::string pattern{}; ///< a regular expression (ECMAScript) that the whole text matches; empty: none
    Value min{}; ///< as the field keeps it
    Value max{};
    std::shared_ptr<const TextPattern> expression{};
};

/// Takes limits over into a field whose kind, name and scale are known. Errors: the limit is no value of the
/// field, the kind has no order, the expression is none; `where` is the place in the manifest with a "/"
/// behind it, or empty.
Result<void> set_limits(Field& field, FieldLimits limits, const std::string& where);

/// Whether a value, as the field keeps it, is within the limits. Fields without limits cost a comparison. Who
/// is refused is told the field's help.
Result<void> check_limits(const Field& field, const Value& value);

} // namespace mortise::host
