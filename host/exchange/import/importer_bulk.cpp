#include "exchange/import/importer.hpp"
#include "records/bulk_load.hpp"
#include "store/connection.hpp"
#include "store/database.hpp"

#include <algorithm>

namespace mortise::host {

namespace {

/// Making the indexes of so many rows anew takes a few hundredths of a second: nothing is lost if hardly any
/// row follows.
constexpr std::uint64_t rows_before = 5000;
/// Records of others, whose readers and writers do without the indexes meanwhile.
constexpr std::int64_t most_others = 1000;
/// A hook may look records up by what is no longer indexed: then preparing takes ever longer.
constexpr double much_slower = 4;
constexpr double long_seconds = 0.5;

} // namespace

/// Rows that name others of their own type are found by a field that may be aside.
void Importer::note_lookups(const ImportRow& row)
{
    for (const ReferenceLookup& lookup : row.lookups)
        m_needs_indexes |= !lookup.rule->by.empty() && lookup.rule->type == m_options.type;
}

void Importer::note_pace(double seconds, std::size_t rows)
{
    const double pace = seconds / static_cast<double>(std::max<std::size_t>(rows, 1));
    if (m_bulk != Bulk::on)
        m_pace = pace;
    else if (seconds > long_seconds && pace > much_slower * m_pace)
        m_needs_indexes = true;
}

Result<bool> Importer::is_nearly_empty() const
{
    MORTISE_TRY(const TypePointer type, m_records.schema()->require(m_options.type));
    const std::int64_t most = static_cast<std::int64_t>(m_progress.created) + most_others;
    const ReadLease reader = m_database.read();
    MORTISE_TRY(
        Statement * count,
        reader->cached("SELECT count(*) FROM (SELECT 1 FROM " + quoted_name(type->table) + " LIMIT ?1)")
    );
    count->bind(1, most + 1);
    MORTISE_CHECK(count->step());
    const bool few = count->integer(0) <= most;
    count->reset();
    return few;
}

/// Between two batches. Only where every row is new and no look-up needs what is set aside.
Result<void> Importer::begin_bulk()
{
    if (m_bulk != Bulk::not_yet || m_progress.created < rows_before || m_settling) return {};
    m_bulk = Bulk::over;
    if (m_options.mode != ImportMode::create || !m_options.match.empty()) return {};
    MORTISE_TRY(const bool few, is_nearly_empty());
    if (!few) return {};
    MORTISE_TRY(const TypePointer type, m_records.schema()->require(m_options.type));
    UnitOfWork aside;
    aside.also = [&](Connection& connection) { return set_indexes_aside(connection, *type); };
    MORTISE_CHECK(m_records.commit(m_context, aside));
    m_bulk = Bulk::on;
    return {};
}

Result<void> Importer::end_bulk()
{
    if (m_bulk != Bulk::on) return {};
    for (bool more = true; more;) {
        UnitOfWork back;
        back.also = [&more](Connection& connection) -> Result<void> {
            MORTISE_TRY(more, bring_back_index(connection));
            return {};
        };
        MORTISE_CHECK(m_records.commit(m_context, back));
    }
    m_bulk = Bulk::over;
    return {};
}

} // namespace mortise::host
