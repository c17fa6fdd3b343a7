#include "retention/retention_search.hpp"

#include "base/json.hpp"
#include "events/event.hpp"
#include "records/restrictions.hpp"
#include "store/database.hpp"

#include <algorithm>
#include <optional>

namespace mortise::host {

namespace {

constexpr std::size_t page_size = 200;
constexpr std::size_t most_kept = 500; // of a stretch
constexpr std::size_t stretch = 2000; // events that are looked at together
constexpr std::int64_t day = 86'400'000'000;

/// When something last happened to the record that is no act of administration, as far as the log tells.
Result<Instant> last_activity(Connection& reader, const Row& row)
{
    MORTISE_TRY(
        Statement * select,
        reader.cached(
            R"(SELECT max(e.recorded) FROM "mt$event_link" l JOIN "mt$event" e ON e.number = l.number
            WHERE l.record = ?1 AND e.class <> ?2)"
        )
    );
    select->bind(1, row.id.number);
    select->bind(2, static_cast<std::int64_t>(EventClass::audit));
    MORTISE_CHECK(select->step());
    const Instant last{std::max(select->integer(0), row.created_at.microseconds)};
    select->reset();
    return last;
}

/// A time of the record; nothing if it has none there.
std::optional<Instant> time_of(const RecordType& type, const Row& row, std::string_view by)
{
    if (by == "created_at") return row.created_at;
    if (by == "updated_at") return row.updated_at;
    const Value value = value_of(type, row, by);
    if (const auto* instant = value.as<Instant>()) return *instant;
    if (const auto* date = value.as<Date>()) return Instant{date->days * day};
    return std::nullopt;
}

/// Whether the record is a restricted contact or refers to one.
bool is_about(const RecordType& type, const Row& row, const std::set<std::int64_t>& restricted)
{
    if (restricted.empty()) return false;
    if (type.name == "contact") return restricted.contains(row.id.number);
    for (std::size_t slot = 0; slot < type.fields.size(); ++slot) {
        const Field& field = type.fields[slot];
        if (field.kind != FieldKind::reference || field.reference_type != "contact") continue;
        const Id* contact = row.values[slot].as<Id>();
        if (contact && restricted.contains(contact->number)) return true;
    }
    return false;
}

} // namespace

Result<bool> RetentionSearch::is_old(const RetentionRule& rule, const RecordType& type, const Row& row)
{
    const Instant limit = rule.limit(m_now);
    if (rule.by != "activity") {
        const auto time = time_of(type, row, rule.by);
        return time && time->microseconds < limit.microseconds;
    }
    const ReadLease reader = m_database.read();
    MORTISE_TRY(const Instant last, last_activity(*reader, row));
    return last.microseconds < limit.microseconds;
}

Result<void> RetentionSearch::records(
    const RetentionRule& rule,
    RetentionKept& kept,
    const std::function<Result<void>(const RecordType& type, const Row& row)>& take
)
{
    const Principal system = Principal::system();
    const SchemaPointer schema = m_records.schema();
    MORTISE_TRY(const TypePointer type, schema->require(rule.type));
    ListOptions options{.sort = {}, .limit = page_size, .after = {}, .deleted = false, .where = rule.where};
    do {
        MORTISE_TRY(const ListPage page, m_records.list(system, type->name, options));
        MORTISE_TRY(const std::set<std::int64_t> restricted, m_records.restricted());
        for (const Row& row : page.rows) {
            MORTISE_TRY(const bool old, is_old(rule, *type, row));
            if (!old) continue;
            if (is_about(*type, row, restricted)) {
                ++kept.restricted;
                continue;
            }
            MORTISE_CHECK(take(*type, row));
        }
        options.after = page.next;
    } while (!options.after.empty());
    return {};
}

Result<void> RetentionSearch::read_readers(Connection& reader)
{
    m_readers.clear();
    m_parked.clear();
    MORTISE_TRY(Statement * places, reader.cached(R"(SELECT patterns, cursor FROM "mt$subscription")"));
    for (;;) {
        MORTISE_TRY(const bool more, places->step());
        if (!more) break;
        Reader one{{}, places->integer(1)};
        MORTISE_TRY(const Value patterns, parse_value(places->text(0), "patterns"));
        for (const Value& pattern : patterns.get_or(List{}))
            one.patterns.emplace_back(pattern.text());
        m_readers.push_back(std::move(one));
    }
    places->reset();
    MORTISE_TRY(Statement * parked, reader.cached(R"(SELECT number FROM "mt$parked")"));
    for (;;) {
        MORTISE_TRY(const bool more, parked->step());
        if (!more) break;
        m_parked.insert(parked->integer(0));
    }
    parked->reset();
    return {};
}

