#include "merging/merging.hpp"

#include "merging/merge_log.hpp"
#include "merging/merge_types.hpp"
#include "records/prepared_unit.hpp"
#include "records/record_reader.hpp"
#include "records/records.hpp"
#include "records/redirects.hpp"
#include "records/restrictions.hpp"
#include "records/writer.hpp"
#include "store/database.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace mortise::host {

namespace {

constexpr int most_attempts = 8;
constexpr std::size_t most_losers = 1000;

/// What moves with the contacts moves whoever owns it, and without a grant for its type: the right to merge
/// covers it. The actor's name stays.
CallContext for_all_records(const CallContext& context)
{
    CallContext wide = context;
    wide.principal = context.principal.widened();
    if (wide.principal.plugin)
        wide.principal.plugin = std::make_shared<const PluginGrants>(
            wide.principal.plugin->plugin(), std::vector<std::string>{"merges.read", "merges.write"}
        );
    return wide;
}

std::vector<Id> ids_of(std::span<const Row> rows)
{
    std::vector<Id> ids;
    for (const Row& row : rows)
        ids.push_back(row.id);
    return ids;
}

/// The events of drafts are the last of those that are prepared.
Result<void> restore_subjects(PreparedUnit& prepared, const std::vector<EventDraft>& drafts)
{
    const std::size_t first = prepared.events.size() - drafts.size();
    for (std::size_t i = 0; i < drafts.size(); ++i) {
        PreparedEvent& event = prepared.events[first + i];
        if (event.subject == drafts[i].subject) continue;
        MORTISE_TRY(const TypePointer type, prepared.schema->require(drafts[i].subject_type));
        event.subject = drafts[i].subject;
        event.subject_type = type->id;
    }
    return {};
}

Error changed_meanwhile(Id record)
{
    return Error{
        .code = ErrorCode::retry,
        .message = "record " + std::to_string(record.number) + " was changed meanwhile",
        .key = "records.changed_meanwhile",
        .where = std::to_string(record.number),
    };
}

Error wrong_contacts(std::string message, std::string where, std::string hint = {})
{
    return Error{
        .code = ErrorCode::invalid,
        .message = std::move(message),
        .key = "merge.contacts",
        .where = std::move(where),
        .hint = std::move(hint),
    };
}

/// A merge chooses among all values of the contacts, and what follows from it is not judged any more.
Result<void> may_merge(const Principal& principal)
{
    if (!principal.rights) return {};
    const TypeRights& contacts = principal.rights->of("contact");
    const bool writes_whole = contacts.hidden.empty() && contacts.read_only.empty()
        && contacts.write != Level::none && contacts.remove != Level::none;
    if (principal.rights->can(Capability::merge) && writes_whole) return {};
    return Error{
        .code = ErrorCode::denied,
        .message = principal.user_name + " may not merge contacts",
        .key = "access.merge",
        .where = "merge",
        .hint
        = "it takes the capability \"merge\", and writing and deleting contacts with no field hidden or read "
          "only; an administrator can change the roles",
    };
}

/// What is merged goes or is changed: the person must be able to do both by hand.
Result<void> may_merge(const Principal& principal, const std::vector<Row>& rows)
{
    if (!principal.rights) return {};
    for (const Row& row : rows)
        for (const Action action : {Action::write, Action::remove})
            if (const Id own = principal.row_owner("contact", action); own && row.owner != own)
                return Error{
                    .code = ErrorCode::denied,
                    .message = "contact " + std::to_string(row.id.number) + " belongs to somebody else",
                    .key = "access.scope",
                    .where = std::to_string(row.id.number),
                };
    return {};
}

Result<void> check_request(const MergeRequest& request)
{
    if (request.losers.empty())
        return wrong_contacts(
            "there is nothing to merge", "merge", "name one contact or more beside the survivor"
        );
    if (request.losers.size() > most_losers)
        return wrong_contacts("at most 1,000 contacts are merged at once", "merge");
    std::set<std::int64_t> seen{request.survivor.number};
    for (const Id id : request.losers)
        if (!seen.insert(id.number).second)
            return wrong_contacts("contact " + std::to_string(id.number) + " is named twice", "merge");
    return {};
}

Result<void> nothing_left_in(
    Connection& connection, const RecordType& type, const Field& field, std::span<const Row> losers
)
{
    MORTISE_TRY(
        Statement * select,
        connection.cached(
            "SELECT id FROM " + quoted_name(type.table) + " WHERE " + quoted_name(field.column) + " = ?1"
        )
    );
    for (const Row& loser : losers) {
        select->bind(1, loser.id.number);
        for (;;) {
            MORTISE_TRY(const bool more, select->step());
            if (!more) break;
            const Id id{select->integer(0)};
            if (std::ranges::find(losers, id, &Row::id) != losers.end()) continue;
            select->reset();
            return changed_meanwhile(id);
        }
        select->reset();
    }
    return {};
}

/// Inside the transaction that merges: nothing may be left that refers to a contact that goes. What came
/// since the plan was made is found here.
Result<void> nothing_left(Connection& connection, const Schema& schema, std::span<const Row> losers)
{
    for (const TypePointer& type : schema.types()) {
        if (type->name == merge_type) continue;
        for (const Field& field : type->fields) {
            if (field.kind != FieldKind::reference || field.reference_type != "contact") continue;
            MORTISE_CHECK(nothing_left_in(connection, *type, field, losers));
        }
    }
    return {};
}

} // namespace

