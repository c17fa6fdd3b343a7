#include "events/event.hpp"

#include "base/json.hpp"
#include "base/time_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace mortise::host {

boost::json::object cloud_event(const Event& event, std::string_view source)
{
    boost::json::object json{
        {"specversion", "1.0"},
        {"id", std::to_string(event.number)},
        {"source", source},
        {"type", event.type},
        {"time", format_instant(event.time)},
        {"datacontenttype", "application/json"},
        {"dataschema", "mortise:" + event.schema},
        {"sequence", std::to_string(event.number)},
        {"recordedtime", format_instant(event.recorded)},
        {"actor", event.actor},
        {"unit", std::to_string(event.unit)},
        {"correlationid", std::to_string(event.correlation)},
    };
    if (event.subject) {
        json.emplace("subject", std::to_string(event.subject.number));
        if (!event.subject_type.empty()) json.emplace("subjecttype", event.subject_type);
    }
    if (event.cause != 0) json.emplace("causationid", std::to_string(event.cause));
    if (event.external) json.emplace("external", true);
    if (!event.links.empty()) {
        // Extension attributes are scalars (CloudEvents 1.0, section 3.1), so the links are one text:
        // role=id,role=id.
        std::string links;
        for (const EventLink& link : event.links)
            links += (links.empty() ? "" : ",") + link.role + "=" + std::to_string(link.record.number);
        json.emplace("links", links);
    }
    json.emplace("data", json_of(Value{event.data}));
    return json;
}

bool matches(std::string_view pattern, std::string_view type) noexcept
{
    if (pattern == "*" || pattern == type) return true;
    return pattern.ends_with(".*") && type.starts_with(pattern.substr(0, pattern.size() - 1));
}

} // namespace mortise::host
