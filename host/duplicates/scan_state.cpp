#include "duplicates/scan_state.hpp"

#include "store/connection.hpp"

#include <span>
#include <string>

namespace mortise::host {

Result<void> create_scan_table(Connection& connection)
{
    return connection.execute(R"(
        CREATE TABLE IF NOT EXISTS "mt$duplicate_scan$" (only INTEGER PRIMARY KEY CHECK (only = 1), job INTEGER NOT NULL,
            done_to INTEGER NOT NULL, finished INTEGER NOT NULL, model BLOB NOT NULL);
    )");
}

Result<std::optional<ScanState>> read_scan_state(Connection& reader)
{
    MORTISE_TRY(
        Statement * select, reader.cached("SELECT job, done_to, finished FROM \"mt$duplicate_scan$\"")
    );
    MORTISE_TRY(const bool found, select->step());
    std::optional<ScanState> state;
    if (found) state = ScanState{select->integer(0), {select->integer(1)}, select->integer(2) != 0};
    select->reset();
    return state;
}

Result<matching::Model> read_model(Connection& reader)
{
    MORTISE_TRY(Statement * select, reader.cached("SELECT model FROM \"mt$duplicate_scan$\""));
    MORTISE_TRY(const bool found, select->step());
    std::string bytes;
    if (found) {
        const std::span<const std::byte> blob = select->bytes(0);
        for (const std::byte byte : blob)
            bytes += static_cast<char>(byte);
    }
    select->reset();
    if (bytes.empty()) return matching::Model{};
    auto model = matching::Model::from_bytes(bytes);
    return model ? *std::move(model) : matching::Model{};
}

Result<void> write_scan_begin(Connection& connection, std::int64_t job, const matching::Model& model)
{
    const std::string bytes = model.to_bytes();
    MORTISE_TRY(
        Statement * insert,
        connection.cached(
            "INSERT OR REPLACE INTO \"mt$duplicate_scan$\" (only, job, done_to, finished, model) "
            "VALUES (1, ?1, 0, 0, ?2)"
        )
    );
    insert->bind(1, job);
    insert->bind_bytes(2, std::as_bytes(std::span{bytes}));
    return insert->run();
}

Result<void> write_scan_place(Connection& connection, Id done_to, bool is_finished)
{
    MORTISE_TRY(
        Statement * update, connection.cached("UPDATE \"mt$duplicate_scan$\" SET done_to = ?1, finished = ?2")
    );
    update->bind(1, done_to.number);
    update->bind(2, is_finished);
    return update->run();
}

} // namespace mortise::host
