#pragma once

/// \file
/// `SeenLog`: what each frame showed, a line of JSON for each: for scripted runs of a real window.

#include "widgets/probe.hpp"

#include <mortise/result.hpp>

#include <cstdio>
#include <filesystem>

namespace mortise::ui {

/// Thread-safety: the UI thread.
class SeenLog {
public:
    SeenLog() = default;
    SeenLog(const SeenLog&) = delete;
    SeenLog& operator=(const SeenLog&) = delete;
    ~SeenLog();

    /// A file, or a pipe that somebody reads; a reader that goes away ends the log, not the console.
    Result<void> open(const std::filesystem::path& path);
    bool is_open() const noexcept { return m_file != nullptr; }
    Probe& probe() noexcept { return m_probe; }
    /// Writes what the probe has seen, unless it is as before.
    void write(std::string_view place);

private:
    Probe m_probe;
    std::FILE* m_file{nullptr};
    std::string m_last;
};

} // namespace mortise::ui
