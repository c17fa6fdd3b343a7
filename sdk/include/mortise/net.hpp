#pragma once

/// \file
/// `mortise::Connection`: to another machine, by way of the host (`mortise.net/1`). Include it where you need
/// it: it is no part of plugin.hpp.

#include <mortise/abi/net.h>
#include <mortise/host.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace mortise {

/// How to connect.
struct ConnectOptions {
    bool tls{true}; ///< from the first byte; false: plain, `start_tls` may follow
    std::uint32_t timeout_ms{0}; ///< for all of it; 0 for 30,000
    std::string_view server_name{}; ///< what the certificate must be for; empty for the host
};

/// An open connection; closed when it is destroyed. Errors tell by their key what went wrong: `net.denied`,
/// `net.resolve`, `net.private`, `net.connect`, `net.tls`, `net.certificate`, `net.lost`, `net.timeout`,
/// `net.cancelled`, `net.closed`. Each may be used again after `net.timeout` of a read, and is good for
/// nothing after any other. A handler or a job may use it; one thread at a time.
class Connection {
public:
    static Result<Connection>
    open(const Host& host, std::string_view name, std::uint16_t port, const ConnectOptions& options = {})
    {
        Connection connection{host.tables()};
        const mortise_net_target target{
            sizeof target,
            options.tls ? std::uint32_t{MORTISE_NET_TLS_DIRECT} : std::uint32_t{MORTISE_NET_TLS_NONE},
            detail::as_text(name),
            port,
            options.timeout_ms,
            detail::as_text(options.server_name)
        };
        const mortise_net_target* pointer = &target;
        MORTISE_CHECK(connection.call(&mortise_net::connect, pointer, &connection.m_number));
        return connection;
    }

