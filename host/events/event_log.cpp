#include "events/event_log.hpp"

#include "base/json.hpp"
#include "events/link_merge.hpp"
#include "records/redirects.hpp"
#include "store/database.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace mortise::host {

namespace {

constexpr std::size_t most_events = 10'000;
/// Where a stretch of the log that is held in memory ends, at the latest.
constexpr std::size_t most_bytes_at_once = std::size_t{1} << 20;

constexpr const char* event_columns =
    R"(SELECT e.number, t.text, e.subject, s.name, e.time, e.recorded, a.text, c.text, e.class, e.external, e.unit, e.cause,
        e.correlation, e.depth, d.data, e.links, k.text
    FROM "mt$event" e JOIN "mt$name" t ON t.id = e.type JOIN "mt$name" a ON a.id = e.actor
        JOIN "mt$name" c ON c.id = e.schema JOIN "mt$name" k ON k.id = e.client LEFT JOIN "mt$type" s ON s.id = e.subject_type
        LEFT JOIN "mt$event_data" d ON d.number = e.number )";

/// "role=id,role=id"
std::vector<EventLink> read_links(std::string_view text)
{
    std::vector<EventLink> links;
    while (!text.empty()) {
        const std::string_view item = text.substr(0, text.find(','));
        text.remove_prefix(std::min(text.size(), item.size() + 1));
        const std::size_t equals = item.find('=');
        EventLink link{.record = {}, .role = std::string{item.substr(0, equals)}};
        if (equals != std::string_view::npos)
            std::from_chars(item.data() + equals + 1, item.data() + item.size(), link.record.number);
        links.push_back(std::move(link));
    }
    return links;
}

Event read_event(const Statement& row)
{
    Event event;
    event.number = row.integer(0);
    event.type = row.text(1);
    event.subject.number = row.integer(2);
    event.subject_type = row.text(3);
    event.time.microseconds = row.integer(4);
    event.recorded.microseconds = row.integer(5);
    event.actor = row.text(6);
    event.schema = row.text(7);
    event.event_class = static_cast<EventClass>(row.integer(8));
    event.external = row.integer(9) != 0;
    event.unit = row.integer(10);
    event.cause = row.integer(11);
    event.correlation = row.integer(12);
    event.depth = static_cast<std::uint32_t>(row.integer(13));
    if (auto data = parse_value(row.text(14), "event data"); data && data->as<Map>())
        event.data = std::move(*data->as<Map>());
    event.links = read_links(row.text(15));
    event.client = row.text(16);
    return event;
}

/// The records that an own-scoped person may see events of are those that are theirs and those of shared
/// types; the type's table tells. With roles, the type must be one that may be read.
Result<bool> may_see_subject(Connection& reader, const Event& event, const Principal& principal)
{
    if (!event.subject || event.subject_type.empty() || !principal.reads(event.subject_type)) return false;
    const Id owner = principal.row_owner(event.subject_type);
    MORTISE_TRY(Statement * table, reader.cached("SELECT tbl, shared FROM \"mt$type\" WHERE name = ?"));
    table->bind(1, std::string_view{event.subject_type});
    MORTISE_TRY(const bool found, table->step());
    const std::string name{found ? table->text(0) : std::string_view{}};
    const bool is_shared = found && table->integer(1) != 0;
    table->reset();
    if (!found || is_shared || !owner) return found;
    MORTISE_TRY(const Id survivor, redirected(reader, event.subject));
    MORTISE_TRY(Statement * select, reader.cached("SELECT owner FROM \"" + name + "\" WHERE id = ?"));
    select->bind(1, (survivor ? survivor : event.subject).number);
    MORTISE_TRY(const bool there, select->step());
    const bool own = there && select->integer(0) == owner.number;
    select->reset();
    return own;
}

