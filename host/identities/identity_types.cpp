#include "identities/identity_types.hpp"

#include "base/json.hpp"

#include <boost/json/value.hpp>

namespace mortise::host {

namespace {

constexpr const char* types_json = R"json([
{ "name": "source_profile", "plural": "source_profiles", "label": "What a source says", "title_field": "source", "fields": [
  { "name": "contact", "kind": "reference", "reference": "contact", "label": "Contact", "required": true, "indexed": true,
    "on_delete": "delete" },
  { "name": "source", "kind": "text", "label": "Source", "required": true, "max_length": 100 },
  { "name": "identity", "kind": "reference", "reference": "identity", "label": "Identity", "indexed": true,
    "help": "By which the source knows the contact; empty: people wrote it here" },
  { "name": "content", "kind": "json", "label": "Fields", "personal": true,
    "help": "By field: what the source said last, and when, by its own times" }
] },
{ "name": "survivorship_rule", "plural": "survivorship_rules", "shared": true, "label": "Rule of survivorship",
  "title_field": "field", "fields": [
  { "name": "field", "kind": "text", "label": "Field of contacts", "required": true, "unique": true, "indexed": true,
    "max_length": 200 },
  { "name": "rule", "kind": "enum", "label": "Rule", "required": true,
    "options": ["most_recent", "source_priority", "non_empty", "add"] },
  { "name": "sources", "kind": "list", "label": "Sources", "help": "With source_priority: the best first" }
] }
])json";

} // namespace

Result<std::vector<TypeDeclaration>> identity_types()
{
    MORTISE_TRY(const boost::json::value parsed, parse_json(types_json, "the types of identities"));
    return parse_type_declarations(parsed, "", "");
}

} // namespace mortise::host
