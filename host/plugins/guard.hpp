#pragma once

/// \file
/// `Guard`: what stands at the border in both directions. A plugin's call of the host passes `Enter` (who is
/// it, may it call this from here, what does it cost); a call of the host into a plugin passes `Into`. The
/// generated code in `generated/` is built on it.

#include "plugins/frame.hpp"
#include "plugins/generated/abi_functions.hpp"
#include "plugins/generated/host_calls.hpp"
#include "plugins/identity.hpp"

#include <mortise/abi/plugin.h>
#include <mortise/border.hpp>

#include <cstdint>
#include <exception>

namespace mortise::host {

class CallObserver;

/// Who calls the host: a plugin, and the call of the host that it is in, if it is in one.
class Caller {
public:
    Caller() = default;
    Caller(Instance& instance, Frame* frame) noexcept : m_instance{&instance}, m_frame{frame} { }

    Instance& instance() const noexcept { return *m_instance; }
    /// Null on a thread of the plugin's own.
    Frame* frame() const noexcept { return m_frame; }
    /// The frame of a call that is only allowed inside one.
    Frame& in_frame() const noexcept { return *m_frame; }
    /// On whose behalf; on a thread of its own, the plugin's.
    const CallContext& context() const noexcept;

private:
    Instance* m_instance{nullptr};
    Frame* m_frame{nullptr};
};

struct Guard {
    class Enter {
    public:
        Enter(mortise_self self, AbiFunction function, mortise_error* error) noexcept;
        Enter(const Enter&) = delete;
        Enter& operator=(const Enter&) = delete;
        ~Enter();

        bool ok() const noexcept { return m_status == MORTISE_OK; }
        mortise_status status() const noexcept { return m_status; }
        const border::Limits& limits() const noexcept;
        mortise_status refuse(const border::Fault& fault) noexcept;
        Caller& caller() noexcept { return m_caller; }
        const HostCalls& calls() noexcept;

        template <class Call>
        mortise_status run(Call&& call) noexcept
        {
            try {
                Result<void> result = call();
                if (result) return MORTISE_OK;
                return fail(result.error());
            } catch (const std::exception& e) {
                return fail_unexpected(e.what());
            } catch (...) {
                return fail_unexpected("unknown exception");
            }
        }

    private:
        mortise_status fail(const Error& error) noexcept;
        mortise_status fail_unexpected(const char* what) noexcept;
        mortise_status deny(mortise_self self) noexcept;
        void check_thread(const Frame* frame) noexcept;
        void ask_observer() noexcept;
        void tell_observer(const Error* error) noexcept;

        Identity::Lease m_lease; // only for calls from a thread of the plugin's own
        Caller m_caller;
        AbiFunction m_function;
        mortise_error* m_error;
        mortise_status m_status{MORTISE_OK};
        std::int64_t m_started{0}; // 0: not timed
        bool m_waits{false}; // the strand's clock stands still
        bool m_is_told{false}; // the observer knows how it ended
        Frame* m_entered{nullptr}; // whose plugin is in the host because of this
    };

    using Plugin = Frame;

    class Into {
    public:
        Into(Frame& frame, AbiFunction function, mortise_error& error) noexcept;
        Into(const Into&) = delete;
        Into& operator=(const Into&) = delete;
        ~Into();

        bool ok() const noexcept { return true; }
        mortise_status status() const noexcept { return MORTISE_OK; }
        const border::Limits& limits() const noexcept;
        const mortise_plugin& table() const noexcept;
        mortise_status missing() noexcept;
        mortise_status done(mortise_status status) noexcept;

    private:
        void start_clocks(std::uint64_t call) noexcept;
        void stop_clocks() noexcept;
        void tell_observer(CallObserver& observer, mortise_status status) noexcept;

        Frame& m_frame;
        Frame::Running m_running;
        AbiFunction m_function;
        mortise_error& m_error;
        std::int64_t m_started{0}; // 0: not timed
        std::int64_t m_processor{0};
    };
};

} // namespace mortise::host
