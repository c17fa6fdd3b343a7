#pragma once

/// \file
/// Takes the rows of a file in as records: in batches, each one unit of work that also says, in the import's
/// own record, how far it came. So a kill leaves whole batches, and a second run goes on behind the last of
/// them.

#include "access/principal.hpp"
#include "exchange/import/import_source.hpp"
#include "exchange/import/reference_finder.hpp"
#include "records/records.hpp"

#include <mortise/result.hpp>

#include <atomic>
#include <functional>
#include <string>
#include <unordered_map>
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
    /// Rows in one unit of work. 0: from 500 up to 5,000, as many as are written in about a quarter of a
    /// second, so that others who write meanwhile do not wait longer than that.
    std::size_t batch{0};
    Id import{}; ///< its record, kept up to date with each batch; 0 with a dry run
    std::uint64_t resume_after{0}; ///< rows up to this one were taken in by an earlier run
    std::function<void(const ImportProgress&)> on_progress{}; ///< after each batch
    std::function<void(const ImportComplaint&)> on_complaint{};
    const std::atomic<bool>* cancel{nullptr};
};

/// Lives for one import; used by one thread.
class Importer {
public:
    Importer(Records& records, CallContext context, ImportOptions options);

    /// Errors are those that end the import: of the file, of the disk, `cancelled`. What was taken in before
    /// stays, and `progress()` says how much. Rows that cannot be used are told to `on_complaint` and counted
    /// as refused.
    Result<ImportProgress> run(ImportSource& source);
    const ImportProgress& progress() const noexcept { return m_progress; }

private:
    struct Pending {
        ImportRow row;
        Change change;
        std::vector<Change> children;
    };

    Result<void> take(ImportRow row);
    Result<void> plan_change(Pending& pending, bool& skip);
    Result<void> plan_children(Pending& pending);
    Result<void> resolve_lookups(Pending& pending);
    static std::optional<std::size_t> row_of_change(const std::vector<Pending>& batch, std::size_t change);
    Result<std::optional<Row>> find_match(const Map& values);
    std::string match_key(const Map& values) const;
    Result<void> flush();
    void choose_batch(double seconds, bool clean);
    Result<void> commit(std::vector<Pending>& batch);
    Result<void> commit_split(std::vector<Pending>& batch, const Error& error);
    Result<void> commit_unit(const std::vector<Pending>& batch);
    Change progress_change(const std::vector<Pending>& batch) const;
    static void count(const std::vector<Pending>& batch, ImportProgress& progress);
    void refuse(const ImportRow& row, const Error& error);
    void complain(const ImportRow& row, const Error& error, bool kept);

    Records& m_records;
    CallContext m_context;
    ImportOptions m_options;
    ReferenceFinder m_references;
    ImportProgress m_progress;
    std::size_t m_batch_size;
    std::vector<Pending> m_batch;
    std::vector<Change> m_made; ///< records that rows of the batch refer to and that are made with them
    std::unordered_map<std::string, bool> m_keys; ///< match keys in the batch
    std::size_t m_rest_of_batch{0}; ///< rows of a split batch that are still to be committed
    std::uint64_t m_last_row{0}; ///< number of the row that was read last
};

} // namespace mortise::host
