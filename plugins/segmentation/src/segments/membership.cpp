#include "segments/membership.hpp"

namespace mortise::plugins::segmentation {

namespace {

using Members = std::map<std::int64_t, Id>; // contact -> its open membership

Ids ids_in(const Rows& rows)
{
    Ids ids;
    for (const Row row : rows)
        ids.insert(id_number(row["id"]));
    return ids;
}

Members members_in(const Host& host, Id segment, const std::string& which, Map parameters)
{
    parameters.set("segment", segment.number);
    const Rows rows = require(host.query(
        "SELECT m.id AS id, m.contact AS contact FROM segment_membership m WHERE m.segment = :segment AND "
        "m.left_at IS NULL AND "
            + which,
        parameters
    ));
    Members members;
    for (const Row row : rows)
        members.emplace(id_number(row["contact"]), Id{id_number(row["id"])});
    return members;
}

void enter(Id segment, std::int64_t contact, Instant now, Work& work)
{
    work.create("segment_membership", {{"segment", segment}, {"contact", Id{contact}}, {"entered_at", now}});
    work.publish("segment.entered", Id{contact}, {}, {{"segment", segment}});
}

void leave(Id segment, std::int64_t contact, Id membership, Instant now, Work& work)
{
    work.update("segment_membership", membership, {{"left_at", now}});
    work.publish("segment.left", Id{contact}, {}, {{"segment", segment}});
}

Movement move(Id segment, const Ids& wanted, const Members& members, Instant now, Work& work)
{
    Movement movement;
    for (const std::int64_t contact : wanted)
        if (!members.contains(contact)) {
            enter(segment, contact, now, work);
            ++movement.entered;
        }
    for (const auto& [contact, membership] : members)
        if (!wanted.contains(contact)) {
            leave(segment, contact, membership, now, work);
            ++movement.left;
        }
    return movement;
}

Rows true_for(const Host& host, const Segment& segment, const std::string& which, Map more, Instant now)
{
    const std::string sql
        = "SELECT t.id AS id FROM contact t WHERE " + which + " AND (" + segment.condition.predicate + ")";
    more.set("now", now.microseconds);
    return require(host.query(sql, used_parameters(sql, segment.condition.parameters, more)));
}

} // namespace

Movement settle(const Host& host, const Segment& segment, const Ids& contacts, Instant now, Work& work)
{
    if (contacts.empty()) return {};
    const Map these{{"ids", json_of(contacts)}};
    const Rows wanted = true_for(host, segment, "t.id IN (SELECT value FROM json_each(:ids))", these, now);
    const Members members
        = members_in(host, segment.id, "m.contact IN (SELECT value FROM json_each(:ids))", these);
    return move(segment.id, ids_in(wanted), members, now, work);
}

Movement settle(const Host& host, const Segment& segment, IdRange range, Instant now, Work& work)
{
    const Map these{{"first", range.first}, {"last", range.last}};
    const Rows wanted = true_for(host, segment, "t.id BETWEEN :first AND :last", these, now);
    const Members members = members_in(host, segment.id, "m.contact BETWEEN :first AND :last", these);
    return move(segment.id, ids_in(wanted), members, now, work);
}

Movement settle_all(const Host& host, const Segment& segment, std::int64_t most, Instant now, Work& work)
{
    const std::string& predicate = segment.condition.predicate;
    const auto query = [&](const std::string& sql, std::int64_t limit) {
        const Map more{{"now", now.microseconds}, {"segment", segment.id.number}, {"most", limit}};
        return require(host.query(sql, used_parameters(sql, segment.condition.parameters, more)));
    };
    const Rows gone = query(
        "SELECT m.id AS id, m.contact AS contact FROM segment_membership m WHERE m.segment = :segment AND "
        "m.left_at IS NULL AND m.contact NOT IN (SELECT t.id FROM contact t WHERE "
            + predicate + ") ORDER BY m.contact LIMIT :most",
        most
    );
    Movement movement;
    for (const Row row : gone) {
        leave(segment.id, id_number(row["contact"]), Id{id_number(row["id"])}, now, work);
        ++movement.left;
    }
    if (movement.left == most) return movement;
    const Rows come = query(
        "SELECT t.id AS id FROM contact t WHERE (" + predicate
            + ") AND t.id NOT IN (SELECT m.contact FROM segment_membership m WHERE m.segment = :segment AND "
              "m.left_at IS NULL) ORDER BY t.id LIMIT :most",
        most - movement.left
    );
    for (const Row row : come) {
        enter(segment.id, id_number(row["id"]), now, work);
        ++movement.entered;
    }
    return movement;
}

Movement add_members(const Host& host, Id segment, const Ids& contacts, Instant now, Work& work)
{
    const Map these{{"ids", json_of(contacts)}};
    const Rows there = require(host.query(
        "SELECT t.id AS id FROM contact t WHERE t.id IN (SELECT value FROM json_each(:ids))", these
    ));
    const Ids found = ids_in(there);
    for (const std::int64_t contact : contacts)
        if (!found.contains(contact))
            fail(
                ErrorCode::not_found,
                "segmentation.no_contact",
                "there is no contact " + std::to_string(contact),
                "contacts"
            );
    const Members members
        = members_in(host, segment, "m.contact IN (SELECT value FROM json_each(:ids))", these);
    Movement movement;
    for (const std::int64_t contact : contacts)
        if (!members.contains(contact)) {
            enter(segment, contact, now, work);
            ++movement.entered;
        }
    return movement;
}

Movement remove_members(const Host& host, Id segment, const Ids& contacts, Instant now, Work& work)
{
    const Members members = members_in(
        host, segment, "m.contact IN (SELECT value FROM json_each(:ids))", Map{{"ids", json_of(contacts)}}
    );
    return move(segment, {}, members, now, work);
}

std::int64_t last_of_next(const Host& host, std::int64_t after, std::int64_t count)
{
    const Rows rows = require(host.query(
        "SELECT max(x.id) AS last FROM (SELECT t.id AS id FROM contact t WHERE t.id > :after ORDER BY t.id "
        "LIMIT :count) x",
        Map{{"after", after}, {"count", count}}
    ));
    return id_number(rows.front()["last"]);
}

} // namespace mortise::plugins::segmentation
