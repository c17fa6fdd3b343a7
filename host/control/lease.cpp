#include "control/lease.hpp"

#include "base/clock.hpp"
#include "base/json.hpp"
#include "base/time_text.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace mortise::host {
namespace {

Error held(const DataFolder& folder)
{
    const auto holder = Lease::last_holder(folder);
    Error error{ErrorCode::busy, "another process uses " + folder.path.native(), "lease.held", {}, {}};
    if (!holder) return error;
    error.message = "process " + std::to_string(holder->pid) + " uses " + folder.path.native() + " since "
        + format_instant(holder->since);
    error.hint = holder->socket.empty() ? "wait until that command is done"
                                        : "a host serves it: commands go to it over "
            + holder->socket.native() + "; to stop it: kill " + std::to_string(holder->pid);
    return error;
}

Error cannot_lock(const DataFolder& folder)
{
    return {
        ErrorCode::io,
        "cannot take the lease " + folder.lease().native() + ": " + std::generic_category().message(errno),
        "lease.io",
        {},
        {}
    };
}

} // namespace

Result<Lease> Lease::take(const DataFolder& folder, const std::filesystem::path& socket)
{
    const int descriptor = ::open(folder.lease().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) return cannot_lock(folder);
    Lease lease{descriptor};
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) return held(folder);
        return cannot_lock(folder);
    }
    const std::string text = to_json(boost::json::object{
                                 {"pid", ::getpid()},
                                 {"since", format_instant(system_clock_source().now())},
                                 {"socket", socket.native()},
                             })
        + '\n';
    if (::ftruncate(descriptor, 0) != 0
        || ::pwrite(descriptor, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
        return cannot_lock(folder);
    return lease;
}

std::optional<LeaseHolder> Lease::last_holder(const DataFolder& folder)
{
    std::ifstream file{folder.lease(), std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    const auto json = parse_json(text, "lease");
    if (!json || !json->is_object()) return std::nullopt;
    const boost::json::object& object = json->get_object();
    const boost::json::value* pid = object.if_contains("pid");
    const boost::json::value* since = object.if_contains("since");
    const boost::json::value* socket = object.if_contains("socket");
    if (!pid || !pid->is_int64() || !since || !since->is_string() || !socket || !socket->is_string())
        return std::nullopt;
    LeaseHolder holder;
    holder.pid = static_cast<pid_t>(pid->get_int64());
    holder.since = parse_instant(since->get_string()).value_or(Instant{});
    holder.socket = std::string{socket->get_string()};
    return holder;
}

Lease::Lease(Lease&& other) noexcept : m_descriptor{std::exchange(other.m_descriptor, -1)} { }

Lease& Lease::operator=(Lease&& other) noexcept
{
    std::swap(m_descriptor, other.m_descriptor);
    return *this;
}

Lease::~Lease()
{
    if (m_descriptor >= 0) ::close(m_descriptor);
}

} // namespace mortise::host