/// Takes away what hidden fields had. What of a plugin's event comes from them nobody knows, so that nothing
/// of it is left. False: the event tells of nothing else.
bool without_hidden(Event& event, const TypeRights& rights)
{
    if (rights.hidden.empty()) return true;
    for (const char* part : {"record", "changes"}) {
        if (event.type != event.subject_type + (part[0] == 'r' ? ".created" : ".updated")) continue;
        Value* told = event.data.find(part);
        Map* fields = told ? told->as<Map>() : nullptr;
        if (!fields) continue;
        for (const std::string& hidden : rights.hidden)
            fields->erase(hidden);
        return part[0] == 'r' || !fields->empty();
    }
    event.data = {};
    return true;
}

/// Makes of an event what the principal may know of it. False: it is as if it were not there. Who may see the
/// audit trail knows of each event that it was; what it told only where the subject may be seen, or where it
/// has none and was told for the trail.
Result<bool> show(Connection& reader, const Principal& principal, Event& event)
{
    if (!principal.row_owner()) return true;
    MORTISE_TRY(const bool visible, may_see_subject(reader, event, principal));
    if (!principal.rights) return visible;
    if (visible) return without_hidden(event, principal.rights->of(event.subject_type));
    if (!principal.rights->can(Capability::audit)) return false;
    if (!event.subject && event.event_class == EventClass::audit) return true;
    event.data = {};
    event.links.clear();
    return true;
}

} // namespace

EventLog::EventLog(Database& database) : m_database{database} { }

Result<void> EventLog::open()
{
    const ReadLease reader = m_database.read();
    MORTISE_TRY(Statement * last, reader->cached("SELECT max(number) FROM \"mt$event\""));
    MORTISE_CHECK(last->step());
    committed(last->integer(0));
    last->reset();
    return {};
}

namespace {

/// The record that is asked for, by the id that it has now, and all that were merged into it.
Result<std::vector<Id>> with_merged(Connection& reader, Id subject)
{
    MORTISE_TRY(const Id survivor, redirected(reader, subject));
    const Id present = survivor ? survivor : subject;
    MORTISE_TRY(std::vector<Id> ids, redirects_to(reader, present));
    ids.insert(ids.begin(), present);
    return ids;
}

std::string type_condition(const std::string& pattern)
{
    if (pattern.empty() || pattern == "*") return {};
    return pattern.ends_with(".*")
        ? R"(AND e.type IN (SELECT id FROM "mt$name" WHERE text >= ?4 AND text < ?5) )"
        : R"(AND e.type = (SELECT id FROM "mt$name" WHERE text = ?4) )";
}

/// The links of a record are in the order of their events: the latest are found without looking at the
/// others. With several records the arms of a UNION are merged in that order. An event that is linked twice
/// comes twice in a row.
std::string list_statement(const EventFilter& filter, const std::vector<Id>& subjects)
{
    constexpr std::size_t most_arms = 50; // beyond, the links are collected and sorted
    const std::string number = filter.subject ? "l.number" : "e.number";
    const std::string range = number + " > ?1 AND " + number + " <= ?2 " + type_condition(filter.type);
    const std::string direction = filter.newest_first ? " DESC" : "";
    if (!filter.subject) return event_columns + ("WHERE " + range) + "ORDER BY e.number" + direction;
    std::string in;
    for (const Id id : subjects)
        in += (in.empty() ? "" : ",") + std::to_string(id.number);
    const std::string arm
        = event_columns + std::string{R"(JOIN "mt$event_link" l ON l.number = e.number AND l.record )"};
    if (subjects.size() == 1) return arm + "= ?3 WHERE " + range + "ORDER BY l.number" + direction;
    if (subjects.size() > most_arms)
        return arm + "IN (" + in + ") WHERE " + range + "ORDER BY l.number" + direction;
    std::string sql;
    for (const Id id : subjects)
        sql.append(sql.empty() ? "" : " UNION ALL ")
            .append(arm)
            .append("= ")
            .append(std::to_string(id.number))
            .append(" WHERE ")
            .append(range);
    return sql + "ORDER BY 1" + direction;
}

} // namespace

