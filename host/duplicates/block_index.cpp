#include "duplicates/block_index.hpp"

#include "store/database.hpp"

#include <algorithm>
#include <span>

namespace mortise::host {

namespace {

using matching::BlockKey;
using matching::Profile;

constexpr std::int64_t file_version = 1;
constexpr std::int64_t cache_bytes = std::int64_t{32} << 20;

constexpr const char* tables = R"(
    CREATE TABLE IF NOT EXISTS state (only INTEGER PRIMARY KEY CHECK (only = 1), version INTEGER NOT NULL,
        filled INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS profile (contact INTEGER PRIMARY KEY, block BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS entry (key INTEGER NOT NULL, contact INTEGER NOT NULL, PRIMARY KEY (key, contact))
        WITHOUT ROWID;
)";

/// Keys have more than the bits that a version of blocks and of profiles may change: both are in the version.
constexpr std::int64_t version_of_all = file_version * 1000 + Profile::version;

std::string text_of(std::span<const std::byte> bytes)
{
    std::string text(bytes.size(), '\0');
    std::ranges::transform(bytes, text.begin(), [](std::byte byte) { return static_cast<char>(byte); });
    return text;
}

/// Runs `work` in a transaction.
template <class Work>
Result<void> in_transaction(Connection& connection, Work work)
{
    MORTISE_CHECK(connection.begin());
    Result<void> done = work();
    if (done) done = connection.commit();
    if (!done) static_cast<void>(connection.rollback());
    return done;
}

Result<void> write_state(Connection& connection, bool is_filled)
{
    MORTISE_TRY(Statement * write, connection.cached("INSERT OR REPLACE INTO state VALUES (1, ?1, ?2)"));
    write->bind(1, version_of_all);
    write->bind(2, is_filled);
    return write->run();
}

Result<void> insert_profile(Connection& connection, Id contact, std::string_view block)
{
    MORTISE_TRY(Statement * insert, connection.cached("INSERT OR REPLACE INTO profile VALUES (?1, ?2)"));
    insert->bind(1, contact.number);
    insert->bind_bytes_borrowed(2, std::as_bytes(std::span{block.data(), block.size()}));
    return insert->run();
}

Result<void> insert_entry(Connection& connection, BlockKey key, Id contact)
{
    MORTISE_TRY(Statement * insert, connection.cached("INSERT OR IGNORE INTO entry VALUES (?1, ?2)"));
    insert->bind(1, static_cast<std::int64_t>(key));
    insert->bind(2, contact.number);
    return insert->run();
}

} // namespace

BlockIndex::BlockIndex() = default;
BlockIndex::~BlockIndex() = default;

Result<void> BlockIndex::open(const std::filesystem::path& file)
{
    const std::scoped_lock lock{m_mutex};
    m_file = file;
    return std::filesystem::exists(file) ? open_file() : Result<void>{};
}

/// The mutex is held.
Result<void> BlockIndex::open_file()
{
    MORTISE_TRY(
        m_database,
        Database::open(
            m_file,
            DatabaseOptions{
                .create = true, .cache_bytes = cache_bytes, .synchronous = Synchronous::normal, .readers = 1
            }
        )
    );
    Connection& connection = m_database->writer();
    MORTISE_CHECK(connection.execute("PRAGMA secure_delete = ON")); // what is erased leaves no bytes
    MORTISE_CHECK(connection.execute(tables));
    MORTISE_TRY(Statement * state, connection.cached("SELECT version, filled FROM state"));
    MORTISE_TRY(const bool found, state->step());
    const bool is_ours = found && state->integer(0) == version_of_all;
    m_is_filled = is_ours && state->integer(1) != 0;
    state->reset();
    if (is_ours) return {};
    return in_transaction(connection, [&]() -> Result<void> {
        MORTISE_CHECK(connection.execute("DELETE FROM profile; DELETE FROM entry"));
        return write_state(connection, false);
    });
}

bool BlockIndex::is_filled() const
{
    const std::scoped_lock lock{m_mutex};
    return m_is_filled;
}

Result<void> BlockIndex::fill(const matching::ProfileStore& profiles, const matching::Blocks& blocks)
{
    const std::scoped_lock lock{m_mutex};
    if (!m_database) MORTISE_CHECK(open_file());
    Connection& connection = m_database->writer();
    MORTISE_CHECK(in_transaction(connection, [&]() -> Result<void> {
        MORTISE_CHECK(connection.execute("DELETE FROM profile; DELETE FROM entry"));
        for (std::size_t at = 0; at < profiles.size(); ++at)
            MORTISE_CHECK(insert_profile(connection, {profiles.id(at)}, profiles[at].block()));
        Result<void> done; // in their order, so that the table grows at its end
        blocks.each_entry([&](BlockKey key, std::size_t at) {
            if (done) done = insert_entry(connection, key, {profiles.id(at)});
        });
        MORTISE_CHECK(std::move(done));
        return write_state(connection, true);
    }));
    m_is_filled = true;
    return m_database->checkpoint_if_large();
}

Result<std::optional<std::string>> BlockIndex::block_of(Connection& connection, Id contact)
{
    MORTISE_TRY(Statement * select, connection.cached("SELECT block FROM profile WHERE contact = ?1"));
    select->bind(1, contact.number);
    MORTISE_TRY(const bool found, select->step());
    std::optional<std::string> block;
    if (found) block = text_of(select->bytes(0));
    select->reset();
    return block;
}

Result<void> BlockIndex::take_out(Connection& connection, Id contact, std::string_view block)
{
    std::vector<BlockKey> keys;
    block_keys(Profile{block}, keys);
    MORTISE_TRY(Statement * remove, connection.cached("DELETE FROM entry WHERE key = ?1 AND contact = ?2"));
    for (const BlockKey key : keys) {
        remove->bind(1, static_cast<std::int64_t>(key));
        remove->bind(2, contact.number);
        MORTISE_CHECK(remove->run());
    }
    MORTISE_TRY(Statement * forget, connection.cached("DELETE FROM profile WHERE contact = ?1"));
    forget->bind(1, contact.number);
    return forget->run();
}

Result<bool> BlockIndex::put(Id contact, std::string_view block)
{
    const std::scoped_lock lock{m_mutex};
    if (!m_database) return false;
    Connection& connection = m_database->writer();
    MORTISE_TRY(const auto before, block_of(connection, contact));
    if (before && *before == block) return false;
    MORTISE_CHECK(in_transaction(connection, [&]() -> Result<void> {
        if (before) MORTISE_CHECK(take_out(connection, contact, *before));
        std::vector<BlockKey> keys;
        block_keys(Profile{block}, keys);
        for (const BlockKey key : keys)
            MORTISE_CHECK(insert_entry(connection, key, contact));
        return insert_profile(connection, contact, block);
    }));
    MORTISE_CHECK(m_database->checkpoint_if_large());
    return true;
}

Result<void> BlockIndex::remove(Id contact)
{
    const std::scoped_lock lock{m_mutex};
    if (!m_database) return {};
    Connection& connection = m_database->writer();
    MORTISE_TRY(const auto before, block_of(connection, contact));
    if (!before) return {};
    return in_transaction(connection, [&] { return take_out(connection, contact, *before); });
}

Result<std::vector<IndexedProfile>> BlockIndex::candidates(const Profile& profile, Id self)
{
    const std::scoped_lock lock{m_mutex};
    if (!m_database) return std::vector<IndexedProfile>{};
    Connection& connection = m_database->writer();
    std::vector<BlockKey> keys;
    block_keys(profile, keys);
    std::vector<Id> found;
    MORTISE_TRY(Statement * select, connection.cached("SELECT contact FROM entry WHERE key = ?1 LIMIT ?2"));
    for (const BlockKey key : keys) {
        select->bind(1, static_cast<std::int64_t>(key));
        select->bind(2, static_cast<std::int64_t>(matching::most_of_block + 2));
        const std::size_t before = found.size();
        for (;;) {
            MORTISE_TRY(const bool more, select->step());
            if (!more) break;
            if (const Id contact{select->integer(0)}; contact != self) found.push_back(contact);
        }
        select->reset();
        if (found.size() - before > matching::most_of_block) found.resize(before); // too broad
    }
    std::ranges::sort(found);
    const auto repeated = std::ranges::unique(found);
    found.erase(repeated.begin(), repeated.end());
    std::vector<IndexedProfile> result;
    result.reserve(found.size());
    for (const Id contact : found) {
        MORTISE_TRY(auto block, block_of(connection, contact));
        if (block) result.push_back({contact, *std::move(block)});
    }
    return result;
}

} // namespace mortise::host
