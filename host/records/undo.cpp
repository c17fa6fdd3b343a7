#include "records/undo.hpp"

#include "base/json.hpp"
#include "records/restrictions.hpp"
#include "records/row_storage.hpp"
#include "records/undo_plan.hpp"
#include "store/database.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>

namespace mortise::host {

namespace {

constexpr std::size_t changes_per_unit = 1000;

/// What a commit did to one record.
struct Touched {
    TypePointer type;
    Id id;
};

/// Works backwards through commits and collects what puts the records back.
class Planner {
public:
    Planner(Connection& reader, const Schema& schema) : m_reader{reader}, m_schema{schema} { }

    Result<void> take_back(std::int64_t commit)
    {
        MORTISE_TRY(const std::vector<Touched> touched, touched_by(commit));
        for (const Touched& each : touched)
            MORTISE_CHECK(take_back(each, commit));
        return {};
    }

    UndoPlans& plans() noexcept { return m_plans; }
    UndoOutcome outcome;
    std::set<std::string> actors; ///< of all that is taken back

private:
    Result<std::vector<Touched>> touched_by(std::int64_t commit)
    {
        MORTISE_TRY(
            Statement * select,
            m_reader.cached(
                "SELECT number, unit, subject, subject_type, external, "
                "(SELECT text FROM \"mt$name\" n WHERE n.id = actor) FROM \"mt$event\" WHERE number <= ? "
                "ORDER BY number DESC"
            )
        );
        select->bind(1, commit);
        std::vector<Touched> touched;
        bool any = false;
        for (;;) { // a commit's events are those right before its number
            MORTISE_TRY(const bool more, select->step());
            if (!more || select->integer(1) != commit) break;
            any = true;
            actors.emplace(select->text(5));
            if (select->integer(4) != 0) outcome.external.push_back(select->integer(0));
            const TypePointer type = m_schema.find(select->integer(3));
            const Id id{select->integer(2)};
            const bool seen
                = std::ranges::any_of(touched, [id](const Touched& other) { return other.id == id; });
            if (type && id && !seen && type->name != "import") touched.push_back({type, id});
        }
        select->reset();
        if (any) return touched;
        return Error{
            .code = ErrorCode::not_found,
            .message = "there is no commit " + std::to_string(commit),
            .key = "records.unknown_commit",
            .where = std::to_string(commit),
            .hint = "\"mortise events list\" shows the commit of each event as \"unit\"",
        };
    }

    Result<UndoPlan*> plan_of(const Touched& touched)
    {
        if (const auto found = m_plans.find(touched.id.number); found != m_plans.end()) return &found->second;
        MORTISE_TRY(auto row, read(touched.type->sql.select_by_id, touched));
        if (!row) return static_cast<UndoPlan*>(nullptr); // purged
        UndoPlan plan{
            .type = touched.type,
            .row = std::move(*row),
            .version = 0,
            .was_deleted = false,
            .remove = false,
            .values = {},
            .contacts = {}
        };
        plan.version = plan.row.version;
        plan.was_deleted = plan.row.is_deleted();
        plan.contacts = contacts_of(*plan.type, &plan.row, plan.row);
        return &m_plans.emplace(touched.id.number, std::move(plan)).first->second;
    }

    Result<std::optional<Row>> read(const std::string& sql, const Touched& touched, std::int64_t number = 0)
    {
        MORTISE_TRY(Statement * select, m_reader.cached(sql));
        select->bind(1, touched.id.number);
        if (number != 0) select->bind(2, number);
        MORTISE_TRY(const bool found, select->step());
        std::optional<Row> row;
        if (found) row = read_row(*select, *touched.type);
        select->reset();
        return row;
    }

    /// The version that a commit replaced, or the one that it wrote.
    Result<std::optional<Row>> former(const Touched& touched, const char* column, std::int64_t commit)
    {
        const RecordType& type = *touched.type;
        return read(
            "SELECT " + type.sql.columns + " FROM " + quoted_name(type.table + "_h") + " WHERE id = ?1 AND "
                + column + " = ?2",
            touched,
            commit
        );
    }

