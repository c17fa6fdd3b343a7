#include "commands/segment_commands.hpp"

#include "conditions/parse_condition.hpp"
#include "segments/membership.hpp"

#include <algorithm>

namespace mortise::plugins::segmentation {

namespace {

constexpr std::int64_t members_at_once = 4000;

Ids contacts_of(const Arguments& arguments)
{
    Ids ids;
    for (const ValueView item : arguments["contacts"].items())
        ids.insert(id_of(item).number);
    return ids;
}

/// Who is in a dynamic segment is for its definition to say, and a snapshot stays as it is.
Id require_static(const Host& host, const Arguments& arguments)
{
    const Id segment = require_segment(host, arguments["segment"].value());
    const Record record = require(host.get("segment", segment));
    if (record["kind"].text() != "static")
        refuse(
            "segmentation.not_static",
            "\"" + std::string{record["name"].text()} + "\" is a " + std::string{record["kind"].text()}
                + " segment; only those of static segments are chosen by hand",
            "segment"
        );
    return segment;
}

std::int64_t last_copied(const Host& host, Id snapshot)
{
    const Rows rows = require(host.query(
        "SELECT max(m.contact) AS last FROM segment_membership m WHERE m.segment = :segment",
        Map{{"segment", snapshot.number}}
    ));
    return id_number(rows.front()["last"]);
}

Value answer_of(const Movement& movement)
{
    return Map{{"entered", movement.entered}, {"left", movement.left}};
}

} // namespace

Value create_segment(const Host& host, const Arguments& arguments, Work& work)
{
    const std::string kind{arguments["kind"].text()};
    Map values{
        {"name", arguments["name"].value()}, {"kind", kind}, {"description", arguments["description"].value()}
    };
    const bool is_dynamic = kind == "dynamic";
    if (is_dynamic != arguments["definition"].exists())
        fail(
            ErrorCode::invalid,
            "segmentation.definition",
            is_dynamic ? "a dynamic segment needs a definition" : "only dynamic segments have a definition",
            "definition"
        );
    if (is_dynamic) {
        const Value definition = arguments["definition"].value();
        compile_definition(host, definition, Reach::few); // fails where it does not fit the types
        values.set("definition", definition);
    }
    values.set("state", is_dynamic ? "building" : "ready");
    const Id segment = work.create("segment", values);
    if (arguments["contacts"].size() > 0) {
        if (is_dynamic)
            fail(
                ErrorCode::invalid,
                "segmentation.definition",
                "a dynamic segment chooses its contacts itself",
                "contacts"
            );
        add_members(host, segment, contacts_of(arguments), host.now(), work);
    }
    return Map{{"segment", segment}};
}

Value define_segment(const Host& host, const Arguments& arguments, Work& work)
{
    const Id segment = require_segment(host, arguments["segment"].value());
    const Record record = require(host.get("segment", segment));
    if (record["kind"].text() != "dynamic")
        refuse(
            "segmentation.not_dynamic",
            "\"" + std::string{record["name"].text()} + "\" is a " + std::string{record["kind"].text()}
                + " segment, whose contacts a definition would throw out; create a dynamic one beside it",
            "segment"
        );
    const Value definition = arguments["definition"].value();
    compile_definition(host, definition, Reach::few);
    work.update("segment", segment, {{"kind", "dynamic"}, {"definition", definition}});
    return Map{{"segment", segment}};
}

Value add_contacts(const Host& host, const Arguments& arguments, Work& work)
{
    const Id segment = require_static(host, arguments);
    return answer_of(add_members(host, segment, contacts_of(arguments), host.now(), work));
}

Value remove_contacts(const Host& host, const Arguments& arguments, Work& work)
{
    const Id segment = require_static(host, arguments);
    return answer_of(remove_members(host, segment, contacts_of(arguments), host.now(), work));
}

Value take_snapshot(const Host& host, const Arguments& arguments, Work& work)
{
    const Id from = require_segment(host, arguments["segment"].value());
    const Record record = require(host.get("segment", from));
    const Instant now = host.now();
    const Id to = work.create(
        "segment",
        {{"name", arguments["name"].value()},
         {"kind", "snapshot"},
         {"state", "building"},
         {"snapshot_of", from},
         {"evaluated_at", now},
         {"description", "Who was in \"" + std::string{record["name"].text()} + "\""}}
    );
    require(host.post("segmentation.copy_members", {{"from", from}, {"to", to}, {"after", Id{}}}));
    return Map{{"segment", to}};
}

Value copy_members(const Host& host, const Arguments& arguments, Work& work)
{
    const Id to = id_of(arguments["to"]);
    const Id from = id_of(arguments["from"]);
    const Record snapshot = require(host.get("segment", to));
    if (snapshot["kind"].text() != "snapshot" || snapshot["snapshot_of"].id() != from)
        refuse(
            "segmentation.no_snapshot",
            "\"" + std::string{snapshot["name"].text()} + "\" is no snapshot of segment "
                + std::to_string(from.number) + "; segmentation.take_snapshot makes one",
            "to"
        );
    // A step that comes again, after a restart or by hand, copies nobody twice.
    if (snapshot["state"].text() != "building") return Map{{"copied", 0}, {"done", true}};
    const Instant at = snapshot["evaluated_at"].get_or(Instant{});
    const Rows rows = require(host.query(
        "SELECT m.contact AS contact FROM segment_membership m WHERE m.segment = :from AND m.contact > :after"
        " AND m.entered_at <= :at AND (m.left_at IS NULL OR m.left_at > :at) ORDER BY m.contact LIMIT :count",
        Map{{"from", from.number},
            {"after", std::max(id_of(arguments["after"]).number, last_copied(host, to))},
            {"at", at.microseconds},
            {"count", members_at_once}}
    ));
    std::int64_t last = 0;
    for (const Row row : rows) {
        last = id_number(row["contact"]);
        work.create("segment_membership", {{"segment", to}, {"contact", Id{last}}, {"entered_at", at}});
    }
    const bool is_done = rows.size() < static_cast<std::size_t>(members_at_once);
    if (is_done)
        work.update("segment", to, {{"state", "ready"}});
    else
        require(host.post("segmentation.copy_members", {{"from", from}, {"to", to}, {"after", Id{last}}}));
    return Map{{"copied", static_cast<std::int64_t>(rows.size())}, {"done", is_done}};
}

void check_segment(Draft& draft)
{
    const bool is_dynamic = draft["kind"].text() == "dynamic";
    const bool is_defined = !draft["definition"].is_null();
    if (is_dynamic != is_defined)
        return draft.refuse(
            "definition",
            "segmentation.definition",
            is_dynamic ? "a dynamic segment needs a definition" : "only dynamic segments have a definition"
        );
    if (!is_defined || !draft.changes("definition")) return;
    const auto parsed = parse_condition(draft["definition"].value());
    if (parsed) return;
    const Error& error = parsed.error();
    draft.refuse("definition", error.key, error.where + ": " + error.message + "; " + error.hint);
}

} // namespace mortise::plugins::segmentation
