#include "duplicates/duplicate_commands.hpp"

#include "base/json.hpp"
#include "commands/id_argument.hpp"
#include "commands/registry.hpp"
#include "duplicates/duplicates.hpp"
#include "duplicates/pair_types.hpp"
#include "records/records.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace mortise::host {

namespace {

constexpr const char* no_arguments = R"json({ "type": "object", "additionalProperties": false })json";

constexpr const char* list_arguments = R"json({
    "type": "object", "additionalProperties": false,
    "properties": {
        "state": { "type": "string", "enum": ["open", "merged", "not_a_duplicate"], "default": "open" },
        "band": { "type": "string", "enum": ["same", "review"], "description": "Both if left out." },
        "limit": { "type": "integer", "minimum": 1, "maximum": 500, "default": 50 },
        "after": { "type": "string", "description": "What \"next\" of the page before says." }
    }
})json";

constexpr const char* explain_arguments = R"json({
    "type": "object", "additionalProperties": false,
    "properties": {
        "pair": { "type": ["string", "integer"], "description": "Id of a pair." },
        "contacts": { "type": "array", "minItems": 2, "maxItems": 2, "items": { "type": ["string", "integer"] },
            "description": "Ids of any two contacts, instead of a pair." }
    },
    "oneOf": [{ "required": ["pair"] }, { "required": ["contacts"] }]
})json";

constexpr const char* check_arguments = R"json({
    "type": "object", "additionalProperties": false, "required": ["contact"],
    "properties": {
        "contact": { "type": "object", "description": "The draft: fields of a contact and their values." },
        "id": { "type": ["string", "integer"], "description": "Id of the contact that the draft is of, if it is there." }
    }
})json";

constexpr const char* decide_arguments = R"json({
    "type": "object", "additionalProperties": false, "required": ["pairs"],
    "properties": {
        "pairs": { "type": "array", "minItems": 1, "maxItems": 1000, "items": { "type": ["string", "integer"] } },
        "reason": { "type": "string", "maxLength": 1000 }
    }
})json";

constexpr const char* merge_arguments = R"json({
    "type": "object", "additionalProperties": false,
    "properties": {
        "pairs": { "type": "array", "minItems": 1, "maxItems": 1000, "items": { "type": ["string", "integer"] },
            "description": "Ids of pairs that a person looked at." },
        "band": { "type": "string", "enum": ["same"], "description": "All open pairs of the band, without a look." },
        "limit": { "type": "integer", "minimum": 1, "maximum": 1000, "default": 1000,
            "description": "Of the pairs that the band is merged of." },
        "reason": { "type": "string", "maxLength": 1000 }
    },
    "oneOf": [{ "required": ["pairs"] }, { "required": ["band"] }]
})json";

constexpr const char* any_object = R"json({ "type": "object" })json";

Result<Id> id_of(const Value& value, std::string where)
{
    return id_argument(value, "duplicates", std::move(where));
}

/// Pairs tell of contacts whoever owns them.
Result<void> require_all(const CallContext& context)
{
    if (!context.principal.row_owner()) return {};
    return Error{
        .code = ErrorCode::denied,
        .message
        = context.principal.user_name + " sees only records of their own, and duplicates may be anybody's",
        .key = "duplicates.scope",
        .where = {},
        .hint = "ask a user with scope all",
    };
}

class Commands {
public:
    Commands(Duplicates& duplicates, Records& records) : m_duplicates{duplicates}, m_records{records} { }

    Result<Value> scan(const CallContext& context) const
    {
        MORTISE_TRY(const std::int64_t job, m_duplicates.scan(context));
        return Value{Map{{"job", std::to_string(job)}}};
    }

    Result<Value> list(const CallContext& context, const Map& arguments) const
    {
        ListOptions options;
        options.sort = "-weight";
        options.limit = static_cast<std::size_t>(arguments["limit"].get_or(std::int64_t{50}));
        options.after = arguments["after"].text();
        const std::string_view state = arguments["state"].text();
        Map where{{"state", state.empty() ? "open" : state}};
        if (!arguments["band"].is_null()) where.set("band", arguments["band"]);
        options.where = std::move(where);
        MORTISE_TRY(const ListPage page, m_records.list(context.principal, pair_type, options));
        const TypePointer type = m_records.schema()->find(pair_type);
        List pairs;
        for (const Row& row : page.rows) {
            MORTISE_TRY(Map pair, pair_answer(context, map_of(*type, row)));
            const bool is_merged = pair["first"]["id"] == pair["second"]["id"];
            // Merged a moment ago, and not settled yet.
            if (!is_merged || state == name_of(PairState::merged)) pairs.emplace_back(std::move(pair));
        }
        Map answer{{"pairs", std::move(pairs)}};
        if (!page.next.empty()) answer.set("next", page.next);
        return Value{std::move(answer)};
    }

