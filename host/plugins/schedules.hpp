#pragma once

/// \file
/// `Schedules`: starts the jobs of plugins by the clock. A schedule fires once for each of its times, however
/// many hosts look at the database: the row that says so is unique, and is written with the job.

#include "plugins/manifest.hpp"
#include "plugins/services.hpp"

#include <mortise/result.hpp>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace mortise::host {

struct ScheduleStatus {
    std::string name;
    std::string job;
    std::string rule; ///< "cron 30 8 * * * Europe/Warsaw", "every 600 s"
    Instant next{};
    Instant last{}; ///< 1970: it has not fired yet
    std::int64_t last_job{0};
};

/// Thread-safety: every member may be called from any thread at any time.
class Schedules {
public:
    /// A time that is so long past was missed: the host was away.
    static constexpr std::chrono::seconds grace{60};

    using Report = std::function<void(const std::string& plugin, const Error&)>;
    Schedules(PluginServices& services, Report report) : m_services{services}, m_report{std::move(report)} { }
    Schedules(const Schedules&) = delete;
    Schedules& operator=(const Schedules&) = delete;
    ~Schedules() { stop(); }

    Result<void> open();
    /// From now on these fire. A schedule that is new, or whose rule has changed, begins with its next time;
    /// one that is known goes on, by its `missed` where it was missed. Errors: those of a rule.
    Result<void> set(const Manifest& manifest);
    void remove(std::string_view plugin);
    /// Forgets a plugin's schedules for good.
    Result<void> forget(std::string_view plugin);
    /// Starts what is due. Done by itself as time goes by; called where a clock was moved by hand.
    void run_due();
    Result<std::vector<ScheduleStatus>> status(std::string_view plugin);
    void stop();

private:
    struct Rule;
    struct Entry {
        ScheduleDeclaration declared;
        std::uint32_t attempts{0};
        std::string rule;
        Instant next{};
    };

    static Result<Instant> next_of(const ScheduleDeclaration& declared, Instant due, Instant now);
    Result<void> fire(const std::string& plugin, Entry& entry, Instant now);
    void watch();

    PluginServices& m_services;
    Report m_report;
    std::mutex m_firing; // one round at a time
    std::mutex m_mutex; // guards what follows
    std::condition_variable m_changed;
    std::map<std::string, std::vector<Entry>, std::less<>> m_entries; // by plugin
    bool m_stopping{false};
    bool m_woken{false};
    std::thread m_thread;
};

} // namespace mortise::host
