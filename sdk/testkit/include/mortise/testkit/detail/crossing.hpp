#pragma once

/// \file
/// From C++ to the three C functions of the kit's library and back. Not for tests.

#include <mortise/status.hpp>
#include <mortise/testkit/bridge.h>
#include <mortise/testkit/outcome.hpp>
#include <mortise/testkit/seen.hpp>
#include <mortise/value_block.hpp>
#include <mortise/value_view.hpp>

#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::testkit::detail {

inline std::string text(const Map& map, std::string_view key)
{
    return std::string{map[key].text()};
}

inline std::int64_t number(const Map& map, std::string_view key)
{
    return map[key].get_or(std::int64_t{0});
}

inline bool yes(const Map& map, std::string_view key)
{
    return map[key].get_or(false);
}

inline Value value_of(const Value& value)
{
    return value;
}

inline Id id_of(const Value& value)
{
    return value.get_or(Id{});
}

inline std::string contents_of(const Value& value)
{
    const auto* bytes = value.as<Bytes>();
    return bytes ? std::string{reinterpret_cast<const char*>(bytes->data()), bytes->size()} : std::string{};
}

inline Map map_of(const Value& value)
{
    return value.get_or(Map{});
}

inline std::vector<Map> maps_of(const Value& value)
{
    std::vector<Map> maps;
    for (const Value& each : value.get_or(List{}))
        maps.push_back(map_of(each));
    return maps;
}

inline std::vector<std::string> texts_of(const Value& value)
{
    std::vector<std::string> texts;
    for (const Value& each : value.get_or(List{}))
        texts.emplace_back(each.text());
    return texts;
}

inline void read(SeenEvent& event, const Map& map)
{
    event.number = number(map, "number");
    event.type = text(map, "type");
    event.subject = map["subject"].get_or(Id{});
    event.subject_type = text(map, "subject_type");
    event.time = map["time"].get_or(Instant{});
    event.actor = text(map, "actor");
    event.schema = text(map, "schema");
    event.cause = number(map, "cause");
    event.links = map_of(map["links"]);
    event.data = map_of(map["data"]);
}

inline void read(SeenLine& line, const Map& map)
{
    line.time = map["time"].get_or(Instant{});
    line.level = text(map, "level");
    line.key = text(map, "key");
    line.message = text(map, "message");
    line.fields = map_of(map["fields"]);
    line.from_host = yes(map, "from_host");
}

inline void read(SeenCall& call, const Map& map)
{
    call.number = static_cast<std::uint64_t>(number(map, "number"));
    call.plugin = text(map, "plugin");
    call.function = text(map, "function");
    call.into_plugin = yes(map, "into_plugin");
    call.label = text(map, "label");
    call.ok = number(map, "code") == 0;
    call.text = text(map, "text");
}

inline void read(SeenJob& job, const Map& map)
{
    job.id = map["id"].get_or(Id{});
    job.plugin = text(map, "plugin");
    job.name = text(map, "name");
    job.state = text(map, "state");
    job.tries = number(map, "tries");
    job.arguments = map["arguments"];
    job.result = map["result"];
    job.error = text(map, "error");
}

inline void read(SeenSubscription& subscription, const Map& map)
{
    subscription.plugin = text(map, "plugin");
    subscription.name = text(map, "name");
    subscription.retrying = number(map, "retrying");
    subscription.dead = number(map, "dead");
    subscription.delivered = number(map, "delivered");
    subscription.failed = number(map, "failed");
    subscription.last_error = text(map, "last_error");
}

inline void read(SeenButton& button, const Map& map)
{
    button.label = text(map, "label");
    button.command = text(map, "command");
    button.arguments = map_of(map["arguments"]);
}

inline void read(SeenRow& row, const Map& map);

template <class Seen>
std::vector<Seen> all(const Value& value)
{
    std::vector<Seen> found;
    for (const Map& map : maps_of(value))
        read(found.emplace_back(), map);
    return found;
}

inline SeenPlugin plugin_of(const Value& value)
{
    const Map map = map_of(value);
    return {
        text(map, "id"),
        text(map, "version"),
        text(map, "state"),
        texts_of(map["problems"]),
        texts_of(map["warnings"]),
        texts_of(map["bound"]),
        texts_of(map["granted"]),
        text(map, "pinned"),
    };
}

