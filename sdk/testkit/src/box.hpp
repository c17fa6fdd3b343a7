#pragma once

/// \file
/// `Box`: a whole host in memory with the plugins of a test in it. Each thing that a test can do is an
/// operation with a name, a map of arguments and a value as its answer; after each the box waits until
/// everything that followed from it has happened, so that a test needs no waiting of its own.

#include "base/clock.hpp"
#include "control/host.hpp"
#include "control/temporary_folder.hpp"
#include "plugins/plugin_manager.hpp"
#include "recorder.hpp"
#include "subject.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::testkit {

/// Thread-safety: one thread at a time.
class Box {
public:
    static constexpr std::chrono::milliseconds patience{10'000};

    static Result<std::unique_ptr<Box>> open(const std::vector<Subject>& subjects, const Map& options);
    Box(const Box&) = delete;
    Box& operator=(const Box&) = delete;
    ~Box();

    /// Does one operation. Gives {value} or {error, story}.
    Map run(std::string_view what, const Map& arguments);
    /// The same from inside another operation: without waiting, and without a story.
    Result<Value> ask(std::string_view what, const Map& arguments);

    // for the operations

    host::Host& host() noexcept { return *m_host; }
    host::PluginManager& plugins() noexcept { return m_host->plugins(); }
    host::ManualClock& clock() noexcept { return m_clock; }
    Recorder& recorder() noexcept { return m_recorder; }
    /// The plugin under test, or the one that `arguments` names under "plugin".
    std::string plugin_of(const Map& arguments) const;
    const host::Manifest& manifest() const noexcept { return m_manifests.front(); }
    const std::vector<host::Manifest>& manifests() const noexcept { return m_manifests; }
    /// In whose name: user "as" of the arguments, or the first user, who sees everything.
    Result<host::CallContext> context_of(const Map& arguments);
    /// Waits until what was begun has happened; an error names what did not come to an end.
    Result<void> settle();
    /// Calls across the border since the operation began.
    std::vector<Call> calls() const { return m_recorder.calls(m_mark); }

private:
    using Operation = std::function<Result<Value>(Box&, const Map&)>;
    struct Known {
        Operation run;
        bool settles{true};
    };

    explicit Box(Instant now) : m_clock{now} { }
    Result<void> open_host(const std::vector<Subject>& subjects, const Map& options);
    Result<void> add_faults(const Map& options);

    friend void add_record_operations(Box& box);
    friend void add_event_operations(Box& box);
    friend void add_command_operations(Box& box);
    friend void add_plugin_operations(Box& box);
    friend void add_job_operations(Box& box);
    friend void add_fault_operations(Box& box);
    friend void add_view_operations(Box& box);
    void add(std::string name, Operation run) { m_operations[std::move(name)] = {std::move(run), true}; }
    /// One after which nothing can follow.
    void add_reading(std::string name, Operation run)
    {
        m_operations[std::move(name)] = {std::move(run), false};
    }

    host::ManualClock m_clock;
    Recorder m_recorder;
    std::optional<host::TemporaryFolder> m_folder;
    std::vector<host::Manifest> m_manifests;
    std::map<std::string, Known, std::less<>> m_operations;
    std::uint64_t m_mark{0};
    std::string m_user; ///< who acts if nobody is named
    std::unique_ptr<host::Host> m_host; // goes first: it uses what is above
};

void add_record_operations(Box& box);
void add_event_operations(Box& box);
void add_command_operations(Box& box);
void add_plugin_operations(Box& box);
void add_job_operations(Box& box);
void add_fault_operations(Box& box);
void add_view_operations(Box& box);

/// A fault as a test asks for it: {function, plugin, code, key, message, where, in, after, times}. Without
/// "plugin" it is for the plugin under test: what others call goes on.
Result<Fault> fault_of(const Box& box, const Map& arguments);

/// Arguments that an operation cannot do without. `invalid` if it is not there or of another kind.
Result<std::string> need_text(const Map& arguments, std::string_view name);
Result<Id> need_id(const Map& arguments, std::string_view name);
Map map_in(const Map& arguments, std::string_view name);

} // namespace mortise::testkit
