#include "records/files/file_keeper.hpp"

#include "base/hash.hpp"
#include "records/records.hpp"
#include "records/writer.hpp"
#include "store/connection.hpp"
#include "store/database.hpp"

#include <array>
#include <span>

namespace mortise::host {

namespace {

constexpr std::size_t block = std::size_t{1} << 18;
constexpr std::size_t most_findings = 20;

Result<void> add_texts(Connection& reader, const std::string& sql, std::set<std::string, std::less<>>& texts)
{
    MORTISE_TRY(Statement select, reader.prepare(sql));
    for (;;) {
        MORTISE_TRY(const bool more, select.step());
        if (!more) return {};
        texts.emplace(select.text(0));
    }
}

Result<std::string> digest_of(const DiskFile& file)
{
    std::array<char, block> buffer{};
    Sha256 digest;
    for (std::uint64_t done = 0;;) {
        MORTISE_TRY(const std::size_t count, file.read_at(done, buffer));
        if (count == 0) break;
        digest.add(std::as_bytes(std::span{buffer}.first(count)));
        done += count;
    }
    const Digest whole = digest.finish();
    return hex(whole);
}

Error no_file(std::string message, std::string_view field)
{
    return {
        .code = ErrorCode::not_found,
        .message = std::move(message),
        .key = "records.no_file",
        .where = std::string{field},
    };
}

} // namespace

Result<std::set<std::string, std::less<>>> referred_files(Connection& reader, const Schema& schema)
{
    std::set<std::string, std::less<>> digests;
    for (const TypePointer& type : schema.types())
        for (const Field& field : type->fields) {
            if (!field.is_file()) continue;
            const std::string column = quoted_name(columns_of(field).front());
            for (const std::string& table : {type->table, type->table + "_h"})
                MORTISE_CHECK(add_texts(
                    reader,
                    "SELECT DISTINCT " + column + " FROM " + quoted_name(table) + " WHERE " + column
                        + " IS NOT NULL",
                    digests
                ));
        }
    return digests;
}

Result<DatabaseCheck>
verify_files(Connection& reader, const Schema& schema, const BlobStore& blobs, const VerifyOptions& options)
{
    DatabaseCheck check{.name = "files", .findings = {}};
    if (options.on_check) options.on_check(check.name);
    const auto finding = [&](std::string text) {
        if (check.findings.size() < most_findings) check.findings.push_back(std::move(text));
    };
    MORTISE_TRY(const auto digests, referred_files(reader, schema));
    for (const std::string& digest : digests) {
        if (options.cancel && options.cancel->load(std::memory_order_relaxed))
            return Error{ErrorCode::cancelled, "the check was stopped", "verify.cancelled", {}, {}};
        ++check.looked_at;
        const auto contents = blobs.read(digest);
        const auto found = contents ? digest_of(*contents) : Result<std::string>{contents.error()};
        if (found && *found == digest) continue;
        ++check.wrong;
        finding(
            "the contents " + digest
            + (!contents    ? " are missing from the folder blobs"
                   : !found ? " cannot be read: " + found.error().message
                            : " are not what they were when they were handed in")
        );
    }
    MORTISE_TRY(const auto files, blobs.list());
    std::uint64_t unused = 0;
    for (const BlobFile& file : files)
        if (!digests.contains(file.digest)) ++unused;
    if (unused != 0)
        finding(
            "no harm: nothing refers to " + std::to_string(unused) + (unused == 1 ? " file" : " files")
            + " in the folder blobs; they go a day after they came"
        );
    return check;
}

Result<RecordFile> FileKeeper::open(
    const Principal& principal, std::string_view type_name, Id record, std::string_view field_name
)
{
    MORTISE_TRY(const TypePointer type, m_records.schema(principal)->require(type_name));
    MORTISE_TRY(const std::size_t slot, type->require_slot(field_name));
    if (!type->fields[slot].is_file())
        return Error{
            .code = ErrorCode::invalid,
            .message = "the field " + std::string{field_name} + " of " + type->name + " is of the kind "
                + std::string{name_of(type->fields[slot].kind)} + " and holds no file",
            .key = "records.no_file_field",
            .where = std::string{field_name},
        };
    MORTISE_TRY(const Row row, m_records.get(principal, type->name, record));
    const Map* file = row.values[slot].as<Map>();
    if (!file)
        return no_file(
            type->name + " " + std::to_string(record.number) + " has no file in " + std::string{field_name},
            field_name
        );
    std::string digest{(*file)["digest"].text()};
    MORTISE_TRY(DiskFile contents, m_blobs.read(digest));
    MORTISE_TRY(const std::uint64_t size, contents.size());
    return RecordFile{
        std::move(contents),
        std::move(digest),
        std::string{(*file)["name"].text()},
        std::string{(*file)["type"].text()},
        size
    };
}

Result<FileKeeper::Collected> FileKeeper::collect()
{
    MORTISE_CHECK(remove_doomed());
    const Instant before{m_clock.now().microseconds - grace_us};
    MORTISE_TRY(const auto files, m_blobs.list()); // first: what comes later is new
    std::set<std::string, std::less<>> referred;
    {
        const ReadLease reader = m_database.read();
        MORTISE_CHECK(reader->begin());
        MORTISE_TRY(referred, referred_files(*reader, *m_records.schema()));
    }
    Collected collected;
    for (const BlobFile& file : files) {
        if (!(file.touched < before) || referred.contains(file.digest)) continue;
        MORTISE_TRY(const bool gone, m_blobs.collect(file.digest, before));
        if (!gone) continue;
        ++collected.files;
        collected.bytes += file.size;
    }
    return collected;
}

Result<void> FileKeeper::remove_doomed()
{
    std::set<std::string, std::less<>> doomed;
    std::set<std::string, std::less<>> referred;
    {
        const ReadLease reader = m_database.read();
        MORTISE_CHECK(reader->begin());
        MORTISE_CHECK(add_texts(*reader, R"(SELECT digest FROM "mt$doomed_file")", doomed));
        if (doomed.empty()) return {};
        MORTISE_TRY(referred, referred_files(*reader, *m_records.schema()));
    }
    for (const std::string& digest : doomed)
        if (!referred.contains(digest)) MORTISE_CHECK(m_blobs.remove(digest));
    return m_writer.run([&](Connection& connection) -> Result<void> {
        for (const std::string& digest : doomed) {
            MORTISE_TRY(
                Statement * forget, connection.cached(R"(DELETE FROM "mt$doomed_file" WHERE digest = ?1)")
            );
            forget->bind(1, std::string_view{digest});
            MORTISE_CHECK(forget->run());
        }
        return {};
    });
}

Result<void> create_file_tables(Connection& connection)
{
    return connection.execute(
        R"(CREATE TABLE IF NOT EXISTS "mt$doomed_file" (digest TEXT PRIMARY KEY) WITHOUT ROWID)"
    );
}

Result<void> doom_files(Connection& connection, const std::set<std::string>& digests)
{
    for (const std::string& digest : digests) {
        MORTISE_TRY(
            Statement * insert,
            connection.cached(R"(INSERT OR IGNORE INTO "mt$doomed_file" (digest) VALUES (?1))")
        );
        insert->bind(1, std::string_view{digest});
        MORTISE_CHECK(insert->run());
    }
    return {};
}

} // namespace mortise::host
