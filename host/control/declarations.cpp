#include "control/declarations.hpp"

#include "base/json.hpp"
#include "base/json_schema.hpp"
#include "control/host.hpp"
#include "control/nearest.hpp"
#include "control/query_hint.hpp"
#include "plugins/conditions.hpp"
#include "plugins/plugin_manager.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace mortise::host {
namespace {

namespace json = boost::json;

const json::array& list_in(const json::value& object, std::string_view name)
{
    static const json::array nothing;
    const json::value* found = object.is_object() ? object.get_object().if_contains(name) : nullptr;
    return found && found->is_array() ? found->get_array() : nothing;
}

const json::value* member(const json::value& object, std::string_view name)
{
    return object.is_object() ? object.get_object().if_contains(name) : nullptr;
}

std::string text_in(const json::value& object, std::string_view name)
{
    const json::value* found = member(object, name);
    return found && found->is_string() ? std::string{found->get_string()} : std::string{};
}

Error not_there(std::string message, std::string_view wanted, const std::vector<std::string>& names)
{
    const std::string meant = nearest(wanted, names);
    return {
        .code = ErrorCode::not_found,
        .message = std::move(message),
        .key = "declaration.not_there",
        .hint = meant.empty() ? "" : "did you mean " + meant + '?',
    };
}

std::string listed(const std::vector<std::string>& names)
{
    std::string text;
    for (const std::string& name : names)
        text += (text.empty() ? "" : ", ") + name;
    return text.empty() ? "none" : text;
}

class Trial {
public:
    Trial(Host& host, const Manifest& manifest, const Principal& principal)
        : m_host{host},
          m_manifest{manifest},
          m_principal{principal}
    {
    }

    std::vector<BrokenDeclaration> run()
    {
        for (std::size_t i = 0; i < m_manifest.queries.size(); ++i)
            try_query(m_manifest.queries[i], "/queries/" + std::to_string(i));
        for (const char* what : {"view", "report"}) {
            const std::string plural = std::string{what} + 's';
            const json::array& all = list_in(m_manifest.json, plural);
            for (std::size_t i = 0; i < all.size(); ++i)
                try_view(what, all[i], '/' + plural + '/' + std::to_string(i));
        }
        try_conditions();
        for (std::size_t i = 0; i < m_manifest.types.size(); ++i)
            try_options(m_manifest.types[i], "/types/" + std::to_string(i));
        return std::move(m_broken);
    }

private:
    using Kind = BrokenDeclaration::Kind;

    void add(Kind kind, std::string_view what, const std::string& name, std::string pointer, Error error)
    {
        m_broken.push_back({kind, std::string{what}, name, std::move(pointer), std::move(error)});
    }

    void try_query(const QueryDeclaration& query, const std::string& pointer)
    {
        QueryRequest request;
        request.sql = query.sql;
        const json::value* properties = query.parameters.is_object()
            ? query.parameters.get_object().if_contains("properties")
            : nullptr;
        if (properties && properties->is_object())
            for (const auto& property : properties->get_object())
                request.named.emplace_back(std::string{property.key()}, Value{1});
        request.limits.now = m_host.clock().now().microseconds;
        auto rows = m_host.views().query(m_principal, request);
        if (!rows)
            return add(
                Kind::query,
                "query",
                query.name,
                pointer + "/sql",
                with_meant_name(std::move(rows).error(), m_host.views(), m_principal, query.sql)
            );
        if (auto first = rows->step(); !first)
            return add(Kind::query, "query", query.name, pointer + "/sql", std::move(first).error());
        std::vector<std::string> given;
        for (const QueryColumn& column : rows->columns())
            given.push_back(column.name);
        std::vector<std::string> declared;
        declared.reserve(query.columns.size());
        for (const DeclaredColumn& column : query.columns)
            declared.push_back(column.name);
        for (std::size_t i = 0; i < query.columns.size(); ++i)
            try_shown_field(query, query.columns[i], pointer + "/columns/" + std::to_string(i) + "/field");
        if (given == declared) return;
        add(Kind::query,
            "query",
            query.name,
            pointer + "/columns",
            {.code = ErrorCode::invalid,
             .message = "it gives the columns " + listed(given) + " and declares " + listed(declared),
             .key = "declaration.columns",
             .hint = "name in \"columns\" what the statement selects, in its order"});
    }

