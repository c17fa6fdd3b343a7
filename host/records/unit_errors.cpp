#include "records/unit_errors.hpp"

#include "base/json.hpp"
#include "records/row_storage.hpp"
#include "store/connection.hpp"

#include <algorithm>

namespace mortise::host {

Result<void>
conflict_error(Connection& reader, const RecordType& type, const Row& current, const Change& asked)
{
    const std::int64_t seen = *asked.version;
    Map fields;
    MORTISE_TRY(Statement * history, reader.cached(type.sql.select_history));
    history->bind(1, current.id.number);
    std::string changed;
    for (;;) {
        MORTISE_TRY(const bool more, history->step());
        if (!more) break;
        const Row old = read_row(*history, type);
        if (old.version != seen) continue;
        for (std::size_t slot = 0; slot < type.fields.size(); ++slot)
            if (!type.fields[slot].hidden && old.values[slot] != current.values[slot]) {
                changed += (changed.empty() ? "" : ", ") + type.fields[slot].name;
                Map sides{{"seen", old.values[slot]}, {"current", current.values[slot]}};
                if (const Value* wanted = asked.values.find(type.fields[slot].name))
                    sides.set("wanted", *wanted);
                fields.set(type.fields[slot].name, std::move(sides));
            }
    }
    history->reset();
    return Error{
        .code = ErrorCode::conflict,
        .message = type.name + " " + std::to_string(current.id.number) + " is at version "
            + std::to_string(current.version) + " when the change expects version " + std::to_string(seen)
            + (changed.empty() ? "" : "; changed meanwhile: " + changed),
        .key = "records.conflict",
        .where = std::to_string(current.id.number),
        .hint = "read the record again and apply the change to what is there now",
        .details = json_text(Map{{"version", current.version}, {"fields", std::move(fields)}}),
    };
}

Error changed_meanwhile(const PreparedChange& change)
{
    return Error{
        .code = ErrorCode::retry,
        .message
        = change.type->name + " " + std::to_string(change.after.id.number) + " was changed meanwhile",
        .key = "records.changed_meanwhile",
        .where = std::to_string(change.after.id.number),
    };
}

Error record_twice(const RecordType& type, Id id)
{
    return Error{
        .code = ErrorCode::invalid,
        .message = "the unit of work changes " + type.name + " " + std::to_string(id.number) + " twice",
        .key = "unit.record_twice",
        .where = std::to_string(id.number),
        .hint = "put everything that changes in the record into one change, or commit in two units",
    };
}

Result<void> refuse_records_twice(const PreparedUnit& unit)
{
    if (unit.changes.size() < 2) return {};
    std::vector<const PreparedChange*> by_id;
    by_id.reserve(unit.changes.size());
    for (const PreparedChange& change : unit.changes)
        if (!is_nothing(change)) by_id.push_back(&change);
    const auto id_of = [](const PreparedChange* change) { return change->after.id.number; };
    std::ranges::sort(by_id, {}, id_of);
    const auto twice = std::ranges::adjacent_find(by_id, {}, id_of);
    if (twice == by_id.end()) return {};
    return record_twice(*(*twice)->type, (*twice)->after.id);
}

bool is_nothing(const PreparedChange& change) noexcept
{
    return change.operation == Operation::update && change.changed.empty() && !change.owner_changed;
}

} // namespace mortise::host
