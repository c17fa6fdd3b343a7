#include "plugins/manifest.hpp"

#include "base/json.hpp"
#include "plugins/manifest_check.hpp"
#include "plugins/manifest_schema.hpp"

#include <mortise/abi/version.h>

#include <boost/json.hpp>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

namespace mortise::host {

namespace {

namespace json = boost::json;

const Result<JsonSchema>& published_schema()
{
    static const Result<JsonSchema> schema = []() -> Result<JsonSchema> {
        MORTISE_TRY(const auto document, parse_json(manifest_schema, "plugin.schema.json"));
        return JsonSchema::compile(document);
    }();
    return schema;
}

/// Reads members of one JSON object that the schema has found sound.
class Object {
public:
    explicit Object(const json::value& value)
        : m_object{value.is_object() ? &value.get_object() : nullptr} { }

    const json::value* find(std::string_view name) const
    {
        return m_object ? m_object->if_contains(name) : nullptr;
    }
    /// The object under a name; an empty one if there is none.
    Object inner(std::string_view name) const
    {
        static const json::value nothing;
        const auto* found = find(name);
        return Object{found ? *found : nothing};
    }
    std::string text(std::string_view name, std::string_view other = {}) const
    {
        const auto* found = find(name);
        return std::string{found && found->is_string() ? std::string_view{found->get_string()} : other};
    }
    bool flag(std::string_view name, bool other = false) const
    {
        const auto* found = find(name);
        return found && found->is_bool() ? found->get_bool() : other;
    }
    int number(std::string_view name, int other) const
    {
        const auto* found = find(name);
        return found && found->is_int64() ? static_cast<int>(found->get_int64()) : other;
    }
    std::vector<std::string> texts(std::string_view name) const
    {
        std::vector<std::string> result;
        const auto* found = find(name);
        if (found && found->is_string()) result.emplace_back(found->get_string());
        if (found && found->is_array())
            for (const json::value& item : found->get_array())
                if (item.is_string()) result.emplace_back(item.get_string());
        return result;
    }
    json::value value(std::string_view name, const json::value& other = nullptr) const
    {
        const auto* found = find(name);
        return found ? *found : other;
    }

private:
    const json::object* m_object;
};

class ManifestReader {
public:
    ManifestReader(Manifest& manifest, std::vector<Error>& errors)
        : m_manifest{manifest},
          m_errors{errors} { }

    void read(const json::value& document)
    {
        const Object root{document};
        read_identity(root);
        read_needs(root);
        read_types(root);
        each(root, "events", [this](const Object& o, const std::string& where) { read_event(o, where); });
        each(root, "commands", [this](const Object& o, const std::string& where) { read_command(o, where); });
        each(root, "hooks", [this](const Object& o, const std::string&) { read_hook(o); });
        each(root, "subscribes", [this](const Object& o, const std::string&) { read_subscription(o); });
        each(root, "jobs", [this](const Object& o, const std::string& where) { read_job(o, where); });
        each(root, "schedules", [this](const Object& o, const std::string&) { read_schedule(o); });
        each(root, "queries", [this](const Object& o, const std::string& where) { read_query(o, where); });
        m_manifest.settings = root.value("settings");
        m_manifest.settings_schema = schema(root, "settings", "");
    }

private:
    template <class Read>
    static void each(const Object& root, std::string_view name, Read read)
    {
        const auto* list = root.find(name);
        if (!list || !list->is_array()) return;
        for (std::size_t index = 0; const json::value& item : list->get_array())
            read(Object{item}, '/' + std::string{name} + '/' + std::to_string(index++));
    }

    void fail(std::string where, std::string message, std::string hint = {})
    {
        m_errors.push_back({
            .code = ErrorCode::invalid,
            .message = std::move(message),
            .key = "manifest.invalid",
            .where = std::move(where),
            .hint = std::move(hint),
        });
    }

    void fail(std::string where, Error error)
    {
        error.where = std::move(where);
        m_errors.push_back(std::move(error));
    }