    Result<Value> explain(const CallContext& context, const Map& arguments) const
    {
        Pair pair;
        if (!arguments["pair"].is_null()) {
            MORTISE_TRY(const Id id, id_of(arguments["pair"], "/pair"));
            MORTISE_TRY(pair, m_duplicates.book().get(id));
        } else {
            const List contacts = arguments["contacts"].get_or(List{});
            MORTISE_TRY(pair.first, id_of(contacts[0], "/contacts/0"));
            MORTISE_TRY(pair.second, id_of(contacts[1], "/contacts/1"));
        }
        MORTISE_TRY(const auto judgement, m_duplicates.judge(context.principal, pair.first, pair.second));
        Map answer;
        if (pair.id) {
            answer.set("pair", pair.id);
            answer.set("state", std::string{name_of(pair.state)});
        }
        MORTISE_TRY(const Value first, contact_answer(context, pair.first));
        MORTISE_TRY(const Value second, contact_answer(context, pair.second));
        answer.set("first", first);
        answer.set("second", second);
        answer.set("band", std::string{matching::name_of(judgement.band)});
        answer.set("score", std::round(judgement.score * 10000) / 10000);
        answer.set("weight", std::round(judgement.weight * 100) / 100);
        if (!judgement.caution.empty()) answer.set("caution", judgement.caution);
        answer.set("explanation", explanation_of(judgement));
        return Value{std::move(answer)};
    }

    Result<Value> check(const CallContext& context, const Map& arguments) const
    {
        Id self;
        if (!arguments["id"].is_null()) {
            MORTISE_TRY(self, id_of(arguments["id"], "/id"));
        }
        MORTISE_TRY(
            const auto found, m_duplicates.check(context.principal, arguments["contact"].get_or(Map{}), self)
        );
        List answers;
        for (const FoundPair& each : found) {
            MORTISE_TRY(Value contact, contact_answer(context, each.second));
            Map answer{
                {"contact", std::move(contact)},
                {"band", std::string{matching::name_of(each.judgement.band)}},
                {"score", std::round(each.judgement.score * 10000) / 10000},
                {"weight", std::round(each.judgement.weight * 100) / 100},
                {"explanation", explanation_of(each.judgement)}
            };
            if (!each.judgement.caution.empty()) answer.set("caution", each.judgement.caution);
            answers.emplace_back(std::move(answer));
        }
        return Value{Map{{"contacts", std::move(answers)}}};
    }

    Result<Value> decide(const CallContext& context, const Map& arguments, PairState state) const
    {
        MORTISE_TRY(const std::vector<Pair> pairs, pairs_of(arguments));
        for (std::size_t i = 0; i < pairs.size(); ++i)
            if (pairs[i].state == PairState::merged)
                return Error{
                    .code = ErrorCode::conflict,
                    .message = "pair " + std::to_string(pairs[i].id.number) + " is merged",
                    .key = "duplicates.merged",
                    .where = "/pairs/" + std::to_string(i),
                    .hint = "take the merge back first: contacts.unmerge",
                };
        if (!context.dry_run)
            MORTISE_CHECK(m_duplicates.book().decide(context, pairs, state, arguments["reason"].text()));
        return Value{
            Map{{"pairs", static_cast<std::int64_t>(pairs.size())}, {"state", std::string{name_of(state)}}}
        };
    }

    Result<Value> merge(const CallContext& context, const Map& arguments) const
    {
        const bool by_rule = arguments["pairs"].is_null();
        std::vector<Pair> pairs;
        if (by_rule) {
            const auto most = static_cast<std::size_t>(arguments["limit"].get_or(std::int64_t{1000}));
            MORTISE_TRY(pairs, m_duplicates.same_pairs(most));
        } else {
            MORTISE_TRY(pairs, pairs_of(arguments));
        }
        MORTISE_TRY(
            const auto groups,
            m_duplicates.merge(context, pairs, by_rule, std::string{arguments["reason"].text()})
        );
        List merges;
        List left;
        for (const MergedGroup& each : groups) {
            List contacts;
            for (const Id contact : each.group.contacts)
                contacts.emplace_back(contact);
            if (!each.group.left_because.empty()) {
                left.emplace_back(Map{{"contacts", std::move(contacts)}, {"reason", each.group.left_because}}
                );
                continue;
            }
            Map merge{
                {"survivor", each.group.contacts.front()},
                {"contacts", std::move(contacts)},
                {"records", static_cast<std::int64_t>(each.records)}
            };
            if (each.merge) merge.set("merge", each.merge);
            merges.emplace_back(std::move(merge));
        }
        Map answer{{"merges", std::move(merges)}, {"left", std::move(left)}};
        if (context.dry_run) answer.set("dry_run", true);
        return Value{std::move(answer)};
    }

private:
    Result<std::vector<Pair>> pairs_of(const Map& arguments) const
    {
        const List ids = arguments["pairs"].get_or(List{});
        std::vector<Pair> pairs;
        for (std::size_t i = 0; i < ids.size(); ++i) {
            const std::string where = "/pairs/" + std::to_string(i);
            MORTISE_TRY(const Id id, id_of(ids[i], where));
            auto pair = m_duplicates.book().get(id);
            if (!pair) {
                Error error = std::move(pair).error();
                error.where = where;
                return error;
            }
            pairs.push_back(*std::move(pair));
        }
        return pairs;
    }

