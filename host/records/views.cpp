#include "records/views.hpp"

#include "base/json.hpp"
#include "base/time_text.hpp"

#include <algorithm>

namespace mortise::host {

namespace {

/// Types are those that a person sees: of its rights only rows and fields are left.
bool may_read(const Principal& principal, const RecordType& type)
{
    return !principal.plugin || type.owner == principal.plugin->plugin()
        || principal.plugin_allows(type.plural + ".read");
}

bool may_read_events(const Principal& principal)
{
    return !principal.row_owner() && principal.plugin_allows("events.read");
}

/// A plugin that reads a record type without the permission is told which it lacks: types are declared in
/// manifests for all to read. What persons may not see, and who may not see it, is told to nobody.
Error with_permission(Error error, const Principal& principal, const Schema& schema)
{
    constexpr std::string_view of_view = "there is no view called ";
    if (!principal.plugin || error.key != "query.unknown_name" || !error.message.starts_with(of_view))
        return error;
    const std::string name = error.message.substr(of_view.size());
    const TypePointer type = schema.find(name);
    const bool is_of_events = name == "event" || name == "event_link";
    if (is_of_events ? principal.plugin_allows("events.read")
                     : !type || type->name != name || may_read(principal, *type))
        return error;
    const std::string& plugin = principal.plugin->plugin();
    const std::string permission = is_of_events ? "events.read" : type->plural + ".read";
    error.code = ErrorCode::denied;
    error.key = "access.permission_missing"; // as of every other read
    error.where = permission;
    error.message = plugin + " may not read " + name + ": it has no permission \"" + permission + '"';
    error.hint = "put \"" + permission
        + "\" into \"permissions\" of its plugin.json, and let an admin grant it: "
        + "\"mortise plugins grant " + plugin + ' ' + permission + '"';
    return error;
}

/// A query uses the permission for each view that it reads.
void count_reading(const Principal& principal, const Schema& schema, const std::set<std::string>& views)
{
    for (const std::string& view : views)
        if (const TypePointer type = schema.find(view); !type)
            principal.plugin->use("events.read");
        else if (type->owner != principal.plugin->plugin())
            principal.plugin->use(type->plural + ".read");
}

struct CommonColumn {
    const char* name;
    FieldKind kind;
    bool is_id;
};

constexpr CommonColumn common_columns[]{
    {"id", FieldKind::integer, true},
    {"version", FieldKind::integer, false},
    {"owner", FieldKind::reference, true},
    {"created_at", FieldKind::instant, false},
    {"updated_at", FieldKind::instant, false},
};

std::vector<ViewColumn> columns_of_view(const RecordType& type)
{
    std::vector<ViewColumn> columns;
    for (const CommonColumn& common : common_columns)
        columns.push_back({common.name, std::string{"t."} + common.name});
    for (const Field& field : type.fields) {
        if (field.hidden) continue;
        const std::vector<std::string> behind = columns_of(field);
        const std::vector<std::string> shown = field.is_money()
            ? std::vector{field.name + "_minor", field.name + "_currency"}
            : field.is_file()
            ? std::vector{field.name, field.name + "_name", field.name + "_size", field.name + "_type"}
            : std::vector{field.name};
        for (std::size_t i = 0; i < behind.size(); ++i)
            columns.push_back({shown[i], "t." + quoted_name(behind[i])});
    }
    return columns;
}

std::string select_list(const std::vector<ViewColumn>& columns)
{
    std::string list;
    for (const ViewColumn& column : columns)
        list.append(list.empty() ? "" : ", ")
            .append(column.expression)
            .append(" AS ")
            .append(quoted_name(column.name));
    return list;
}

GuardedView present_view(const RecordType& type, bool scoped)
{
    const ViewSource source{type.table, columns_of_view(type), "deleted_at", scoped ? "owner" : ""};
    return {type.name, select_text(source, scoped), {type.table}};
}

/// Things as they were: the present rows that are old enough, and the former ones that were true then. Who
/// may see a row is decided by who owns it now.
GuardedView past_view(const RecordType& type, bool scoped)
{
    const std::string list = select_list(columns_of_view(type));
    const std::string history = type.table + "_h";
    const std::string present_scope
        = scoped ? R"( AND likelihood(t.owner IN (SELECT id FROM temp."mt$scope"), 0.9))" : "";
    const std::string past_scope = scoped ? " AND (SELECT p.owner FROM " + quoted_name(type.table)
            + R"( AS p WHERE p.id = t.id) IN (SELECT id FROM temp."mt$scope"))"
                                          : "";
    std::string select = "SELECT " + list + " FROM " + quoted_name(type.table)
        + " AS t WHERE (+t.deleted_at IS NULL) AND (+t.since <= mt_as_of())" + present_scope
        + " UNION ALL SELECT " + list + " FROM " + quoted_name(history)
        + " AS t WHERE (+t.deleted_at IS NULL) AND (+t.since <= mt_as_of()) AND (t.until > mt_as_of())"
        + past_scope;
    return {type.name, std::move(select), {type.table, history}};
}

/// The conditions hold for every row; they are there because a view must use a column of its table
/// (store/guard.hpp), and SQLite drops IS NOT NULL where the column says so itself.
constexpr const char* event_view
    = R"(SELECT e.number AS number, (SELECT n.text FROM "mt$name" AS n WHERE n.id = e.type) AS type,
    e.subject AS subject, (SELECT s.name FROM "mt$type" AS s WHERE s.id = e.subject_type) AS subject_type, e.time AS time,
    e.recorded AS recorded, (SELECT n.text FROM "mt$name" AS n WHERE n.id = e.actor) AS actor, e.external AS external,
    e.unit AS unit, e.cause AS cause, e.correlation AS correlation,
    (SELECT d.data FROM "mt$event_data" AS d WHERE d.number = e.number) AS data
    FROM "mt$event" AS e WHERE (+e.unit >= 0))";

constexpr const char* event_link_view = R"(SELECT l.record AS record, l.number AS number,
    (SELECT n.text FROM "mt$name" AS n WHERE n.id = l.role) AS role FROM "mt$event_link" AS l WHERE (+l.role >= 0))";

