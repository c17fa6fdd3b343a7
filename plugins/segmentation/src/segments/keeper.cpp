#include "segments/keeper.hpp"

#include <algorithm>
#include <limits>

namespace mortise::plugins::segmentation {

namespace {

/// Contacts that one step of a rebuild looks at. Each may need two changes, and a unit has 10,000 at most.
constexpr std::int64_t step = 4000;
/// More than that are left to a rebuild in steps.
constexpr std::size_t most_at_once = 4000;
constexpr std::int64_t microseconds_per_second = 1'000'000;

/// The first flip behind `now`: of some contacts, or of all without `contacts`.
std::optional<Instant> first_moment(
    const Host& host, const Segment& segment, const Crossing& crossing, const Ids* contacts, Instant now
)
{
    Map more{{"now", now.microseconds}};
    if (contacts) more.set("ids", json_of(*contacts));
    const std::string& sql = contacts ? crossing.next_of_some : crossing.next;
    const Rows rows = require(host.query(sql, used_parameters(sql, segment.condition.parameters, more)));
    const Value value = rows.front()[std::size_t{0}].value();
    if (const auto* instant = value.as<Instant>()) return *instant;
    if (const auto* number = value.as<std::int64_t>()) return Instant{*number};
    return std::nullopt;
}

} // namespace

void Keeper::take(const Events& events, Work& work)
{
    Touched touched;
    for (const Event event : events)
        touched.add(event);
    if (touched.segments_changed()) {
        m_book.forget();
        note_broken(work);
    }
    const Instant now = m_host.now();
    for (const Segment& segment : m_book.segments()) {
        if (touched.redefined().contains(segment.id.number)) {
            work.update("segment", segment.id, {{"state", "building"}, {"broken_because", nullptr}});
            require(m_host.post("segmentation.rebuild", {{"segment", segment.id}, {"after", Id{}}}));
            continue;
        }
        const Ids contacts = touched.contacts_for(segment.condition, m_host);
        if (segment.condition.is_ranked && !contacts.empty())
            settle_ranked(segment, now, work);
        else if (contacts.size() > most_at_once)
            require(m_host.post("segmentation.rebuild", {{"segment", segment.id}, {"after", Id{}}}));
        else if (!contacts.empty())
            settle(m_host, segment, contacts, now, work);
        if (!contacts.empty()) plan_for(segment, &contacts, now);
    }
}

/// A segment whose field or type is gone keeps its members and says so; it is never silently empty.
void Keeper::note_broken(Work& work)
{
    for (const BrokenSegment& broken : m_book.broken())
        if (broken.was_state != "broken")
            work.update(
                "segment",
                broken.id,
                {{"state", "broken"},
                 {"broken_because", broken.reason.message + " (" + broken.reason.where + ")"}}
            );
}

Value Keeper::rebuild(Id segment_id, std::int64_t after, Work& work)
{
    if (after == 0) m_book.forget();
    const Record record = require(m_host.get("segment", segment_id, {"name", "kind", "active"}));
    if (record["kind"].text() != "dynamic")
        refuse(
            "segmentation.by_hand",
            "\"" + std::string{record["name"].text()} + "\" is a " + std::string{record["kind"].text()}
                + " segment: nothing evaluates it",
            "segment"
        );
    if (!record["active"].boolean(true))
        refuse(
            "segmentation.not_active",
            "\"" + std::string{record["name"].text()}
                + "\" is not active and keeps its members; make it active first",
            "segment"
        );
    const Segment* segment = m_book.find(segment_id);
    if (!segment) {
        note_broken(work);
        return Map{{"done", true}, {"entered", 0}, {"left", 0}};
    }
    const Instant now = m_host.now();
    const bool is_ranked = segment->condition.is_ranked;
    const std::int64_t last = is_ranked ? 1 : last_of_next(m_host, after, step);
    // The last step reaches to the end of all numbers, where the memberships of deleted contacts are.
    const IdRange range{after + 1, last == 0 ? std::numeric_limits<std::int64_t>::max() : last};
    const Movement movement = is_ranked ? settle_all(m_host, *segment, step, now, work)
                                        : settle(m_host, *segment, range, now, work);
    const bool is_done = is_ranked ? movement.entered + movement.left < step : last == 0;
    if (is_done) {
        work.update(
            "segment",
            segment_id,
            {{"state", "ready"}, {"broken_because", nullptr}, {"checked_to", now}, {"evaluated_at", now}}
        );
        plan_for(*segment, nullptr, now);
    } else {
        require(m_host.post("segmentation.rebuild", {{"segment", segment_id}, {"after", Id{last}}}));
    }
    return Map{{"done", is_done}, {"entered", movement.entered}, {"left", movement.left}};
}

/// Who is in depends on everybody: what changed tells only that there may be others now.
Movement Keeper::settle_ranked(const Segment& segment, Instant now, Work& work)
{
    const Movement movement = settle_all(m_host, segment, step, now, work);
    if (movement.entered + movement.left == step)
        require(m_host.post("segmentation.rebuild", {{"segment", segment.id}, {"after", Id{1}}}));
    return movement;
}

Value Keeper::come_due(Work& work)
{
    m_next_wake = {};
    const Instant now = m_host.now();
    Movement moved;
    for (Segment& segment : m_book.segments()) {
        if (segment.condition.crossings.empty()) continue;
        Ids contacts;
        for (const Crossing& crossing : segment.condition.crossings) {
            const Map more{{"now", now.microseconds}, {"since", segment.checked_to.microseconds}};
            const Rows rows = require(m_host.query(
                crossing.contacts, used_parameters(crossing.contacts, segment.condition.parameters, more)
            ));
            for (const Row row : rows)
                if (const std::int64_t id = id_number(row[std::size_t{0}]); id != 0) contacts.insert(id);
        }
        if (segment.condition.is_ranked && !contacts.empty())
            moved += settle_ranked(segment, now, work);
        else if (contacts.size() > most_at_once)
            require(m_host.post("segmentation.rebuild", {{"segment", segment.id}, {"after", Id{}}}));
        else
            moved += settle(m_host, segment, contacts, now, work);
        if (!contacts.empty()) {
            work.update("segment", segment.id, {{"checked_to", now}});
            segment.checked_to = now;
        }
        plan_for(segment, nullptr, now);
    }
    return Map{{"entered", moved.entered}, {"left", moved.left}};
}

void Keeper::resume()
{
    const Rows unfinished = require(
        m_host.query("SELECT s.id AS id, s.snapshot_of AS origin,"
                     " (SELECT max(m.contact) FROM segment_membership m WHERE m.segment = s.id) AS last"
                     " FROM segment s WHERE s.state = 'building' AND (s.active = 1 OR s.kind = 'snapshot')")
    );
    for (const Row row : unfinished)
        if (row["origin"].is_null())
            require(m_host.post("segmentation.rebuild", {{"segment", row["id"].value()}, {"after", Id{}}}));
        else
            require(m_host.post(
                "segmentation.copy_members",
                {{"from", row["origin"].value()},
                 {"to", row["id"].value()},
                 {"after", Id{id_number(row["last"])}}}
            ));
    require(m_host.post("segmentation.come_due"));
}

void Keeper::plan_for(const Segment& segment, const Ids* contacts, Instant now)
{
    for (const Crossing& crossing : segment.condition.crossings)
        if (const auto moment = first_moment(m_host, segment, crossing, contacts, now)) wake_at(*moment);
}

/// Wakes fall on whole seconds; one that comes for nothing does no harm.
void Keeper::wake_at(Instant when)
{
    const std::int64_t second = when.microseconds / microseconds_per_second + 1;
    when.microseconds = second * microseconds_per_second;
    if (m_next_wake.microseconds != 0 && m_next_wake <= when) return;
    m_next_wake = when;
    require(m_host.start("segmentation.wake", {}, {.key = "wake/" + std::to_string(second), .due = when}));
}

} // namespace mortise::plugins::segmentation
