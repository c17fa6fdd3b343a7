#include "net/allowed_hosts.hpp"
#include "plugins/guard.hpp"
#include "plugins/host_functions.hpp"
#include "plugins/instance.hpp"
#include "plugins/unit_commit.hpp"
#include "records/records.hpp"

#include <mortise/abi/records.h>

#include <algorithm>

namespace mortise::host {

namespace {

constexpr std::size_t most_ids = 4096;
constexpr std::uint64_t most_reserved = 10'000;
constexpr std::size_t longest_key = 200;

Error limit(std::string message, std::string where)
{
    return {
        .code = ErrorCode::limit,
        .message = std::move(message),
        .key = "plugin.limit",
        .where = std::move(where)
    };
}

bool is_common_column(std::string_view name)
{
    static constexpr std::array<std::string_view, 7> common{
        "id", "type", "version", "owner", "created_at", "updated_at", "deleted_at"
    };
    return std::ranges::find(common, name) != common.end();
}

/// Only some fields of a row, as a plugin asked for them; id and version always.
Result<ValueBlock>
chosen_fields(const RecordType& type, const Row& row, const std::vector<std::string>& fields)
{
    Map map;
    map.append("id", row.id);
    map.append("version", row.version);
    for (const std::string& name : fields)
        if (!map.contains(name)) map.append(name, value_of(type, row, name));
    return encode(Value{std::move(map)});
}

Result<std::vector<std::string>> field_names(const RecordType& type, ValueView fields)
{
    std::vector<std::string> names;
    for (const ValueView item : fields.items()) {
        const std::string_view name = item.text();
        if (!is_common_column(name)) MORTISE_CHECK(type.require_slot(name));
        names.emplace_back(name);
    }
    return names;
}

Result<Operation> operation_of(std::uint32_t kind)
{
    switch (kind) {
    case MORTISE_OPERATION_CREATE:
        return Operation::create;
    case MORTISE_OPERATION_UPDATE:
        return Operation::update;
    case MORTISE_OPERATION_DELETE:
        return Operation::remove;
    case MORTISE_OPERATION_RESTORE:
        return Operation::restore;
    default:
        return Error{
            .code = ErrorCode::invalid,
            .message = "there is no kind of operation " + std::to_string(kind),
            .key = "plugin.operation",
        };
    }
}

Result<Change> change_of(const Schema& schema, const mortise_operation& operation)
{
    MORTISE_TRY(const auto type, schema.require(border::view(operation.type)));
    Change change;
    MORTISE_TRY(change.operation, operation_of(operation.kind));
    change.type = type->name;
    change.id = Id{static_cast<std::int64_t>(operation.id)};
    if (operation.version != 0) change.version = static_cast<std::int64_t>(operation.version);
    const ValueView values{operation.values};
    if (values.exists() && values.kind() != Kind::map && !values.is_null())
        return Error{
            .code = ErrorCode::invalid, .message = "values must be a map of fields", .key = "plugin.operation"
        };
    change.values.reserve(values.size());
    for (const auto& [name, value] : values.entries()) {
        if (name != "owner") MORTISE_CHECK(type->require_slot(name));
        change.values.append(name, value.value());
    }
    return change;
}

/// A plugin does not name the hosts that it may reach itself: a person does, or has it done.
Result<void> check_named_hosts(const Caller& caller, const Change& change)
{
    if (caller.context().principal.user) return {};
    for (const std::string& permission : caller.instance().manifest().permissions) {
        if (!permission.starts_with(net_prefix)) continue;
        const auto place = named_elsewhere(std::string_view{permission}.substr(net_prefix.size()));
        if (!place || place->type != change.type || !change.values.contains(place->field)) continue;
        return Error{
            .code = ErrorCode::denied,
            .message = place->type + '.' + place->field + " says which hosts " + caller.instance().id()
                + " may reach: it writes it only on behalf of a person",
            .key = "net.names_itself",
            .where = place->field,
            .hint = "write it in a command that a person runs",
        };
    }
    return {};
}

} // namespace

Result<void> HostRecords::reserve(Caller&, std::uint64_t count, std::uint64_t& first)
{
    if (count < 1 || count > most_reserved)
        return Error{
            .code = ErrorCode::invalid,
            .message = "1 to 10,000 ids can be reserved at once, not " + std::to_string(count),
            .key = "records.reserve",
            .where = "count",
        };
    MORTISE_TRY(const Id id, m_tools.services.records.reserve(count));
    first = static_cast<std::uint64_t>(id.number);
    return {};
}

Result<void> HostRecords::get(
    Caller& caller,
    std::string_view type_name,
    std::span<const std::uint64_t> ids,
    ValueView fields,
    border::Sink row
)
{
    if (ids.size() > most_ids) return limit("at most 4,096 records can be read at once", "ids");
    MORTISE_TRY(const TypePointer type, m_tools.services.records.schema()->require(type_name));
    std::vector<Id> wanted;
    wanted.reserve(ids.size());
    for (const std::uint64_t id : ids)
        wanted.push_back({static_cast<std::int64_t>(id)});
    MORTISE_TRY(
        const auto rows, m_tools.services.records.get(caller.context().principal, type->name, wanted)
    );
    return hand_over(caller, type, rows, fields, row);
}

Result<void> HostRecords::find(
    Caller& caller,
    std::string_view type_name,
    std::string_view field,
    ValueView value,
    std::uint64_t most,
    ValueView fields,
    border::Sink row
)
{
    if (most < 1 || most > most_ids)
        return Error{
            .code = ErrorCode::invalid,
            .message = "1 to 4,096 records can be found at once, not " + std::to_string(most),
            .key = "records.find",
            .where = "limit",
        };
    MORTISE_TRY(const TypePointer type, m_tools.services.records.schema()->require(type_name));
    MORTISE_TRY(const std::size_t slot, type->require_slot(field));
    const Field& by = type->fields[slot];
    if (!by.unique && !by.indexed && by.kind != FieldKind::reference)
        return Error{
            .code = ErrorCode::unsupported,
            .message = "the field " + by.name + " of " + type->name + " has no index",
            .key = "records.find",
            .where = by.name,
            .hint = "declare it as indexed, or use a query",
        };
    MORTISE_TRY(
        const auto rows,
        m_tools.services.records.find(caller.context().principal, type->name, field, value.value(), most)
    );
    return hand_over(caller, type, rows, fields, row);
}

Result<void> HostRecords::hand_over(
    Caller& caller, const TypePointer& type, const std::vector<Row>& rows, ValueView fields, border::Sink row
)
{
    caller.instance().stats().count_rows(rows.size());
    if (!fields.exists() || fields.is_null()) {
        const auto shape = m_tools.shapes.of(type);
        ShapeWriter writer{shape->shape()};
        for (const Row& each : rows) {
            MORTISE_TRY(const mortise_tree tree, shape->write(writer, each));
            MORTISE_CHECK(row.write(tree));
        }
        return {};
    }
    MORTISE_TRY(const auto names, field_names(*type, fields));
    for (const Row& each : rows) {
        MORTISE_TRY(const ValueBlock block, chosen_fields(*type, each, names));
        MORTISE_CHECK(row.write(block));
    }
    return {};
}

Result<void> HostRecords::begin(Caller& caller, const mortise_unit* unit, std::uint64_t& work)
{
    Frame& frame = caller.in_frame();
    if (const auto most = caller.instance().quota(Quota::open_units); frame.open_units() >= most)
        return limit(std::to_string(most) + " units of work are open already", "unit");
    const std::string_view key = unit ? border::view(unit->key) : std::string_view{};
    if (key.size() > longest_key) return limit("an idempotency key has at most 200 bytes", "unit.key");
    OpenUnit& opened = frame.open_unit(false);
    if (!key.empty()) opened.unit.id = unit_id(caller.instance().id(), "unit", key);
    if (unit && unit->cause != 0) opened.cause = static_cast<std::int64_t>(unit->cause);
    work = opened.number;
    return {};
}

Result<void>
HostRecords::stage(Caller& caller, std::uint64_t work, border::Items<mortise_operation> operations)
{
    OpenUnit* unit = caller.in_frame().find_unit(work);
    if (!unit) return no_unit(work);
    if (const auto most = caller.instance().quota(Quota::unit_records);
        unit->unit.changes.size() + operations.size() > most)
        return limit("more than " + std::to_string(most) + " records in one unit of work", "operations");
    const SchemaPointer schema = m_tools.services.records.schema();
    std::vector<Change> changes;
    changes.reserve(operations.size());
    for (const mortise_operation operation : operations) {
        auto change = change_of(*schema, operation);
        if (!change) {
            Error error = std::move(change).error();
            error.where = "operation " + std::to_string(changes.size()) + ": " + error.where;
            return error;
        }
        MORTISE_CHECK(check_named_hosts(caller, *change));
        changes.push_back(*std::move(change));
    }
    std::ranges::move(changes, std::back_inserter(unit->unit.changes));
    return {};
}

Result<void> HostRecords::commit(Caller& caller, std::uint64_t work, std::uint64_t& token)
{
    Frame& frame = caller.in_frame();
    OpenUnit* unit = frame.find_unit(work);
    if (!unit) return no_unit(work);
    if (unit->of_host)
        return Error{
            .code = ErrorCode::state,
            .message = "this unit of work belongs to the host: it commits when the call returns",
            .key = "plugin.unit_of_host",
            .where = "work",
            .hint = "open one with begin if it must commit earlier",
        };
    OpenUnit mine = std::move(*unit);
    frame.close_unit(work);
    MORTISE_TRY(
        const Commit done,
        commit_unit(m_tools.services, caller.instance().stats(), caller.context(), std::move(mine))
    );
    token = static_cast<std::uint64_t>(done.number);
    return {};
}

Result<void> HostRecords::abandon(Caller& caller, std::uint64_t work)
{
    Frame& frame = caller.in_frame();
    const OpenUnit* unit = frame.find_unit(work);
    if (!unit) return no_unit(work);
    if (unit->of_host)
        return Error{
            .code = ErrorCode::state,
            .message = "this unit of work belongs to the host: return an error to abandon it",
            .key = "plugin.unit_of_host",
            .where = "work",
        };
    frame.close_unit(work);
    return {};
}

Result<void> HostRecords::bind_hook(Caller& caller, std::string_view name, std::uint64_t tag)
{
    return caller.instance().bind(Instance::BindingKind::hook, name, tag);
}

} // namespace mortise::host
