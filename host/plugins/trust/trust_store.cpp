#include "plugins/trust/trust_store.hpp"

#include "base/clock.hpp"
#include "base/json.hpp"
#include "records/writer.hpp"
#include "store/database.hpp"

#include <boost/json.hpp>

namespace mortise::host {

Result<void> TrustStore::open()
{
    return m_writer.run([](Connection& connection) -> Result<void> {
        return connection.execute(R"(
            CREATE TABLE IF NOT EXISTS "mt$trust" (kind TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL,
                changed INTEGER NOT NULL, PRIMARY KEY (kind, name)) WITHOUT ROWID;
        )");
    });
}

Result<std::map<std::string, boost::json::object, std::less<>>> TrustStore::load(std::string_view kind)
{
    const ReadLease reader = m_database.read();
    MORTISE_TRY(
        Statement * select,
        reader->cached(R"(SELECT name, document FROM "mt$trust" WHERE kind = ? ORDER BY name)")
    );
    select->bind(1, kind);
    std::map<std::string, boost::json::object, std::less<>> found;
    while (true) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) return found;
        MORTISE_TRY(boost::json::value document, parse_json(select->text(1), "trust"));
        if (document.is_object()) found.emplace(select->text(0), std::move(document.get_object()));
    }
}

Result<void> TrustStore::save(
    std::string_view kind, std::string_view name, const std::optional<boost::json::object>& document
)
{
    return m_writer.run([&](Connection& connection) -> Result<void> {
        const char* sql = document
            ? R"(INSERT INTO "mt$trust" (kind, name, document, changed) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (kind, name) DO UPDATE SET document = ?3, changed = ?4)"
            : R"(DELETE FROM "mt$trust" WHERE kind = ?1 AND name = ?2)";
        MORTISE_TRY(Statement * write, connection.cached(sql));
        write->bind(1, kind);
        write->bind(2, name);
        if (document) {
            write->bind(3, to_json(*document));
            write->bind(4, m_clock.now().microseconds);
        }
        return write->run();
    });
}

Result<std::map<std::string, std::string>> TrustStore::take_former_keys()
{
    std::map<std::string, std::string> found;
    {
        const ReadLease reader = m_database.read();
        MORTISE_TRY(
            Statement * select,
            reader->cached(R"(SELECT plugin, value FROM "mt$setting" WHERE name = 'host.key')")
        );
        while (true) {
            MORTISE_TRY(const bool more, select->step());
            if (!more) break;
            MORTISE_TRY(const Value key, parse_value(select->text(1), "setting"));
            found.emplace(select->text(0), key.text());
        }
    }
    if (!found.empty())
        MORTISE_CHECK(m_writer.run([](Connection& connection) -> Result<void> {
            return connection.execute(R"(DELETE FROM "mt$setting" WHERE name = 'host.key')");
        }));
    return found;
}

} // namespace mortise::host
