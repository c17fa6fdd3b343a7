#include "control/declarations.hpp"
#include "control/host.hpp"
#include "control/methods/answers.hpp"
#include "control/methods/methods.hpp"
#include "plugins/plugin_manager.hpp"
#include "records/records.hpp"

namespace mortise::host {
namespace {

/// What a manifest declares under `name`, each with the plugin that it is of and its place in the manifest.
void add_declared(
    boost::json::array& to, const PluginStatus& plugin, const Manifest& manifest, std::string_view name
)
{
    const boost::json::object* document = manifest.json.if_object();
    const boost::json::value* declared = document ? document->if_contains(name) : nullptr;
    const boost::json::array* list = declared ? declared->if_array() : nullptr;
    if (!list) return;
    for (std::size_t i = 0; i < list->size(); ++i) {
        const boost::json::object* given = (*list)[i].if_object();
        if (!given) continue;
        boost::json::object item = *given;
        item["pointer"] = '/' + std::string{name} + '/' + std::to_string(i);
        item["plugin"] = plugin.id;
        item["plugin_name"] = plugin.name;
        to.emplace_back(std::move(item));
    }
}

/// A column that says which field it shows: with that one's label, if it has none itself, and its options'.
void describe_column(boost::json::object& column, const DeclaredColumn& declared, const Schema& schema)
{
    const auto type = schema.find(declared.type_of_field());
    const auto slot = type ? type->slot(declared.name_of_field()) : std::nullopt;
    if (!slot) return;
    const Field& field = type->fields[*slot];
    if (!column.contains("label") && !field.label.empty()) column["label"] = field.label;
    if (!field.option_labels.empty()) column["option_labels"] = option_labels_json(field);
}

boost::json::array queries_of(const PluginStatus& plugin, const Manifest& manifest, const Schema& schema)
{
    boost::json::array queries;
    add_declared(queries, plugin, manifest, "queries");
    for (std::size_t i = 0; i < queries.size() && i < manifest.queries.size(); ++i) {
        const QueryDeclaration& declared = manifest.queries[i];
        boost::json::object& query = queries[i].as_object();
        query["sql"] = declared.sql; // as it runs: a manifest may give it in lines
        boost::json::array& columns = query["columns"].as_array();
        for (std::size_t c = 0; c < columns.size() && c < declared.columns.size(); ++c)
            describe_column(columns[c].as_object(), declared.columns[c], schema);
    }
    return queries;
}

Answer list(Host& host, const Call& call)
{
    boost::json::array views;
    boost::json::array reports;
    boost::json::array queries;
    const auto schema = host.records().schema(call.principal());
    for (const PluginStatus& plugin : host.plugins().list()) {
        if (!plugin.enabled) continue;
        const auto manifest = host.plugins().manifest(plugin.id);
        if (!manifest) continue; // enabled but gone; plugins.list tells of it
        add_declared(views, plugin, **manifest, "views");
        add_declared(reports, plugin, **manifest, "reports");
        for (boost::json::value& query : queries_of(plugin, **manifest, *schema))
            queries.emplace_back(std::move(query));
    }
    return boost::json::value(boost::json::object{
        {"views", std::move(views)}, {"reports", std::move(reports)}, {"queries", std::move(queries)}
    });
}

Answer try_out(Host& host, Call& call, const Arguments& arguments)
{
    const std::string plugin = arguments.text("plugin");
    MORTISE_TRY(const auto manifest, host.plugins().manifest(plugin));
    boost::json::array problems;
    for (const BrokenDeclaration& broken : broken_declarations(host, *manifest, call.principal()))
        problems.push_back(boost::json::object{
            {"what", broken.what},
            {"name", broken.name},
            {"pointer", broken.pointer},
            {"message", broken.error.message},
            {"where", broken.error.where},
            {"hint", broken.error.hint},
            {"key", broken.error.key},
        });
    return boost::json::value(boost::json::object{{"problems", std::move(problems)}});
}

} // namespace

void add_view_methods(Api& api, Host& host)
{
    api.add({
        .name = "views.list",
        .help = "Lists what enabled plugins show: views, reports and the named queries behind them, as their "
                "manifests "
                "declare them",
        .result
        = "{views: [view], reports: [report], queries: [query with its \"sql\" as one text]}, each with "
          "\"plugin\", \"plugin_name\" and \"pointer\", its place in plugin.json; columns of queries that "
          "name "
          "their "
          "field with its label and option_labels; plugin.schema.json tells the rest",
        .handler = [&host](Call& call, const Arguments&) { return list(host, call); },
    });
    api.add({
        .name = "views.try",
        .help
        = "Begins each named query of a plugin, with the number 1 for its parameters, and looks whether "
          "its views, reports and buttons show and call what is there, and whether records have options that "
          "it does not declare any more",
        .params = {{"plugin", ParamKind::text, "its id", true}},
        .result = "{problems: [{what: \"query\", \"view\", \"report\" or \"field\", name, pointer: its place "
                  "in plugin.json, "
                  "message, where: the place in the statement, hint, key}]}",
        .handler = [&host](Call& call, const Arguments& arguments) { return try_out(host, call, arguments); },
    });
}

} // namespace mortise::host
