#include "privacy/erasing.hpp"

#include "records/files/file_keeper.hpp"
#include "records/restrictions.hpp"
#include "store/connection.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace mortise::host {

namespace {

/// Types of the host whose records are about a person and nothing else.
constexpr std::array<std::string_view, 5> personal_types{
    "contact", "contact_point", "identity", "relation", "source_profile"
};
/// Kept whole: that nobody writes to an address any more is what its holder asked for.
constexpr std::string_view suppression = "suppression";
/// Shorter ones are in too many texts that have nothing to do with the person.
constexpr std::size_t shortest_value = 5;

Result<std::vector<std::int64_t>> events_about(Connection& reader, const HeldRecords& held)
{
    std::set<std::int64_t> numbers;
    const auto add = [&](const char* sql, std::int64_t id) -> Result<void> {
        MORTISE_TRY(Statement * select, reader.cached(sql));
        select->bind(1, id);
        for (;;) {
            MORTISE_TRY(const bool more, select->step());
            if (!more) break;
            numbers.insert(select->integer(0));
        }
        select->reset();
        return {};
    };
    for (const Held& each : held.all()) {
        if (each.type->name == suppression) continue;
        for (const Row& row : each.rows)
            MORTISE_CHECK(add(
                R"(SELECT l.number FROM "mt$event_link" l JOIN "mt$event_data" d ON d.number = l.number
                WHERE l.record = ?1)",
                row.id.number
            ));
    }
    return std::vector<std::int64_t>{numbers.begin(), numbers.end()};
}

void add_values(const Held& held, std::set<std::string>& values)
{
    for (const Row& row : held.rows)
        for (const char* field : {"name", "email", "phone", "value", "raw"}) {
            const auto slot = held.type->slot(field);
            const std::string_view text = slot ? row.values[*slot].text() : std::string_view{};
            if (text.size() >= shortest_value) values.emplace(text);
        }
}

Result<bool> has_table(Connection& connection, std::string_view name)
{
    MORTISE_TRY(
        Statement * select,
        connection.cached("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1")
    );
    select->bind(1, name);
    MORTISE_TRY(const bool found, select->step());
    select->reset();
    return found;
}

/// Runs a statement for each id.
template <class Ids>
Result<void> for_each(Connection& connection, const std::string& sql, const Ids& ids)
{
    for (const auto& id : ids) {
        MORTISE_TRY(Statement * statement, connection.cached(sql));
        if constexpr (requires { id.number; })
            statement->bind(1, id.number);
        else
            statement->bind(1, id);
        MORTISE_CHECK(statement->run());
    }
    return {};
}

class Overwriter {
public:
    Overwriter(Connection& connection, const ErasurePlan& plan) : m_connection{connection}, m_plan{plan} { }

    Result<void> run(Instant now, std::int64_t commit)
    {
        for (const ErasedType& erased : m_plan.types)
            MORTISE_CHECK(records(erased, now, commit));
        MORTISE_CHECK(
            for_each(m_connection, R"(DELETE FROM "mt$event_data" WHERE number = ?1)", m_plan.events)
        );
        MORTISE_CHECK(
            for_each(m_connection, R"(UPDATE "mt$parked" SET error = '' WHERE number = ?1)", m_plan.events)
        );
        MORTISE_CHECK(merges());
        for (const Id contact : m_plan.contacts)
            MORTISE_CHECK(remove_restriction(m_connection, contact));
        return elsewhere();
    }

private:
    Result<void> records(const ErasedType& erased, Instant now, std::int64_t commit)
    {
        const RecordType& type = *erased.type;
        std::string columns;
        std::string keys;
        for (const Field& field : type.fields) {
            if (!erases(erased, field)) continue;
            if (field.is_file()) MORTISE_CHECK(files(type, field, erased.ids));
            for (const std::string& column : columns_of(field))
                columns += ", " + quoted_name(column) + "=NULL";
            if (field.sorted) keys += ", " + quoted_name(key_column_of(field)) + "=NULL";
        }
        if (columns.empty() && !erased.is_whole) return {};
        const std::string gone = erased.is_whole
            ? ", deleted_at=coalesce(deleted_at, " + std::to_string(now.microseconds) + ")"
            : std::string{};
        MORTISE_CHECK(for_each(
            m_connection,
            "UPDATE " + quoted_name(type.table) + " SET version=" + (erased.is_whole ? "1" : "version+1")
                + ", updated_at=" + std::to_string(now.microseconds) + ", since=" + std::to_string(commit)
                + columns + keys + gone + " WHERE id=?1",
            erased.ids
        ));
        const std::string history = quoted_name(type.table + "_h");
        return for_each(
            m_connection,
            erased.is_whole ? "DELETE FROM " + history + " WHERE id=?1"
                            : "UPDATE " + history + " SET id=id" + columns + " WHERE id=?1",
            erased.ids
        );
    }

