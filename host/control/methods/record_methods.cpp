#include "base/json.hpp"
#include "base/time_text.hpp"
#include "control/host.hpp"
#include "control/methods/answers.hpp"
#include "control/methods/methods.hpp"
#include "records/restrictions.hpp"

namespace mortise::host {
namespace {

const Param type_param{"type", ParamKind::text, "name of a record type", true};
const Param id_param{"id", ParamKind::id, "the record", true};
const Param version_param{
    "version", ParamKind::integer, "the version that the change is based on; refused if it is another"
};

Answer list(Host& host, const Call& call, const Arguments& arguments)
{
    MORTISE_TRY(
        const TypePointer type, host.records().schema(call.principal())->require(arguments.text("type"))
    );
    const ListOptions options{
        arguments.text("sort"),
        arguments.count("limit", 50, 1000),
        arguments.text("after"),
        arguments.flag("deleted"),
        arguments.has("where") ? value_of(boost::json::value(arguments.object("where"))) : Value{}
    };
    MORTISE_TRY(const ListPage page, host.records().list(call.principal(), type->name, options));
    boost::json::array records;
    for (const Row& row : page.rows)
        records.emplace_back(record_json(*type, row));
    return boost::json::value(boost::json::object{{"records", std::move(records)}, {"next", page.next}});
}

Answer get(Host& host, const Call& call, const Arguments& arguments)
{
    MORTISE_TRY(
        const TypePointer type, host.records().schema(call.principal())->require(arguments.text("type"))
    );
    MORTISE_TRY(
        const Row row,
        host.records().get(call.principal(), type->name, arguments.id("id"), arguments.flag("deleted"))
    );
    boost::json::object record = record_json(*type, row);
    if (row.id != arguments.id("id")) record["merged_from"] = number_text(arguments.id("id").number);
    if (type->name == "contact") {
        const ReadLease reader = host.database().read();
        MORTISE_TRY(const auto restriction, restriction_of(*reader, row.id));
        if (restriction)
            record["restricted"] = boost::json::object{
                {"reason", restriction->reason},
                {"by", restriction->by},
                {"since", format_instant(restriction->since)}
            };
    }
    return boost::json::value(std::move(record));
}

Answer history(Host& host, const Call& call, const Arguments& arguments)
{
    MORTISE_TRY(
        const TypePointer type, host.records().schema(call.principal())->require(arguments.text("type"))
    );
    MORTISE_TRY(const auto rows, host.records().history(call.principal(), type->name, arguments.id("id")));
    boost::json::array versions;
    for (const Row& row : rows) {
        boost::json::object version = record_json(*type, row);
        version["since"] = number_text(row.since);
        versions.emplace_back(std::move(version));
    }
    return boost::json::value(boost::json::object{{"versions", std::move(versions)}});
}

/// Commits one change that is based on a version. With `merge`, changes of other fields that came in between
/// are no conflict: their names are put into `merged`.
Result<Commit>
commit_merging(Host& host, const Call& call, UnitOfWork& unit, bool merge, boost::json::array& merged)
{
    constexpr int most_attempts = 5;
    for (int attempt = 1;; ++attempt) {
        auto commit = host.records().commit(call.context(), unit);
        if (commit || !merge || commit.error().key != "records.conflict" || attempt == most_attempts)
            return commit;
        const auto details = parse_value(commit.error().details, "conflict");
        if (!details) return commit;
        const Map fields = (*details)["fields"].get_or(Map{});
        Change& change = unit.changes.front();
        merged.clear();
        for (const auto& [field, sides] : fields) {
            if (change.values.contains(field)) return commit;
            merged.emplace_back(field);
        }
        change.version = (*details)["version"].get_or<std::int64_t>(0);
    }
}

/// Commits one change, or with a dry run only says what would become of it.
Answer change(Host& host, const Call& call, const Arguments& arguments, Operation operation)
{
    MORTISE_TRY(
        const TypePointer type, host.records().schema(call.principal())->require(arguments.text("type"))
    );
    Change wanted{
        operation, type->name, arguments.id("id"), std::nullopt, map_of_json(arguments.object("values"))
    };
    if (arguments.has("version")) wanted.version = arguments.integer("version");
    UnitOfWork unit;
    unit.id = unit_id_of(call.context());
    unit.changes.push_back(std::move(wanted));
    if (call.context().dry_run) {
        MORTISE_TRY(const auto rows, host.records().preview(call.context(), unit));
        return boost::json::value(
            boost::json::object{{"record", record_json(*type, rows.at(0))}, {"dry_run", true}}
        );
    }
    boost::json::array merged;
    MORTISE_TRY(const Commit commit, commit_merging(host, call, unit, arguments.flag("merge"), merged));
    MORTISE_TRY(
        const Row row,
        host.records().get(call.principal(), type->name, commit.ids.at(0), operation == Operation::remove)
    );
    boost::json::object answer{
        {"record", record_json(*type, row)},
        {"transaction", number_text(commit.number)},
        {"repeated", commit.repeated}
    };
    if (!merged.empty()) answer["merged"] = std::move(merged);
    return boost::json::value(std::move(answer));
}

Handler changing(Host& host, Operation operation)
{
    return [&host, operation](Call& call, const Arguments& arguments) {
        return change(host, call, arguments, operation);
    };
}

void add_reading(Api& api, Host& host)
{
    api.add({
        .name = "records.list",
        .help = "Lists records of a type, a page at a time",
        .params = {
            type_param,
            {"sort", ParamKind::text, "a field, or \"-field\" for descending order; without it by id"},
            {"limit", ParamKind::integer, "records on the page, 1 to 1000; without it 50"},
            {"after", ParamKind::text, "what \"next\" of the page before was"},
            {"deleted", ParamKind::boolean, "list the deleted ones instead"},
            {"where", ParamKind::object,
             "only records that fulfil this: {field: value}, {field, op, value}, {all: [...]}, {any: [...]}, {not: ...}; op is "
             "=, !=, <, <=, >, >=, in, starts_with, has or empty"},
        },
        .result = "{records: [record], next: cursor of the next page, empty after the last}",
        .handler = [&host](Call& call, const Arguments& arguments) { return list(host, call, arguments); },
    });
    api.add({
        .name = "records.get",
        .help = "Reads one record",
        .params = {type_param, id_param, {"deleted", ParamKind::boolean, "find it even if it is deleted"}},
        .result = "the record; a contact that was merged into another is answered by that one, with "
                  "\"merged_from\": the id that was asked for; one whose processing is restricted has "
                  "\"restricted\": "
                  "{reason, by, since}",
        .handler = [&host](Call& call, const Arguments& arguments) { return get(host, call, arguments); },
    });
    api.add({
        .name = "records.history",
        .help = "Reads every version that a record has had, oldest first",
        .params = {type_param, id_param},
        .result = "{versions: [record with \"since\", the number of the commit that wrote it]}",
        .handler = [&host](Call& call, const Arguments& arguments) { return history(host, call, arguments); },
    });
}

} // namespace

void add_record_methods(Api& api, Host& host)
{
    add_reading(api, host);
    const std::string result
        = "{record, transaction: number of the commit, repeated}; with a dry run {record, dry_run}";
    api.add({
        .name = "records.create",
        .help = "Makes a record",
        .params = {type_param, {"values", ParamKind::object, "field -> value", true}},
        .result = result,
        .effect = Effect::write,
        .handler = changing(host, Operation::create),
    });
    api.add({
        .name = "records.update",
        .help = "Changes fields of a record; null clears one",
        .params
        = {type_param,
           id_param,
           {"values", ParamKind::object, "field -> value", true},
           version_param,
           {"merge", ParamKind::boolean, "with a version: go ahead if only other fields were changed since"}},
        .result = result + "; merged: fields that others changed since the version",
        .effect = Effect::write,
        .handler = changing(host, Operation::update),
    });
    api.add({
        .name = "records.delete",
        .help = "Deletes a record; records.restore brings it back",
        .params = {type_param, id_param, version_param},
        .result = result,
        .effect = Effect::write,
        .handler = changing(host, Operation::remove),
    });
    api.add({
        .name = "records.restore",
        .help = "Brings a deleted record back",
        .params = {type_param, id_param, version_param},
        .result = result,
        .effect = Effect::write,
        .handler = changing(host, Operation::restore),
    });
}

} // namespace mortise::host
