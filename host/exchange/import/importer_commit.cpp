#include "exchange/import/importer.hpp"
#include "records/prepared_unit.hpp"
#include "store/connection.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <iterator>

namespace mortise::host {

namespace {

/// A transaction dirties pages all over the indexes, and each is written once for the transaction: the more
/// rows share one, the fewer pages are written for a row.
constexpr std::size_t largest_batch = 9000; // a unit has at most 10,000 changes
constexpr double longest_batch_seconds = 0.25;
constexpr double longest_batch_seconds_alone = 1; // while nobody else writes

class Stopwatch {
public:
    double seconds() const
    {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count();
    }

private:
    std::chrono::steady_clock::time_point m_start{std::chrono::steady_clock::now()};
};

/// "change 12, email" -> 12
std::optional<std::size_t> change_index(const Error& error)
{
    constexpr std::string_view prefix = "change ";
    if (!error.where.starts_with(prefix)) return std::nullopt;
    std::size_t index = 0;
    const char* begin = error.where.data() + prefix.size();
    const auto parsed = std::from_chars(begin, error.where.data() + error.where.size(), index);
    return parsed.ec == std::errc{} ? std::optional{index} : std::nullopt;
}

} // namespace

Error without_index(Error error)
{
    const std::size_t comma = error.where.find(", ");
    if (error.where.starts_with("change "))
        error.where = comma == std::string::npos ? "" : error.where.substr(comma + 2);
    return error;
}

bool ends_import(const Error& error)
{
    switch (error.code) {
    case ErrorCode::io:
    case ErrorCode::state:
    case ErrorCode::outcome_unknown:
    case ErrorCode::cancelled:
    case ErrorCode::internal:
        return error.key != "records.archived_type" && error.key != "records.archived_field";
    default:
        return false;
    }
}

bool Importer::is_full() const
{
    return m_batch.size() + m_children + m_made.size() + m_waiting.size() + m_refused.size()
        + m_settled.size()
        >= m_batch_size;
}

/// What was read since the last batch.
Importer::Batch Importer::take_batch()
{
    Batch batch;
    for (Change& made : std::exchange(m_made, {})) {
        ImportRow row;
        row.number = 0; // no row of its own
        batch.rows.push_back(
            {.row = std::move(row), .change = std::move(made), .children = {}, .open = {}, .left = {}}
        );
    }
    std::ranges::move(m_batch, std::back_inserter(batch.rows));
    m_batch.clear();
    m_children = 0;
    batch.waiting = std::exchange(m_waiting, {});
    batch.refused = std::exchange(m_refused, {});
    batch.settled = std::exchange(m_settled, {});
    batch.keys = std::exchange(m_keys, {});
    return batch;
}

/// Once the batch before is written, and before further rows are read.
void Importer::note_progress(Batch& batch) const
{
    batch.last_row = m_last_row;
    batch.read = m_progress.read;
    batch.skipped = m_progress.skipped;
    batch.refused_count = m_progress.refused;
}

/// What will be written of the batch. Its changes stand in a unit of work meanwhile.
Result<std::shared_ptr<PreparedUnit>> Importer::prepare(Batch& batch)
{
    const Stopwatch watch;
    UnitOfWork unit = lend_changes(batch);
    auto prepared = m_records.prepare(m_context, unit);
    take_back_changes(batch, unit);
    note_pace(watch.seconds(), batch.rows.size());
    return prepared;
}

/// Commits what was read; in most cases by itself, while its caller reads on: see `land`.
Result<void> Importer::flush()
{
    if (m_batch.empty() && m_waiting.empty() && m_refused.empty() && m_settled.empty()) return {};
    Batch batch = take_batch();
    if (may_fly()) {
        auto prepared = prepare(batch);
        if (!prepared && m_flight) { // perhaps it refers to what is being written
            MORTISE_CHECK(land());
            prepared = prepare(batch);
        }
        MORTISE_CHECK(land());
        if (prepared && may_fly()) {
            note_progress(batch);
            start_flight(std::move(batch), *std::move(prepared));
            return {};
        }
    }
    MORTISE_CHECK(land());
    note_progress(batch);
    return finish(batch);
}

Result<void> Importer::flush_and_land()
{
    MORTISE_CHECK(flush());
    return land();
}

bool Importer::may_fly() const
{
    return m_options.import && !m_options.dry_run && !m_settling && !m_was_split;
}

void Importer::start_flight(Batch batch, std::shared_ptr<PreparedUnit> prepared)
{
    m_flight.emplace(std::move(batch), std::future<Result<Written>>{});
    ImportProgress after = m_progress;
    count(m_flight->batch, after);
    UnitOfWork also;
    also.changes.push_back(progress_change(after, m_flight->batch));
    also.also = [this](Connection& connection) { return write_notes(connection, m_flight->batch); };
    m_flight->written = std::async(
        std::launch::async,
        [this, prepared = std::move(prepared), also = std::move(also)]() -> Result<Written> {
            const Stopwatch watch; // time spent on preparing keeps nobody waiting
            MORTISE_TRY(const Commit commit, m_records.commit(m_context, prepared, also));
            const auto events = static_cast<std::int64_t>(prepared->events.size());
            return Written{watch.seconds(), commit.number, events};
        }
    );
}

/// Waits for the batch that is being written. If it could not be, it is tried once more in the way that finds
/// out which row is to blame.
Result<void> Importer::land()
{
    if (!m_flight) return {};
    const auto written = m_flight->written.get();
    Batch batch = std::move(m_flight->batch);
    m_flight.reset();
    if (!written) return ends_import(written.error()) ? Result<void>{written.error()} : finish(batch);
    count(batch);
    const std::int64_t last = std::exchange(m_last_number, written->number);
    choose_batch(written->seconds, true, written->number - written->events == last);
    if (m_options.on_progress) m_options.on_progress(m_progress);
    return m_needs_indexes ? end_bulk() : begin_bulk();
}

Result<void> Importer::finish(Batch& batch)
{
    const std::uint64_t refused = m_progress.refused;
    const Stopwatch watch;
    MORTISE_CHECK(commit(batch));
    choose_batch(watch.seconds(), m_progress.refused == refused, false);
    if (m_options.on_progress) m_options.on_progress(m_progress);
    return {};
}

/// A row that is refused costs a second try of its whole batch: where there are such rows, batches stay
/// small.
void Importer::choose_batch(double seconds, bool clean, bool alone)
{
    if (m_options.batch != 0) return;
    const double longest = alone ? longest_batch_seconds_alone : longest_batch_seconds;
    if (!clean)
        m_batch_size = smallest_batch;
    else if (seconds < longest / 2)
        m_batch_size = std::min(m_batch_size * 2, largest_batch);
    else if (seconds > longest)
        m_batch_size = std::max(m_batch_size / 2, smallest_batch);
}

/// The import's own record, as it will be when the batch is written. Of a batch that is committed in parts,
/// only the last one moves on what a resumed import starts from; the parts before note their rows as done.
Change Importer::progress_change(const ImportProgress& progress) const
{
    Batch last;
    note_progress(last);
    return progress_change(progress, last);
}

Change Importer::progress_change(const ImportProgress& progress, const Batch& batch) const
{
    const auto number = [](std::uint64_t value) { return Value{static_cast<std::int64_t>(value)}; };
    Change change{
        .operation = Operation::update, .type = "import", .id = m_options.import, .version = {}, .values = {}
    };
    change.values = {{"created", number(progress.created)}, {"updated", number(progress.updated)}};
    if (batch.rest != 0) return change;
    change.values.set("skipped", number(batch.skipped));
    change.values.set("refused", number(batch.refused_count));
    change.values.set("read", number(batch.read));
    change.values.set("left", number(progress.left));
    change.values.set("resolved", number(progress.resolved));
    change.values.set("rows_done", number(batch.last_row));
    return change;
}

/// The row that the unit's change number `change` belongs to.
std::optional<std::size_t> Importer::row_of_change(const std::vector<Pending>& rows, std::size_t change)
{
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const std::size_t changes = 1 + rows[row].children.size();
        if (change < changes) return row;
        change -= changes;
    }
    return std::nullopt;
}

