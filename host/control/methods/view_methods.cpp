#include "control/host.hpp"
#include "control/methods/answers.hpp"
#include "control/methods/methods.hpp"
#include "plugins/plugin_manager.hpp"

namespace mortise::host {
namespace {

/// What a manifest declares under `name`, each with the plugin that it is of.
void add_declared(
    boost::json::array& to, const PluginStatus& plugin, const Manifest& manifest, std::string_view name
)
{
    const boost::json::object* document = manifest.json.if_object();
    const boost::json::value* declared = document ? document->if_contains(name) : nullptr;
    const boost::json::array* list = declared ? declared->if_array() : nullptr;
    if (!list) return;
    for (const boost::json::value& one : *list) {
        const boost::json::object* given = one.if_object();
        if (!given) continue;
        boost::json::object item = *given;
        item["plugin"] = plugin.id;
        item["plugin_name"] = plugin.name;
        to.emplace_back(std::move(item));
    }
}

boost::json::array queries_of(const PluginStatus& plugin, const Manifest& manifest)
{
    boost::json::array queries;
    add_declared(queries, plugin, manifest, "queries");
    // The text of the statement as it runs: a manifest may give it in lines.
    for (boost::json::value& query : queries)
        for (const QueryDeclaration& declared : manifest.queries)
            if (query.as_object()["name"] == boost::json::string{declared.name})
                query.as_object()["sql"] = declared.sql;
    return queries;
}

Answer list(Host& host)
{
    boost::json::array views;
    boost::json::array reports;
    boost::json::array queries;
    for (const PluginStatus& plugin : host.plugins().list()) {
        if (!plugin.enabled) continue;
        const auto manifest = host.plugins().manifest(plugin.id);
        if (!manifest) continue; // enabled but gone; plugins.list tells of it
        add_declared(views, plugin, **manifest, "views");
        add_declared(reports, plugin, **manifest, "reports");
        for (boost::json::value& query : queries_of(plugin, **manifest))
            queries.emplace_back(std::move(query));
    }
    return boost::json::value(boost::json::object{
        {"views", std::move(views)}, {"reports", std::move(reports)}, {"queries", std::move(queries)}
    });
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
          "\"plugin\" and \"plugin_name\"; plugin.schema.json tells the rest",
        .handler = [&host](Call&, const Arguments&) { return list(host); },
    });
}

} // namespace mortise::host
