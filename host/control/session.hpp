#pragma once

/// \file
/// One client of the control API for as long as it is connected: who it is, where its messages go, which of
/// its calls are under way, and what it holds open (uploads, subscriptions).

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>

namespace mortise::host {

/// Where the messages to a client go. Thread-safety: any thread.
class Outlet {
public:
    virtual ~Outlet() = default;
    /// Queues a notification; never waits. What is sent after the client has gone is dropped.
    virtual void notify(std::string_view method, boost::json::object params) = 0;
    /// Whether the client keeps up: no more than a little waits to be read by it.
    virtual bool has_room() const noexcept = 0;
    /// Waits until there is room. False: the client has gone, or `stop` was requested.
    virtual bool wait_for_room(const std::stop_token& stop) = 0;
};

/// Something that a session holds open; destroyed with it.
class SessionResource {
public:
    SessionResource() = default;
    SessionResource(const SessionResource&) = delete;
    SessionResource& operator=(const SessionResource&) = delete;
    virtual ~SessionResource() = default;
};

/// Owned by `std::shared_ptr`. Thread-safety: any thread.
class Session : public std::enable_shared_from_this<Session> {
public:
    /// `os_user` is the proven name of the user of the operating system at the other end.
    Session(std::string os_user, std::shared_ptr<Outlet> outlet, bool is_local)
        : m_os_user{std::move(os_user)},
          m_outlet{std::move(outlet)},
          m_is_local{is_local}
    {
    }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    const std::string& os_user() const noexcept { return m_os_user; }
    Outlet& outlet() noexcept { return *m_outlet; }
    /// The client is in this process, so that what it can reach (files, say) is what the host can.
    bool is_local() const noexcept { return m_is_local; }

    /// The user in whose name the client works, if it asked to be somebody else; empty: itself.
    std::string acting_as() const;
    void set_acting_as(std::string user);
    /// What the client calls itself: "cli", "console".
    std::string client() const;
    void set_client(std::string client);

    /// The stop token of a call that begins; `end_call` must follow. A call with an id that is in use cannot
    /// be cancelled apart from the other.
    std::stop_token begin_call(const boost::json::value& id);
    void end_call(const boost::json::value& id);
    /// Requests the call's stop; false if it is not under way.
    bool cancel_call(const boost::json::value& id);
    /// The client has gone: requests every call's stop and lets go of what is open.
    void close();
    bool is_closed() const;

    /// Keeps `resource` and returns its handle, "KIND-7". Empty if the session is closed.
    std::string keep(std::string_view kind, std::shared_ptr<SessionResource> resource);
    /// The resource under that handle, or null.
    template <class T>
    std::shared_ptr<T> find(std::string_view handle) const
    {
        return std::dynamic_pointer_cast<T>(find_resource(handle));
    }
    /// Lets go of a resource; false if there is none under that handle.
    bool release(std::string_view handle);
    std::size_t resource_count() const;

private:
    std::shared_ptr<SessionResource> find_resource(std::string_view handle) const;

    const std::string m_os_user;
    const std::shared_ptr<Outlet> m_outlet;
    const bool m_is_local;
    mutable std::mutex m_mutex;
    std::string m_acting_as;
    std::string m_client;
    bool m_closed{false};
    std::uint64_t m_last_handle{0};
    std::map<std::string, std::stop_source, std::less<>> m_calls; // by the JSON text of the id
    std::map<std::string, std::shared_ptr<SessionResource>, std::less<>> m_resources;
};

} // namespace mortise::host