    /// The field that a column says that it shows.
    void try_shown_field(const QueryDeclaration& query, const DeclaredColumn& column, std::string pointer)
    {
        if (column.field.empty()) return;
        const auto fields = columns_of_record(std::string{column.type_of_field()});
        if (fields && std::ranges::find(*fields, column.name_of_field()) != fields->end()) return;
        add(Kind::query,
            "query",
            query.name,
            std::move(pointer),
            not_there(
                "there is no field " + column.field,
                column.name_of_field(),
                fields.value_or(std::vector<std::string>{})
            ));
    }

    void try_view(std::string_view what, const json::value& view, const std::string& pointer)
    {
        const std::string name = text_in(view, "name");
        const json::value* source = view.is_object() ? view.get_object().if_contains("source") : nullptr;
        const auto columns = source ? columns_of(*source, what, name, pointer + "/source") : std::nullopt;
        const json::array& shown = list_in(view, "columns");
        for (std::size_t i = 0; columns && i < shown.size(); ++i)
            if (const std::string field = text_in(shown[i], "field");
                std::ranges::find(*columns, field) == columns->end())
                add(Kind::source,
                    what,
                    name,
                    pointer + "/columns/" + std::to_string(i) + "/field",
                    not_there("its source has no column \"" + field + '"', field, *columns));
        const json::array& actions = list_in(view, "actions");
        for (std::size_t i = 0; i < actions.size(); ++i)
            try_button(what, name, actions[i], pointer + "/actions/" + std::to_string(i));
        if (const json::value* drop = member(view, "on_drop"))
            try_button(what, name, *drop, pointer + "/on_drop");
        try_fields({what, name}, view, columns, pointer);
    }

    /// Whose fields they are, for messages.
    struct Shown {
        std::string_view what;
        const std::string& name;
    };
    using Columns = std::optional<std::vector<std::string>>;

    /// What stands for a field of a row elsewhere than in "columns".
    void try_fields(
        const Shown& shown, const json::value& view, const Columns& columns, const std::string& pointer
    )
    {
        for (const char* key : {"group_by", "card_title", "total"})
            try_field(shown, text_in(view, key), columns, pointer + '/' + key);
        const json::array& groups = list_in(view, "fields");
        for (std::size_t i = 0; i < groups.size(); ++i)
            try_names(
                shown, groups[i], "fields", columns, pointer + "/fields/" + std::to_string(i) + "/fields"
            );
        if (const json::value* chart = member(view, "chart")) {
            for (const char* key : {"x", "series"})
                try_field(shown, text_in(*chart, key), columns, pointer + "/chart/" + key);
            try_names(shown, *chart, "y", columns, pointer + "/chart/y");
        }
        // A tab, and the page of a record, stand on one record: its fields fill in what they show and call.
        const std::string on = text_in(view, "on");
        const Columns record = on.empty() ? Columns{} : columns_of_record(on);
        const json::value* source = member(view, "source");
        if (source) {
            try_keys(shown, *source, "filter", columns, pointer + "/source/filter");
            if (!on.empty()) try_placeholders(shown, *source, record, pointer + "/source/arguments");
            const json::array& sort = list_in(*source, "sort");
            for (std::size_t i = 0; i < sort.size(); ++i)
                if (sort[i].is_string()) {
                    std::string_view by = sort[i].get_string();
                    if (by.starts_with('-')) by.remove_prefix(1);
                    try_field(shown, by, columns, pointer + "/source/sort/" + std::to_string(i));
                }
        }
        const Columns& called_with = on.empty() ? columns : record;
        const json::array& actions = list_in(view, "actions");
        for (std::size_t i = 0; i < actions.size(); ++i)
            try_action(shown, actions[i], called_with, pointer + "/actions/" + std::to_string(i));
        if (const json::value* drop = member(view, "on_drop")) {
            Columns dropped = columns;
            if (dropped) dropped->emplace_back("group"); // the column on which the card was dropped
            try_action(shown, *drop, dropped, pointer + "/on_drop");
        }
    }

    void try_action(
        const Shown& shown, const json::value& action, const Columns& columns, const std::string& pointer
    )
    {
        try_keys(shown, action, "when", columns, pointer + "/when");
        try_placeholders(shown, action, columns, pointer + "/arguments");
    }

