#include "merging/unmerge_plan.hpp"

#include "base/json.hpp"
#include "merging/merge_log.hpp"
#include "merging/merge_types.hpp"
#include "records/row_storage.hpp"
#include "store/connection.hpp"

#include <algorithm>
#include <set>

namespace mortise::host {

namespace {

constexpr std::size_t most_listed = 1000;

Error refused(std::string message, std::string key, Id merge, std::string hint)
{
    return Error{
        .code = ErrorCode::state,
        .message = std::move(message),
        .key = std::move(key),
        .where = std::to_string(merge.number),
        .hint = std::move(hint),
    };
}

Result<void> nothing_in_the_way(Connection& reader, Id merge)
{
    MORTISE_TRY(const std::vector<Id> later, later_merges(reader, merge));
    if (later.empty()) return {};
    std::string names;
    List list;
    for (const Id id : later) {
        names += (names.empty() ? "" : ", ") + std::to_string(id.number);
        list.emplace_back(id);
    }
    Error error = refused(
        "merge " + std::to_string(merge.number) + " cannot be taken back: "
            + (later.size() == 1 ? "a later merge" : std::to_string(later.size()) + " later merges")
            + " changed the same records (" + names + ")",
        "merge.in_the_way",
        merge,
        "undo merge " + std::to_string(later.back().number) + " first"
    );
    error.details = json_text(Value{std::move(list)});
    return error;
}

class UnmergePlanner {
public:
    UnmergePlanner(const PlanTools& tools, const Row& merge) : m_tools{tools}, m_merge{merge} { }

    Result<UnmergePlan> run()
    {
        const TypePointer type = m_tools.schema.find(merge_type);
        m_plan.survivor = value_of(*type, m_merge, "survivor").get_or(Id{});
        if (value_of(*type, m_merge, "state").text() == "undone")
            return refused(
                "merge " + std::to_string(m_merge.id.number) + " was taken back before",
                "merge.undone",
                m_merge.id,
                {}
            );
        MORTISE_CHECK(nothing_in_the_way(m_tools.reader, m_merge.id));
        MORTISE_CHECK(survivor_is_there());
        MORTISE_TRY(const std::vector<MergeEntry> entries, read_merge_log(m_tools.reader, m_merge.id));
        for (const MergeEntry& entry : entries) {
            m_known.insert(entry.record.number);
            MORTISE_CHECK(take_back(entry));
        }
        for (const auto& [id, edit] : m_plan.changes.edits())
            if (edit.type->name == "contact" && edit.before->is_deleted() && !edit.after.is_deleted())
                m_plan.merged.push_back({id});
        MORTISE_CHECK(list_new());
        if (m_settles) MORTISE_CHECK(settle_points());
        return std::move(m_plan);
    }

private:
    Result<std::optional<Row>>
    read(const std::string& sql, Id id, std::int64_t version, const RecordType& type)
    {
        MORTISE_TRY(Statement * select, m_tools.reader.cached(sql));
        select->bind(1, id.number);
        if (version != 0) select->bind(2, version);
        MORTISE_TRY(const bool found, select->step());
        std::optional<Row> row;
        if (found) row = read_row(*select, type);
        select->reset();
        return row;
    }

    Result<std::optional<Row>> former(const RecordType& type, Id id, std::int64_t version)
    {
        return read(
            "SELECT " + type.sql.columns + " FROM " + quoted_name(type.table + "_h")
                + " WHERE id = ?1 AND version = ?2",
            id,
            version,
            type
        );
    }

    Result<void> survivor_is_there()
    {
        const TypePointer contacts = m_tools.schema.find("contact");
        MORTISE_TRY(
            const std::optional<Row> survivor, read(contacts->sql.select_by_id, m_plan.survivor, 0, *contacts)
        );
        if (survivor && !survivor->is_deleted()) return {};
        const std::string name = std::to_string(m_plan.survivor.number);
        return refused(
            "contact " + name + ", the survivor of the merge, was deleted",
            "merge.survivor_deleted",
            m_merge.id,
            "restore it first: \"mortise contacts restore " + name + "\""
        );
    }

    Result<void> take_back(const MergeEntry& entry)
    {
        const TypePointer type = m_tools.schema.find(entry.type);
        if (!type) return {};
        MORTISE_TRY(const std::optional<Row> now, read(type->sql.select_by_id, entry.record, 0, *type));
        if (!now) return {}; // erased
        std::optional<Row> left = now;
        if (now->version != entry.after) {
            MORTISE_TRY(left, former(*type, entry.record, entry.after));
        }
        if (entry.before == 0) return take_away(type, *now, entry);
        MORTISE_TRY(const std::optional<Row> before, former(*type, entry.record, entry.before));
        if (!before || !left) return {};
        restore(type, *before, *left, *now);
        return {};
    }

