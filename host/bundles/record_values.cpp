#include "bundles/record_values.hpp"

#include "base/json.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace mortise::host {

namespace json = boost::json;

namespace {

/// So many records with the same value of the first field are looked at.
constexpr std::size_t most_looked_at = 200;

Result<Id> find_one(
    Records& records, const std::string& type, std::string_view by, const Value& is, const std::string& where
)
{
    MORTISE_TRY(const auto rows, records.find(Principal::system(), type, by, is, 2));
    if (rows.size() == 1) return rows.front().id;
    const std::string what = type + " whose " + std::string{by} + " is " + json_text(is);
    if (rows.empty())
        return Error{
            .code = ErrorCode::not_found,
            .message = "there is no " + what,
            .key = "bundles.no_record",
            .where = where,
            .hint = "the bundle must make it further above",
        };
    return Error{
        .code = ErrorCode::conflict,
        .message = "there are several " + what,
        .key = "bundles.several_records",
        .where = where,
        .hint = "name a field that only one of them has so",
    };
}

} // namespace

std::vector<std::string> match_fields(const RecordType& type, const BundleRecord& record)
{
    if (!record.match.empty()) return record.match;
    for (const Field& field : type.fields)
        if (field.unique && !field.archived && !record.values[field.name].is_null()) return {field.name};
    return {};
}

Result<Map> resolved_values(Records& records, const RecordType& type, const BundleRecord& record)
{
    Map values = record.values;
    for (auto& [name, value] : values) {
        const auto slot = type.slot(name);
        const auto* reference = value.as<Map>();
        if (!slot || !reference || type.fields[*slot].kind != FieldKind::reference) continue;
        const std::string where = record.where + "/values/" + name;
        if (reference->size() != 2 || !reference->contains("by") || !reference->contains("is"))
            return Error{
                .code = ErrorCode::invalid,
                .message = "a reference names a record as {\"by\": FIELD, \"is\": VALUE}",
                .key = "bundles.bad_reference",
                .where = where,
            };
        MORTISE_TRY(
            const Id id,
            find_one(
                records,
                type.fields[*slot].reference_type,
                (*reference)["by"].text(),
                (*reference)["is"],
                where
            )
        );
        value = id;
    }
    return values;
}

Result<std::optional<Id>> find_record(
    Records& records, const RecordType& type, const std::vector<std::string>& match, const Map& values
)
{
    if (match.empty()) return std::optional<Id>{};
    MORTISE_TRY(
        const auto rows,
        records.find(Principal::system(), type.name, match.front(), values[match.front()], most_looked_at)
    );
    for (const Row& row : rows)
        if (std::all_of(match.begin() + 1, match.end(), [&](const std::string& field) {
                return value_of(type, row, field) == values[field];
            }))
            return std::optional{row.id};
    return std::optional<Id>{};
}

std::string record_title(const std::string& title_field, const BundleRecord& record)
{
    if (const auto& title = record.values[title_field]; !title.text().empty())
        return '"' + std::string{title.text()} + '"';
    for (const auto& [name, value] : record.values)
        if (!value.text().empty()) return '"' + std::string{value.text()} + '"';
    return "one without a name";
}

json::object json_of(const BundleRecord& record)
{
    json::array match;
    for (const std::string& field : record.match)
        match.emplace_back(field);
    return {{"match", std::move(match)}, {"values", json_of(Value{record.values})}, {"where", record.where}};
}

BundleRecord record_of(std::string_view type, const json::object& object)
{
    BundleRecord record;
    record.type = type;
    for (const json::value& field : object.at("match").as_array())
        record.match.emplace_back(field.as_string());
    record.values = value_of(object.at("values")).get_or(Map{});
    record.where = std::string{object.at("where").as_string()};
    return record;
}

} // namespace mortise::host