bool RetentionSearch::is_unread(const ExpiredEvent& event) const
{
    if (m_parked.contains(event.number)) return true;
    return std::ranges::any_of(m_readers, [&](const Reader& reader) {
        return reader.cursor < event.number
            && std::ranges::any_of(
                   reader.patterns, [&](const std::string& pattern) { return matches(pattern, event.type); }
            );
    });
}

/// Of the next stretch, the events that are linked to contacts whose processing is restricted, or to what was
/// merged into them.
Result<void> RetentionSearch::read_restricted(Connection& reader, std::int64_t after)
{
    m_restricted.clear();
    MORTISE_TRY(
        Statement * select,
        reader.cached(
            R"(WITH RECURSIVE person (id) AS (SELECT contact FROM "mt$restriction$"
            UNION SELECT d.old FROM person p JOIN "mt$redirect$" d ON d.target = p.id)
            SELECT l.number FROM person p JOIN "mt$event_link" l ON l.record = p.id WHERE l.number > ?1 AND l.number <= (SELECT max(number) FROM
            (SELECT number FROM "mt$event" WHERE number > ?1 ORDER BY number LIMIT ?2)))"
        )
    );
    select->bind(1, after);
    select->bind(2, static_cast<std::int64_t>(stretch));
    for (;;) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) break;
        m_restricted.insert(select->integer(0));
    }
    select->reset();
    return {};
}

Result<bool> RetentionSearch::are_free(Connection& connection, const ExpiredEvents& found)
{
    MORTISE_CHECK(read_restricted(connection, found.after));
    return std::ranges::none_of(found.events, [&](const ExpiredEvent& event) {
        return m_restricted.contains(event.number);
    });
}

Result<ExpiredEvents>
RetentionSearch::events(const RetentionRule& rule, std::int64_t after, RetentionKept& kept)
{
    const ReadLease reader = m_database.read();
    MORTISE_CHECK(reader->begin());
    MORTISE_CHECK(read_readers(*reader));
    MORTISE_CHECK(read_restricted(*reader, after));
    ExpiredEvents found;
    found.after = found.to = after;
    // `recorded` never goes back, so that the first that is too young ends the walk.
    MORTISE_TRY(
        Statement * select,
        reader->cached(
            R"(SELECT e.number, n.text, e.subject, e.recorded, e.class, ifnull(length(e.sealed), 1), d.number
            FROM "mt$event" e JOIN "mt$name" n ON n.id = e.type LEFT JOIN "mt$event_data" d ON d.number = e.number
            WHERE e.number > ?1 ORDER BY e.number LIMIT ?2)"
        )
    );
    select->bind(1, after);
    select->bind(2, static_cast<std::int64_t>(stretch));
    std::size_t looked_at = 0;
    bool is_full = false;
    for (;; ++looked_at) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) break;
        ExpiredEvent event{
            select->integer(0),
            std::string{select->text(1)},
            Id{select->integer(2)},
            Instant{select->integer(3)}
        };
        if (event.recorded.microseconds >= rule.limit(m_now).microseconds) break;
        found.to = event.number;
        const bool says_something = !select->is_null(6);
        if (!says_something || select->integer(4) != static_cast<std::int64_t>(rule.event_class)
            || !matches(rule.types, event.type))
            continue;
        if (select->integer(5) != 0)
            ++kept.proof;
        else if (m_restricted.contains(event.number) || is_unread(event)) {
            ++(m_restricted.contains(event.number) ? kept.restricted : kept.unread);
            found.kept.push_back(event.number);
        } else
            found.events.push_back(std::move(event));
        if (found.kept.size() < most_kept) continue;
        is_full = true; // the entry names them: it stays short
        break;
    }
    select->reset();
    found.is_last = !is_full && looked_at < stretch;
    return found;
}

Result<std::vector<ExpiredRow>> RetentionSearch::rows(const RetentionRule& rule)
{
    const ReadLease reader = m_database.read();
    MORTISE_TRY(
        Statement * select,
        reader->cached(
            rule.subject == RetentionSubject::jobs
                ? R"(SELECT id, 0, plugin || ' ' || name, finished FROM "mt$job"
                  WHERE state IN ('done', 'failed', 'cancelled') AND finished > 0 AND finished < ?1 ORDER BY finished, id)"
                : R"(SELECT p.number, p.subscription, s.plugin || ' ' || s.name, p.since FROM "mt$parked" p
                  JOIN "mt$subscription" s ON s.id = p.subscription WHERE p.dead = 1 AND p.since < ?1
                  ORDER BY p.since, p.subscription, p.number)"
        )
    );
    select->bind(1, rule.limit(m_now).microseconds);
    std::vector<ExpiredRow> rows;
    for (;;) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) break;
        rows.push_back(
            {select->integer(0), select->integer(1), std::string{select->text(2)}, Instant{select->integer(3)}
            }
        );
    }
    select->reset();
    return rows;
}

} // namespace mortise::host
