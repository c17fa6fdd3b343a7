#include "duplicates/pair_types.hpp"

#include "base/json.hpp"

#include <boost/json/value.hpp>

namespace mortise::host {

namespace {

constexpr const char* types_json = R"json([
{ "name": "duplicate_pair", "plural": "duplicate_pairs", "label": "Pair of duplicates", "title_field": "band", "fields": [
  { "name": "first", "kind": "reference", "reference": "contact", "label": "First", "required": true, "indexed": true,
    "on_delete": "delete" },
  { "name": "second", "kind": "reference", "reference": "contact", "label": "Second", "required": true, "indexed": true,
    "on_delete": "delete" },
  { "name": "band", "kind": "enum", "label": "Band", "options": ["same", "review"], "required": true,
    "help": "same: as good as certain; review: a person decides" },
  { "name": "state", "kind": "enum", "label": "State", "options": ["open", "merged", "not_a_duplicate"], "default": "open",
    "indexed": true },
  { "name": "score", "kind": "decimal", "scale": 4, "label": "Score", "help": "How probable it is that they are the same" },
  { "name": "weight", "kind": "decimal", "scale": 2, "label": "Weight", "indexed": true,
    "help": "Logarithm to the base of 2 of the odds that they are the same" },
  { "name": "caution", "kind": "text", "label": "Caution", "max_length": 500,
    "help": "Why a person has to look in spite of the score" },
  { "name": "evidence", "kind": "text", "label": "Evidence", "max_length": 1000, "personal": true,
    "help": "What says that they are the same, whatever their fields say: a source that takes them for one" },
  { "name": "explanation", "kind": "json", "label": "Explanation",
    "help": "For each field how well it agrees and what that is worth; no values" },
  { "name": "decided_by", "kind": "text", "label": "Decided by", "max_length": 300 },
  { "name": "decided_at", "kind": "datetime", "label": "Decided" },
  { "name": "reason", "kind": "text", "label": "Reason", "max_length": 1000, "personal": true }
] }
])json";

} // namespace

Result<std::vector<TypeDeclaration>> pair_types()
{
    MORTISE_TRY(const boost::json::value parsed, parse_json(types_json, "the types of duplicates"));
    return parse_type_declarations(parsed, "", "");
}

} // namespace mortise::host
