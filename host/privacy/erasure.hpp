#pragma once

/// \file
/// Erasure of a person. The contact is deleted as anybody deletes one, so that hooks are asked and plugins
/// are told; then what says who it was is overwritten, in present and former versions, in events and in
/// search. Ids and what is not personal stay, so that figures do not change and nothing dangles.

#include "access/principal.hpp"
#include "base/clock.hpp"
#include "records/type_declaration.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

class Database;
class ErasureLedger;
class EventLog;
class FileKeeper;
class Records;
class Writer;
struct ErasurePlan;

/// The list of erasures as records: who (by id), why, how much. It names nobody.
Result<std::vector<TypeDeclaration>> erasure_types();

/// Thread-safety: any thread.
class Erasure {
public:
    /// Owner of the type in the catalog.
    static constexpr std::string_view type_owner{"mortise.privacy"};

    Erasure(
        Database& database,
        Writer& writer,
        Records& records,
        EventLog& log,
        const Clock& clock,
        FileKeeper* files = nullptr
    )
        : m_database{database},
          m_writer{writer},
          m_records{records},
          m_log{log},
          m_clock{clock},
          m_files{files}
    {
    }

    /// Declares its record type.
    Result<void> open();
    /// Who is erased from now on is named in `ledger`, which outlives this, as one of this database.
    void keep(ErasureLedger& ledger, std::string database);

    /// {contact, types: [{type, label, owner, records, erased: whole or [field], kept: [field]}], events,
    /// log_cut, files_gone}. `erased` of a type is "all" where a record is about the person and nothing else.
    /// With a dry run nothing is written. A contact that was merged away stands for its survivor, with all of
    /// them.
    ///
    /// `log_cut` is false when a long read kept the log from being cut: former content is then in it until it
    /// is cut by itself. `files_gone` is false when contents could not be taken from the disk: that is tried
    /// again at the next start, and daily. The ledger names the person when this returns. Errors: denied for
    /// plugins and for people who do not see all records, not_found, refused by a hook, conflict when a
    /// record must not be lost, limit above 100,000 records; state if the contact was erased before. An error
    /// of ledger or log that comes when the erasure has happened says so.
    Result<Map> erase(const CallContext& context, Id contact, const std::string& reason);

    /// The same of a person who was erased before and is there again, since an older backup was restored.
    /// What refused a deletion then, or would now, is not asked.
    Result<Map> erase_again(const CallContext& context, Id contact, const std::string& reason);

private:
    enum class Deletion : std::uint8_t { must_be_allowed, may_fail };

    Result<Map> write(const CallContext& context, Id contact, const std::string& reason, Deletion deletion);
    Result<void> note(const ErasurePlan& plan, Id contact);

    Database& m_database;
    Writer& m_writer;
    Records& m_records;
    EventLog& m_log;
    const Clock& m_clock;
    ErasureLedger* m_ledger{nullptr};
    std::string m_database_id;
    FileKeeper* m_files; ///< null: there are no files
};

} // namespace mortise::host
