#include "records/records.hpp"

#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/normalise_country.hpp"
#include "base/random.hpp"
#include "records/audit/row_seal.hpp"
#include "records/bulk_load.hpp"
#include "records/catalog.hpp"
#include "records/contact_rules.hpp"
#include "records/id_source.hpp"
#include "records/prepared_unit.hpp"
#include "records/record_reader.hpp"
#include "records/relations/relation_kinds.hpp"
#include "records/restrictions.hpp"
#include "records/seen_schema.hpp"
#include "records/sort_key.hpp"
#include "records/writer.hpp"
#include "store/database.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <iterator>
#include <optional>
#include <shared_mutex>
#include <thread>

namespace mortise::host {

namespace {

constexpr int tries_before_alone = 3;
/// While a hook's plugin changes its version, changes of records wait so long.
constexpr std::chrono::seconds hook_patience{10};

std::array<std::byte, 32> digest_of(const UnitOfWork& unit)
{
    Hasher hasher;
    for (const Change& change : unit.changes) {
        hasher.add(name_of(change.operation));
        hasher.add(change.type);
        hasher.add(std::to_string(change.operation == Operation::create ? 0 : change.id.number));
        hasher.add(json_text(Value{change.values}));
    }
    for (const EventDraft& event : unit.events) {
        hasher.add(event.type);
        hasher.add(std::to_string(event.subject.number));
        hasher.add(json_text(Value{event.data}));
    }
    return hasher.finish();
}

} // namespace

struct Records::State {
    State(Database& database_, Writer& writer_, const Clock& clock_)
        : database{database_},
          writer{writer_},
          clock{clock_},
          ids{writer_}
    {
    }

    Database& database;
    Writer& writer;
    const Clock& clock;
    IdSource ids;
    std::optional<Collator> collator; ///< made by `open`
    std::atomic<SchemaPointer> schema;
    SeenSchemas seen;
    CursorKey cursor_key{};
    std::atomic<HookRunner*> hooks{nullptr};
    std::atomic<const BlobStore*> blobs{nullptr};
    std::mutex declaring;
    std::function<void(SchemaPointer)> schema_listener;
    /// Held shared by every commit; a unit that lost the race too often takes it alone, and then cannot lose.
    std::shared_mutex contention;

    Result<void> reload_schema()
    {
        const ReadLease reader = database.read();
        MORTISE_TRY(SchemaPointer fresh, read_schema(*reader));
        schema.store(std::move(fresh));
        return {};
    }

    Result<PreparedUnit> prepare(const CallContext& context, const UnitOfWork& unit)
    {
        const ReadLease reader = database.read();
        const SchemaPointer types = schema.load();
        std::size_t creations = 0;
        for (const Change& change : unit.changes)
            if (change.operation == Operation::create && !change.id) ++creations;
        Id next;
        if (creations != 0) {
            MORTISE_TRY(next, ids.take(creations));
        }
        const SchemaPointer seen_types = seen.of(types, context.principal);
        const Preparation preparation{
            .context = context,
            .schema = *types,
            .seen = *seen_types,
            .reader = *reader,
            .collator = *collator,
            .hooks = hooks.load(std::memory_order_acquire),
            .now = clock.now(),
            .next_id = [&]() -> Result<Id> {
                if (creations == 0) return ids.take(1); // for what follows from the unit
                --creations;
                return Id{next.number++};
            },
            .blobs = blobs.load(std::memory_order_acquire),
        };
        MORTISE_TRY(PreparedUnit prepared, prepare_unit(preparation, unit));
        prepared.schema = types;
        return prepared;
    }

    Result<Commit> try_commit(const CallContext& context, const UnitOfWork& unit)
    {
        const auto digest = unit.id ? digest_of(unit) : std::array<std::byte, 32>{};
        if (unit.id) {
            const ReadLease reader = database.read();
            MORTISE_TRY(auto repeated, find_unit(*reader, *unit.id, digest));
            if (repeated) return *std::move(repeated);
        }
        MORTISE_TRY(PreparedUnit prepared, prepare(context, unit));
        prepared.digest = digest;
        return write(prepared);
    }

