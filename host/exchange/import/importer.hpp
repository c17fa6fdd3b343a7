#pragma once

/// \file
/// Takes the rows of a file in as records: in batches, each one unit of work that also says, in the import's
/// own record, how far it came. So a kill leaves whole batches, and a second run goes on behind the last of
/// them.

#include "access/principal.hpp"
#include "exchange/import/import_source.hpp"
#include "exchange/import/open_rows.hpp"
#include "exchange/import/reference_finder.hpp"
#include "records/records.hpp"

#include <mortise/result.hpp>

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace mortise::host {

enum class ImportMode : std::uint8_t {
    create, ///< every row is a new record; one that matches an existing record is refused
    update, ///< rows without a matching record are skipped
    upsert, ///< updates the matching record, or makes a new one
    skip, ///< rows with a matching record are skipped
};

/// False if no mode has that name.
bool parse_import_mode(std::string_view name, ImportMode& mode) noexcept;

struct ImportProgress {
    std::uint64_t read{0};
    std::uint64_t created{0};
    std::uint64_t updated{0};
    std::uint64_t skipped{0};
    std::uint64_t refused{0};
    std::uint64_t left{0}; ///< rows that were kept without a reference that was not there
    std::uint64_t resolved{0}; ///< references to later rows that were set at the end
    std::uint64_t bytes{0};
};

/// What is told about one row.
struct ImportComplaint {
    std::uint64_t row{0};
    std::uint64_t line{0};
    Error error;
    bool kept{false}; ///< the row was taken in all the same
    const std::string* raw{nullptr}; ///< as it stands in the file
};

struct ImportOptions {
    std::string type;
    ImportMode mode{ImportMode::create};
    std::vector<std::string> match{}; ///< fields
    OnMissingReference on_missing_reference{OnMissingReference::refuse};
    bool dry_run{false}; ///< validates and looks up, writes nothing
    /// Rows in one unit of work. 0: from 500 up to 9,000, as many as are written in about a quarter of a
    /// second, so that others who write meanwhile do not wait longer than that; in a second while nobody
    /// does.
    std::size_t batch{0};
    Id import{}; ///< its record, kept up to date with each batch; 0 with a dry run
    std::uint64_t resume_after{0}; ///< rows up to this one were taken in by an earlier run
    ImportProgress resume_from{}; ///< what that run had done
    std::string source{}; ///< what this database is called in its exports
    std::function<void(const ImportProgress&)> on_progress{}; ///< after each batch
    std::function<void(const ImportComplaint&)> on_complaint{};
    const std::atomic<bool>* cancel{nullptr};
};

/// Lives for one import; used by one thread.
///
/// A reference to a row that comes later in the file is kept as a note (`OpenRows`) and set at the end; where
/// the mapping refuses rows with missing references, the row itself waits. The notes are written in the
/// transaction of the batch, so a kill loses none.
///
/// While a batch is written, the rows of the next one are read, matched and prepared. Rows that may depend on
/// a batch that is not written yet wait for it.
///
/// When many rows come into a database that has hardly any records, indexes are set aside until all are in
/// (`records/bulk_load.hpp`).
class Importer {
public:
    Importer(Database& database, Records& records, CallContext context, ImportOptions options);

    /// Errors are those that end the import: of the file, of the disk, `cancelled`. What was taken in before
    /// stays, and `progress()` says how much. Rows that cannot be used are told to `on_complaint` and counted
    /// as refused. At the end the import's record says "done".
    Result<ImportProgress> run(ImportSource& source);
    const ImportProgress& progress() const noexcept { return m_progress; }

private:
    struct Pending {
        ImportRow row;
        Change change;
        std::vector<Change> children;
        std::vector<OpenReference> open; ///< their record is `change.id`
        std::vector<Error> left; ///< references that are not there and will not be
        bool waited{false};
    };

    /// Rows that are committed together, with what is noted of the rows that were read up to them.
    struct Batch {
        std::vector<Pending> rows;
        std::vector<ImportRow> waiting{};
        std::vector<std::pair<std::uint64_t, std::string>> refused{}; ///< row, as it stands in the file
        std::vector<std::uint64_t> settled{}; ///< rows that waited and need no longer
        std::unordered_set<std::string> keys{}; ///< match keys
        std::uint64_t last_row{0}; ///< number of the row that was read last
        std::uint64_t read{0};
        std::uint64_t skipped{0};
        std::uint64_t refused_count{0};
        std::size_t rest{0}; ///< while it is committed in parts: rows that are still to come
    };

    struct Written {
        double seconds{0};
        std::int64_t number{0}; ///< of its last event
        std::int64_t events{0};
    };

    /// A batch that is being written while the next rows are read.
    struct Flight {
        Batch batch;
        std::future<Result<Written>> written;
    };

    enum class Verdict : std::uint8_t { write, skip, wait };

    struct Known {
        std::optional<Row> match;
        bool came_with_contact{false}; ///< it is the point of a contact's own address
    };

    enum class Bulk : std::uint8_t { not_yet, on, over };

    /// A reference of a dry run to something that may still come.
    struct Expected {
        ImportRow row; ///< without its values
        std::string key;
        Error missing;
        bool leaves{false};
        bool updates{false};
    };

    // importer.cpp: from a row to a change
    Result<void> stop_if_cancelled();
    Result<void> read_rows(ImportSource& source);
    Result<void> take(ImportRow row);
    Result<void> take_usable(ImportRow row);
    Result<Verdict> plan(Pending& pending);
    Result<Known> find_known(const ImportRow& row);
    Error is_there_already(const std::optional<Row>& match) const;
    Result<void> complete_export(Pending& pending) const;
    Result<void> plan_id(Pending& pending);
    Result<void> plan_children(Pending& pending);
    Result<Verdict> resolve(Pending& pending, const ReferenceLookup& lookup);
    Result<Verdict> resolve_missing(Pending& pending, const ReferenceLookup& lookup);
    bool leaves(const ReferenceRule& rule) const;
    bool is_in_batch(const ReferenceLookup& lookup) const;
    Result<std::optional<Row>> find_match(const ImportRow& row);
    Result<std::optional<Row>> find_point(const Map& values);
    Result<std::optional<Row>> find_by_fields(const Map& values);
    std::string match_key(const ImportRow& row) const;

    // importer_commit.cpp: from changes to the database
    static constexpr std::size_t smallest_batch = 500;
    bool is_full() const;
    Result<void> flush();
    Result<void> land();
    Result<void> flush_and_land();
    Batch take_batch();
    Result<std::shared_ptr<PreparedUnit>> prepare(Batch& batch);
    void note_progress(Batch& batch) const;
    bool may_fly() const;
    void start_flight(Batch batch, std::shared_ptr<PreparedUnit> prepared);
    Result<void> finish(Batch& batch);
    void choose_batch(double seconds, bool clean, bool alone);
    Result<void> commit(Batch& batch);
    Result<void> commit_split(Batch& batch);
    static UnitOfWork unit_of(const Batch& batch);
    static UnitOfWork lend_changes(Batch& batch);
    static void take_back_changes(Batch& batch, UnitOfWork& unit);
    Result<void> commit_unit(Batch& batch);
    Result<void> write_notes(Connection& connection, const Batch& batch) const;
    Result<void> write_row_notes(Connection& connection, const Pending& pending, bool is_part) const;
    Change progress_change(const ImportProgress& progress) const;
    Change progress_change(const ImportProgress& progress, const Batch& batch) const;
    static std::optional<std::size_t> row_of_change(const std::vector<Pending>& rows, std::size_t change);
    void count(const Batch& batch);
    static void count(const Batch& batch, ImportProgress& progress);
    void refuse(const ImportRow& row, const Error& error);
    void refuse(Batch& batch, const ImportRow& row, const Error& error);
    void tell_refused(const ImportRow& row, const Error& error);
    void complain(const ImportRow& row, const Error& error, bool kept);

    // importer_bulk.cpp: many rows into a database that has hardly any
    void note_lookups(const ImportRow& row);
    void note_pace(double seconds, std::size_t rows);
    Result<bool> is_nearly_empty() const;
    Result<void> begin_bulk();
    Result<void> end_bulk();

    // importer_settle.cpp: what could not be done at once
    Result<void> settle();
    Result<void> settle_waiting();
    Result<std::size_t> settle_waiting_once(bool backwards);
    Result<void> refuse_waiting();
    Result<void> settle_references();
    Result<void> set_references(const std::vector<OpenReference>& references);
    Result<void> commit_references(const std::vector<OpenReference>& found);
    void leave(const OpenReference& reference, Error error);
    void remember_seen(const ImportRow& row);
    void settle_dry_run();

    Database& m_database;
    Records& m_records;
    CallContext m_context;
    ImportOptions m_options;
    ReferenceFinder m_references;
    ReferenceRules m_rules; ///< of rows that waited
    OpenRows m_open;
    ImportProgress m_progress;
    std::size_t m_batch_size;
    std::vector<Pending> m_batch;
    std::size_t m_children{0}; ///< of the rows in the batch
    std::vector<Change> m_made; ///< records that rows of the batch refer to and that are made with them
    std::unordered_set<std::string> m_keys; ///< match keys in the batch
    std::vector<ImportRow> m_waiting; ///< to be noted with the batch
    std::vector<std::pair<std::uint64_t, std::string>> m_refused; ///< the same: row, as it stands in the file
    std::vector<std::uint64_t>
        m_settled; ///< rows that waited and need no longer, to be forgotten with the batch
    std::optional<Flight> m_flight;
    bool m_was_split{false}; ///< parts of the batch were committed before its last one
    std::unordered_set<std::uint64_t> m_done; ///< rows that an earlier run committed ahead of their batch
    std::uint64_t m_last_row{0}; ///< number of the row that was read last
    bool m_settling{false};
    std::int64_t m_last_number{0}; ///< of the last event of the batch before
    Bulk m_bulk{Bulk::not_yet};
    double m_pace{0}; ///< seconds that preparing a row took before the bulk load began
    bool m_needs_indexes{false};

    // of a dry run
    std::vector<const ReferenceRule*> m_own_rules; ///< of references to the type that is imported
    std::unordered_set<std::string> m_seen; ///< what rows of the file can be referred to by
    std::unordered_set<std::string> m_matched; ///< match keys of the file's rows
    std::vector<Expected> m_expected;
};

/// Trouble with the database or the host, not with a row.
bool ends_import(const Error& error);
/// The same with the place that people know, without the number of the change.
Error without_index(Error error);
Error missing_reference(const ReferenceLookup& lookup);

} // namespace mortise::host
