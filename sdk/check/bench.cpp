#include "bench.hpp"

#include "base/json.hpp"
#include "events/event.hpp"

#include <mortise/status.hpp>

#include <algorithm>
#include <span>

namespace mortise::check {

namespace {

constexpr std::size_t most_told = 5;

/// Fields of contacts that a sample gives: all the others follow from rules of their own.
constexpr std::string_view contact_fields[]{"name", "kind", "emails", "phones", "nickname"};

std::string first_lines(const std::string& story)
{
    constexpr std::size_t longest = 600;
    return story.size() > longest ? story.substr(0, longest) + "..." : story;
}

} // namespace

void need_sound(const Target& target)
{
    if (target.is_sound()) return;
    throw Stop{Finding::not_tried("the host does not take its manifest: " + manifest_errors(target))};
}

Bench::Bench(const Target& target) : Bench{target, target.subjects().front()} { }

Bench::Bench(const Target& target, testkit::Subject subject)
    : m_target{target},
      m_random{target.seed},
      m_samples{target.manifest(), m_random, [this](std::string_view type) { return make(type); }}
{
    need_sound(target);
    auto subjects = target.subjects();
    subjects.front() = std::move(subject);
    auto box = testkit::Box::open(subjects, {});
    if (!box) {
        const Error& error = box.error();
        throw Stop{Finding::not_tried(
            "it does not start: " + std::string{name(error.code)} + ": " + error.message
            + (error.hint.empty() ? "" : " (" + error.hint + ")")
        )};
    }
    m_box = *std::move(box);
}

Done Bench::run(std::string_view what, const Map& arguments)
{
    const Map answer = m_box->run(what, arguments);
    if (answer.contains("value")) return {.value = answer["value"]};
    return {
        .value = {},
        .ok = false,
        .code = error_code(
            static_cast<mortise_status>(answer["error"]["code"].get_or(std::int64_t{MORTISE_E_INTERNAL}))
        ),
        .key = std::string{answer["error"]["key"].text()},
        .message = std::string{answer["error"]["message"].text()},
        .where = std::string{answer["error"]["where"].text()},
        .hint = std::string{answer["error"]["hint"].text()},
        .story = std::string{answer["story"].text()},
    };
}

void Bench::note(std::string_view what, const Done& done)
{
    if (done.is_breakage() && m_breakages.size() < most_told)
        m_breakages.push_back(std::string{what} + ": " + first_lines(done.story));
}

Finding Bench::judge(std::string passed) const
{
    if (m_breakages.empty()) return Finding::passed(std::move(passed));
    std::string text;
    for (const std::string& each : m_breakages)
        text += (text.empty() ? "" : "\n") + each;
    return Finding::failed(std::move(text));
}

void Bench::expect_alive(std::string_view after)
{
    const Done status = run("plugin.status");
    const std::string_view state = status.value["state"].text();
    if (state == "active" || state == "resolved") return;
    std::string text = "after " + std::string{after} + " it is " + std::string{state};
    for (const Value& problem : status.value["problems"].get_or(List{}))
        text += ": " + std::string{problem.text()};
    throw Stop{Finding::failed(std::move(text))};
}

std::vector<std::string> Bench::types() const
{
    std::vector<std::string> types;
    const auto add = [&types](std::string_view type) {
        if (!type.empty() && std::ranges::find(types, type) == types.end()) types.emplace_back(type);
    };
    for (const auto& type : manifest().types)
        add(type.name);
    for (const auto& hook : manifest().hooks)
        add(hook.type);
    for (const auto& subscription : manifest().subscriptions)
        for (const std::string& pattern : subscription.patterns)
            add(pattern.substr(0, pattern.find('.')));
    const auto schema = m_box->host().records().schema();
    std::erase_if(types, [&](const std::string& type) { return !schema->find(type); });
    return types;
}

Map Bench::fields_of(std::string_view type, bool all, std::size_t round)
{
    const auto schema = m_box->host().records().schema();
    const auto found = schema->find(type);
    Map fields;
    if (!found) return fields;
    const int serial = ++m_serial;
    for (const host::Field& field : found->fields) {
        const bool is_contact = found->name == "contact";
        const bool is_wanted = field.required
            || (is_contact ? std::ranges::find(contact_fields, field.name) != std::end(contact_fields)
                        && field.kind == host::FieldKind::text
                           : all);
        if (!is_wanted || field.archived || !field.default_json.empty()) continue;
        if (field.is_file()) {
            const std::string text = "Sample " + std::to_string(serial);
            const auto bytes = std::as_bytes(std::span{text});
            Done put = run(
                "files.put",
                {{"name", "sample.txt"},
                 {"media_type", "text/plain"},
                 {"contents", Bytes{bytes.begin(), bytes.end()}}}
            );
            if (put.value.as<Map>()) fields.set(field.name, std::move(put.value));
        } else if (auto value = m_samples.of_field(field, serial, round))
            fields.set(field.name, *std::move(value));
    }
    if (found->name == "contact") {
        fields.set("name", "Sample " + std::to_string(serial));
        if (found->slot("kind")) fields.set("kind", "organisation");
    }
    return fields;
}

Id Bench::make(std::string_view given)
{
    constexpr int deepest = 3;
    if (m_depth >= deepest || given.empty()) return {};
    const auto schema = m_box->host().records().schema();
    auto found = schema->find(given);
    for (const auto& each : schema->types())
        if (!found && each->plural == given) found = each;
    if (!found) return {};
    const std::string& type = found->name;
    const Done there = run("records.list", {{"type", type}});
    const List list = there.value.get_or(List{});
    if (!list.empty()) return list.back()["id"].get_or(Id{});
    ++m_depth;
    const Done made = run("records.create", {{"type", type}, {"fields", fields_of(type, false)}});
    --m_depth;
    return made.value.get_or(Id{});
}

std::size_t Bench::count(std::string_view type)
{
    return run("records.list", {{"type", type}}).value.get_or(List{}).size();
}

std::map<std::string, std::size_t> Bench::own_counts()
{
    std::map<std::string, std::size_t> counts;
    for (const auto& type : manifest().types)
        if (!type.extends) counts[type.name] = count(type.name);
    return counts;
}

std::map<std::string, std::vector<std::string>> Bench::own_values()
{
    std::map<std::string, std::vector<std::string>> values;
    const auto schema = m_box->host().records().schema();
    for (const auto& declared : manifest().types) {
        const auto type = schema->find(declared.name);
        if (!type) continue;
        const Value records = run("records.list", {{"type", type->name}}).value;
        for (const host::Field& field : type->fields) {
            const bool is_own = field.owner == manifest().id || type->owner == manifest().id;
            if (!is_own || field.kind == host::FieldKind::instant) continue;
            std::vector<std::string>& kept = values[type->name + '.' + field.name];
            for (const Value& record : records.get_or(List{}))
                kept.push_back(host::to_json(host::json_of(record[field.name])));
        }
    }
    return values;
}

std::vector<testkit::Call> Bench::calls(std::uint64_t from) const
{
    std::vector<testkit::Call> calls = m_box->recorder().calls(from);
    std::erase_if(calls, [&](const testkit::Call& call) { return call.plugin != manifest().id; });
    return calls;
}

std::vector<testkit::Call> Bench::last_calls() const
{
    const auto all = m_box->calls();
    return all.empty() ? std::vector<testkit::Call>{} : calls(all.front().number);
}

/// Options that do not go together are refused by rules that nobody knows here: then it takes the first ones.
Done Bench::create(std::string_view type, bool all, std::size_t round)
{
    Done done = run("records.create", {{"type", type}, {"fields", fields_of(type, all, round)}});
    if (done.ok || done.is_breakage() || round == 0) return done;
    return run("records.create", {{"type", type}, {"fields", fields_of(type, all)}});
}

void Bench::play_records(int count)
{
    for (const std::string& type : types()) {
        std::vector<Id> made;
        for (int i = 0; i < count; ++i) {
            const Done done = create(type, i % 2 == 1, static_cast<std::size_t>(i));
            note("creating a " + type, done);
            if (const Id id = done.value.get_or(Id{})) made.push_back(id);
        }
        for (const Id id : made) {
            const Map fields = fields_of(type, true);
            note(
                "changing a " + type, run("records.update", {{"type", type}, {"id", id}, {"fields", fields}})
            );
        }
        if (!made.empty())
            note("deleting a " + type, run("records.delete", {{"type", type}, {"id", made.back()}}));
    }
}

void Bench::play_events(int count)
{
    for (const auto& subscription : manifest().subscriptions)
        for (const host::EventDeclaration& event : manifest().events)
            if (std::ranges::any_of(subscription.patterns, [&](const std::string& pattern) {
                    return host::matches(pattern, event.type);
                }))
                play_event(event, count);
}

const boost::json::value* Bench::data_of(const host::EventDeclaration& event) const
{
    for (const auto& each : manifest().json.at("events").as_array())
        if (std::string_view{each.at("type").as_string()} == event.type)
            return each.as_object().if_contains("schema");
    return nullptr;
}

Map Bench::event_of(const host::EventDeclaration& event, Taste taste, std::size_t round)
{
    Map arguments{{"type", event.type}};
    if (!event.subject.empty()) arguments.set("subject", make(event.subject));
    if (const boost::json::value* schema = data_of(event))
        if (auto data = m_samples.fitting(*schema, taste, round)) arguments.set("data", *std::move(data));
    return arguments;
}

void Bench::play_event(const host::EventDeclaration& event, int count)
{
    const boost::json::value* schema = data_of(event);
    const std::size_t rounds
        = std::max(static_cast<std::size_t>(count), schema ? m_samples.rounds(*schema) : 0);
    for (std::size_t round = 0; round < rounds; ++round)
        note("handling " + event.type, run("events.fire", event_of(event, Taste::all, round)));
}

void Bench::play_commands()
{
    for (const host::CommandInfo& command : manifest().commands)
        for (const Taste taste : {Taste::least, Taste::all})
            if (const auto arguments = m_samples.fitting(command.arguments, taste))
                note(command.name, run("commands.call", {{"name", command.name}, {"arguments", *arguments}}));
}

void Bench::play_commands_thoroughly()
{
    play_commands();
    for (const host::CommandInfo& command : manifest().commands)
        for (std::size_t round = 1; round < m_samples.rounds(command.arguments); ++round)
            if (const auto arguments = m_samples.fitting(command.arguments, Taste::all, round))
                note(command.name, run("commands.call", {{"name", command.name}, {"arguments", *arguments}}));
}

void Bench::play_jobs()
{
    const Done done = run("jobs.run");
    note("running its jobs", done);
    for (const auto& schedule : manifest().schedules)
        note("the schedule " + schedule.name, run("schedules.run", {{"name", schedule.name}}));
}

void Bench::play()
{
    constexpr int some = 3;
    play_records(some);
    play_events(some);
    play_commands();
    play_jobs();
}

} // namespace mortise::check
