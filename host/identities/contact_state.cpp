#include "identities/contact_state.hpp"

#include "base/json.hpp"
#include "records/contact_rules.hpp"
#include "records/field_codec.hpp"
#include "records/row_storage.hpp"
#include "store/connection.hpp"

#include <algorithm>

namespace mortise::host {

namespace {

constexpr std::string_view anonymous = "anonymous";

Result<std::vector<Row>> rows_of(Connection& reader, const RecordType& type, Id contact)
{
    const std::string column = quoted_name(type.fields[*type.slot("contact")].column);
    MORTISE_TRY(
        Statement * select,
        reader.cached(type.sql.select + " WHERE " + column + " = ?1 AND +deleted_at IS NULL ORDER BY id")
    );
    select->bind(1, contact.number);
    std::vector<Row> rows;
    for (;;) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) break;
        rows.push_back(read_row(*select, type));
    }
    select->reset();
    return rows;
}

std::string derived_name(const RecordType& contacts, Row row)
{
    const std::size_t slot = *contacts.slot("name");
    row.values[slot] = Value{};
    complete_contact(contacts, row);
    return std::string{row.values[slot].is_null() ? nameless : row.values[slot].text()};
}

/// When the contact got the value that a field has now.
Result<Instant> since(Connection& reader, const RecordType& contacts, const Row& present, std::size_t slot)
{
    MORTISE_TRY(Statement * select, reader.cached(contacts.sql.select_history));
    select->bind(1, present.id.number);
    Instant when;
    std::optional<Value> last;
    const auto look_at = [&](const Row& row) {
        if (!last || *last != row.values[slot]) when = row.updated_at;
        last = row.values[slot];
    };
    for (;;) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) break;
        look_at(read_row(*select, contacts));
    }
    select->reset();
    look_at(present);
    return when;
}

/// Whether some source says so, or all of them together.
bool is_said(const FieldDecision& field, const Field& kept, const Value& value)
{
    if (std::ranges::any_of(field.claims, [&](const SourceClaim& claim) { return says(claim, value); }))
        return true;
    const auto all = coerce(kept, decide({Survival::add, {}}, field.claims).value);
    return holds_several(kept) && all && *all == value;
}

/// Nothing, what every new contact has, or what follows from other fields.
bool is_given_by_host(const RecordType& contacts, const Row& row, std::size_t slot)
{
    const Field& field = contacts.fields[slot];
    const Value& value = row.values[slot];
    if (value.is_null() || value == field.default_value) return true;
    if (field.name == "lifecycle") return value.text() == anonymous;
    return field.name == "name" && is_name_derived(contacts, row);
}

} // namespace

Change change_of(Operation operation, std::string_view type, Id id, std::int64_t version, Map values)
{
    Change change{
        .operation = operation,
        .type = std::string{type},
        .id = id,
        .version = {},
        .values = std::move(values)
    };
    if (version != 0) change.version = version;
    return change;
}

bool ContactState::is_anonymous(const RecordType& contacts) const
{
    return !is_verified && value_of(contacts, row, "lifecycle").text() == anonymous;
}

Result<std::vector<SourceProfile>> read_profiles(Connection& reader, const Schema& schema, Id contact)
{
    const TypePointer type = schema.find(profile_type);
    MORTISE_TRY(const std::vector<Row> rows, rows_of(reader, *type, contact));
    std::vector<SourceProfile> profiles;
    profiles.reserve(rows.size());
    for (const Row& row : rows)
        profiles.push_back(SourceProfile::read(*type, row, *schema.find("contact")));
    return profiles;
}

Result<std::optional<ContactState>> read_state(Connection& reader, const Schema& schema, Id contact)
{
    const TypePointer contacts = schema.find("contact");
    MORTISE_TRY(Statement * select, reader.cached(contacts->sql.select_by_id));
    select->bind(1, contact.number);
    MORTISE_TRY(const bool found, select->step());
    std::optional<ContactState> state;
    if (found) state.emplace().row = read_row(*select, *contacts);
    select->reset();
    if (!state || state->row.is_deleted()) return std::optional<ContactState>{};
    const TypePointer identities = schema.find("identity");
    MORTISE_TRY(state->identities, rows_of(reader, *identities, contact));
    state->is_verified = std::ranges::any_of(state->identities, [&](const Row& identity) {
        return value_of(*identities, identity, "strength").text() == "verified";
    });
    MORTISE_TRY(state->profiles, read_profiles(reader, schema, contact));
    return state;
}

Result<std::optional<Row>>
find_identity(Connection& reader, const Schema& schema, std::string_view name_space, std::string_view value)
{
    const TypePointer type = schema.find("identity");
    MORTISE_TRY(
        Statement * select,
        reader.cached(
            type->sql.select + " WHERE " + quoted_name(type->fields[*type->slot("namespace")].column)
            + " = ?1 AND " + quoted_name(type->fields[*type->slot("value")].column)
            + " = ?2 AND deleted_at IS NULL"
        )
    );
    select->bind(1, name_space);
    select->bind(2, value);
    MORTISE_TRY(const bool found, select->step());
    std::optional<Row> row;
    if (found) row = read_row(*select, *type);
    select->reset();
    return row;
}

