#include "records/bulk_load.hpp"

#include "records/catalog.hpp"
#include "records/field_indexes.hpp"
#include "records/sort_key.hpp"
#include "store/connection.hpp"

#include <utility>

namespace mortise::host {

namespace {

std::vector<FieldIndex> indexes_of(const RecordType& type)
{
    std::vector<FieldIndex> indexes;
    for (const Field& field : type.fields) {
        if (field.indexed && field.kind != FieldKind::reference) indexes.push_back(lookup_index(type, field));
        if (field.sorted) indexes.push_back(sort_index(type, field));
    }
    return indexes;
}

/// While this lives, sorting takes little memory: the writer's cache is as large as what is sorted may
/// become, and without a limit it would all be held at once.
class LittleMemory {
public:
    static constexpr const char* cache = "-65536"; // KiB

    static Result<LittleMemory> on(Connection& connection)
    {
        MORTISE_TRY(Statement * select, connection.cached("PRAGMA cache_size"));
        MORTISE_CHECK(select->step());
        const std::int64_t before = select->integer(0);
        select->reset();
        MORTISE_CHECK(connection.execute(std::string{"PRAGMA cache_size = "} + cache));
        (void)connection.execute("PRAGMA temp_store = FILE"); // refused where something temporary is held
        return LittleMemory{connection, before};
    }
    LittleMemory(LittleMemory&& other) noexcept
        : m_connection{std::exchange(other.m_connection, nullptr)},
          m_before{other.m_before}
    {
    }
    LittleMemory& operator=(LittleMemory&&) = delete;
    ~LittleMemory()
    {
        if (!m_connection) return;
        (void)m_connection->execute("PRAGMA temp_store = MEMORY");
        (void)m_connection->execute("PRAGMA cache_size = " + std::to_string(m_before));
    }

private:
    LittleMemory(Connection& connection, std::int64_t before)
        : m_connection{&connection},
          m_before{before} { }

    Connection* m_connection;
    std::int64_t m_before;
};

Result<bool> is_there(Connection& connection, const FieldIndex& index)
{
    MORTISE_TRY(
        Statement * select,
        connection.cached("SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = ?1")
    );
    select->bind(1, std::string_view{index.name});
    const auto found = select->step();
    select->reset();
    return found;
}

} // namespace

Result<void> set_indexes_aside(Connection& connection, const RecordType& type)
{
    MORTISE_TRY(const SchemaPointer schema, read_schema(connection));
    for (const TypePointer& each : schema->types()) {
        const bool comes_along = type.name == "contact" && each->name == "contact_point";
        if (each->id != type.id && !comes_along) continue;
        for (const FieldIndex& index : indexes_of(*each))
            MORTISE_CHECK(connection.execute("DROP INDEX IF EXISTS " + quoted_name(index.name)));
    }
    MORTISE_TRY(
        Statement * note, connection.cached("INSERT OR REPLACE INTO \"mt$meta\" VALUES ('indexes_aside', ?1)")
    );
    note->bind(1, std::string_view{type.name});
    return note->run();
}

Result<bool> has_indexes_aside(Connection& connection)
{
    MORTISE_TRY(
        Statement * select, connection.cached("SELECT 1 FROM \"mt$meta\" WHERE name = 'indexes_aside'")
    );
    const auto found = select->step();
    select->reset();
    return found;
}

Result<bool> bring_back_index(Connection& connection)
{
    MORTISE_TRY(const bool any, has_indexes_aside(connection));
    if (!any) return false;
    // By what is declared now: types may have changed since.
    MORTISE_TRY(const SchemaPointer schema, read_schema(connection));
    for (const TypePointer& type : schema->types())
        for (const FieldIndex& index : indexes_of(*type)) {
            MORTISE_TRY(const bool there, is_there(connection, index));
            if (there) continue;
            MORTISE_TRY(const LittleMemory held, LittleMemory::on(connection));
            MORTISE_CHECK(connection.execute(index.sql));
            return true;
        }
    MORTISE_CHECK(connection.execute("DELETE FROM \"mt$meta\" WHERE name = 'indexes_aside'"));
    return false;
}

} // namespace mortise::host
