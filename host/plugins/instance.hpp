#pragma once

/// \file
/// `Instance`: a plugin's code, loaded, opened and active, with the strand that calls it. It is made by
/// `open` and ended by `close`; in between come commands, events, hooks and jobs.

#include "events/dispatcher.hpp"
#include "jobs/job_queue.hpp"
#include "plugins/frame.hpp"
#include "plugins/generated/host_calls.hpp"
#include "plugins/identity.hpp"
#include "plugins/library.hpp"
#include "plugins/log_ring.hpp"
#include "plugins/manifest.hpp"
#include "plugins/plugin_stats.hpp"
#include "plugins/quotas.hpp"
#include "plugins/runner/box.hpp"
#include "plugins/services.hpp"
#include "plugins/strand.hpp"

#include <mortise/abi/plugin.h>
#include <mortise/border.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>

namespace mortise::host {

class NetConnections;
class OpenFiles;
class NetOptions;
class Runner;

enum class InstanceState : std::uint8_t {
    opening,
    activating,
    active,
    crashed, ///< its own process has ended; another instance takes its place
    quiescing,
    closed,
    quarantined,
};

/// How a plugin's life ended.
struct Closing {
    bool is_clean{false}; ///< false: it did not come back in time, and was left where it is
    std::string problem{}; ///< what it said, or why it was left
    Unloaded unloaded{};
};

struct InstanceSpec {
    std::shared_ptr<const Manifest> manifest;
    std::filesystem::path library; ///< the file
    std::filesystem::path copies; ///< folder for the private copy, if that is a file
    CopyForm copy_form{CopyForm::memory};
    std::optional<Digest> library_digest{}; ///< what the file must be; nothing: anything
    std::shared_ptr<const PluginGrants> grants;
    std::shared_ptr<PluginStats> stats;
    std::shared_ptr<LogRing> log;
    std::shared_ptr<const PluginQuotas> quotas;
    std::shared_ptr<const NetOptions> net_options;
    const HostCalls* calls{nullptr};
    PluginServices* services{nullptr};
    /// mortise-runner, to run the code in a process of its own; empty: in this one.
    std::filesystem::path runner{};
    BoxTier least_tier{BoxTier::process}; ///< of that process; in a weaker box nothing is loaded
    Value settings{}; ///< a map, with the defaults filled in
};

/// Thread-safety: every member may be called from any thread, but what is said otherwise.
class Instance {
public:
    /// Loads, opens and activates. On failure nothing is left behind (or, if the plugin hangs, it is left
    /// alone).
    static Result<std::shared_ptr<Instance>> open(InstanceSpec spec);
    explicit Instance(InstanceSpec spec);
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;
    ~Instance();

    // What the host asks of the plugin

    /// Runs a command and commits its unit of work. `patience` 0: the usual.
    Result<Value> run_command(
        std::string_view name,
        const CallContext& context,
        const Map& arguments,
        std::chrono::milliseconds patience
    );
    DeliveryOutcome
    deliver(std::string_view subscription, std::span<const Event> events, const CallContext& context);
    /// Asks one hook about drafts, on this thread; hooks in a row are given the same settings. `frame` tells
    /// how long it took.
    mortise_status call_hook(
        Frame& frame,
        std::uint64_t tag,
        const mortise_context& context,
        const ValueBlock& settings,
        std::span<const mortise_draft> drafts,
        mortise_sink verdicts,
        mortise_error& error
    );
    void post_answer(std::uint64_t tag, const Result<Value>& answer);
    void change_settings(const Value& settings);
    Result<Value> run_job(const Job& job);
    Result<std::uint64_t>
    migrate(std::string_view type, std::string_view from, std::string_view to, std::uint64_t after);

    /// Winds the plugin up, destroys it, ends its thread, unmaps its code and checks that it is gone.
    Closing close(std::chrono::milliseconds patience);

    // What it is

