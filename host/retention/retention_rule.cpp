#include "retention/retention_rule.hpp"

#include "base/json.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace mortise::host {

namespace {

constexpr std::array<std::string_view, 4> subject_names{"records", "events", "jobs", "dead_letters"};
constexpr std::array<std::string_view, 2> end_names{"delete", "erase"};
constexpr std::array<std::string_view, 3> class_names{"history", "audit", "telemetry"};
constexpr std::array<std::string_view, 3> common_times{"activity", "created_at", "updated_at"};
constexpr std::int64_t most_days = 100'000;
constexpr std::int64_t day = 86'400'000'000;

/// Types of the host that other records stand on, or that show what was done.
constexpr std::array<std::string_view, 10> kept_types{
    "contact_point",
    "identity",
    "relation",
    "relation_kind",
    "erasure",
    "merge",
    "import",
    "purpose",
    "suppression",
    "consent"
};

Error wrong(std::string message, std::string where, std::string hint = {})
{
    return {
        .code = ErrorCode::invalid,
        .message = std::move(message),
        .key = "retention.rule",
        .where = std::move(where),
        .hint = std::move(hint),
    };
}

template <class E, std::size_t size>
Result<E> one_of(
    const Map& map,
    const char* member,
    const std::array<std::string_view, size>& names,
    std::string_view usual
)
{
    const Value& given = map[member];
    const std::string_view text = given.is_null() ? usual : given.text();
    const auto found = std::ranges::find(names, text);
    if (found != names.end() && !text.empty()) return static_cast<E>(found - names.begin());
    std::string all;
    for (const std::string_view name : names)
        all.append(all.empty() ? "" : ", ").append(name);
    return wrong('"' + std::string{text} + "\" is no \"" + member + "\" of a rule", member, "one of " + all);
}

/// Members that rules of the subject have.
Result<void> check_members(const Map& map, RetentionSubject subject)
{
    const auto is_known = [&](std::string_view name) {
        if (name == "what" || name == "older_than_days") return true;
        if (subject == RetentionSubject::records)
            return name == "type" || name == "by" || name == "where" || name == "how";
        return subject == RetentionSubject::events && (name == "types" || name == "class");
    };
    for (const Entry& entry : map)
        if (!is_known(entry.key))
            return wrong(
                "a rule about " + std::string{subject_names[static_cast<std::size_t>(subject)]} + " has no \""
                    + std::string{entry.key} + '"',
                std::string{entry.key}
            );
    return {};
}

Result<void> read_records(const Map& map, RetentionRule& rule)
{
    rule.type = map["type"].text();
    rule.by = map["by"].text();
    rule.where = map["where"];
    if (rule.type.empty()) return wrong("a rule about records names their type", "type");
    if (rule.by.empty())
        return wrong(
            "a rule about records says by what they are old",
            "by",
            "activity, created_at, updated_at, or a field with a date or a time"
        );
    MORTISE_TRY(rule.end, one_of<RetentionEnd>(map, "how", end_names, "delete"));
    return {};
}

Result<void> read_events(const Map& map, RetentionRule& rule)
{
    rule.types = map["types"].text();
    if (rule.types.empty())
        return wrong("a rule about events names their types", "types", "such as page.viewed, page.*, or *");
    MORTISE_TRY(rule.event_class, one_of<EventClass>(map, "class", class_names, ""));
    if (rule.event_class == EventClass::audit)
        return wrong(
            "events of the class audit are kept", "class", "history or telemetry: what a rule may take"
        );
    return {};
}

} // namespace

std::string_view name_of(EventClass event_class) noexcept
{
    return class_names[static_cast<std::size_t>(event_class)];
}

Instant RetentionRule::limit(Instant now) const noexcept
{
    return Instant{now.microseconds - older_than_days * day};
}

Result<RetentionRule> parse_retention_rule(const Map& map)
{
    RetentionRule rule;
    MORTISE_TRY(rule.subject, one_of<RetentionSubject>(map, "what", subject_names, ""));
    MORTISE_CHECK(check_members(map, rule.subject));
    const auto* days = map["older_than_days"].as<std::int64_t>();
    if (!days || *days < 1 || *days > most_days)
        return wrong("a rule says after how many days, 1 or more", "older_than_days");
    rule.older_than_days = *days;
    if (rule.subject == RetentionSubject::records) MORTISE_CHECK(read_records(map, rule));
    if (rule.subject == RetentionSubject::events) MORTISE_CHECK(read_events(map, rule));
    return rule;
}

Map map_of(const RetentionRule& rule)
{
    Map map{
        {"what", std::string{subject_names[static_cast<std::size_t>(rule.subject)]}},
        {"older_than_days", rule.older_than_days}
    };
    if (rule.subject == RetentionSubject::records) {
        map.set("type", rule.type);
        map.set("by", rule.by);
        if (!rule.where.is_null()) map.set("where", rule.where);
        map.set("how", std::string{end_names[static_cast<std::size_t>(rule.end)]});
    }
    if (rule.subject == RetentionSubject::events) {
        map.set("types", rule.types);
        map.set("class", std::string{name_of(rule.event_class)});
    }
    if (rule.id == 0) return map;
    map.set("id", rule.id);
    map.set("added_by", rule.added_by);
    map.set("added", rule.added);
    return map;
}

Result<void> check_retention_rule(const RetentionRule& rule, const Schema& schema)
{
    if (rule.subject != RetentionSubject::records) return {};
    MORTISE_TRY(const TypePointer type, schema.require(rule.type));
    if (std::ranges::find(kept_types, type->name) != kept_types.end())
        return wrong(
            "records of the type " + type->name + " go with what they belong to, and not by a rule", "type"
        );
    if (type->archived) return wrong("the plugin of " + type->name + " was removed", "type");
    if (rule.end == RetentionEnd::erase && type->name != "contact")
        return wrong("only contacts can be erased, and " + type->name + " is another type", "how");
    if (std::ranges::find(common_times, rule.by) != common_times.end()) return {};
    MORTISE_TRY(const std::size_t slot, type->require_slot(rule.by));
    const FieldKind kind = type->fields[slot].kind;
    if (kind == FieldKind::date || kind == FieldKind::instant) return {};
    return wrong(
        "the field " + rule.by + " of " + type->name + " holds no date and no time",
        "by",
        "activity, created_at, updated_at, or a field with a date or a time"
    );
}

std::string words_of(const RetentionRule& rule)
{
    const std::string age = " older than " + std::to_string(rule.older_than_days) + " days";
    switch (rule.subject) {
    case RetentionSubject::records:
        return rule.type + age + " by " + rule.by
            + (rule.where.is_null() ? "" : " where " + json_text(rule.where)) + ": "
            + std::string{end_names[static_cast<std::size_t>(rule.end)]};
    case RetentionSubject::events:
        return "what events " + rule.types + " (" + std::string{name_of(rule.event_class)} + ") say," + age;
    case RetentionSubject::jobs:
        return "jobs that ended," + age;
    case RetentionSubject::dead_letters:
        break;
    }
    return "dead letters" + age;
}

} // namespace mortise::host
