#include "plugins/instance.hpp"

#include "base/clock.hpp"
#include "plugins/generated/into_plugin.hpp"
#include "plugins/guard.hpp"
#include "plugins/net_connections.hpp"
#include "plugins/open_files.hpp"
#include "plugins/root_table.hpp"
#include "plugins/runner/runner.hpp"

#include <algorithm>
#include <mutex>
#include <thread>

namespace mortise::host {

namespace {

using SteadyClock = std::chrono::steady_clock;
using Into = IntoPlugin<Guard>;

constexpr std::chrono::milliseconds open_patience{5000};

CallContext context_of(const std::shared_ptr<const PluginGrants>& grants)
{
    CallContext context;
    context.principal.plugin = grants;
    context.principal.scope = RowScope::all;
    context.client = "plugin " + grants->plugin();
    return context;
}

Result<std::unique_ptr<Library>> load_library(const InstanceSpec& spec)
{
    const auto linked = spec.services->linked.find(spec.manifest->id);
    if (linked != spec.services->linked.end()) return Library::linked(linked->second);
    if (!spec.runner.empty()) return Library::prepare(spec.library, spec.library_digest);
    return Library::load(spec.library, spec.copies, spec.library_digest, spec.copy_form);
}

std::uint64_t nanoseconds_between(SteadyClock::time_point from, SteadyClock::time_point to)
{
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(to - from).count()
    );
}

std::string thread_name(const std::string& id)
{
    return id.substr(id.rfind('.') + 1);
}

std::string in_seconds(std::chrono::nanoseconds time)
{
    const auto tenths = std::chrono::duration_cast<std::chrono::milliseconds>(time).count() / 100;
    return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + " s";
}

} // namespace

Instance::Instance(InstanceSpec spec)
    : m_spec{std::move(spec)},
      m_own_context{context_of(m_spec.grants)},
      m_net{std::make_unique<NetConnections>()},
      m_files{std::make_unique<OpenFiles>()},
      m_identity{*this},
      m_strand{thread_name(m_spec.manifest->id)}
{
    m_limits.value_bytes = quota(Quota::value_bytes);
    m_limits.text_bytes = m_limits.value_bytes;
    auto settings = encode(m_spec.settings);
    m_settings = std::make_shared<const ValueBlock>(settings ? *std::move(settings) : ValueBlock{});
}

Instance::~Instance() = default;

Result<std::shared_ptr<Instance>> Instance::open(InstanceSpec spec)
{
    const Instant began = spec.services->clock.now();
    const auto at_load = SteadyClock::now();
    MORTISE_TRY(auto library, load_library(spec));
    const auto at_activate = SteadyClock::now();
    auto instance = std::make_shared<Instance>(std::move(spec));
    instance->m_facts = library->facts();
    instance->m_library = std::move(library);
    if (instance->m_library->entry() == nullptr) MORTISE_CHECK(instance->start_runner());

    auto ticket = std::make_shared<Ticket>("activating");
    auto outcome = std::make_shared<Result<void>>();
    const auto open_it = [raw = instance.get(), outcome] { *outcome = raw->open_here(); };
    MORTISE_TRY(
        const Waited waited,
        instance->m_strand.run(Lane::command, ticket, open_patience, open_patience, open_it)
    );
    if (waited != Waited::done) {
        Error error = instance->overdue("activating", waited);
        static_cast<void>(new std::shared_ptr<Instance>{instance}
        ); // NOLINT: its thread is in it, perhaps for ever
        return error;
    }
    if (*outcome) {
        instance->m_state = InstanceState::active;
        instance->m_spec.stats->note_loaded(
            began,
            nanoseconds_between(at_load, at_activate),
            nanoseconds_between(at_activate, SteadyClock::now())
        );
        return instance;
    }
    instance->m_strand.close();
    instance->m_strand.wait_for_end(open_patience);
    return std::move(*outcome).error();
}

/// On the strand.
Result<void> Instance::open_here()
{
    mortise_error error = new_error();
    MORTISE_CHECK(enter_library(error));
    m_state = InstanceState::activating;
    Frame frame{*this, thread_init, m_own_context, "activate"};
    const mortise_status status = Into::activate(frame, error);
    if (status < 0) {
        Error failed = error_of(status, error, "activate");
        destroy_here();
        return failed;
    }
    for (const std::string& name : unbound())
        tell(LogLevel::warning, "plugin.unbound", name + " is declared, but the plugin does not offer it");
    return {};
}

