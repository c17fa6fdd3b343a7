#include "privacy/held_records.hpp"

#include "merging/merge_plan.hpp"
#include "records/record_reader.hpp"
#include "records/redirects.hpp"
#include "records/row_storage.hpp"
#include "store/connection.hpp"

#include <algorithm>

namespace mortise::host {

namespace {

constexpr std::size_t most_records = 100'000;

std::vector<Id> ids_of(const std::vector<Row>& rows)
{
    std::vector<Id> ids;
    ids.reserve(rows.size());
    for (const Row& row : rows)
        ids.push_back(row.id);
    return ids;
}

} // namespace

Result<void> HeldRecords::collect(Id contact)
{
    const TypePointer contacts = m_schema.find("contact");
    const Principal system = Principal::system();
    RecordReader records{m_reader, system, contacts};
    std::vector<Row> rows;
    MORTISE_TRY(Row own, records.get(contact, true));
    rows.push_back(std::move(own));
    MORTISE_TRY(const std::vector<Id> merged, redirects_to(m_reader, contact));
    for (const Id id : merged) {
        MORTISE_TRY(Row other, records.get(id, true));
        rows.push_back(std::move(other));
    }
    for (const Row& row : rows)
        m_subjects.push_back(row.id);
    return hold_subjects(contacts, std::move(rows));
}

Result<void> HeldRecords::hold_subjects(const TypePointer& contacts, std::vector<Row> subjects)
{
    std::vector<Id> ids = ids_of(subjects);
    MORTISE_CHECK(hold(contacts, std::move(subjects)));
    m_waiting.emplace_back(contacts, std::move(ids));
    while (!m_waiting.empty()) {
        const auto [type, referred] = std::move(m_waiting.back());
        m_waiting.pop_back();
        MORTISE_CHECK(follow(*type, referred));
    }
    return suppressions();
}

/// What refers to the records; other people are not held with them.
Result<void> HeldRecords::follow(const RecordType& target, const std::vector<Id>& referred)
{
    for (const TypePointer& type : m_schema.types()) {
        if (type->name == "contact") continue;
        for (std::size_t slot = 0; slot < type->fields.size(); ++slot) {
            const Field& field = type->fields[slot];
            if (field.kind != FieldKind::reference || field.reference_type != target.name) continue;
            MORTISE_TRY(std::vector<Row> rows, rows_that_refer(m_reader, *type, slot, referred));
            std::erase_if(rows, [&](const Row& row) { return m_ids.contains(row.id.number); });
            if (rows.empty()) continue;
            std::vector<Id> ids = ids_of(rows);
            MORTISE_CHECK(hold(type, std::move(rows)));
            m_waiting.emplace_back(type, std::move(ids));
        }
    }
    return {};
}

/// Suppressions are of addresses, whoever has them.
Result<void> HeldRecords::suppressions()
{
    const TypePointer type = m_schema.find("suppression");
    const auto slot = type ? type->slot("address") : std::nullopt;
    if (!slot) return {};
    std::set<std::string> addresses;
    for (const Held& held : m_held) {
        if (held.type->name != "contact_point") continue;
        for (const Row& row : held.rows)
            addresses.emplace(value_of(*held.type, row, "value").text());
    }
    MORTISE_TRY(
        Statement * select,
        m_reader.cached(
            type->sql.select + " WHERE " + quoted_name(type->fields[*slot].column) + " = ?1 ORDER BY id"
        )
    );
    std::vector<Row> rows;
    for (const std::string& address : addresses) {
        select->bind(1, std::string_view{address});
        for (;;) {
            MORTISE_TRY(const bool more, select->step());
            if (!more) break;
            rows.push_back(read_row(*select, *type));
        }
        select->reset();
    }
    return rows.empty() ? Result<void>{} : hold(type, std::move(rows));
}

Result<void> HeldRecords::hold(const TypePointer& type, std::vector<Row> rows)
{
    for (const Row& row : rows)
        m_ids.insert(row.id.number);
    if (m_ids.size() > most_records)
        return Error{
            .code = ErrorCode::limit,
            .message = "more than 100,000 records are about the contact",
            .key = "privacy.too_many",
            .where = "contact",
            .hint = "is it a person? Those of an organisation with many customers are not its own",
        };
    const auto known = std::ranges::find(m_held, type, &Held::type);
    if (known == m_held.end())
        m_held.push_back({type, std::move(rows)});
    else
        std::ranges::move(rows, std::back_inserter(known->rows));
    return {};
}

} // namespace mortise::host
