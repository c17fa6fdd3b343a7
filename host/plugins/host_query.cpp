#include "base/json.hpp"
#include "commands/stop_scope.hpp"
#include "events/event_log.hpp"
#include "plugins/guard.hpp"
#include "plugins/host_functions.hpp"
#include "plugins/instance.hpp"
#include "records/views.hpp"

#include <mortise/batch_builder.hpp>

#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <stop_token>
#include <thread>

namespace mortise::host {

namespace {

constexpr std::array<std::pair<std::string_view, Kind>, 12> declared_kinds{{
    {"bool", Kind::boolean},
    {"int", Kind::integer},
    {"double", Kind::real},
    {"decimal", Kind::decimal},
    {"money", Kind::money},
    {"text", Kind::text},
    {"bytes", Kind::bytes},
    {"datetime", Kind::instant},
    {"date", Kind::date},
    {"time", Kind::time_of_day},
    {"duration", Kind::duration},
    {"id", Kind::id},
}};

Result<void> take_parameters(QueryRequest& request, ValueView parameters)
{
    if (!parameters.exists() || parameters.is_null()) return {};
    if (parameters.kind() == Kind::map) {
        for (const auto& [name, value] : parameters.entries())
            request.named.emplace_back(name, value.value());
        return {};
    }
    if (parameters.kind() == Kind::list) {
        for (const ValueView value : parameters.items())
            request.positional.push_back(value.value());
        return {};
    }
    return Error{
        .code = ErrorCode::invalid,
        .message = "parameters are a map or a list",
        .key = "query.parameters",
        .where = "parameters",
    };
}

/// Waits until the commit of that token can be seen.
Result<void> wait_for(EventLog& log, std::uint64_t token, std::chrono::milliseconds patience)
{
    const auto wanted = static_cast<std::int64_t>(token);
    const auto end = std::chrono::steady_clock::now() + patience;
    while (log.last() < wanted) {
        if (std::chrono::steady_clock::now() >= end)
            return Error{
                .code = ErrorCode::not_found,
                .message = "there is no commit " + std::to_string(token) + " yet; the last is "
                    + std::to_string(log.last()),
                .key = "query.no_commit",
                .where = "options.at_least",
                .hint = "give the token that a commit gave",
            };
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    return {};
}

void take_quotas(QueryRequest& request, const Instance& instance)
{
    request.limits.time = std::chrono::milliseconds{instance.quota(Quota::query_ms)};
    request.limits.rows = instance.quota(Quota::query_rows);
    request.limits.bytes = instance.quota(Quota::query_bytes);
    request.limits.temporary_bytes = request.limits.bytes;
}

Result<void> take_options(
    QueryRequest& request, const CallContext& context, const mortise_query_options* options, EventLog& log
)
{
    if (context.as_of.microseconds != 0 && (!options || options->as_of == 0)) {
        MORTISE_TRY(request.as_of, log.number_at(context.as_of));
    }
    if (!options) return {};
    if (options->deadline_ms != 0)
        request.limits.time = std::min(request.limits.time, std::chrono::milliseconds{options->deadline_ms});
    if (options->max_rows != 0) request.limits.rows = std::min(request.limits.rows, options->max_rows);
    if (options->as_of != 0) {
        MORTISE_TRY(request.as_of, log.number_at(Instant{options->as_of}));
    }
    if (options->at_least != 0) return wait_for(log, options->at_least, request.limits.time);
    return {};
}

/// A number of the database as the kind that a manifest declares.
Value fitted(Value value, Kind kind, std::uint8_t scale)
{
    const auto* number = value.as<std::int64_t>();
    if (!number) return value;
    switch (kind) {
    case Kind::boolean:
        return *number != 0;
    case Kind::real:
        return static_cast<double>(*number);
    case Kind::decimal:
        return Decimal{*number, scale};
    case Kind::instant:
        return Instant{*number};
    case Kind::duration:
        return Duration{*number};
    case Kind::id:
        return Id{*number};
    default:
        return value;
    }
}

void add_cell(BatchBuilder& batch, const Value& value)
{
    switch (value.kind()) {
    case Kind::null:
        return batch.null();
    case Kind::boolean:
        return batch.boolean(*value.as<bool>());
    case Kind::integer:
        return batch.integer(*value.as<std::int64_t>());
    case Kind::real:
        return batch.real(*value.as<double>());
    case Kind::decimal:
        return batch.decimal(*value.as<Decimal>());
    case Kind::money:
        return batch.money(*value.as<Money>());
    case Kind::text:
        return batch.text(value.text());
    case Kind::bytes:
        return batch.bytes(*value.as<Bytes>());
    case Kind::instant:
        return batch.instant(*value.as<Instant>());
    case Kind::date:
        return batch.date(*value.as<Date>());
    case Kind::time_of_day:
        return batch.time_of_day(*value.as<TimeOfDay>());
    case Kind::duration:
        return batch.duration(*value.as<Duration>());
    case Kind::id:
        return batch.id(*value.as<Id>());
    case Kind::list:
    case Kind::map:
        return batch.value(value);
    }
}

/// What is known of a column of the answer before its first row.
struct CellRule {
    Kind declared{Kind::null}; ///< by the manifest
    std::uint8_t scale{0};
    Kind number{Kind::null}; ///< what its whole numbers are: id, instant, integer; null: ask for the value
    bool is_plain_text{false};
};

/// A cell of the present row into the batch. Most cells need no Value in between.
void take_cell(BatchBuilder& batch, const QueryRows& rows, int column, const CellRule& rule)
{
    const GuardedQuery& raw = rows.raw();
    switch (raw.storage_class(column)) {
    case StorageClass::null:
        return batch.null();
    case StorageClass::integer:
        if (rule.number == Kind::id) return batch.id(Id{raw.integer(column)});
        if (rule.number == Kind::instant) return batch.instant(Instant{raw.integer(column)});
        if (rule.number == Kind::integer) return batch.integer(raw.integer(column));
        break;
    case StorageClass::text:
        if (rule.is_plain_text) return batch.text(raw.text(column));
        break;
    case StorageClass::real:
    case StorageClass::blob:
        break;
    }
    add_cell(batch, fitted(rows.value(column), rule.declared, rule.scale));
}

/// What the columns of the answer are called, and how their cells are read.
struct Columns {
    std::vector<BatchColumn> named;
    std::vector<CellRule> rules;
};

Result<Columns> columns_of(const QueryRows& rows, const std::vector<DeclaredColumn>& declared)
{
    if (!declared.empty() && declared.size() != rows.columns().size())
        return Error{
            .code = ErrorCode::invalid,
            .message = "the query gives " + std::to_string(rows.columns().size()) + " columns and declares "
                + std::to_string(declared.size()),
            .key = "query.columns",
        };
    Columns columns;
    for (std::size_t i = 0; i < rows.columns().size(); ++i) {
        const QueryColumn& info = rows.columns()[i];
        BatchColumn column{info.name};
        CellRule rule;
        if (!declared.empty()) {
            column.name = declared[i].name;
            rule.scale = static_cast<std::uint8_t>(declared[i].scale);
            const auto* found = std::ranges::find(declared_kinds, declared[i].kind, [](const auto& each) {
                return each.first;
            });
            if (found != declared_kinds.end()) rule.declared = found->second;
        }
        if (info.is_id)
            rule.number = Kind::id;
        else if (info.kind == FieldKind::instant)
            rule.number = Kind::instant;
        else if (!info.kind && rule.declared == Kind::null)
            rule.number = Kind::integer;
        rule.is_plain_text = info.is_text_itself();
        columns.rules.push_back(rule);
        columns.named.push_back(std::move(column));
    }
    return columns;
}

/// What a manifest asks for already is for an admin alone to grant.
Error with_grant(Error error, const Manifest& manifest)
{
    if (error.key == "access.permission_missing"
        && std::ranges::find(manifest.permissions, error.where) != manifest.permissions.end())
        error.hint = "run \"mortise plugins grant " + manifest.id + ' ' + error.where + '"';
    return error;
}

/// Runs a query and hands its rows over in column batches. `declared`: the columns of a named query, or none.
Result<void> stream(
    Caller& caller,
    const HostTools& tools,
    QueryRequest request,
    const std::vector<DeclaredColumn>& declared,
    border::Sink batches
)
{
    // Whoever called the plugin may have given up: the query is where the time goes, so it looks.
    std::atomic<bool> cancel{false};
    const std::stop_callback on_stop{StopScope::current(), [&cancel] { cancel = true; }};
    request.limits.cancel = &cancel;
    auto asked = tools.services.views.query(caller.context().principal, request);
    if (!asked) return with_grant(std::move(asked).error(), caller.instance().manifest());
    QueryRows rows = *std::move(asked);
    MORTISE_TRY(Columns columns, columns_of(rows, declared));
    const std::vector<CellRule> rules = std::move(columns.rules);
    BatchBuilder batch{std::move(columns.named)};
    std::uint64_t count = 0;
    const auto hand_over = [&]() -> Result<void> {
        count += batch.rows();
        MORTISE_TRY(const mortise_tree tree, batch.finish());
        return batches.write(tree);
    };
    bool is_first = true;
    while (true) {
        MORTISE_TRY(const bool more, rows.step());
        if (!more) break;
        for (std::size_t i = 0; i < rules.size(); ++i)
            take_cell(batch, rows, static_cast<int>(i), rules[i]);
        batch.end_row();
        if (batch.full()) {
            MORTISE_CHECK(hand_over());
            is_first = false;
        }
    }
    if (batch.rows() > 0 || is_first) MORTISE_CHECK(hand_over());
    caller.instance().stats().count_rows(count);
    return {};
}

} // namespace

Result<void> HostQuery::run(
    Caller& caller,
    std::string_view sql,
    ValueView parameters,
    const mortise_query_options* options,
    std::uint64_t* snapshot,
    border::Sink batches
)
{
    QueryRequest request;
    take_quotas(request, caller.instance());
    request.limits.now = m_tools.services.clock.now().microseconds;
    request.sql = sql;
    MORTISE_CHECK(take_parameters(request, parameters));
    MORTISE_CHECK(take_options(request, caller.context(), options, m_tools.services.log));
    if (snapshot) *snapshot = static_cast<std::uint64_t>(m_tools.services.log.last());
    return stream(caller, m_tools, std::move(request), {}, batches);
}

Result<void> HostQuery::named(
    Caller& caller,
    std::string_view name,
    ValueView parameters,
    const mortise_query_options* options,
    std::uint64_t* snapshot,
    border::Sink batches
)
{
    const auto& queries = caller.instance().manifest().queries;
    const auto declared = std::ranges::find(queries, name, &QueryDeclaration::name);
    if (declared == queries.end())
        return Error{
            .code = ErrorCode::not_found,
            .message
            = "plugin.json of " + caller.instance().id() + " declares no query \"" + std::string{name} + "\"",
            .key = "plugin.not_declared",
            .where = std::string{name},
            .hint = "declare it under \"queries\"",
        };
    QueryRequest request;
    take_quotas(request, caller.instance());
    request.limits.now = m_tools.services.clock.now().microseconds;
    request.sql = declared->sql;
    MORTISE_CHECK(take_parameters(request, parameters));
    MORTISE_CHECK(take_options(request, caller.context(), options, m_tools.services.log));
    if (snapshot) *snapshot = static_cast<std::uint64_t>(m_tools.services.log.last());
    return stream(caller, m_tools, std::move(request), declared->columns, batches);
}

} // namespace mortise::host
