#pragma once

/// \file
/// The host's mortise.net/1: permissions, quotas and accounts in front of the room `net`.

#include "net/net_connection.hpp"
#include "net/tls_context.hpp"
#include "plugins/host_functions.hpp"

namespace mortise::host {

class HostNet final : public NetCalls {
public:
    explicit HostNet(HostTools tools) : m_tools{tools} { }
    Result<void>
    connect(Caller& caller, const mortise_net_target& target, std::uint64_t& connection) override;
    Result<void> start_tls(
        Caller& caller, std::uint64_t connection, std::string_view server_name, std::uint32_t timeout_ms
    ) override;
    Result<void> read(
        Caller& caller,
        std::uint64_t connection,
        std::uint64_t most,
        std::uint32_t timeout_ms,
        border::Sink data
    ) override;
    Result<void>
    write(Caller& caller, std::uint64_t connection, ValueView data, std::uint32_t timeout_ms) override;
    Result<void> wait(
        Caller& caller,
        std::span<const std::uint64_t> connections,
        std::uint32_t timeout_ms,
        std::uint64_t& ready
    ) override;
    Result<void> describe(Caller& caller, std::uint64_t connection, border::Sink facts) override;
    Result<void> close(Caller& caller, std::uint64_t connection) override;

private:
    Result<NetTarget> permitted(Caller& caller, std::string_view host, std::uint32_t port);
    Result<bool> is_named_elsewhere(
        Caller& caller, std::string_view permission, std::string_view given, const NetTarget& target
    );
    Result<std::unique_ptr<NetConnection>>
    open(Caller& caller, const mortise_net_target& target, const NetTarget& where);

    HostTools m_tools;
    TlsContexts m_contexts;
};

} // namespace mortise::host