    Result<Commit> write(PreparedUnit& prepared)
    {
        seal_rows(prepared);
        Commit commit;
        MORTISE_CHECK(writer.run(Writer::Work{[&](WriteTransaction& transaction) -> Result<void> {
            MORTISE_TRY(commit, write_unit(transaction, prepared));
            return {};
        }}));
        return commit;
    }
};

Records::Records(Database& database, Writer& writer, const Clock& clock)
    : m_state{std::make_unique<State>(database, writer, clock)}
{
}

Records::~Records() = default;

void Records::close() noexcept
{
    m_state->ids.give_back();
}

Result<void> Records::open()
{
    MORTISE_TRY(m_state->collator, Collator::create(""));
    MORTISE_CHECK(m_state->writer.run([&](Connection& connection) -> Result<void> {
        for (bool more = true; more;) { // a large import was killed
            MORTISE_TRY(more, bring_back_index(connection));
        }
        MORTISE_CHECK(IdSource::create_table(connection));
        MORTISE_CHECK(create_unit_tables(connection));
        MORTISE_TRY(
            Statement * key,
            connection.cached(
                "INSERT INTO \"mt$meta\" VALUES ('cursor_key', ?) ON CONFLICT (name) DO UPDATE SET value = "
                "value RETURNING value"
            )
        );
        CursorKey fresh{};
        random_bytes(fresh);
        key->bind_bytes(1, fresh);
        MORTISE_CHECK(key->step());
        const auto kept = key->bytes(0);
        std::copy_n(kept.begin(), std::min(kept.size(), fresh.size()), m_state->cursor_key.begin());
        key->reset();
        return {};
    }));
    MORTISE_CHECK(m_state->reload_schema());
    MORTISE_TRY(const auto declarations, own_types());
    MORTISE_CHECK(declare("mortise", declarations));
    return m_state->writer.run([&](Connection& connection) {
        return make_relation_kinds(connection, *schema(), *m_state->collator, m_state->clock.now());
    });
}

SchemaPointer Records::schema() const
{
    return m_state->schema.load();
}

SchemaPointer Records::schema(const Principal& principal) const
{
    return m_state->seen.of(m_state->schema.load(), principal);
}

Result<bool> Records::declare(std::string_view owner, std::span<const TypeDeclaration> declarations)
{
    const std::scoped_lock lock{m_state->declaring};
    const SchemaPointer before = schema();
    SchemaPointer fresh; // null: nothing changed
    {
        const std::unique_lock alone{m_state->contention}; // prepared units hold slots of the schema before
        MORTISE_CHECK(m_state->writer.run([&](Connection& connection) -> Result<void> {
            MORTISE_TRY(fresh, apply_declarations(connection, *before, owner, declarations));
            const bool is_of_host = owner == "mortise"; // a database of an older host may lack some
            if (!fresh && !is_of_host) return {};
            return complete_sort_keys(
                connection, fresh ? *fresh : *before, is_of_host ? nullptr : before.get(), *m_state->collator
            );
        }));
        if (fresh) m_state->schema.store(fresh);
    }
    if (fresh && m_state->schema_listener) m_state->schema_listener(schema());
    return fresh != nullptr;
}

Result<void> Records::archive(std::string_view owner)
{
    const std::scoped_lock lock{m_state->declaring};
    {
        const std::unique_lock alone{m_state->contention};
        MORTISE_CHECK(m_state->writer.run([&](Connection& connection) -> Result<void> {
            MORTISE_CHECK(archive_declarations(connection, *schema(), owner));
            return {};
        }));
        MORTISE_CHECK(m_state->reload_schema());
    }
    if (m_state->schema_listener) m_state->schema_listener(schema());
    return {};
}

Result<void> Records::set_country(std::string_view country)
{
    MORTISE_TRY(const std::string code, normalise_country(country));
    const std::scoped_lock lock{m_state->declaring};
    if (code == schema()->country()) return {};
    {
        const std::unique_lock alone{m_state->contention};
        MORTISE_CHECK(m_state->writer.run([&](Connection& connection) {
            return write_country(connection, code);
        }));
        MORTISE_CHECK(m_state->reload_schema());
    }
    if (m_state->schema_listener) m_state->schema_listener(schema());
    return {};
}

void Records::on_schema_change(std::function<void(SchemaPointer)> listener)
{
    const std::scoped_lock lock{m_state->declaring};
    m_state->schema_listener = std::move(listener);
}

Result<Id> Records::reserve(std::size_t count)
{
    return m_state->ids.take(count);
}

Result<Commit> Records::commit(const CallContext& context, const UnitOfWork& unit)
{
    const auto end = std::chrono::steady_clock::now() + hook_patience;
    for (int attempt = 0; attempt < tries_before_alone;) {
        std::shared_lock together{m_state->contention};
        auto commit = m_state->try_commit(context, unit);
        if (commit) return commit;
        if (commit.error().key == "hooks.not_yet" && std::chrono::steady_clock::now() < end) {
            together.unlock(); // what it waits for may declare types
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
        } else if (commit.error().key == "records.changed_meanwhile")
            ++attempt;
        else
            return commit;
    }
    const std::unique_lock alone{m_state->contention};
    return m_state->try_commit(context, unit);
}

Result<std::shared_ptr<PreparedUnit>> Records::prepare(const CallContext& context, const UnitOfWork& unit)
{
    const std::shared_lock together{m_state->contention};
    MORTISE_TRY(PreparedUnit prepared, m_state->prepare(context, unit));
    return std::make_shared<PreparedUnit>(std::move(prepared));
}

Result<Commit> Records::commit(
    const CallContext& context, const std::shared_ptr<PreparedUnit>& prepared, const UnitOfWork& also
)
{
    const std::shared_lock together{m_state->contention};
    if (prepared->schema != m_state->schema.load())
        return Error{
            .code = ErrorCode::retry,
            .message = "record types were changed meanwhile",
            .key = "records.changed_meanwhile",
            .where = {},
        };
    MORTISE_TRY(PreparedUnit more, m_state->prepare(context, also));
    std::ranges::move(more.changes, std::back_inserter(prepared->changes));
    std::ranges::move(more.events, std::back_inserter(prepared->events));
    prepared->also = std::move(more.also);
    return m_state->write(*prepared);
}

Result<std::vector<Row>> Records::preview(const CallContext& context, const UnitOfWork& unit)
{
    MORTISE_TRY(PreparedUnit prepared, m_state->prepare(context, unit));
    std::vector<Row> rows;
    for (PreparedChange& change : prepared.changes) {
        if (change.derived) continue;
        if (context.principal.rights)
            for (const std::string& hidden : context.principal.rights->of(change.type->name).hidden)
                if (const auto slot = change.type->slot(hidden)) change.after.values[*slot] = {};
        rows.push_back(std::move(change.after));
    }
    return rows;
}

Result<Row> Records::get(const Principal& principal, std::string_view type, Id id, bool with_deleted)
{
    MORTISE_TRY(const TypePointer found, schema(principal)->require(type));
    const ReadLease reader = m_state->database.read();
    return RecordReader{*reader, principal, found}.get(id, with_deleted);
}

Result<std::vector<Row>>
Records::get(const Principal& principal, std::string_view type, std::span<const Id> ids)
{
    MORTISE_TRY(const TypePointer found, schema(principal)->require(type));
    const ReadLease reader = m_state->database.read();
    RecordReader each{*reader, principal, found};
    MORTISE_CHECK(each.may_read());
    std::vector<Row> rows;
    rows.reserve(ids.size());
    for (const Id id : ids)
        if (auto row = each.get(id, false))
            rows.push_back(*std::move(row));
        else if (row.error().code != ErrorCode::not_found)
            return std::move(row).error();
    return rows;
}

Result<std::vector<Row>> Records::find(
    const Principal& principal,
    std::string_view type,
    std::string_view field,
    const Value& value,
    std::size_t limit
)
{
    MORTISE_TRY(const TypePointer found, schema(principal)->require(type));
    const ReadLease reader = m_state->database.read();
    return RecordReader{*reader, principal, found}.find(field, value, limit);
}

Result<ListPage> Records::list(const Principal& principal, std::string_view type, const ListOptions& options)
{
    MORTISE_TRY(const TypePointer found, schema(principal)->require(type));
    const ReadLease reader = m_state->database.read();
    return RecordReader{*reader, principal, found}.list(options, {m_state->cursor_key, *m_state->collator});
}

Result<std::set<std::int64_t>> Records::restricted()
{
    const ReadLease reader = m_state->database.read();
    return restricted_contacts(*reader);
}

Result<std::set<std::int64_t>> Records::restricted(std::string_view type, std::span<const Id> ids)
{
    MORTISE_TRY(const TypePointer found, schema()->require(type));
    const ReadLease reader = m_state->database.read();
    return about_restricted(*reader, *found, ids);
}

Result<std::vector<Row>> Records::history(const Principal& principal, std::string_view type, Id id)
{
    MORTISE_TRY(const TypePointer found, schema(principal)->require(type));
    const ReadLease reader = m_state->database.read();
    return RecordReader{*reader, principal, found}.history(id);
}

void Records::set_hooks(HookRunner* hooks) noexcept
{
    m_state->hooks.store(hooks, std::memory_order_release);
}

void Records::set_blobs(const BlobStore* blobs) noexcept
{
    m_state->blobs.store(blobs, std::memory_order_release);
}

} // namespace mortise::host
