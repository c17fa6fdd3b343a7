#include "tests/demo_world.hpp"

#include "base/json_read.hpp"
#include "base/text.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <utility>

namespace mortise::ui::testing {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

const std::string_view world_text = R"json({
  "host.hello": {"protocol": 1, "version": "0.1.0", "folder": "/srv/crm", "pid": 1, "user": "ada", "scope": "all"},
  "status": {"host": {"version": "0.1.0", "folder": "/srv/crm", "pid": 1, "started_at": "2026-11-25T09:00:00Z", "socket": "/srv/crm/control.sock"}, "database": {"id": "mortise:7", "file_bytes": 2100000, "events": 2277},
    "types": 3, "commands": 2, "users": 1, "plugins": [], "accepts_writes": true, "warnings": [],
    "subscriptions": [{"id": "1", "plugin": "mortise.pipelines", "name": "history", "lag": 0, "dead": 0, "attached": true, "patterns": ["opportunity.*"], "cursor": "2277", "delivered": 9}]},
  "bundles.list": {"bundles": [
      {"name": "sales", "title": "Sales", "version": "1.0.0", "description": "For a team that sells: pipelines with stages, reasons for won and lost deals.", "plugins": ["mortise.pipelines", "mortise.reporting"], "problem": null, "applied": null},
      {"name": "starter", "title": "Starter", "version": "1.0.0", "description": "A bit of everything, for looking around.", "plugins": ["mortise.pipelines"], "problem": null, "applied": "1.0.0"}],
    "runs": [{"run": 2, "bundle": "starter", "version": "1.0.0", "state": "applied", "started": "2026-11-25T09:00:00Z", "ended": "2026-11-25T09:00:01Z", "by": "user:ada", "problem": ""},
      {"run": 1, "bundle": "sales", "version": "1.0.0", "state": "taken_back", "started": "2026-11-24T09:00:00Z", "ended": "2026-11-24T09:00:01Z", "by": "user:ada", "problem": "the step \"enable Reporting\" failed: it does not start"}], "problem": null},
  "bundles.plan": {"bundle": "sales", "version": "1.0.0", "possible": true, "plan": "sha256:85e5", "steps": [
      {"kind": "plugin", "text": "enable Reporting (mortise.reporting 0.1.0): the bundle sales wants ^0.1", "what": {}}, {"kind": "field", "text": "add the field buying_role (Role in buying, enum) to contact", "what": {}},
      {"kind": "records", "text": "make 2 records of the type report: \"Win rate by quarter\" and \"Why deals are lost\"", "what": {}}],
    "permissions": [{"plugin": "mortise.reporting", "permission": "contacts.read", "text": "see contacts"}, {"plugin": "mortise.reporting", "permission": "opportunities.read", "text": "see opportunities"}],
    "migrations": ["12 records of the type stage are migrated by Sales pipelines"], "conflicts": [], "notes": ["Sales pipelines (mortise.pipelines 0.1.0) runs already"],
    "cost": {"bytes": 0, "words": ["2 record types, 4 reports", "1 subscription"]}, "lock": {}},
  "bundles.apply": {"run": 3, "plan": {}}, "bundles.export": {"bundle": {"name": "ours", "version": "1.0.0"}, "notes": ["a secret of mortise.email"]},
  "bundles.rollback": {"run": 2, "bundle": "starter", "version": "1.0.0", "state": "applied", "steps": ["enable Sales pipelines (mortise.pipelines 0.1.0)"], "left": ["the setting currency of Sales pipelines, which was changed since"]},
  "types.list": {"types": [
    {"name": "contact", "plural": "contacts", "label": "Contact", "owner": "mortise", "title_field": "name", "fields": [
      {"name": "kind", "kind": "enum", "label": "Kind", "options": ["person", "organisation"]},
      {"name": "name", "kind": "text", "label": "Name", "required": true, "searchable": true, "indexed": true},
      {"name": "email", "kind": "email", "label": "E-mail"},
      {"name": "organisation", "kind": "reference", "label": "Organisation", "type": "contact"},
      {"name": "revenue", "kind": "money", "label": "Revenue"},
      {"name": "note", "kind": "rich_text", "label": "Note"}]},
    {"name": "stage", "plural": "stages", "label": "Stage", "owner": "mortise.pipelines", "title_field": "name", "fields": [
      {"name": "name", "kind": "text", "label": "Name", "required": true}, {"name": "kind", "kind": "enum", "label": "Kind", "options": ["open", "won", "lost"]},
      {"name": "position", "kind": "int", "label": "Position"}]},
    {"name": "opportunity", "plural": "opportunities", "label": "Opportunity", "owner": "mortise.pipelines", "title_field": "name", "fields": [
      {"name": "name", "kind": "text", "label": "Name", "required": true}, {"name": "stage", "kind": "reference", "label": "Stage", "type": "stage"},
      {"name": "amount", "kind": "money", "label": "Amount"}, {"name": "status", "kind": "enum", "label": "Status", "options": ["open", "won", "lost"]}]},
    {"name": "duplicate_pair", "plural": "duplicate_pairs", "label": "Pair of duplicates", "owner": "mortise", "title_field": "band", "fields": [{"name": "band", "kind": "enum", "label": "Band", "options": ["same", "review"]}]}]},
  "commands.list": {"commands": [
    {"name": "pipelines.move_opportunity", "title": "Move opportunity", "help": "Moves it to another stage.", "provider": "mortise.pipelines", "effect": "write", "preview": true,
      "arguments": {"type": "object", "required": ["opportunity", "stage"], "properties": {"opportunity": {"type": "string"}, "stage": {"type": "string"}}}},
    {"name": "segmentation.preview", "title": "Count who fulfils a condition", "provider": "mortise.segmentation", "effect": "read", "arguments": {"type": "object", "required": ["definition"], "properties": {"definition": {"type": "object"}}}},
    {"name": "pipelines.won_sum", "title": "Won sum", "help": "What was won.", "provider": "mortise.pipelines", "effect": "read",
      "arguments": {"type": "object", "properties": {"by": {"type": "string", "description": "agent, product"}}}}]},
  "plugins.list": {"plugins": [{"id": "mortise.pipelines", "name": "Sales pipelines", "version": "0.1.0", "summary": "Pipelines with stages.", "vendor": "Mortise", "folder": "/usr/lib/mortise",
      "state": "active", "enabled": true, "problems": [], "warnings": [], "asked": ["contacts.read"], "granted": ["contacts.read"], "pinned": "", "bound": [], "versions": ["0.1.0"]},
    {"id": "acme.broken", "name": "Broken", "version": "2.0.0", "summary": "Does not start.", "vendor": "Acme", "folder": "/opt", "state": "failed", "enabled": true,
      "problems": [{"code": "invalid", "message": "its library is for another machine", "hint": "ask the vendor"}], "warnings": [], "asked": [], "granted": [], "pinned": "", "bound": [], "versions": []}]},
  "plugins.stats": {"plugins": [{"plugin": "mortise.pipelines", "calls": 1200, "errors": 3, "queued": 2, "functions": [{"function": "hook opportunity.update", "calls": 1200, "errors": 3, "p50_ns": 81000, "p99_ns": 1900000}],
      "events": [{"type": "opportunity.won", "published": 7, "handled": 0, "failed": 0}],
      "start": {"declared_at": "2026-11-25T09:00:00.040000Z", "declare_ns": 12000000, "loaded_at": "2026-11-25T09:00:03Z", "load_ns": 4000000, "activate_ns": 2500000, "loads": 1}},
    {"plugin": "acme.broken", "calls": 0, "errors": 0, "functions": [], "events": [], "start": {"declared_at": "2026-11-25T09:00:00.053000Z", "declare_ns": 90000000, "loaded_at": null, "load_ns": 0, "activate_ns": 0, "loads": 0}}]},
  "plugins.logs": {"lines": [{"number": 1, "time": "2026-11-25T10:00:00Z", "level": "warning", "key": "x", "message": "an opportunity has no stage", "fields": {}, "from": "plugin"}]},
  "views.list": {"views": [
      {"name": "pipelines.board", "kind": "board", "title": "Pipeline", "source": {"type": "opportunity"}, "group_by": "stage", "groups": {"type": "stage", "sort": ["position"]},
        "card_title": "name", "total": "amount", "columns": [{"field": "amount"}], "on_drop": {"command": "pipelines.move_opportunity", "arguments": {"opportunity": "{id}", "stage": "{group}"}},
        "plugin": "mortise.pipelines", "plugin_name": "Sales pipelines"},
      {"name": "pipelines.tab", "kind": "tab", "on": "contact", "title": "Deals", "source": {"query": "pipelines.of", "arguments": {"contact": "{id}"}}, "plugin": "mortise.pipelines", "plugin_name": "Sales pipelines"},
      {"name": "pipelines.funnel", "kind": "chart", "title": "By stage", "source": {"query": "pipelines.of", "arguments": {"contact": "1"}}, "chart": {"kind": "bar", "x": "name", "y": ["deals"]}, "plugin": "mortise.pipelines", "plugin_name": "Sales pipelines"},
      {"name": "acme.hologram", "kind": "hologram", "title": "Hologram", "source": {"type": "contact"}, "plugin": "acme", "plugin_name": "Acme"}],
    "reports": [{"name": "pipelines.won", "title": "Won by agent", "help": "What was won.", "source": {"command": "pipelines.won_sum"}, "plugin": "mortise.pipelines", "plugin_name": "Sales pipelines"}],
    "queries": [{"name": "pipelines.of", "sql": "SELECT name, deals FROM named", "columns": [{"name": "name", "kind": "text", "label": "Name"}, {"name": "deals", "kind": "int", "label": "Deals"}]}]},
  "subscriptions.list": {"subscriptions": [{"id": "1", "plugin": "mortise.pipelines", "name": "history", "lag": 12, "dead": 1, "attached": true, "patterns": ["opportunity.*"], "cursor": "2277", "delivered": 9, "failed": 1, "last_error": "no stage"}]},
  "dead_letters.list": {"dead_letters": [{"subscription": "1", "plugin": "mortise.pipelines", "name": "history", "number": "41", "attempts": 8, "error": "there is no stage 9", "since": "2026-11-25T10:00:00Z", "event": {"type": "opportunity.updated"}}]},
  "jobs.list": {"jobs": [{"id": "5", "plugin": "mortise.pipelines", "name": "recount", "state": "running", "tries": 1, "attempts": 3, "due": "2026-11-25T10:00:00Z", "created": "2026-11-25T09:59:00Z", "done": 40, "total": 100, "doing": "stages", "cancel_asked": false, "arguments": {}}]},
  "users.list": {"users": [{"id": "1", "name": "ada", "scope": "all", "roles": ["administrator"], "enabled": true, "os_user": "ada", "created_at": "2026-01-01T00:00:00Z"}, {"id": "2", "name": "bob", "scope": "own", "roles": ["sales"], "enabled": false, "created_at": "2026-02-01T00:00:00Z"}]},
  "roles.list": {"roles": [{"name": "administrator", "description": "may do everything", "types": {}, "commands": [], "capabilities": [], "built_in": true, "administrator": true}, {"name": "sales", "description": "sells", "types": {"contact": {"read": "all", "create": true, "write": "own", "hidden": ["phone"]}, "opportunity": {"read": "own"}}, "commands": ["pipelines.*"], "capabilities": ["export"], "built_in": false, "administrator": false}]},
  "users.change": {"name": "bob"}, "users.remove": {}, "roles.add": {"name": "new"}, "roles.change": {"name": "sales"}, "roles.remove": {},
  "access.explain": {"user": "bob", "action": "read", "target": "contact", "allowed": true, "answer": "bob may read all contacts", "reasons": ["the role sales says so"]},
  "settings.get": {"settings": {"rot_days": 30, "currency": "EUR"}, "schema": {"type": "object", "properties": {"rot_days": {"type": "integer", "minimum": 1, "title": "Days until it rots"}, "currency": {"type": "string", "maxLength": 3, "title": "Currency"}}}},
  "query.views": {"views": [{"name": "contact", "columns": [{"name": "id", "kind": "id"}, {"name": "name", "kind": "text"}]}]},
  "search.run": {"hits": [], "behind": 0, "complete": true},
  "events.subscribe": {"feed": "feed-1", "since": "0"},
  "events.list": {"last": "2277", "events": [{"id": "2277", "type": "opportunity.won", "time": "2026-11-25T10:00:00Z", "subject": "7", "subjecttype": "opportunity", "actor": "user:ada", "data": {}}]},
  "records.get": {"id": "7", "type": "contact", "version": 3, "name": "Acme", "kind": "organisation", "email": "info@acme.example", "revenue": {"amount": "1234.50", "currency": "EUR"}, "created_at": "2026-11-01T10:00:00Z", "updated_at": "2026-11-02T10:00:00Z"},
  "records.history": {"versions": [{"id": "7", "version": 1, "name": "Acm", "since": "3", "updated_at": "2026-11-01T10:00:00Z"}, {"id": "7", "version": 2, "name": "Acme", "since": "9", "updated_at": "2026-11-02T10:00:00Z"}]},
  "records.update": {"record": {"id": "7", "name": "Acme"}, "transaction": "91"}, "records.delete": {"record": {"id": "7", "name": "Acme"}, "transaction": "92"},
  "records.create": {"record": {"id": "8", "name": "New"}, "transaction": "93"}, "records.restore": {"record": {"id": "7", "name": "Acme"}, "transaction": "94"},
  "undo": {"records": 1, "conflicts": [], "external": [], "transactions": ["95"]}, "events.publish": {"number": "2278"},
  "plugins.disable": {"id": "mortise.pipelines"}, "plugins.enable": {"id": "mortise.pipelines"}, "plugins.revoke": {"id": "mortise.pipelines"}, "plugins.grant": {},
  "upload.open": {"upload": "u1"}, "upload.write": {"size": 4}, "plugins.install": {"id": "com.acme.mail", "version": "1.2.0", "was_there": false},
  "plugins.inspect": {"id": "com.acme.mail", "name": "Mail", "version": "1.2.0", "vendor": "Acme", "summary": "Sends mail.", "signed": false,
    "permissions": ["contacts.read", "net:smtp.acme.example"], "installed": "1.1.0", "asks_more": ["net:smtp.acme.example"], "asks_less": ["contacts.write"], "newer": true},
  "plugins.upgrade": {"id": "com.acme.mail", "from": "1.1.0", "to": "1.2.0", "asks_more": [], "asks_less": [], "problem": ""},
  "plugins.rollback": {"id": "mortise.pipelines", "from": "0.2.0", "to": "0.1.0"}, "plugins.remove": {"id": "mortise.pipelines", "archived": [{"type": "stage", "records": 6}]},
  "backup.run": {"ok": true, "file": "/srv/mortise.backup", "bytes": 3031621, "about": {"created_at": "2026-11-25T10:00:00Z", "records": {"contact": 1200, "event": 4415}},
    "checks": [{"name": "pages", "looked_at": 370, "wrong": 0, "findings": []}, {"name": "references", "looked_at": 6934, "wrong": 0, "findings": []}]},
  "database.verify": {"ok": true, "checks": [{"name": "pages", "looked_at": 370, "wrong": 0, "findings": []}]},
  "types.add_field": {"name": "contact"}, "types.archive_field": {"name": "contact"},
  "plugins.reload": {"clean": true, "problem": ""}, "settings.set": {"settings": {}}, "users.add": {"name": "eve"}, "dead_letters.retry": {"events": 1}, "dead_letters.discard": {"events": 1},
  "commands.call": {"groups": [{"label": "Hanna", "sum": {"amount": "10.00", "currency": "EUR"}}, {"label": "Ewa", "sum": {"amount": "20.00", "currency": "EUR"}}]}
})json";