Result<void> Importer::write_row_notes(Connection& connection, const Pending& pending, bool is_part) const
{
    const ImportRow& row = pending.row;
    if (!row.source.empty())
        MORTISE_CHECK(Origins::remember(connection, row.source, row.source_id, pending.change.id));
    for (OpenReference reference : pending.open) {
        reference.record = pending.change.id;
        MORTISE_CHECK(m_open.add(connection, reference));
    }
    if (pending.waited) MORTISE_CHECK(m_open.remove_waiting(connection, row.number));
    if (is_part && row.number != 0) MORTISE_CHECK(m_open.add_done(connection, row.number));
    return {};
}

/// What is noted in the batch's own transaction.
Result<void> Importer::write_notes(Connection& connection, const Batch& batch) const
{
    for (const Pending& pending : batch.rows)
        MORTISE_CHECK(write_row_notes(connection, pending, batch.rest != 0));
    if (batch.rest != 0) return {};
    if (m_was_split) MORTISE_CHECK(m_open.clear_done(connection));
    for (const ImportRow& row : batch.waiting)
        MORTISE_CHECK(m_open.add_waiting(connection, row));
    for (const auto& [row, raw] : batch.refused)
        MORTISE_CHECK(m_open.add_refused(connection, row, raw));
    for (const std::uint64_t row : batch.settled)
        MORTISE_CHECK(m_open.remove_waiting(connection, row));
    return {};
}

