#pragma once

/// \file
/// What a test can look at: events, log lines, calls across the border, jobs, rows.

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::testkit {

/// An event of the log.
struct SeenEvent {
    std::int64_t number{0};
    std::string type;
    Id subject;
    std::string subject_type;
    Instant time;
    std::string actor; ///< "user:anna", "plugin:com.acme.leadscore"
    std::string schema; ///< "leadscore.changed/1"
    std::int64_t cause{0}; ///< number of the event that it follows from
    Map links; ///< role to list of ids: always a list here; a handler gets one id as an id
    Map data;

    friend std::ostream& operator<<(std::ostream& out, const SeenEvent& event)
    {
        return out << event.number << ' ' << event.type << " by " << event.actor;
    }
};

/// A line that the plugin, or the host about it, wrote.
struct SeenLine {
    Instant time;
    std::string level; ///< "debug", "info", "warning", "error"
    std::string key;
    std::string message;
    Map fields;
    bool from_host{false};

    friend std::ostream& operator<<(std::ostream& out, const SeenLine& line)
    {
        return out << line.level << (line.from_host ? " (host) " : " ") << line.key << ' ' << line.message;
    }
};

/// A call across the border between host and plugin.
struct SeenCall {
    std::uint64_t number{0};
    std::string plugin;
    std::string function; ///< "mortise.records/1.commit"
    bool into_plugin{false}; ///< the host called the plugin
    std::string label; ///< what it belongs to: "command pipelines.win", "hook contact.create"
    bool ok{true};
    std::string text; ///< all of it, for people

    friend std::ostream& operator<<(std::ostream& out, const SeenCall& call) { return out << call.text; }
};

struct SeenJob {
    Id id;
    std::string plugin;
    std::string name;
    std::string state; ///< "waiting", "running", "done", "failed", "cancelled"
    std::int64_t tries{0};
    Value arguments;
    Value result;
    std::string error;

    friend std::ostream& operator<<(std::ostream& out, const SeenJob& job)
    {
        return out << job.name << ' ' << job.state << ' ' << job.error;
    }
};

/// A subscription and what became of its events.
struct SeenSubscription {
    std::string plugin;
    std::string name;
    std::int64_t retrying{0}; ///< events that wait for another try
    std::int64_t dead{0}; ///< events that were given up after ten tries
    std::int64_t delivered{0};
    std::int64_t failed{0};
    std::string last_error; ///< of the last attempt that failed; empty once its event was handled
};

/// How the plugin is.
struct SeenPlugin {
    std::string id;
    std::string version;
    std::string state; ///< "active", "failed", "quarantined" ...
    std::vector<std::string> problems;
    std::vector<std::string> warnings;
    std::vector<std::string> bound; ///< "hook contact.create", "command leadscore.score"
    std::vector<std::string> granted; ///< permissions
    std::string pinned; ///< why former code is still mapped; empty if it is not
};

/// How the plugin's code ended.
struct SeenClosing {
    bool unmapped{false};
    std::string pinned_because; ///< if it is not unmapped
    std::string problem; ///< what `quiesce` said
};

/// The answer of a query.
struct SeenRows {
    std::vector<std::string> columns;
    std::vector<Map> rows;

    std::size_t size() const noexcept { return rows.size(); }
    bool empty() const noexcept { return rows.empty(); }
    const Map& operator[](std::size_t row) const { return rows.at(row); }
    /// The only cell of an answer such as `SELECT count(*)`.
    const Value& cell() const { return rows.at(0)[columns.at(0)]; }
};

/// A button, with what it would call.
struct SeenButton {
    std::string label;
    std::string command;
    Map arguments; ///< filled in as far as the view can; a person is asked for the rest
};

/// A row of a table, a card of a board, a page.
struct SeenRow {
    /// The record that it stands for: the column "id", or the first column of its query that is set and has a
    /// "reference"; 0 if there is none.
    Id id;
    /// What people call it: the record's title if the source is a type; else what stands in the view's
    /// "card_title", or in its first column with the format "link"; empty if it has neither.
    std::string title;
    std::string group; ///< board: the column that the card is in
    Map fields; ///< every column of the source, also those that the view does not show
    std::vector<SeenButton> buttons;
};

/// A view as people see it.
struct SeenView {
    std::string name;
    std::string kind; ///< "table", "board", "record" ...
    std::string title;
    std::string text; ///< all of it as lines of text
    std::vector<SeenRow> rows;
    std::vector<std::string> groups; ///< board: its columns
    std::vector<SeenButton> buttons; ///< of the view as a whole

    friend std::ostream& operator<<(std::ostream& out, const SeenView& view) { return out << view.text; }
};

} // namespace mortise::testkit
