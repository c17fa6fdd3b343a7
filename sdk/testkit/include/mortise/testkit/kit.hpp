#pragma once

/// \file
/// `Kit`: a host in memory with your plugin in it, and everything that a test does to it.
///
/// It is the real host (records, events, commands, hooks, jobs, SQL), not an imitation: what passes here
/// passes there. Time stands still until the test moves it, jobs run when the test says so, and each call
/// returns only when everything that followed from it (handlers, posted commands, answers) has happened, so a
/// test never waits.

#include <mortise/testkit/bridge.h>
#include <mortise/testkit/detail/crossing.hpp>
#include <mortise/testkit/outcome.hpp>
#include <mortise/testkit/seen.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::testkit {

/// Which plugin, and how its code comes into the test.
struct Subject {
    std::string folder{}; ///< where plugin.json is
    mortise_plugin_open entry{nullptr};

    /// The built library beside plugin.json, loaded as a host does. `mortise_add_plugin` gives tests that
    /// folder as MORTISE_PLUGIN_FOLDER.
    static Subject loaded(std::string folder) { return {std::move(folder), nullptr}; }
    /// Code that is linked into the test (for debuggers and coverage): pass `mortise_plugin_open_v1`.
    static Subject linked(std::string folder_of_manifest, mortise_plugin_open entry)
    {
        return {std::move(folder_of_manifest), entry};
    }
};

struct Options {
    Instant now{1'767'258'000'000'000}; ///< 2026-01-01T09:00:00Z, a Thursday
    std::vector<Subject> with{}; ///< other plugins: those that yours requires
};

/// In which circumstances a change, a command or a query is asked for.
struct As {
    std::string user{}; ///< empty: a user who sees and may do everything
    std::string key{}; ///< idempotency key
    bool preview{false}; ///< a dry run: nothing is written
};

/// Which button of a view is pressed, beside its label.
struct Press {
    std::string row{}; ///< title or id of the row or card that it belongs to; empty: a button of the view
    Id record{}; ///< the record on whose page the view stands
    Map arguments{}; ///< what a person would fill in
    std::string user{};
};

/// How a call of the host shall fail, as an Error that the plugin gets.
struct Fail {
    ErrorCode code{ErrorCode::io};
    std::string key{};
    std::string message{};
    std::uint64_t after{0}; ///< calls that go well before
    std::uint64_t times{1}; ///< 0: for ever
};

/// Thread-safety: one thread at a time.
class Kit {
public:
    /// Starts a host with the plugin enabled and active. Throws Unexpected with the story if it does not
    /// start.
    explicit Kit(const Subject& subject, const Options& options = {}) : m_crossing{open(subject, options)} { }
    /// The same for the usual case: the folder of the built plugin.
    explicit Kit(std::string folder, const Options& options = {})
        : Kit{Subject::loaded(std::move(folder)), options}
    {
    }

    // Time

    Instant now() const { return m_crossing.get("clock.now").get_or(Instant{}); }
    /// Moves the clock on; events that wait for another try are tried when their time has come.
    void advance(std::chrono::microseconds by) { set_now({now().microseconds + by.count()}); }
    /// Throws if it would go back.
    void set_now(Instant to) { m_crossing.get("clock.set", {{"to", to}}); }

    // Records

