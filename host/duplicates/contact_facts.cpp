#include "duplicates/contact_facts.hpp"

#include "records/row_storage.hpp"
#include "store/connection.hpp"

namespace mortise::host {

namespace {

using matching::ContactFacts;

std::string text_of(const Value& value)
{
    return std::string{value.text()};
}

void add_address(ContactFacts& facts, const Value& address)
{
    facts.street = text_of(address["street"]);
    facts.extended = text_of(address["extended"]);
    facts.city = text_of(address["locality"]);
    facts.region = text_of(address["region"]);
    facts.postcode = text_of(address["postal_code"]);
    if (facts.country.empty()) facts.country = text_of(address["country"]);
    facts.address_text = address.text().empty() ? text_of(address["text"]) : text_of(address);
}

void add_point(ContactFacts& facts, std::string_view kind, std::string value)
{
    if (kind == "email")
        facts.emails.push_back(std::move(value));
    else if (kind == "phone")
        facts.phones.push_back(std::move(value));
    else if (kind == "url")
        facts.websites.push_back(std::move(value));
    else if (kind == "address" && facts.street.empty() && facts.address_text.empty())
        facts.address_text = std::move(value);
}

void add_point(ContactFacts& facts, const RecordType& type, const Row& row)
{
    add_point(facts, value_of(type, row, "kind").text(), std::string{value_of(type, row, "value").text()});
}

void add_identity(ContactFacts& facts, const RecordType& type, const Row& row)
{
    if (value_of(type, row, "strength").text() != "verified") return;
    facts.verified.push_back(
        std::string{value_of(type, row, "namespace").text()} + '='
        + std::string{value_of(type, row, "value").text()}
    );
}

/// The records of a type by the contact that they belong to, beside a walk over contacts.
class Beside {
public:
    static Result<Beside> open(Connection& reader, const Schema& schema, std::string_view name)
    {
        Beside beside;
        MORTISE_TRY(beside.m_type, schema.require(name));
        beside.m_slot = *beside.m_type->slot("contact");
        MORTISE_TRY(
            beside.m_rows,
            reader.prepare(
                beside.m_type->sql.select + " WHERE +deleted_at IS NULL ORDER BY "
                + quoted_name(beside.m_type->fields[beside.m_slot].column)
            )
        );
        return beside;
    }

    /// Calls `look(type, row)` for those of the contact; contacts come by their ids.
    template <class F>
    Result<void> of(Id contact, F look)
    {
        for (;;) {
            if (!m_is_there) {
                if (m_ended) return {};
                MORTISE_TRY(const bool more, m_rows.step());
                m_ended = !more;
                if (m_ended) return {};
                m_row = read_row(m_rows, *m_type);
                m_is_there = true;
            }
            const Id own = m_row.values[m_slot].get_or(Id{});
            if (own > contact) return {};
            if (own == contact) look(*m_type, m_row);
            m_is_there = false;
        }
    }

private:
    TypePointer m_type;
    std::size_t m_slot{0};
    Statement m_rows;
    Row m_row;
    bool m_is_there{false};
    bool m_ended{false};
};

Result<void> each_of(
    Connection& reader,
    const RecordType& type,
    Id contact,
    void (*add)(ContactFacts&, const RecordType&, const Row&),
    ContactFacts& facts
)
{
    MORTISE_TRY(
        Statement * select,
        reader.cached(
            type.sql.select + " WHERE " + quoted_name(type.fields[*type.slot("contact")].column)
            + " = ?1 AND +deleted_at IS NULL ORDER BY id"
        )
    );
    select->bind(1, contact.number);
    for (;;) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) break;
        add(facts, type, read_row(*select, type));
    }
    select->reset();
    return {};
}

} // namespace

ContactFacts facts_of(const Map& values)
{
    ContactFacts facts;
    if (!values["kind"].is_null()) facts.kind = text_of(values["kind"]);
    facts.name = text_of(values["name"]);
    facts.given_name = text_of(values["given_name"]);
    facts.additional_name = text_of(values["additional_name"]);
    facts.family_name = text_of(values["family_name"]);
    facts.nickname = text_of(values["nickname"]);
    facts.birthday = text_of(values["birthday"]);
    facts.country = text_of(values["country"]);
    add_address(facts, values["address"]);
    add_point(facts, "email", text_of(values["email"]));
    add_point(facts, "phone", text_of(values["phone"]));
    add_point(facts, "url", text_of(values["website"]));
    for (auto* points : {&facts.emails, &facts.phones, &facts.websites})
        std::erase(*points, std::string{});
    if (facts.kind == "person") facts.employer = values["organisation"].get_or(Id{}).number;
    return facts;
}

Result<std::optional<ContactFacts>> read_facts(Connection& reader, const Schema& schema, Id contact)
{
    MORTISE_TRY(const TypePointer contacts, schema.require("contact"));
    MORTISE_TRY(const TypePointer points, schema.require("contact_point"));
    MORTISE_TRY(const TypePointer identities, schema.require("identity"));
    MORTISE_TRY(Statement * select, reader.cached(contacts->sql.select_by_id));
    select->bind(1, contact.number);
    MORTISE_TRY(const bool found, select->step());
    Row row;
    if (found) row = read_row(*select, *contacts);
    select->reset();
    if (!found || row.is_deleted()) return std::optional<ContactFacts>{};
    ContactFacts facts = facts_of(map_of(*contacts, row));
    MORTISE_CHECK(each_of(reader, *points, contact, add_point, facts));
    MORTISE_CHECK(each_of(reader, *identities, contact, add_identity, facts));
    return std::optional{std::move(facts)};
}

Result<void> each_contact(
    Connection& reader,
    const Schema& schema,
    const std::function<bool(Id contact, const ContactFacts& facts)>& take
)
{
    MORTISE_TRY(const TypePointer contacts, schema.require("contact"));
    MORTISE_TRY(Beside points, Beside::open(reader, schema, "contact_point"));
    MORTISE_TRY(Beside identities, Beside::open(reader, schema, "identity"));
    MORTISE_TRY(
        Statement rows, reader.prepare(contacts->sql.select + " WHERE +deleted_at IS NULL ORDER BY id")
    );
    for (;;) {
        MORTISE_TRY(const bool more, rows.step());
        if (!more) return {};
        const Row row = read_row(rows, *contacts);
        ContactFacts facts = facts_of(map_of(*contacts, row));
        const auto point
            = [&facts](const RecordType& type, const Row& beside) { add_point(facts, type, beside); };
        const auto identity
            = [&facts](const RecordType& type, const Row& beside) { add_identity(facts, type, beside); };
        MORTISE_CHECK(points.of(row.id, point));
        MORTISE_CHECK(identities.of(row.id, identity));
        if (!take(row.id, facts)) return {};
    }
}

Result<std::uint64_t> count_contacts(Connection& reader, const Schema& schema)
{
    MORTISE_TRY(const TypePointer contacts, schema.require("contact"));
    MORTISE_TRY(
        Statement count,
        reader.prepare("SELECT count(*) FROM " + quoted_name(contacts->table) + " WHERE deleted_at IS NULL")
    );
    MORTISE_CHECK(count.step());
    return static_cast<std::uint64_t>(count.integer(0));
}

} // namespace mortise::host
