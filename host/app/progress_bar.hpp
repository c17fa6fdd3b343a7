#pragma once

/// \file
/// A line on standard error that tells how far something is. Says nothing when that is no terminal.

#include <chrono>
#include <cstdint>
#include <string>

namespace mortise::host {

/// Used by one thread at a time.
class ProgressBar {
public:
    /// Shows nothing if `wanted` is false or standard error is no terminal.
    explicit ProgressBar(bool wanted);
    ~ProgressBar() { clear(); }
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

    /// `rows` are done, and `bytes` of `size` (0: unknown). Drawn at most ten times a second.
    void show(std::uint64_t rows, std::uint64_t bytes, std::uint64_t size);
    /// A step of something longer, with how much of it is done; `all` 0: not known.
    void show_step(const std::string& step, std::uint64_t done, std::uint64_t all);
    /// Takes the line away, so that something else can be written.
    void clear();

    /// The line for so much done in so many seconds, within `width` characters.
    static std::string
    text(std::uint64_t rows, std::uint64_t bytes, std::uint64_t size, double seconds, std::size_t width);

private:
    bool is_time();
    void draw(const std::string& line);

    bool m_wanted;
    bool m_shown{false};
    std::chrono::steady_clock::time_point m_began{std::chrono::steady_clock::now()};
    std::chrono::steady_clock::time_point m_drawn{};
};

} // namespace mortise::host