    /// The JSON Schema under a name, or nothing.
    std::optional<JsonSchema> schema(const Object& object, std::string_view name, const std::string& where)
    {
        const auto* found = object.find(name);
        if (!found) return std::nullopt;
        auto compiled = JsonSchema::compile(*found);
        if (compiled) return *std::move(compiled);
        std::string place = where + '/' + std::string{name} + compiled.error().where;
        fail(std::move(place), std::move(compiled).error());
        return std::nullopt;
    }

    void read_identity(const Object& root)
    {
        m_manifest.id = root.text("id");
        m_manifest.name = root.text("name");
        m_manifest.summary = root.text("summary");
        m_manifest.vendor = root.text("vendor");
        m_manifest.homepage = root.text("homepage");
        m_manifest.license = root.text("license");
        if (auto version = Version::parse(root.text("version")))
            m_manifest.version = *std::move(version);
        else
            fail("/version", std::move(version).error());
        const std::string least = root.inner("sdk").text("min");
        const std::size_t dot = least.find('.');
        std::from_chars(least.data(), least.data() + dot, m_manifest.sdk_major);
        std::from_chars(least.data() + dot + 1, least.data() + least.size(), m_manifest.sdk_minor);
        if (const auto* library = root.find("library"); library && library->is_object())
            for (const auto& [platform, file] : library->get_object())
                m_manifest.libraries.emplace(platform, file.get_string());
    }

    void read_needs(const Object& root)
    {
        const Object needs = root.inner("requires");
        if (const auto* plugins = needs.find("plugins"); plugins && plugins->is_object())
            for (const auto& [id, text] : plugins->get_object()) {
                if (auto range = VersionRange::parse(std::string_view{text.get_string()}))
                    m_manifest.requires_plugins.emplace(id, *std::move(range));
                else
                    fail(pointer_step("/requires/plugins", id), std::move(range).error());
            }
        m_manifest.requires_interfaces = needs.texts("interfaces");
        m_manifest.experimental = root.texts("experimental");
        m_manifest.permissions = root.texts("permissions");
        m_manifest.parallel_hooks = root.text("concurrency") == "parallel";
    }

    void read_types(const Object& root)
    {
        const auto* types = root.find("types");
        if (!types) return;
        const std::string prefix = m_manifest.is_first_party() ? std::string{} : m_manifest.prefix() + '_';
        auto parsed = parse_type_declarations(*types, "/types", prefix);
        if (parsed)
            m_manifest.types = *std::move(parsed);
        else
            m_errors.push_back(std::move(parsed).error());
    }

    void read_event(const Object& object, const std::string& where)
    {
        EventDeclaration event;
        event.type = object.text("type");
        event.version = object.number("version", 1);
        const std::string kind = object.text("class", "history");
        event.event_class = kind == "audit" ? EventClass::audit
            : kind == "telemetry"           ? EventClass::telemetry
                                            : EventClass::history;
        event.external = object.flag("external");
        event.title = object.text("title");
        event.subject = object.text("subject");
        event.data = schema(object, "schema", where);
        m_manifest.events.push_back(std::move(event));
    }

    void read_command(const Object& object, const std::string& where)
    {
        CommandInfo command;
        command.name = object.text("name");
        command.title = object.text("title");
        command.help = object.text("help");
        command.provider = m_manifest.id;
        command.arguments = object.value("arguments", {{"type", "object"}, {"additionalProperties", false}});
        command.result = object.value("result", true);
        const std::string effect = object.text("effect");
        command.effect = effect == "read" ? Effect::read
            : effect == "destructive"     ? Effect::destructive
                                          : Effect::write;
        command.idempotent = object.flag("idempotent");
        command.external = object.flag("external");
        command.undoable = object.flag("undoable");
        command.preview = object.flag("preview");
        command.confirm = object.flag("confirm");
        if (object.find("audience")) command.audience = object.texts("audience");
        command.timeout_ms = object.number("timeout_ms", 2000);
        schema(object, "arguments", where);
        schema(object, "result", where);
        m_manifest.commands.push_back(std::move(command));
    }

