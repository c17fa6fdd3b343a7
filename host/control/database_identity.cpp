#include "control/database_identity.hpp"

#include "base/hash.hpp"
#include "base/random.hpp"
#include "store/connection.hpp"

#include <array>

namespace mortise::host {

std::string DatabaseIdentity::source() const
{
    return "mortise:" + id + (incarnation > 1 ? "." + std::to_string(incarnation) : "");
}

Result<DatabaseIdentity> read_identity(Connection& connection)
{
    MORTISE_TRY(
        Statement meta,
        connection.prepare(
            "SELECT name, value FROM \"mt$meta\" WHERE name IN ('database_id', 'incarnation', 'format')"
        )
    );
    DatabaseIdentity identity;
    for (;;) {
        MORTISE_TRY(const bool more, meta.step());
        if (!more) return identity;
        if (meta.text(0) == "database_id")
            identity.id = meta.text(1);
        else if (meta.text(0) == "incarnation")
            identity.incarnation = meta.integer(1);
        else
            identity.format = meta.integer(1);
    }
}

Result<DatabaseIdentity> make_identity(Connection& writer)
{
    std::array<std::byte, 16> fresh{};
    random_bytes(fresh);
    MORTISE_TRY(
        Statement insert,
        writer.prepare("INSERT OR IGNORE INTO \"mt$meta\" (name, value) VALUES ('database_id', ?)")
    );
    insert.bind(1, std::string_view{hex(fresh)});
    MORTISE_CHECK(insert.run());
    return read_identity(writer);
}

Result<void> set_incarnation(Connection& writer, std::int64_t incarnation)
{
    MORTISE_TRY(
        Statement set,
        writer.prepare("INSERT OR REPLACE INTO \"mt$meta\" (name, value) VALUES ('incarnation', ?)")
    );
    set.bind(1, incarnation);
    return set.run();
}

} // namespace mortise::host