/// What is known of a result column from the column behind it.
QueryColumn column_info(const Schema& schema, const GuardedQuery& query, int index)
{
    QueryColumn info{.name = std::string{query.column_name(index)}};
    std::string_view table = query.origin_table(index);
    const std::string_view column = query.origin_column(index);
    if (table == "mt$event" && (column == "time" || column == "recorded")) info.kind = FieldKind::instant;
    if (table == "mt$event" && column == "subject") info.is_id = true;
    if (table.ends_with("_h")) table.remove_suffix(2);
    const auto type = std::ranges::find(schema.types(), table, [](const TypePointer& t) {
        return std::string_view{t->table};
    });
    if (type == schema.types().end()) return info;
    for (const CommonColumn& common : common_columns)
        if (column == common.name) {
            info.kind = common.kind;
            info.is_id = common.is_id;
        }
    for (const Field& field : (*type)->fields)
        if (!field.is_money() && !field.is_file() && field.column == column) {
            info.kind = field.kind;
            info.scale = field.scale;
            info.is_id = field.kind == FieldKind::reference;
        }
    return info;
}

Value plain_value(const GuardedQuery& query, int column)
{
    switch (query.storage_class(column)) {
    case StorageClass::null:
        return {};
    case StorageClass::integer:
        return query.integer(column);
    case StorageClass::real:
        return query.real(column);
    case StorageClass::text:
        return query.text(column);
    case StorageClass::blob: {
        const std::span<const std::byte> bytes = query.bytes(column); // once: they are counted
        return Bytes{bytes.begin(), bytes.end()};
    }
    }
    return {};
}

/// Whether a text of that kind stands for something else.
bool is_read_from_text(FieldKind kind) noexcept
{
    return kind == FieldKind::date || kind == FieldKind::list || kind == FieldKind::multi_enumeration
        || kind == FieldKind::address || kind == FieldKind::json;
}

} // namespace

bool QueryColumn::is_text_itself() const noexcept
{
    return !kind || !is_read_from_text(*kind);
}

