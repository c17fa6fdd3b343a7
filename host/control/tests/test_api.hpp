#pragma once

/// \file
/// A control API with methods that need no host, and a folder for sockets: for tests of the transports.

#include "control/api.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <mutex>

namespace mortise::host::testing {

/// A door that calls wait at until somebody opens it.
class Gate {
public:
    void open()
    {
        {
            const std::lock_guard lock{m_mutex};
            m_open = true;
        }
        m_changed.notify_all();
    }

    bool wait(const std::stop_token& stop)
    {
        std::unique_lock lock{m_mutex};
        ++m_waiting;
        m_changed.notify_all();
        const bool opened = m_changed.wait(lock, stop, [this] { return m_open; });
        --m_waiting;
        m_changed.notify_all();
        return opened;
    }

    /// Waits until so many wait.
    void wait_for(int waiting)
    {
        std::unique_lock lock{m_mutex};
        m_changed.wait(lock, [this, waiting] { return m_waiting == waiting; });
    }

private:
    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    bool m_open{false};
    int m_waiting{0};
};

class TemporaryFolder {
public:
    TemporaryFolder()
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "mortise-XXXXXX").native();
        m_path = ::mkdtemp(pattern.data());
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() { std::filesystem::remove_all(m_path); }

    const std::filesystem::path& path() const noexcept { return m_path; }

private:
    std::filesystem::path m_path;
};

/// echo {text}; who; fail; crash; gate (waits); chunks {count}: that many, then the count.
class TestApi {
public:
    TestApi()
    {
        api.add(
            {"echo",
             "gives the text back",
             {{"text", ParamKind::text, "any", true}},
             "text",
             Effect::read,
             false,
             [](Call&, const Arguments& arguments) -> Result<boost::json::value> {
                 return boost::json::value(boost::json::object{{"text", arguments.text("text")}});
             }}
        );
        api.add(
            {"who",
             "tells who calls",
             {},
             "name",
             Effect::read,
             false,
             [](Call& call, const Arguments&) -> Result<boost::json::value> {
                 return boost::json::value(call.session().os_user());
             }}
        );
        api.add(
            {"fail",
             "fails",
             {},
             "nothing",
             Effect::read,
             false,
             [](Call&, const Arguments&) -> Result<boost::json::value> {
                 return Error{ErrorCode::refused, "not today", "test.refused", "/there", "try tomorrow"};
             }}
        );
        api.add(
            {"crash",
             "throws",
             {},
             "nothing",
             Effect::read,
             false,
             [](Call&, const Arguments&) -> Result<boost::json::value> { throw std::runtime_error{"a bug"}; }}
        );
        api.add(
            {"gate",
             "waits",
             {},
             "nothing",
             Effect::read,
             false,
             [this](Call& call, const Arguments&) -> Result<boost::json::value> {
                 if (!gate.wait(call.stop())) return Error{ErrorCode::cancelled, "given up", {}, {}, {}};
                 return boost::json::value("opened");
             }}
        );
        api.add(
            {"chunks",
             "counts",
             {{"count", ParamKind::integer, "to", true}, {"bytes", ParamKind::integer, "each", false}},
             "count",
             Effect::read,
             true,
             [this](Call& call, const Arguments& arguments) -> Result<boost::json::value> {
                 const std::string filler(static_cast<std::size_t>(arguments.integer("bytes")), 'x');
                 for (std::int64_t i = 0; i < arguments.integer("count"); ++i) {
                     MORTISE_CHECK(call.send_chunk(boost::json::array{i, filler}));
                     ++chunks_sent;
                 }
                 call.send_progress({{"done", arguments.integer("count")}});
                 return boost::json::value(arguments.integer("count"));
             }}
        );
    }

    Gate gate;
    std::atomic<std::int64_t> chunks_sent{0};
    Api api{[](const Session& session) -> Result<Principal> {
        if (session.os_user() == "stranger")
            return Error{ErrorCode::denied, "stranger is no user here", "users.unknown", {}, {}};
        Principal principal;
        principal.user_name = session.os_user();
        return principal;
    }};
};

} // namespace mortise::host::testing
