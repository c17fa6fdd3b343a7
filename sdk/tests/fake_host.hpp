#pragma once

/// \file
/// A host for the tests of the SDK: it keeps records in maps, and stands behind the checks that are generated
/// for the real one. So the tests see both the C++ layer and the checks.

#include "plugins/generated/checked_tables.hpp"
#include "plugins/generated/into_plugin.hpp"

#include <mortise/value.hpp>

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace mortise::host {

class FakeHost;

/// Who calls: there is only one plugin.
class Caller {
public:
    explicit Caller(FakeHost& owner) noexcept : host{&owner} { }
    FakeHost* host;
};

/// What one call of a plugin has done, as the host was told.
struct StagedOperation {
    std::uint32_t kind{0};
    std::string type;
    std::uint64_t id{0};
    std::uint64_t version{0};
    Map values;
};

struct PublishedEvent {
    std::uint64_t work{0};
    std::string type;
    std::uint64_t subject{0};
    Map data;
    Map links;
};

struct LogLine {
    std::uint32_t level{0};
    std::string key;
    std::string message;
    Value fields;
};

struct StartedJob {
    std::uint64_t work{0};
    std::string name;
    std::string key;
    Value arguments;
};

/// The policy of the checks: identity, thread, faults on demand, counting.
struct FakeGuard {
    class Enter {
    public:
        Enter(mortise_self self, AbiFunction function, mortise_error* error) noexcept;
        bool ok() const noexcept { return m_status == MORTISE_OK; }
        mortise_status status() const noexcept { return m_status; }
        const border::Limits& limits() const noexcept { return m_limits; }
        mortise_status refuse(const border::Fault& fault) noexcept
        {
            return report(m_error, fault.code, "border", fault.argument, fault.what);
        }
        Caller& caller() noexcept { return m_caller; }
        const HostCalls& calls() const noexcept;
        template <class Call>
        mortise_status run(Call&& call) noexcept
        {
            try {
                const Result<void> done = call();
                return done ? MORTISE_OK : report(m_error, done.error());
            } catch (const std::exception& exception) {
                return report(m_error, ErrorCode::internal, {}, {}, exception.what());
            }
        }

    private:
        border::Limits m_limits;
        mortise_error* m_error;
        mortise_status m_status{MORTISE_OK};
        Caller m_caller;
    };

    using Plugin = FakeHost;
    class Into {
    public:
        Into(FakeHost& plugin, AbiFunction function, mortise_error& error) noexcept;
        ~Into();
        Into(const Into&) = delete;
        Into& operator=(const Into&) = delete;
        bool ok() const noexcept { return true; }
        mortise_status status() const noexcept { return MORTISE_OK; }
        const border::Limits& limits() const noexcept { return m_limits; }
        const mortise_plugin& table() const noexcept;
        mortise_status missing() noexcept
        {
            return report(m_error, ErrorCode::unsupported, {}, {}, "not offered");
        }
        mortise_status done(mortise_status status) const noexcept { return status; }

    private:
        border::Limits m_limits;
        FakeHost* m_host;
        mortise_error* m_error;
        unsigned m_outer_thread;
    };
};

/// The host. At most one exists at a time, because a table's functions know it only by `self`.
class FakeHost : LogCalls,
                 ClockCalls,
                 TimeCalls,
                 RecordsCalls,
                 QueryCalls,
                 EventsCalls,
                 CommandsCalls,
                 SettingsCalls,
                 SecretsCalls,
                 JobsCalls {
public:
    FakeHost();
    ~FakeHost() override;

    /// Opens and activates a plugin by its exported function.
    Result<void> open(mortise_plugin_open entry);
    void close();

    // What the host would call

    struct Delivery {
        Result<void> result;
        std::uint64_t done{0};
        std::vector<StagedOperation> staged;
    };
    Delivery deliver(std::string_view subscription, const std::vector<mortise_event>& events);
    static mortise_context context_of_call(bool preview);
    Result<List> run_hook(std::string_view hook, const std::vector<mortise_draft>& drafts);
    Result<Value> run_command(std::string_view command, const Map& arguments, bool preview = false);
    Result<Value> run_job(std::string_view job, const Map& arguments);
    Result<void> answer(std::uint64_t tag, std::int32_t status, const Value& result);
    Result<void> change_settings(const Map& settings);
    Result<std::uint64_t> migrate(std::string_view type, std::uint64_t after);

    const mortise_host* root() const noexcept { return &m_root; }
    mortise_self self() const noexcept { return 0x5eed; }
    mortise_plugin& table() noexcept { return m_plugin; }

    // What tests set and look at

    std::set<std::string, std::less<>> missing; ///< interfaces that this host does not have
    std::optional<std::pair<AbiFunction, Error>> fail_next;
    std::map<std::pair<std::string, std::uint64_t>, Map> stored;
    std::function<Result<void>(std::string_view sql, ValueView parameters, const border::Sink& batches)>
        on_query;
    std::map<std::string, std::function<Result<Value>(const Map&)>, std::less<>> others_commands;
    Map settings_map{{"limit", 3}};
    std::vector<StagedOperation> committed;
    std::vector<PublishedEvent> published;
    std::vector<LogLine> lines;
    std::vector<StartedJob> jobs;
    std::vector<std::pair<std::string, std::uint64_t>> posted;
    std::vector<std::string> progress_texts;
    bool job_cancelled{false};
    std::map<std::uint64_t, std::vector<StagedOperation>> open_units;
    std::array<int, abi_function_count> calls_of{};
    unsigned thread{thread_init};

    int calls(AbiFunction function) const { return calls_of[static_cast<std::size_t>(function)]; }
    const HostCalls& all_calls() const noexcept { return m_calls; }

private:
    using Bindings = std::map<std::string, std::uint64_t, std::less<>>;

    static Result<void> bind_name(Bindings& bindings, std::string_view name, std::uint64_t tag);
    static std::uint64_t tag_of(const Bindings& bindings, std::string_view name);

    Result<void> write(
        Caller&, std::uint32_t level, std::string_view key, std::string_view message, ValueView fields
    ) override;
    Result<void> now(Caller&, std::int64_t& time) override;
    Result<void>
    to_wall(Caller&, std::string_view zone, std::span<const std::int64_t> times, border::Sink walls) override;
    Result<void> to_time(
        Caller&,
        std::string_view zone,
        std::span<const std::int64_t> walls,
        std::uint32_t choice,
        border::Sink times
    ) override;
    Result<void> bounds(
        Caller&,
        std::string_view zone,
        std::int64_t time,
        std::uint32_t unit,
        std::int64_t step,
        std::int64_t& start,
        std::int64_t& end
    ) override;
    Result<void> next(
        Caller&,
        std::string_view zone,
        std::string_view rule,
        std::int64_t after,
        std::uint64_t limit,
        border::Sink times
    ) override;
    Result<void> zones(Caller&, border::Sink names) override;
    Result<void> reserve(Caller&, std::uint64_t count, std::uint64_t& first) override;
    Result<void>
    get(Caller&, std::string_view type, std::span<const std::uint64_t> ids, ValueView fields, border::Sink row
    ) override;
    Result<void> find(
        Caller&,
        std::string_view type,
        std::string_view field,
        ValueView value,
        std::uint64_t limit,
        ValueView fields,
        border::Sink row
    ) override;
    Result<void> begin(Caller&, const mortise_unit* unit, std::uint64_t& work) override;
    Result<void> stage(Caller&, std::uint64_t work, border::Items<mortise_operation> operations) override;
    Result<void> commit(Caller&, std::uint64_t work, std::uint64_t& token) override;
    Result<void> abandon(Caller&, std::uint64_t work) override;
    Result<void> bind_hook(Caller&, std::string_view name, std::uint64_t tag) override;
    Result<void>
    run(Caller&,
        std::string_view sql,
        ValueView parameters,
        const mortise_query_options* options,
        std::uint64_t* snapshot,
        border::Sink batches) override;
    Result<void> named(
        Caller&,
        std::string_view name,
        ValueView parameters,
        const mortise_query_options* options,
        std::uint64_t* snapshot,
        border::Sink batches
    ) override;
    Result<void> publish(Caller&, std::uint64_t work, border::Items<mortise_event_draft> events) override;
    Result<void> call(
        Caller&,
        std::string_view name,
        ValueView arguments,
        const mortise_call_options* options,
        border::Sink result
    ) override;
    Result<void> post(
        Caller&,
        std::string_view name,
        ValueView arguments,
        const mortise_call_options* options,
        std::uint64_t tag
    ) override;
    Result<void> get(Caller&, std::string_view key, border::Sink result) override;
    Result<void> reveal(Caller&, std::string_view name, border::Sink secret) override;
    Result<void> start(
        Caller&,
        std::uint64_t work,
        std::string_view name,
        ValueView arguments,
        const mortise_job_options* options,
        std::uint64_t& job
    ) override;
    Result<void> progress(
        Caller&, std::uint64_t job, std::uint64_t done, std::uint64_t total, std::string_view text
    ) override;
    Result<void> cancelled(Caller&, std::uint64_t job, std::uint32_t& yes) override;
    Result<void> cancel(Caller&, std::uint64_t job) override;

    // `bind` has the same parameters in three interfaces; the table that was called decides which is meant.
    Result<void> bind(Caller&, std::string_view name, std::uint64_t tag) override;

    HostCalls m_calls;
    mortise_host m_root;
    mortise_plugin m_plugin{};
    bool m_is_open{false};
    Bindings m_hooks;
    Bindings m_handlers; ///< subscriptions, commands and jobs: their names differ
    std::uint64_t m_next_id{100};
    std::uint64_t m_next_work{1};
};

} // namespace mortise::host