    Result<void> take_back(const Touched& touched, std::int64_t commit)
    {
        MORTISE_TRY(UndoPlan * plan, plan_of(touched));
        if (!plan) return {};
        MORTISE_TRY(const std::optional<Row> before, former(touched, "until", commit));
        const bool latest = plan->row.since == commit;
        if (!before) { // the commit made the record, or only told an event about it
            if (latest) {
                plan->remove = true;
                return {};
            }
            MORTISE_TRY(const std::optional<Row> made, former(touched, "since", commit));
            if (made) conflict(touched, "", "it was changed after it was made");
            return {};
        }
        std::optional<Row> after = plan->row;
        if (!latest) {
            MORTISE_TRY(after, former(touched, "since", commit));
        }
        if (!after) return {};
        restore(touched, *plan, *before, *after);
        if (latest) plan->row.since = before->since; // as if the commit had never been
        return {};
    }

    void restore(const Touched& touched, UndoPlan& plan, const Row& before, const Row& after)
    {
        for (std::size_t slot = 0; slot < touched.type->fields.size(); ++slot) {
            if (before.values[slot] == after.values[slot]) continue;
            const std::string& field = touched.type->fields[slot].name;
            if (plan.row.values[slot] == after.values[slot]) {
                plan.row.values[slot] = before.values[slot];
                plan.values.set(field, before.values[slot]);
            } else if (plan.row.values[slot] != before.values[slot])
                conflict(touched, field, "it was changed again");
        }
        if (before.owner != after.owner && plan.row.owner == after.owner) {
            plan.row.owner = before.owner;
            plan.values.set("owner", before.owner ? Value{before.owner} : Value{});
        }
        if (before.is_deleted() != after.is_deleted() && plan.row.is_deleted() == after.is_deleted())
            plan.row.deleted_at = before.deleted_at;
    }

    void conflict(const Touched& touched, std::string field, std::string reason)
    {
        outcome.conflicts.push_back({touched.type->name, touched.id, std::move(field), std::move(reason)});
    }

