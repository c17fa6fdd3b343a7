#include "exchange/import/origins.hpp"

#include "store/database.hpp"

namespace mortise::host {

Result<Id> Origins::find(std::string_view source, std::int64_t number) const
{
    const ReadLease reader = m_database.read();
    MORTISE_TRY(
        Statement * select,
        reader->cached(R"(SELECT o.record FROM "mt$origin_database" d JOIN "mt$origin" o ON o.database = d.id
            WHERE d.name = ?1 AND o.number = ?2)")
    );
    select->bind(1, source);
    select->bind(2, number);
    MORTISE_TRY(const bool found, select->step());
    const Id record{found ? select->integer(0) : 0};
    select->reset();
    return record;
}

Result<void>
Origins::remember(Connection& connection, std::string_view source, std::int64_t number, Id record)
{
    MORTISE_TRY(
        Statement * name,
        connection.cached(R"(INSERT OR IGNORE INTO "mt$origin_database" (name) VALUES (?1))")
    );
    name->bind(1, source);
    MORTISE_CHECK(name->run());
    MORTISE_TRY(
        Statement * insert, connection.cached(R"(INSERT OR REPLACE INTO "mt$origin" (database, number, record)
            SELECT id, ?2, ?3 FROM "mt$origin_database" WHERE name = ?1)")
    );
    insert->bind(1, source);
    insert->bind(2, number);
    insert->bind(3, record.number);
    return insert->run();
}

} // namespace mortise::host
