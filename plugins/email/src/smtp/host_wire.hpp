#pragma once

/// \file
/// A wire over the host's network, mortise.net/1.

#include "smtp/wire.hpp"

#include <mortise/net.hpp>

#include <string>

namespace mortise::plugins::email {

class HostWire : public Wire {
public:
    explicit HostWire(Connection connection) : m_connection{std::move(connection)} { }

    std::string read_line(std::size_t most, std::uint32_t timeout_ms) override
    {
        return require(m_connection.read_line(most, timeout_ms));
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

private:
    Connection m_connection;
};

} // namespace mortise::plugins::email
