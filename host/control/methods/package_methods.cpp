#include "control/host.hpp"
#include "control/methods/answers.hpp"
#include "control/methods/catalog_search.hpp"
#include "control/methods/methods.hpp"
#include "control/upload.hpp"
#include "plugins/plugin_manager.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace mortise::host {
namespace {

const Param upload_param{"upload", ParamKind::text, "the package, from upload.open"};
const Param path_param{
    "path", ParamKind::text, "instead of an upload, for clients in the host's own process"
};
const Param name_param{"name", ParamKind::text, "instead of a file, ID or ID@RANGE, from the catalogs"};
const Param older_param{"older", ParamKind::boolean, "take a version older than one that has run here"};
const Param unsigned_param{"allow_unsigned", ParamKind::boolean, "take it although nobody vouches for it"};
const Param replace_param{"replace", ParamKind::boolean, "take the place of other files of the same version"};

/// The open package: an upload of the session, or a file if the client is in this process.
class OpenPackage {
public:
    static Result<OpenPackage> open(PluginManager& plugins, Call& call, const Arguments& arguments)
    {
        if (arguments.has("name")) {
            MORTISE_TRY(const int descriptor, open_from_catalogs(plugins, arguments.text("name")));
            return OpenPackage{nullptr, descriptor};
        }
        if (arguments.has("upload")) {
            MORTISE_TRY(auto upload, find_upload(call.session(), arguments.text("upload")));
            MORTISE_TRY(const int descriptor, upload->rewind());
            return OpenPackage{std::move(upload), descriptor};
        }
        if (!call.session().is_local() || !arguments.has("path"))
            return Error{
                ErrorCode::invalid,
                "upload is missing",
                "rpc.params",
                "/upload",
                "send the package with upload.open and upload.write"
            };
        const std::string path = arguments.text("path");
        const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        if (descriptor < 0) return Error{ErrorCode::not_found, "cannot open " + path, "package.io", path, {}};
        return OpenPackage{nullptr, descriptor};
    }
    OpenPackage(OpenPackage&& other) noexcept
        : m_upload{std::move(other.m_upload)},
          m_descriptor{std::exchange(other.m_descriptor, -1)}
    {
    }
    OpenPackage& operator=(OpenPackage&&) = delete;
    ~OpenPackage()
    {
        if (!m_upload && m_descriptor >= 0) ::close(m_descriptor);
    }

    int descriptor() const noexcept { return m_descriptor; }

private:
    OpenPackage(std::shared_ptr<Upload> upload, int descriptor)
        : m_upload{std::move(upload)},
          m_descriptor{descriptor}
    {
    }

    std::shared_ptr<Upload> m_upload; // kept, although the session may end; its descriptor is its own
    int m_descriptor;
};

InstallOptions options_of(const Arguments& arguments)
{
    return {
        .allow_unsigned = arguments.flag("allow_unsigned"),
        .replace = arguments.flag("replace"),
        .grant_new = arguments.flag("grant"),
        .older = arguments.flag("older"),
    };
}

Answer inspect(PluginManager& plugins, Call& call, const Arguments& arguments)
{
    MORTISE_CHECK(require_capability(call, Capability::plugins));
    MORTISE_TRY(const OpenPackage file, OpenPackage::open(plugins, call, arguments));
    MORTISE_TRY(const Inspected found, plugins.inspect(file.descriptor()));
    return boost::json::value(boost::json::object{
        {"id", found.id},
        {"name", found.name},
        {"version", found.version},
        {"vendor", found.vendor},
        {"summary", found.summary},
        {"signed", found.is_signed},
        {"permissions", text_array(found.permissions)},
        {"installed", found.installed.empty() ? boost::json::value{} : boost::json::value(found.installed)},
        {"asks_more", text_array(found.asks_more)},
        {"asks_less", text_array(found.asks_less)},
        {"newer", found.is_newer},
    });
}

Answer install(PluginManager& plugins, Call& call, const Arguments& arguments)
{
    MORTISE_CHECK(require_capability(call, Capability::plugins));
    MORTISE_TRY(const OpenPackage file, OpenPackage::open(plugins, call, arguments));
    MORTISE_TRY(const Installed installed, plugins.install(file.descriptor(), options_of(arguments)));
    if (arguments.has("upload")) call.session().release(arguments.text("upload"));
    MORTISE_TRY(const PluginStatus status, plugins.find(installed.id));
    return boost::json::value(boost::json::object{
        {"id", installed.id},
        {"version", installed.version},
        {"was_there", installed.was_there},
        {"signed_by", text_array(installed.signed_by)},
        {"plugin", plugin_json(status)},
    });
}

boost::json::value removed_json(const Removed& removed)
{
    boost::json::array archived;
    for (const auto& [type, records] : removed.archived)
        archived.emplace_back(boost::json::object{{"type", type}, {"records", records}});
    boost::json::array types;
    for (const PurgedType& type : removed.purged.types)
        types.emplace_back(
            boost::json::object{{"type", type.name}, {"records", type.records}, {"history", type.history}}
        );
    boost::json::array fields;
    for (const PurgedField& field : removed.purged.fields)
        fields.emplace_back(
            boost::json::object{{"type", field.type}, {"field", field.name}, {"values", field.values}}
        );
    return boost::json::object{
        {"id", removed.id},
        {"archived", std::move(archived)},
        {"purged", boost::json::object{{"types", std::move(types)}, {"fields", std::move(fields)}}},
        {"settings", removed.settings},
        {"grants", removed.grants},
        {"subscriptions", removed.subscriptions},
    };
}

Answer upgraded_json(PluginManager& plugins, const Upgraded& upgraded)
{
    MORTISE_TRY(const PluginStatus status, plugins.find(upgraded.id));
    return boost::json::value(boost::json::object{
        {"id", upgraded.id},
        {"from", upgraded.from},
        {"to", upgraded.to},
        {"asks_more", text_array(upgraded.asks_more)},
        {"asks_less", text_array(upgraded.asks_less)},
        {"problem", upgraded.closing.problem},
        {"plugin", plugin_json(status)},
    });
}

Answer upgrade(PluginManager& plugins, Call& call, const Arguments& arguments)
{
    MORTISE_CHECK(require_capability(call, Capability::plugins));
    MORTISE_TRY(const OpenPackage file, OpenPackage::open(plugins, call, arguments));
    MORTISE_TRY(const Upgraded upgraded, plugins.upgrade(file.descriptor(), options_of(arguments)));
    if (arguments.has("upload")) call.session().release(arguments.text("upload"));
    return upgraded_json(plugins, upgraded);
}

} // namespace