Result<void> Instance::enter_library(mortise_error& error)
{
    m_table.head = {sizeof m_table, 1};
    Frame frame{*this, thread_init, m_own_context, "open"};
    const Frame::Running running{frame};
    mortise_status status = MORTISE_OK;
    if (m_runner)
        status = m_runner->open(m_table, &error);
    else
        status = border::believed(m_library->entry()(&root_table(), self(), &m_table, &error));
    if (status < 0) return error_of(status, error, "open");
    m_table.head.size = std::min<std::uint32_t>(m_table.head.size, sizeof m_table);
    return {};
}

/// On the strand.
void Instance::destroy_here()
{
    mortise_error error = new_error();
    Frame frame{*this, thread_strand, m_own_context, "destroy"};
    Into::destroy(frame, error);
}

Closing Instance::close(std::chrono::milliseconds patience)
{
    Closing closing;
    const auto end = SteadyClock::now() + patience;
    const auto left = [&] {
        return std::max<std::chrono::nanoseconds>(end - SteadyClock::now(), std::chrono::milliseconds{1});
    };
    if (Frame::is_inside(*this)) {
        closing.problem = "the plugin cannot be closed from inside of one of its own calls";
        return closing;
    }
    if (state() == InstanceState::quarantined) {
        closing.problem = problem();
        return closing;
    }
    if (has_crashed()) return close_crashed();
    m_state = InstanceState::quiescing;
    m_net->halt(patience / 2); // what is under way on the wire may end, so that no message is sent in half
    if (!m_spec.services->jobs.detach(id(), std::chrono::duration_cast<std::chrono::milliseconds>(left())))
        quarantine("a job did not stop when it was asked to");
    else if (!wait_for_calls(end))
        quarantine("a hook did not come back");
    else {
        auto ticket = std::make_shared<Ticket>();
        auto said = std::make_shared<std::string>();
        const auto end_it = [this, said] {
            mortise_error error = new_error();
            Frame frame{*this, thread_strand, m_own_context, "quiesce"};
            if (const mortise_status status = Into::quiesce(frame, error); status < 0)
                *said = error_of(status, error, "quiesce").message;
            m_strand.close(); // a call that was let in before the state changed may still be on its way here
            destroy_here();
        };
        const auto waited = m_strand.run(Lane::answer, ticket, left(), left(), end_it);
        m_strand.close();
        if (!waited || *waited != Waited::done || !m_strand.wait_for_end(left()))
            quarantine("it did not wind up in time");
        else
            closing.problem = *said;
    }
    if (has_crashed()) return close_crashed();
    if (state() == InstanceState::quarantined) {
        closing.problem = problem();
        return closing;
    }
    m_identity.revoke();
    m_net->clear();
    m_files->clear();
    closing.is_clean = true;
    m_state = InstanceState::closed;
    m_strand.join();
    if (m_runner) m_runner->finish(left());
    closing.unloaded = m_library->unload();
    return closing;
}

int Instance::process() const noexcept
{
    return m_runner ? m_runner->pid() : 0;
}

/// How long a call may wait for the plugin's own code, when that can be ended.
std::chrono::nanoseconds Instance::patience_with(AbiFunction function) const noexcept
{
    if (state() == InstanceState::opening || state() == InstanceState::activating)
        return open_patience - std::chrono::milliseconds{500};
    switch (info(function).threads) {
    case thread_job:
        return std::chrono::nanoseconds{0};
    case thread_strand:
        return std::max<std::chrono::nanoseconds>(call_patience(), m_strand.allowed());
    default:
        return call_patience();
    }
}

/// On a thread of the runner.
void Instance::process_ended(const Error& how)
{
    {
        const std::unique_lock lock{m_mutex};
        if (m_problem.empty()) m_problem = how.message;
        auto expected = InstanceState::active;
        if (!m_state.compare_exchange_strong(expected, InstanceState::crashed)) return;
    }
    m_strand.close(); // what waits is asked of the next one
    tell(LogLevel::error, "plugin.crashed", how.message);
}