inline SeenClosing closing_of(const Value& value)
{
    const Map map = map_of(value);
    return {yes(map, "unmapped"), text(map, "pinned_because"), text(map, "problem")};
}

inline SeenRows rows_of(const Value& value)
{
    return {texts_of(value["columns"]), maps_of(value["rows"])};
}

inline void read(SeenRow& row, const Map& map)
{
    row.id = map["id"].get_or(Id{});
    row.title = text(map, "title");
    row.group = text(map, "group");
    row.fields = map_of(map["fields"]);
    row.buttons = all<SeenButton>(map["actions"]);
}

inline SeenView view_of(const Value& value)
{
    const Map map = map_of(value);
    return {
        text(map, "name"),
        text(map, "kind"),
        text(map, "title"),
        text(map, "text"),
        all<SeenRow>(map["rows"]),
        texts_of(map["groups"]),
        all<SeenButton>(map["actions"]),
    };
}

/// Takes the one value that the library writes.
struct Answer {
    Map map{};

    mortise_sink sink() noexcept { return {this, &take}; }
    static mortise_status take(void* context, mortise_tree item) noexcept
    {
        try {
            static_cast<Answer*>(context)->map = map_of(ValueView{item}.value());
            return MORTISE_OK;
        } catch (const std::exception&) {
            return MORTISE_E_LIMIT;
        }
    }

    Trouble trouble() const
    {
        const Map error = map_of(map["error"]);
        Trouble trouble;
        trouble.error.code = error_code(static_cast<mortise_status>(number(error, "code")));
        trouble.error.key = text(error, "key");
        trouble.error.message = text(error, "message");
        trouble.error.where = text(error, "where");
        trouble.error.hint = text(error, "hint");
        trouble.error.details = text(error, "details");
        if (error.contains("plugin"))
            trouble.refusal
                = {text(error, "plugin"),
                   text(error, "hook"),
                   trouble.error.key,
                   trouble.error.where,
                   text(error, "reason")};
        trouble.story = text(map, "story");
        return trouble;
    }
};

/// Owns a kit of the library.
class Crossing {
public:
    Crossing(const std::vector<mortise_testkit_plugin>& plugins, const Map& options)
    {
        Answer answer;
        const ValueBlock block = packed(options);
        if (mortise_testkit_open(plugins.data(), plugins.size(), block.tree(), &m_kit, answer.sink()) < 0)
            throw Unexpected{answer.trouble().story};
    }
    Crossing(Crossing&& other) noexcept : m_kit{std::exchange(other.m_kit, nullptr)} { }
    Crossing& operator=(Crossing&& other) noexcept
    {
        std::swap(m_kit, other.m_kit);
        return *this;
    }
    ~Crossing() { mortise_testkit_close(m_kit); }

    Answer run(std::string_view what, const Map& arguments) const
    {
        Answer answer;
        const ValueBlock block = packed(arguments);
        mortise_testkit_do(m_kit, {what.data(), what.size()}, block.tree(), answer.sink());
        return answer;
    }
    /// The value; throws Unexpected if there is none.
    Value get(std::string_view what, const Map& arguments = {}) const
    {
        Answer answer = run(what, arguments);
        if (!answer.map.contains("value")) throw Unexpected{answer.trouble().story};
        return answer.map["value"];
    }
    template <class T>
    Outcome<T> outcome(std::string_view what, const Map& arguments, T (*convert)(const Value&)) const
    {
        const Answer answer = run(what, arguments);
        if (answer.map.contains("value")) return convert(answer.map["value"]);
        return answer.trouble();
    }
    Outcome<void> done(std::string_view what, const Map& arguments = {}) const
    {
        const Answer answer = run(what, arguments);
        if (answer.map.contains("value")) return {};
        return answer.trouble();
    }

private:
    static ValueBlock packed(const Map& map)
    {
        auto block = encode(Value{map});
        if (!block) throw Unexpected{"the test gives a value that cannot cross: " + block.error().message};
        return *std::move(block);
    }

    mortise_testkit* m_kit{nullptr};
};

} // namespace mortise::testkit::detail
