#include "privacy/erasing_again.hpp"

#include "privacy/erasing.hpp"
#include "privacy/erasure.hpp"
#include "records/catalog.hpp"
#include "records/records.hpp"
#include "records/redirects.hpp"
#include "store/database.hpp"

#include <algorithm>

namespace mortise::host {

namespace {

constexpr const char* reason = "erased before; a backup from before that was restored";

enum class Found : std::uint8_t { not_there, erased, present };

struct Standing {
    Found found{Found::not_there};
    Id survivor; ///< that it was merged into; 0: none
};

Result<Standing> standing_of(Database& database, const Schema& schema, const ErasedContact& contact)
{
    const ReadLease reader = database.read();
    const TypePointer type = schema.find("contact");
    MORTISE_TRY(
        Statement * select,
        reader->cached("SELECT created_at FROM " + quoted_name(type->table) + " WHERE id = ?1")
    );
    select->bind(1, contact.id.number);
    MORTISE_TRY(const bool found, select->step());
    const bool is_same = found && select->integer(0) == contact.created.microseconds;
    select->reset();
    if (!is_same) return Standing{};
    MORTISE_TRY(const Id survivor, redirected(*reader, contact.id));
    MORTISE_TRY(const bool erased, was_erased(*reader, schema, survivor ? survivor : contact.id));
    return Standing{erased ? Found::erased : Found::present, survivor};
}

bool are_named(std::span<const ErasedPerson> persons, std::string_view database, Id contact)
{
    return std::ranges::any_of(persons, [&](const ErasedPerson& person) {
        return person.database == database
            && std::ranges::find(person.contacts, contact, &ErasedContact::id) != person.contacts.end();
    });
}

/// The moment at which a contact was made.
Result<ErasedContact> named(Connection& reader, const RecordType& type, Id contact)
{
    MORTISE_TRY(
        Statement * select,
        reader.cached("SELECT created_at FROM " + quoted_name(type.table) + " WHERE id = ?1")
    );
    select->bind(1, contact.number);
    MORTISE_CHECK(select->step());
    const ErasedContact found{contact, Instant{select->integer(0)}};
    select->reset();
    return found;
}

} // namespace

Result<ErasedAgain> erase_again(
    Database& database,
    Records& records,
    Erasure& erasure,
    const CallContext& context,
    std::string_view id,
    std::span<const ErasedPerson> persons
)
{
    ErasedAgain told;
    const SchemaPointer schema = records.schema();
    for (const ErasedPerson& person : persons) {
        if (person.database != id) continue;
        for (const ErasedContact& contact : person.contacts) {
            ++told.contacts;
            MORTISE_TRY(const Standing standing, standing_of(database, *schema, contact));
            if (standing.found == Found::not_there) {
                ++told.not_there;
                continue;
            }
            if (standing.found == Found::erased) {
                ++told.before;
                continue;
            }
            MORTISE_CHECK(erasure.erase_again(context, contact.id, reason));
            ++told.applied;
            if (standing.survivor && !are_named(persons, id, standing.survivor))
                told.with_others.push_back(standing.survivor);
        }
    }
    return told;
}

Result<std::vector<ErasedPerson>> erased_in(Connection& reader, std::string_view id)
{
    MORTISE_TRY(const SchemaPointer schema, read_schema(reader));
    const TypePointer erasures = schema->find("erasure");
    const TypePointer contacts = schema->find("contact");
    if (!erasures || !contacts) return std::vector<ErasedPerson>{};
    const std::string contact = quoted_name(erasures->fields[*erasures->slot("contact")].column);
    std::vector<ErasedPerson> persons;
    {
        MORTISE_TRY(
            Statement select,
            reader.prepare(
                "SELECT e." + contact + ", e.created_at, c.created_at FROM " + quoted_name(erasures->table)
                + " e JOIN " + quoted_name(contacts->table) + " c ON c.id = e." + contact
                + " WHERE e.deleted_at IS NULL ORDER BY e.id"
            )
        );
        for (;;) {
            MORTISE_TRY(const bool more, select.step());
            if (!more) break;
            persons.push_back(
                {std::string{id},
                 {{Id{select.integer(0)}, Instant{select.integer(2)}}},
                 Instant{select.integer(1)}}
            );
        }
    }
    for (ErasedPerson& person : persons) {
        MORTISE_TRY(const std::vector<Id> merged, redirects_to(reader, person.contacts.front().id));
        for (const Id other : merged) {
            MORTISE_TRY(const ErasedContact also, named(reader, *contacts, other));
            person.contacts.push_back(also);
        }
    }
    return persons;
}

} // namespace mortise::host