    /// The contents that the field has and had go with it, unless others refer to them.
    Result<void> files(const RecordType& type, const Field& field, const std::vector<Id>& ids)
    {
        std::set<std::string> digests;
        const std::string column = quoted_name(columns_of(field).front());
        for (const std::string& table : {type.table, type.table + "_h"})
            for (const Id id : ids) {
                MORTISE_TRY(
                    Statement * select,
                    m_connection.cached(
                        "SELECT " + column + " FROM " + quoted_name(table) + " WHERE id=?1 AND " + column
                        + " IS NOT NULL"
                    )
                );
                select->bind(1, id.number);
                for (;;) {
                    MORTISE_TRY(const bool more, select->step());
                    if (!more) break;
                    digests.emplace(select->text(0));
                }
                select->reset();
            }
        return doom_files(m_connection, digests);
    }

    /// A merge of the person cannot be taken back any more: nothing of what the contacts were is left.
    Result<void> merges()
    {
        MORTISE_TRY(const bool found, has_table(m_connection, "mt$merge_change$"));
        if (!found) return {};
        return for_each(
            m_connection,
            R"(DELETE FROM "mt$merge_change$" WHERE merge IN (SELECT merge FROM "mt$merge_change$" WHERE record = ?1))",
            m_plan.contacts
        );
    }

    /// What is kept as text for a while: of jobs that have ended, answers that may be asked for again, and
    /// references that an import left open.
    Result<void> elsewhere()
    {
        constexpr std::array<std::array<const char*, 2>, 3> places{{
            {"mt$job",
             R"(UPDATE "mt$job" SET arguments = '{}', result = NULL, error = NULL
                WHERE state IN ('done', 'failed', 'cancelled')
                    AND (instr(arguments, ?1) OR instr(coalesce(result, ''), ?1) OR instr(coalesce(error, ''), ?1)))"
            },
            {"mt$answer", R"(DELETE FROM "mt$answer" WHERE instr(answer, ?1))"},
            {"mt$import_open", R"(DELETE FROM "mt$import_open" WHERE instr(entry, ?1))"},
        }};
        for (const auto& [table, sql] : places) {
            MORTISE_TRY(const bool found, has_table(m_connection, table));
            if (!found) continue;
            for (const std::string& value : m_plan.values) {
                MORTISE_TRY(Statement * statement, m_connection.cached(sql));
                statement->bind(1, std::string_view{value});
                MORTISE_CHECK(statement->run());
            }
        }
        MORTISE_TRY(const bool has_tickets, has_table(m_connection, "mt$send_ticket$"));
        if (!has_tickets) return {};
        return for_each(m_connection, R"(DELETE FROM "mt$send_ticket$" WHERE contact = ?1)", m_plan.contacts);
    }

    Connection& m_connection;
    const ErasurePlan& m_plan;
};

} // namespace

bool ErasedType::loses_events() const
{
    return type->name != suppression;
}

bool erases(const ErasedType& erased, const Field& field)
{
    if (field.kind == FieldKind::reference || erased.type->name == suppression) return false;
    const bool says_nothing = field.kind == FieldKind::enumeration || field.kind == FieldKind::boolean;
    return field.personal || (erased.is_whole && !says_nothing);
}

bool ErasedType::is_changed() const
{
    return is_whole
        || std::ranges::any_of(type->fields, [this](const Field& field) { return erases(*this, field); });
}

Result<ErasurePlan> plan_erasure(Connection& reader, const HeldRecords& held)
{
    ErasurePlan plan;
    plan.contacts = held.subjects();
    std::set<std::string> values;
    for (const Held& each : held.all()) {
        ErasedType erased{
            each.type, {}, std::ranges::find(personal_types, each.type->name) != personal_types.end()
        };
        for (const Row& row : each.rows) {
            erased.ids.push_back(row.id);
            if (each.type->name == "contact") plan.ledger.push_back({row.id, row.created_at});
            if (each.type->name == "contact" && !row.is_deleted()) plan.live_contacts.push_back(row.id);
        }
        if (erased.is_whole) add_values(each, values);
        plan.types.push_back(std::move(erased));
    }
    plan.values.assign(values.begin(), values.end());
    MORTISE_TRY(plan.events, events_about(reader, held));
    return plan;
}

Result<bool> was_erased(Connection& reader, const Schema& schema, Id contact)
{
    const TypePointer type = schema.find("erasure");
    if (!type) return false;
    MORTISE_TRY(
        Statement * select,
        reader.cached(
            "SELECT 1 FROM " + quoted_name(type->table) + " WHERE "
            + quoted_name(type->fields[*type->slot("contact")].column) + " = ?1 AND deleted_at IS NULL"
        )
    );
    select->bind(1, contact.number);
    MORTISE_TRY(const bool found, select->step());
    select->reset();
    return found;
}

Result<void> overwrite(Connection& connection, const ErasurePlan& plan, Instant now, std::size_t events)
{
    MORTISE_TRY(Statement * last, connection.cached(R"(SELECT coalesce(max(number), 0) FROM "mt$event")"));
    MORTISE_CHECK(last->step());
    const std::int64_t commit = last->integer(0) + static_cast<std::int64_t>(events);
    last->reset();
    return Overwriter{connection, plan}.run(now, commit);
}

} // namespace mortise::host
