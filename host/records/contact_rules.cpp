#include "records/contact_rules.hpp"

#include "base/json.hpp"

#include <boost/json/value.hpp>

namespace mortise::host {

namespace {

constexpr const char* own_types_json = R"json([
{ "name": "contact", "plural": "contacts", "label": "Contact", "title_field": "name", "fields": [
  { "name": "kind", "kind": "enum", "label": "Kind", "options": ["person", "organisation", "household"],
    "default": "person" },
  { "name": "name", "kind": "text", "label": "Name", "required": true, "indexed": true, "sorted": true,
    "searchable": true, "personal": true, "max_length": 500, "help": "As it is shown; follows from the parts of the name if it is left out" },
  { "name": "given_name", "kind": "text", "label": "Given name", "personal": true, "max_length": 200 },
  { "name": "additional_name", "kind": "text", "label": "Middle name", "personal": true, "max_length": 200 },
  { "name": "family_name", "kind": "text", "label": "Family name", "personal": true, "max_length": 200 },
  { "name": "name_prefix", "kind": "text", "label": "Title before the name", "personal": true, "max_length": 100 },
  { "name": "name_suffix", "kind": "text", "label": "Suffix", "personal": true, "max_length": 100 },
  { "name": "nickname", "kind": "text", "label": "Nickname", "personal": true, "searchable": true, "max_length": 200 },
  { "name": "email", "kind": "email", "label": "E-mail", "indexed": true, "searchable": true, "personal": true },
  { "name": "phone", "kind": "phone", "label": "Phone", "indexed": true, "searchable": true, "personal": true },
  { "name": "organisation", "kind": "reference", "reference": "contact", "label": "Organisation", "indexed": true,
    "timeline": true, "help": "Where a person works; what an organisation is part of" },
  { "name": "job_title", "kind": "text", "label": "Job title", "personal": true, "max_length": 200 },
  { "name": "lifecycle", "kind": "enum", "label": "Lifecycle",
    "options": ["anonymous", "subscriber", "lead", "qualified", "customer", "former", "partner"] },
  { "name": "industry", "kind": "text", "label": "Industry", "max_length": 200 },
  { "name": "employees", "kind": "int", "label": "Employees" },
  { "name": "annual_revenue", "kind": "money", "label": "Annual revenue" },
  { "name": "website", "kind": "url", "label": "Website" },
  { "name": "address", "kind": "address", "label": "Address", "personal": true },
  { "name": "country", "kind": "text", "label": "Country", "max_length": 100 },
  { "name": "birthday", "kind": "text", "label": "Birthday", "personal": true, "max_length": 10,
    "help": "YYYY-MM-DD, or --MM-DD where the year is not known" },
  { "name": "tags", "kind": "list", "label": "Tags" },
  { "name": "locale", "kind": "text", "label": "Language", "max_length": 35, "help": "A BCP 47 tag, such as de-AT" },
  { "name": "time_zone", "kind": "text", "label": "Time zone", "max_length": 64, "help": "Such as Europe/Vienna" },
  { "name": "source", "kind": "text", "label": "Source", "max_length": 200 },
  { "name": "external_id", "kind": "text", "label": "External id", "indexed": true, "max_length": 200,
    "help": "What another system calls this contact" },
  { "name": "note", "kind": "rich_text", "label": "Note", "personal": true, "searchable": true }
] },
{ "name": "contact_point", "plural": "contact_points", "label": "Contact point", "title_field": "value", "fields": [
  { "name": "contact", "kind": "reference", "reference": "contact", "label": "Contact", "required": true,
    "indexed": true, "timeline": true },
  { "name": "kind", "kind": "enum", "label": "Kind", "options": ["email", "phone", "address", "url", "messenger"],
    "required": true },
  { "name": "value", "kind": "text", "label": "Value", "required": true, "indexed": true,
    "personal": true, "max_length": 1000, "help": "Normalised: the address in lower case, the number as E.164" },
  { "name": "raw", "kind": "text", "label": "As given", "personal": true, "max_length": 1000 },
  { "name": "label", "kind": "text", "label": "Label", "max_length": 100, "help": "Such as work, home, mobile" },
  { "name": "is_primary", "kind": "bool", "label": "Primary", "default": false },
  { "name": "state", "kind": "enum", "label": "State", "options": ["unverified", "valid", "invalid", "bounced"],
    "default": "unverified" },
  { "name": "valid_from", "kind": "date", "label": "Valid from" },
  { "name": "valid_to", "kind": "date", "label": "Valid to" }
] },
{ "name": "identity", "plural": "identities", "label": "Identity", "title_field": "value", "fields": [
  { "name": "contact", "kind": "reference", "reference": "contact", "label": "Contact", "required": true,
    "indexed": true, "timeline": true, "on_delete": "delete" },
  { "name": "namespace", "kind": "text", "label": "Namespace", "required": true, "max_length": 100,
    "help": "What kind of name it is, or whose: email, phone, cookie, crm:hubspot; kept in small letters" },
  { "name": "value", "kind": "text", "label": "Value", "required": true, "indexed": true, "personal": true,
    "max_length": 500, "help": "Normalised: an address in lower case, a phone number as E.164" },
  { "name": "strength", "kind": "enum", "label": "Strength", "options": ["verified", "asserted", "inferred"],
    "default": "asserted", "help": "verified: proven to be the contact's; asserted: somebody said so; inferred: concluded" },
  { "name": "source", "kind": "text", "label": "Source", "max_length": 100, "help": "Who named it first, by the times of the sources" },
  { "name": "first_seen", "kind": "datetime", "label": "First seen" },
  { "name": "last_seen", "kind": "datetime", "label": "Last seen" }
], "constraints": [{ "name": "identity_taken", "unique": ["namespace", "value"] }] },
{ "name": "relation", "plural": "relations", "label": "Relation", "title_field": "kind", "fields": [
  { "name": "source", "kind": "reference", "reference": "contact", "label": "Who", "required": true, "indexed": true,
    "timeline": true },
  { "name": "target", "kind": "reference", "reference": "contact", "label": "To whom", "required": true,
    "indexed": true, "timeline": true },
  { "name": "kind", "kind": "text", "label": "Kind", "required": true, "max_length": 100,
    "help": "Name of a kind of relation, such as works_at, reports_to, partner_of" },
  { "name": "role", "kind": "text", "label": "Role", "personal": true, "max_length": 200, "help": "Such as a job title" },
  { "name": "valid_from", "kind": "date", "label": "Since", "help": "The first day; empty: from ever" },
  { "name": "valid_to", "kind": "date", "label": "Until", "help": "The last day; empty: it goes on" },
  { "name": "is_primary", "kind": "bool", "label": "Primary", "default": false,
    "help": "Of what a person works at now: the one that its organisation and job title are those of" }
] },
{ "name": "relation_kind", "plural": "relation_kinds", "shared": true, "label": "Kind of relation", "title_field": "label",
  "fields": [
  { "name": "name", "kind": "text", "label": "Name", "required": true, "unique": true, "indexed": true, "max_length": 100,
    "help": "What relations are written with, such as works_at" },
  { "name": "label", "kind": "text", "label": "Word", "required": true, "max_length": 100, "help": "Such as works at" },
  { "name": "inverse_label", "kind": "text", "label": "Word in the other direction", "max_length": 100,
    "help": "Such as employs; empty: the same word" },
  { "name": "source_kinds", "kind": "multi_enum", "label": "Who", "options": ["person", "organisation", "household"],
    "help": "Which contacts may stand there; empty: all" },
  { "name": "target_kinds", "kind": "multi_enum", "label": "To whom", "options": ["person", "organisation", "household"],
    "help": "Which contacts may stand there; empty: all" },
  { "name": "symmetric", "kind": "bool", "label": "Both ways", "default": false, "help": "Says the same in both directions" },
  { "name": "single", "kind": "bool", "label": "One at a time", "default": false,
    "help": "A contact has at most one that is valid, now or from a later day on" },
  { "name": "tree", "kind": "bool", "label": "Tree", "default": false, "help": "Circles are refused" },
  { "name": "membership", "kind": "bool", "label": "Membership", "default": false,
    "help": "Who stands at the near end is one of the people of the other, whose timeline can show theirs" },
  { "name": "in_use", "kind": "bool", "label": "In use", "default": true, "help": "No: there are no new ones" }
] },
{ "name": "import", "plural": "imports", "label": "Import", "title_field": "file", "fields": [
  { "name": "file", "kind": "text", "label": "File", "max_length": 1000 },
  { "name": "record_type", "kind": "text", "label": "Record type", "required": true },
  { "name": "mode", "kind": "text", "label": "Mode" },
  { "name": "state", "kind": "enum", "label": "State", "options": ["running", "done", "stopped", "failed", "undone"],
    "default": "running" },
  { "name": "read", "kind": "int", "label": "Rows read", "default": 0 },
  { "name": "created", "kind": "int", "label": "Created", "default": 0 },
  { "name": "updated", "kind": "int", "label": "Updated", "default": 0 },
  { "name": "skipped", "kind": "int", "label": "Skipped", "default": 0 },
  { "name": "refused", "kind": "int", "label": "Refused", "default": 0 },
  { "name": "left", "kind": "int", "label": "References left", "default": 0,
    "help": "Rows were kept without them, since what they name is not there" },
  { "name": "resolved", "kind": "int", "label": "References set at the end", "default": 0,
    "help": "They name rows that came later in the file" },
  { "name": "rows_done", "kind": "int", "label": "Rows done", "default": 0,
    "help": "A second run goes on behind this row" },
  { "name": "message", "kind": "text", "label": "Message" }
] }
])json";

} // namespace

Result<std::vector<TypeDeclaration>> own_types()
{
    MORTISE_TRY(const boost::json::value parsed, parse_json(own_types_json, "the host's own types"));
    return parse_type_declarations(parsed, "", "");
}

std::vector<std::size_t> complete_contact(const RecordType& type, Row& row)
{
    const auto name_slot = type.slot("name");
    if (!name_slot || !row.values[*name_slot].is_null()) return {};
    std::string name;
    for (const char* part : {"given_name", "additional_name", "family_name", "name_suffix"})
        if (const auto text = value_of(type, row, part); !text.is_null())
            name.append(name.empty() ? "" : " ").append(text.text());
    for (const char* other : {"nickname", "email", "phone"})
        if (name.empty()) name = value_of(type, row, other).text();
    if (name.empty()) return {};
    row.values[*name_slot] = std::move(name);
    return {*name_slot};
}

} // namespace mortise::host
