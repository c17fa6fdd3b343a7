#pragma once

/// \file
/// Files of records: reading them with the rights of the record, and taking contents away that nothing refers
/// to any more.

#include "access/principal.hpp"
#include "base/clock.hpp"
#include "blobs/blob_store.hpp"
#include "records/verify.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace mortise::host {

class Connection;
class Database;
class Records;
class Schema;
class Writer;

/// A file of a record, open.
struct RecordFile {
    DiskFile contents;
    std::string digest;
    std::string name;
    std::string type; ///< media type
    std::uint64_t size{0}; ///< bytes
};

/// The digests that fields of records have, present, deleted or former.
Result<std::set<std::string, std::less<>>> referred_files(Connection& reader, const Schema& schema);

/// Looks whether all contents that records refer to are there, and are what their digest says; tells, as no
/// wrong, how many nobody refers to. `wrong` counts those that are missing or changed.
Result<DatabaseCheck>
verify_files(Connection& reader, const Schema& schema, const BlobStore& blobs, const VerifyOptions& options);

/// Thread-safety: any thread.
class FileKeeper {
public:
    /// How long contents may lie there before a record refers to them.
    static constexpr std::int64_t grace_us = 24LL * 3600 * 1'000'000;

    struct Collected {
        std::uint64_t files{0};
        std::uint64_t bytes{0};
    };

    FileKeeper(Database& database, Writer& writer, Records& records, BlobStore& blobs, const Clock& clock)
        : m_database{database},
          m_writer{writer},
          m_records{records},
          m_blobs{blobs},
          m_clock{clock}
    {
    }

    BlobStore& blobs() noexcept { return m_blobs; }

    /// Errors: not_found (no such record, none that may be read, no file in the field, `blobs.missing`),
    /// invalid (no field of that kind), denied, io.
    Result<RecordFile>
    open(const Principal& principal, std::string_view type, Id record, std::string_view field);

    /// Takes away what nothing refers to and nobody handed in within `grace_us`.
    Result<Collected> collect();
    /// Takes away at once what an erasure left (`doom_files`), unless something else refers to it.
    Result<void> remove_doomed();

private:
    Database& m_database;
    Writer& m_writer;
    Records& m_records;
    BlobStore& m_blobs;
    const Clock& m_clock;
};

/// Where it is not there.
Result<void> create_file_tables(Connection& connection);
/// Notes, in the transaction of an erasure, which contents are to go once it is durable. They go also if the
/// process ends before.
Result<void> doom_files(Connection& connection, const std::set<std::string>& digests);

} // namespace mortise::host
