#pragma once

/// \file
/// `Recorder`: writes down every call across the border, and lets calls of the host fail on purpose.

#include "base/clock.hpp"
#include "plugins/call_observer.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace mortise::testkit {

/// One call across the border, as it ended.
struct Call {
    std::uint64_t number{0}; ///< counts up over the life of the kit
    std::string plugin;
    host::AbiFunction function{};
    std::string label; ///< the call of the host that it belongs to; empty on a thread of the plugin's own
    host::AbiThread thread{host::thread_any};
    std::optional<Error> error{};
    bool injected{false}; ///< the test wanted it to fail

    bool into_plugin() const noexcept { return host::info(function).of_plugin; }
};

/// "com.acme.x: mortise.records/1.commit in command x.do -> busy (x.key): text"
std::string text_of(const Call& call);

/// The call of the host that shall fail, and how.
struct Fault {
    host::AbiFunction function{};
    Error error;
    std::string plugin{}; ///< whose calls; empty: of every plugin
    std::string in{}; ///< only in calls whose label begins so, such as "subscription "; empty: anywhere
    std::uint64_t after{0}; ///< calls that go well before
    std::uint64_t times{1}; ///< 0: for ever
    std::uint64_t seen{0};
    std::uint64_t hit{0};
};

/// Thread-safety: any thread.
class Recorder final : public host::CallObserver {
public:
    /// Calls that are kept; older ones are dropped.
    static constexpr std::size_t most_calls = 10'000;

    std::optional<Error> before(const host::ObservedCall& call) noexcept override;
    void after(const host::ObservedCall& call, const Error* error) noexcept override;

    /// The number that the next call will have.
    std::uint64_t mark() const;
    /// Calls from that number on, oldest first.
    std::vector<Call> calls(std::uint64_t from) const;
    void clear();

    void add_fault(Fault fault);
    std::vector<Fault> faults() const;
    void clear_faults();

private:
    mutable std::mutex m_mutex; // guards what follows
    std::deque<Call> m_calls;
    std::vector<Fault> m_faults;
    std::set<std::thread::id> m_failing; ///< threads whose present call fails on purpose
    std::uint64_t m_next{1};
};

/// The function of that name, such as "mortise.records/1.commit". `not_found` with the nearest name.
Result<host::AbiFunction> find_function(std::string_view name);

} // namespace mortise::testkit