/// Its process is gone, so there is nothing to wind up, and nothing of it in this one.
Closing Instance::close_crashed()
{
    m_net->halt(std::chrono::milliseconds{0});
    m_identity.revoke();
    m_strand.close();
    Closing closing{.is_clean = m_strand.wait_for_end(open_patience), .problem = problem(), .unloaded = {}};
    if (closing.is_clean) m_strand.join();
    m_net->clear();
    m_files->clear();
    closing.unloaded = m_library->unload();
    return closing;
}

bool Instance::wait_for_calls(SteadyClock::time_point end)
{
    while (m_in_flight.load() != 0) {
        if (SteadyClock::now() >= end) return false;
        std::this_thread::sleep_for(std::chrono::microseconds{100});
    }
    return true;
}

Instance::InFlight::InFlight(Instance& instance) noexcept : m_instance{instance}
{
    m_instance.m_in_flight.fetch_add(1);
    m_is_in = m_instance.is_active();
    if (!m_is_in) m_instance.m_in_flight.fetch_sub(1);
}

Instance::InFlight::~InFlight()
{
    if (m_is_in) m_instance.m_in_flight.fetch_sub(1);
}

CallContext Instance::context_for(const CallContext& context) const
{
    CallContext own = context;
    own.principal.plugin = m_spec.grants;
    own.principal.is_system = false;
    if (!own.principal.user) own.principal.scope = RowScope::all;
    return own;
}

std::shared_ptr<const ValueBlock> Instance::settings() const
{
    const std::shared_lock lock{m_mutex};
    return m_settings;
}

std::string Instance::problem() const
{
    const std::shared_lock lock{m_mutex};
    return m_problem;
}

Result<void> Instance::bind(BindingKind kind, std::string_view name, std::uint64_t tag)
{
    if (state() != InstanceState::activating)
        return Error{
            .code = ErrorCode::state,
            .message = "binding is done inside activate",
            .key = "plugin.bind_late",
            .where = std::string{name},
        };
    const auto is_declared
        = [&](const auto& list, auto member) { return std::ranges::find(list, name, member) != list.end(); };
    const Manifest& declared = manifest();
    bool known = false;
    switch (kind) {
    case BindingKind::hook:
        known = is_declared(declared.hooks, &HookDeclaration::name);
        break;
    case BindingKind::subscription:
        known = is_declared(declared.subscriptions, &SubscriptionDeclaration::name);
        break;
    case BindingKind::command:
        known = is_declared(declared.commands, &CommandInfo::name);
        break;
    case BindingKind::job:
        known = is_declared(declared.jobs, &JobDeclaration::name)
            || is_declared(declared.schedules, &ScheduleDeclaration::name);
        break;
    }
    if (!known)
        return Error{
            .code = ErrorCode::not_found,
            .message = "plugin.json of " + id() + " does not declare \"" + std::string{name} + "\"",
            .key = "plugin.not_declared",
            .where = std::string{name},
            .hint = "declare it there: the host knows what a plugin does without running it",
        };
    auto& tags = m_bindings[static_cast<std::size_t>(kind)].tags;
    if (!tags.emplace(name, tag).second)
        return Error{
            .code = ErrorCode::exists,
            .message = "\"" + std::string{name} + "\" is bound already",
            .key = "plugin.bound_twice",
            .where = std::string{name},
        };
    return {};
}

std::optional<std::uint64_t> Instance::binding(BindingKind kind, std::string_view name) const
{
    const auto& tags = m_bindings[static_cast<std::size_t>(kind)].tags;
    const auto found = tags.find(name);
    return found == tags.end() ? std::nullopt : std::optional{found->second};
}

std::vector<std::string> Instance::unbound() const
{
    std::vector<std::string> names;
    const auto look = [&](BindingKind kind, std::string_view what, const std::string& name) {
        if (!binding(kind, name)) names.push_back(std::string{what} + " \"" + name + '"');
    };
    for (const auto& hook : manifest().hooks)
        look(BindingKind::hook, "the hook", hook.name);
    for (const auto& subscription : manifest().subscriptions)
        look(BindingKind::subscription, "the subscription", subscription.name);
    for (const auto& command : manifest().commands)
        look(BindingKind::command, "the command", command.name);
    for (const auto& job : manifest().jobs)
        look(BindingKind::job, "the job", job.name);
    return names;
}

