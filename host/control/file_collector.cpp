#include "control/file_collector.hpp"

namespace mortise::host {

namespace {

constexpr std::chrono::minutes first_after{5}; // a host that comes up has other things to do
constexpr std::chrono::hours pause{24};

} // namespace

FileCollector::FileCollector(FileKeeper& files)
    : m_files{files},
      m_thread{[this](const std::stop_token& stop) { run(stop); }}
{
}

void FileCollector::run(const std::stop_token& stop)
{
    std::chrono::seconds wait{first_after};
    while (!stop.stop_requested()) {
        {
            std::unique_lock lock{m_mutex};
            m_wake.wait_for(lock, stop, wait, [] { return false; });
        }
        if (stop.stop_requested()) return;
        static_cast<void>(m_files.collect());
        wait = pause;
    }
}

} // namespace mortise::host
