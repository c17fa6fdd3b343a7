#include "leads/lead_rules.hpp"

#include "rules/follow.hpp"

namespace mortise::plugins::pipelines {

namespace {

/// A live lead with the same address or number; 0 if there is none.
Id find_duplicate(Reader& reader, const Draft& draft)
{
    for (const char* name : {"email", "phone"}) {
        const Key field{std::string_view{name}};
        if (draft[field].empty() || !draft.changes(field)) continue;
        for (const Record& other :
             require(reader.find("lead", name, draft[field].value(), 16, {"id", "status"})))
            if (other.id() != draft.id() && is_live_lead(other["status"].text())) return other.id();
    }
    return {};
}

void check_duplicate(const Settings& settings, Reader& reader, Draft& draft)
{
    const std::string_view policy = settings["lead_duplicates"].text();
    if (policy == "allow") return;
    const Id other = find_duplicate(reader, draft);
    if (!other) return;
    if (policy == "refuse")
        return draft.refuse(
            "email",
            "pipelines.lead_twice",
            "lead " + std::to_string(other.number) + " has this address or number: work on that one"
        );
    set_if_other(draft, "duplicate_of", other);
}

void complete_name(Draft& draft)
{
    if (!draft["name"].empty()) return;
    for (const char* field : {"company", "email", "phone"})
        if (const std::string_view text = draft[std::string_view{field}].text(); !text.empty())
            return draft.set("name", text);
}

void follow_status(Draft& draft)
{
    const std::string_view before = draft.before()["status"].text();
    std::string_view status = draft["status"].text();
    if (status.empty()) status = "new";
    const bool has_agent = !draft["agent"].is_null();
    // One that was put aside is taken up again by whoever is given it.
    const bool is_taken_up = status == "recycled" && before == "recycled" && draft.changes("agent");
    if (is_taken_up && has_agent) {
        status = "assigned";
        draft.set("drop_reason", Value{});
    }
    if (status == "new" && has_agent) status = "assigned";
    if (status == "assigned" && !has_agent) status = "new";
    set_if_other(draft, "status", status);
    if (has_agent && draft.changes("agent")) set_if_other(draft, "assigned_at", draft.time());
    if (status == "working" && draft["first_touch_at"].is_null()) draft.set("first_touch_at", draft.time());
    const bool is_converted = status == "converted";
    if (is_converted && draft["contact"].is_null() && draft["organisation"].is_null())
        draft.refuse(
            "status",
            "pipelines.convert_by_command",
            "a lead is converted with pipelines.convert_lead, which makes or finds its contact"
        );
    if (is_converted && before != "converted") {
        if (draft["converted_at"].is_null()) draft.set("converted_at", draft.time());
        if (draft["first_touch_at"].is_null()) draft.set("first_touch_at", draft.time());
    }
}

} // namespace

void check_lead(const Settings& settings, Reader& reader, Draft& draft)
{
    complete_name(draft);
    if (draft["source"].empty() && !draft["utm_source"].empty())
        draft.set("source", draft["utm_source"].value());
    follow_status(draft);
    check_duplicate(settings, reader, draft);
}

bool is_live_lead(std::string_view status) noexcept
{
    return status != "converted" && status != "dead";
}

} // namespace mortise::plugins::pipelines