    /// What a person needs to see of a contact to decide.
    Result<Value> contact_answer(const CallContext& context, Id contact) const
    {
        MORTISE_TRY(const Row row, m_records.get(context.principal, "contact", contact, true));
        const TypePointer type = m_records.schema()->find("contact");
        Map answer{{"id", row.id}};
        static constexpr std::array<std::string_view, 9> fields{
            "kind", "name", "email", "phone", "birthday", "address", "organisation", "source", "created_at"
        };
        for (const std::string_view field : fields)
            if (Value value = value_of(*type, row, field); !value.is_null())
                answer.set(field, std::move(value));
        return Value{std::move(answer)};
    }

    Result<Map> pair_answer(const CallContext& context, Map pair) const
    {
        for (const char* side : {"first", "second"}) {
            MORTISE_TRY(Value contact, contact_answer(context, pair[side].get_or(Id{})));
            pair.set(side, std::move(contact));
        }
        for (const char* noise : {"type", "owner", "version"})
            pair.erase(noise);
        return pair;
    }

    Duplicates& m_duplicates;
    Records& m_records;
};

struct Declared {
    const char* name;
    const char* title;
    const char* help;
    const char* arguments;
    Effect effect;
    bool preview;
    bool undoable;
    bool for_all{true}; ///< only who sees all contacts may
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
        .undoable = declared.undoable,
        .preview = declared.preview,
        .confirm = declared.effect == Effect::destructive,
        .audience = {"console", "api", "agent"},
        .timeout_ms = 120'000,
    };
    return registry.add(
        std::move(info),
        [function,
         for_all = declared.for_all](const CallContext& context, const Map& given) -> Result<Value> {
            if (for_all) MORTISE_CHECK(require_all(context));
            return function(context, given);
        }
    );
}

} // namespace

// NOLINTNEXTLINE(readability-function-size): a table
Result<void> add_duplicate_commands(CommandRegistry& registry, Duplicates& duplicates, Records& records)
{
    const Commands commands{duplicates, records};
    MORTISE_CHECK(add(
        registry,
        {"duplicates.scan",
         "Look for duplicates",
         "Compares all contacts as a job and keeps the pairs that may be the same. One scan runs at a time.",
         no_arguments,
         Effect::write,
         false,
         false},
        [commands](const CallContext& context, const Map&) { return commands.scan(context); }
    ));
    MORTISE_CHECK(
        add(registry,
            {"duplicates.list",
             "List pairs of duplicates",
             "The queue of pairs, those that agree best first, with both contacts and why.",
             list_arguments,
             Effect::read,
             false,
             false},
            [commands](const CallContext& context, const Map& arguments) {
                return commands.list(context, arguments);
            })
    );
    MORTISE_CHECK(
        add(registry,
            {"duplicates.explain",
             "Explain a pair",
             "How well each field of two contacts agrees now, and what that is worth.",
             explain_arguments,
             Effect::read,
             false,
             false},
            [commands](const CallContext& context, const Map& arguments) {
                return commands.explain(context, arguments);
            })
    );
    MORTISE_CHECK(add(
        registry,
        {"duplicates.check",
         "Check a draft for duplicates",
         "The contacts that a draft may be the same as, before it is saved; only those that the asker sees.",
         check_arguments,
         Effect::read,
         false,
         false,
         false},
        [commands](const CallContext& context, const Map& arguments) {
            return commands.check(context, arguments);
        }
    ));
    MORTISE_CHECK(
        add(registry,
            {"duplicates.dismiss",
             "Say that pairs are no duplicates",
             "Remembered: no scan brings them back, and no rule merges them.",
             decide_arguments,
             Effect::write,
             true,
             false},
            [commands](const CallContext& context, const Map& arguments) {
                return commands.decide(context, arguments, PairState::not_a_duplicate);
            })
    );
    MORTISE_CHECK(
        add(registry,
            {"duplicates.reopen",
             "Take back that pairs are no duplicates",
             "They are in the queue again.",
             decide_arguments,
             Effect::write,
             true,
             false},
            [commands](const CallContext& context, const Map& arguments) {
                return commands.decide(context, arguments, PairState::open);
            })
    );
    return add(
        registry,
        {"duplicates.merge",
         "Merge pairs of duplicates",
         "Merges the contacts of pairs, or of all open pairs of the band same; pairs that share contacts go "
         "together, into the contact that was there first. What must not be merged without a look is left, "
         "with the reason. Each merge can be taken back by itself.",
         merge_arguments,
         Effect::destructive,
         true,
         true},
        [commands](const CallContext& context, const Map& arguments) {
            return commands.merge(context, arguments);
        }
    );
}

} // namespace mortise::host
