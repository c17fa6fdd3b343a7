#pragma once

/// \file
/// A wire over a plain socket, and a server on an ephemeral port that says what a test tells it to.

#include "smtp/wire.hpp"

#include <mortise/failure.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <cstdint>
#include <functional>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace mortise::plugins::email {

/// An open socket.
class Socket {
public:
    explicit Socket(int number = -1) noexcept : m_number{number} { }
    Socket(Socket&& other) noexcept : m_number{std::exchange(other.m_number, -1)} { }
    Socket& operator=(Socket&& other) noexcept
    {
        std::swap(m_number, other.m_number);
        return *this;
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    ~Socket() { close(); }

    int number() const noexcept { return m_number; }
    void close() noexcept
    {
        if (m_number >= 0) ::close(std::exchange(m_number, -1));
    }

private:
    int m_number;
};

class SocketWire : public Wire {
public:
    explicit SocketWire(std::uint16_t port) : m_socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)}
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(m_socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
            fail(ErrorCode::io, "net.connect", "nobody answers");
    }

    std::string read_line(std::size_t most, std::uint32_t timeout_ms) override
    {
        std::size_t end = 0;
        while ((end = m_buffer.find('\n')) == std::string::npos) {
            if (m_buffer.size() > most) fail(ErrorCode::limit, "net.line", "the line is too long");
            fill(timeout_ms);
        }
        std::string line = m_buffer.substr(0, end);
        m_buffer.erase(0, end + 1);
        if (line.ends_with('\r')) line.pop_back();
        return line;
    }
    std::string read_some(std::size_t most, std::uint32_t timeout_ms) override
    {
        if (m_buffer.empty()) {
            pollfd waiting{m_socket.number(), POLLIN, 0};
            if (::poll(&waiting, 1, static_cast<int>(timeout_ms)) == 0)
                fail(ErrorCode::timeout, "net.timeout", "no answer");
            char bytes[4096];
            const auto size = ::recv(m_socket.number(), bytes, std::min(most, sizeof bytes), 0);
            return {bytes, size > 0 ? static_cast<std::size_t>(size) : 0};
        }
        return std::exchange(m_buffer, {});
    }
    std::string read_exactly(std::size_t size, std::uint32_t timeout_ms) override
    {
        while (m_buffer.size() < size)
            fill(timeout_ms);
        std::string taken = m_buffer.substr(0, size);
        m_buffer.erase(0, size);
        return taken;
    }
    void write(std::string_view bytes, std::uint32_t) override
    {
        while (!bytes.empty()) {
            const auto sent = ::send(m_socket.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) fail(ErrorCode::io, "net.lost", "the connection broke");
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }
    void start_tls(std::string_view) override { is_encrypted = true; }

    bool is_encrypted{false}; ///< somebody asked for it

private:
    void fill(std::uint32_t timeout_ms)
    {
        pollfd waiting{m_socket.number(), POLLIN, 0};
        if (::poll(&waiting, 1, static_cast<int>(timeout_ms)) == 0)
            fail(ErrorCode::timeout, "net.timeout", "no answer");
        char bytes[4096];
        const auto size = ::recv(m_socket.number(), bytes, sizeof bytes, 0);
        if (size <= 0) fail(ErrorCode::io, "net.lost", "the other side ended the connection");
        m_buffer.append(bytes, static_cast<std::size_t>(size));
    }

    Socket m_socket;
    std::string m_buffer;
};

/// Serves one connection in a thread: `answer` is given what the client said, line by line, and gives the
/// reply with its line end; an empty one ends the connection. Inside of DATA lines are kept until the last
/// dot.
class ScriptedServer {
public:
    ScriptedServer(std::string greeting, std::function<std::string(const std::string& line)> answer)
        : m_listener{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)}
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (::bind(m_listener.number(), reinterpret_cast<const sockaddr*>(&address), size) != 0
            || ::listen(m_listener.number(), 1) != 0
            || ::getsockname(m_listener.number(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
            std::abort();
        port = ntohs(address.sin_port);
        m_thread = std::jthread{[this, greeting = std::move(greeting), answer = std::move(answer)] {
            serve(greeting, answer);
        }};
    }
    ~ScriptedServer()
    {
        ::shutdown(m_listener.number(), SHUT_RDWR);
        join();
    }
    void join()
    {
        if (m_thread.joinable()) m_thread.join();
    }

    std::uint16_t port{0};
    std::string data; ///< what came between DATA and the last dot; read it after `join`

private:
    void serve(const std::string& greeting, const std::function<std::string(const std::string&)>& answer)
    {
        const Socket peer{::accept(m_listener.number(), nullptr, nullptr)};
        if (peer.number() < 0) return;
        const auto say = [&](const std::string& text) {
            return ::send(peer.number(), text.data(), text.size(), MSG_NOSIGNAL) > 0;
        };
        if (greeting.empty() || !say(greeting)) return;
        std::string buffer;
        bool is_data = false;
        while (true) {
            const auto end = buffer.find("\r\n");
            if (end == std::string::npos) {
                char bytes[4096];
                const auto size = ::recv(peer.number(), bytes, sizeof bytes, 0);
                if (size <= 0) return;
                buffer.append(bytes, static_cast<std::size_t>(size));
                continue;
            }
            const std::string line = buffer.substr(0, end);
            buffer.erase(0, end + 2);
            if (is_data && line != ".") {
                data += line + "\r\n";
                continue;
            }
            is_data = false;
            const std::string reply = answer(line);
            if (reply.empty() || !say(reply)) return;
            is_data = line == "DATA" && reply.starts_with("354");
        }
    }

    Socket m_listener;
    std::jthread m_thread;
};

} // namespace mortise::plugins::email