    Connection(Connection&& other) noexcept
        : m_tables{other.m_tables},
          m_net{other.m_net},
          m_number{std::exchange(other.m_number, 0)},
          m_buffer{std::move(other.m_buffer)},
          m_used{std::exchange(other.m_used, 0)}
    {
    }
    Connection& operator=(Connection&& other) noexcept
    {
        if (this != &other) {
            close();
            m_tables = other.m_tables;
            m_net = other.m_net;
            m_number = std::exchange(other.m_number, 0);
            m_buffer = std::move(other.m_buffer);
            m_used = std::exchange(other.m_used, 0);
        }
        return *this;
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() { close(); }

    /// The host's number of it.
    std::uint64_t number() const noexcept { return m_number; }
    /// Ends it; whoever waits for it on another thread is let go.
    void close() noexcept
    {
        if (m_number == 0 || m_net == nullptr) return;
        static_cast<void>(m_net->close(m_tables.self, std::exchange(m_number, 0), nullptr));
    }

    /// Encrypts it. What came before must all have been used: what lies unread in the buffer was put there by
    /// a stranger perhaps, and is refused with `net.injected`.
    Result<void> start_tls(std::string_view server_name = {}, std::uint32_t timeout_ms = 0)
    {
        if (!buffered().empty())
            return Error{
                ErrorCode::refused,
                "the other side sent more before encryption began, which nobody can trust",
                "net.injected",
                {},
                {}
            };
        return call(&mortise_net::start_tls, m_number, detail::as_text(server_name), timeout_ms);
    }

    /// Sends all of it.
    Result<void> write(std::string_view data, std::uint32_t timeout_ms = 0)
    {
        constexpr std::size_t most = 262'144;
        do {
            const std::string_view part = data.substr(0, most);
            const auto bytes = std::as_bytes(std::span{part});
            MORTISE_TRY(const ValueBlock block, encode(Value{Bytes{bytes.begin(), bytes.end()}}));
            MORTISE_CHECK(call(&mortise_net::write, m_number, block.tree(), timeout_ms));
            data.remove_prefix(part.size());
        } while (!data.empty());
        return {};
    }

    /// What is there, at least one byte, at most `most`; an empty text when the other side has ended it.
    Result<std::string> read(std::size_t most = 65'536, std::uint32_t timeout_ms = 0)
    {
        if (buffered().empty()) {
            MORTISE_CHECK(fill(most, timeout_ms));
        }
        return take(std::min(most, buffered().size()));
    }
    /// Exactly so many bytes; `net.lost` if the connection ends before.
    Result<std::string> read_exactly(std::size_t size, std::uint32_t timeout_ms = 0)
    {
        while (buffered().size() < size) {
            MORTISE_TRY(const std::size_t more, fill(size - buffered().size(), timeout_ms));
            if (more == 0) return ended();
        }
        return take(size);
    }
    /// A line without its end (CRLF, or LF alone); `limit` if it is longer than `most`, `net.lost` if the
    /// connection ends before.
    Result<std::string> read_line(std::size_t most = 65'536, std::uint32_t timeout_ms = 0)
    {
        std::size_t searched = 0;
        while (true) {
            const std::size_t end = buffered().find('\n', searched);
            if (end != std::string_view::npos) {
                std::string line = take(end + 1);
                line.pop_back();
                if (line.ends_with('\r')) line.pop_back();
                return line;
            }
            searched = buffered().size();
            if (searched > most)
                return Error{
                    ErrorCode::limit,
                    "a line is longer than " + std::to_string(most) + " bytes",
                    "net.line",
                    {},
                    {}
                };
            MORTISE_TRY(const std::size_t more, fill(most, timeout_ms));
            if (more == 0) return ended();
        }
    }

    /// What was received and not read yet.
    std::string_view buffered() const noexcept { return std::string_view{m_buffer}.substr(m_used); }

    /// Whether something can be read within the time. Only in a job; `cancelled` when it is to stop.
    Result<bool> wait(std::uint32_t timeout_ms) const
    {
        if (!buffered().empty()) return true;
        std::uint64_t ready = 0;
        const std::uint64_t* first = &m_number;
        MORTISE_CHECK(call(&mortise_net::wait, first, std::uint64_t{1}, timeout_ms, &ready));
        return ready != 0;
    }

    /// The facts of `mortise.net/1`: address, bytes, TLS and certificate.
    Result<Value> describe() const
    {
        Value facts;
        detail::CallbackSink sink{[&facts](ValueView value) {
            facts = value.value();
            return true;
        }};
        auto done = call(&mortise_net::describe, m_number, sink.sink());
        sink.rethrow();
        if (!done) return std::move(done).error();
        return facts;
    }

private:
    explicit Connection(const detail::Tables& tables) noexcept
        : m_tables{tables},
          m_net{reinterpret_cast<const mortise_net*>(tables.find(MORTISE_NET_ID))}
    {
    }

    template <class Function, class... Arguments>
    Result<void> call(Function mortise_net::* function, Arguments... arguments) const
    {
        return detail::call(m_tables, m_net, MORTISE_NET_ID, function, arguments...);
    }

    /// Receives something behind what is there; gives how much, 0 at the end.
    Result<std::size_t> fill(std::size_t most, std::uint32_t timeout_ms)
    {
        constexpr std::uint64_t largest = 262'144;
        if (m_used > 0) {
            m_buffer.erase(0, m_used);
            m_used = 0;
        }
        std::size_t size = 0;
        detail::CallbackSink sink{[&](ValueView value) {
            const auto bytes = value.bytes();
            m_buffer.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
            size = bytes.size();
            return true;
        }};
        const std::uint64_t wanted = std::clamp<std::uint64_t>(most, 4096, largest);
        auto done = call(&mortise_net::read, m_number, wanted, timeout_ms, sink.sink());
        sink.rethrow();
        if (!done) return std::move(done).error();
        return size;
    }

    std::string take(std::size_t size)
    {
        std::string taken{buffered().substr(0, size)};
        m_used += taken.size();
        return taken;
    }

    static Error ended()
    {
        return {ErrorCode::io, "the other side ended the connection in the middle", "net.lost", {}, {}};
    }

    detail::Tables m_tables;
    const mortise_net* m_net;
    std::uint64_t m_number{0};
    std::string m_buffer;
    std::size_t m_used{0}; ///< bytes at the beginning of the buffer that were read
};

} // namespace mortise
