#include "plugins/host_net.hpp"

#include "jobs/job_queue.hpp"
#include "net/allowed_hosts.hpp"
#include "plugins/guard.hpp"
#include "plugins/instance.hpp"
#include "plugins/net_connections.hpp"
#include "plugins/net_options.hpp"
#include "records/records.hpp"

#include <mortise/abi/net.h>

#include <algorithm>
#include <vector>

namespace mortise::host {

namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::uint32_t usual_timeout_ms = 30'000;
constexpr std::uint64_t most_read = 262'144;
constexpr std::size_t most_waited_for = 1024;

NetTime end_of(std::uint32_t timeout_ms)
{
    return SteadyClock::now() + std::chrono::milliseconds{timeout_ms == 0 ? usual_timeout_ms : timeout_ms};
}

NetPatience patience_of(Caller& caller, const NetHalt* own, std::uint32_t timeout_ms)
{
    return {.halt = caller.instance().net().halting(), .own = own, .until = end_of(timeout_ms)};
}

Error wrong(std::string message, std::string where)
{
    return {
        .code = ErrorCode::invalid,
        .message = std::move(message),
        .key = "net.argument",
        .where = std::move(where),
    };
}

/// Whether a text of a setting or a record names the target.
bool names(std::string_view text, const NetTarget& target, std::optional<std::uint16_t> port)
{
    const auto parts = split_host_port(text);
    if (!parts || (parts->port && *parts->port != target.port) || (port && *port != target.port))
        return false;
    const auto host = normalise_host(parts->host);
    return host && *host == target.host;
}

bool names(const ValueView& value, const NetTarget& target, std::optional<std::uint16_t> port)
{
    if (value.kind() == Kind::text) return names(value.text(), target, port);
    if (value.kind() != Kind::list) return false;
    return std::ranges::any_of(value.items(), [&](const ValueView& item) {
        return item.kind() == Kind::text && names(item.text(), target, port);
    });
}

/// An error of `close` from another thread looks like one of the plugin's end: say what it is.
Result<void> told(Result<void> done, const NetConnections::Use& use)
{
    if (!done && done.error().code == ErrorCode::cancelled && use.entry->own.is_halting())
        return Error{
            .code = ErrorCode::not_found,
            .message = "connection " + std::to_string(use.entry->number) + " was closed meanwhile",
            .key = "net.closed",
            .where = "connection",
        };
    return done;
}

} // namespace

/// Whether a person has named the host where the permission `{setting}` or `{type.field}` points to.
Result<bool> HostNet::is_named_elsewhere(
    Caller& caller, std::string_view permission, std::string_view given, const NetTarget& target
)
{
    const auto place = named_elsewhere(permission);
    if (!place) return false;
    if (place->type.empty()) {
        const auto settings = caller.instance().settings();
        return names(settings->view()[place->field], target, place->port);
    }
    Records& records = m_tools.services.records;
    MORTISE_TRY(const TypePointer type, records.schema()->require(place->type));
    if (place->port && *place->port != target.port) return false;
    const std::string spellings[]{
        std::string{given}, // as it stands in the record, capitals and all
        target.host,
        host_port_text(given, target.port),
        host_port_text(target.host, target.port),
    };
    for (const std::string& spelling : spellings) {
        MORTISE_TRY(
            const auto found, records.find(Principal::system(), type->name, place->field, Value{spelling}, 1)
        );
        if (!found.empty()) return true;
    }
    return false;
}

