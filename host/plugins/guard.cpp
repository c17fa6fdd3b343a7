#include "plugins/guard.hpp"

#include "plugins/call_observer.hpp"
#include "plugins/instance.hpp"

#include <ctime>

namespace mortise::host {

namespace {

/// Of calls that cost less than reading the clock, one in this many is timed.
constexpr std::uint64_t sampling = 64;

std::int64_t read_clock(clockid_t which) noexcept
{
    timespec time{};
    ::clock_gettime(which, &time);
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

std::string threads_text(unsigned threads)
{
    std::string text;
    const auto add = [&](unsigned bit, std::string_view words) {
        if ((threads & bit) != 0) text += (text.empty() ? "" : ", or ") + std::string{words};
    };
    add(thread_init, "in activate");
    add(thread_strand, "in a handler, a command or an answer");
    add(thread_hook, "in a hook");
    add(thread_job, "in a job");
    return text;
}

std::string_view name_of(AbiThread thread) noexcept
{
    switch (thread) {
    case thread_init:
        return "activate";
    case thread_strand:
        return "a callback";
    case thread_hook:
        return "a hook";
    case thread_job:
        return "a job";
    case thread_any:
        break;
    }
    return "a thread of the plugin's own";
}

} // namespace

const CallContext& Caller::context() const noexcept
{
    return m_frame ? m_frame->context() : m_instance->own_context();
}

Guard::Enter::Enter(mortise_self self, AbiFunction function, mortise_error* error) noexcept
    : m_function{function},
      m_error{error}
{
    Frame* frame = Frame::current();
    if (frame && frame->instance().self() == self) [[likely]]
        m_caller = Caller{frame->instance(), frame};
    else {
        if (frame) { // inside a call into another plugin, or with a number that is nobody's
            m_status = deny(self);
            return;
        }
        m_lease = Identity::find(self);
        if (!m_lease) {
            m_status = deny(self);
            return;
        }
        m_caller = Caller{*m_lease, nullptr};
    }

    if (frame && frame->is_in_host) {
        m_status = fail({
            .code = ErrorCode::thread,
            .message = std::string{info(function).name} + " may not be called from inside a sink",
            .key = "border.in_sink",
            .hint = "keep what the sink is given, and call when the call that fills it has returned",
        });
        return;
    }
    PluginStats::Function& counted = m_caller.instance().stats().of(function);
    const std::uint64_t call = counted.calls.fetch_add(1, std::memory_order_relaxed);
    const bool may_wait = (info(function).threads & thread_any) == 0;
    if (may_wait) check_thread(frame);
    if (ok() && m_caller.instance().services().observer) [[unlikely]]
        ask_observer();
    if (!ok()) return;
    if (may_wait || call % sampling == 0) m_started = read_clock(CLOCK_MONOTONIC);
    if (frame) {
        frame->is_in_host = true;
        m_entered = frame;
    }
    if (may_wait && frame->thread() == thread_strand) {
        m_waits = true;
        m_caller.instance().strand().enter_host();
    }
}

Guard::Enter::~Enter()
{
    if (!m_is_told) tell_observer(nullptr);
    if (m_entered) m_entered->is_in_host = false;
    if (m_waits) m_caller.instance().strand().leave_host();
    if (m_started != 0)
        m_caller.instance().stats().add_time(
            m_function, static_cast<std::uint64_t>(read_clock(CLOCK_MONOTONIC) - m_started)
        );
}

/// A function that may wait is for some of the host's calls only.
void Guard::Enter::check_thread(const Frame* frame) noexcept
{
    const unsigned threads = info(m_function).threads;
    if (frame && (threads & frame->thread()) != 0) return;
    const std::string_view here = frame ? name_of(frame->thread()) : name_of(thread_any);
    m_status = fail({
        .code = ErrorCode::thread,
        .message = std::string{info(m_function).name} + " may only be called " + threads_text(threads)
            + ", not from " + std::string{here},
        .key = "border.thread",
    });
}

void Guard::Enter::ask_observer() noexcept
{
    const Frame* frame = m_caller.frame();
    const auto answer = m_caller.instance().services().observer->before({
        .plugin = m_caller.instance().id(),
        .function = m_function,
        .label = frame ? frame->label() : std::string_view{},
        .thread = frame ? frame->thread() : thread_any,
    });
    if (answer) m_status = fail(*answer);
}

/// Once for each call of a plugin that is known.
void Guard::Enter::tell_observer(const Error* error) noexcept
{
    m_is_told = true;
    CallObserver* observer = m_caller.instance().services().observer;
    if (!observer) [[likely]]
        return;
    const Frame* frame = m_caller.frame();
    observer->after(
        {
            .plugin = m_caller.instance().id(),
            .function = m_function,
            .label = frame ? frame->label() : std::string_view{},
            .thread = frame ? frame->thread() : thread_any,
        },
        error
    );
}

mortise_status Guard::Enter::deny(mortise_self self) noexcept
{
    m_is_told = true; // nobody's call
    const bool is_known = static_cast<bool>(Identity::find(self));
    return report(
        m_error,
        ErrorCode::revoked,
        "border.revoked",
        "self",
        is_known ? "this identity belongs to another plugin"
                 : "this identity is stale or forged: the plugin was closed"
    );
}

const border::Limits& Guard::Enter::limits() const noexcept
{
    return m_caller.instance().limits();
}

const HostCalls& Guard::Enter::calls() noexcept
{
    return m_caller.instance().host_calls();
}

mortise_status Guard::Enter::refuse(const border::Fault& fault) noexcept
{
    m_caller.instance().stats().of(m_function).errors.fetch_add(1, std::memory_order_relaxed);
    try {
        const Error error{
            .code = fault.code,
            .message = std::string{fault.argument} + ' ' + std::string{fault.what},
            .key = "border.argument",
            .where = std::string{fault.argument},
        };
        tell_observer(&error);
        return report(m_error, error);
    } catch (const std::exception&) {
        return report(m_error, fault.code, "border.argument", fault.argument, fault.what);
    }
}

mortise_status Guard::Enter::fail(const Error& error) noexcept
{
    m_caller.instance().stats().of(m_function).errors.fetch_add(1, std::memory_order_relaxed);
    tell_observer(&error);
    return report(m_error, error);
}

mortise_status Guard::Enter::fail_unexpected(const char* what) noexcept
{
    tell_observer(nullptr);
    m_caller.instance().stats().of(m_function).errors.fetch_add(1, std::memory_order_relaxed);
    return report(m_error, ErrorCode::internal, "border.internal", {}, what);
}

Guard::Into::Into(Frame& frame, AbiFunction function, mortise_error& error) noexcept
    : m_frame{frame},
      m_running{frame},
      m_function{function},
      m_error{error}
{
    PluginStats::Function& counted = frame.instance().stats().of(function);
    start_clocks(counted.calls.fetch_add(1, std::memory_order_relaxed));
}

Guard::Into::~Into() = default;

void Guard::Into::start_clocks(std::uint64_t call) noexcept
{
    if (m_frame.thread() == thread_hook) {
        // A hook may take less than reading the clock: one in many is timed exactly, all coarsely for their
        // budget.
        m_processor = read_clock(CLOCK_MONOTONIC_COARSE);
        if (call % sampling == 0) m_started = read_clock(CLOCK_MONOTONIC);
        return;
    }
    m_started = read_clock(CLOCK_MONOTONIC);
    m_processor = read_clock(CLOCK_THREAD_CPUTIME_ID);
}

void Guard::Into::stop_clocks() noexcept
{
    Instance& instance = m_frame.instance();
    if (m_started != 0)
        instance.stats().add_time(
            m_function, static_cast<std::uint64_t>(read_clock(CLOCK_MONOTONIC) - m_started)
        );
    if (m_frame.thread() == thread_hook) {
        m_frame.took = std::chrono::nanoseconds{read_clock(CLOCK_MONOTONIC_COARSE) - m_processor};
        return;
    }
    if (m_frame.thread() != thread_strand) return;
    // Processor time has the host's work in it, own time has waiting for a processor: the smaller one is the
    // plugin's.
    // What a process of its own takes is not this thread's processor time.
    const std::chrono::nanoseconds processor{read_clock(CLOCK_THREAD_CPUTIME_ID) - m_processor};
    const std::chrono::nanoseconds own = instance.strand().own_time();
    instance.note_quantum(
        m_frame.label(), instance.process() != 0 ? own : std::min<std::chrono::nanoseconds>(processor, own)
    );
}

const border::Limits& Guard::Into::limits() const noexcept
{
    return m_frame.instance().limits();
}

const mortise_plugin& Guard::Into::table() const noexcept
{
    return m_frame.instance().table();
}

void Guard::Into::tell_observer(CallObserver& observer, mortise_status status) noexcept
{
    const ObservedCall call{
        .plugin = m_frame.instance().id(),
        .function = m_function,
        .label = m_frame.label(),
        .thread = m_frame.thread(),
    };
    if (status >= 0) return observer.after(call, nullptr);
    try {
        const Error error = to_error(status, m_error);
        observer.after(call, &error);
    } catch (const std::exception&) {
        observer.after(call, nullptr);
    }
}

mortise_status Guard::Into::missing() noexcept
{
    switch (m_function) {
    case AbiFunction::plugin_activate:
    case AbiFunction::plugin_quiesce:
    case AbiFunction::plugin_destroy:
    case AbiFunction::plugin_settings_changed:
        return MORTISE_OK;
    default:
        return report(
            &m_error,
            ErrorCode::unsupported,
            "border.not_offered",
            info(m_function).name,
            "the plugin does not offer this function"
        );
    }
}

mortise_status Guard::Into::done(mortise_status status) noexcept
{
    stop_clocks();
    if (m_frame.lost < 0) status = m_frame.lost; // a plugin may not say so, and none did
    if (CallObserver* observer = m_frame.instance().services().observer) [[unlikely]]
        tell_observer(*observer, status);
    if (status < 0) m_frame.instance().stats().of(m_function).errors.fetch_add(1, std::memory_order_relaxed);
    return status;
}

} // namespace mortise::host