    /// Makes a record: hooks see it, handlers are told.
    Outcome<Id> create(std::string_view type, Map fields, const As& as = {})
    {
        return m_crossing.outcome<Id>(
            "records.create", with(as, {{"type", type}, {"fields", std::move(fields)}}), &detail::id_of
        );
    }
    Outcome<void> update(std::string_view type, Id id, Map fields, const As& as = {})
    {
        return m_crossing.done(
            "records.update", with(as, {{"type", type}, {"id", id}, {"fields", std::move(fields)}})
        );
    }
    Outcome<void> remove(std::string_view type, Id id, const As& as = {})
    {
        return m_crossing.done("records.delete", with(as, {{"type", type}, {"id", id}}));
    }
    Outcome<void> restore(std::string_view type, Id id, const As& as = {})
    {
        return m_crossing.done("records.restore", with(as, {{"type", type}, {"id", id}}));
    }
    /// What a record would become, after all hooks, without writing it.
    Outcome<Map> preview(std::string_view type, Map fields)
    {
        return m_crossing.outcome<Map>(
            "records.create",
            {{"type", type}, {"fields", std::move(fields)}, {"preview", true}},
            &detail::map_of
        );
    }
    /// Hands a file in; gives what a field of the kind `file` takes.
    Outcome<Value>
    put_file(std::string_view name, std::string_view media_type, std::string_view contents, const As& as = {})
    {
        const auto bytes = std::as_bytes(std::span{contents});
        return m_crossing.outcome<Value>(
            "files.put",
            with(
                as,
                {{"name", name}, {"media_type", media_type}, {"contents", Bytes{bytes.begin(), bytes.end()}}}
            ),
            &detail::value_of
        );
    }
    /// The contents of a record's file.
    Outcome<std::string>
    read_file(std::string_view type, Id id, std::string_view field, const As& as = {}) const
    {
        return m_crossing.outcome<std::string>(
            "files.read", with(as, {{"type", type}, {"id", id}, {"field", field}}), &detail::contents_of
        );
    }
    /// A record with all its fields; those without a value are null.
    Outcome<Map> get(std::string_view type, Id id, const As& as = {}) const
    {
        return m_crossing.outcome<Map>(
            "records.get", with(as, {{"type", type}, {"id", id}}), &detail::map_of
        );
    }
    /// One field of a record. Throws if there is no such record.
    Value field(std::string_view type, Id id, std::string_view name) const { return (*get(type, id))[name]; }
    /// Records whose fields have the values of `where`, by id, or in the order of `sort` ("-close_date").
    std::vector<Map>
    list(std::string_view type, Map where = {}, std::string_view sort = {}, const As& as = {}) const
    {
        return detail::maps_of(m_crossing.get(
            "records.list", with(as, {{"type", type}, {"where", std::move(where)}, {"sort", sort}})
        ));
    }
    /// Another user: one who sees everything, or only what is theirs.
    Id add_user(std::string_view name, bool sees_all = true)
    {
        return detail::id_of(m_crossing.get("users.add", {{"name", name}, {"all", sees_all}}));
    }

    // Events

    /// Writes an event into the log, as somebody else's doing. Fails if its data does not fit the schema of
    /// the manifest, or if the plugin's handler fails on it.
    Outcome<void>
    fire(std::string_view type, Id subject = {}, Map data = {}, Map links = {}, const As& as = {})
    {
        return m_crossing.done(
            "events.fire",
            with(
                as,
                {{"type", type}, {"subject", subject}, {"data", std::move(data)}, {"links", std::move(links)}}
            )
        );
    }
    /// Events of the log, oldest first, of a type or pattern such as "leadscore.*".
    std::vector<SeenEvent> events(std::string_view type = {}, Id subject = {}) const
    {
        return detail::all<SeenEvent>(m_crossing.get("events.list", {{"type", type}, {"subject", subject}}));
    }
    std::vector<SeenSubscription> subscriptions() const
    {
        return detail::all<SeenSubscription>(m_crossing.get("events.subscriptions"));
    }
    /// Delivers all events behind number `from` again, as an administrator may: handlers must bear it.
    Outcome<void> replay(std::string_view subscription, std::int64_t from = 0)
    {
        return m_crossing.done("events.replay", {{"name", subscription}, {"from", from}});
    }

    // Commands and queries

    /// Calls a command. The answer must fit the "result" that the manifest declares.
    Outcome<Value> call(std::string_view name, Map arguments = {}, const As& as = {})
    {
        return m_crossing.outcome<Value>(
            "commands.call",
            with(as, {{"name", name}, {"arguments", std::move(arguments)}}),
            &detail::value_of
        );
    }
    /// A SELECT over the views of docs/reference/sql.md.
    Outcome<SeenRows> query(std::string_view sql, Map parameters = {}, const As& as = {}) const
    {
        return m_crossing.outcome<SeenRows>(
            "queries.run", with(as, {{"sql", sql}, {"parameters", std::move(parameters)}}), &detail::rows_of
        );
    }
    /// A query of the manifest.
    Outcome<SeenRows> named_query(std::string_view name, Map parameters = {}, const As& as = {}) const
    {
        return m_crossing.outcome<SeenRows>(
            "queries.run", with(as, {{"name", name}, {"parameters", std::move(parameters)}}), &detail::rows_of
        );
    }

    // Jobs

    /// All jobs, in the order in which they were queued. They wait until `run_jobs`.
    std::vector<SeenJob> jobs() const { return detail::all<SeenJob>(m_crossing.get("jobs.list")); }
    /// Runs the jobs that are due by the kit's clock, and gives all of them as they are then.
    std::vector<SeenJob> run_jobs() { return detail::all<SeenJob>(m_crossing.get("jobs.run")); }
    /// Runs the job of a schedule as if its time had come.
    std::vector<SeenJob> run_schedule(std::string_view name)
    {
        return detail::all<SeenJob>(m_crossing.get("schedules.run", {{"name", name}}));
    }
    Outcome<void> cancel_job(Id job) { return m_crossing.done("jobs.cancel", {{"id", job}}); }

