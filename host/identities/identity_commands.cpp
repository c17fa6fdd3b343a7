#include "identities/identity_commands.hpp"

#include "base/json.hpp"
#include "commands/id_argument.hpp"
#include "commands/registry.hpp"
#include "identities/identities.hpp"
#include "records/records.hpp"

#include <algorithm>
#include <span>

namespace mortise::host {

namespace {

constexpr const char* ingest_arguments = R"json({
    "type": "object", "additionalProperties": false, "required": ["messages"],
    "properties": { "messages": { "type": "array", "minItems": 1, "maxItems": 1000, "items": {
        "type": "object", "additionalProperties": false, "required": ["source", "at"],
        "properties": {
            "source": { "type": "string", "description": "Who tells it, such as crm or web." },
            "id": { "type": ["string", "integer"],
                "description": "Of the message at the source; the same again does nothing. That of the event, if left out." },
            "at": { "type": "string", "description": "When it was so at the source (RFC 3339)." },
            "identities": { "type": "array", "items": { "type": "object", "additionalProperties": false,
                "required": ["namespace", "value"], "properties": {
                    "namespace": { "type": "string", "description": "email, phone, cookie, crm:hubspot, ..." },
                    "value": { "type": ["string", "integer"] },
                    "strength": { "enum": ["verified", "asserted", "inferred"], "default": "asserted" } } } },
            "fields": { "type": "object", "description": "Of the contact; null says that there is nothing." },
            "event": { "type": "object", "additionalProperties": false, "required": ["type"], "properties": {
                "type": { "type": "string" }, "time": { "type": "string" }, "id": { "type": ["string", "integer"] },
                "data": { "type": "object" } } }
        } } } }
})json";

constexpr const char* identify_arguments = R"json({
    "type": "object", "additionalProperties": false, "required": ["namespace", "value"],
    "properties": { "namespace": { "type": "string" }, "value": { "type": "string" } }
})json";

constexpr const char* unstitch_arguments = R"json({
    "type": "object", "additionalProperties": false, "required": ["identity"],
    "properties": { "identity": { "type": ["string", "integer"], "description": "Id of the identity's record." } }
})json";

constexpr const char* contact_arguments = R"json({
    "type": "object", "additionalProperties": false, "required": ["contact"],
    "properties": { "contact": { "type": ["string", "integer"] } }
})json";

constexpr const char* no_arguments = R"json({ "type": "object", "additionalProperties": false })json";

constexpr const char* rule_arguments = R"json({
    "type": "object", "additionalProperties": false, "required": ["field"],
    "properties": {
        "field": { "type": "string", "description": "Of contacts." },
        "rule": { "enum": ["most_recent", "source_priority", "non_empty", "add"],
            "description": "The usual one of the field, if left out." },
        "sources": { "type": "array", "items": { "type": "string" }, "description": "With source_priority: the best first." }
    }
})json";

constexpr const char* any_object = R"json({ "type": "object" })json";

Result<Id> id_of(const Value& value, std::string where)
{
    return id_argument(value, "identities", std::move(where));
}

List list_of(const std::vector<Id>& ids)
{
    List list;
    for (const Id id : ids)
        list.emplace_back(id);
    return list;
}

Map error_map(const Error& error)
{
    Map map{{"key", error.key}, {"message", error.message}};
    if (!error.where.empty()) map.set("where", error.where);
    if (!error.hint.empty()) map.set("hint", error.hint);
    return map;
}

Map outcome_map(const IngestOutcome& outcome, bool is_dry)
{
    Map map;
    if (outcome.contact) map.set("contact", outcome.contact);
    if (outcome.repeated) map.set("repeated", true);
    if (outcome.is_new) map.set("created", true);
    if (outcome.has_event) map.set("event", true);
    if (!outcome.merges.empty()) map.set(is_dry ? "would_stitch" : "merges", list_of(outcome.merges));
    if (!outcome.pairs.empty()) map.set("may_be_the_same", list_of(outcome.pairs));
    if (!outcome.apart.empty()) map.set("kept_apart", list_of(outcome.apart));
    if (!outcome.ambiguous.empty()) {
        List addresses;
        for (const std::string& address : outcome.ambiguous)
            addresses.emplace_back(address);
        map.set("ambiguous", std::move(addresses));
    }
    if (!outcome.changed.empty()) map.set("changed", outcome.changed);
    if (outcome.commit != 0) map.set("transaction", std::to_string(outcome.commit));
    return map;
}

