#pragma once

/// \file
/// What the host does when a plugin calls it: the methods behind the tables of the contract. Arguments were
/// checked by the generated code in front of them.

#include "plugins/background.hpp"
#include "plugins/generated/host_calls.hpp"
#include "plugins/row_blocks.hpp"
#include "plugins/services.hpp"

#include <memory>

namespace mortise::host {

class ConsentBook;
class HostNet;
class PluginSecrets;

/// What all of them work with.
struct HostTools {
    PluginServices& services;
    Background& background;
    RowShapes& shapes;
};

class HostLog final : public LogCalls {
public:
    explicit HostLog(HostTools tools) : m_tools{tools} { }
    Result<void> write(
        Caller& caller, std::uint32_t level, std::string_view key, std::string_view message, ValueView fields
    ) override;

private:
    HostTools m_tools;
};

class HostClock final : public ClockCalls {
public:
    explicit HostClock(HostTools tools) : m_tools{tools} { }
    Result<void> now(Caller& caller, std::int64_t& time) override;

private:
    HostTools m_tools;
};

class HostTime final : public TimeCalls {
public:
    Result<void> to_wall(
        Caller& caller, std::string_view zone, std::span<const std::int64_t> times, border::Sink walls
    ) override;
    Result<void> to_time(
        Caller& caller,
        std::string_view zone,
        std::span<const std::int64_t> walls,
        std::uint32_t choice,
        border::Sink times
    ) override;
    Result<void> bounds(
        Caller& caller,
        std::string_view zone,
        std::int64_t time,
        std::uint32_t unit,
        std::int64_t step,
        std::int64_t& start,
        std::int64_t& end
    ) override;
    Result<void> next(
        Caller& caller,
        std::string_view zone,
        std::string_view rule,
        std::int64_t after,
        std::uint64_t limit,
        border::Sink times
    ) override;
    Result<void> zones(Caller& caller, border::Sink names) override;
};

class HostRecords final : public RecordsCalls {
public:
    explicit HostRecords(HostTools tools) : m_tools{tools} { }
    Result<void> reserve(Caller& caller, std::uint64_t count, std::uint64_t& first) override;
    Result<void>
    get(Caller& caller,
        std::string_view type,
        std::span<const std::uint64_t> ids,
        ValueView fields,
        border::Sink row) override;
    Result<void> find(
        Caller& caller,
        std::string_view type,
        std::string_view field,
        ValueView value,
        std::uint64_t limit,
        ValueView fields,
        border::Sink row
    ) override;
    Result<void> begin(Caller& caller, const mortise_unit* unit, std::uint64_t& work) override;
    Result<void>
    stage(Caller& caller, std::uint64_t work, border::Items<mortise_operation> operations) override;
    Result<void> commit(Caller& caller, std::uint64_t work, std::uint64_t& token) override;
    Result<void> abandon(Caller& caller, std::uint64_t work) override;
    Result<void> bind_hook(Caller& caller, std::string_view name, std::uint64_t tag) override;

private:
    Result<void> hand_over(
        Caller& caller,
        const TypePointer& type,
        const std::vector<Row>& rows,
        ValueView fields,
        border::Sink row
    );

