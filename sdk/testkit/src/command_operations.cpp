#include "base/json.hpp"
#include "box.hpp"
#include "commands/registry.hpp"
#include "records/views.hpp"

#include <boost/json/value.hpp>

namespace mortise::testkit {

namespace {

Result<Value> call(Box& box, const Map& arguments)
{
    MORTISE_TRY(const std::string name, need_text(arguments, "name"));
    MORTISE_TRY(const auto context, box.context_of(arguments));
    const Map given = map_in(arguments, "arguments");
    MORTISE_TRY(Value answer, box.host().commands().call(name, context, given));
    const auto info = box.host().commands().find(name);
    if (!info || info->result.is_null()) return answer;
    MORTISE_TRY(const auto schema, host::JsonSchema::compile(info->result));
    if (auto fits = schema.validate(host::json_of(answer)); !fits)
        return Error{
            .code = ErrorCode::invalid,
            .message = "the answer of " + name
                + " does not fit the \"result\" that plugin.json declares: " + fits.error().message,
            .key = "testkit.result",
            .where = fits.error().where,
            .hint = "it answered " + host::json_text(answer),
        };
    return answer;
}

const host::QueryDeclaration* find_query(const Box& box, std::string_view name)
{
    for (const host::Manifest& manifest : box.manifests())
        for (const host::QueryDeclaration& query : manifest.queries)
            if (query.name == name) return &query;
    return nullptr;
}

Result<Value> query(Box& box, const Map& arguments)
{
    MORTISE_TRY(const auto context, box.context_of(arguments));
    host::QueryRequest request;
    request.sql = arguments["sql"].text();
    if (const std::string_view name = arguments["name"].text(); !name.empty()) {
        const auto* declared = find_query(box, name);
        if (!declared)
            return Error{
                .code = ErrorCode::not_found,
                .message = "plugin.json declares no query \"" + std::string{name} + '"',
                .key = "plugin.not_declared",
                .where = std::string{name},
            };
        request.sql = declared->sql;
    }
    for (const auto& [name, value] : map_in(arguments, "parameters"))
        request.named.emplace_back(name, value);
    request.limits.now = box.clock().now().microseconds;
    MORTISE_TRY(auto rows, box.host().views().query(context.principal, request));
    List columns;
    for (const host::QueryColumn& column : rows.columns())
        columns.emplace_back(column.name);
    List all;
    while (true) {
        MORTISE_TRY(const bool more, rows.step());
        if (!more) break;
        Map row;
        for (std::size_t i = 0; i < rows.columns().size(); ++i)
            row.set(rows.columns()[i].name, rows.value(static_cast<int>(i)));
        all.emplace_back(std::move(row));
    }
    return Value{Map{{"columns", std::move(columns)}, {"rows", std::move(all)}}};
}

} // namespace

void add_command_operations(Box& box)
{
    box.add("commands.call", call);
    box.add_reading("queries.run", query);
}

} // namespace mortise::testkit