/// How many messages had which end.
struct Counts {
    std::int64_t taken{0};
    std::int64_t repeated{0};
    std::int64_t created{0};
    std::int64_t stitched{0};
    std::int64_t pairs{0};
    std::int64_t refused{0};

    void add(const IngestOutcome& outcome)
    {
        ++(outcome.repeated ? repeated : taken);
        created += outcome.is_new ? 1 : 0;
        stitched += static_cast<std::int64_t>(outcome.merges.size());
        pairs += static_cast<std::int64_t>(outcome.pairs.size());
    }
};

Map identity_map(const RecordType& identities, const Row& row)
{
    Map map{{"id", row.id}};
    for (const char* field : {"namespace", "value", "strength", "source", "first_seen", "last_seen"})
        if (Value value = value_of(identities, row, field); !value.is_null())
            map.set(field, std::move(value));
    return map;
}

class Commands {
public:
    Commands(Identities& identities, Records& records) : m_identities{identities}, m_records{records} { }

    Result<Value> ingest(const CallContext& context, const Map& arguments) const
    {
        Counts counts;
        List results;
        MORTISE_CHECK(may_ingest(context.principal));
        const List messages = arguments["messages"].get_or(List{});
        for (const Value& message : messages) {
            const auto outcome = m_identities.ingest(context, message.get_or(Map{}));
            if (!outcome) {
                ++counts.refused;
                results.emplace_back(Map{{"error", error_map(outcome.error())}});
                continue;
            }
            counts.add(*outcome);
            results.emplace_back(outcome_map(*outcome, context.dry_run));
        }
        Map answer{
            {"read", static_cast<std::int64_t>(messages.size())},
            {"taken", counts.taken},
            {"repeated", counts.repeated},
            {"created", counts.created},
            {"stitched", counts.stitched},
            {"pairs", counts.pairs},
            {"refused", counts.refused},
            {"results", std::move(results)}
        };
        if (context.dry_run) answer.set("dry_run", true);
        return Value{std::move(answer)};
    }

    Result<Value> identify(const CallContext& context, const Map& arguments) const
    {
        MORTISE_TRY(
            const Row row,
            m_identities.identify(context.principal, arguments["namespace"].text(), arguments["value"].text())
        );
        return Value{Map{{"contact", map_of(*m_records.schema(context.principal)->find("contact"), row)}}};
    }

    Result<Value> unstitch(const CallContext& context, const Map& arguments) const
    {
        MORTISE_TRY(const Id identity, id_of(arguments["identity"], "/identity"));
        MORTISE_TRY(const UnstitchOutcome outcome, m_identities.unstitch(context, identity));
        Map answer{
            {"identity", outcome.identity},
            {"from", outcome.from},
            {"is_new", !outcome.merge},
            {"profiles", static_cast<std::int64_t>(outcome.profiles)},
            {"events", outcome.events},
            {"later", static_cast<std::int64_t>(outcome.later)}
        };
        if (outcome.contact) answer.set("contact", outcome.contact);
        if (outcome.merge) answer.set("merge", outcome.merge);
        if (context.dry_run) answer.set("dry_run", true);
        return Value{std::move(answer)};
    }

