#pragma once

/// \file
/// What plugins ask for without waiting: events that form units of their own, written in order, and posted
/// commands.

#include "access/principal.hpp"
#include "plugins/services.hpp"
#include "records/unit_of_work.hpp"

#include <mortise/result.hpp>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace mortise::host {

/// Thread-safety: every member may be called from any thread at any time.
class Background {
public:
    static constexpr std::size_t most_queued = 10'000; ///< commands of all plugins

    /// `report` is told what went wrong with events that nobody waits for.
    Background(PluginServices& services, std::function<void(const std::string& plugin, const Error&)> report);
    ~Background();
    Background(const Background&) = delete;
    Background& operator=(const Background&) = delete;

    /// `busy` if the plugin would have more than `most` queued; then none of these is.
    Result<void> publish(
        const std::string& plugin,
        const CallContext& context,
        std::vector<EventDraft> events,
        std::size_t most
    );
    Result<void> post(std::function<void()> command);

    /// Waits until everything that was published so far is durable, or failed, and no posted command waits or
    /// runs.
    void drain();
    /// Does what is queued, and takes nothing more.
    void stop();

private:
    struct Publication {
        std::string plugin;
        CallContext context;
        std::vector<EventDraft> events;
    };

    void write_events();
    void run_posts();
    static Error too_many(std::string_view what);

    PluginServices& m_services;
    std::function<void(const std::string&, const Error&)> m_report;
    std::mutex m_mutex; // guards what follows
    std::condition_variable m_changed;
    std::deque<Publication> m_publications;
    std::map<std::string, std::size_t, std::less<>> m_events; ///< queued, by plugin
    std::deque<std::function<void()>> m_posts;
    bool m_writing{false};
    int m_running{0}; ///< posted commands that run
    bool m_stopping{false};
    std::vector<std::thread> m_threads;
};

} // namespace mortise::host
