#include "acts.hpp"

#include <array>
#include <cstdint>
#include <random>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include <vector>

namespace hostile {

namespace {

constexpr int strand = 3;
constexpr int outside = 4;

/// A message's head, as host/plugins/runner/link.cpp has it.
struct Head {
    std::uint32_t kind;
    std::uint32_t function;
    std::int32_t status;
    std::uint32_t words;
};

void write_all(int descriptor, const void* bytes, std::size_t size)
{
    const auto* at = static_cast<const char*>(bytes);
    while (size > 0) {
        const ssize_t written = ::write(descriptor, at, size);
        if (written <= 0) return;
        at += written;
        size -= static_cast<std::size_t>(written);
    }
}

void put(int descriptor, const Head& head)
{
    write_all(descriptor, &head, sizeof head);
}

void random_bytes(int descriptor)
{
    std::minstd_rand random{20'261'126};
    std::array<std::uint32_t, 4096> bytes{};
    for (int i = 0; i < 64; ++i) {
        for (std::uint32_t& word : bytes)
            word = static_cast<std::uint32_t>(random());
        write_all(descriptor, bytes.data(), sizeof bytes);
    }
}

/// Heads that fit, bodies that mean nothing: calls of all functions that there may be.
void random_calls(int descriptor)
{
    std::minstd_rand random{7};
    for (std::uint32_t i = 0; i < 2000; ++i) {
        std::vector<std::uint64_t> body(random() % 24);
        for (std::uint64_t& word : body)
            word = random() % 5 == 0 ? random() * std::uint64_t{random()} : random() % 6;
        put(descriptor, {0, i % 160, 0, static_cast<std::uint32_t>(body.size())});
        write_all(descriptor, body.data(), body.size() * 8);
    }
}

} // namespace

std::string talk_nonsense(const std::string& what)
{
    if (what == "frame too long") put(strand, {0, 1, 0, 0xffffffffU});
    if (what == "frame of no kind") put(strand, {99, 1, 0, 0});
    if (what == "answer to nothing") put(outside, {1, 1, 0, 0});
    if (what == "answer to another") put(strand, {1, 0x7fff, 0, 0});
    if (what == "frame too short") {
        put(strand, {1, 1, 0, 1000});
        ::shutdown(strand, SHUT_WR); // denied; what is missing never comes
    }
    if (what == "half a frame") write_all(strand, "\1\0\0", 3);
    if (what == "random bytes") random_bytes(strand);
    if (what == "random bytes outside") random_bytes(outside);
    if (what == "random calls") random_calls(outside);
    if (what.starts_with("frame") || what.starts_with("half") || what.starts_with("random")
        || what.starts_with("answer"))
        while (true)
            ::sleep(1000); // what comes of it is for the host to see
    return {};
}

} // namespace hostile