    Result<Value> provenance(const CallContext& context, const Map& arguments) const
    {
        MORTISE_TRY(const Id contact, id_of(arguments["contact"], "/contact"));
        MORTISE_TRY(const Provenance known, m_identities.provenance(context.principal, contact));
        // As the asker sees them: hidden fields have no name.
        const SchemaPointer seen = m_records.schema(context.principal);
        const SchemaPointer schema = m_records.schema();
        const RecordType& identities = *schema->find("identity");
        List list;
        std::map<Id, Map> by_id;
        if (context.principal.reads("identity"))
            for (const Row& row : known.identities) {
                by_id.emplace(row.id, identity_map(identities, row));
                list.emplace_back(identity_map(identities, row));
            }
        List fields;
        const std::span<const FieldDecision> told = context.principal.reads(profile_type)
            ? std::span<const FieldDecision>{known.fields}
            : std::span<const FieldDecision>{};
        for (const FieldDecision& each : told) {
            const std::string& name = schema->find("contact")->fields[each.slot].name;
            if (!seen->find("contact")->slot(name)) continue;
            fields.emplace_back(field_map(known, each, name, by_id));
        }
        return Value{
            Map{{"contact", known.contact.id},
                {"name", value_of(*schema->find("contact"), known.contact, "name")},
                {"identities", std::move(list)},
                {"fields", std::move(fields)}}
        };
    }

    Result<Value> rules(const CallContext& context, const Map&) const
    {
        MORTISE_TRY(const SurvivorshipRules rules, m_identities.rules());
        List list;
        const TypePointer contacts = m_records.schema(context.principal)->find("contact");
        if (!contacts) return Value{Map{{"rules", std::move(list)}}};
        for (const Field& field : contacts->fields) {
            if (field.hidden || field.archived || field.kind == FieldKind::reference) continue;
            list.emplace_back(rule_map(rules, field));
        }
        return Value{Map{{"rules", std::move(list)}}};
    }

    Result<Value> set_rule(const CallContext& context, const Map& arguments) const
    {
        const std::string field{arguments["field"].text()};
        std::optional<SurvivorshipRule> rule;
        if (const auto survival = survival_named(arguments["rule"].text())) {
            rule.emplace().survival = *survival;
            for (const Value& source : arguments["sources"].get_or(List{}))
                rule->sources.emplace_back(source.text());
        }
        MORTISE_TRY(const std::int64_t job, m_identities.set_rule(context, field, rule));
        MORTISE_TRY(const SurvivorshipRules rules, m_identities.rules());
        const RecordType& contacts = *m_records.schema()->find("contact");
        Map answer = rule_map(rules, contacts.fields[*contacts.slot(field)]);
        if (job != 0) answer.set("job", std::to_string(job));
        if (context.dry_run) answer.set("dry_run", true);
        return Value{std::move(answer)};
    }

private:
    static Map rule_map(const SurvivorshipRules& rules, const Field& field)
    {
        const SurvivorshipRule rule = rules.of(field);
        const auto kept = rules.kept().find(field.name);
        Map map{
            {"field", field.name},
            {"label", field.label},
            {"rule", std::string{name_of(rule.survival)}},
            {"is_usual", kept == rules.kept().end() || !kept->second.record}
        };
        if (!rule.sources.empty()) {
            List sources;
            for (const std::string& source : rule.sources)
                sources.emplace_back(source);
            map.set("sources", std::move(sources));
        }
        return map;
    }

    static Map claim_map(const SourceClaim& claim, const Said& said, const std::map<Id, Map>& identities)
    {
        Map map{{"source", claim.source}, {"at", said.at}, {"message", said.message}, {"value", said.value}};
        if (const auto identity = identities.find(claim.identity); identity != identities.end()) {
            map.set("namespace", identity->second["namespace"]);
            map.set("identity", identity->second["value"]);
        }
        return map;
    }

    Map field_map(
        const Provenance& known,
        const FieldDecision& each,
        const std::string& name,
        const std::map<Id, Map>& identities
    ) const
    {
        const RecordType& contacts = *m_records.schema()->find("contact");
        Map map{
            {"field", name},
            {"label", contacts.fields[each.slot].label},
            {"value", known.contact.values[each.slot]},
            {"rule", std::string{name_of(each.rule.survival)}},
            {"why", each.decision.why}
        };
        List others;
        for (std::size_t i = 0; i < each.claims.size(); ++i) {
            const SourceClaim& claim = each.claims[i];
            if (each.decision.winner != i) {
                others.emplace_back(claim_map(claim, claim.latest, identities));
                continue;
            }
            for (const auto& [key, value] :
                 claim_map(claim, each.decision.is_kept ? *claim.kept : claim.latest, identities))
                if (key != "value") map.set(key, value);
        }
        map.set("others", std::move(others));
        // A hand's word that the rule does not follow is gone with the next message, and a changed rule comes
        // with its job.
        const Row wanted = wanted_row(contacts, known.contact, {&each, 1}, true);
        if (wanted.values[each.slot] != known.contact.values[each.slot])
            map.set("next", wanted.values[each.slot]);
        return map;
    }

