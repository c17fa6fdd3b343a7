#pragma once

/// \file
/// What time it is, for whoever shows ages; tests say it themselves.

#include <chrono>
#include <functional>

namespace mortise::ui {

struct Clock {
    using Steady = std::chrono::steady_clock::time_point;
    using Wall = std::chrono::system_clock::time_point;

    std::function<Steady()> steady = [] { return std::chrono::steady_clock::now(); };
    std::function<Wall()> wall = [] { return std::chrono::system_clock::now(); };
};

} // namespace mortise::ui
