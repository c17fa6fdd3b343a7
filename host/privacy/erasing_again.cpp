#include "privacy/erasing_again.hpp"

#include "base/json.hpp"
#include "privacy/erasing.hpp"
#include "privacy/erasure.hpp"
#include "records/catalog.hpp"
#include "records/records.hpp"
#include "records/redirects.hpp"
#include "store/database.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace mortise::host {

namespace {

constexpr const char* reason = "erased before; a backup from before that was restored";

enum class Found : std::uint8_t { not_there, erased, present };

struct Standing {
    Found found{Found::not_there};
    std::vector<Id> whole; ///< all contacts of the person, the survivor first
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
    MORTISE_TRY(const Id into, redirected(*reader, contact.id));
    const Id survivor = into ? into : contact.id;
    MORTISE_TRY(const bool erased, was_erased(*reader, schema, survivor));
    MORTISE_TRY(std::vector<Id> whole, redirects_to(*reader, survivor));
    whole.insert(whole.begin(), survivor);
    return Standing{erased ? Found::erased : Found::present, std::move(whole)};
}

bool is_named(std::span<const ErasedPerson> persons, std::string_view database, Id contact)
{
    return std::ranges::any_of(persons, [&](const ErasedPerson& person) {
        return person.database == database
            && std::ranges::find(person.contacts, contact, &ErasedContact::id) != person.contacts.end();
    });
}

Error cannot_be_erased(const ErasedContact& contact, std::string_view source, Error error)
{
    const std::string number = std::to_string(contact.id.number);
    error.message = "contact " + number + ", whom " + std::string{source}
        + " names, must be erased again, and that failed: " + error.message;
    error.hint = (error.hint.empty() ? "" : error.hint + "; ")
        + "mend that, or restore another backup; if it was decided that this contact stays, take the line "
          "with "
        + number + "@" + std::to_string(contact.created.microseconds) + " out of the list of erasures";
    return error;
}

/// What is known of erasures, here and in the ledger, as one text.
Result<std::string> mark_of(Connection& connection, const Schema& schema, const ErasureLedger& ledger)
{
    std::string mark = ledger.mark();
    const TypePointer erasures = schema.find("erasure");
    if (!erasures) return mark;
    MORTISE_TRY(
        Statement select,
        connection.prepare(
            "SELECT count(*), coalesce(max(id), 0) FROM " + quoted_name(erasures->table)
            + " WHERE deleted_at IS NULL"
        )
    );
    MORTISE_CHECK(select.step());
    mark += " " + std::to_string(select.integer(0)) + ":" + std::to_string(select.integer(1));
    return mark;
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
    const NamedErasures& whom
)
{
    ErasedAgain told;
    const SchemaPointer schema = records.schema();
    std::set<std::pair<std::int64_t, std::int64_t>> seen; // number, moment
    std::set<std::int64_t> erased_now; // with all that had been merged into them
    for (const ErasedPerson& person : whom.persons) {
        if (person.database != whom.database) continue;
        for (const ErasedContact& contact : person.contacts) {
            if (!seen.emplace(contact.id.number, contact.created.microseconds).second) continue;
            ++told.contacts;
            MORTISE_TRY(const Standing standing, standing_of(database, *schema, contact));
            if (standing.found == Found::not_there) {
                ++told.not_there;
                continue;
            }
            const std::int64_t survivor = standing.whole.front().number;
            if (standing.found == Found::erased) {
                ++(erased_now.contains(survivor) ? told.applied : told.before);
                continue;
            }
            auto erased = erasure.erase_again(context, contact.id, reason);
            if (!erased) return cannot_be_erased(contact, whom.source, std::move(erased).error());
            erased_now.insert(survivor);
            ++told.applied;
            std::ranges::copy_if(standing.whole, std::back_inserter(told.with_others), [&](Id other) {
                return !is_named(whom.persons, whom.database, other);
            });
        }
    }
    return told;
}

std::string summary_of(const ErasedAgain& done)
{
    boost::json::array others;
    for (const Id id : done.with_others)
        others.emplace_back(std::to_string(id.number));
    return to_json(boost::json::object{
        {"applied", done.applied},
        {"before", done.before},
        {"not_there", done.not_there},
        {"with_others", std::move(others)},
    });
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

Result<bool> are_together(Connection& reader, const Schema& schema, const ErasureLedger& ledger)
{
    MORTISE_TRY(const std::string now, mark_of(reader, schema, ledger));
    MORTISE_TRY(
        Statement select, reader.prepare(R"(SELECT value FROM "mt$meta" WHERE name = 'erasures_together')")
    );
    MORTISE_TRY(const bool found, select.step());
    return found && select.text(0) == now;
}

Result<void> note_together(Connection& writer, const Schema& schema, const ErasureLedger& ledger)
{
    MORTISE_TRY(const std::string now, mark_of(writer, schema, ledger));
    MORTISE_TRY(
        Statement note,
        writer.prepare(R"(INSERT OR REPLACE INTO "mt$meta" (name, value) VALUES ('erasures_together', ?))")
    );
    note.bind(1, std::string_view{now});
    return note.run();
}

} // namespace mortise::host