Merging::Merging(Database& database, Writer& writer, Records& records, const Clock& clock)
    : m_database{database},
      m_writer{writer},
      m_records{records},
      m_clock{clock}
{
}

Result<void> Merging::open()
{
    MORTISE_TRY(m_collator, Collator::create(""));
    MORTISE_CHECK(m_writer.run([](Connection& connection) { return create_merge_log(connection); }));
    MORTISE_TRY(const auto types, merge_types());
    MORTISE_CHECK(m_records.declare(merging_owner, types));
    return {};
}

Result<std::vector<Row>>
Merging::contacts_of(Connection& reader, const CallContext& context, const MergeRequest& request)
{
    const TypePointer type = m_records.schema()->find("contact");
    RecordReader contacts{reader, context.principal, type};
    std::vector<Id> ids{request.survivor};
    ids.insert(ids.end(), request.losers.begin(), request.losers.end());
    std::vector<Row> rows;
    for (const Id id : ids) {
        MORTISE_TRY(Row row, contacts.get(id, true));
        if (row.is_deleted()) {
            MORTISE_TRY(const Id survivor, redirected(reader, id));
            const std::string name = std::to_string(id.number);
            if (!survivor)
                return Error{
                    .code = ErrorCode::not_found,
                    .message = "contact " + name + " was deleted",
                    .key = "records.not_found",
                    .where = name,
                    .hint = "restore it first",
                };
            return Error{
                .code = ErrorCode::state,
                .message = "contact " + name + " was merged into contact " + std::to_string(survivor.number)
                    + " before",
                .key = "merge.merged_already",
                .where = name,
                .hint = "name contact " + std::to_string(survivor.number) + " instead",
            };
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

/// The survivor with the values that were chosen for it, as hooks leave them.
Result<Row>
Merging::survivor_as_wanted(const CallContext& context, const MergeRequest& request, const MergePlan& plan)
{
    const Row& survivor = plan.rows.front();
    Map values;
    for (const FieldChoice& choice : plan.fields)
        if (choice.chosen != survivor.values[choice.slot])
            values.append(plan.contacts->fields[choice.slot].name, choice.chosen);
    Id owner = survivor.owner;
    if (const auto take = request.takes.find("owner"); take != request.takes.end())
        owner = std::ranges::find(plan.rows, take->second.from, &Row::id)->owner;
    for (const Row& loser : plan.losers())
        if (!owner) owner = loser.owner;
    Row wanted = survivor;
    Map written;
    for (const Entry& entry : values) {
        const std::size_t slot = *plan.contacts->slot(entry.key);
        if (plan.contacts->fields[slot].archived)
            wanted.values[slot] = entry.value; // of a plugin that was removed: kept for its return
        else
            written.append(entry.key, entry.value);
    }
    if (!written.empty()) {
        UnitOfWork unit;
        unit.changes.push_back(
            {.operation = Operation::update,
             .type = plan.contacts->name,
             .id = survivor.id,
             .version = {},
             .values = std::move(written)}
        );
        MORTISE_TRY(const std::vector<Row> rows, m_records.preview(context, unit));
        if (rows.front().version != survivor.version + 1) return changed_meanwhile(survivor.id);
        for (std::size_t slot = 0; slot < wanted.values.size(); ++slot)
            if (!plan.contacts->fields[slot].archived) wanted.values[slot] = rows.front().values[slot];
    }
    wanted.owner = owner;
    return wanted;
}

Result<FieldTakes> Merging::takes_of(Connection& reader, const MergeRequest& request, const MergePlan& plan)
{
    FieldTakes takes = request.takes;
    if (!m_advice) return takes;
    MORTISE_TRY(const FieldTakes advised, m_advice(reader, *plan.contacts, plan.rows));
    const bool takes_name = takes.contains("name");
    for (const auto& [field, take] : advised)
        if (!takes_name || !is_part_of_name(field)) takes.try_emplace(field, take);
    return takes;
}

Result<std::int64_t> Merging::write(
    const CallContext& context,
    UnitOfWork unit,
    const ChangeSet& changes,
    std::function<Result<void>(Connection&)> also
)
{
    const CallContext wide = for_all_records(context);
    // Events may be about records that are still to be made: those of `changes` come in behind the
    // preparation.
    const std::vector<EventDraft> drafts = unit.events;
    for (EventDraft& draft : unit.events)
        if (const RecordEdit* edit = changes.find_edit(draft.subject); edit && !edit->before)
            draft.subject = {};
    MORTISE_TRY(const std::shared_ptr<PreparedUnit> prepared, m_records.prepare(wide, unit));
    MORTISE_CHECK(restore_subjects(*prepared, drafts));
    for (PreparedChange& change : changes.changes(m_clock.now(), *m_collator))
        prepared->changes.push_back(std::move(change));
    prepared->visible_to = context.principal.row_owner();
    UnitOfWork rest;
    rest.also = std::move(also);
    MORTISE_TRY(const Commit commit, m_records.commit(wide, prepared, rest));
    return commit.number;
}

Result<MergeOutcome> Merging::merge(const CallContext& context, const MergeRequest& request)
{
    MORTISE_CHECK(may_merge(context.principal));
    MORTISE_CHECK(check_request(request));
    for (int attempt = 1;; ++attempt) {
        auto outcome = try_merge(context, request);
        const bool again = !outcome && outcome.error().key == "records.changed_meanwhile";
        if (!again || attempt == most_attempts) return outcome;
    }
}

namespace {

EventDraft merged_event(const MergePlan& plan, Id merge)
{
    List merged;
    EventDraft event;
    event.type = "contact.merged";
    event.subject = plan.survivor();
    event.subject_type = "contact";
    for (const Row& loser : plan.losers()) {
        merged.emplace_back(std::to_string(loser.id.number));
        event.links.push_back({loser.id, "merged"});
    }
    event.links.push_back({merge, "merge"});
    event.data = Map{{"survivor", plan.survivor()}, {"merged", std::move(merged)}, {"merge", merge}};
    return event;
}

} // namespace

Result<MergeOutcome> Merging::try_merge(const CallContext& context, const MergeRequest& request)
{
    const SchemaPointer schema = m_records.schema();
    MergeOutcome outcome;
    MergePlan& plan = outcome.plan;
    plan.contacts = schema->find("contact");
    {
        const ReadLease reader = m_database.read();
        MORTISE_CHECK(reader->begin());
        MORTISE_TRY(plan.rows, contacts_of(*reader, context, request));
        MORTISE_CHECK(may_merge(context.principal, plan.rows));
        MORTISE_CHECK(refuse_restricted(*reader, ids_of(plan.rows)));
        if (request.version && *request.version != plan.rows.front().version)
            return Error{
                .code = ErrorCode::conflict,
                .message = "contact " + std::to_string(request.survivor.number) + " is at version "
                    + std::to_string(plan.rows.front().version) + " and not at "
                    + std::to_string(*request.version) + " any more",
                .key = "records.conflict",
                .where = "version",
                .hint = "look at the preview again, and merge with the present version",
            };
        MORTISE_TRY(const FieldTakes takes, takes_of(*reader, request, plan));
        MORTISE_TRY(plan.fields, choose_fields(*reader, *plan.contacts, plan.rows, takes));
        MORTISE_TRY(const Row survivor, survivor_as_wanted(context, request, plan));
        const PlanTools tools{*reader, *schema, [this] { return m_records.reserve(1); }, m_clock.now()};
        MORTISE_CHECK(plan_moves(tools, survivor, plan));
        MORTISE_CHECK(refuse_restricted_along(*reader, plan.changes, context.principal.row_owner()));
    }
    if (context.dry_run) return outcome;
    MORTISE_TRY(outcome.merge, m_records.reserve(1));
    UnitOfWork unit;
    EventDraft event = merged_event(plan, outcome.merge);
    unit.changes.push_back(
        {.operation = Operation::create,
         .type = std::string{merge_type},
         .id = outcome.merge,
         .version = {},
         .values = Map{
             {"survivor", plan.survivor()},
             {"merged", event.data["merged"]},
             {"records", static_cast<std::int64_t>(plan.changes.size())},
             {"reason", request.reason.empty() ? Value{} : Value{request.reason}}
         }}
    );
    unit.events = plan.changes.events(plan.survivor());
    unit.events.push_back(std::move(event));
    const auto also = [&](Connection& connection) -> Result<void> {
        MORTISE_CHECK(refuse_restricted(connection, ids_of(plan.rows)));
        MORTISE_CHECK(nothing_left(connection, *schema, plan.losers()));
        for (const Row& loser : plan.losers())
            MORTISE_CHECK(add_redirect(connection, loser.id, plan.survivor(), outcome.merge));
        return write_merge_log(connection, outcome.merge, plan.changes);
    };
    MORTISE_TRY(outcome.commit, write(context, std::move(unit), plan.changes, also));
    return outcome;
}

Result<UnmergeOutcome> Merging::unmerge(const CallContext& context, Id merge)
{
    MORTISE_CHECK(may_merge(context.principal));
    for (int attempt = 1;; ++attempt) {
        auto outcome = try_unmerge(context, merge);
        const bool again = !outcome && outcome.error().key == "records.changed_meanwhile";
        if (!again || attempt == most_attempts) return outcome;
    }
}

Result<UnmergeOutcome> Merging::try_unmerge(const CallContext& context, Id merge)
{
    const SchemaPointer schema = m_records.schema();
    const TypePointer type = schema->find(merge_type);
    UnmergeOutcome outcome;
    outcome.merge = merge;
    Row record;
    {
        const ReadLease reader = m_database.read();
        MORTISE_CHECK(reader->begin());
        const CallContext wide = for_all_records(context);
        MORTISE_TRY(record, RecordReader(*reader, wide.principal, type).get(merge, false));
        // Who sees the survivor may part it again.
        RecordReader contacts{*reader, context.principal, schema->find("contact")};
        const Id survivor = value_of(*type, record, "survivor").get_or(Id{});
        MORTISE_TRY(Row present, contacts.get(survivor, true));
        MORTISE_CHECK(may_merge(context.principal, {std::move(present)}));
        const PlanTools tools{*reader, *schema, [this] { return m_records.reserve(1); }, m_clock.now()};
        MORTISE_TRY(outcome.plan, plan_unmerge(tools, record));
        MORTISE_CHECK(refuse_restricted(*reader, std::array{outcome.plan.survivor}));
        MORTISE_CHECK(refuse_restricted_along(*reader, outcome.plan.changes, context.principal.row_owner()));
    }
    if (context.dry_run) return outcome;
    UnitOfWork unit;
    unit.changes.push_back(
        {.operation = Operation::update,
         .type = std::string{merge_type},
         .id = merge,
         .version = record.version,
         .values = {{"state", "undone"}}}
    );
    EventDraft event;
    event.type = "contact.unmerged";
    event.subject = outcome.plan.survivor;
    event.subject_type = "contact";
    List restored;
    for (const Id id : outcome.plan.merged) {
        restored.emplace_back(std::to_string(id.number));
        event.links.push_back({id, "merged"});
    }
    event.links.push_back({merge, "merge"});
    event.data
        = Map{{"survivor", outcome.plan.survivor}, {"restored", std::move(restored)}, {"merge", merge}};
    unit.events = outcome.plan.changes.events({});
    unit.events.push_back(std::move(event));
    const auto also = [merge, survivor = outcome.plan.survivor](Connection& connection) -> Result<void> {
        MORTISE_CHECK(refuse_restricted(connection, std::array{survivor}));
        MORTISE_TRY(const std::vector<Id> later, later_merges(connection, merge));
        if (!later.empty()) return changed_meanwhile(later.front());
        return remove_redirects(connection, merge);
    };
    MORTISE_TRY(outcome.commit, write(context, std::move(unit), outcome.plan.changes, also));
    return outcome;
}

namespace {

/// The merge whose record a commit wrote as a version with this state.
Result<std::optional<Id>> merge_written(Connection& reader, std::int64_t commit, const char* state)
{
    MORTISE_TRY(Statement * select, reader.cached(R"(SELECT id FROM "mt$merge" WHERE since = ?1 AND state = ?2
            UNION ALL SELECT id FROM "mt$merge_h" WHERE since = ?1 AND state = ?2 LIMIT 1)"));
    select->bind(1, commit);
    select->bind(2, state);
    MORTISE_TRY(const bool found, select->step());
    std::optional<Id> merge;
    if (found) merge = Id{select->integer(0)};
    select->reset();
    return merge;
}

} // namespace

Result<std::optional<Id>> Merging::merge_of_commit(std::int64_t commit)
{
    const ReadLease reader = m_database.read();
    return merge_written(*reader, commit, "applied");
}

Result<std::optional<Id>> Merging::unmerge_of_commit(std::int64_t commit)
{
    const ReadLease reader = m_database.read();
    return merge_written(*reader, commit, "undone");
}

} // namespace mortise::host