Result<std::vector<Event>> EventLog::list(const Principal& principal, const EventFilter& filter)
{
    if (filter.subject && !filter.companions.empty()) return list_together(principal, filter);
    const ReadLease reader = m_database.read();
    std::vector<Id> subjects;
    if (filter.subject) {
        MORTISE_TRY(subjects, with_merged(*reader, filter.subject));
    }
    // Kept for the next time where there are few such texts.
    std::optional<Statement> several;
    if (subjects.size() > 1) {
        MORTISE_TRY(several, reader->prepare(list_statement(filter, subjects)));
    }
    Statement* select = several ? &*several : nullptr;
    if (!select) {
        MORTISE_TRY(select, reader->cached(list_statement(filter, subjects)));
    }
    select->bind(1, filter.since);
    select->bind(2, filter.until == 0 ? INT64_MAX : filter.until);
    if (subjects.size() == 1) select->bind(3, subjects.front().number);
    if (!filter.type.empty() && filter.type != "*") {
        if (filter.type.ends_with(".*")) {
            const std::string from = filter.type.substr(0, filter.type.size() - 1); // "contact."
            select->bind(4, std::string_view{from});
            select->bind(5, std::string_view{from.substr(0, from.size() - 1) + "/"}); // '/' follows '.'
        } else
            select->bind(4, std::string_view{filter.type});
    }
    const std::size_t limit = std::min(filter.limit, most_events);
    std::vector<Event> events;
    while (events.size() < limit) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) break;
        Event event = read_event(*select);
        if (!events.empty() && events.back().number == event.number) continue;
        MORTISE_TRY(const bool visible, show(*reader, principal, event));
        if (!visible) continue;
        events.push_back(std::move(event));
    }
    select->reset();
    return events;
}

Result<std::vector<Event>> EventLog::list_together(const Principal& principal, const EventFilter& filter)
{
    const ReadLease reader = m_database.read();
    LinkMerge links{*reader, filter};
    MORTISE_TRY(const auto subjects, with_merged(*reader, filter.subject));
    for (const Id id : subjects)
        MORTISE_CHECK(links.add(id, {}));
    for (const EventCompanion& companion : filter.companions) {
        MORTISE_TRY(const auto ids, with_merged(*reader, companion.record));
        for (const Id id : ids)
            MORTISE_CHECK(links.add(id, companion));
    }
    const std::size_t limit = std::min(filter.limit, most_events);
    std::vector<Event> events;
    while (events.size() < limit) {
        MORTISE_TRY(const auto next, links.next());
        if (next.number == 0) break;
        MORTISE_TRY(Statement * select, reader->cached(std::string{event_columns} + "WHERE e.number = ?1"));
        select->bind(1, next.number);
        MORTISE_TRY(const bool found, select->step());
        if (!found) { // it was dropped meanwhile
            select->reset();
            continue;
        }
        Event event = read_event(*select);
        select->reset();
        if (!next.is_within(event.time) || (!filter.type.empty() && !matches(filter.type, event.type)))
            continue;
        MORTISE_TRY(const bool visible, show(*reader, principal, event));
        if (visible) events.push_back(std::move(event));
    }
    return events;
}

Result<EventRun> EventLog::load(std::int64_t after, std::int64_t to)
{
    const ReadLease reader = m_database.read();
    MORTISE_TRY(
        Statement * select,
        reader->cached(
            std::string{event_columns} + "WHERE e.number > ?1 AND e.number <= ?2 ORDER BY e.number"
        )
    );
    select->bind(1, after);
    select->bind(2, to);
    constexpr std::size_t bytes_around = 512; // of a stretch and its place among the others
    EventRun run{.after = after, .seen_to = after, .events = {}, .bytes = bytes_around};
    while (run.bytes < most_bytes_at_once) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) break;
        const Event& event = run.events.emplace_back(read_event(*select));
        run.seen_to = event.number;
        run.bytes += bytes_of(event);
    }
    select->reset();
    return run;
}