    mortise_self self() const noexcept { return m_identity.self(); }
    const std::string& id() const noexcept { return m_spec.manifest->id; }
    const Manifest& manifest() const noexcept { return *m_spec.manifest; }
    PluginStats& stats() const noexcept { return *m_spec.stats; }
    LogRing& log() const noexcept { return *m_spec.log; }
    std::uint64_t quota(Quota quota) const noexcept { return (*m_spec.quotas)[quota]; }
    NetConnections& net() const noexcept { return *m_net; }
    OpenFiles& files() const noexcept { return *m_files; }
    const NetOptions& net_options() const noexcept { return *m_spec.net_options; }
    /// How long the host waits for one of its calls.
    std::chrono::milliseconds call_patience() const noexcept
    {
        return std::chrono::milliseconds{quota(Quota::call_ms)};
    }
    PluginServices& services() const noexcept { return *m_spec.services; }
    const HostCalls& host_calls() const noexcept { return *m_spec.calls; }
    const border::Limits& limits() const noexcept { return m_limits; }
    const mortise_plugin& table() const noexcept { return m_table; }
    Strand& strand() noexcept { return m_strand; }
    InstanceState state() const noexcept { return m_state.load(std::memory_order_acquire); }
    bool is_active() const noexcept { return state() == InstanceState::active; }
    bool has_crashed() const noexcept { return state() == InstanceState::crashed; }
    /// The process that its code runs in, if that is not the host's; 0 otherwise.
    int process() const noexcept;
    /// How far the box of that process is closed.
    BoxReport box() const;
    std::string problem() const;
    /// What its library does that may do harm later.
    std::vector<std::string> warnings() const;
    /// What its code offers: "command pipelines.win".
    std::vector<std::string> bound() const;

    /// With the plugin's own rights and nobody's behalf.
    const CallContext& own_context() const noexcept { return m_own_context; }
    /// With the plugin's rights, on behalf of whoever `context` names.
    CallContext context_for(const CallContext& context) const;
    std::uint64_t next_unit() noexcept { return m_next_unit.fetch_add(1, std::memory_order_relaxed); }
    std::shared_ptr<const ValueBlock> settings() const;

    // The ledger: what the plugin bound. Binding happens in activate, on the strand.

    enum class BindingKind : std::uint8_t { hook, subscription, command, job };
    Result<void> bind(BindingKind kind, std::string_view name, std::uint64_t tag);
    std::optional<std::uint64_t> binding(BindingKind kind, std::string_view name) const;
    /// What the manifest declares and the code did not bind.
    std::vector<std::string> unbound() const;

    /// Holds off the end of the instance while a call from another thread is in it.
    class InFlight {
    public:
        explicit InFlight(Instance& instance) noexcept;
        InFlight(const InFlight&) = delete;
        InFlight& operator=(const InFlight&) = delete;
        ~InFlight();
        explicit operator bool() const noexcept { return m_is_in; }

    private:
        Instance& m_instance;
        bool m_is_in{false};
    };

    /// Names a call that used more processor time than a quantum.
    void note_quantum(std::string_view label, std::chrono::nanoseconds own) noexcept;
    void tell(LogLevel level, std::string_view key, std::string message) const;
    /// It hangs. Its own process is ended; in the host's, it is left alone and nothing more is asked of it.
    void quarantine(const std::string& reason);

private:
    std::size_t most_queued() const noexcept { return quota(Quota::queued_calls); }

    struct CommandCall;
    struct EventCall;
    struct Bindings {
        std::map<std::string, std::uint64_t, std::less<>> tags;
    };

    Result<void> open_here();
    Result<void> enter_library(mortise_error& error);
    void destroy_here();
    Result<void> start_runner();
    std::chrono::nanoseconds patience_with(AbiFunction function) const noexcept;
    void process_ended(const Error& how);
    void print(std::string line) const;
    Closing close_crashed();
    Result<Value> run_command_here(CommandCall& call, Ticket& ticket);
    Result<Value> finish_command(CommandCall& call, OpenUnit unit, Ticket& ticket);
    void deliver_here(const std::shared_ptr<EventCall>& call, Ticket& ticket);
    void count_handled(std::span<const mortise_event> events);
    DeliveryOutcome handle_events(EventCall& call);
    Error overdue(std::string_view what, Waited how);
    Error refusal_of_state() const;
    Error error_of(mortise_status status, const mortise_error& error, std::string_view what) const;
    bool wait_for_calls(std::chrono::steady_clock::time_point end);

    InstanceSpec m_spec;
    border::Limits m_limits;
    CallContext m_own_context;
    std::atomic<InstanceState> m_state{InstanceState::opening};
    std::atomic<std::uint64_t> m_next_unit{1};
    std::atomic<std::int64_t> m_in_flight{0};
    mortise_plugin m_table{};
    std::unique_ptr<Library> m_library;
    std::unique_ptr<Runner> m_runner; // null: the code is in this process
    ElfFacts m_facts;
    std::array<Bindings, 4> m_bindings; // written in activate only
    mutable std::shared_mutex m_mutex; // guards what follows
    std::shared_ptr<const ValueBlock> m_settings;
    std::string m_problem;
    std::unique_ptr<NetConnections> m_net;
    std::unique_ptr<OpenFiles> m_files;

    Identity m_identity;
    Strand m_strand; // last: its thread uses everything above
};

} // namespace mortise::host
