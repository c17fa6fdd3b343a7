#pragma once

/// \file
/// A check of the conformance suite: a name, a sentence that must be true of every plugin, and the code that
/// finds out.

#include "target.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::check {

enum class Verdict : std::uint8_t { pass, skip, warn, fail };

std::string_view name_of(Verdict verdict) noexcept;

/// What a check found. `text` says what the plugin did; of a check that does not concern the plugin, why not.
struct Finding {
    Verdict verdict{Verdict::pass};
    std::string text{};
    bool is_tried{true
    }; ///< false: it failed because of what comes before, such as a plugin that does not start

    static Finding passed(std::string text = {}) { return {Verdict::pass, std::move(text)}; }
    static Finding skipped(std::string why) { return {Verdict::skip, std::move(why)}; }
    static Finding warned(std::string what) { return {Verdict::warn, std::move(what)}; }
    static Finding failed(std::string what) { return {Verdict::fail, std::move(what)}; }
    /// A failure that is not about this check: what stands in the way of it.
    static Finding not_tried(std::string why) { return {Verdict::fail, std::move(why), false}; }
};

struct Check {
    std::string_view id; ///< "file.one_export": group and name
    std::string_view sentence; ///< what must be true
    std::string_view page; ///< where the contract says so
    Finding (*run)(const Target&); ///< in a process of its own; may throw
    std::chrono::seconds timeout{20};

    std::string_view group() const { return id.substr(0, id.find('.')); }
};

/// The check that tells what is wrong with a manifest; when it does not fit the schema, no other has anything
/// to look at.
constexpr std::string_view manifest_valid = "manifest.valid";

/// The group that wants an earlier version (Target::from); without one it has nothing to look at.
constexpr std::string_view upgrade_group = "upgrade";

// The groups, in the order in which they run.
std::span<const Check> file_checks();
std::span<const Check> manifest_checks();
std::span<const Check> load_checks();
std::span<const Check> call_checks();
std::span<const Check> command_checks();
std::span<const Check> fault_checks();
std::span<const Check> state_checks();
std::span<const Check> upgrade_checks();
std::span<const Check> view_checks();
std::span<const Check> end_checks();
std::span<const Check> fuzz_checks();

/// All of them.
std::vector<Check> all_checks();

} // namespace mortise::check
