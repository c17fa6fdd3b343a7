#include "control/backup/restored_erasures.hpp"

#include "base/clock.hpp"
#include "blobs/blob_store.hpp"
#include "control/database_identity.hpp"
#include "control/os_user.hpp"
#include "events/event_log.hpp"
#include "privacy/erasure.hpp"
#include "records/audit/act_scope.hpp"
#include "records/files/file_keeper.hpp"
#include "records/records.hpp"
#include "records/writer.hpp"
#include "store/database.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>

namespace mortise::host {
namespace {

struct Known {
    std::string database; ///< its id; empty: it cannot be read
    std::vector<ErasedPerson> persons;
};

/// What a database knows that nobody has open. One that is damaged, which may be why another is restored, is
/// passed over.
Known known_in(const std::filesystem::path& database)
{
    const auto reader = Connection::open({.file = database.native()});
    if (!reader) return {};
    const auto identity = read_identity(**reader);
    if (!identity) return {};
    return {identity->id, erased_in(**reader, identity->id).value_or(std::vector<ErasedPerson>{})};
}

/// The parts of a host that an erasure needs. No plugin is among them: nobody is asked, and nobody is told
/// before the folder is served.
struct Parts {
    Parts(std::unique_ptr<Database> opened, std::unique_ptr<BlobStore> contents)
        : database{std::move(opened)},
          blobs{std::move(contents)},
          writer{*database, system_clock_source()},
          records{*database, writer, system_clock_source()},
          files{*database, writer, records, *blobs, system_clock_source()},
          log{*database},
          erasure{*database, writer, records, log, system_clock_source(), &files}
    {
        records.set_blobs(blobs.get());
        writer.on_commit([this](std::int64_t last) { log.committed(last); });
    }
    Parts(const Parts&) = delete;
    Parts& operator=(const Parts&) = delete;
    ~Parts()
    {
        records.close();
        writer.stop();
    }

    Result<void> open()
    {
        MORTISE_CHECK(writer.open());
        MORTISE_CHECK(records.open());
        MORTISE_CHECK(log.open());
        return erasure.open();
    }

    std::unique_ptr<Database> database;
    std::unique_ptr<BlobStore> blobs;
    Writer writer;
    Records records;
    FileKeeper files;
    EventLog log;
    Erasure erasure;
};

/// Which of the sources told of that database. A list that names nobody of it proves nothing: a folder that
/// was just made has an empty one. That of the folder whose place it takes does, if it was the same database.
RestoredErasures told_by(const ErasuresToApply& erasures, const std::string& database)
{
    RestoredErasures told;
    for (const ErasureSource& source : erasures.sources) {
        const bool is_its_own = source.is_replaced && !database.empty() && erasures.replaced == database;
        (is_its_own || source.databases.contains(database) ? told.sources : told.foreign)
            .push_back(source.file);
    }
    return told;
}

Result<ErasedAgain> erase_in(
    Parts& parts,
    const ErasuresToApply& erasures,
    const std::string& database,
    const std::vector<std::string>& sources
)
{
    AuditAct act;
    act.actor = "system";
    act.account = own_os_user();
    act.client = "cli";
    act.way = "restore";
    act.tells = false; // the erasures are events, and the summary is told
    const ActScope scope{&act};
    MORTISE_CHECK(parts.open());
    ErasedAgain done;
    const auto names_some = [&](const ErasureSource& one) { return one.databases.contains(database); };
    if (std::ranges::any_of(erasures.sources, names_some)) {
        std::string names;
        for (const std::string& source : sources)
            names += (names.empty() ? "" : " or ") + source;
        CallContext context;
        context.principal = Principal::system();
        context.client = "restore";
        MORTISE_TRY(
            done,
            erase_again(
                *parts.database,
                parts.records,
                parts.erasure,
                context,
                {.database = database, .persons = erasures.persons, .source = names}
            )
        );
        AuditAct summary = act;
        summary.kind = "erasures.applied_again";
        summary.detail = summary_of(done);
        MORTISE_CHECK(parts.writer.tell(summary));
    }
    // Also those of an erasure that had not come so far when the backup was made.
    MORTISE_CHECK(parts.files.remove_doomed());
    MORTISE_CHECK(parts.writer.cut_log(std::chrono::milliseconds{0}));
    return done;
}

/// Made of contacts as they were, and made anew by the next scan.
Result<void> remove_pairs(const DataFolder& folder)
{
    for (const char* ending : {"", "-wal", "-shm"}) {
        std::error_code failed;
        std::filesystem::remove(folder.path / (std::string{"duplicates.db"} + ending), failed);
        if (failed)
            return Error{
                ErrorCode::io,
                "cannot remove " + (folder.path / "duplicates.db").native() + ": " + failed.message(),
                "folder.io",
                folder.path.native(),
                {}
            };
    }
    return {};
}

} // namespace

Result<ErasuresToApply> find_erasures(const DataFolder& replaced, const std::filesystem::path& given)
{
    ErasuresToApply found;
    const auto add
        = [&](const std::filesystem::path& file, bool is_replaced, std::vector<ErasedPerson> persons) {
              ErasureSource source{file.native(), is_replaced, {}};
              for (const ErasedPerson& person : persons)
                  source.databases.insert(person.database);
              found.sources.push_back(std::move(source));
              std::ranges::move(persons, std::back_inserter(found.persons));
          };
    if (!given.empty()) {
        MORTISE_TRY(std::vector<ErasedPerson> persons, read_given_ledger(given));
        add(given, false, std::move(persons));
    }
    if (replaced.path.empty()) return found;
    std::error_code failed;
    if (std::filesystem::exists(replaced.erasures(), failed)) {
        // Where another is given, one that is damaged tells what it still can.
        auto persons = read_whole_ledger(replaced.erasures());
        if (!persons && (given.empty() || persons.error().code != ErrorCode::invalid))
            return std::move(persons).error();
        if (!persons) {
            MORTISE_TRY(LedgerContents contents, read_ledger(replaced.erasures()));
            persons = std::move(contents.persons);
        }
        add(replaced.erasures(), true, *std::move(persons));
    }
    Known known = known_in(replaced.database());
    found.replaced = std::move(known.database);
    if (!known.persons.empty()) add(replaced.database(), true, std::move(known.persons));
    return found;
}

Result<RestoredErasures> apply_erasures(const DataFolder& folder, const ErasuresToApply& erasures)
{
    MORTISE_TRY(ErasureLedger ledger, ErasureLedger::open(folder.erasures()));
    MORTISE_CHECK(ledger.add(erasures.persons));
    MORTISE_TRY(auto database, Database::open(folder.database(), {.readers = 1}));
    MORTISE_TRY(const DatabaseIdentity identity, read_identity(database->writer()));
    MORTISE_TRY(auto blobs, BlobStore::open(folder.blobs(), folder.run()));
    RestoredErasures told = told_by(erasures, identity.id);
    {
        Parts parts{std::move(database), std::move(blobs)};
        MORTISE_TRY(told.done, erase_in(parts, erasures, identity.id, told.sources));
    }
    if (told.done.applied != 0) MORTISE_CHECK(remove_pairs(folder));
    return told;
}

} // namespace mortise::host
