#pragma once

/// \file
/// A wire over the host's network, mortise.net/1.

#include "smtp/wire.hpp"

#include <mortise/net.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace mortise::plugins::email {

class HostWire : public Wire {
public:
    explicit HostWire(Connection connection) : m_connection{std::move(connection)} { }

    std::string read_line(std::size_t most, std::uint32_t timeout_ms) override
    {
        return require(m_connection.read_line(most, timeout_ms));
    }
    std::string read_some(std::size_t most, std::uint32_t timeout_ms) override
    {
        return require(m_connection.read(most, timeout_ms));
    }
    std::string read_exactly(std::size_t size, std::uint32_t timeout_ms) override
    {
        return require(m_connection.read_exactly(size, timeout_ms));
    }
    void write(std::string_view bytes, std::uint32_t timeout_ms) override
    {
        require(m_connection.write(bytes, timeout_ms));
    }
    void start_tls(std::string_view server_name) override { require(m_connection.start_tls(server_name)); }
    /// The host's number of the connection.
    std::uint64_t number() const noexcept { return m_connection.number(); }

private:
    Connection m_connection;
};

/// Waits until one of some connections has something to read, and gives its number; 0 when the time was over.
/// Only in a job; throws `cancelled` when it is to stop. Without connections it only waits.
inline std::uint64_t
wait_for_any(const Host& host, const std::vector<std::uint64_t>& numbers, std::uint32_t timeout_ms)
{
    const detail::Tables& tables = host.tables();
    std::uint64_t ready = 0;
    const std::uint64_t* first = numbers.data();
    require(detail::call(
        tables,
        reinterpret_cast<const mortise_net*>(tables.find(MORTISE_NET_ID)),
        MORTISE_NET_ID,
        &mortise_net::wait,
        first,
        std::uint64_t{numbers.size()},
        timeout_ms,
        &ready
    ));
    return ready;
}

} // namespace mortise::plugins::email