const std::string_view duplicates_text = R"json({
  "duplicates.list": {"pairs": [
    {"id": "41", "first": {"id": "12", "kind": "person", "name": "Jonas Becker", "email": "jonas.becker@clear.example", "organisation": "3", "source": "demo", "created_at": "2026-11-01T10:00:00Z"}, "second": {"id": "19", "kind": "person", "name": "Jonas Bäcker", "email": "j.becker@clear.example", "phone": "+43 1 234", "organisation": "4", "created_at": "2026-11-09T10:00:00Z"}, "band": "same", "state": "open", "score": "0.9999", "weight": "24.48",
      "explanation": [{"field": "given_name", "level": "exact", "weight": 4.95, "words": "given name: the same (+5.0)"}, {"field": "family_name", "level": "near", "weight": 3.1, "words": "family name: the same but for a slip (+3.1)"}, {"field": "email", "level": "similar", "weight": 16.7, "words": "e-mail: alike (+16.7)"}, {"field": "employer", "level": "different", "weight": -0.6, "words": "organisation: different (-0.6)"}]},
    {"id": "42", "first": {"id": "13", "kind": "person", "name": "Karim Silva", "email": "karim@birch.example", "organisation": "3", "source": "demo", "created_at": "2026-11-01T10:00:00Z"}, "second": {"id": "27", "kind": "person", "name": "Karim Silva", "email": "karim@clear.example", "phone": "+43 1 234", "organisation": "4", "created_at": "2026-11-09T10:00:00Z"}, "band": "review", "state": "open", "score": "0.9991", "weight": "19.4", "caution": "too little beside the names agrees",
      "explanation": [{"field": "given_name", "level": "exact", "weight": 4.95, "words": "given name: the same (+5.0)"}, {"field": "family_name", "level": "near", "weight": 3.1, "words": "family name: the same but for a slip (+3.1)"}, {"field": "email", "level": "similar", "weight": 16.7, "words": "e-mail: alike (+16.7)"}, {"field": "employer", "level": "different", "weight": -0.6, "words": "organisation: different (-0.6)"}]},
    {"id": "43", "first": {"id": "14", "kind": "person", "name": "Emma Kaya", "email": "emma@cedar.example", "organisation": "3", "source": "demo", "created_at": "2026-11-01T10:00:00Z"}, "second": {"id": "28", "kind": "person", "name": "Emma Kay", "email": "emma.kay@cedar.example", "phone": "+43 1 234", "organisation": "4", "created_at": "2026-11-09T10:00:00Z"}, "band": "review", "state": "open", "score": "0.9712", "weight": "11.2",
      "explanation": [{"field": "given_name", "level": "exact", "weight": 4.95, "words": "given name: the same (+5.0)"}, {"field": "family_name", "level": "near", "weight": 3.1, "words": "family name: the same but for a slip (+3.1)"}, {"field": "email", "level": "similar", "weight": 16.7, "words": "e-mail: alike (+16.7)"}, {"field": "employer", "level": "different", "weight": -0.6, "words": "organisation: different (-0.6)"}]}]},
  "duplicates.merge": {"merges": [{"survivor": "12", "contacts": ["12", "19"], "records": 5, "merge": "501"}], "left": [{"contacts": ["13", "27"], "reason": "it is in the band same no more"}]},
  "duplicates.dismiss": {"pairs": 1, "state": "not_a_duplicate"}, "duplicates.reopen": {"pairs": 1, "state": "open"}, "duplicates.scan": {"job": "77"},
  "contacts.merge": {"merge": "500", "transaction": "96", "survivor": "12", "merged": ["19"], "records": 5, "fields": [
    {"field": "name", "label": "Name", "before": "Jonas Becker", "after": "Jonas Becker", "conflict": true, "from": "12", "values": [{"contact": "12", "value": "Jonas Becker"}, {"contact": "19", "value": "Jonas Bäcker"}]},
    {"field": "email", "label": "E-mail", "before": "jonas.becker@clear.example", "after": "j.becker@clear.example", "conflict": true, "from": "19", "values": [{"contact": "12", "value": "jonas.becker@clear.example"}, {"contact": "19", "value": "j.becker@clear.example"}]},
    {"field": "kind", "label": "Kind", "before": "person", "after": "person", "conflict": false, "from": "12", "values": [{"contact": "12", "value": "person"}, {"contact": "19", "value": "person"}]}],
    "references": [{"type": "opportunity", "field": "contact", "records": 2}], "dropped": []}
})json";

