#include "exchange/import/importer.hpp"
#include "store/connection.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <iterator>

namespace mortise::host {

namespace {

/// A transaction dirties pages all over the indexes, and each is written once for the transaction: the more
/// rows share one, the fewer pages are written for a row.
constexpr std::size_t largest_batch = 5000;
constexpr double longest_batch_seconds = 0.25;

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

Result<void> Importer::flush()
{
    if (m_batch.empty() && m_waiting.empty() && m_refused.empty() && m_settled.empty()) return {};
    std::vector<Pending> batch;
    for (Change& made : std::exchange(m_made, {})) {
        ImportRow row;
        row.number = 0; // no row of its own
        batch.push_back(
            {.row = std::move(row), .change = std::move(made), .children = {}, .open = {}, .left = {}}
        );
    }
    std::ranges::move(m_batch, std::back_inserter(batch));
    m_batch.clear();
    m_children = 0;
    m_keys.clear();
    const std::uint64_t refused = m_progress.refused;
    const auto start = std::chrono::steady_clock::now();
    MORTISE_CHECK(commit(batch));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    choose_batch(took.count(), m_progress.refused == refused);
    if (m_options.on_progress) m_options.on_progress(m_progress);
    return {};
}

/// A row that is refused costs a second try of its whole batch: where there are such rows, batches stay
/// small.
void Importer::choose_batch(double seconds, bool clean)
{
    if (m_options.batch != 0) return;
    if (!clean)
        m_batch_size = smallest_batch;
    else if (seconds < longest_batch_seconds / 2)
        m_batch_size = std::min(m_batch_size * 2, largest_batch);
    else if (seconds > longest_batch_seconds)
        m_batch_size = std::max(m_batch_size / 2, smallest_batch);
}

/// The import's own record, as it will be when the batch is written. Of a batch that is committed in parts,
/// only the last one moves on what a resumed import starts from; the parts before note their rows as done.
Change Importer::progress_change(const ImportProgress& progress) const
{
    const auto number = [](std::uint64_t value) { return Value{static_cast<std::int64_t>(value)}; };
    Change change{
        .operation = Operation::update, .type = "import", .id = m_options.import, .version = {}, .values = {}
    };
    change.values = {{"created", number(progress.created)}, {"updated", number(progress.updated)}};
    if (m_rest_of_batch != 0) return change;
    change.values.set("skipped", number(progress.skipped));
    change.values.set("refused", number(progress.refused));
    change.values.set("read", number(progress.read));
    change.values.set("left", number(progress.left));
    change.values.set("resolved", number(progress.resolved));
    change.values.set("rows_done", number(m_last_row));
    return change;
}

/// The row that the unit's change number `change` belongs to.
std::optional<std::size_t> Importer::row_of_change(const std::vector<Pending>& batch, std::size_t change)
{
    for (std::size_t row = 0; row < batch.size(); ++row) {
        const std::size_t changes = 1 + batch[row].children.size();
        if (change < changes) return row;
        change -= changes;
    }
    return std::nullopt;
}

/// What is noted in the batch's own transaction.
Result<void> Importer::write_notes(Connection& connection, const std::vector<Pending>& batch) const
{
    for (const Pending& pending : batch) {
        const ImportRow& row = pending.row;
        if (!row.source.empty())
            MORTISE_CHECK(Origins::remember(connection, row.source, row.source_id, pending.change.id));
        for (OpenReference reference : pending.open) {
            reference.record = pending.change.id;
            MORTISE_CHECK(m_open.add(connection, reference));
        }
        if (pending.waited) MORTISE_CHECK(m_open.remove_waiting(connection, row.number));
        if (m_rest_of_batch != 0 && row.number != 0) MORTISE_CHECK(m_open.add_done(connection, row.number));
    }
    if (m_rest_of_batch != 0) return {};
    if (m_was_split) MORTISE_CHECK(m_open.clear_done(connection));
    for (const ImportRow& row : m_waiting)
        MORTISE_CHECK(m_open.add_waiting(connection, row));
    for (const auto& [row, raw] : m_refused)
        MORTISE_CHECK(m_open.add_refused(connection, row, raw));
    for (const std::uint64_t row : m_settled)
        MORTISE_CHECK(m_open.remove_waiting(connection, row));
    return {};
}

Result<void> Importer::commit_unit(const std::vector<Pending>& batch)
{
    UnitOfWork unit;
    unit.imported = true;
    unit.changes.reserve(batch.size() + 1);
    for (const Pending& pending : batch) {
        unit.changes.push_back(pending.change);
        unit.changes.insert(unit.changes.end(), pending.children.begin(), pending.children.end());
    }
    if (m_options.dry_run) {
        if (!unit.changes.empty()) MORTISE_CHECK(m_records.preview(m_context, unit));
    } else {
        ImportProgress after = m_progress;
        count(batch, after);
        if (m_options.import) {
            unit.changes.push_back(progress_change(after));
            unit.also = [&](Connection& connection) { return write_notes(connection, batch); };
        }
        MORTISE_CHECK(m_records.commit(m_context, std::move(unit)));
    }
    m_was_split = m_rest_of_batch != 0;
    if (m_rest_of_batch == 0) {
        m_waiting.clear();
        m_refused.clear();
        m_settled.clear();
    }
    return {};
}

Result<void> Importer::commit(std::vector<Pending>& batch)
{
    for (int removals = 0;; ++removals) {
        const auto committed = commit_unit(batch);
        if (committed) {
            count(batch);
            return {};
        }
        const Error& error = committed.error();
        if (ends_import(error) || batch.empty()) return error;
        const auto change = change_index(error);
        const auto index = batch.size() == 1 ? std::optional<std::size_t>{0}
            : change                         ? row_of_change(batch, *change)
                                             : std::nullopt;
        if (!index || (removals >= 8 && batch.size() > 1)) return commit_split(batch);
        Pending& wrong = batch[*index];
        refuse(wrong.row, without_index(error));
        if (wrong.waited) m_settled.push_back(wrong.row.number);
        if (wrong.row.number == 0) m_references.forget(wrong.change.id);
        batch.erase(batch.begin() + static_cast<std::ptrdiff_t>(*index));
    }
}

/// The error does not say which row it is about, or there are many: the halves are tried by themselves.
Result<void> Importer::commit_split(std::vector<Pending>& batch)
{
    const auto middle = batch.begin() + static_cast<std::ptrdiff_t>(batch.size() / 2);
    std::vector<Pending> second{std::make_move_iterator(middle), std::make_move_iterator(batch.end())};
    batch.erase(middle, batch.end());
    m_rest_of_batch += second.size();
    MORTISE_CHECK(commit(batch));
    m_rest_of_batch -= second.size();
    return commit(second);
}

void Importer::count(const std::vector<Pending>& batch, ImportProgress& progress)
{
    for (const Pending& pending : batch) {
        if (pending.row.number == 0) continue;
        ++(pending.change.operation == Operation::create ? progress.created : progress.updated);
        progress.left += pending.left.size();
    }
}

void Importer::count(const std::vector<Pending>& batch)
{
    count(batch, m_progress);
    for (const Pending& pending : batch)
        for (const Error& error : pending.left)
            complain(pending.row, error, true);
}

void Importer::refuse(const ImportRow& row, const Error& error)
{
    if (row.number == 0) return;
    ++m_progress.refused;
    m_refused.emplace_back(row.number, row.raw);
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
