#include "plugins/plugin_store.hpp"

#include "base/clock.hpp"
#include "base/json.hpp"
#include "plugins/quotas.hpp"
#include "plugins/unit_commit.hpp"
#include "records/writer.hpp"
#include "store/database.hpp"

#include <span>

namespace mortise::host {

namespace {

/// For databases from before the column was.
Result<void> add_missing_column(
    Connection& connection, const std::string& table, std::string_view column, const std::string& kind
)
{
    MORTISE_TRY(Statement look, connection.prepare("SELECT 1 FROM pragma_table_info(?1) WHERE name = ?2"));
    look.bind(1, table);
    look.bind(2, column);
    MORTISE_TRY(const bool is_there, look.step());
    if (is_there) return {};
    return connection.execute("ALTER TABLE \"" + table + "\" ADD COLUMN " + std::string{column} + ' ' + kind);
}

std::string permissions_text(const std::vector<std::string>& permissions)
{
    List list;
    for (const std::string& permission : permissions)
        list.emplace_back(permission);
    return json_text(Value{std::move(list)});
}

Result<std::vector<std::string>> permissions_in(std::string_view text)
{
    MORTISE_TRY(const Value list, parse_value(text, "permissions of a plugin"));
    std::vector<std::string> permissions;
    for (const Value& permission : list.get_or(List{}))
        permissions.emplace_back(permission.text());
    return permissions;
}

Result<Map> read_settings(Statement& select, std::string_view plugin, std::size_t prefix)
{
    select.bind(1, plugin);
    Map settings;
    while (true) {
        MORTISE_TRY(const bool more, select.step());
        if (!more) break;
        MORTISE_TRY(Value value, parse_value(select.text(1), "setting"));
        settings.append(std::string{select.text(0).substr(prefix)}, std::move(value));
    }
    return settings;
}

} // namespace

PluginStore::PluginStore(Database& database, Writer& writer, const Clock& clock)
    : m_database{database},
      m_writer{writer},
      m_clock{clock}
{
}

Result<void> PluginStore::open()
{
    return m_writer.run([](Connection& connection) -> Result<void> {
        MORTISE_CHECK(connection.execute(R"(
            CREATE TABLE IF NOT EXISTS "mt$plugin" (id TEXT PRIMARY KEY, enabled INTEGER NOT NULL, version TEXT NOT NULL,
                chosen TEXT NOT NULL, granted TEXT NOT NULL, migrating_from TEXT NOT NULL, migrated_type TEXT NOT NULL,
                migrated_to INTEGER NOT NULL, changed INTEGER NOT NULL, previous TEXT NOT NULL DEFAULT '',
                dropped TEXT NOT NULL DEFAULT '[]') WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS "mt$setting" (plugin TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
                changed INTEGER NOT NULL, PRIMARY KEY (plugin, name)) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS "mt$secret" (plugin TEXT NOT NULL, name TEXT NOT NULL, sealed BLOB NOT NULL,
                changed INTEGER NOT NULL, PRIMARY KEY (plugin, name)) WITHOUT ROWID;
        )"));
        MORTISE_CHECK(add_missing_column(connection, "mt$plugin", "previous", "TEXT NOT NULL DEFAULT ''"));
        MORTISE_CHECK(add_missing_column(connection, "mt$plugin", "dropped", "TEXT NOT NULL DEFAULT '[]'"));
        return create_answer_table(connection);
    });
}

Result<std::map<std::string, PluginRecord>> PluginStore::load()
{
    const ReadLease reader = m_database.read();
    MORTISE_TRY(
        Statement * select,
        reader->cached(
            R"(SELECT id, enabled, version, chosen, granted, migrating_from, migrated_type, migrated_to,
                          previous, dropped FROM "mt$plugin")"
        )
    );
    std::map<std::string, PluginRecord> records;
    while (true) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) break;
        PluginRecord record;
        record.id = select->text(0);
        record.enabled = select->integer(1) != 0;
        record.version = select->text(2);
        record.chosen = select->text(3);
        MORTISE_TRY(record.granted, permissions_in(select->text(4)));
        record.migrating_from = select->text(5);
        record.migrated_type = select->text(6);
        record.migrated_to = select->integer(7);
        record.previous = select->text(8);
        MORTISE_TRY(record.dropped, permissions_in(select->text(9)));
        records.emplace(record.id, std::move(record));
    }
    return records;
}

