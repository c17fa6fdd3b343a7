#include "app/verbs/verbs.hpp"
#include "base/json.hpp"

#include <utility>

namespace mortise::host {
namespace {

std::string text_of(const boost::json::object& object, const char* key)
{
    return printable(cell_text(at_path(object, key)));
}

std::string place_text(const boost::json::object& place)
{
    const std::string name = text_of(place, "name");
    return (name.empty() ? "(no name)" : name) + "  (" + text_of(place, "contact") + ")";
}

void put(boost::json::object& params, const char* key, const std::string& value)
{
    if (!value.empty()) params[key] = value;
}

/// The relation as it is now, and what ended for it.
void tell(Program& program, const boost::json::value& given)
{
    Output& output = program.output();
    output.print(given, [&] {
        const boost::json::object& answer = given.as_object();
        const boost::json::object& record = at_path(answer, "record").as_object();
        const bool is_dry = at_path(answer, "dry_run") == true;
        std::string line = (is_dry ? "would be: relation " : "relation ") + text_of(record, "id")
            + ": contact " + text_of(record, "source") + " " + text_of(record, "kind") + " contact "
            + text_of(record, "target");
        for (const auto& [field, word] :
             {std::pair{"role", "as"}, {"valid_from", "from"}, {"valid_to", "until"}})
            if (const std::string value = text_of(record, field); !value.empty())
                line += std::string{" "} + word + " " + value;
        output.line(line);
        for (const boost::json::value& ended : at_path(answer, "ended").as_array())
            if (cell_text(ended) != text_of(record, "id"))
                output.line((is_dry ? "would end: relation " : "ended: relation ") + cell_text(ended));
    });
}

} // namespace

Result<Exit> list_relations(Program& program, const RelationListOptions& options)
{
    boost::json::object params{{"contact", options.contact}, {"all", options.all}};
    put(params, "kind", options.kind);
    put(params, "at", options.at);
    MORTISE_TRY(const boost::json::value answer, program.call("relations.list", std::move(params)));
    program.output().list(
        at_path(answer.as_object(), "relations").as_array(),
        {{"relation", "relation"},
         {"", "word"},
         {"contact", "contact"},
         {"name", "name"},
         {"role", "role"},
         {"from", "valid_from"},
         {"until", "valid_to"},
         {"primary", "is_primary"},
         {"state", "state"}},
        options.all ? "there are no relations"
                    : "there are no relations now; --all shows former and later ones"
    );
    return Exit::done;
}

Result<Exit>
show_hierarchy(Program& program, const std::string& contact, const std::string& kind, const std::string& at)
{
    boost::json::object params{{"contact", contact}};
    put(params, "kind", kind);
    put(params, "at", at);
    MORTISE_TRY(const boost::json::value given, program.call("relations.hierarchy", std::move(params)));
    Output& output = program.output();
    output.print(given, [&] {
        const boost::json::object& answer = given.as_object();
        const boost::json::array& above = at_path(answer, "above").as_array();
        const auto indented = [&](std::int64_t depth, const std::string& text) {
            output.line(std::string(static_cast<std::size_t>(depth) * 2, ' ') + text);
        };
        std::int64_t depth = 0;
        for (auto place = above.rbegin(); place != above.rend(); ++place)
            indented(depth++, place_text(place->as_object()));
        indented(depth, place_text(answer) + (above.empty() ? "" : "  <-"));
        for (const boost::json::value& place : at_path(answer, "below").as_array())
            indented(
                depth + at_path(place.as_object(), "depth").to_number<std::int64_t>(),
                place_text(place.as_object())
            );
        if (at_path(answer, "cut") == true) output.note("there are more than are shown");
    });
    return Exit::done;
}

Result<Exit> relate_contacts(Program& program, const RelateOptions& options)
{
    boost::json::object params{
        {"source", options.source}, {"kind", options.kind}, {"target", options.target}
    };
    put(params, "role", options.role);
    put(params, "from", options.from);
    put(params, "until", options.until);
    if (options.primary) params["primary"] = true;
    if (options.replace) params["replace"] = true;
    if (options.dry_run) params["context"] = {{"dry_run", true}};
    MORTISE_TRY(const boost::json::value answer, program.call("relations.create", std::move(params)));
    tell(program, answer);
    return Exit::done;
}

Result<Exit>
end_relation(Program& program, const std::string& relation, const std::string& until, bool dry_run)
{
    boost::json::object params{{"relation", relation}};
    put(params, "until", until);
    if (dry_run) params["context"] = {{"dry_run", true}};
    MORTISE_TRY(const boost::json::value answer, program.call("relations.end", std::move(params)));
    tell(program, answer);
    return Exit::done;
}

} // namespace mortise::host