    /// Values of "arguments" that are "{field}".
    void try_placeholders(
        const Shown& shown, const json::value& in, const Columns& columns, const std::string& pointer
    )
    {
        const json::value* arguments = member(in, "arguments");
        if (!arguments || !arguments->is_object()) return;
        for (const auto& argument : arguments->get_object()) {
            if (!argument.value().is_string()) continue;
            const std::string_view text = argument.value().get_string();
            if (text.size() > 2 && text.front() == '{' && text.back() == '}')
                try_field(
                    shown, text.substr(1, text.size() - 2), columns, pointer_step(pointer, argument.key())
                );
        }
    }

    void try_keys(
        const Shown& shown,
        const json::value& in,
        std::string_view under,
        const Columns& columns,
        const std::string& pointer
    )
    {
        const json::value* wanted = member(in, under);
        if (!wanted || !wanted->is_object()) return;
        for (const auto& field : wanted->get_object())
            try_field(shown, field.key(), columns, pointer_step(pointer, field.key()));
    }

    /// Options that records still have and that are declared no more. Who may not read them is told nothing.
    void try_options(const TypeDeclaration& type, const std::string& pointer)
    {
        for (std::size_t i = 0; i < type.fields.size(); ++i) {
            const Field& field = type.fields[i];
            if (field.options.empty()) continue;
            QueryRequest request;
            const bool is_one = field.kind == FieldKind::enumeration;
            request.sql = is_one
                ? "SELECT " + field.name + ", count(*) FROM " + type.name + " WHERE " + field.name
                : "SELECT o.value, count(*) FROM " + type.name + " t, json_each(t." + field.name
                    + ") o WHERE o.value";
            request.sql += " NOT IN (SELECT value FROM json_each(:options)) GROUP BY 1 ORDER BY 1";
            const json::array options(field.options.begin(), field.options.end());
            request.named.emplace_back("options", Value{to_json(options)});
            request.limits.now = m_host.clock().now().microseconds;
            std::string gone;
            auto rows = m_host.views().query(m_principal, request);
            while (rows) {
                const auto is_there = rows->step();
                if (!is_there || !*is_there) break;
                const std::int64_t records = rows->value(1).get_or(std::int64_t{0});
                gone += (gone.empty() ? "" : ", ") + std::to_string(records) + " of " + type.plural
                    + (records == 1 ? " has \"" : " have \"") + std::string{rows->value(0).text()} + '"';
            }
            if (gone.empty()) continue;
            add(Kind::records,
                "field",
                type.name + '.' + field.name,
                pointer + "/fields/" + std::to_string(i) + "/options",
                {.code = ErrorCode::state,
                 .message = "records have an option that is gone: " + gone,
                 .key = "declaration.option_gone",
                 .hint = "keep the option (its label can say that it is not used any more), or change those "
                         "records, for whoever has the plugin in migrate of a higher version"});
        }
    }

    /// Conditions over fields of every type that there is, of whichever plugin.
    void try_conditions()
    {
        const auto schema = m_host.records().schema();
        const auto fields = [&](std::string_view type, std::string_view name) -> const Field* {
            const auto found = schema->find(type);
            const auto slot = found ? found->slot(name) : std::nullopt;
            return slot ? &found->fields[*slot] : nullptr;
        };
        for (WrongCondition& wrong : wrong_conditions(m_manifest, fields)) {
            std::string pointer = std::exchange(wrong.error.where, {});
            add(Kind::field, "view", wrong.view, std::move(pointer), std::move(wrong.error));
        }
    }

    void try_names(
        const Shown& shown,
        const json::value& in,
        std::string_view under,
        const Columns& columns,
        const std::string& pointer
    )
    {
        const json::array& names = list_in(in, under);
        for (std::size_t i = 0; i < names.size(); ++i)
            if (names[i].is_string())
                try_field(shown, names[i].get_string(), columns, pointer + '/' + std::to_string(i));
    }

