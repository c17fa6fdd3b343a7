#include "control/backup/restored_erasures.hpp"

#include "base/clock.hpp"
#include "base/json.hpp"
#include "control/database_identity.hpp"
#include "control/os_user.hpp"
#include "events/event_log.hpp"
#include "privacy/erasure.hpp"
#include "records/audit/act_scope.hpp"
#include "records/records.hpp"
#include "records/writer.hpp"
#include "store/database.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>

namespace mortise::host {
namespace {

/// What a database knows that nobody has open. One that is damaged, which may be why another is restored, is
/// passed over.
std::vector<ErasedPerson> known_in(const std::filesystem::path& database)
{
    const auto reader = Connection::open({.file = database.native()});
    if (!reader) return {};
    const auto identity = read_identity(**reader);
    if (!identity) return {};
    return erased_in(**reader, identity->id).value_or(std::vector<ErasedPerson>{});
}

/// The parts of a host that an erasure needs. No plugin is among them: nobody is asked, and nobody is told
/// before the folder is served.
struct Parts {
    explicit Parts(std::unique_ptr<Database> opened)
        : database{std::move(opened)},
          writer{*database, system_clock_source()},
          records{*database, writer, system_clock_source()},
          log{*database},
          erasure{*database, writer, records, log, system_clock_source()}
    {
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
    Writer writer;
    Records records;
    EventLog log;
    Erasure erasure;
};

} // namespace

Result<ErasuresToApply> find_erasures(const DataFolder& replaced, const std::filesystem::path& given)
{
    ErasuresToApply found;
    const auto add = [&](const std::filesystem::path& source, std::vector<ErasedPerson> persons) {
        found.sources.push_back(source.native());
        std::ranges::move(persons, std::back_inserter(found.persons));
    };
    if (!given.empty()) {
        MORTISE_TRY(std::vector<ErasedPerson> persons, read_whole_ledger(given));
        add(given, std::move(persons));
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
        add(replaced.erasures(), *std::move(persons));
    }
    if (auto persons = known_in(replaced.database()); !persons.empty())
        add(replaced.database(), std::move(persons));
    return found;
}

Result<RestoredErasures> apply_erasures(const DataFolder& folder, const ErasuresToApply& erasures)
{
    MORTISE_TRY(ErasureLedger ledger, ErasureLedger::open(folder.erasures()));
    MORTISE_CHECK(ledger.add(erasures.persons));
    RestoredErasures told{erasures.sources, {}};
    MORTISE_TRY(auto database, Database::open(folder.database(), {.readers = 1}));
    MORTISE_TRY(const DatabaseIdentity identity, read_identity(database->writer()));
    const auto is_of_it = [&](const ErasedPerson& person) { return person.database == identity.id; };
    if (std::ranges::none_of(erasures.persons, is_of_it)) return told;
    AuditAct act;
    act.actor = "system";
    act.account = own_os_user();
    act.client = "cli";
    act.way = "restore";
    act.tells = false; // the erasures are events, and the summary is told
    const ActScope scope{&act};
    {
        Parts parts{std::move(database)};
        MORTISE_CHECK(parts.open());
        CallContext context;
        context.principal = Principal::system();
        context.client = "restore";
        MORTISE_TRY(
            told.done,
            erase_again(*parts.database, parts.records, parts.erasure, context, identity.id, erasures.persons)
        );
        AuditAct summary = act;
        summary.kind = "erasures.applied_again";
        summary.detail = to_json(boost::json::object{
            {"applied", told.done.applied}, {"before", told.done.before}, {"not_there", told.done.not_there}
        });
        MORTISE_CHECK(parts.writer.tell(summary));
        MORTISE_CHECK(parts.writer.cut_log(std::chrono::milliseconds{0}));
    }
    if (told.done.applied == 0) return told;
    // Made of contacts as they were, and made anew by the next scan.
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
    return told;
}

} // namespace mortise::host
