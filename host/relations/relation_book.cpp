#include "relations/relation_book.hpp"

#include "base/clock.hpp"
#include "records/records.hpp"
#include "store/database.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <tuple>

namespace mortise::host {

namespace {

constexpr std::size_t most_relations = 10'000;
constexpr std::int64_t day_in_microseconds = 86'400'000'000;

std::string_view state_of(const Period& period, Date day)
{
    if (period.has(day)) return "current";
    return period.to < day.days ? "past" : "future";
}

/// Collects what one contact is related by.
class Collection {
public:
    Collection(
        Records& records,
        const Principal& principal,
        const RelationKinds& kinds,
        Row contact,
        const RelationQuestion& asked,
        Date day
    )
        : m_records{records},
          m_principal{principal},
          m_kinds{kinds},
          m_contacts{records.schema()->find("contact")},
          m_relations{records.schema()->find(relation_type)},
          m_slots{*m_relations},
          m_contact{std::move(contact)},
          m_asked{asked},
          m_day{day}
    {
    }

    Result<std::vector<RelationSeen>> run()
    {
        for (const bool is_source : {true, false}) {
            MORTISE_TRY(
                const auto rows,
                m_records.find(
                    m_principal,
                    relation_type,
                    is_source ? "source" : "target",
                    Value{m_contact.id},
                    most_relations
                )
            );
            MORTISE_CHECK(add_relations(rows, is_source));
        }
        MORTISE_CHECK(add_organisation());
        MORTISE_CHECK(add_whose_organisation_it_is());
        std::ranges::stable_sort(m_found, {}, [this](const RelationSeen& each) {
            return std::tuple{
                each.state != "current",
                each.kind,
                std::string{value_of(*m_contacts, each.other, "name").text()}
            };
        });
        return std::move(m_found);
    }

private:
    bool is_wanted(std::string_view kind) const { return m_asked.kind.empty() || m_asked.kind == kind; }

    Result<void> add_relations(const std::vector<Row>& rows, bool is_source)
    {
        std::vector<Id> ids;
        for (const Row& row : rows) {
            const Id other = is_source ? m_slots.target_of(row) : m_slots.source_of(row);
            ids.push_back(other);
            if (is_employment(m_slots.kind_of(row)))
                (is_source ? m_employers : m_employed).insert(other.number);
        }
        MORTISE_TRY(const auto others, m_records.get(m_principal, "contact", ids));
        std::map<std::int64_t, const Row*> by_id;
        for (const Row& other : others)
            by_id[other.id.number] = &other;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const auto other = by_id.find(ids[i].number);
            if (other != by_id.end()) add(rows[i], is_source, *other->second);
        }
        return {};
    }

    static bool is_employment(std::string_view kind) { return kind == works_at || kind == part_of; }

    void add(const Row& row, bool is_source, const Row& other)
    {
        const std::string_view state = state_of(m_slots.period_of(row), m_day);
        if (!is_wanted(m_slots.kind_of(row)) || (!m_asked.all && state != "current")) return;
        m_found.push_back({
            .relation = row.id,
            .kind = std::string{m_slots.kind_of(row)},
            .word = word_of(m_slots.kind_of(row), is_source),
            .is_source = is_source,
            .other = other,
            .role = row.values[m_slots.role],
            .valid_from = row.values[m_slots.valid_from],
            .valid_to = row.values[m_slots.valid_to],
            .is_primary = row.values[m_slots.is_primary].get_or(false),
            .state = state,
        });
    }

    std::string word_of(std::string_view kind, bool is_source) const
    {
        const RelationKind* known = m_kinds.find(kind);
        return known ? known->word(is_source) : std::string{kind};
    }

    void add_field(std::string_view kind, bool is_source, const Row& other, const Row& holder)
    {
        if (!is_wanted(kind)) return;
        m_found.push_back({
            .relation = {},
            .kind = std::string{kind},
            .word = word_of(kind, is_source),
            .is_source = is_source,
            .other = other,
            .role = kind == works_at ? value_of(*m_contacts, holder, "job_title") : Value{},
            .valid_from = {},
            .valid_to = {},
            .is_primary = true,
            .state = "current",
        });
    }

