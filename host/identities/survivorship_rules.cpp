#include "identities/survivorship_rules.hpp"

#include "identities/identity_types.hpp"
#include "identities/source_profile.hpp"
#include "records/row_storage.hpp"
#include "store/connection.hpp"

namespace mortise::host {

Result<SurvivorshipRules> SurvivorshipRules::read(Connection& reader, const Schema& schema)
{
    SurvivorshipRules rules;
    MORTISE_TRY(const TypePointer type, schema.require(rule_type));
    MORTISE_TRY(Statement * select, reader.cached(type->sql.select + " ORDER BY id"));
    for (;;) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) break;
        const Row row = read_row(*select, *type);
        const std::string field{value_of(*type, row, "field").text()};
        // A rule that is taken away was changed too, then.
        Kept& kept = rules.m_kept[field];
        kept.changed = std::max(kept.changed, row.updated_at);
        if (row.is_deleted()) continue;
        kept.record = row.id;
        kept.rule.survival
            = survival_named(value_of(*type, row, "rule").text()).value_or(Survival::most_recent);
        for (const Value& source : value_of(*type, row, "sources").get_or(List{}))
            kept.rule.sources.emplace_back(source.text());
    }
    select->reset();
    return rules;
}

SurvivorshipRule SurvivorshipRules::of(const Field& field) const
{
    const auto kept = m_kept.find(field.name);
    if (kept == m_kept.end() || !kept->second.record) return usual_rule(field);
    // A rule for several values says nothing of a field that holds one.
    if (kept->second.rule.survival == Survival::add && !holds_several(field)) return {};
    return kept->second.rule;
}

Instant SurvivorshipRules::changed(std::string_view field) const
{
    const auto kept = m_kept.find(field);
    return kept == m_kept.end() ? Instant{} : kept->second.changed;
}

SurvivorshipRule usual_rule(const Field& field)
{
    return {holds_several(field) ? Survival::add : Survival::most_recent, {}};
}

} // namespace mortise::host