    void
    try_field(const Shown& shown, std::string_view field, const Columns& columns, const std::string& pointer)
    {
        if (field.empty() || !columns || std::ranges::find(*columns, field) != columns->end()) return;
        Error error = not_there("its rows have no \"" + std::string{field} + '"', field, *columns);
        error.hint += (error.hint.empty() ? "" : " ") + std::string{"they have "} + listed(*columns);
        add(Kind::field, shown.what, shown.name, pointer, std::move(error));
    }

    void try_button(
        std::string_view what, const std::string& name, const json::value& action, const std::string& pointer
    )
    {
        const std::string command = text_in(action, "command");
        if (m_host.commands().find(command)) return;
        add(Kind::button,
            what,
            name,
            pointer + "/command",
            not_there("there is no command " + command, command, command_names()));
    }

    std::vector<std::string> command_names() const
    {
        std::vector<std::string> names;
        for (const CommandInfo& command : m_host.commands().list())
            names.push_back(command.name);
        return names;
    }

    /// The queries that a view may show: its own plugin's first, then those of the others that are enabled.
    std::optional<std::vector<std::string>> columns_of_query(std::string_view name) const
    {
        const auto of = [name](const Manifest& manifest) -> std::optional<std::vector<std::string>> {
            const auto found = std::ranges::find(manifest.queries, name, &QueryDeclaration::name);
            if (found == manifest.queries.end()) return std::nullopt;
            std::vector<std::string> columns;
            for (const DeclaredColumn& column : found->columns)
                columns.push_back(column.name);
            return columns;
        };
        if (auto own = of(m_manifest)) return own;
        for (const PluginStatus& plugin : m_host.plugins().list())
            if (plugin.enabled)
                if (const auto manifest = m_host.plugins().manifest(plugin.id))
                    if (auto others = of(**manifest)) return others;
        return std::nullopt;
    }

    /// What the source has to show; nothing if it is not there, or if only a call would tell.
    std::optional<std::vector<std::string>> columns_of(
        const json::value& source, std::string_view what, const std::string& name, const std::string& pointer
    )
    {
        const auto wrong = [&](std::string_view under, Error error) {
            add(Kind::source, what, name, pointer + '/' + std::string{under}, std::move(error));
        };
        if (const std::string query = text_in(source, "query"); !query.empty()) {
            auto columns = columns_of_query(query);
            std::vector<std::string> names;
            names.reserve(m_manifest.queries.size());
            for (const QueryDeclaration& each : m_manifest.queries)
                names.push_back(each.name);
            if (!columns) wrong("query", not_there("there is no query " + query, query, names));
            return columns;
        }
        if (const std::string type = text_in(source, "type"); !type.empty())
            return columns_of_type(type, wrong);
        if (const std::string command = text_in(source, "command"); !command.empty()) {
            const auto found = m_host.commands().find(command);
            if (!found)
                wrong("command", not_there("there is no command " + command, command, command_names()));
            else if (found->effect != Effect::read)
                wrong(
                    "command",
                    {.code = ErrorCode::invalid,
                     .message = command + " does more than read",
                     .key = "declaration.writes",
                     .hint = "a view calls it whenever it is looked at: its \"effect\" must be \"read\""}
                );
        }
        return std::nullopt;
    }

    template <class Wrong>
    std::optional<std::vector<std::string>> columns_of_type(const std::string& type, const Wrong& wrong) const
    {
        if (auto columns = columns_of_record(type)) return columns;
        std::vector<std::string> names;
        for (const auto& each : m_host.records().schema()->types())
            names.push_back(each->name);
        wrong("type", not_there("there is no type " + type, type, names));
        return std::nullopt;
    }

    /// What a record of that type has; nothing if the type is not there.
    std::optional<std::vector<std::string>> columns_of_record(const std::string& type) const
    {
        const auto found = m_host.records().schema()->find(type);
        if (!found) return std::nullopt;
        std::vector<std::string> columns{"id", "version", "owner", "created_at", "updated_at"};
        for (const Field& field : found->fields)
            columns.push_back(field.name);
        return columns;
    }

    Host& m_host;
    const Manifest& m_manifest;
    const Principal& m_principal;
    std::vector<BrokenDeclaration> m_broken;
};

} // namespace

std::vector<BrokenDeclaration>
broken_declarations(Host& host, const Manifest& manifest, const Principal& principal)
{
    return Trial{host, manifest, principal}.run();
}

} // namespace mortise::host
