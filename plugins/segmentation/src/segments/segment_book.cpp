#include "segments/segment_book.hpp"

#include "conditions/parse_condition.hpp"

#include <algorithm>
#include <charconv>

namespace mortise::plugins::segmentation {

namespace {

bool refers_to(const Segment& segment, Id other)
{
    return std::ranges::any_of(segment.condition.dependencies, [&](const Dependency& dependency) {
        return dependency.kind == Dependency::Kind::segment
            && dependency.type == std::to_string(other.number);
    });
}

/// Moves each segment behind those that it refers to. What is left over refers to itself in a circle.
std::vector<Segment> in_order(std::vector<Segment> segments, std::vector<Segment>& circular)
{
    std::vector<Segment> ordered;
    for (bool moved = true; moved && !segments.empty();) {
        moved = false;
        for (auto at = segments.begin(); at != segments.end();) {
            const bool waits = std::ranges::any_of(segments, [&](const Segment& other) {
                return refers_to(*at, other.id);
            });
            if (waits) {
                ++at;
                continue;
            }
            ordered.push_back(std::move(*at));
            at = segments.erase(at);
            moved = true;
        }
    }
    circular = std::move(segments);
    return ordered;
}

std::optional<std::int64_t> whole(std::string_view text)
{
    std::int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
    return number;
}

} // namespace

TypeBook read_types(const Host& host)
{
    return TypeBook{require(host.call("types.describe"))};
}

std::optional<Id> find_segment(const Host& host, std::string_view name_or_id)
{
    const auto number = whole(name_or_id);
    const Rows rows = require(host.query(
        "SELECT s.id AS id FROM segment s WHERE s.name = :name OR s.id = :id ORDER BY s.name = :name DESC "
        "LIMIT 1",
        Map{{"name", name_or_id}, {"id", number.value_or(0)}}
    ));
    if (rows.empty()) return std::nullopt;
    return rows.front()["id"].id();
}

Id require_segment(const Host& host, const Value& name_or_id)
{
    std::string name{name_or_id.text()};
    if (const auto* id = name_or_id.as<Id>()) name = std::to_string(id->number);
    if (const auto* number = name_or_id.as<std::int64_t>()) name = std::to_string(*number);
    if (const auto found = find_segment(host, name)) return *found;
    fail(ErrorCode::not_found, "segmentation.no_segment", "there is no segment \"" + name + "\"", "segment");
}

SqlCondition compile_definition(const Host& host, const Value& definition, Reach reach)
{
    const Condition condition = require(parse_condition(definition));
    const SegmentFinder finder = [&](std::string_view name) { return find_segment(host, name); };
    return require(compile(condition, read_types(host), finder, reach));
}

std::vector<Segment>& SegmentBook::segments()
{
    if (!m_is_read) read();
    return m_segments;
}

const std::vector<BrokenSegment>& SegmentBook::broken()
{
    if (!m_is_read) read();
    return m_broken;
}

Segment* SegmentBook::find(Id id)
{
    const auto found = std::ranges::find(segments(), id, &Segment::id);
    return found == m_segments.end() ? nullptr : &*found;
}

void SegmentBook::read()
{
    m_segments.clear();
    m_broken.clear();
    const Rows rows
        = require(m_host.query("SELECT s.id AS id FROM segment s WHERE s.kind = 'dynamic' AND s.active = 1"));
    std::vector<Id> ids;
    for (const Row row : rows)
        ids.push_back(row["id"].id());
    if (ids.empty()) {
        m_is_read = true;
        return;
    }
    const TypeBook types = read_types(m_host);
    const SegmentFinder finder = [&](std::string_view name) { return find_segment(m_host, name); };
    std::vector<Segment> read;
    for (const Record& record : require(m_host.get("segment", ids))) {
        auto condition = [&]() -> Result<SqlCondition> {
            MORTISE_TRY(const Condition parsed, parse_condition(record["definition"].value()));
            MORTISE_TRY(SqlCondition few, compile(parsed, types, finder, Reach::few));
            if (!few.is_ranked) return few;
            return compile(parsed, types, finder, Reach::all); // everybody is looked at each time
        }();
        if (!condition) {
            m_broken.push_back({record.id(), std::string{record["state"].text()}, condition.error()});
            continue;
        }
        const Value checked_to = record["checked_to"].value();
        read.push_back(
            {record.id(),
             std::string{record["name"].text()},
             *std::move(condition),
             checked_to.get_or(Instant{})}
        );
    }
    std::vector<Segment> circular;
    m_segments = in_order(std::move(read), circular);
    for (const Segment& segment : circular)
        m_broken.push_back(
            {segment.id,
             "",
             Error{
                 ErrorCode::invalid,
                 "segments refer to each other in a circle",
                 "segmentation.circle",
                 segment.name,
                 "take the reference out of one of them"
             }}
        );
    m_is_read = true;
}

} // namespace mortise::plugins::segmentation