std::vector<std::string> columns_of(std::string_view sql)
{
    std::vector<std::string> columns;
    const std::size_t end = std::min(sql.find(" FROM "), sql.size());
    std::string_view list = sql.substr(7, end - 7);
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(", "), list.size());
        columns.emplace_back(list.substr(0, comma));
        list.remove_prefix(std::min(comma + 2, list.size()));
    }
    return columns;
}

std::int64_t number_after(std::string_view sql, std::string_view word)
{
    const std::size_t at_word = sql.find(word);
    if (at_word == std::string_view::npos) return 0;
    return std::atoll(std::string{sql.substr(at_word + word.size(), 20)}.c_str());
}

value cell(const std::string& column, std::int64_t row, const std::string& name)
{
    if (column == "t.id") return row + 1;
    if (column == "t.version") return 1;
    if (column.find("_minor") != std::string::npos) return (row + 1) * 100;
    if (column.find("_currency") != std::string::npos) return "EUR";
    if (column.find("kind") != std::string::npos) return "person";
    if (column.find("status") != std::string::npos) return "open";
    if (column == "t.\"organisation\"" || column == "t.\"stage\"") return 3;
    if (column.find("name") != std::string::npos)
        return boost::json::string{name.empty() ? "Person " + std::to_string(row) : name};
    if (column.find("email") != std::string::npos)
        return boost::json::string{"p" + std::to_string(row) + "@example.org"};
    return nullptr;
}

