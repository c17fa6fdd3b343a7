#include "net/resolve.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstring>
#include <memory>
#include <mutex>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace mortise::host {

namespace {

/// What the thread that asks and the one that waits share; the last one of them ends it.
struct Question {
    std::string host;
    std::string port;
    int answered{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    std::mutex mutex; // guards what follows
    int failure{EAI_AGAIN};
    std::vector<NetAddress> addresses;

    ~Question()
    {
        if (answered >= 0) ::close(answered);
    }
};

void ask(const std::shared_ptr<Question>& question)
{
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* found = nullptr;
    int failure = ::getaddrinfo(question->host.c_str(), question->port.c_str(), &hints, &found);
    if (failure == EAI_NONAME || failure == EAI_ADDRFAMILY) { // a machine with loopback alone has no family
        hints.ai_flags = 0;
        failure = ::getaddrinfo(question->host.c_str(), question->port.c_str(), &hints, &found);
    }
    {
        const std::scoped_lock lock{question->mutex};
        question->failure = failure;
        for (const addrinfo* each = failure == 0 ? found : nullptr; each; each = each->ai_next) {
            NetAddress address;
            std::memcpy(&address.storage, each->ai_addr, each->ai_addrlen);
            address.size = each->ai_addrlen;
            question->addresses.push_back(address);
        }
    }
    if (failure == 0) ::freeaddrinfo(found);
    const std::uint64_t one = 1;
    static_cast<void>(::write(question->answered, &one, sizeof one)); // NOLINT: it is empty
}

bool is_public_v4(std::uint32_t address) noexcept
{
    struct Block {
        std::uint32_t first;
        int bits;
    };
    // RFC 6890 and its successors: what is not global.
    constexpr std::array blocks{
        Block{0x00000000U, 8},
        Block{0x0A000000U, 8},
        Block{0x64400000U, 10},
        Block{0x7F000000U, 8},
        Block{0xA9FE0000U, 16},
        Block{0xAC100000U, 12},
        Block{0xC0000000U, 24},
        Block{0xC0000200U, 24},
        Block{0xC0A80000U, 16},
        Block{0xC6120000U, 15},
        Block{0xC6336400U, 24},
        Block{0xCB007100U, 24},
        Block{0xE0000000U, 3},
    };
    return std::ranges::none_of(blocks, [address](const Block& block) {
        return (address ^ block.first) >> (32 - block.bits) == 0;
    });
}

bool is_public_v6(const in6_addr& address) noexcept
{
    const auto* bytes = address.s6_addr;
    const auto v4_at = [bytes](int at) {
        return (std::uint32_t{bytes[at]} << 24U) | (std::uint32_t{bytes[at + 1]} << 16U)
            | (std::uint32_t{bytes[at + 2]} << 8U) | bytes[at + 3];
    };
    if (IN6_IS_ADDR_V4MAPPED(&address)) return is_public_v4(v4_at(12));
    if (bytes[0] == 0x00 && bytes[1] == 0x64 && bytes[2] == 0xFF && bytes[3] == 0x9B)
        return is_public_v4(v4_at(12));
    if (bytes[0] == 0x20 && bytes[1] == 0x02) return is_public_v4(v4_at(2)); // 6to4
    if ((bytes[0] & 0xE0U) != 0x20U) return false; // global unicast is 2000::/3 alone
    const bool is_documentation
        = bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] == 0x0D && bytes[3] == 0xB8;
    const bool is_special = bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] < 0x02; // 2001::/23
    return !is_documentation && !is_special;
}

} // namespace

std::string NetAddress::text() const
{
    std::array<char, INET6_ADDRSTRLEN> text{};
    const void* bytes = storage.ss_family == AF_INET
        ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in&>(storage).sin_addr)
        : static_cast<const void*>(&reinterpret_cast<const sockaddr_in6&>(storage).sin6_addr);
    return ::inet_ntop(storage.ss_family, bytes, text.data(), text.size()) ? text.data() : "?";
}

bool NetAddress::is_public() const noexcept
{
    if (storage.ss_family == AF_INET)
        return is_public_v4(ntohl(reinterpret_cast<const sockaddr_in&>(storage).sin_addr.s_addr));
    return is_public_v6(reinterpret_cast<const sockaddr_in6&>(storage).sin6_addr);
}

std::vector<NetAddress> numeric_address(std::string_view host, std::uint16_t port)
{
    const std::string text{host};
    NetAddress address;
    auto& v4 = reinterpret_cast<sockaddr_in&>(address.storage);
    auto& v6 = reinterpret_cast<sockaddr_in6&>(address.storage);
    if (::inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        address.size = sizeof v4;
        return {address};
    }
    if (::inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) == 1) {
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        address.size = sizeof v6;
        return {address};
    }
    return {};
}

Result<std::vector<NetAddress>>
resolve(const std::string& host, std::uint16_t port, const NetPatience& patience)
{
    if (auto numeric = numeric_address(host, port); !numeric.empty()) return numeric;
    auto question = std::make_shared<Question>();
    question->host = host;
    question->port = std::to_string(port);
    const auto fail = [&](std::string why) {
        return Error{
            .code = ErrorCode::io,
            .message = "the name " + host + " was not resolved: " + std::move(why),
            .key = "net.resolve",
            .where = host,
            .hint = "see whether the name is right, and whether this machine's name servers answer",
        };
    };
    try {
        std::thread{[question] { ask(question); }}.detach(); // nothing can end getaddrinfo early
    } catch (const std::system_error& e) {
        return fail(e.what());
    }
    const NetReady ready = wait_ready(question->answered, POLLIN, patience);
    if (ready != NetReady::yes) return net_not_ready(ready, "resolving the name", host);
    const std::scoped_lock lock{question->mutex};
    if (question->failure != 0) return fail(::gai_strerror(question->failure));
    if (question->addresses.empty()) return fail("it has no address");
    return std::move(question->addresses);
}

} // namespace mortise::host
