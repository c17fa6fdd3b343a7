#include "base/json.hpp"
#include "base/time_text.hpp"
#include "control/host.hpp"
#include "control/methods/answers.hpp"
#include "control/methods/methods.hpp"
#include "relations/relation_book.hpp"

#include <boost/json/array.hpp>

namespace mortise::host {
namespace {

const Param at_param{"at", ParamKind::text, "as of that day (YYYY-MM-DD); without it today"};

Result<std::optional<Date>> day(const Arguments& arguments, const char* name)
{
    if (!arguments.has(name)) return std::optional<Date>{};
    auto date = parse_date(arguments.text(name));
    if (date) return std::optional{*date};
    Error error = std::move(date).error();
    error.where = '/' + std::string{name};
    return error;
}

/// What a list of contacts tells of one; null where the person may not see it.
boost::json::object contact_json(const RecordType& contacts, const Row& row)
{
    return {
        {"contact", number_text(row.id.number)},
        {"name", json_of(value_of(contacts, row, "name"))},
        {"contact_kind", json_of(value_of(contacts, row, "kind"))},
    };
}

Answer list(Host& host, const Call& call, const Arguments& arguments)
{
    RelationQuestion question{
        .contact = arguments.id("contact"),
        .kind = arguments.text("kind"),
        .at = {},
        .all = arguments.flag("all")
    };
    MORTISE_TRY(question.at, day(arguments, "at"));
    MORTISE_TRY(const auto seen, host.relations().of(call.principal(), question));
    const TypePointer contacts = host.records().schema()->find("contact");
    boost::json::array relations;
    for (const RelationSeen& each : seen) {
        boost::json::object json{
            {"relation", each.relation ? boost::json::value(number_text(each.relation.number)) : nullptr},
            {"kind", each.kind},
            {"word", each.word},
            {"end", each.is_source ? "source" : "target"},
        };
        for (auto& [key, value] : contact_json(*contacts, each.other))
            json[key] = value;
        json["role"] = json_of(each.role);
        json["valid_from"] = json_of(each.valid_from);
        json["valid_to"] = json_of(each.valid_to);
        json["is_primary"] = each.is_primary;
        json["state"] = each.state;
        relations.emplace_back(std::move(json));
    }
    return boost::json::value(boost::json::object{{"relations", std::move(relations)}});
}

boost::json::array places_json(const RecordType& contacts, const std::vector<TreePlace>& places)
{
    boost::json::array json;
    for (const TreePlace& place : places) {
        boost::json::object one = contact_json(contacts, place.contact);
        one["depth"] = place.depth;
        one["next_to"] = number_text(place.next_to.number);
        json.emplace_back(std::move(one));
    }
    return json;
}

Answer hierarchy(Host& host, const Call& call, const Arguments& arguments)
{
    MORTISE_TRY(const auto at, day(arguments, "at"));
    MORTISE_TRY(
        const RelationTree tree,
        host.relations().tree(call.principal(), arguments.id("contact"), arguments.text("kind"), at)
    );
    const TypePointer contacts = host.records().schema()->find("contact");
    boost::json::object json = contact_json(*contacts, tree.contact);
    json["above"] = places_json(*contacts, tree.above);
    json["below"] = places_json(*contacts, tree.below);
    json["cut"] = tree.is_cut;
    return boost::json::value(std::move(json));
}

boost::json::value outcome_json(Host& host, const RelateOutcome& outcome)
{
    boost::json::array ended;
    for (const Id id : outcome.ended)
        ended.emplace_back(number_text(id.number));
    boost::json::object json{
        {"record", record_json(*host.records().schema()->find(relation_type), outcome.relation)},
        {"ended", std::move(ended)},
    };
    if (outcome.transaction != 0)
        json["transaction"] = number_text(outcome.transaction);
    else
        json["dry_run"] = true;
    return json;
}

Answer relate(Host& host, const Call& call, const Arguments& arguments)
{
    RelateRequest request{
        .source = arguments.id("source"),
        .kind = arguments.text("kind"),
        .target = arguments.id("target"),
        .role = arguments.text("role"),
        .valid_from = {},
        .valid_to = {},
        .is_primary = arguments.flag("primary"),
        .replaces = arguments.flag("replace"),
    };
    MORTISE_TRY(request.valid_from, day(arguments, "from"));
    MORTISE_TRY(request.valid_to, day(arguments, "until"));
    MORTISE_TRY(const RelateOutcome outcome, host.relations().relate(call.context(), request));
    return outcome_json(host, outcome);
}

Answer end(Host& host, const Call& call, const Arguments& arguments)
{
    MORTISE_TRY(const auto until, day(arguments, "until"));
    MORTISE_TRY(
        const RelateOutcome outcome, host.relations().end(call.context(), arguments.id("relation"), until)
    );
    return outcome_json(host, outcome);
}

} // namespace

void add_relation_methods(Api& api, Host& host)
{
    const Param contact_param{"contact", ParamKind::id, "the contact", true};
    api.add({
        .name = "relations.list",
        .help = "Lists how a contact is related, from either end, with the word of that direction",
        .params = {
            contact_param,
            {"kind", ParamKind::text, "only of this kind, by its name or word"},
            at_param,
            {"all", ParamKind::boolean, "those too that are over, or begin later"},
        },
        .result = "{relations: [{relation: id, or null where it is the contact's field organisation and no more; kind, word, end: "
                  "where the contact stands, source or target; contact, name, contact_kind: of the other one; role, valid_from, "
                  "valid_to, is_primary, state: current, past or future}]}; those with a contact that the person may not see "
                  "are left out",
        .handler = [&host](Call& call, const Arguments& arguments) { return list(host, call, arguments); },
    });
    api.add({
        .name = "relations.hierarchy",
        .help = "Shows what a contact is part of, and what is part of it; or another kind of relation that "
                "is a tree",
        .params
        = {contact_param, {"kind", ParamKind::text, "by its name or word; without it part_of"}, at_param},
        .result = "{contact, name, contact_kind, above: [{contact, name, contact_kind, depth, next_to}], the "
                  "nearest first, "
                  "below: the same, each followed by those below it, cut: there are more}",
        .handler
        = [&host](Call& call, const Arguments& arguments) { return hierarchy(host, call, arguments); },
    });
    const std::string result = "{record, ended: relations that it ended, transaction}; with a dry run "
                               "\"dry_run\" in place of the last";
    api.add({
        .name = "relations.create",
        .help = "Relates two contacts",
        .params
        = {{"source", ParamKind::id, "who", true},
           {"kind",
            ParamKind::text,
            "by its name or word; the word of the other direction exchanges the two",
            true},
           {"target", ParamKind::id, "to whom", true},
           {"role", ParamKind::text, "such as a job title"},
           {"from", ParamKind::text, "the first day (YYYY-MM-DD)"},
           {"until", ParamKind::text, "the last day"},
           {"primary", ParamKind::boolean, "of what a person works at, the one that counts first"},
           {"replace",
            ParamKind::boolean,
            "what the source has of that kind ends the day before the first, or yesterday"}},
        .result = result,
        .effect = Effect::write,
        .handler = [&host](Call& call, const Arguments& arguments) { return relate(host, call, arguments); },
    });
    api.add({
        .name = "relations.end",
        .help = "Ends a relation; it stays on record",
        .params
        = {{"relation", ParamKind::id, "the relation", true},
           {"until", ParamKind::text, "its last day (YYYY-MM-DD); without it yesterday"}},
        .result = result,
        .effect = Effect::write,
        .handler = [&host](Call& call, const Arguments& arguments) { return end(host, call, arguments); },
    });
}

} // namespace mortise::host