namespace {

/// Collects what matches out of stretches of the log. What stands together in one of them is shown where it
/// is; otherwise it is copied.
class Matching {
public:
    explicit Matching(std::span<const std::string> patterns) : m_patterns{patterns} { }

    std::size_t size() const noexcept { return m_found.size(); }
    bool stands_together() const noexcept { return m_stands_together; }

    /// Looks at the events after number `after` until there are `limit`; the number of the last one.
    std::int64_t look(const RecentEvents::Run& run, std::int64_t after, std::size_t limit)
    {
        const std::vector<Event>& events = run->events;
        auto event = std::ranges::upper_bound(events, after, {}, &Event::number);
        std::int64_t seen_to = after;
        for (; event != events.end() && size() < limit; ++event) {
            seen_to = event->number;
            if (std::ranges::none_of(m_patterns, [&](const std::string& pattern) {
                    return matches(pattern, event->type);
                }))
                continue;
            m_stands_together = m_stands_together
                && (m_found.empty() || (m_runs.back() == run && m_found.back() + 1 == &*event));
            if (m_runs.empty() || m_runs.back() != run) m_runs.push_back(run);
            m_found.push_back(&*event);
        }
        return seen_to;
    }

    EventSlice slice(std::int64_t seen_to) const
    {
        if (m_found.empty()) return {.events = {}, .seen_to = seen_to};
        if (m_stands_together) return {{m_found.front(), m_found.size()}, seen_to, m_runs.back()};
        auto copies = std::make_shared<std::vector<Event>>();
        copies->reserve(m_found.size());
        for (const Event* event : m_found)
            copies->push_back(*event);
        return {*copies, seen_to, copies};
    }

private:
    std::span<const std::string> m_patterns;
    std::vector<RecentEvents::Run> m_runs; ///< those in which something was found
    std::vector<const Event*> m_found;
    bool m_stands_together{true};
};

} // namespace

Result<EventSlice> EventLog::read_after(
    std::int64_t after, std::span<const std::string> patterns, std::size_t limit, std::size_t look_at
)
{
    Matching matching{patterns};
    const std::int64_t end = after + static_cast<std::int64_t>(look_at);
    std::int64_t seen_to = after;
    while (matching.size() < limit && seen_to < end) {
        MORTISE_TRY(
            const RecentEvents::Run run,
            m_recent.after(seen_to, [this](std::int64_t from, std::int64_t to) { return load(from, to); })
        );
        if (run->events.empty()) break;
        seen_to = matching.look(run, seen_to, limit);
        if (matching.stands_together() && matching.size() > limit / 2) break; // better than to copy more
        if (seen_to >= last()) break;
    }
    return matching.slice(seen_to);
}

Result<Event> EventLog::get(std::int64_t number)
{
    const ReadLease reader = m_database.read();
    MORTISE_TRY(Statement * select, reader->cached(std::string{event_columns} + "WHERE e.number = ?1"));
    select->bind(1, number);
    MORTISE_TRY(const bool found, select->step());
    if (!found) {
        select->reset();
        return Error{
            .code = ErrorCode::not_found,
            .message = "there is no event " + std::to_string(number),
            .key = "events.not_found",
            .where = std::to_string(number),
        };
    }
    Event event = read_event(*select);
    select->reset();
    return event;
}

Result<std::int64_t> EventLog::number_at(Instant time)
{
    const ReadLease reader = m_database.read();
    // Numbers and times of recording grow together, so the number is found by halving.
    MORTISE_TRY(Statement * at, reader->cached("SELECT recorded FROM \"mt$event\" WHERE number = ?"));
    std::int64_t low = 0;
    std::int64_t high = last();
    while (low < high) {
        const std::int64_t middle = low + (high - low + 1) / 2;
        at->bind(1, middle);
        MORTISE_TRY(const bool found, at->step());
        const bool before = found && at->integer(0) <= time.microseconds;
        at->reset();
        if (before)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

} // namespace mortise::host