/// One part of an answer; written out, because boost::json takes lists of pairs for objects.
std::vector<value> part_of(
    const std::vector<std::pair<const char*, const char*>>& columns,
    const std::vector<std::vector<value>>& rows
)
{
    array column_list;
    for (const auto& [name, kind] : columns)
        column_list.push_back(object{{"name", name}, {"kind", kind}});
    array row_list;
    for (const auto& row : rows)
        row_list.push_back(array(row.begin(), row.end()));
    object part;
    part["columns"] = std::move(column_list);
    part["rows"] = std::move(row_list);
    return {value(std::move(part))};
}

std::vector<value> answer_query(const object& params, std::int64_t contacts, const std::string& name)
{
    const std::string sql{params.at("sql").as_string()};
    const value title(boost::json::string{name.empty() ? "Prospecting" : name});
    if (sql.starts_with("SELECT count(*)")) {
        const bool is_filtered = sql.find("WHERE") != std::string::npos;
        const bool is_deal = sql.find("\"opportunity\"") != std::string::npos;
        return part_of({{"n", "int"}}, {{value(is_deal ? 4 : is_filtered ? contacts / 10 : contacts)}});
    }
    if (sql.find("FROM duplicate_pair") != std::string::npos)
        return part_of(
            {},
            {{value("open"), value("same"), value(1)},
             {value("open"), value("review"), value(2)},
             {value("merged"), value("same"), value(4)}}
        );
    if (sql.starts_with("SELECT name, deals"))
        return part_of({{"name", "text"}, {"deals", "int"}}, {{title, value(3)}, {value("Lost"), value(2)}});
    if (sql.find("FROM \"stage\" ORDER") != std::string::npos)
        return part_of(
            {},
            {{value(1), title, value("open")},
             {value(2), value("Won"), value("won")},
             {value(3), value("Lost"), value("lost")}}
        );
    if (sql.find("GROUP BY 1, 2") != std::string::npos)
        return part_of(
            {},
            {{value(1), value("EUR"), value(4), value(1000)},
             {value(2), value("EUR"), value(4), value(123'456)}}
        );
    if (!sql.starts_with("SELECT t.id")) return part_of({}, {});
    const auto columns = columns_of(sql);
    const std::int64_t first = number_after(sql, "OFFSET ");
    const std::int64_t count = sql.find("\"opportunity\" t") != std::string::npos ? 4 : contacts;
    std::vector<std::vector<value>> rows;
    for (std::int64_t row = first; row < std::min(first + 100, count); ++row) {
        std::vector<value> cells;
        for (const std::string& column : columns)
            cells.push_back(cell(column, row, name));
        rows.push_back(std::move(cells));
    }
    return part_of({}, rows);
}

void teach(Script& script, const value& world, std::int64_t contacts, const std::string& name)
{
    for (const auto& [method, answer] : world.as_object())
        script.answer(std::string{method}, answer);
    const value named = boost::json::parse(duplicates_text);
    script.answer(
        "commands.call",
        [named, other = world.as_object().at("commands.call")](const object& params) -> Result<value> {
            const auto& command = params.at("name").as_string();
            if (!named.as_object().contains(command)) return other;
            value answer(named.at(command));
            if (command != "duplicates.list") return answer;
            const auto& asked = params.at("arguments").as_object();
            array pairs; // of that band alone
            for (const auto& pair : answer.at("pairs").as_array())
                if (asked.at("state") == "open"
                    && (!asked.contains("band") || asked.at("band") == pair.at("band")))
                    pairs.push_back(pair);
            answer.as_object()["pairs"] = std::move(pairs);
            return answer;
        }
    );
    script.answer("query.run", object{{"rows", 1}});
    script.send_parts("query.run", [contacts, name](const object& params) {
        return answer_query(params, contacts, name);
    });
}

/// Puts the text in the place of every title, label and message.
void poison(value& json, const std::string& text, std::string_view key = {})
{
    if (auto* object = json.if_object())
        for (auto& [name, one] : *object)
            poison(one, text, name);
    else if (auto* list = json.if_array())
        for (auto& one : *list)
            poison(one, text, key);
    else if (json.is_string())
        for (const std::string_view word :
             {"label",
              "title",
              "help",
              "message",
              "hint",
              "summary",
              "vendor",
              "error",
              "user",
              "actor",
              "description",
              "doing",
              "folder",
              "last_error",
              "plugin_name"})
            if (key == word) json = boost::json::string{text};
}

} // namespace

void make_world(Script& script, std::int64_t contacts)
{
    teach(script, boost::json::parse(world_text), contacts, {});
}

void make_hostile_world(Script& script, const std::string& text)
{
    value world = boost::json::parse(world_text);
    poison(world, text);
    world.as_object()["records.get"].as_object()["name"] = boost::json::string{text};
    world.as_object()["records.get"].as_object()["note"] = boost::json::string{text};
    for (auto& plugin : world.as_object()["plugins.list"].as_object()["plugins"].as_array())
        plugin.as_object()["name"] = boost::json::string{text};
    teach(script, world, 1'000, text);
}

} // namespace mortise::ui::testing