    Identities& m_identities;
    Records& m_records;
};

struct Declared {
    const char* name;
    const char* title;
    const char* help;
    const char* arguments;
    Effect effect;
    bool preview;
};

template <class Function>
Result<void> add(CommandRegistry& registry, const Declared& declared, Function function)
{
    MORTISE_TRY(auto arguments, parse_json(declared.arguments, declared.name));
    MORTISE_TRY(auto result, parse_json(any_object, declared.name));
    CommandInfo info{
        .name = declared.name,
        .title = declared.title,
        .help = declared.help,
        .provider = "mortise",
        .permission = "contacts.merge",
        .arguments = std::move(arguments),
        .result = std::move(result),
        .effect = declared.effect,
        .idempotent = declared.effect != Effect::destructive,
        .preview = declared.preview,
        .confirm = declared.effect == Effect::destructive,
        .audience = {"console", "api", "agent"},
        .timeout_ms = 120'000,
    };
    return registry.add(std::move(info), std::move(function));
}

} // namespace

// NOLINTNEXTLINE(readability-function-size): a table
Result<void> add_identity_commands(CommandRegistry& registry, Identities& identities, Records& records)
{
    const Commands commands{identities, records};
    MORTISE_CHECK(
        add(registry,
            {"contacts.ingest",
             "Take in what sources tell",
             "Finds the contact of each message by any of its identities, or makes an anonymous one; takes "
             "in fields and "
             "an event. The same message again does nothing, and the order makes no difference. Messages "
             "that are "
             "refused keep no others back.",
             ingest_arguments,
             Effect::write,
             true},
            [commands](const CallContext& context, const Map& arguments) {
                return commands.ingest(context, arguments);
            })
    );
    MORTISE_CHECK(
        add(registry,
            {"contacts.identify",
             "Find a contact by an identity",
             "The contact that a source knows by this value.",
             identify_arguments,
             Effect::read,
             false},
            [commands](const CallContext& context, const Map& arguments) {
                return commands.identify(context, arguments);
            })
    );
    MORTISE_CHECK(
        add(registry,
            {"contacts.unstitch",
             "Take an identity off a contact",
             "Undoes the merge that stitched it there, or makes a contact of its own; what sources said by "
             "it goes with "
             "it. The two are no duplicates from then on.",
             unstitch_arguments,
             Effect::destructive,
             true},
            [commands](const CallContext& context, const Map& arguments) {
                return commands.unstitch(context, arguments);
            })
    );
    MORTISE_CHECK(
        add(registry,
            {"contacts.provenance",
             "Tell where a contact's fields come from",
             "For each field that sources speak of its value, who said so and when, by which rule it counts, "
             "and what "
             "others say.",
             contact_arguments,
             Effect::read,
             false},
            [commands](const CallContext& context, const Map& arguments) {
                return commands.provenance(context, arguments);
            })
    );
    MORTISE_CHECK(
        add(registry,
            {"contacts.rules",
             "List the rules of survivorship",
             "Which of several sources counts for each field of contacts.",
             no_arguments,
             Effect::read,
             false},
            [commands](const CallContext& context, const Map& arguments) {
                return commands.rules(context, arguments);
            })
    );
    return add(
        registry,
        {"contacts.set_rule",
         "Set a rule of survivorship",
         "Says which of several sources counts for a field. A job brings contacts in line with it.",
         rule_arguments,
         Effect::write,
         true},
        [commands](const CallContext& context, const Map& arguments) {
            return commands.set_rule(context, arguments);
        }
    );
}

} // namespace mortise::host
