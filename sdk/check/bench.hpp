#pragma once

/// \file
/// `Bench`: a host in a box with the plugin in it, and what a check does to it.

#include "check.hpp"
#include "records/records.hpp"
#include "samples/sampler.hpp"
#include "testkit/src/box.hpp"

#include <mortise/value.hpp>

#include <map>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::check {

/// Ends a check with a finding from wherever it is.
class Stop : public std::runtime_error {
public:
    explicit Stop(Finding finding) : std::runtime_error{finding.text}, m_finding{std::move(finding)} { }
    const Finding& finding() const noexcept { return m_finding; }

private:
    Finding m_finding;
};

/// How an operation ended.
struct Done {
    Value value{};
    bool ok{true};
    ErrorCode code{ErrorCode::internal}; ///< if not ok
    std::string key{};
    std::string message{};
    std::string where{};
    std::string hint{};
    std::string story{};

    /// Whether the plugin broke, rather than said no: it threw, hung, or met a case that it did not foresee.
    bool is_breakage() const noexcept
    {
        return !ok
            && (code == ErrorCode::exception || code == ErrorCode::internal || code == ErrorCode::timeout
                || code == ErrorCode::crashed);
    }
};

/// Thread-safety: one thread.
class Bench {
public:
    /// Throws Stop (fail) if the plugin does not start, with the reason.
    explicit Bench(const Target& target);
    /// The plugin in another form: behind a proxy, or from another folder.
    Bench(const Target& target, testkit::Subject subject);

    const Target& target() const noexcept { return m_target; }
    const host::Manifest& manifest() const noexcept { return m_target.manifest(); }
    testkit::Box& box() noexcept { return *m_box; }
    /// The record types that there are now.
    std::shared_ptr<const host::Schema> schema() const { return m_box->host().records().schema(); }
    std::mt19937_64& random() noexcept { return m_random; }
    Sampler& samples() noexcept { return m_samples; }

    Done run(std::string_view what, const Map& arguments = {});

    // What a plugin lives through. What it refuses is fine; what breaks it is noted.

    /// Makes records of every type that concerns the plugin, changes and deletes some; `count` of each.
    void play_records(int count);
    /// Fires events that it subscribes to, as far as its own manifest declares them: `count` of each, or as
    /// many as it takes to see every value that is listed for their data.
    void play_events(int count);
    /// Calls each of its commands with arguments that its schema takes: the least, and all of them.
    void play_commands();
    /// The same, with every value that its schema lists.
    void play_commands_thoroughly();
    void play_jobs();
    /// All of it, once.
    void play();

    /// Everything that broke so far.
    const std::vector<std::string>& breakages() const noexcept { return m_breakages; }
    /// pass, or fail with what broke.
    Finding judge(std::string passed = {}) const;
    /// Throws if the plugin does not answer any more.
    void expect_alive(std::string_view after);

    /// Types whose changes the plugin looks at, or that are its own.
    std::vector<std::string> types() const;
    /// A record of that type (or of those, if it is a plural) that the host takes; Id{} if none could be
    /// made.
    Id make(std::string_view given);
    /// A set of fields that the type takes: required ones, or all. `round` turns through options.
    Map fields_of(std::string_view type, bool all, std::size_t round = 0);
    std::size_t count(std::string_view type);
    /// Arguments of "events.fire" for an event that the manifest declares, with a subject and data that fit.
    Map event_of(const host::EventDeclaration& event, Taste taste, std::size_t round);
    /// How many records of each of the plugin's own types there are.
    std::map<std::string, std::size_t> own_counts();
    /// What the plugin's own records and its own fields of others hold, as JSON: "TYPE.FIELD" -> a value for
    /// each record, in the order in which they were made. Times are left out: they differ for good reasons.
    std::map<std::string, std::vector<std::string>> own_values();
    /// Calls between the host and the plugin from number `from` on: not those of the plugins that it
    /// requires.
    std::vector<testkit::Call> calls(std::uint64_t from = 0) const;
    /// Those of the last operation.
    std::vector<testkit::Call> last_calls() const;

private:
    void note(std::string_view what, const Done& done);
    const boost::json::value* data_of(const host::EventDeclaration& event) const;
    void play_event(const host::EventDeclaration& event, int count);
    Done create(std::string_view type, bool all, std::size_t round);

    const Target& m_target;
    std::unique_ptr<testkit::Box> m_box;
    std::mt19937_64 m_random;
    Sampler m_samples;
    std::vector<std::string> m_breakages;
    int m_serial{0};
    int m_depth{0};
};

/// Fails unless the manifest can be used at all.
void need_sound(const Target& target);

} // namespace mortise::check
