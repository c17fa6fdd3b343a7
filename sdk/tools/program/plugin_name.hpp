#pragma once

/// \file
/// A plugin's id and the forms in which its last part is spelled in code, files and texts.

#include <mortise/result.hpp>

#include <string>
#include <string_view>

namespace mortise::tool {

/// For "com.acme.lead-score":
struct PluginName {
    std::string id; ///< com.acme.lead-score
    std::string kebab; ///< lead-score: files and build targets
    std::string snake; ///< lead_score: what the names that it gives away begin with
    std::string upper; ///< LEAD_SCORE: macros
    std::string camel; ///< LeadScore: types in code
    std::string title; ///< Lead score: for people
    std::string vendor; ///< Acme: the part before the last
};

/// Takes an id apart, or says what is wrong with it.
Result<PluginName> parse_plugin_name(std::string_view id);

} // namespace mortise::tool
