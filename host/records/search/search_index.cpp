#include "records/search/search_index.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"
#include "records/search/search_document.hpp"

#include <algorithm>
#include <charconv>
#include <sys/resource.h>

namespace mortise::host {
namespace {

constexpr std::int64_t events_at_once = 5000;
constexpr std::int64_t records_at_once = 2000;
constexpr std::size_t worth_a_merge = 20'000;
constexpr int nice_value = 5; // commits go first
constexpr std::chrono::milliseconds pause{15}; // so that single commits are taken together
constexpr std::chrono::seconds pause_after_problem{2};

constexpr const char* tables = R"(
    CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS known (type INTEGER PRIMARY KEY, signature TEXT NOT NULL, unread INTEGER NOT NULL);
    CREATE VIRTUAL TABLE IF NOT EXISTS doc USING fts5 (title, body, scope,
        detail = 'column', columnsize = 0, prefix = '2 3 4', tokenize = 'ascii');
    INSERT INTO doc (doc, rank) VALUES ('hashsize', 16777216);
)";

std::int64_t number_of(const std::string& text)
{
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

/// The record under a role in "role=id,role=id", for each time that it is there.
void linked(std::string_view links, std::string_view role, std::vector<std::int64_t>& records)
{
    for (const std::string_view item : split(links, ','))
        if (item.starts_with(role) && item.substr(role.size()).starts_with('='))
            records.push_back(number_of(std::string{item.substr(role.size() + 1)}));
}

/// Whether words are kept of a type that is gone for good.
Result<bool> knows_purged_type(Connection& connection, const Schema& schema)
{
    MORTISE_TRY(Statement * known, connection.cached("SELECT type FROM known"));
    bool found = false;
    while (true) {
        MORTISE_TRY(const bool more, known->step());
        if (!more) break;
        found = found || !schema.find(known->integer(0));
    }
    known->reset();
    return found;
}

} // namespace

SearchIndex::SearchIndex(Database& records, GetSchema schema)
    : m_records{records},
      m_schema{std::move(schema)}
{
}

SearchIndex::~SearchIndex()
{
    stop();
}

void SearchIndex::start(std::filesystem::path file, std::int64_t last)
{
    m_file = std::move(file);
    m_last.store(last, std::memory_order_release);
    m_thread = std::thread{[this] { follow(); }};
}

void SearchIndex::notify(std::int64_t last) noexcept
{
    m_last.store(last); // in one order with m_rests, so that one of the two threads sees the other
    if (!m_rests.load()) return; // it looks again before it rests
    const std::scoped_lock lock{m_mutex};
    m_changed.notify_all();
}

void SearchIndex::stop()
{
    {
        const std::scoped_lock lock{m_mutex};
        m_stopping = true;
    }
    m_changed.notify_all();
    if (m_thread.joinable()) m_thread.join();
}

bool SearchIndex::wait_until_fresh(std::chrono::milliseconds patience)
{
    const std::int64_t wanted = m_last.load(std::memory_order_acquire);
    m_changed.notify_all(); // types may have changed
    std::unique_lock lock{m_mutex};
    const auto is_fresh = [&] {
        return m_status.types_to_read == 0 && m_status.seen_to >= wanted && !m_status.is_forgetting
            && m_types_epoch == m_schema()->epoch();
    };
    m_changed.wait_for(lock, patience, [&] { return m_stopping || !m_status.problem.empty() || is_fresh(); });
    return is_fresh();
}

SearchStatus SearchIndex::status() const
{
    const std::scoped_lock lock{m_mutex};
    SearchStatus status = m_status;
    status.behind = std::max<std::int64_t>(0, m_last.load(std::memory_order_acquire) - status.seen_to);
    return status;
}

Result<ReadLease> SearchIndex::read()
{
    if (m_file.empty()) // it was never started
        return Error{
            ErrorCode::unsupported, "this host indexes nothing to search in", "search.not_started", {}, {}
        };
    std::unique_lock lock{m_mutex};
    m_changed.wait(lock, [&] { return m_is_open || m_stopping || !m_status.problem.empty(); });
    if (m_is_open) return m_database->read();
    return Error{
        .code = ErrorCode::state,
        .message = m_stopping ? "the host is shutting down" : "search does not work: " + m_status.problem,
        .key = "search.closed",
        .where = {},
        .hint = "\"mortise status\" tells more",
    };
}

void SearchIndex::follow()
{
    (void)::setpriority(PRIO_PROCESS, 0, nice_value); // of this thread alone
    while (true) {
        Result<bool> worked = true;
        if (!m_is_open) { // only this thread sets it
            if (auto opened = open_file(); !opened) worked = std::move(opened).error();
        }
        if (worked) worked = step();
        std::unique_lock lock{m_mutex};
        m_status.problem = worked ? std::string{} : worked.error().message;
        m_status.types_to_read = m_unread.size();
        m_types_epoch = m_known_epoch;
        m_changed.notify_all();
        if (m_stopping) return;
        if (!worked) {
            m_changed.wait_for(lock, pause_after_problem, [&] { return m_stopping; });
            if (m_stopping) return;
            continue;
        }
        lock.unlock();
        rest(*worked);
        lock.lock();
        if (m_stopping) return;
    }
}

/// Waits for events when there is nothing to do, and a moment when there is little.
void SearchIndex::rest(bool worked)
{
    std::unique_lock lock{m_mutex};
    const auto has_work
        = [&] { return m_last.load() > m_status.seen_to || m_schema()->epoch() != m_known_epoch; };
    if (!worked && m_must_forget) { // a reader was in the way
        m_changed.wait_for(lock, std::chrono::milliseconds{100}, [&] { return m_stopping; });
        return;
    }
    if (!worked) {
        m_rests.store(true);
        // New types come without an event; they are looked for now and then.
        while (!m_stopping && !has_work())
            m_changed.wait_for(lock, std::chrono::seconds{2});
        m_rests.store(false);
    }
    if (m_last.load(std::memory_order_acquire) - m_status.seen_to < events_at_once / 10 && m_unread.empty())
        m_changed.wait_for(lock, pause, [&] { return m_stopping; });
}

Result<void> SearchIndex::open_file()
{
    const DatabaseOptions options{
        .create = true,
        .cache_bytes = 32LL << 20,
        .synchronous = Synchronous::normal, // what a power cut takes is read from the log again
        .readers = 1,
        .checkpoint_bytes = 16LL << 20,
    };
    const auto note_open = [this]() -> Result<void> {
        const std::scoped_lock lock{m_mutex};
        m_is_open = true;
        return {};
    };
    auto opened = Database::open(m_file, options);
    if (opened) {
        m_database = *std::move(opened);
        if (open_tables()) return note_open();
        m_database.reset();
    }
    // Damaged, or no database at all: it holds nothing that is not elsewhere.
    std::error_code ignored;
    for (const char* end : {"", "-wal", "-shm"})
        std::filesystem::remove(m_file.native() + end, ignored);
    MORTISE_TRY(m_database, Database::open(m_file, options));
    MORTISE_CHECK(open_tables());
    return note_open();
}

Result<void> SearchIndex::open_tables()
{
    Connection& connection = m_database->writer();
    MORTISE_CHECK(connection.begin());
    MORTISE_CHECK(connection.execute(tables));
    MORTISE_CHECK(check_origin());
    MORTISE_TRY(const std::string forget, kept("forget"));
    m_must_forget = !forget.empty(); // the process ended before it had
    return connection.commit();
}

/// An index that follows another log than this one, or a later state of it that was lost, starts anew.
Result<void> SearchIndex::check_origin()
{
    MORTISE_TRY(const std::string cursor, kept("cursor"));
    MORTISE_TRY(const std::string leaf, kept("leaf"));
    const std::int64_t number = number_of(cursor);
    MORTISE_TRY(const std::string expected, leaf_of(number));
    if (cursor.empty() || leaf != expected) return start_anew();
    const std::scoped_lock lock{m_mutex};
    m_status.seen_to = number;
    return {};
}

Result<void> SearchIndex::start_anew()
{
    Connection& connection = m_database->writer();
    MORTISE_CHECK(connection.execute(std::string{"DROP TABLE doc; DELETE FROM known;"} + tables));
    const std::int64_t last = m_last.load(std::memory_order_acquire);
    MORTISE_CHECK(keep("cursor", std::to_string(last)));
    MORTISE_TRY(const std::string leaf, leaf_of(last));
    MORTISE_CHECK(keep("leaf", leaf));
    MORTISE_CHECK(keep("forget", "yes")); // what was in it is in free space still
    m_must_forget = true;
    const std::scoped_lock lock{m_mutex};
    m_status.seen_to = last;
    m_status.is_forgetting = true;
    return {};
}

Result<std::string> SearchIndex::leaf_of(std::int64_t event)
{
    if (event == 0) return std::string{"none"};
    const ReadLease reader = m_records.read();
    MORTISE_TRY(Statement * select, reader->cached("SELECT leaf FROM \"mt$event\" WHERE number = ?"));
    select->bind(1, event);
    MORTISE_TRY(const bool found, select->step());
    std::string leaf = found ? hex(select->bytes(0)) : std::string{};
    select->reset();
    return leaf;
}

Result<void> SearchIndex::keep(const char* name, const std::string& value)
{
    MORTISE_TRY(
        Statement * write,
        m_database->writer().cached("INSERT OR REPLACE INTO meta (name, value) VALUES (?,?)")
    );
    write->bind(1, name);
    write->bind(2, std::string_view{value});
    return write->run();
}

Result<std::string> SearchIndex::kept(const char* name)
{
    MORTISE_TRY(Statement * read, m_database->writer().cached("SELECT value FROM meta WHERE name = ?"));
    read->bind(1, name);
    MORTISE_TRY(const bool found, read->step());
    std::string value{found ? read->text(0) : std::string_view{}};
    read->reset();
    return value;
}

/// One piece of work: events first, then types that were never read, then tidying. False: nothing to do.
Result<bool> SearchIndex::step()
{
    Connection& connection = m_database->writer();
    bool has_events = false;
    auto done = [&]() -> Result<bool> {
        MORTISE_CHECK(connection.begin());
        MORTISE_CHECK(look_at_types());
        MORTISE_TRY(bool worked, read_events());
        has_events = worked;
        if (!worked) {
            MORTISE_TRY(worked, read_type());
        }
        if (!worked) {
            MORTISE_TRY(worked, merge_some());
        }
        MORTISE_CHECK(connection.commit());
        return worked;
    }();
    if (!done) {
        (void)connection.rollback();
        m_known_epoch = 0; // what was read of types may be undone
        return done;
    }
    MORTISE_CHECK(m_database->checkpoint_if_large());
    if (m_must_forget && !has_events) MORTISE_CHECK(forget());
    MORTISE_TRY(const std::string cursor, kept("cursor"));
    const std::scoped_lock lock{m_mutex};
    m_status.seen_to = number_of(cursor);
    m_status.is_forgetting = m_must_forget;
    return done;
}

/// Segments that were merged leave copies in the gaps of pages: only writing the file anew clears them.
Result<void> SearchIndex::forget()
{
    MORTISE_CHECK(m_database->writer().execute("VACUUM"));
    MORTISE_TRY(const bool cut, m_database->checkpoint_truncate());
    m_must_forget = !cut; // a reader was in the way: with the next step
    return cut ? keep("forget", "") : Result<void>{};
}

/// Finds the types whose documents are not there, or were made of other fields.
Result<void> SearchIndex::look_at_types()
{
    const SchemaPointer schema = m_schema();
    if (schema->epoch() == m_known_epoch) return {};
    Connection& connection = m_database->writer();
    MORTISE_TRY(const bool has_purged, knows_purged_type(connection, *schema));
    if (has_purged) MORTISE_CHECK(start_anew());
    for (const TypePointer& type : schema->types()) {
        MORTISE_TRY(
            Statement * change,
            connection.cached(
                "INSERT INTO known (type, signature, unread) VALUES (?1, ?2, 0) ON CONFLICT (type) DO UPDATE "
                "SET signature = ?2, unread = 0 WHERE signature <> ?2"
            )
        );
        change->bind(1, type->id);
        change->bind(2, std::string_view{search_signature(*type)});
        MORTISE_CHECK(change->run());
    }
    m_unread.clear();
    MORTISE_TRY(
        Statement * unread,
        connection.cached("SELECT type, unread FROM known WHERE unread >= 0 ORDER BY type")
    );
    for (;;) {
        MORTISE_TRY(const bool more, unread->step());
        if (!more) break;
        m_unread.push_back({unread->integer(0), unread->integer(1)});
    }
    unread->reset();
    m_known_epoch = schema->epoch();
    return {};
}

Result<bool> SearchIndex::read_events()
{
    MORTISE_TRY(const std::string cursor, kept("cursor"));
    const std::int64_t from = number_of(cursor);
    const std::int64_t last = m_last.load(std::memory_order_acquire);
    if (last <= from) return false;
    const std::int64_t to = std::min(last, from + events_at_once);
    const SchemaPointer schema = m_schema();
    const TypePointer contact = schema->find("contact");
    const TypePointer point = schema->find("contact_point");
    std::set<std::pair<std::int64_t, std::int64_t>> records;
    bool must_forget = false;
    {
        const ReadLease reader = m_records.read();
        MORTISE_TRY(
            Statement * select,
            reader->cached(
                "SELECT subject, subject_type, links, type = (SELECT id FROM \"mt$name\" WHERE text = "
                "'contact.erased') FROM \"mt$event\" WHERE number > ? AND number <= ? AND subject IS "
                "NOT NULL"
            )
        );
        select->bind(1, from);
        select->bind(2, to);
        for (;;) {
            MORTISE_TRY(const bool more, select->step());
            if (!more) break;
            records.emplace(select->integer(1), select->integer(0));
            must_forget |= select->integer(3) != 0;
            if (!point || !contact || select->integer(1) != point->id) continue;
            std::vector<std::int64_t> contacts; // whose addresses they are
            linked(select->text(2), "contact", contacts);
            for (const std::int64_t id : contacts)
                records.emplace(contact->id, id);
        }
        select->reset();
    }
    MORTISE_CHECK(write(records));
    if (must_forget) { // until segments are merged, words of former documents stay in them
        MORTISE_CHECK(m_database->writer().execute("INSERT INTO doc(doc) VALUES ('optimize')"));
        MORTISE_CHECK(keep("forget", "yes"));
        m_must_forget = true;
    }
    MORTISE_CHECK(keep("cursor", std::to_string(to)));
    MORTISE_TRY(const std::string leaf, leaf_of(to));
    MORTISE_CHECK(keep("leaf", leaf));
    return true;
}

Result<bool> SearchIndex::read_type()
{
    if (m_unread.empty()) return false;
    Unread& unread = m_unread.front();
    const TypePointer type = m_schema()->find(unread.type);
    std::set<std::pair<std::int64_t, std::int64_t>> records;
    std::int64_t done = -1;
    if (type && is_searchable(*type)) {
        const ReadLease reader = m_records.read();
        MORTISE_TRY(
            Statement * select,
            reader->cached(
                "SELECT id FROM " + quoted_name(type->table) + " WHERE id > ? ORDER BY id LIMIT "
                + std::to_string(records_at_once)
            )
        );
        select->bind(1, unread.done);
        for (;;) {
            MORTISE_TRY(const bool more, select->step());
            if (!more) break;
            records.emplace(type->id, select->integer(0));
        }
        select->reset();
        if (!records.empty()) done = records.rbegin()->second;
    }
    MORTISE_CHECK(write(records));
    MORTISE_TRY(Statement * note, m_database->writer().cached("UPDATE known SET unread = ? WHERE type = ?"));
    note->bind(1, done);
    note->bind(2, unread.type);
    MORTISE_CHECK(note->run());
    if (done >= 0)
        unread.done = done;
    else
        m_unread.erase(m_unread.begin());
    return true;
}

Result<void> SearchIndex::write(const std::set<std::pair<std::int64_t, std::int64_t>>& records)
{
    if (records.empty()) return {};
    const SchemaPointer schema = m_schema();
    const ReadLease reader = m_records.read();
    Connection& connection = m_database->writer();
    MORTISE_TRY(
        Statement * insert,
        connection.cached("INSERT OR REPLACE INTO doc (rowid, title, body, scope) VALUES (?,?,?,?)")
    );
    MORTISE_TRY(Statement * remove, connection.cached("DELETE FROM doc WHERE rowid = ?"));
    for (const auto& [type_id, id] : records) {
        const TypePointer type = schema->find(type_id);
        if (!type) continue;
        std::optional<SearchDocument> document;
        if (is_searchable(*type)) {
            MORTISE_TRY(document, make_document(*reader, *schema, *type, Id{id}));
        }
        if (!document) {
            remove->bind(1, id);
            MORTISE_CHECK(remove->run());
            continue;
        }
        insert->bind(1, id);
        insert->bind_borrowed(2, document->title);
        insert->bind_borrowed(3, document->body);
        insert->bind_borrowed(4, document->scope);
        MORTISE_CHECK(insert->run());
        ++m_since_merge;
    }
    return {};
}

/// After much was read, brings the parts of the index together, a little at a time, so that reads are fast.
Result<bool> SearchIndex::merge_some()
{
    if (m_since_merge < worth_a_merge) return false;
    Connection& connection = m_database->writer();
    MORTISE_TRY(Statement count, connection.prepare("SELECT total_changes()"));
    const auto changes = [&]() -> Result<std::int64_t> {
        MORTISE_CHECK(count.step());
        const std::int64_t number = count.integer(0);
        count.reset();
        return number;
    };
    MORTISE_TRY(const std::int64_t before, changes());
    MORTISE_CHECK(connection.execute("INSERT INTO doc (doc, rank) VALUES ('merge', -2000)"));
    MORTISE_TRY(const std::int64_t after, changes());
    if (after - before < 2) m_since_merge = 0; // nothing was left to bring together
    return m_since_merge != 0;
}

} // namespace mortise::host
