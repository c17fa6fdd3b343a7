#pragma once

/// \file
/// `Frame`: one call of the host into a plugin, on the thread that makes it. It says what the plugin's code
/// may do until it returns: from which kind of thread it counts as calling, on whose behalf, and which units
/// of work are open.

#include "access/principal.hpp"
#include "jobs/job.hpp"
#include "plugins/generated/abi_functions.hpp"
#include "records/unit_of_work.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

class Instance;

/// A unit of work that plugin code fills.
struct OpenUnit {
    std::uint64_t number{0}; ///< as the plugin knows it
    bool of_host{false}; ///< the host commits it when the call returns
    UnitOfWork unit{};
    std::vector<JobDraft> jobs{}; ///< to be queued with it
    std::optional<std::int64_t> cause{}; ///< the event that it follows from, if not the frame's

    bool is_staged() const noexcept { return !unit.changes.empty() || !unit.events.empty() || !jobs.empty(); }
};

/// Made on the stack around a call into a plugin; frames nest when the host calls another plugin (a hook) on
/// the same thread. Thread-safety: belongs to its thread.
class Frame {
public:
    /// `context` must outlive the frame. `label` names the call for people: "command pipelines.win".
    Frame(Instance& instance, AbiThread thread, const CallContext& context, std::string_view label) noexcept
        : m_instance{instance},
          m_thread{thread},
          m_context{context},
          m_label{label}
    {
    }
    Frame(const Frame&) = delete;
    Frame& operator=(const Frame&) = delete;

    Instance& instance() const noexcept { return m_instance; }
    AbiThread thread() const noexcept { return m_thread; }
    const CallContext& context() const noexcept { return m_context; }
    std::string_view label() const noexcept { return m_label; }

    /// Opens a unit; the reference is good until the next one is opened.
    OpenUnit& open_unit(bool of_host);
    /// The open unit of that number, or null.
    OpenUnit* find_unit(std::uint64_t number) noexcept;
    void close_unit(std::uint64_t number) noexcept;
    std::size_t open_units() const noexcept { return m_units.size(); }
    bool has_staged() const noexcept;

    /// Whether the plugin's code is inside a call of the host, that is, in one of its sinks.
    bool is_in_host{false};
    /// The job that runs in this frame; 0: none.
    std::int64_t job{0};
    /// What the call answers because the plugin's own process was lost in it; MORTISE_OK: it was not.
    mortise_status lost{MORTISE_OK};
    /// How long the last call took, coarsely; set for hooks.
    std::chrono::nanoseconds took{};
    /// How long a command that is called from here may take.
    std::optional<std::chrono::milliseconds> patience{};

    /// The innermost call that this thread is in, or null.
    static Frame* current() noexcept;
    /// Whether this thread is in a call into `instance`, at any depth.
    static bool is_inside(const Instance& instance) noexcept;

    /// Makes a frame the current one while the plugin's code runs.
    class Running {
    public:
        explicit Running(Frame& frame) noexcept;
        Running(const Running&) = delete;
        Running& operator=(const Running&) = delete;
        ~Running();
    };

private:
    Instance& m_instance;
    AbiThread m_thread;
    const CallContext& m_context;
    std::string_view m_label;
    Frame* m_outer{nullptr};
    std::vector<OpenUnit> m_units;
};

} // namespace mortise::host
