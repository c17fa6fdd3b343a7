#include "identities/older_identities.hpp"

#include "records/identity_rules.hpp"
#include "records/records.hpp"
#include "records/row_storage.hpp"
#include "records/writer.hpp"
#include "store/database.hpp"

#include <vector>

namespace mortise::host {

namespace {

Result<bool> was_done(Connection& connection)
{
    MORTISE_TRY(
        Statement * select, connection.cached(R"(SELECT 1 FROM "mt$meta" WHERE name = 'identities_normal')")
    );
    MORTISE_TRY(const bool found, select->step());
    select->reset();
    return found;
}

Result<void> note_done(Connection& connection)
{
    return connection.execute(R"(INSERT OR REPLACE INTO "mt$meta" VALUES ('identities_normal', 1))");
}

/// Those that may have another form.
Result<std::vector<Row>> candidates(Connection& reader, const RecordType& type)
{
    const std::string name_space = quoted_name(type.fields[*type.slot("namespace")].column);
    const std::string value = quoted_name(type.fields[*type.slot("value")].column);
    MORTISE_TRY(
        Statement select,
        reader.prepare(
            type.sql.select + " WHERE deleted_at IS NULL AND (" + name_space + " <> lower(trim(" + name_space
            + ")) OR " + name_space + " IN ('email', 'phone') OR " + value + " <> trim(" + value
            + ")) ORDER BY id"
        )
    );
    std::vector<Row> rows;
    for (;;) {
        MORTISE_TRY(const bool more, select.step());
        if (!more) return rows;
        rows.push_back(read_row(select, type));
    }
}

} // namespace

Result<void> take_up_older_identities(Database& database, Writer& writer, Records& records)
{
    const SchemaPointer schema = records.schema();
    const RecordType& type = *schema->find("identity");
    std::vector<Row> rows;
    {
        const ReadLease reader = database.read();
        MORTISE_TRY(const bool done, was_done(*reader));
        if (done) return {};
        MORTISE_TRY(rows, candidates(*reader, type));
    }
    CallContext context;
    context.principal = Principal::system();
    context.client = "upgrade";
    for (const Row& row : rows) {
        const std::string name_space = identity_namespace(value_of(type, row, "namespace").text());
        const auto value = identity_value(name_space, value_of(type, row, "value").text(), schema->country());
        if (!value || value->empty()) continue;
        if (value_of(type, row, "namespace").text() == name_space
            && value_of(type, row, "value").text() == *value)
            continue;
        UnitOfWork unit;
        unit.despite_restrictions = true; // only the form of what is kept changes
        unit.changes.push_back(
            {.operation = Operation::update,
             .type = type.name,
             .id = row.id,
             .version = row.version,
             .values = {{"namespace", name_space}, {"value", *value}}}
        );
        const auto written = records.commit(context, unit);
        if (!written && written.error().key != "identity_taken") return written.error();
    }
    return writer.run([](Connection& connection) { return note_done(connection); });
}

} // namespace mortise::host