std::vector<std::string> Instance::warnings() const
{
    std::vector<std::string> found;
    if (m_facts.exports.size() > 1)
        found.push_back(
            "exports " + std::to_string(m_facts.exports.size())
            + " symbols instead of one: build it with mortise_add_plugin()"
        );
    if (!m_facts.unique.empty())
        found.push_back("exports " + m_facts.unique.front() + ", which will keep it from being unloaded");
    if (m_facts.text_relocations) found.emplace_back("has code that must be written to while it is loaded");
    for (const std::string& name : unbound())
        found.push_back(name + " is declared, but the plugin does not offer it");
    return found;
}

std::vector<std::string> Instance::bound() const
{
    static constexpr std::array<std::string_view, 4> kinds{"hook ", "subscription ", "command ", "job "};
    std::vector<std::string> names;
    for (std::size_t kind = 0; kind < kinds.size(); ++kind)
        for (const auto& [name, tag] : m_bindings[kind].tags)
            names.push_back(std::string{kinds[kind]} + name);
    return names;
}

void Instance::note_quantum(std::string_view label, std::chrono::nanoseconds own) noexcept
{
    const std::chrono::milliseconds quantum{quota(Quota::quantum_ms)};
    if (own > quantum) stats().note_slow(label, static_cast<std::uint64_t>(own.count()));
}

void Instance::tell(LogLevel level, std::string_view key, std::string message) const
{
    log().add({
        .time = m_spec.services->clock.now(),
        .level = level,
        .key = std::string{key},
        .message = std::move(message),
        .fields = {},
        .from_host = true,
    });
}

void Instance::quarantine(const std::string& reason)
{
    {
        const std::unique_lock lock{m_mutex};
        if (has_crashed()) return;
        if (m_state.exchange(m_runner ? InstanceState::crashed : InstanceState::quarantined)
            == InstanceState::quarantined)
            return;
        m_problem = reason;
    }
    m_strand.close();
    if (m_runner) {
        m_runner->end({.code = ErrorCode::timeout, .message = reason + ", and its process was ended"});
        tell(LogLevel::error, "plugin.crashed", "its process was ended: " + reason);
        return;
    }
    tell(LogLevel::error, "plugin.quarantined", "left alone: " + reason);
}

Error Instance::overdue(std::string_view what, Waited how)
{
    if (how == Waited::dropped) return refusal_of_state();
    Error error{
        .code = ErrorCode::timeout,
        .message = id() + " did not answer in time (" + std::string{what} + ')',
        .key = "plugins.timeout",
        .where = id(),
    };
    if (how == Waited::not_started) {
        error.message += ": it was busy, and nothing happened";
        error.hint = "try again later";
    }
    if (m_strand.is_hung()) {
        const std::string running = m_strand.running(); // who waits longest is not always who hangs
        quarantine(
            (running.empty() ? std::string{what} : running) + " has been running for "
            + in_seconds(m_strand.own_time())
            + (m_runner ? "" : " and cannot be stopped inside the host's own process")
        );
        error.hint = m_runner ? "its process was ended, and another one is started when it is needed"
                              : "the plugin is left alone until the host is started again";
    }
    return error;
}

Error Instance::refusal_of_state() const
{
    const bool quarantined = state() == InstanceState::quarantined;
    return {
        .code = ErrorCode::busy,
        .message = id() + (quarantined ? " is quarantined: " + problem() : " is being closed"),
        .key = quarantined ? "plugins.quarantined" : "plugins.closing",
        .where = id(),
        .hint = quarantined ? "start the host again, or disable the plugin" : "try again",
    };
}

Error Instance::error_of(mortise_status status, const mortise_error& error, std::string_view what) const
{
    Error result = to_error(status, error);
    if (result.message.empty())
        result.message = std::string{what} + " failed: " + std::string{name(result.code)};
    if (result.code != ErrorCode::refused) result.message = id() + ": " + result.message;
    return result;
}

} // namespace mortise::host