Value QueryRows::value(int column) const
{
    const QueryColumn& info = m_columns[static_cast<std::size_t>(column)];
    const StorageClass storage = m_query.storage_class(column);
    if (storage == StorageClass::integer) {
        const std::int64_t number = m_query.integer(column);
        if (info.is_id) return Id{number};
        if (!info.kind) return number;
        switch (*info.kind) {
        case FieldKind::boolean:
            return number != 0;
        case FieldKind::percent:
        case FieldKind::decimal:
            return Decimal{number, info.scale};
        case FieldKind::instant:
            return Instant{number};
        case FieldKind::time_of_day:
            return TimeOfDay{number};
        case FieldKind::duration:
            return Duration{number};
        default:
            return number;
        }
    }
    if (storage == StorageClass::text && !info.is_text_itself()) {
        if (*info.kind == FieldKind::date) {
            if (const auto date = parse_date(m_query.text(column))) return *date;
        } else if (auto parsed = parse_value(m_query.text(column), info.name))
            return *std::move(parsed);
    }
    return plain_value(m_query, column);
}

Views::Views(Database& database, const Records& records) : m_records{records}, m_pool{database} { }

std::shared_ptr<const ViewSet> Views::views_of(const Principal& principal, bool as_of)
{
    const SchemaPointer schema = m_records.schema(principal);
    const bool scoped = static_cast<bool>(principal.row_owner());
    const std::string who
        = principal.name() + "|" + std::to_string(principal.row_owner().number) + (as_of ? "|past" : "");
    const std::string name
        = who + (principal.rights ? "|roles" + std::to_string(principal.rights->version()) : "");
    const std::uint64_t version
        = schema->epoch() ^ (principal.plugin ? principal.plugin->version() << 32U : 0);
    const std::scoped_lock lock{m_mutex};
    std::shared_ptr<const ViewSet>& kept = m_sets[who];
    if (kept && kept->principal == name && kept->version == version) return kept;
    auto set = std::make_shared<ViewSet>();
    set->principal = name;
    set->version = version;
    set->scoped = scoped;
    if (scoped) set->scope_owners = {principal.row_owner().number};
    for (const TypePointer& type : schema->types()) {
        if (!may_read(principal, *type)) continue;
        const bool by_owner = scoped && !type->shared && principal.row_owner(type->name);
        set->views.push_back(as_of ? past_view(*type, by_owner) : present_view(*type, by_owner));
    }
    if (may_read_events(principal)) {
        set->views.push_back({"event", event_view, {"mt$event", "mt$event_data", "mt$name", "mt$type"}});
        set->views.push_back({"event_link", event_link_view, {"mt$event_link", "mt$name"}});
    }
    kept = set;
    return kept;
}

Result<QueryRows> Views::query(const Principal& principal, const QueryRequest& request)
{
    const std::shared_ptr<const ViewSet> views = views_of(principal, request.as_of.has_value());
    QueryLimits limits = request.limits;
    if (request.as_of) limits.as_of = *request.as_of;
    const SchemaPointer schema = m_records.schema(principal);
    auto asked = m_pool.query(*views, request.sql, request.named, request.positional, limits);
    if (!asked) return with_permission(std::move(asked).error(), principal, *schema);
    GuardedQuery query = *std::move(asked);
    if (principal.plugin) count_reading(principal, *schema, query.views_read());
    const int count = query.column_count();
    std::vector<QueryColumn> columns;
    columns.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i)
        columns.push_back(column_info(*schema, query, i));
    return QueryRows{std::move(query), std::move(columns)};
}

std::vector<Views::Description> Views::describe(const Principal& principal) const
{
    std::vector<Description> views;
    for (const TypePointer& type : m_records.schema(principal)->types()) {
        if (!may_read(principal, *type)) continue;
        Description view{type->name, {}};
        for (const CommonColumn& common : common_columns)
            view.columns.push_back({.name = common.name, .kind = common.kind, .is_id = common.is_id});
        for (const Field& field : type->fields) {
            if (field.hidden) continue;
            if (field.is_money()) {
                view.columns.push_back({.name = field.name + "_minor", .kind = FieldKind::integer});
                view.columns.push_back({.name = field.name + "_currency", .kind = FieldKind::text});
            } else if (field.is_file()) {
                view.columns.push_back({.name = field.name, .kind = FieldKind::text});
                view.columns.push_back({.name = field.name + "_name", .kind = FieldKind::text});
                view.columns.push_back({.name = field.name + "_size", .kind = FieldKind::integer});
                view.columns.push_back({.name = field.name + "_type", .kind = FieldKind::text});
            } else
                view.columns.push_back(
                    {.name = field.name,
                     .kind = field.kind,
                     .scale = field.scale,
                     .is_id = field.kind == FieldKind::reference}
                );
        }
        views.push_back(std::move(view));
    }
    return views;
}

} // namespace mortise::host