/// The unit has them until `take_back_changes`: they are not copied.
UnitOfWork Importer::lend_changes(Batch& batch)
{
    UnitOfWork unit;
    unit.imported = true;
    unit.changes.reserve(batch.rows.size());
    for (Pending& pending : batch.rows) {
        unit.changes.push_back(std::move(pending.change));
        std::ranges::move(pending.children, std::back_inserter(unit.changes));
    }
    return unit;
}

void Importer::take_back_changes(Batch& batch, UnitOfWork& unit)
{
    auto change = unit.changes.begin();
    for (Pending& pending : batch.rows) {
        pending.change = std::move(*change++);
        for (Change& child : pending.children)
            child = std::move(*change++);
    }
}

UnitOfWork Importer::unit_of(const Batch& batch)
{
    UnitOfWork unit;
    unit.imported = true;
    unit.changes.reserve(batch.rows.size() + 1);
    for (const Pending& pending : batch.rows) {
        unit.changes.push_back(pending.change);
        unit.changes.insert(unit.changes.end(), pending.children.begin(), pending.children.end());
    }
    return unit;
}

Result<void> Importer::commit_unit(Batch& batch)
{
    UnitOfWork unit = unit_of(batch);
    if (m_options.dry_run) {
        if (!unit.changes.empty()) MORTISE_CHECK(m_records.preview(m_context, unit));
    } else {
        ImportProgress after = m_progress;
        count(batch, after);
        if (m_options.import) {
            unit.changes.push_back(progress_change(after, batch));
            unit.also = [&](Connection& connection) { return write_notes(connection, batch); };
        }
        MORTISE_CHECK(m_records.commit(m_context, unit));
    }
    m_was_split = batch.rest != 0;
    if (batch.rest == 0) {
        batch.waiting.clear();
        batch.refused.clear();
        batch.settled.clear();
    }
    return {};
}

Result<void> Importer::commit(Batch& batch)
{
    for (int removals = 0;; ++removals) {
        const auto committed = commit_unit(batch);
        if (committed) {
            count(batch);
            return {};
        }
        const Error& error = committed.error();
        if (ends_import(error) || batch.rows.empty()) return error;
        const auto change = change_index(error);
        const auto index = batch.rows.size() == 1 ? std::optional<std::size_t>{0}
            : change                              ? row_of_change(batch.rows, *change)
                                                  : std::nullopt;
        if (!index || (removals >= 8 && batch.rows.size() > 1)) return commit_split(batch);
        const Pending& wrong = batch.rows[*index];
        refuse(batch, wrong.row, without_index(error));
        if (wrong.waited) batch.settled.push_back(wrong.row.number);
        if (wrong.row.number == 0) m_references.forget(wrong.change.id);
        batch.rows.erase(batch.rows.begin() + static_cast<std::ptrdiff_t>(*index));
    }
}

/// The error does not say which row it is about, or there are many: the halves are tried by themselves.
Result<void> Importer::commit_split(Batch& batch)
{
    const auto middle = batch.rows.begin() + static_cast<std::ptrdiff_t>(batch.rows.size() / 2);
    std::vector<Pending> second{std::make_move_iterator(middle), std::make_move_iterator(batch.rows.end())};
    batch.rows.erase(middle, batch.rows.end());
    batch.rest += second.size();
    MORTISE_CHECK(commit(batch));
    batch.rest -= second.size();
    batch.rows = std::move(second);
    return commit(batch);
}

void Importer::count(const Batch& batch, ImportProgress& progress)
{
    for (const Pending& pending : batch.rows) {
        if (pending.row.number == 0) continue;
        ++(pending.change.operation == Operation::create ? progress.created : progress.updated);
        progress.left += pending.left.size();
    }
}

void Importer::count(const Batch& batch)
{
    count(batch, m_progress);
    for (const Pending& pending : batch.rows)
        for (const Error& error : pending.left)
            complain(pending.row, error, true);
}

/// A row that was just read.
void Importer::refuse(const ImportRow& row, const Error& error)
{
    if (row.number == 0) return;
    m_refused.emplace_back(row.number, row.raw);
    tell_refused(row, error);
}

/// A row of a batch: others were perhaps read after it.
void Importer::refuse(Batch& batch, const ImportRow& row, const Error& error)
{
    if (row.number == 0) return;
    batch.refused.emplace_back(row.number, row.raw);
    ++batch.refused_count;
    tell_refused(row, error);
}

void Importer::tell_refused(const ImportRow& row, const Error& error)
{
    ++m_progress.refused;
    std::erase_if(m_expected, [&](const Expected& expected) { return expected.row.number == row.number; });
    complain(row, error, false);
}

void Importer::complain(const ImportRow& row, const Error& error, bool kept)
{
    if (m_options.on_complaint)
        m_options.on_complaint(
            {.row = row.number, .line = row.line, .error = error, .kept = kept, .raw = &row.raw}
        );
}

} // namespace mortise::host