    /// A record that the merge made.
    Result<void> take_away(const TypePointer& type, const Row& now, const MergeEntry& entry)
    {
        if (now.version == entry.after)
            m_plan.changes.edit(type, now).deleted_at = Instant{1};
        else if (!now.is_deleted())
            note(*type, now.id, {}, {}, "edited");
        return {};
    }

    void restore(const TypePointer& type, const Row& before, const Row& left, const Row& now)
    {
        Row& after = m_plan.changes.edit(type, now);
        for (std::size_t slot = 0; slot < type->fields.size(); ++slot) {
            const bool is_merged = before.values[slot] != left.values[slot];
            const bool is_edited = now.values[slot] != left.values[slot];
            if (is_edited)
                note(
                    *type,
                    now.id,
                    type->fields[slot].name,
                    now.values[slot],
                    is_merged ? "edited over what the merge wrote" : "edited"
                );
            else if (is_merged)
                after.values[slot] = before.values[slot];
        }
        if (now.owner != left.owner)
            note(
                *type,
                now.id,
                "owner",
                now.owner,
                before.owner != left.owner ? "edited over what the merge wrote" : "edited"
            );
        else
            after.owner = before.owner;
        if (now.is_deleted() != left.is_deleted())
            note(*type, now.id, {}, {}, now.is_deleted() ? "deleted" : "restored");
        else if (before.is_deleted() != left.is_deleted())
            after.deleted_at = before.deleted_at;
    }

    void note(const RecordType& type, Id id, std::string field, Value value, const char* what)
    {
        m_settles |= type.name == "contact_point"
            || (type.name == "contact" && (field == "email" || field == "phone"));
        if (m_plan.later.size() >= most_listed)
            ++m_plan.more_later;
        else
            m_plan.later.push_back({type.name, id, std::move(field), std::move(value), what});
    }

    /// Records that refer to the survivor and were made after the merge: they stay with it.
    Result<void> list_new()
    {
        for (const TypePointer& type : m_tools.schema.types()) {
            if (type->name == merge_type) continue;
            for (const Field& field : type->fields) {
                if (field.kind != FieldKind::reference || field.reference_type != "contact") continue;
                MORTISE_TRY(
                    Statement * select,
                    m_tools.reader.cached(
                        "SELECT id FROM " + quoted_name(type->table) + " WHERE " + quoted_name(field.column)
                        + " = ?1 AND +created_at >= ?2 AND +since > ?3 AND +deleted_at IS NULL ORDER BY id"
                    )
                );
                select->bind(1, m_plan.survivor.number);
                select->bind(2, m_merge.created_at.microseconds);
                select->bind(3, m_merge.since);
                for (;;) {
                    MORTISE_TRY(const bool more, select->step());
                    if (!more) break;
                    const Id id{select->integer(0)};
                    if (m_known.insert(id.number).second) note(*type, id, field.name, m_plan.survivor, "new");
                }
                select->reset();
            }
        }
        return {};
    }

    /// Where addresses were edited, the points of each contact are brought in line with its address.
    Result<void> settle_points()
    {
        const TypePointer points = m_tools.schema.find("contact_point");
        const TypePointer contacts = m_tools.schema.find("contact");
        const std::size_t slot = *points->slot("contact");
        std::vector<Id> ids = m_plan.merged;
        ids.push_back(m_plan.survivor);
        MORTISE_TRY(const std::vector<Row> rows, rows_that_refer(m_tools.reader, *points, slot, ids));
        for (const Id id : ids) {
            const Row* changed = m_plan.changes.find(id);
            if (!changed) continue;
            const Row contact = *changed;
            std::vector<Row> own;
            for (const Row& row : rows) {
                const Row* after = m_plan.changes.find(row.id);
                const Row& present = after ? *after : row;
                if (!present.is_deleted() && present.values[slot] == Value{id}) own.push_back(row);
            }
            MORTISE_CHECK(settle_primary(m_tools, m_plan.changes, contact, own));
        }
        return {};
    }

    const PlanTools& m_tools;
    const Row& m_merge;
    UnmergePlan m_plan;
    std::set<std::int64_t> m_known;
    bool m_settles{false};
};

} // namespace

Result<UnmergePlan> plan_unmerge(const PlanTools& tools, const Row& merge)
{
    return UnmergePlanner{tools, merge}.run();
}

} // namespace mortise::host
