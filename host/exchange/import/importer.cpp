#include "exchange/import/importer.hpp"

#include "base/json.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <iterator>

namespace mortise::host {

namespace {

/// A transaction dirties pages all over the indexes, and each is written once for the transaction: the more
/// rows share one, the fewer pages are written for a row.
constexpr std::size_t smallest_batch = 500;
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

Error without_index(Error error)
{
    const std::size_t comma = error.where.find(", ");
    if (error.where.starts_with("change "))
        error.where = comma == std::string::npos ? "" : error.where.substr(comma + 2);
    return error;
}

/// Trouble with the database or the host, not with a row.
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

} // namespace

bool parse_import_mode(std::string_view name, ImportMode& mode) noexcept
{
    for (const auto& [known, value] :
         {std::pair{"create", ImportMode::create},
          std::pair{"update", ImportMode::update},
          std::pair{"upsert", ImportMode::upsert},
          std::pair{"skip", ImportMode::skip}})
        if (name == known) {
            mode = value;
            return true;
        }
    return false;
}

Importer::Importer(Records& records, CallContext context, ImportOptions options)
    : m_records{records},
      m_context{std::move(context)},
      m_options{std::move(options)},
      m_references{records, m_context.principal},
      m_batch_size{m_options.batch == 0 ? smallest_batch : m_options.batch}
{
    m_context.channel = "import";
    if (m_options.import) m_context.client = "import " + std::to_string(m_options.import.number);
}

Result<ImportProgress> Importer::run(ImportSource& source)
{
    if (m_options.match.empty() && m_options.mode != ImportMode::create)
        return Error{
            .code = ErrorCode::invalid,
            .message = "no field says which rows are the same record",
            .key = "import.no_match",
            .where = "match",
            .hint = "name one with --match, such as --match email",
        };
    for (;;) {
        if (m_options.cancel && m_options.cancel->load(std::memory_order_relaxed)) {
            MORTISE_CHECK(flush());
            return Error{
                .code = ErrorCode::cancelled,
                .message = "the import was stopped after " + std::to_string(m_progress.read) + " rows",
                .key = "import.cancelled",
                .where = {},
                .hint = "resume it to go on, or undo it",
            };
        }
        ImportRow row;
        auto more = source.next(row);
        if (!more || !*more) {
            MORTISE_CHECK(flush());
            if (!more) return std::move(more).error();
            m_progress.bytes = source.bytes_read();
            if (m_options.on_progress) m_options.on_progress(m_progress);
            return m_progress;
        }
        m_progress.bytes = source.bytes_read();
        m_last_row = row.number;
        if (row.number <= m_options.resume_after) continue;
        ++m_progress.read;
        MORTISE_CHECK(take(std::move(row)));
    }
}

Result<void> Importer::take(ImportRow row)
{
    if (!row.problems.empty()) {
        for (const Error& problem : row.problems)
            complain(row, problem, false);
        ++m_progress.refused;
        return {};
    }
    // A second row about a record of this batch must find the first one written.
    const std::string key = match_key(row.values);
    if (!key.empty() && m_keys.contains(key)) MORTISE_CHECK(flush());
    Pending pending{.row = std::move(row), .change = {}, .children = {}};
    bool skip = false;
    if (auto planned = plan_change(pending, skip); !planned) {
        if (ends_import(planned.error())) return planned;
        refuse(pending.row, planned.error());
        return {};
    }
    if (skip) {
        ++m_progress.skipped;
        return {};
    }
    if (!key.empty()) m_keys.emplace(key, true);
    m_batch.push_back(std::move(pending));
    return m_batch.size() + m_made.size() >= m_batch_size ? flush() : Result<void>{};
}

Result<void> Importer::plan_change(Pending& pending, bool& skip)
{
    MORTISE_CHECK(resolve_lookups(pending));
    Change& change = pending.change;
    change.type = m_options.type;
    std::optional<Row> match;
    if (!m_options.match.empty()) {
        MORTISE_TRY(match, find_match(pending.row.values));
    }
    if (match && m_options.mode == ImportMode::create)
        return Error{
            .code = ErrorCode::exists,
            .message = "the row is " + m_options.type + " " + std::to_string(match->id.number)
                + ", which is there already",
            .key = "import.exists",
            .where = m_options.match.front(),
            .hint = "import with --mode upsert to update it, or --mode skip to leave it",
        };
    skip = match ? m_options.mode == ImportMode::skip : m_options.mode == ImportMode::update;
    change.operation = match ? Operation::update : Operation::create;
    if (match) change.id = match->id;
    change.values = pending.row.values;
    return skip ? Result<void>{} : plan_children(pending);
}

/// Of a record that is there already, only those children are made that it does not have.
Result<void> Importer::plan_children(Pending& pending)
{
    if (pending.row.children.empty()) return {};
    Change& change = pending.change;
    const bool is_new = change.operation == Operation::create;
    if (is_new && !m_options.dry_run) {
        MORTISE_TRY(change.id, m_records.reserve(1));
    } else if (is_new)
        return {};
    for (const ImportChild& child : pending.row.children) {
        Change made{
            .operation = Operation::create,
            .type = child.type,
            .id = {},
            .version = {},
            .values = child.values
        };
        made.values.set(child.parent_field, change.id);
        if (!is_new) {
            MORTISE_TRY(
                const std::vector<Row> same,
                m_records.find(m_context.principal, child.type, "value", child.values["value"], 1000)
            );
            const TypePointer type = m_records.schema()->find(child.type);
            if (std::ranges::any_of(same, [&](const Row& row) {
                    return value_of(*type, row, child.parent_field) == Value{change.id};
                }))
                continue;
        }
        pending.children.push_back(std::move(made));
    }
    return {};
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

Result<void> Importer::resolve_lookups(Pending& pending)
{
    for (const ReferenceLookup& lookup : pending.row.lookups) {
        auto found = m_references.find(*lookup.rule, lookup.text);
        if (found && !*found && lookup.rule->type == m_options.type && !m_batch.empty()) {
            MORTISE_CHECK(flush()); // an earlier row of the file may be the one
            found = m_references.find(*lookup.rule, lookup.text);
        }
        if (found && *found) {
            pending.row.values.set(lookup.field, *found);
            continue;
        }
        if (found && lookup.rule->create && !m_options.dry_run) {
            MORTISE_TRY(const Id id, m_records.reserve(1));
            Change made{
                .operation = Operation::create,
                .type = lookup.rule->type,
                .id = id,
                .version = {},
                .values = lookup.rule->create_values
            };
            made.values.set(lookup.rule->by, lookup.text);
            m_made.push_back(std::move(made));
            m_references.remember(*lookup.rule, lookup.text, id);
            pending.row.values.set(lookup.field, id);
            continue;
        }
        if (found && lookup.rule->create) continue;
        Error missing = found ? Error{
            .code = ErrorCode::not_found,
            .message = "there is no " + lookup.rule->type + " with the " + lookup.rule->by + " \"" + lookup.text + "\"",
            .key = "import.missing_reference",
            .where = lookup.field,
            .hint = "import those records first, or say \"create\": true in the mapping",
        } : found.error();
        missing.where = lookup.field;
        if (m_options.on_missing_reference == OnMissingReference::refuse || ends_import(missing))
            return missing;
        complain(pending.row, missing, true);
        ++m_progress.left;
    }
    return {};
}

std::string Importer::match_key(const Map& values) const
{
    std::string key;
    for (const std::string& field : m_options.match)
        key.append(json_text(values[field])).append(1, '\0');
    return key;
}

Result<std::optional<Row>> Importer::find_match(const Map& values)
{
    const std::string& first = m_options.match.front();
    if (values[first].is_null()) return std::optional<Row>{};
    MORTISE_TRY(
        std::vector<Row> rows,
        m_records.find(
            m_context.principal, m_options.type, first, values[first], m_options.match.size() > 1 ? 1000 : 2
        )
    );
    const TypePointer type = m_records.schema()->find(m_options.type);
    for (std::size_t i = 1; i < m_options.match.size(); ++i) {
        // The same normalisation as in the record: compared as the text that a row would keep.
        const std::string wanted = json_text(values[m_options.match[i]]);
        std::erase_if(rows, [&](const Row& row) {
            return json_text(value_of(*type, row, m_options.match[i])) != wanted;
        });
    }
    if (rows.size() > 1)
        return Error{
            .code = ErrorCode::conflict,
            .message = "more than one " + m_options.type + " matches the row",
            .key = "import.ambiguous_match",
            .where = first,
            .hint = "merge the duplicates, or match by more fields",
        };
    return rows.empty() ? std::optional<Row>{} : std::optional{std::move(rows.front())};
}

Result<void> Importer::flush()
{
    if (m_batch.empty()) return {};
    std::vector<Pending> batch;
    for (Change& made : std::exchange(m_made, {})) {
        ImportRow row;
        row.number = 0; // no row of its own
        batch.push_back({.row = std::move(row), .change = std::move(made), .children = {}});
    }
    std::ranges::move(m_batch, std::back_inserter(batch));
    m_batch.clear();
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

/// The import's own record, as it will be when the batch is written. The rows of a split batch count one part
/// after the other, so `rows_done` moves on only with the part that holds the batch's last row.
Change Importer::progress_change(const std::vector<Pending>& batch) const
{
    ImportProgress after = m_progress;
    count(batch, after);
    const auto number = [](std::uint64_t value) { return Value{static_cast<std::int64_t>(value)}; };
    Change change{
        .operation = Operation::update, .type = "import", .id = m_options.import, .version = {}, .values = {}
    };
    change.values
        = {{"created", number(after.created)},
           {"updated", number(after.updated)},
           {"skipped", number(after.skipped)},
           {"refused", number(after.refused)},
           {"read", number(after.read)}};
    if (m_rest_of_batch == 0) change.values.set("rows_done", number(m_last_row));
    return change;
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
        MORTISE_CHECK(m_records.preview(m_context, unit));
        return {};
    }
    if (m_options.import) unit.changes.push_back(progress_change(batch));
    MORTISE_CHECK(m_records.commit(m_context, std::move(unit)));
    return {};
}

Result<void> Importer::commit(std::vector<Pending>& batch)
{
    for (int removals = 0; !batch.empty(); ++removals) {
        const auto committed = commit_unit(batch);
        if (committed) {
            count(batch, m_progress);
            return {};
        }
        const Error& error = committed.error();
        if (ends_import(error)) return error;
        const auto change = change_index(error);
        const auto index = batch.size() == 1 ? std::optional<std::size_t>{0}
            : change                         ? row_of_change(batch, *change)
                                             : std::nullopt;
        if (!index || removals >= 8) return commit_split(batch, error);
        refuse(batch[*index].row, without_index(error));
        if (batch[*index].row.number == 0) m_references.forget(batch[*index].change.id);
        batch.erase(batch.begin() + static_cast<std::ptrdiff_t>(*index));
    }
    return {};
}

/// The error does not say which row it is about, or there are many: the halves are tried by themselves.
Result<void> Importer::commit_split(std::vector<Pending>& batch, const Error& error)
{
    if (batch.size() == 1) {
        refuse(batch.front().row, error);
        return {};
    }
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
    for (const Pending& pending : batch)
        if (pending.row.number != 0)
            ++(pending.change.operation == Operation::create ? progress.created : progress.updated);
}

void Importer::refuse(const ImportRow& row, const Error& error)
{
    if (row.number == 0) return;
    ++m_progress.refused;
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
