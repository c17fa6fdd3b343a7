#pragma once

/// \file
/// `Bench`: a host in a box with the plugin in it, and what a check does to it.

#include "check.hpp"
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
    std::mt19937_64& random() noexcept { return m_random; }

    Done run(std::string_view what, const Map& arguments = {});

    // What a plugin lives through. What it refuses is fine; what breaks it is noted.

    /// Makes records of every type that concerns the plugin, changes and deletes some; `count` of each.
    void play_records(int count);
    /// Fires events that it subscribes to, as far as its own manifest declares them.
    void play_events(int count);
    /// Calls each of its commands with arguments that its schema takes.
    void play_commands();
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
    /// A record of that type that the host takes; Id{} if none could be made.
    Id make(std::string_view type);
    /// A set of fields that the type takes: required ones, or all.
    Map fields_of(std::string_view type, bool all);
    std::size_t count(std::string_view type);
    /// How many records of each of the plugin's own types there are.
    std::map<std::string, std::size_t> own_counts();
    /// What the plugin's own records and its own fields of others hold, as JSON: "TYPE.FIELD" -> a value for
    /// each record, in the order in which they were made. Times are left out: they differ for good reasons.
    std::map<std::string, std::vector<std::string>> own_values();
    /// Calls across the border from number `from` on.
    std::vector<testkit::Call> calls(std::uint64_t from = 0) const { return m_box->recorder().calls(from); }

private:
    void note(std::string_view what, const Done& done);

    const Target& m_target;
    std::unique_ptr<testkit::Box> m_box;
    std::mt19937_64 m_random;
    std::vector<std::string> m_breakages;
    int m_serial{0};
    int m_depth{0};
};

/// Fails unless the manifest can be used at all.
void need_sound(const Target& target);

} // namespace mortise::check
