#include "identities/identities.hpp"

#include "identities/identity_types.hpp"
#include "identities/older_identities.hpp"
#include "jobs/job_queue.hpp"
#include "merging/merging.hpp"
#include "records/identity_rules.hpp"
#include "records/records.hpp"
#include "records/writer.hpp"
#include "store/database.hpp"

#include <algorithm>

namespace mortise::host {

namespace {

constexpr std::size_t contacts_at_once = 256;
constexpr int most_attempts = 16;

Error wrong_rule(std::string message, std::string where, std::string hint = {})
{
    return Error{
        .code = ErrorCode::invalid,
        .message = std::move(message),
        .key = "identities.rule",
        .where = std::move(where),
        .hint = std::move(hint),
    };
}

/// Rules are of all contacts.
Result<void> may_rule(const Principal& principal)
{
    if (!principal.row_owner() && !principal.plugin) return {};
    return Error{
        .code = ErrorCode::denied,
        .message = principal.name() + " may not change which source counts for all contacts",
        .key = "access.rules",
        .where = {},
        .hint = "ask an administrator",
    };
}

Result<void> check_rule(const RecordType& contacts, std::string_view name, const SurvivorshipRule& rule)
{
    MORTISE_TRY(const std::size_t slot, contacts.require_slot(name));
    const Field& field = contacts.fields[slot];
    const std::string quoted = '"' + field.name + '"';
    if (field.kind == FieldKind::reference)
        return wrong_rule(quoted + " refers to a record, and no source speaks of it", "field");
    if (rule.survival == Survival::add && !holds_several(field))
        return wrong_rule(
            quoted + " holds one value, and \"add\" is for fields of several",
            "rule",
            "most_recent, source_priority or non_empty"
        );
    const bool wants_sources = rule.survival == Survival::source_priority;
    if (wants_sources == !rule.sources.empty()) return {};
    return wants_sources
        ? wrong_rule("source_priority needs the sources, the best first", "sources")
        : wrong_rule(std::string{name_of(rule.survival)} + " takes no list of sources", "sources");
}

} // namespace

CallContext for_identities(const CallContext& context)
{
    CallContext wide = context;
    wide.principal = context.principal.widened();
    if (wide.principal.plugin)
        wide.principal.plugin = std::make_shared<const PluginGrants>(
            wide.principal.plugin->plugin(),
            std::vector<std::string>{
                "contact_points.read",
                "contact_points.write",
                "contacts.read",
                "contacts.write",
                "duplicate_pairs.read",
                "duplicate_pairs.write",
                "identities.read",
                "identities.write",
                "merges.read",
                "merges.write",
                "source_profiles.read",
                "source_profiles.write",
                "survivorship_rules.read"
            }
        );
    wide.dry_run = false;
    wide.expected_version = 0;
    wide.idempotency_key.clear();
    return wide;
}

bool is_worth_repeating(const Error& error)
{
    return error.code == ErrorCode::retry || error.key == "records.changed_meanwhile"
        || error.key == "records.conflict" || error.key == "identity_taken"
        || error.key == "merge.merged_already";
}

Identities::Identities(IdentityServices services) : m_services{services} { }

Result<void> Identities::open()
{
    MORTISE_CHECK(m_services.writer.run([](Connection& connection) { return create_message_log(connection); })
    );
    MORTISE_TRY(const auto types, identity_types());
    MORTISE_CHECK(m_services.records.declare(identities_owner, types));
    MORTISE_CHECK(take_up_older_identities(m_services.database, m_services.writer, m_services.records));
    m_services.merging.set_advice(
        [this](Connection& reader, const RecordType& contacts, std::span<const Row> rows) {
            return advise(reader, contacts, rows);
        }
    );
    return {};
}

void Identities::attach(JobQueue& jobs)
{
    m_jobs = &jobs;
    jobs.attach(identities_owner, [this, &jobs](const Job& job) { return evaluate_all(jobs, job.draft.id); });
}

Result<Row>
Identities::identify(const Principal& principal, std::string_view name_space, std::string_view value)
{
    const SchemaPointer schema = m_services.records.schema();
    const std::string space = identity_namespace(name_space);
    MORTISE_TRY(const std::string normal, identity_value(space, value, schema->country()));
    const Error unknown{
        .code = ErrorCode::not_found,
        .message = "no contact is known as " + space + " " + normal,
        .key = "identities.unknown",
        .where = {},
    };
    Id contact;
    {
        const ReadLease reader = m_services.database.read();
        MORTISE_TRY(const auto identity, find_identity(*reader, *schema, space, normal));
        if (!identity) return unknown;
        contact = value_of(*schema->find("identity"), *identity, "contact").get_or(Id{});
    }
    if (!principal.reads("identity")) return unknown;
    auto row = m_services.records.get(principal, "contact", contact);
    return row ? std::move(row) : Result<Row>{unknown};
}

Result<SurvivorshipRules> Identities::rules()
{
    const ReadLease reader = m_services.database.read();
    return SurvivorshipRules::read(*reader, *m_services.records.schema());
}

Result<std::int64_t> Identities::set_rule(
    const CallContext& context, std::string_view field, const std::optional<SurvivorshipRule>& rule
)
{
    MORTISE_CHECK(may_rule(context.principal));
    const TypePointer contacts = m_services.records.schema()->find("contact");
    MORTISE_CHECK(check_rule(*contacts, field, rule.value_or(SurvivorshipRule{})));
    MORTISE_TRY(const SurvivorshipRules present, rules());
    const auto known = present.kept().find(field);
    Change change{
        .operation = Operation::create, .type = std::string{rule_type}, .id = {}, .version = {}, .values = {}
    };
    if (known != present.kept().end()) change.id = known->second.record;
    if (!rule) {
        if (!change.id) return std::int64_t{0};
        change.operation = Operation::remove;
    } else {
        if (change.id) change.operation = Operation::update;
        List sources;
        for (const std::string& source : rule->sources)
            sources.emplace_back(source);
        change.values
            = {{"field", field},
               {"rule", std::string{name_of(rule->survival)}},
               {"sources", sources.empty() ? Value{} : Value{sources}}};
    }
    UnitOfWork unit;
    unit.changes.push_back(std::move(change));
    if (context.dry_run) {
        MORTISE_CHECK(m_services.records.preview(context, unit));
        return std::int64_t{0};
    }
    MORTISE_CHECK(m_services.records.commit(context, unit));
    if (!m_jobs) return std::int64_t{0};
    JobDraft draft;
    MORTISE_TRY(const Id id, m_services.records.reserve(1));
    draft.id = id.number;
    draft.plugin = identities_owner;
    draft.name = "evaluate";
    draft.arguments = Map{};
    draft.due = m_services.clock.now();
    draft.user = context.principal.user;
    draft.actor = context.principal.name();
    return m_jobs->add(draft);
}

Result<Value> Identities::evaluate_all(JobQueue& jobs, std::int64_t job)
{
    CallContext context;
    context.principal = Principal::system();
    context.client = "rules " + std::to_string(job);
    const TypePointer profiles = m_services.records.schema()->find(profile_type);
    const std::string column = quoted_name(profiles->fields[*profiles->slot("contact")].column);
    std::int64_t looked_at = 0;
    std::int64_t changed = 0;
    for (Id last;;) {
        std::vector<Id> contacts;
        {
            const ReadLease reader = m_services.database.read();
            MORTISE_TRY(
                Statement * select,
                reader->cached(
                    "SELECT DISTINCT " + column + " FROM " + quoted_name(profiles->table) + " WHERE " + column
                    + " > ?1 AND +deleted_at IS NULL ORDER BY " + column + " LIMIT ?2"
                )
            );
            select->bind(1, last.number);
            select->bind(2, static_cast<std::int64_t>(contacts_at_once));
            for (;;) {
                MORTISE_TRY(const bool more, select->step());
                if (!more) break;
                contacts.push_back({select->integer(0)});
            }
            select->reset();
        }
        if (contacts.empty()) break;
        MORTISE_TRY(const std::set<std::int64_t> restricted, m_services.records.restricted());
        for (const Id contact : contacts) {
            auto done
                = restricted.contains(contact.number) ? Result<bool>{false} : evaluate(context, contact);
            if (!done && done.error().key == "records.restricted") continue; // meanwhile
            MORTISE_TRY(const bool is_changed, std::move(done));
            changed += is_changed ? 1 : 0;
        }
        looked_at += static_cast<std::int64_t>(contacts.size());
        last = contacts.back();
        static_cast<void>(
            jobs.progress(identities_owner, job, static_cast<std::uint64_t>(looked_at), 0, "deciding anew")
        );
        MORTISE_TRY(const bool is_cancelled, jobs.is_cancelled(identities_owner, job));
        if (is_cancelled || m_stopping)
            return Error{
                .code = is_cancelled ? ErrorCode::cancelled : ErrorCode::retry,
                .message = is_cancelled ? "the job was asked to stop" : "the host was stopped",
                .key = "identities.stopped"
            };
    }
    return Value{Map{{"contacts", looked_at}, {"changed", changed}}};
}

/// Brings a contact in line with the rules. Tells whether that changed it.
Result<bool> Identities::evaluate(const CallContext& context, Id contact)
{
    const SchemaPointer schema = m_services.records.schema();
    const TypePointer contacts = schema->find("contact");
    for (int attempt = 1;; ++attempt) {
        MORTISE_CHECK(keep_hand_edits(context, contact, {}));
        std::optional<ContactState> state;
        SurvivorshipRules rules;
        {
            const ReadLease reader = m_services.database.read();
            MORTISE_CHECK(reader->begin());
            MORTISE_TRY(state, read_state(*reader, *schema, contact));
            MORTISE_TRY(rules, SurvivorshipRules::read(*reader, *schema));
        }
        if (!state) return false;
        const auto decisions = decide_fields(*contacts, rules, state->profiles);
        Map values = difference(
            *contacts, state->row, wanted_row(*contacts, state->row, decisions, state->is_verified)
        );
        if (values.empty()) return false;
        UnitOfWork unit;
        unit.by_hand = false;
        unit.changes.push_back(
            {.operation = Operation::update,
             .type = contacts->name,
             .id = contact,
             .version = state->row.version,
             .values = std::move(values)}
        );
        const auto done = m_services.records.commit(context, unit);
        if (done) return true;
        if (!is_worth_repeating(done.error()) || attempt == most_attempts) return done.error();
    }
}

} // namespace mortise::host
