#include "consent/consent_types.hpp"

#include "base/json.hpp"

#include <boost/json/value.hpp>

namespace mortise::host {

namespace {

constexpr const char* types_json = R"json([
{ "name": "purpose", "plural": "purposes", "shared": true, "label": "Purpose", "title_field": "name", "fields": [
  { "name": "name", "kind": "text", "label": "Name", "required": true, "unique": true, "indexed": true, "max_length": 100,
    "help": "What plugins and people call it, such as newsletter" },
  { "name": "legal_basis", "kind": "enum", "label": "Legal basis", "required": true,
    "options": ["consent", "contract", "legal_obligation", "vital_interest", "public_task", "legitimate_interest"],
    "help": "consent: only who has agreed is written to. Others: everybody but who objected" },
  { "name": "text", "kind": "rich_text", "label": "Text", "help": "What people are told when they are asked" },
  { "name": "text_version", "kind": "int", "label": "Version of the text", "default": 1,
    "help": "Raise it when the text changes: a consent keeps the version that was agreed to" },
  { "name": "valid_days", "kind": "int", "label": "Days that a consent lasts", "help": "Empty: until it is withdrawn" },
  { "name": "quiet_from", "kind": "time", "label": "Quiet from", "help": "Nothing is sent from then on, by the contact's clock" },
  { "name": "quiet_to", "kind": "time", "label": "Quiet until" },
  { "name": "most_messages", "kind": "int", "label": "Most messages", "help": "To one contact by one channel, within the days of the next field" },
  { "name": "within_days", "kind": "int", "label": "Within days", "default": 7 },
  { "name": "time_zone", "kind": "text", "label": "Time zone", "max_length": 64, "help": "For contacts whose own is not known; UTC if empty" },
  { "name": "in_use", "kind": "bool", "label": "In use", "default": true }
] },
{ "name": "consent", "plural": "consents", "label": "Consent", "title_field": "state", "fields": [
  { "name": "contact", "kind": "reference", "reference": "contact", "label": "Contact", "required": true, "indexed": true,
    "timeline": true },
  { "name": "point", "kind": "reference", "reference": "contact_point", "label": "Contact point",
    "help": "Empty: for every point of the channel" },
  { "name": "purpose", "kind": "reference", "reference": "purpose", "label": "Purpose", "required": true, "indexed": true },
  { "name": "channel", "kind": "enum", "label": "Channel", "required": true,
    "options": ["any", "email", "phone", "sms", "post", "messenger"] },
  { "name": "state", "kind": "enum", "label": "State", "required": true, "options": ["given", "pending", "withdrawn"],
    "help": "pending: asked for and not confirmed yet" },
  { "name": "at", "kind": "datetime", "label": "When", "required": true },
  { "name": "expires", "kind": "datetime", "label": "Expires" },
  { "name": "source", "kind": "text", "label": "Source", "max_length": 200, "help": "Where it was said: a form, a call, an import" },
  { "name": "proof", "kind": "json", "label": "Proof", "help": "What shows it: the form's answers, an address, a message id" },
  { "name": "text_version", "kind": "int", "label": "Version of the text" }
] },
{ "name": "suppression", "plural": "suppressions", "label": "Suppression", "title_field": "address", "fields": [
  { "name": "address", "kind": "text", "label": "Address", "required": true, "indexed": true, "personal": true,
    "max_length": 1000, "help": "As the contact point has it: in lower case, a number as E.164" },
  { "name": "channel", "kind": "enum", "label": "Channel", "required": true,
    "options": ["any", "email", "phone", "sms", "post", "messenger"] },
  { "name": "reason", "kind": "enum", "label": "Reason", "required": true,
    "options": ["bounced", "complaint", "unsubscribed", "manual"] },
  { "name": "ends", "kind": "datetime", "label": "Ends", "help": "Empty: never" },
  { "name": "source", "kind": "text", "label": "Source", "max_length": 500, "help": "Such as the server's own words" }
] }
])json";

} // namespace

Result<std::vector<TypeDeclaration>> consent_types()
{
    MORTISE_TRY(const boost::json::value parsed, parse_json(types_json, "the types of consent"));
    return parse_type_declarations(parsed, "", "");
}

} // namespace mortise::host
