#pragma once

/// \file
/// `mortise::Host`: everything that a plugin can ask of the host.

#include <mortise/detail/call.hpp>
#include <mortise/log.hpp>
#include <mortise/record.hpp>
#include <mortise/settings.hpp>
#include <mortise/time_zone.hpp>
#include <mortise/work.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise {

/// How to call a command.
struct CallOptions {
    std::string_view key{}; ///< idempotency key: the same key gives the first answer again
    std::uint64_t timeout_ms{0}; ///< 0 for 2,000
    bool preview{false}; ///< a dry run, for commands that declare one
    std::uint64_t version{0}; ///< the version that the record at hand must still have; 0 for any
    Instant as_of{}; ///< show things as they were then; 0 for now
    std::string_view locale{}; ///< language of the answer; empty for the caller's own
};

/// How to run a query.
struct QueryOptions {
    std::uint64_t at_least{0}; ///< wait until this commit's token can be seen
    Instant as_of{}; ///< show records as they were then; 0 for now
    std::uint64_t max_rows{0}; ///< 0 for the plugin's quota
    std::uint32_t deadline_ms{0}; ///< 0 for the plugin's quota
};

/// The host. Cheap to copy. Thread-safety: `log`, `now`, `zone`, `reserve`, `post` and `publish` work on any
/// thread, everything else only in a handler, command or job (`thread` is the error otherwise); a hook may
/// only `get` and `find`.
class Host {
public:
    Host(const mortise_host* host, mortise_self self) noexcept : m_tables{host, self} { }

    /// Whether this host has an interface, such as "mortise.jobs/1", and the manifest lets the plugin use it.
    bool has(std::string_view id) const noexcept { return m_tables.find(id) != nullptr; }

    Log log() const noexcept { return Log{m_tables}; }

    Instant now() const
    {
        Instant time;
        require(
            detail::call(m_tables, m_tables.clock, MORTISE_CLOCK_ID, &mortise_clock::now, &time.microseconds)
        );
        return time;
    }

    /// A time zone, such as "Europe/Zurich"; `not_found` if the host's system has none of that name.
    Result<TimeZone> zone(std::string_view name) const { return TimeZone::find(m_tables, name); }
    /// The names of all zones.
    Result<std::vector<std::string>> zones() const;

    // Reading

    /// A record by id, with all its fields or those named; `not_found` if it does not exist or cannot be
    /// seen.
    Result<Record> get(std::string_view type, Id id, const List& fields = {}) const
    {
        MORTISE_TRY(auto records, get(type, std::span{&id, 1}, fields));
        if (!records.empty()) return std::move(records.front());
        return Error{
            ErrorCode::not_found, "no " + std::string{type} + " " + std::to_string(id.number), {}, {}, {}
        };
    }
    /// Many at once; those that do not exist or cannot be seen are left out.
    Result<std::vector<Record>>
    get(std::string_view type, std::span<const Id> ids, const List& fields = {}) const;

    /// The records whose `field`, which is unique, indexed or a reference, has this value: by id, at most
    /// `limit`.
    Result<std::vector<Record>> find(
        std::string_view type,
        std::string_view field,
        const Value& value,
        std::uint64_t limit = 64,
        const List& fields = {}
    ) const;

    /// Runs a SELECT and gives the whole answer. `parameters` is a Map of names or a List.
    Result<Rows>
    query(std::string_view sql, const Value& parameters = {}, const QueryOptions& options = {}) const
    {
        return collect(&mortise_query::run, sql, parameters, options);
    }
    /// Runs a query of the manifest.
    Result<Rows>
    named(std::string_view query, const Value& parameters = {}, const QueryOptions& options = {}) const
    {
        return collect(&mortise_query::named, query, parameters, options);
    }
    /// Runs a SELECT and hands over each batch in place: `take(const BatchView&)`; false stops the query,
    /// which is no error. `take` calls nothing of the host.
    template <std::predicate<const BatchView&> Take>
    Result<void> query_batches(
        std::string_view sql, const Value& parameters, Take take, const QueryOptions& options = {}
    ) const;

    // Writing

    /// Runs `body(Work&)` in a unit of its own and commits it, up to three times if the host says `retry`.
    /// Gives the token of the commit. What `body` throws abandons the unit and comes out.
    template <std::invocable<Work&> Body>
    Result<std::uint64_t> transact(Body body, const UnitOptions& options = {}) const
    {
        for (int attempts_left = 2;; --attempts_left) {
            Unit unit{m_tables, options};
            body(static_cast<Work&>(unit));
            auto token = unit.commit();
            if (token || token.error().code != ErrorCode::retry || attempts_left == 0) return token;
        }
    }

