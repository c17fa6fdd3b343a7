#include "records/records.hpp"
#include "records/relations/relation_rules.hpp"
#include "relations/relation_book.hpp"
#include "store/database.hpp"

#include <utility>

namespace mortise::host {

namespace {

constexpr std::size_t most_relations = 10'000;

Change change_of(Operation operation, Id id, Map values)
{
    return {
        .operation = operation,
        .type = std::string{relation_type},
        .id = id,
        .version = {},
        .values = std::move(values)
    };
}

Value date_or_null(const std::optional<Date>& date)
{
    return date ? Value{*date} : Value{};
}

} // namespace

Result<RelateOutcome> RelationBook::relate(const CallContext& context, const RelateRequest& request)
{
    MORTISE_TRY(const RelationKinds known, kinds());
    const RelationKinds::Meant meant = known.meant(request.kind);
    if (!meant.kind) return unknown_relation_kind(known, request.kind);
    Id source = request.source;
    Id target = request.target;
    if (meant.is_inverse) std::swap(source, target);
    RelateOutcome outcome;
    UnitOfWork unit;
    Map values{
        {"source", source},
        {"target", target},
        {"kind", meant.kind->name},
        {"role", request.role.empty() ? Value{} : Value{request.role}},
        {"valid_from", date_or_null(request.valid_from)},
        {"valid_to", date_or_null(request.valid_to)},
        {"is_primary", request.is_primary},
    };
    if (request.replaces) {
        const Date first = request.valid_from.value_or(today());
        values.set("valid_from", first);
        const RelationSlots slots{*m_records.schema()->find(relation_type)};
        MORTISE_TRY(
            const auto rows,
            m_records.find(context.principal, relation_type, "source", Value{source}, most_relations)
        );
        for (const Row& row : rows) {
            if (slots.kind_of(row) != meant.kind->name || slots.period_of(row).to < first.days) continue;
            const bool is_later = slots.period_of(row).from >= first.days;
            outcome.ended.push_back(row.id);
            unit.changes.push_back(
                is_later ? change_of(Operation::remove, row.id, {})
                         : change_of(Operation::update, row.id, {{"valid_to", Date{first.days - 1}}})
            );
        }
    }
    unit.changes.push_back(change_of(Operation::create, {}, std::move(values)));
    if (context.dry_run) {
        MORTISE_TRY(std::vector<Row> rows, m_records.preview(context, unit));
        outcome.relation = std::move(rows.at(unit.changes.size() - 1));
        return outcome;
    }
    MORTISE_TRY(const Commit commit, m_records.commit(context, unit));
    outcome.transaction = commit.number;
    MORTISE_TRY(outcome.relation, m_records.get(context.principal, relation_type, commit.ids.back()));
    return outcome;
}

Result<RelateOutcome> RelationBook::end(const CallContext& context, Id relation, std::optional<Date> last_day)
{
    const Date day = last_day.value_or(Date{today().days - 1});
    RelateOutcome outcome;
    UnitOfWork unit;
    unit.changes.push_back(change_of(Operation::update, relation, {{"valid_to", day}}));
    outcome.ended = {relation};
    if (context.dry_run) {
        MORTISE_TRY(std::vector<Row> rows, m_records.preview(context, unit));
        outcome.relation = std::move(rows.at(0));
        return outcome;
    }
    MORTISE_TRY(const Commit commit, m_records.commit(context, unit));
    outcome.transaction = commit.number;
    MORTISE_TRY(outcome.relation, m_records.get(context.principal, relation_type, relation));
    return outcome;
}

} // namespace mortise::host