    // What goes wrong

    /// The next call of that function of the host fails: `kit.fail_next("mortise.records/1.commit",
    /// {.code = ErrorCode::conflict})`. The call is not carried out. Calls of plugins in `Options::with` go
    /// on and are not counted.
    void fail_next(std::string_view function, const Fail& how = {})
    {
        m_crossing.get(
            "faults.add",
            {{"function", function},
             {"code", static_cast<std::int64_t>(how.code)},
             {"key", how.key},
             {"message", how.message},
             {"after", static_cast<std::int64_t>(how.after)},
             {"times", static_cast<std::int64_t>(how.times)}}
        );
    }
    /// Forgets the faults that did not happen yet.
    void clear_faults() { m_crossing.get("faults.clear"); }
    /// Takes a permission away that the manifest asks for, as an administrator may at any time.
    Outcome<void> deny(std::string_view permission)
    {
        return m_crossing.done("plugin.deny", {{"permission", permission}});
    }
    Outcome<void> grant(std::string_view permission)
    {
        return m_crossing.done("plugin.grant", {{"permission", permission}});
    }

    // Settings

    /// Sets a setting; null goes back to its default. Fails if the manifest's schema does not take it.
    Outcome<void> set(std::string_view setting, Value value)
    {
        return m_crossing.done("plugin.set", {{"name", setting}, {"value", std::move(value)}});
    }
    Map settings() const { return detail::map_of(m_crossing.get("plugin.settings")); }

    // Views

    /// The views of the manifest, by name.
    std::vector<std::string> views() const { return detail::texts_of(m_crossing.get("views.list")); }
    /// A view as `as.user` sees it; `record`: the one on whose page it stands (record, tab).
    Outcome<SeenView> view(std::string_view name, Id record = {}, const As& as = {}) const
    {
        Map arguments{{"name", name}};
        if (record) arguments.set("record", record);
        return m_crossing.outcome<SeenView>("views.render", with(as, std::move(arguments)), &detail::view_of);
    }
    /// Presses a button by what is written on it; gives what its command answers.
    Outcome<Value> click(std::string_view view, std::string_view label, const Press& press = {})
    {
        Map arguments{{"name", view}, {"label", label}, {"row", press.row}, {"arguments", press.arguments}};
        if (press.record) arguments.set("record", press.record);
        return m_crossing.outcome<Value>(
            "views.click", with({.user = press.user}, std::move(arguments)), &detail::value_of
        );
    }
    /// Drops a card of a board on a column, both by their titles, as `as.user` would.
    Outcome<Value>
    drop(std::string_view board, std::string_view card, std::string_view column, const As& as = {})
    {
        return m_crossing.outcome<Value>(
            "views.drop", with(as, {{"name", board}, {"row", card}, {"group", column}}), &detail::value_of
        );
    }

    // What was seen

    std::vector<SeenLine> log() const { return detail::all<SeenLine>(m_crossing.get("plugin.log")); }
    /// Every call between host and plugin, oldest first.
    std::vector<SeenCall> trace() const { return detail::all<SeenCall>(m_crossing.get("trace.list")); }
    void clear_trace() { m_crossing.get("trace.clear"); }

    // Life

    SeenPlugin status() const { return detail::plugin_of(m_crossing.get("plugin.status")); }
    Outcome<void> activate() { return m_crossing.done("plugin.activate"); }
    /// Closes the plugin and starts it from its file again, as after an update.
    Outcome<SeenClosing> reload()
    {
        return m_crossing.outcome<SeenClosing>("plugin.reload", {}, &detail::closing_of);
    }
    Outcome<SeenClosing> disable()
    {
        return m_crossing.outcome<SeenClosing>("plugin.disable", {}, &detail::closing_of);
    }
    Outcome<void> enable() { return m_crossing.done("plugin.enable"); }

private:
    static detail::Crossing open(const Subject& subject, const Options& options)
    {
        std::vector<mortise_testkit_plugin> plugins;
        const auto add = [&plugins](const Subject& each) {
            plugins.push_back({{each.folder.data(), each.folder.size()}, each.entry});
        };
        add(subject);
        for (const Subject& each : options.with)
            add(each);
        return detail::Crossing{plugins, {{"now", options.now}}};
    }

    static Map with(const As& as, Map arguments)
    {
        if (!as.user.empty()) arguments.set("as", as.user);
        if (!as.key.empty()) arguments.set("key", as.key);
        if (as.preview) arguments.set("preview", true);
        return arguments;
    }

    detail::Crossing m_crossing;
};

} // namespace mortise::testkit