    std::string_view kind_of_field(const Row& holder) const
    {
        return value_of(*m_contacts, holder, "kind").text() == "organisation" ? part_of : works_at;
    }

    Result<void> add_organisation()
    {
        const Id id = value_of(*m_contacts, m_contact, "organisation").get_or(Id{});
        if (!id || m_employers.contains(id.number)) return {};
        const auto other = m_records.get(m_principal, "contact", id);
        if (other)
            add_field(kind_of_field(m_contact), true, *other, m_contact);
        else if (other.error().code != ErrorCode::not_found)
            return other.error();
        return {};
    }

    Result<void> add_whose_organisation_it_is()
    {
        const auto rows
            = m_records.find(m_principal, "contact", "organisation", Value{m_contact.id}, most_relations);
        if (!rows) return {}; // the field is hidden from the person
        for (const Row& row : *rows)
            if (!m_employed.contains(row.id.number)) add_field(kind_of_field(row), false, row, row);
        return {};
    }

    Records& m_records;
    const Principal& m_principal;
    const RelationKinds& m_kinds;
    TypePointer m_contacts;
    TypePointer m_relations;
    RelationSlots m_slots;
    Row m_contact;
    const RelationQuestion& m_asked;
    Date m_day;
    std::set<std::int64_t>
        m_employers; ///< of which relations say when that was so, rather than the field alone
    std::set<std::int64_t> m_employed;
    std::vector<RelationSeen> m_found;
};

} // namespace

Instant Member::from() const noexcept
{
    constexpr auto first = std::numeric_limits<std::int64_t>::min();
    return {period.from <= first / day_in_microseconds ? first : period.from * day_in_microseconds};
}

Instant Member::until() const noexcept
{
    constexpr auto last = std::numeric_limits<std::int64_t>::max();
    return {period.to >= last / day_in_microseconds ? last : (period.to + 1) * day_in_microseconds};
}

RelationBook::RelationBook(Database& database, Records& records, Views& views, const Clock& clock)
    : m_database{database},
      m_records{records},
      m_views{views},
      m_clock{clock}
{
}

Date RelationBook::today() const noexcept
{
    return day_of(m_clock.now());
}

Result<RelationKinds> RelationBook::kinds()
{
    const ReadLease reader = m_database.read();
    return RelationKinds::read(*reader, *m_records.schema());
}

Result<std::string> RelationBook::kind_named(std::string_view word)
{
    MORTISE_TRY(const RelationKinds known, kinds());
    const RelationKinds::Meant meant = known.meant(word);
    if (!meant.kind) return unknown_relation_kind(known, word);
    return meant.kind->name;
}

Result<std::vector<RelationSeen>>
RelationBook::of(const Principal& principal, const RelationQuestion& question)
{
    MORTISE_TRY(Row contact, m_records.get(principal, "contact", question.contact));
    MORTISE_TRY(const RelationKinds known, kinds());
    RelationQuestion asked = question;
    if (!asked.kind.empty()) {
        MORTISE_TRY(asked.kind, kind_named(asked.kind));
    }
    return Collection{m_records, principal, known, std::move(contact), asked, question.at.value_or(today())}
        .run();
}

Result<std::vector<Member>> RelationBook::members(const Principal& principal, Id contact, bool ever)
{
    MORTISE_TRY(const auto seen, of(principal, {.contact = contact, .kind = {}, .at = {}, .all = ever}));
    MORTISE_TRY(const RelationKinds known, kinds());
    std::vector<Member> members;
    for (const RelationSeen& each : seen) {
        const RelationKind* kind = known.find(each.kind);
        if (each.is_source || !kind || !kind->membership) continue;
        Period period;
        if (const Date* from = each.valid_from.as<Date>(); from && ever) period.from = from->days;
        if (const Date* to = each.valid_to.as<Date>(); to && ever) period.to = to->days;
        members.push_back({each.other.id, period});
    }
    return members;
}

} // namespace mortise::host