Result<NetTarget> HostNet::permitted(Caller& caller, std::string_view host, std::uint32_t port)
{
    if (port < 1 || port > 65'535) return wrong("there is no port " + std::to_string(port), "port");
    NetTarget target;
    target.port = static_cast<std::uint16_t>(port);
    MORTISE_TRY(target.host, normalise_host(host));
    HostMatch best = HostMatch::no;
    std::string_view used; // the permission that reaches it
    const PluginGrants& grants = *caller.instance().own_context().principal.plugin;
    for (const std::string& permission : grants.permissions()) {
        if (!permission.starts_with(net_prefix)) continue;
        const std::string_view pattern = std::string_view{permission}.substr(net_prefix.size());
        HostMatch match = match_host(pattern, target.host, target.port);
        if (match != HostMatch::named) {
            MORTISE_TRY(const bool is_named, is_named_elsewhere(caller, pattern, host, target));
            if (is_named) match = HostMatch::named;
        }
        if (match <= best) continue;
        best = match;
        used = permission;
        if (best == HostMatch::named) break;
    }
    if (best == HostMatch::no) {
        const std::string asked = std::string{net_prefix} + host_port_text(target.host, target.port);
        return Error{
            .code = ErrorCode::denied,
            .message = caller.instance().id() + " has no permission that covers " + asked,
            .key = "net.denied",
            .where = asked,
            .hint = "its manifest asks for hosts under \"permissions\", and an admin grants them",
        };
    }
    grants.use(used);
    target.public_only = best == HostMatch::wildcard && !caller.instance().net_options().is_private_allowed();
    return target;
}

Result<std::unique_ptr<NetConnection>>
HostNet::open(Caller& caller, const mortise_net_target& target, const NetTarget& where)
{
    const NetPatience patience = patience_of(caller, nullptr, target.timeout_ms);
    MORTISE_TRY(auto connection, NetConnection::open(where, patience));
    if (target.tls == MORTISE_NET_TLS_DIRECT) {
        MORTISE_TRY(const auto context, m_contexts.find(caller.instance().net_options().authorities()));
        MORTISE_CHECK(connection->start_tls(context, std::string{border::view(target.server_name)}, patience)
        );
    }
    return connection;
}

Result<void> HostNet::connect(Caller& caller, const mortise_net_target& target, std::uint64_t& connection)
{
    if (target.tls != MORTISE_NET_TLS_NONE && target.tls != MORTISE_NET_TLS_DIRECT)
        return wrong("there is no way of TLS with the number " + std::to_string(target.tls), "tls");
    const Instance& instance = caller.instance();
    MORTISE_TRY(const NetTarget where, permitted(caller, border::view(target.host), target.port));
    MORTISE_TRY(
        auto place,
        instance.net().reserve(instance.quota(Quota::net_open), instance.quota(Quota::net_connects))
    );
    auto opened = open(caller, target, where);
    instance.stats().count_connection(opened.has_value());
    if (!opened) return std::move(opened).error();
    connection = instance.net().add(std::move(place), *std::move(opened));
    return {};
}

Result<void> HostNet::start_tls(
    Caller& caller, std::uint64_t connection, std::string_view server_name, std::uint32_t timeout_ms
)
{
    MORTISE_TRY(const auto use, caller.instance().net().use(connection));
    MORTISE_TRY(const auto context, m_contexts.find(caller.instance().net_options().authorities()));
    const NetPatience patience = patience_of(caller, &use.entry->own, timeout_ms);
    return told(use->start_tls(context, std::string{server_name}, patience), use);
}

Result<void> HostNet::read(
    Caller& caller, std::uint64_t connection, std::uint64_t most, std::uint32_t timeout_ms, border::Sink data
)
{
    if (most < 1 || most > most_read)
        return wrong("1 to 262,144 bytes can be read at once, not " + std::to_string(most), "most");
    MORTISE_TRY(const auto use, caller.instance().net().use(connection));
    Bytes bytes(most);
    auto size = use->read(bytes, patience_of(caller, &use.entry->own, timeout_ms));
    if (!size) return told(std::move(size).error(), use);
    caller.instance().stats().count_net(*size, 0);
    bytes.resize(*size);
    MORTISE_TRY(const ValueBlock block, encode(Value{std::move(bytes)}));
    return data.write(block);
}

Result<void>
HostNet::write(Caller& caller, std::uint64_t connection, ValueView data, std::uint32_t timeout_ms)
{
    std::span<const std::byte> bytes;
    if (data.kind() == Kind::bytes)
        bytes = data.bytes();
    else if (data.kind() == Kind::text)
        bytes = std::as_bytes(std::span{data.text()});
    else
        return wrong("only bytes or a text can be sent", "data");
    MORTISE_TRY(const auto use, caller.instance().net().use(connection));
    MORTISE_CHECK(told(use->write(bytes, patience_of(caller, &use.entry->own, timeout_ms)), use));
    caller.instance().stats().count_net(0, bytes.size());
    return {};
}

Result<void> HostNet::wait(
    Caller& caller, std::span<const std::uint64_t> connections, std::uint32_t timeout_ms, std::uint64_t& ready
)
{
    if (connections.size() > most_waited_for)
        return Error{
            .code = ErrorCode::limit,
            .message
            = "1,024 connections can be waited for at once, not " + std::to_string(connections.size()),
            .key = "net.argument",
            .where = "connections",
        };
    ready = 0;
    std::vector<NetConnections::Use> uses;
    std::vector<int> descriptors;
    for (const std::uint64_t number : connections) {
        MORTISE_TRY(auto use, caller.instance().net().use(number));
        uses.push_back(std::move(use));
    }
    const std::string& plugin = caller.instance().id();
    JobQueue& jobs = m_tools.services.jobs;
    const NetPatience patience{
        .halt = caller.instance().net().halting(),
        .until = SteadyClock::now() + std::chrono::milliseconds{timeout_ms},
        .is_idle = true,
        .is_cancelled =
            [&jobs, &plugin, job = caller.in_frame().job] {
                const auto asked = jobs.is_cancelled(plugin, job);
                return job != 0 && asked && *asked;
            },
    };
    for (const auto& use : uses)
        if (use->has_pending()) {
            ready = use.entry->number;
            return {};
        }
    descriptors.reserve(2 * uses.size());
    for (const auto& use : uses)
        descriptors.push_back(use->socket());
    for (const auto& use : uses) // one that another thread closes is ready too: `read` says why
        descriptors.push_back(use.entry->own.descriptor());
    std::size_t which = 0;
    switch (wait_readable(descriptors, patience, which)) {
    case NetReady::yes:
        ready = uses[which % uses.size()].entry->number;
        return {};
    case NetReady::timeout:
        return {};
    case NetReady::cancelled:
        break;
    }
    return net_not_ready(NetReady::cancelled, "waiting for", std::to_string(uses.size()) + " connections");
}

Result<void> HostNet::describe(Caller& caller, std::uint64_t connection, border::Sink facts)
{
    MORTISE_TRY(const auto use, caller.instance().net().use(connection));
    MORTISE_TRY(const ValueBlock block, encode(Value{use->facts()}));
    return facts.write(block);
}

Result<void> HostNet::close(Caller& caller, std::uint64_t connection)
{
    return caller.instance().net().close(connection);
}

} // namespace mortise::host