    /// Publishes an event outside of any unit of work; it is queued.
    Result<void>
    publish(std::string_view type, Id subject, const Map& data = {}, const Map& links = {}) const;

    // Commands and jobs

    /// Runs a command of the host or of a required plugin, and waits for its answer.
    Result<Value>
    call(std::string_view command, const Map& arguments = {}, const CallOptions& options = {}) const;
    /// Asks for a command and does not wait. With a tag the answer arrives at Plugin::answered.
    Result<void> post(
        std::string_view command,
        const Map& arguments = {},
        std::uint64_t tag = 0,
        const CallOptions& options = {}
    ) const;
    /// Starts a job of the manifest; gives its number.
    Result<std::uint64_t>
    start(std::string_view job, const Map& arguments = {}, const JobOptions& options = {}) const
    {
        return detail::start_job(m_tables, 0, job, arguments, options);
    }
    Result<void> cancel(std::uint64_t job) const
    {
        return detail::call(m_tables, m_tables.jobs, MORTISE_JOBS_ID, &mortise_jobs::cancel, job);
    }

    // Settings

    /// All settings, with defaults filled in.
    Result<Settings> settings() const;
    /// A secret in clear; needs the permission `secrets.reveal`, and is audited. Overwrite it after use.
    Result<std::string> reveal(std::string_view secret) const;

    /// The tables behind it, for what this class does not offer.
    const detail::Tables& tables() const noexcept { return m_tables; }

private:
    static mortise_query_options given(const QueryOptions& options) noexcept
    {
        return {
            sizeof(mortise_query_options),
            options.deadline_ms,
            options.as_of.microseconds,
            options.at_least,
            options.max_rows
        };
    }
    static mortise_call_options given(const CallOptions& options) noexcept
    {
        return {
            sizeof(mortise_call_options),
            options.preview ? 1U : 0U,
            detail::as_text(options.key),
            options.timeout_ms,
            options.version,
            options.as_of.microseconds,
            detail::as_text(options.locale)
        };
    }

    /// Runs a query through a sink that takes ValueViews.
    template <class Function, class Take>
    Result<std::uint64_t> run_query(
        Function function,
        std::string_view text,
        const Value& parameters,
        const QueryOptions& options,
        Take take
    ) const
    {
        ValueBlock block;
        if (!parameters.is_null()) {
            MORTISE_TRY(block, encode(parameters));
        }
        const mortise_query_options how = given(options);
        const mortise_query_options* pointer = &how;
        detail::CallbackSink sink{std::move(take)};
        std::uint64_t snapshot = 0;
        auto done = detail::call(
            m_tables,
            m_tables.query,
            MORTISE_QUERY_ID,
            function,
            detail::as_text(text),
            block.tree(),
            pointer,
            &snapshot,
            sink.sink()
        );
        sink.rethrow();
        if (!done) return std::move(done).error();
        return snapshot;
    }

    template <class Function>
    Result<Rows> collect(
        Function function, std::string_view text, const Value& parameters, const QueryOptions& options
    ) const
    {
        Rows rows;
        const auto take = [&rows](ValueView batch) {
            require(rows.add(batch));
            return true;
        };
        MORTISE_TRY(rows.m_snapshot, run_query(function, text, parameters, options, take));
        return rows;
    }

    /// The one value that a call writes into its sink.
    template <class Call>
    static Result<ValueBlock> single(Call run)
    {
        ValueBlock result;
        detail::CallbackSink sink{[&result](ValueView value) {
            result = ValueBlock::copy(value);
            return true;
        }};
        auto done = run(sink.sink());
        sink.rethrow();
        if (!done) return std::move(done).error();
        return result;
    }

    /// Every row that a call writes into its sink.
    template <class Call>
    static Result<std::vector<Record>> all_records(Call run)
    {
        std::vector<Record> records;
        detail::CallbackSink sink{[&records](ValueView row) {
            records.emplace_back(ValueBlock::copy(row));
            return true;
        }};
        auto done = run(sink.sink());
        sink.rethrow();
        if (!done) return std::move(done).error();
        return records;
    }

    /// A list of field names; nothing for an empty one. The block must outlive the call.
    static Result<ValueBlock> encode_names(const List& fields)
    {
        if (fields.empty()) return ValueBlock{};
        return encode(fields);
    }

    detail::Tables m_tables;
};