Result<void> PluginStore::save(const PluginRecord& record)
{
    const std::string granted = permissions_text(record.granted);
    const std::string dropped = permissions_text(record.dropped);
    return m_writer.run([&](Connection& connection) -> Result<void> {
        MORTISE_TRY(
            Statement * upsert,
            connection.cached(
                R"(INSERT INTO "mt$plugin" (id, enabled, version, chosen, granted, migrating_from,
                migrated_type, migrated_to, changed, previous, dropped)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
                ON CONFLICT (id) DO UPDATE SET enabled = ?2, version = ?3, chosen = ?4, granted = ?5,
                migrating_from = ?6, migrated_type = ?7, migrated_to = ?8, changed = ?9, previous = ?10,
                dropped = ?11)"
            )
        );
        upsert->bind(1, record.id);
        upsert->bind(2, record.enabled);
        upsert->bind(3, record.version);
        upsert->bind(4, record.chosen);
        upsert->bind(5, granted);
        upsert->bind(6, record.migrating_from);
        upsert->bind(7, record.migrated_type);
        upsert->bind(8, record.migrated_to);
        upsert->bind(9, m_clock.now().microseconds);
        upsert->bind(10, record.previous);
        upsert->bind(11, dropped);
        return upsert->run();
    });
}

Result<void> PluginStore::forget(const std::string& id)
{
    return m_writer.run([&](Connection& connection) -> Result<void> {
        for (const char* sql :
             {R"(DELETE FROM "mt$plugin" WHERE id = ?)",
              R"(DELETE FROM "mt$setting" WHERE plugin = ?)",
              R"(DELETE FROM "mt$secret" WHERE plugin = ?)"}) {
            MORTISE_TRY(Statement * remove, connection.cached(sql));
            remove->bind(1, id);
            MORTISE_CHECK(remove->run());
        }
        return {};
    });
}

Result<Map> PluginStore::settings(std::string_view plugin)
{
    const ReadLease reader = m_database.read();
    MORTISE_TRY(
        Statement * select,
        reader->cached(R"(SELECT name, value FROM "mt$setting" WHERE plugin = ? AND name NOT GLOB 'quota.*'
                          AND name NOT GLOB 'net.*' AND name NOT GLOB 'host.*' ORDER BY name)")
    );
    return read_settings(*select, plugin, 0);
}

Result<Map> PluginStore::host_settings(std::string_view plugin, std::string_view prefix)
{
    const ReadLease reader = m_database.read();
    MORTISE_TRY(
        Statement * select,
        reader->cached(
            R"(SELECT name, value FROM "mt$setting" WHERE plugin = ? AND name GLOB ? ORDER BY name)"
        )
    );
    select->bind(2, std::string{prefix} + '*');
    return read_settings(*select, plugin, prefix.size());
}

Result<void> PluginStore::set_setting(std::string_view plugin, std::string_view name, const Value& value)
{
    return m_writer.run([&](Connection& connection) -> Result<void> {
        const char* sql = value.is_null()
            ? R"(DELETE FROM "mt$setting" WHERE plugin = ?1 AND name = ?2)"
            : R"(INSERT INTO "mt$setting" (plugin, name, value, changed) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (plugin, name) DO UPDATE SET value = ?3, changed = ?4)";
        MORTISE_TRY(Statement * write, connection.cached(sql));
        write->bind(1, plugin);
        write->bind(2, name);
        if (!value.is_null()) {
            write->bind(3, json_text(value));
            write->bind(4, m_clock.now().microseconds);
        }
        return write->run();
    });
}

Result<void> PluginStore::set_secret(
    std::string_view plugin, std::string_view name, const std::optional<std::string>& sealed
)
{
    return m_writer.run([&](Connection& connection) -> Result<void> {
        const char* sql = sealed
            ? R"(INSERT INTO "mt$secret" (plugin, name, sealed, changed) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (plugin, name) DO UPDATE SET sealed = ?3, changed = ?4)"
            : R"(DELETE FROM "mt$secret" WHERE plugin = ?1 AND name = ?2)";
        MORTISE_TRY(Statement * write, connection.cached(sql));
        write->bind(1, plugin);
        write->bind(2, name);
        if (sealed) {
            write->bind_bytes(3, std::as_bytes(std::span{*sealed}));
            write->bind(4, m_clock.now().microseconds);
        }
        return write->run();
    });
}

Result<std::optional<std::string>> PluginStore::secret(std::string_view plugin, std::string_view name)
{
    const ReadLease reader = m_database.read();
    MORTISE_TRY(
        Statement * select, reader->cached(R"(SELECT sealed FROM "mt$secret" WHERE plugin = ? AND name = ?)")
    );
    select->bind(1, plugin);
    select->bind(2, name);
    MORTISE_TRY(const bool found, select->step());
    std::optional<std::string> sealed;
    if (found) {
        const auto bytes = select->bytes(0);
        sealed.emplace(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }
    select->reset();
    return sealed;
}

Result<std::vector<std::string>> PluginStore::secrets(std::string_view plugin)
{
    const ReadLease reader = m_database.read();
    MORTISE_TRY(
        Statement * select, reader->cached(R"(SELECT name FROM "mt$secret" WHERE plugin = ? ORDER BY name)")
    );
    select->bind(1, plugin);
    std::vector<std::string> names;
    while (true) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) return names;
        names.emplace_back(select->text(0));
    }
}

} // namespace mortise::host