    void read_hook(const Object& object)
    {
        HookDeclaration hook;
        const std::string point = object.text("on");
        const std::size_t dot = point.find('.');
        hook.name = object.text("name", point);
        hook.type = point.substr(0, dot);
        for (const Operation operation :
             {Operation::create, Operation::update, Operation::remove, Operation::restore})
            if (HookDeclaration::point_of(operation) == point.substr(dot + 1)) hook.operation = operation;
        hook.fields = object.texts("fields");
        hook.priority = object.number("priority", 0);
        hook.budget = std::chrono::milliseconds{object.number("budget_ms", 5)};
        hook.on_failure = object.text("on_failure") == "skip" ? OnFailure::skip : OnFailure::refuse;
        hook.reads = object.texts("reads");
        m_manifest.hooks.push_back(std::move(hook));
    }

    void read_subscription(const Object& object)
    {
        SubscriptionDeclaration subscription;
        subscription.patterns = object.texts("on");
        subscription.name
            = object.text("name", subscription.patterns.size() == 1 ? subscription.patterns.front() : "");
        subscription.from_start = object.text("from") == "start";
        subscription.batch = static_cast<std::size_t>(object.number("batch", 64));
        m_manifest.subscriptions.push_back(std::move(subscription));
    }

    void read_job(const Object& object, const std::string& where)
    {
        JobDeclaration job;
        job.name = object.text("name");
        job.title = object.text("title");
        job.arguments = schema(object, "arguments", where);
        job.attempts = static_cast<std::uint32_t>(object.number("attempts", 5));
        m_manifest.jobs.push_back(std::move(job));
    }

    void read_schedule(const Object& object)
    {
        ScheduleDeclaration schedule;
        schedule.name = object.text("name");
        schedule.job = object.text("job");
        schedule.arguments = object.value("arguments", json::object{});
        schedule.cron = object.text("cron");
        schedule.time_zone = object.text("time_zone");
        schedule.once_if_missed = object.text("missed") != "skip";
        if (const std::string every = object.text("every"); !every.empty()) {
            std::int64_t count = 0;
            std::from_chars(every.data(), every.data() + every.size() - 1, count);
            const char unit = every.back();
            const std::int64_t seconds = unit == 'd' ? 86'400 : unit == 'h' ? 3'600 : unit == 'm' ? 60 : 1;
            schedule.every = std::chrono::seconds{count * seconds};
        }
        m_manifest.schedules.push_back(std::move(schedule));
    }

    void read_query(const Object& object, const std::string& where)
    {
        QueryDeclaration query;
        query.name = object.text("name");
        query.title = object.text("title");
        for (const std::string& line : object.texts("sql"))
            query.sql += (query.sql.empty() ? "" : "\n") + line;
        query.parameters = object.value("parameters");
        schema(object, "parameters", where);
        const auto* columns = object.find("columns");
        if (columns && columns->is_array())
            for (const json::value& each_column : columns->get_array()) {
                const Object column{each_column};
                query.columns.push_back({
                    column.text("name"),
                    column.text("kind"),
                    column.number("scale", 2),
                    column.text("currency"),
                    column.text("reference"),
                    column.text("field"),
                });
            }
        m_manifest.queries.push_back(std::move(query));
    }