inline Result<std::vector<Record>>
Host::get(std::string_view type, std::span<const Id> ids, const List& fields) const
{
    std::vector<std::uint64_t> numbers;
    numbers.reserve(ids.size());
    for (const Id id : ids)
        numbers.push_back(static_cast<std::uint64_t>(id.number));
    MORTISE_TRY(const ValueBlock wanted, encode_names(fields));
    const std::uint64_t* first = numbers.data();
    return all_records([&](mortise_sink sink) {
        return detail::call(
            m_tables,
            m_tables.records,
            MORTISE_RECORDS_ID,
            &mortise_records::get,
            detail::as_text(type),
            first,
            numbers.size(),
            wanted.tree(),
            sink
        );
    });
}

inline Result<std::vector<Record>> Host::find(
    std::string_view type, std::string_view field, const Value& value, std::uint64_t limit, const List& fields
) const
{
    MORTISE_TRY(const ValueBlock sought, encode(value));
    MORTISE_TRY(const ValueBlock wanted, encode_names(fields));
    return all_records([&](mortise_sink sink) {
        return detail::call(
            m_tables,
            m_tables.records,
            MORTISE_RECORDS_ID,
            &mortise_records::find,
            detail::as_text(type),
            detail::as_text(field),
            sought.tree(),
            limit,
            wanted.tree(),
            sink
        );
    });
}

inline Result<std::vector<std::string>> Host::zones() const
{
    MORTISE_TRY(const auto list, single([this](mortise_sink sink) {
                    return detail::call(m_tables, m_tables.time, MORTISE_TIME_ID, &mortise_time::zones, sink);
                }));
    std::vector<std::string> names;
    for (const ValueView name : list.view().items())
        names.emplace_back(name.text());
    return names;
}

template <std::predicate<const BatchView&> Take>
Result<void> Host::query_batches(
    std::string_view sql, const Value& parameters, Take take, const QueryOptions& options
) const
{
    bool stopped = false;
    const auto read = [&](ValueView batch) {
        stopped = !take(require(BatchView::open(batch)));
        return !stopped;
    };
    auto snapshot = run_query(&mortise_query::run, sql, parameters, options, read);
    if (!snapshot && !stopped) return std::move(snapshot).error();
    return {};
}

inline Result<void> Host::publish(std::string_view type, Id subject, const Map& data, const Map& links) const
{
    MORTISE_TRY(const auto linked, detail::encode_arguments(links));
    MORTISE_TRY(const auto content, detail::encode_arguments(data));
    const mortise_event_draft draft{
        sizeof draft,
        MORTISE_EVENT_DECLARED,
        detail::as_text(type),
        static_cast<std::uint64_t>(subject.number),
        0,
        linked.tree(),
        content.tree()
    };
    const mortise_event_draft* first = &draft;
    return detail::call(
        m_tables,
        m_tables.events,
        MORTISE_EVENTS_ID,
        &mortise_events::publish,
        std::uint64_t{0},
        first,
        std::uint64_t{1}
    );
}

inline Result<Value>
Host::call(std::string_view command, const Map& arguments, const CallOptions& options) const
{
    MORTISE_TRY(const auto block, detail::encode_arguments(arguments));
    const mortise_call_options how = given(options);
    const mortise_call_options* pointer = &how;
    MORTISE_TRY(const auto answer, single([&](mortise_sink sink) {
                    return detail::call(
                        m_tables,
                        m_tables.commands,
                        MORTISE_COMMANDS_ID,
                        &mortise_commands::call,
                        detail::as_text(command),
                        block.tree(),
                        pointer,
                        sink
                    );
                }));
    return answer.view().value();
}

inline Result<void> Host::post(
    std::string_view command, const Map& arguments, std::uint64_t tag, const CallOptions& options
) const
{
    MORTISE_TRY(const auto block, detail::encode_arguments(arguments));
    const mortise_call_options how = given(options);
    const mortise_call_options* pointer = &how;
    return detail::call(
        m_tables,
        m_tables.commands,
        MORTISE_COMMANDS_ID,
        &mortise_commands::post,
        detail::as_text(command),
        block.tree(),
        pointer,
        tag
    );
}

inline Result<Settings> Host::settings() const
{
    MORTISE_TRY(
        auto block, single([this](mortise_sink sink) {
            return detail::call(
                m_tables, m_tables.settings, MORTISE_SETTINGS_ID, &mortise_settings::get, mortise_text{}, sink
            );
        })
    );
    return Settings{std::move(block)};
}

inline Result<std::string> Host::reveal(std::string_view secret) const
{
    std::string clear;
    detail::CallbackSink sink{[&clear](ValueView value) {
        clear = value.text();
        return true;
    }};
    auto done = detail::call(
        m_tables,
        m_tables.secrets,
        MORTISE_SECRETS_ID,
        &mortise_secrets::reveal,
        detail::as_text(secret),
        sink.sink()
    );
    sink.rethrow();
    if (!done) return std::move(done).error();
    return clear;
}

} // namespace mortise