    HostTools m_tools;
};

class HostQuery final : public QueryCalls {
public:
    explicit HostQuery(HostTools tools) : m_tools{tools} { }
    Result<void>
    run(Caller& caller,
        std::string_view sql,
        ValueView parameters,
        const mortise_query_options* options,
        std::uint64_t* snapshot,
        border::Sink batches) override;
    Result<void> named(
        Caller& caller,
        std::string_view name,
        ValueView parameters,
        const mortise_query_options* options,
        std::uint64_t* snapshot,
        border::Sink batches
    ) override;

private:
    HostTools m_tools;
};

class HostEvents final : public EventsCalls {
public:
    explicit HostEvents(HostTools tools) : m_tools{tools} { }
    Result<void> bind(Caller& caller, std::string_view name, std::uint64_t tag) override;
    Result<void>
    publish(Caller& caller, std::uint64_t work, border::Items<mortise_event_draft> events) override;

private:
    HostTools m_tools;
};

class HostCommands final : public CommandsCalls {
public:
    explicit HostCommands(HostTools tools) : m_tools{tools} { }
    Result<void> bind(Caller& caller, std::string_view name, std::uint64_t tag) override;
    Result<void> call(
        Caller& caller,
        std::string_view name,
        ValueView arguments,
        const mortise_call_options* options,
        border::Sink result
    ) override;
    Result<void> post(
        Caller& caller,
        std::string_view name,
        ValueView arguments,
        const mortise_call_options* options,
        std::uint64_t tag
    ) override;

private:
    HostTools m_tools;
};

class HostSettings final : public SettingsCalls {
public:
    Result<void> get(Caller& caller, std::string_view key, border::Sink result) override;
};

class HostSecrets final : public SecretsCalls {
public:
    HostSecrets(HostTools tools, PluginSecrets& secrets) : m_tools{tools}, m_secrets{secrets} { }
    Result<void> reveal(Caller& caller, std::string_view name, border::Sink secret) override;

private:
    HostTools m_tools;
    PluginSecrets& m_secrets;
};

class HostJobs final : public JobsCalls {
public:
    explicit HostJobs(HostTools tools) : m_tools{tools} { }
    Result<void> bind(Caller& caller, std::string_view name, std::uint64_t tag) override;
    Result<void> start(
        Caller& caller,
        std::uint64_t work,
        std::string_view name,
        ValueView arguments,
        const mortise_job_options* options,
        std::uint64_t& job
    ) override;
    Result<void> progress(
        Caller& caller, std::uint64_t job, std::uint64_t done, std::uint64_t total, std::string_view text
    ) override;
    Result<void> cancelled(Caller& caller, std::uint64_t job, std::uint32_t& yes) override;
    Result<void> cancel(Caller& caller, std::uint64_t job) override;

private:
    HostTools m_tools;
};

class HostBlobs final : public BlobsCalls {
public:
    explicit HostBlobs(HostTools tools) : m_tools{tools} { }
    Result<void> begin(Caller& caller, std::uint64_t& file) override;
    Result<void> write(Caller& caller, std::uint64_t file, ValueView data) override;
    Result<void> finish(
        Caller& caller,
        std::uint64_t file,
        std::string_view name,
        std::string_view type,
        border::Sink reference
    ) override;
    Result<void> open(
        Caller& caller,
        std::string_view type,
        std::uint64_t record,
        std::string_view field,
        std::uint64_t& file,
        std::uint64_t& size
    ) override;
    Result<void> read(
        Caller& caller, std::uint64_t file, std::uint64_t offset, std::uint64_t most, border::Sink data
    ) override;
    Result<void> close(Caller& caller, std::uint64_t file) override;

private:
    HostTools m_tools;
};

class HostConsent final : public ConsentCalls {
public:
    explicit HostConsent(ConsentBook& book) : m_book{book} { }
    Result<void>
    ask(Caller& caller, border::Items<mortise_send_request> requests, border::Sink answers) override;
    Result<void> redeem(Caller& caller, std::uint64_t ticket) override;

private:
    ConsentBook& m_book;
};

/// One of each, for all plugins of a host. Thread-safety: any thread.
class HostFunctions {
public:
    HostFunctions(
        PluginServices& services, Background& background, PluginSecrets& secrets, ConsentBook& consent
    );
    HostFunctions(const HostFunctions&) = delete;
    HostFunctions& operator=(const HostFunctions&) = delete;
    ~HostFunctions();

    const HostCalls& calls() const noexcept { return m_calls; }
    RowShapes& shapes() noexcept { return m_shapes; }

private:
    RowShapes m_shapes;
    HostLog m_log;
    HostClock m_clock;
    HostTime m_time;
    HostRecords m_records;
    HostQuery m_query;
    HostEvents m_events;
    HostCommands m_commands;
    HostSettings m_settings;
    HostSecrets m_secrets;
    HostJobs m_jobs;
    HostBlobs m_blobs;
    std::unique_ptr<HostNet> m_net;
    HostConsent m_consent;
    HostCalls m_calls;
};

/// An error that says that a unit of work is not open here.
Error no_unit(std::uint64_t work);

} // namespace mortise::host
