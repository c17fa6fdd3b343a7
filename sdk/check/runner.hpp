#pragma once

/// \file
/// Runs checks, each in a child process with a time limit, so that a plugin that crashes, hangs or ends the
/// process costs one check and is told about.

#include "check.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace mortise::check {

struct Outcome {
    Check check{};
    Finding finding{};
    std::chrono::milliseconds took{};
};

/// Said inside of a check: what it is at. It is told if the plugin crashes, hangs or ends the process then.
void note_at_work(const std::string& text);

/// In the order of `checks`; `parallel` at a time. `tell` hears of each as it ends.
std::vector<Outcome> run_all(
    const Target& target,
    const std::vector<Check>& checks,
    std::size_t parallel,
    const std::function<void(const Outcome&)>& tell
);

} // namespace mortise::check