    Connection& m_reader;
    const Schema& m_schema;
    UndoPlans m_plans;
};

/// Whether an earlier unit of the same undo may have written the record: the points of a contact follow it,
/// and what refers to a record that is deleted goes with it.
bool may_follow(const Change& change)
{
    return change.type == "contact" || change.type == "contact_point" || change.operation == Operation::remove
        || change.operation == Operation::restore;
}

/// Whether an earlier unit of the same undo did it.
bool is_done(Records& records, const Principal& principal, const Change& change)
{
    if (change.operation != Operation::remove && change.operation != Operation::restore) return false;
    const auto row = records.get(principal, change.type, change.id, true);
    return row && row->is_deleted() == (change.operation == Operation::remove);
}

bool is_own_work(const CallContext& context, const std::set<std::string>& actors)
{
    return actors.size() == 1 && actors.contains(context.principal.name());
}

/// A person may take back all that their own work did, to records of others too that followed from it.
CallContext widened(const CallContext& context, const std::set<std::string>& actors)
{
    CallContext wide = context;
    const bool own = is_own_work(context, actors);
    if (own && !context.principal.plugin && !context.principal.rights)
        wide.principal = context.principal.widened();
    return wide;
}

/// What others did is as if it were not there for a person with roles; of its own work, each change is
/// judged by its rights of today.
Result<void> may_undo(const CallContext& context, const std::set<std::string>& actors, std::int64_t number)
{
    if (!context.principal.rights || is_own_work(context, actors)) return {};
    return Error{
        .code = ErrorCode::not_found,
        .message = "there is no transaction " + std::to_string(number) + " of " + context.principal.user_name,
        .key = "undo.not_own",
        .where = std::to_string(number),
        .hint = "a person takes back its own work; ask an administrator for that of others",
    };
}

Error in_the_way(const UndoOutcome& outcome)
{
    const bool is_changed = outcome.restricted < outcome.conflicts.size();
    std::string what = is_changed ? " value(s) or record(s) were changed again" : " record(s)";
    if (outcome.restricted != 0)
        what += is_changed ? " or are of restricted contacts" : " are of restricted contacts";
    List list;
    for (const UndoConflict& conflict : outcome.conflicts)
        list.emplace_back(
            Map{{"type", conflict.type},
                {"id", conflict.id},
                {"field", conflict.field},
                {"reason", conflict.reason}}
        );
    return Error{
        .code = ErrorCode::conflict,
        .message = std::to_string(list.size()) + what + " and stand in the way",
        .key = "records.undo_conflict",
        .where = {},
        .hint = std::string{is_changed ? "undo the later changes first" : "lift the restriction first"}
            + ", or force it: what stands in the way is then left as it is",
        .details = json_text(Value{std::move(list)}),
    };
}

bool must_stop(const UndoOutcome& outcome, UndoForce force, const CallContext& context)
{
    return !outcome.conflicts.empty() && force == UndoForce::no && !context.dry_run;
}

} // namespace

Result<UndoOutcome>
Undo::commits(const CallContext& context, std::span<const std::int64_t> numbers, UndoForce force)
{
    return take_back(context, numbers, force, true);
}

Result<UndoOutcome> Undo::take_back(
    const CallContext& context, std::span<const std::int64_t> numbers, UndoForce force, bool by_hand
)
{
    std::vector<std::int64_t> backwards{numbers.begin(), numbers.end()};
    std::ranges::sort(backwards, std::greater{});
    const SchemaPointer schema = m_records.schema();
    std::vector<Change> changes;
    UndoOutcome outcome;
    CallContext wide;
    {
        const ReadLease reader = m_database.read();
        Planner planner{*reader, *schema};
        for (const std::int64_t number : backwards) {
            if (auto taken = planner.take_back(number); !taken) {
                if (context.principal.rights) return may_undo(context, {}, number).error();
                return std::move(taken).error();
            }
            MORTISE_CHECK(may_undo(context, planner.actors, number));
        }
        outcome = std::move(planner.outcome);
        wide = widened(context, planner.actors);
        MORTISE_TRY(by_hand, leave_restricted(*reader, *schema, wide, by_hand, planner.plans(), outcome));
        if (must_stop(outcome, force, context)) return in_the_way(outcome);
        changes = undo_changes(planner.plans(), outcome.records);
    }
    if (context.dry_run) return outcome;
    // Two changes of one record do not fit into one unit, since the second would be prepared on what the
    // first finds.
    std::vector<Change> waiting;
    while (!changes.empty()) {
        UnitOfWork unit;
        unit.by_hand = by_hand;
        std::set<std::int64_t> in_unit;
        waiting.clear();
        for (Change& change : changes) {
            if (!outcome.commits.empty() && may_follow(change)) {
                if (is_done(m_records, wide.principal, change)) continue;
                change.version.reset();
            }
            if (unit.changes.size() >= changes_per_unit || !in_unit.insert(change.id.number).second) {
                waiting.push_back(std::move(change));
                continue;
            }
            unit.changes.push_back(std::move(change));
        }
        changes.swap(waiting);
        if (unit.changes.empty()) continue;
        MORTISE_TRY(const Commit commit, m_records.commit(wide, unit));
        outcome.commits.push_back(commit.number);
    }
    return outcome;
}

Result<std::vector<std::int64_t>> Undo::commits_of_import(Id import) const
{
    const ReadLease reader = m_database.read();
    MORTISE_TRY(
        Statement * select,
        reader->cached(
            R"(SELECT DISTINCT e.unit FROM "mt$event_link" l JOIN "mt$event" e ON e.number = l.number
            WHERE l.record = ? ORDER BY 1)"
        )
    );
    select->bind(1, import.number);
    std::vector<std::int64_t> numbers;
    for (;;) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) break;
        numbers.push_back(select->integer(0));
    }
    select->reset();
    return numbers;
}

Result<UndoOutcome> Undo::import(const CallContext& context, Id import, UndoForce force)
{
    MORTISE_TRY(const Row row, m_records.get(context.principal, "import", import));
    const TypePointer type = m_records.schema()->find("import");
    if (value_of(*type, row, "state").text() == "undone")
        return Error{
            .code = ErrorCode::state,
            .message = "import " + std::to_string(import.number) + " was undone before",
            .key = "import.undone",
            .where = std::to_string(import.number),
        };
    MORTISE_TRY(const std::vector<std::int64_t> numbers, commits_of_import(import));
    MORTISE_TRY(UndoOutcome outcome, take_back(context, numbers, force, false));
    if (context.dry_run) return outcome;
    UnitOfWork unit;
    unit.changes.push_back(
        {.operation = Operation::update,
         .type = "import",
         .id = import,
         .version = {},
         .values = {{"state", "undone"}}}
    );
    MORTISE_CHECK(m_records.commit(context, unit));
    return outcome;
}

} // namespace mortise::host
