#pragma once

/// \file
/// Templates with merge fields: {{contact.given_name}}, or {{contact.given_name|there}} with what stands in
/// for a value that is missing. A field that is missing and has no stand-in blocks: no blank is ever sent.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::plugins::email {

struct Merged {
    std::string text;
    std::vector<std::string> missing; ///< fields without a value, once each
    std::vector<std::string> broken; ///< what is no field, such as "{{" without an end
};

/// The value of a field; nothing if there is none.
using FieldFinder = std::function<std::optional<std::string>(std::string_view name)>;

/// `escape`, if given, is applied to each value and not to the template.
Merged merge(
    std::string_view text_template, const FieldFinder& find, std::string (*escape)(std::string_view) = nullptr
);

} // namespace mortise::plugins::email
