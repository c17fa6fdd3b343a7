#include "box.hpp"
#include "records/files/file_keeper.hpp"
#include "records/files/file_references.hpp"

namespace mortise::testkit {

namespace {

using host::Operation;

/// A row as a map with every field, those that are empty included.
Map full_map(const host::RecordType& type, const host::Row& row)
{
    Map map = host::map_of(type, row);
    for (std::size_t i = 0; i < type.fields.size(); ++i)
        if (!type.fields[i].archived && !map.contains(type.fields[i].name))
            map.append(type.fields[i].name, {});
    return map;
}

Result<Value> change(Box& box, const Map& arguments, Operation operation)
{
    MORTISE_TRY(const std::string type, need_text(arguments, "type"));
    MORTISE_TRY(const auto context, box.context_of(arguments));
    host::Change change{.operation = operation, .type = type, .id = {}, .version = {}, .values = {}};
    if (operation != Operation::create) {
        MORTISE_TRY(change.id, need_id(arguments, "id"));
    }
    if (const auto* version = arguments["version"].as<std::int64_t>()) change.version = *version;
    change.values = map_in(arguments, "fields");
    host::UnitOfWork unit;
    unit.changes.push_back(std::move(change));
    if (context.dry_run) {
        MORTISE_TRY(const auto rows, box.host().records().preview(context, unit));
        MORTISE_TRY(const auto declared, box.host().records().schema()->require(type));
        return Value{full_map(*declared, rows.front())};
    }
    MORTISE_TRY(const host::Commit commit, box.host().records().commit(context, std::move(unit)));
    return Value{commit.ids.front()};
}

Result<Value> get(Box& box, const Map& arguments)
{
    MORTISE_TRY(const std::string type, need_text(arguments, "type"));
    MORTISE_TRY(const Id id, need_id(arguments, "id"));
    MORTISE_TRY(const auto context, box.context_of(arguments));
    MORTISE_TRY(const auto declared, box.host().records().schema()->require(type));
    const bool deleted = arguments["deleted"].get_or(false);
    MORTISE_TRY(const auto row, box.host().records().get(context.principal, declared->name, id, deleted));
    return Value{full_map(*declared, row)};
}

/// Whether every field of `wanted` has that value.
bool fits(const Map& row, const Map& wanted)
{
    for (const auto& [field, value] : wanted)
        if (!(row[field] == value)) return false;
    return true;
}

Result<Value> list(Box& box, const Map& arguments)
{
    constexpr std::size_t page_size = 500;
    MORTISE_TRY(const std::string type, need_text(arguments, "type"));
    MORTISE_TRY(const auto context, box.context_of(arguments));
    MORTISE_TRY(const auto declared, box.host().records().schema()->require(type));
    const Map wanted = map_in(arguments, "where");
    for (const auto& [field, value] : wanted)
        if (field != "id" && field != "owner" && field != "version")
            MORTISE_CHECK(declared->require_slot(field));
    host::ListOptions options{
        .sort = std::string{arguments["sort"].text()},
        .limit = page_size,
        .after = {},
        .deleted = arguments["deleted"].get_or(false),
    };
    List rows;
    while (true) {
        MORTISE_TRY(const auto page, box.host().records().list(context.principal, declared->name, options));
        for (const host::Row& row : page.rows)
            if (Map map = full_map(*declared, row); fits(map, wanted)) rows.emplace_back(std::move(map));
        if (page.next.empty()) break;
        options.after = page.next;
    }
    return Value{std::move(rows)};
}

/// What a field of the kind `file` takes.
Result<Value> put_file(Box& box, const Map& arguments)
{
    constexpr std::uint64_t most = std::uint64_t{1} << 30;
    MORTISE_TRY(const std::string name, need_text(arguments, "name"));
    MORTISE_TRY(Map named, host::file_named(name, arguments["media_type"].text()));
    MORTISE_TRY(const auto context, box.context_of(arguments));
    MORTISE_TRY(host::BlobWriter writer, box.host().files().blobs().begin(most));
    if (const auto* bytes = arguments["contents"].as<Bytes>())
        MORTISE_CHECK(writer.write({reinterpret_cast<const char*>(bytes->data()), bytes->size()}));
    MORTISE_TRY(const host::BlobFile kept, writer.finish(host::file_claimant(context.principal)));
    return Value{host::file_value(std::move(named), kept)};
}

Result<Value> read_file(Box& box, const Map& arguments)
{
    MORTISE_TRY(const std::string type, need_text(arguments, "type"));
    MORTISE_TRY(const Id id, need_id(arguments, "id"));
    MORTISE_TRY(const std::string field, need_text(arguments, "field"));
    MORTISE_TRY(const auto context, box.context_of(arguments));
    MORTISE_TRY(const host::RecordFile file, box.host().files().open(context.principal, type, id, field));
    Bytes bytes(static_cast<std::size_t>(file.size));
    MORTISE_TRY(
        const std::size_t count,
        file.contents.read_at(0, {reinterpret_cast<char*>(bytes.data()), bytes.size()})
    );
    bytes.resize(count);
    return Value{std::move(bytes)};
}

Result<Value> add_user(Box& box, const Map& arguments)
{
    MORTISE_TRY(const std::string name, need_text(arguments, "name"));
    const auto scope = arguments["all"].get_or(true) ? host::RowScope::all : host::RowScope::own;
    MORTISE_TRY(const host::User user, box.host().users().add(name, scope, {}));
    return Value{user.id};
}

} // namespace

void add_record_operations(Box& box)
{
    const auto changing = [](Operation operation) {
        return [operation](Box& in, const Map& arguments) { return change(in, arguments, operation); };
    };
    box.add("records.create", changing(Operation::create));
    box.add("records.update", changing(Operation::update));
    box.add("records.delete", changing(Operation::remove));
    box.add("records.restore", changing(Operation::restore));
    box.add_reading("records.get", get);
    box.add_reading("records.list", list);
    box.add("files.put", put_file);
    box.add_reading("files.read", read_file);
    box.add("users.add", add_user);
}

} // namespace mortise::testkit
