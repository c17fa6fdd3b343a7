#pragma once

/// \file
/// Once a day, while a host serves, takes contents away that no record refers to.

#include "records/files/file_keeper.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

namespace mortise::host {

/// Has a thread of its own, which ends with it. Failures are tried again the next day: nothing depends on it.
class FileCollector {
public:
    explicit FileCollector(FileKeeper& files);

private:
    void run(const std::stop_token& stop);

    FileKeeper& m_files;
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::jthread m_thread; // last: it uses the others
};

} // namespace mortise::host
