#include "base/text.hpp"
#include "exchange/import/importer.hpp"
#include "store/connection.hpp"

#include <algorithm>
#include <limits>

namespace mortise::host {

namespace {

constexpr std::size_t rows_at_once = 200;
constexpr std::uint64_t behind_all = std::numeric_limits<std::int64_t>::max();

} // namespace

Result<void> Importer::settle()
{
    if (m_options.dry_run) {
        settle_dry_run();
        return {};
    }
    if (!m_options.import) return {};
    m_settling = true;
    MORTISE_CHECK(settle_waiting());
    MORTISE_CHECK(settle_references());
    // Done and forgotten together: one that goes on with a killed import still has what was refused.
    Change done = progress_change(m_progress);
    done.values.set("state", "done");
    done.values.set("message", "");
    UnitOfWork last;
    last.changes.push_back(std::move(done));
    last.also = [this](Connection& connection) { return m_open.clear(connection); };
    MORTISE_CHECK(m_records.commit(m_context, last));
    return {};
}

/// Rows that wait for rows that wait are there at the latest after as many passes as the chain is long. Files
/// are mostly sorted one way or the other, so that a pass in each direction does nearly all.
Result<void> Importer::settle_waiting()
{
    for (bool backwards = false;; backwards = !backwards) {
        MORTISE_TRY(const std::size_t settled, settle_waiting_once(backwards));
        if (settled == 0) break;
    }
    return refuse_waiting();
}

Result<std::size_t> Importer::settle_waiting_once(bool backwards)
{
    const auto done = [this] {
        return m_progress.created + m_progress.updated + m_progress.skipped + m_progress.refused;
    };
    const std::uint64_t before = done();
    std::uint64_t after = backwards ? behind_all : 0;
    for (;;) {
        MORTISE_CHECK(stop_if_cancelled());
        MORTISE_TRY(std::vector<ImportRow> rows, m_open.waiting(after, backwards, rows_at_once, m_rules));
        if (rows.empty()) break;
        after = rows.back().number;
        for (ImportRow& row : rows)
            MORTISE_CHECK(take(std::move(row)));
        MORTISE_CHECK(flush());
    }
    return done() - before;
}

/// What they name did not come.
Result<void> Importer::refuse_waiting()
{
    for (std::uint64_t after = 0;;) {
        MORTISE_TRY(const std::vector<ImportRow> rows, m_open.waiting(after, false, rows_at_once, m_rules));
        if (rows.empty()) return {};
        after = rows.back().number;
        for (const ImportRow& row : rows) {
            const auto is_missing = [this](const ReferenceLookup& lookup) {
                const auto found = m_references.find(*lookup.rule, lookup.text);
                return lookup.rule->type == m_options.type && !(found && *found);
            };
            const auto lookup = std::ranges::find_if(row.lookups, is_missing);
            Error error = missing_reference(lookup == row.lookups.end() ? row.lookups.front() : *lookup);
            error.hint += "; rows that name each other in a circle need \"on_missing_ref\": \"leave\"";
            refuse(row, error);
            m_settled.push_back(row.number);
        }
        MORTISE_CHECK(flush());
    }
}

Result<void> Importer::settle_references()
{
    for (;;) {
        MORTISE_CHECK(stop_if_cancelled());
        MORTISE_TRY(const std::vector<OpenReference> references, m_open.references(rows_at_once));
        if (references.empty()) return {};
        // One change for each record in a unit; further rows about the same record come with the next one.
        std::vector<OpenReference> now;
        for (const OpenReference& reference : references) {
            const auto other_row = [&](const OpenReference& taken) {
                return taken.record == reference.record && taken.row != reference.row;
            };
            if (std::ranges::none_of(now, other_row)) now.push_back(reference);
        }
        MORTISE_CHECK(set_references(now));
        if (m_options.on_progress) m_options.on_progress(m_progress);
    }
}

void Importer::leave(const OpenReference& reference, Error error)
{
    ImportRow row;
    row.number = reference.row;
    row.line = reference.line;
    error.where = reference.field;
    complain(row, error, true);
}

Result<void> Importer::set_references(const std::vector<OpenReference>& references)
{
    std::vector<OpenReference> found;
    std::vector<std::pair<OpenReference, Error>> left;
    for (OpenReference reference : references) {
        auto id = m_references.find(reference.rule, reference.text);
        if (id && *id) {
            reference.text = std::to_string(id->number);
            found.push_back(std::move(reference));
            continue;
        }
        if (!id && ends_import(id.error())) return id.error();
        const ReferenceLookup lookup{reference.field, &reference.rule, reference.text};
        left.emplace_back(reference, id ? missing_reference(lookup) : id.error());
    }
    const auto forget = [&](const std::vector<std::pair<OpenReference, Error>>& gone) -> Result<void> {
        if (gone.empty()) return {};
        UnitOfWork unit;
        ImportProgress after = m_progress;
        after.left += gone.size();
        unit.changes.push_back(progress_change(after));
        unit.also = [&](Connection& connection) -> Result<void> {
            for (const auto& [reference, error] : gone)
                MORTISE_CHECK(m_open.remove(connection, reference));
            return {};
        };
        MORTISE_CHECK(m_records.commit(m_context, unit));
        m_progress = after;
        for (const auto& [reference, error] : gone)
            leave(reference, error);
        return {};
    };
    MORTISE_CHECK(forget(left));
    if (found.empty()) return {};
    auto set = commit_references(found);
    if (set || ends_import(set.error())) return set;
    // One of them does not fit, such as a record that was deleted meanwhile: each by itself.
    for (const OpenReference& reference : found) {
        set = commit_references({reference});
        if (set) continue;
        if (ends_import(set.error())) return set;
        MORTISE_CHECK(forget({{reference, without_index(set.error())}}));
    }
    return {};
}

/// `text` of each is the record that was found.
Result<void> Importer::commit_references(const std::vector<OpenReference>& found)
{
    ImportProgress after = m_progress;
    after.resolved += found.size();
    UnitOfWork unit;
    unit.imported = true;
    for (const OpenReference& reference : found) {
        if (unit.changes.empty() || unit.changes.back().id != reference.record)
            unit.changes.push_back(
                {.operation = Operation::update,
                 .type = m_options.type,
                 .id = reference.record,
                 .version = {},
                 .values = {}}
            );
        unit.changes.back().values.set(reference.field, reference.text);
    }
    unit.changes.push_back(progress_change(after));
    unit.also = [&](Connection& connection) -> Result<void> {
        for (const OpenReference& reference : found)
            MORTISE_CHECK(m_open.remove(connection, reference));
        return {};
    };
    MORTISE_CHECK(m_records.commit(m_context, unit));
    m_progress = after;
    return {};
}

/// What rows of the file can be referred to by, since a dry run writes none of them.
void Importer::remember_seen(const ImportRow& row)
{
    for (const ReferenceRule* rule : m_own_rules)
        if (const Value& value = row.values[rule->by]; !rule->by.empty() && !value.is_null())
            m_seen.insert(rule->by + '\n' + rule->source + '\n' + fold(trim(value.text())));
    if (!row.source.empty()) m_seen.insert('\n' + row.source + '\n' + std::to_string(row.source_id));
}

void Importer::settle_dry_run()
{
    for (const Expected& expected : m_expected) {
        if (m_seen.contains(expected.key)) continue;
        complain(expected.row, expected.missing, expected.leaves);
        if (expected.leaves) {
            ++m_progress.left;
            continue;
        }
        ++m_progress.refused;
        --(expected.updates ? m_progress.updated : m_progress.created);
    }
}

} // namespace mortise::host
