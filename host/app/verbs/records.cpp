#include "app/verbs/find_verbs.hpp"
#include "base/json.hpp"

#include <algorithm>

namespace mortise::host {
namespace {

constexpr std::uint64_t page_size = 500;

/// The columns that a list of records shows to people: the first fields that any of them has.
std::vector<ListColumn> columns_of(const boost::json::array& records)
{
    constexpr std::size_t most = 8;
    std::vector<ListColumn> columns{{"id", "id"}};
    for (const boost::json::value& record : records)
        for (const auto& [key, value] : record.as_object()) {
            const std::string name = key;
            const bool common = name == "type" || name == "version" || name == "owner" || name == "created_at"
                || name == "updated_at";
            if (common || std::ranges::find(columns, name, &ListColumn::path) != columns.end()) continue;
            if (columns.size() < most) columns.push_back({name, name});
        }
    return columns;
}

/// The records as people read them: options by their labels. Programs get the values.
void say_labels(Program& program, const std::string& type_name, boost::json::array& records)
{
    const auto type = program.call("types.get", {{"name", type_name}});
    if (!type) return; // values do, where the type is not told
    for (const boost::json::value& item : at_path(type->as_object(), "fields").as_array()) {
        const boost::json::object& field = item.as_object();
        const boost::json::value& labels = at_path(field, "option_labels");
        if (!labels.is_object()) continue;
        const std::string name = cell_text(at_path(field, "name"));
        for (boost::json::value& record : records)
            if (boost::json::value* value = record.as_object().if_contains(name))
                *value = option_text(labels.get_object(), *value);
    }
}

/// "employees>=10" as a condition of the control API.
Result<boost::json::object> condition_of(const std::string& text)
{
    constexpr std::pair<std::string_view, std::string_view> operators[]{
        {"!=", "!="}, {"<=", "<="}, {">=", ">="}, {"^=", "starts_with"}, {"=", "="}, {"<", "<"}, {">", ">"}
    };
    const std::size_t end = text.find_first_of("!<>^=");
    for (const auto& [sign, op] : operators) {
        if (end == std::string::npos || end == 0 || !std::string_view{text}.substr(end).starts_with(sign))
            continue;
        const std::string value = text.substr(end + sign.size());
        boost::json::object condition{{"field", text.substr(0, end)}, {"op", op}, {"value", value}};
        if (value.empty() && (op == "=" || op == "!=")) {
            condition["op"] = "empty";
            condition["value"] = op == "=";
        }
        return condition;
    }
    return Error{
        ErrorCode::invalid,
        "\"" + text + "\" is no condition",
        "cli.usage.where",
        "--where",
        "write FIELD=VALUE, or != < <= > >= or ^= (begins with) between them"
    };
}

Result<boost::json::object> filter_of(const RecordListOptions& options)
{
    boost::json::array all;
    for (const std::string& text : options.where) {
        MORTISE_TRY(boost::json::object condition, condition_of(text));
        all.emplace_back(std::move(condition));
    }
    if (!options.filter.empty()) {
        MORTISE_TRY(boost::json::object filter, read_object(options.filter, "the filter"));
        all.emplace_back(std::move(filter));
    }
    if (all.empty()) return boost::json::object{};
    return boost::json::object{{"all", std::move(all)}};
}

} // namespace

Result<Exit> list_records(Program& program, const RecordListOptions& options)
{
    boost::json::array records;
    MORTISE_TRY(const boost::json::object filter, filter_of(options));
    std::string after = options.after;
    bool more = true;
    while (more && (options.all || records.size() < options.limit)) {
        const std::uint64_t wanted
            = options.all ? page_size : std::min(page_size, options.limit - records.size());
        boost::json::object params{{"type", options.type}, {"limit", wanted}, {"deleted", options.deleted}};
        if (!options.sort.empty()) params["sort"] = options.sort;
        if (!filter.empty()) params["where"] = filter;
        if (!after.empty()) params["after"] = after;
        MORTISE_TRY(boost::json::value page, program.call("records.list", std::move(params)));
        for (boost::json::value& record : page.as_object()["records"].as_array())
            records.push_back(std::move(record));
        after = cell_text(at_path(page.as_object(), "next"));
        more = !after.empty();
    }
    if (!program.output().is_json()) say_labels(program, options.type, records);
    program.output().list(records, columns_of(records), "there are none");
    if (more)
        program.output().note(
            std::to_string(records.size()) + " shown; go on with --after " + after + ", or show --all"
        );
    return Exit::done;
}

Result<Exit>
search_records(Program& program, const std::string& text, const std::string& type, std::uint64_t limit)
{
    boost::json::object params{{"text", text}, {"limit", limit}, {"fresh", true}};
    if (!type.empty()) params["type"] = type;
    MORTISE_TRY(const boost::json::value answer, program.call("search.run", std::move(params)));
    const boost::json::object& found = answer.as_object();
    program.output().list(
        at_path(found, "hits").as_array(),
        {{"type", "type"}, {"id", "id"}, {"title", "title"}, {"found in", "field"}, {"text", "text"}},
        "nothing was found"
    );
    if (at_path(found, "behind") != 0 || at_path(found, "complete") == false)
        program.output().note("search is still reading: there may be more");
    return Exit::done;
}

Result<Exit> show_record(Program& program, const std::string& type, const std::string& id, bool deleted)
{
    MORTISE_TRY(
        const boost::json::value record,
        program.call("records.get", {{"type", type}, {"id", id}, {"deleted", deleted}})
    );
    const boost::json::value& merged_from = at_path(record.as_object(), "merged_from");
    if (!merged_from.is_null())
        program.output().note(
            type + " " + id + " was merged into " + cell_text(at_path(record.as_object(), "id"))
        );
    boost::json::array shown{record};
    if (!program.output().is_json()) say_labels(program, type, shown);
    program.output().object(shown[0].as_object());
    return Exit::done;
}

Result<Exit> show_history(Program& program, const std::string& type, const std::string& id)
{
    MORTISE_TRY(
        const boost::json::value answer, program.call("records.history", {{"type", type}, {"id", id}})
    );
    Output& output = program.output();
    const boost::json::array& versions = at_path(answer.as_object(), "versions").as_array();
    if (output.is_json()) {
        output.list(versions, {}, {});
        return Exit::done;
    }
    boost::json::object before;
    for (const boost::json::value& item : versions) {
        const boost::json::object& version = item.as_object();
        output.line(
            "version " + cell_text(at_path(version, "version")) + "  "
            + cell_text(at_path(version, "updated_at")) + "  (transaction "
            + cell_text(at_path(version, "since")) + ")"
        );
        for (const auto& [key, value] : version)
            if (key != "version" && key != "updated_at" && key != "since" && at_path(before, key) != value)
                output.line("  " + std::string{key} + ": " + printable(cell_text(value)));
        for (const auto& [key, value] : before)
            if (!version.contains(key)) output.line("  " + std::string{key} + ": cleared");
        before = version;
    }
    return Exit::done;
}

Result<Exit> change_record(Program& program, const RecordChangeOptions& options)
{
    boost::json::object params{{"type", options.type}};
    if (!options.id.empty()) params["id"] = options.id;
    if (!options.values.empty()) {
        MORTISE_TRY(params["values"], read_object(options.values, "the record"));
    }
    if (options.version != 0) params["version"] = options.version;
    if (options.dry_run) params["context"] = {{"dry_run", true}};
    MORTISE_TRY(const boost::json::value answer, program.call(options.method, std::move(params)));
    boost::json::object record = at_path(answer.as_object(), "record").as_object();
    const boost::json::value& transaction = at_path(answer.as_object(), "transaction");
    if (!transaction.is_null()) record["transaction"] = transaction;
    program.output().object(record);
    return Exit::done;
}

} // namespace mortise::host