// NOLINTNEXTLINE(readability-function-size): a table
void add_package_methods(Api& api, Host& host)
{
    PluginManager& plugins = host.plugins();
    api.add({
        .name = "plugins.inspect",
        .help = "Tells what a package is and asks for, beside what is installed; nothing is kept, and the "
                "upload can be installed afterwards",
        .params = {upload_param, path_param, name_param},
        .result = "{id, name, version, vendor, summary, signed: whether it says so, permissions, installed: "
                  "the version that "
                  "counts now or null, asks_more: [permission], asks_less: [permission], newer}",
        .effect = Effect::read,
        .handler
        = [&plugins](Call& call, const Arguments& arguments) { return inspect(plugins, call, arguments); },
    });
    api.add({
        .name = "plugins.install",
        .help = "Puts a package's files on disk, as one more version of its plugin; nothing of it runs",
        .params = {upload_param, path_param, name_param, unsigned_param, replace_param, older_param},
        .result = "{id, version, was_there: whether that version was installed before, signed_by: "
                  "[fingerprint], plugin: "
                  "as in plugins.list}",
        .effect = Effect::write,
        .handler
        = [&plugins](Call& call, const Arguments& arguments) { return install(plugins, call, arguments); },
    });
    api.add({
        .name = "plugins.upgrade",
        .help
        = "Installs a newer version and lets it take the place of the running one; if it does not start, or "
          "its migration fails, the former one runs on",
        .params
        = {upload_param,
           path_param,
           name_param,
           unsigned_param,
           replace_param,
           {"grant", ParamKind::boolean, "grant what the new version asks for besides"}},
        .result
        = "{id, from, to, asks_more: [permission], asks_less: [permission], problem: of ending the former "
          "code, plugin: as in plugins.list}",
        .effect = Effect::write,
        .handler
        = [&plugins](Call& call, const Arguments& arguments) { return upgrade(plugins, call, arguments); },
    });
    api.add({
        .name = "plugins.rollback",
        .help = "Takes up the version from before the last upgrade",
        .params = {{"plugin", ParamKind::text, "its id", true}},
        .result = "as that of plugins.upgrade",
        .effect = Effect::write,
        .handler = [&plugins](Call& call, const Arguments& arguments) -> Answer {
            MORTISE_CHECK(require_capability(call, Capability::plugins));
            MORTISE_TRY(const Upgraded back, plugins.rollback(arguments.text("plugin")));
            return upgraded_json(plugins, back);
        },
    });
    api.add({
        .name = "plugins.remove",
        .help = "Disables a plugin and takes its files away; its types and fields are archived: their "
                "records can be read and not written, and come back with the plugin. With purge they are "
                "deleted for good, with their history",
        .params
        = {{"plugin", ParamKind::text, "its id", true},
           {"purge", ParamKind::boolean, "delete its records too"},
           {"look", ParamKind::boolean, "only tell what would go"}},
        .result = "{id, archived: [{type, records}], purged: {types: [{type, records, history}], fields: "
                  "[{type, field, values}]}, settings, grants, subscriptions: how many}",
        .effect = Effect::destructive,
        .handler = [&plugins](Call& call, const Arguments& arguments) -> Answer {
            MORTISE_CHECK(require_capability(call, Capability::plugins));
            const RemoveOptions options{arguments.flag("purge"), arguments.flag("look")};
            MORTISE_TRY(const Removed removed, plugins.remove(arguments.text("plugin"), options));
            return removed_json(removed);
        },
    });
}

} // namespace mortise::host
