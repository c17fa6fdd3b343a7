#include "merging/merge_types.hpp"

#include "base/json.hpp"

#include <boost/json/value.hpp>

namespace mortise::host {

namespace {

constexpr const char* types_json = R"json([
{ "name": "merge", "plural": "merges", "label": "Merge", "title_field": "state", "fields": [
  { "name": "survivor", "kind": "reference", "reference": "contact", "label": "Survivor", "required": true,
    "indexed": true, "timeline": true, "help": "The contact that the others were merged into" },
  { "name": "merged", "kind": "list", "label": "Merged", "help": "Ids of the contacts that were merged into it" },
  { "name": "state", "kind": "enum", "label": "State", "options": ["applied", "undone"], "default": "applied" },
  { "name": "records", "kind": "int", "label": "Records changed", "default": 0 },
  { "name": "reason", "kind": "text", "label": "Reason", "personal": true, "max_length": 1000,
    "help": "Why they are the same: what a person wrote, or the rule that decided" }
] }
])json";

} // namespace

Result<std::vector<TypeDeclaration>> merge_types()
{
    MORTISE_TRY(const boost::json::value parsed, parse_json(types_json, "the types of merging"));
    return parse_type_declarations(parsed, "", "");
}

} // namespace mortise::host
