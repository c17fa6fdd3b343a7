#include "base/json.hpp"
#include "base/time_text.hpp"
#include "control/host.hpp"
#include "control/methods/answers.hpp"
#include "control/methods/methods.hpp"
#include "control/query_hint.hpp"

#include <algorithm>
#include <atomic>

namespace mortise::host {
namespace {

constexpr std::size_t chunk_rows = 500;
constexpr std::size_t chunk_bytes = std::size_t{256} << 10;
constexpr std::size_t longest_row_bytes = std::size_t{4}
    << 20; // so that a chunk fits into a message, escapes included

boost::json::array columns_json(const std::vector<QueryColumn>& columns)
{
    boost::json::array json;
    for (const QueryColumn& column : columns) {
        boost::json::object one{{"name", column.name}};
        if (column.is_id)
            one["kind"] = "id";
        else if (column.kind)
            one["kind"] = name_of(*column.kind);
        json.emplace_back(std::move(one));
    }
    return json;
}

/// "2026-01-31T12:00:00Z", or the number of a commit.
Result<std::int64_t> commit_at(Host& host, const std::string& text)
{
    if (std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) {
        MORTISE_TRY(const Id number, parse_id(text, "/as_of"));
        return number.number;
    }
    auto time = parse_instant(text);
    if (!time) {
        Error error = std::move(time).error();
        error.where = "/as_of";
        return error;
    }
    return host.events().number_at(*time);
}

NamedParameters named_parameters(const boost::json::object& given)
{
    NamedParameters named;
    for (const auto& [name, value] : given)
        named.emplace_back(std::string{name}, value_of(value));
    return named;
}

/// Rows as they gather, sent on when there are many.
class RowSender {
public:
    RowSender(Call& call, const std::vector<QueryColumn>& columns) : m_call{call}, m_columns{columns} { }

    Result<void> add(const QueryRows& rows)
    {
        boost::json::array row;
        std::size_t bytes = 0;
        for (std::size_t i = 0; i < m_columns.size(); ++i) {
            const Value value = rows.value(static_cast<int>(i));
            bytes += 16 + value.text().size();
            if (const auto* blob = value.as<Bytes>()) bytes += 2 * blob->size();
            row.emplace_back(json_of(value));
        }
        if (bytes > longest_row_bytes)
            return Error{
                ErrorCode::limit,
                "a row has more than 4 MiB",
                "query.row_too_long",
                {},
                "select fewer columns"
            };
        m_bytes += bytes;
        m_rows.emplace_back(std::move(row));
        ++m_count;
        if (m_rows.size() >= chunk_rows || m_bytes >= chunk_bytes) return flush();
        return {};
    }

    /// Sends what is left; at least one chunk, so that the columns are told in any case.
    Result<void> finish() { return m_rows.empty() && m_sent ? Result<void>{} : flush(); }
    std::uint64_t count() const noexcept { return m_count; }

private:
    Result<void> flush()
    {
        boost::json::object chunk;
        if (!std::exchange(m_sent, true)) chunk["columns"] = columns_json(m_columns);
        chunk["rows"] = std::exchange(m_rows, {});
        m_bytes = 0;
        return m_call.send_chunk(std::move(chunk));
    }

    Call& m_call;
    const std::vector<QueryColumn>& m_columns;
    boost::json::array m_rows;
    std::size_t m_bytes{0};
    std::uint64_t m_count{0};
    bool m_sent{false};
};

Answer run(Host& host, Call& call, const Arguments& arguments)
{
    std::atomic<bool> cancel{false};
    const std::stop_callback on_stop{call.stop(), [&cancel] { cancel = true; }};
    QueryRequest request;
    request.sql = arguments.text("sql");
    request.named = named_parameters(arguments.object("params"));
    for (const boost::json::value& value : arguments.list("values"))
        request.positional.push_back(value_of(value));
    request.limits.cancel = &cancel;
    if (arguments.has("as_of")) {
        MORTISE_TRY(request.as_of, commit_at(host, arguments.text("as_of")));
    }
    if (arguments.has("limit"))
        request.limits.rows = std::min(
            request.limits.rows, static_cast<std::uint64_t>(arguments.count("limit", 1, SIZE_MAX))
        );
    auto found = host.views().query(call.principal(), request);
    if (!found) return with_meant_name(std::move(found).error(), host.views(), call.principal(), request.sql);
    QueryRows rows = *std::move(found);
    RowSender sender{call, rows.columns()};
    while (true) {
        MORTISE_TRY(const bool more, rows.step());
        if (!more) break;
        MORTISE_CHECK(sender.add(rows));
    }
    MORTISE_CHECK(sender.finish());
    return boost::json::value(boost::json::object{{"rows", sender.count()}});
}

} // namespace

void add_query_methods(Api& api, Host& host)
{
    api.add({
        .name = "query.run",
        .help = "Runs one SQL SELECT over the views that the user may see",
        .params = {
            {"sql", ParamKind::text, "the statement; parameters are written :name or ?", true},
            {"params", ParamKind::object, "name -> value"},
            {"values", ParamKind::list, "the values of ?, in order"},
            {"as_of", ParamKind::text, "as things were at this time (RFC 3339) or after this commit (its number)"},
            {"limit", ParamKind::integer, "fails if there are more rows than this"},
        },
        .result = "{rows: how many}; before it chunks {columns: [{name, kind}] (the first), rows: [[value]]}",
        .chunks = true,
        .handler = [&host](Call& call, const Arguments& arguments) { return run(host, call, arguments); },
    });
    api.add({
        .name = "query.views",
        .help = "Lists the views that the user may see, with their columns",
        .result = "{views: [{name, columns: [{name, kind}]}]}",
        .handler = [&host](Call& call, const Arguments&) -> Answer {
            boost::json::array views;
            for (const auto& view : host.views().describe(call.principal()))
                views.emplace_back(
                    boost::json::object{{"name", view.name}, {"columns", columns_json(view.columns)}}
                );
            return boost::json::value(boost::json::object{{"views", std::move(views)}});
        },
    });
}

} // namespace mortise::host