    Manifest& m_manifest;
    std::vector<Error>& m_errors;
};

} // namespace

std::string HookDeclaration::point_of(Operation operation)
{
    switch (operation) {
    case Operation::create:
        return "create";
    case Operation::update:
        return "update";
    case Operation::remove:
        return "delete";
    case Operation::restore:
        return "restore";
    }
    return {};
}

std::string Manifest::prefix() const
{
    std::string last = id.substr(id.rfind('.') + 1);
    std::ranges::replace(last, '-', '_');
    return last;
}

bool Manifest::is_experimental(std::string_view interface) const
{
    return std::ranges::find(experimental, interface) != experimental.end();
}

const EventDeclaration* Manifest::find_event(std::string_view type) const
{
    const auto found = std::ranges::find(events, type, &EventDeclaration::type);
    return found == events.end() ? nullptr : &*found;
}

std::string_view DeclaredColumn::type_of_field() const noexcept
{
    return std::string_view{field}.substr(0, field.find('.'));
}

std::string_view DeclaredColumn::name_of_field() const noexcept
{
    return std::string_view{field}.substr(field.empty() ? 0 : field.find('.') + 1);
}

const DeclaredColumn* QueryDeclaration::find_column(std::string_view column) const
{
    const auto found = std::ranges::find(columns, column, &DeclaredColumn::name);
    return found == columns.end() ? nullptr : &*found;
}

const QueryDeclaration* Manifest::find_query(std::string_view query) const
{
    const auto found = std::ranges::find(queries, query, &QueryDeclaration::name);
    return found == queries.end() ? nullptr : &*found;
}

const JobDeclaration* Manifest::find_job(std::string_view job) const
{
    const auto found = std::ranges::find(jobs, job, &JobDeclaration::name);
    return found == jobs.end() ? nullptr : &*found;
}

std::vector<std::string> Manifest::own_permissions() const
{
    std::vector<std::string> own;
    for (const TypeDeclaration& type : types) {
        if (type.extends) continue;
        const std::string plural = type.plural.empty() ? type.name + 's' : type.plural;
        own.push_back(plural + ".read");
        own.push_back(plural + ".write");
    }
    return own;
}

ManifestReading read_manifest(std::string_view text)
{
    ManifestReading reading;
    if (text.starts_with("\xEF\xBB\xBF")) {
        reading.errors.push_back({
            .code = ErrorCode::invalid,
            .message = "plugin.json begins with a byte order mark",
            .key = "manifest.byte_order_mark",
            .where = "line 1, column 1",
            .hint = "save it as UTF-8 without one",
        });
        return reading;
    }
    auto document = parse_json(text, "plugin.json");
    if (!document) {
        reading.errors.push_back(std::move(document).error());
        return reading;
    }
    const Object root{*document};
    reading.manifest.id = root.text("id"); // so that status can name it
    reading.manifest.name = root.text("name");
    if (!published_schema())
        reading.errors.push_back(published_schema().error());
    else if (auto valid = published_schema()->validate(*document); !valid)
        reading.errors.push_back(std::move(valid).error());
    if (!reading.errors.empty()) return reading;
    reading.manifest.json = *std::move(document);
    ManifestReader{reading.manifest, reading.errors}.read(reading.manifest.json);
    check_manifest(reading.manifest, reading.errors);
    return reading;
}

ManifestReading read_manifest_in(const std::filesystem::path& folder)
{
    const std::filesystem::path file = folder / "plugin.json";
    const std::ifstream stream{file, std::ios::binary};
    std::ostringstream text;
    if (stream) text << stream.rdbuf();
    ManifestReading reading;
    if (!stream) {
        reading.errors.push_back({
            .code = ErrorCode::io,
            .message = "cannot read " + file.string(),
            .key = "manifest.unreadable",
            .where = file.string(),
        });
        return reading;
    }
    reading = read_manifest(text.view());
    reading.digest = sha256(text.view());
    if (!reading.errors.empty()) return reading;

    const auto missing = [&](const std::string& name, std::string where, std::string hint) {
        std::error_code ignored;
        if (std::filesystem::is_regular_file(folder / name, ignored)) return;
        reading.errors.push_back({
            .code = ErrorCode::not_found,
            .message = name + " is not in " + folder.string(),
            .key = "manifest.file_missing",
            .where = std::move(where),
            .hint = std::move(hint),
        });
    };
    if (const auto library = reading.manifest.libraries.find(std::string{this_platform()});
        library != reading.manifest.libraries.end())
        missing(library->second, "/library/" + library->first, "build the plugin first");
    const Object locales = Object{reading.manifest.json}.inner("locales");
    for (const std::string& language : locales.texts("available"))
        missing("locales/" + language + ".json", "/locales/available", "write it, or leave the language out");
    return reading;
}

std::string_view this_platform() noexcept
{
#if defined(__aarch64__)
    return "linux-aarch64";
#else
    return "linux-x86_64";
#endif
}

} // namespace mortise::host
