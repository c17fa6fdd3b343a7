#pragma once

/// \file
/// `Runner`: a plugin's code in a process of its own. To the rest of the host it looks like a plugin in
/// process: it fills a `mortise_plugin` whose functions send the call over, and what the plugin asks of the
/// host meanwhile is served on the thread that waits, by the tables that a plugin in process would call.
///
/// A process that crashes, hangs or breaks the protocol is ended, and every call that waits for it says so.
/// It closes a box around itself before it loads the library; see plugins/runner/box.hpp.

#include "plugins/runner/box.hpp"
#include "plugins/runner/link.hpp"

#include <mortise/abi/plugin.h>
#include <mortise/result.hpp>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace mortise::host {

struct RunnerSpec {
    std::filesystem::path program; ///< mortise-runner
    int image{-1}; ///< the descriptor of what it loads; not kept
    std::string plugin; ///< id
    BoxTier least{BoxTier::process}; ///< in a weaker box it loads nothing
    std::uint64_t memory_bytes{0}; ///< addresses that the process may use
    mortise_self self{0};
    border::Limits limits{};
    /// How long the host may wait for the plugin's own code in one call; 0: for ever.
    std::function<std::chrono::nanoseconds(AbiFunction)> patience;
    /// Its process has ended, and nobody wanted that. From a thread of the runner.
    std::function<void(const Error&)> ended;
    /// A line that it printed. From a thread of the runner.
    std::function<void(std::string)> printed;
};

/// Key of the error of a call that was never sent, since the process is ended already: another process can be
/// asked without doing anything twice.
inline constexpr std::string_view not_reached_key = "runner.not_reached";

/// Thread-safety: every member may be called from any thread, but what is said otherwise.
class Runner final : public LinkOwner {
public:
    /// Starts the process; the library is not loaded yet. Errors: io.
    static Result<std::unique_ptr<Runner>> start(RunnerSpec spec);
    ~Runner() override;

    /// Loads the library and calls its entry. On the strand, once. Errors besides those of the plugin:
    /// unsupported (`runner.tier`: the box is weaker than what is wanted).
    mortise_status open(mortise_plugin& table, mortise_error* error) noexcept;
    /// Lets the process unload the library and go, after `destroy`; what does not go in time is ended.
    void finish(std::chrono::nanoseconds patience);
    /// Ends the process now, and says why: because of what it does on its strand.
    void end(Error why) noexcept;

    int pid() const noexcept { return m_pid; }
    /// How far its box is closed; nothing is, before `open`.
    BoxReport box() const;

    /// For generated code: one call of the plugin.
    template <class Put>
    mortise_status call(AbiFunction function, mortise_error* error, Put&& put) noexcept
    {
        try {
            const Lane lane{*this, function};
            if (!lane)
                return lane.is_inside() ? answer_ended(nullptr, error) : answer_not_reached(function, error);
            OutgoingCall outgoing{*lane, function, error};
            const mortise_status status = outgoing.run(put);
            return lane->trouble() == Link::Trouble::none ? border::believed(status) : status;
        } catch (const std::exception& failure) {
            return report(error, ErrorCode::internal, "runner.lane", {}, failure.what());
        }
    }

    mortise_status serve(AbiFunction function, IncomingCall& call) override;
    bool may_wait(Link& link, std::int64_t waited_ns) noexcept override;
    mortise_status lost(Link& link, mortise_error* error) noexcept override;

private:
    explicit Runner(RunnerSpec spec);

    /// The link for one call: the one on which this thread's chain of calls is already, or the strand's, or
    /// one of several that hooks and jobs share.
    class Lane {
    public:
        Lane(Runner& runner, AbiFunction function);
        Lane(const Lane&) = delete;
        Lane& operator=(const Lane&) = delete;
        ~Lane();
        explicit operator bool() const noexcept { return m_link != nullptr; }
        /// Whether the chain of calls that this thread is in is on it already.
        bool is_inside() const noexcept { return m_is_inside; }
        Link& operator*() const noexcept { return *m_link; }
        Link* operator->() const noexcept { return m_link; }

    private:
        Runner& m_runner;
        Link* m_link{nullptr};
        std::unique_ptr<Link> m_borrowed;
        bool m_is_outermost{false};
        bool m_is_inside{false};
    };

    Result<void> spawn();
    void live(std::promise<Result<void>> started);
    void read_prints();
    std::unique_ptr<Link> borrow();
    std::unique_ptr<Link> make_lane();
    void watch();
    void wait_for_exit();
    Error read_exit() const;
    /// Whether who calls it asks the next process. Of one that ends while it starts it is told that it did.
    static bool is_asked_again(AbiFunction function) noexcept
    {
        return function == AbiFunction::plugin_on_command || function == AbiFunction::plugin_on_hook;
    }
    void end(Error why, const Link* culprit) noexcept;
    bool is_ended() const;
    void wait_for_ending();
    mortise_status answer_ended(const Link* link, mortise_error* error) noexcept;
    mortise_status answer_not_reached(AbiFunction function, mortise_error* error) noexcept;
    mortise_status query(mortise_self self, IncomingCall& call);
    void kill() const noexcept;

    RunnerSpec m_spec;
    int m_pid{-1};
    int m_process{-1}; ///< a descriptor of the process: a number that is never somebody else's
    int m_control{-1};
    int m_prints{-1}; ///< what the process prints
    std::unique_ptr<Link> m_strand;
    std::unique_ptr<Link> m_outside; ///< what threads of the plugin's own ask

    mutable std::mutex m_mutex; // guards what follows
    std::condition_variable m_changed;
    std::vector<std::unique_ptr<Link>> m_free; ///< lanes of hooks and jobs that nobody uses
    std::vector<Link*> m_lanes; ///< all that are in use
    std::size_t m_lane_count{0};
    bool m_is_wanted{true};
    std::optional<Error> m_why; ///< the host ended it
    const Link* m_culprit{nullptr}; ///< because of the call on this one
    std::optional<Error> m_ending; ///< it has ended
    BoxReport m_box;

    struct Tables;
    std::unique_ptr<Tables> m_tables;
    std::thread m_printer;
    std::thread m_watcher; // last
};

} // namespace mortise::host