std::vector<FieldDecision> decide_fields(
    const RecordType& contacts, const SurvivorshipRules& rules, std::span<const SourceProfile> profiles
)
{
    std::vector<FieldDecision> fields;
    for (std::size_t slot = 0; slot < contacts.fields.size(); ++slot) {
        const Field& field = contacts.fields[slot];
        if (field.archived) continue;
        FieldDecision decided;
        for (const SourceProfile& profile : profiles)
            if (const auto claim = profile.claims().find(field.name); claim != profile.claims().end())
                decided.claims.push_back(claim->second);
        if (decided.claims.empty()) continue;
        decided.slot = slot;
        decided.rule = rules.of(field);
        decided.decision = decide(decided.rule, decided.claims);
        fields.push_back(std::move(decided));
    }
    return fields;
}

Row wanted_row(
    const RecordType& contacts, Row row, std::span<const FieldDecision> decisions, bool is_verified
)
{
    const std::size_t name = *contacts.slot("name");
    const std::size_t lifecycle = *contacts.slot("lifecycle");
    bool follows = is_name_derived(contacts, row);
    for (const FieldDecision& each : decisions) {
        if (each.slot == name) follows = each.decision.value.is_null();
        auto kept = coerce(contacts.fields[each.slot], each.decision.value);
        row.values[each.slot] = kept ? *std::move(kept) : Value{};
    }
    if (follows) row.values[name] = derived_name(contacts, row);
    if (is_verified && row.values[lifecycle].text() == anonymous) row.values[lifecycle] = Value{};
    return row;
}

bool is_name_derived(const RecordType& contacts, const Row& row)
{
    const Value& name = row.values[*contacts.slot("name")];
    return name.is_null() || name.text() == nameless || name.text() == derived_name(contacts, row);
}

Result<HandEdits> hand_edits(
    Connection& reader,
    const RecordType& contacts,
    const ContactState& state,
    const SurvivorshipRules& rules,
    const std::set<std::string, std::less<>>& claimed
)
{
    HandEdits edits;
    const auto note = [&](std::size_t slot, Instant when) {
        edits[contacts.fields[slot].name]
            = Said{state.row.values[slot], when, "version " + std::to_string(state.row.version)};
    };
    const std::vector<FieldDecision> decisions = decide_fields(contacts, rules, state.profiles);
    const Row wanted = wanted_row(contacts, state.row, decisions, state.is_verified);
    std::set<std::size_t> decided;
    for (const FieldDecision& each : decisions) {
        decided.insert(each.slot);
        const Value& present = state.row.values[each.slot];
        if (present == wanted.values[each.slot]) continue;
        MORTISE_TRY(const Instant when, since(reader, contacts, state.row, each.slot));
        const bool rule_is_newer = rules.changed(contacts.fields[each.slot].name) >= when;
        if (!rule_is_newer || !(present.is_null() || is_said(each, contacts.fields[each.slot], present)))
            note(each.slot, when);
    }
    for (const std::string& name : claimed) {
        const auto slot = contacts.slot(name);
        if (!slot || decided.contains(*slot) || is_given_by_host(contacts, state.row, *slot)) continue;
        MORTISE_TRY(const Instant when, since(reader, contacts, state.row, *slot));
        note(*slot, when);
    }
    return edits;
}

std::optional<std::size_t>
adopt(const RecordType& contacts, std::vector<SourceProfile>& profiles, const HandEdits& edits)
{
    if (edits.empty()) return std::nullopt;
    const auto known = std::ranges::find(profiles, by_hand, &SourceProfile::source);
    const auto at = static_cast<std::size_t>(known - profiles.begin());
    if (known == profiles.end()) profiles.emplace_back(std::string{by_hand}, Id{});
    for (const auto& [name, said] : edits)
        profiles[at].take(contacts.fields[*contacts.slot(name)], said);
    return at;
}

Map difference(const RecordType& contacts, const Row& from, const Row& to)
{
    Map values;
    for (std::size_t slot = 0; slot < contacts.fields.size(); ++slot)
        if (!contacts.fields[slot].archived && from.values[slot] != to.values[slot])
            values.append(contacts.fields[slot].name, to.values[slot]);
    return values;
}

Row anonymous_contact(const RecordType& contacts)
{
    Row row;
    row.values.resize(contacts.fields.size());
    for (std::size_t slot = 0; slot < row.values.size(); ++slot)
        if (!contacts.fields[slot].archived) row.values[slot] = contacts.fields[slot].default_value;
    row.values[*contacts.slot("lifecycle")] = std::string{anonymous};
    return row;
}

} // namespace mortise::host
