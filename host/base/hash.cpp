#include "base/hash.hpp"

#include <cstring>
#include <new>
#include <sodium.h>

namespace mortise::host {
namespace {

/// Chooses libsodium's fastest code for this processor. Cheap after the first time, safe on any thread.
void prepare() noexcept
{
    static const bool ready = sodium_init() >= 0;
    static_cast<void>(ready);
}

const unsigned char* raw(std::span<const std::byte> data) noexcept
{
    return reinterpret_cast<const unsigned char*>(data.data());
}

unsigned char* raw(Digest& digest) noexcept
{
    return reinterpret_cast<unsigned char*>(digest.data());
}

std::span<const std::byte> bytes_of(std::string_view text) noexcept
{
    return std::as_bytes(std::span{text.data(), text.size()});
}

crypto_generichash_state* state_of(std::array<unsigned char, 384>& storage) noexcept
{
    return std::launder(reinterpret_cast<crypto_generichash_state*>(storage.data()));
}

} // namespace

Digest hash(std::span<const std::byte> data) noexcept
{
    prepare();
    Digest digest{};
    crypto_generichash(raw(digest), digest.size(), raw(data), data.size(), nullptr, 0);
    return digest;
}

Digest hash(std::string_view text) noexcept
{
    return hash(bytes_of(text));
}

Result<Digest> keyed_hash(std::span<const std::byte> key, std::span<const std::byte> data)
{
    prepare();
    Digest digest{};
    if (key.size() < crypto_generichash_KEYBYTES_MIN || key.size() > crypto_generichash_KEYBYTES_MAX
        || crypto_generichash(raw(digest), digest.size(), raw(data), data.size(), raw(key), key.size()) != 0)
        return Error{
            ErrorCode::invalid, "a key has 16 to 64 bytes, not " + std::to_string(key.size()), {}, {}, {}
        };
    return digest;
}

Digest sha256(std::span<const std::byte> data) noexcept
{
    prepare();
    Digest digest{};
    crypto_hash_sha256(raw(digest), raw(data), data.size());
    return digest;
}

Digest sha256(std::string_view text) noexcept
{
    return sha256(bytes_of(text));
}

Hasher::Hasher() noexcept
{
    static_assert(sizeof(crypto_generichash_state) <= sizeof m_state);
    static_assert(alignof(crypto_generichash_state) <= 64);
    prepare();
    ::new (m_state.data()) crypto_generichash_state;
    crypto_generichash_init(state_of(m_state), nullptr, 0, sizeof(Digest));
}

void Hasher::add(std::span<const std::byte> data) noexcept
{
    crypto_generichash_update(state_of(m_state), raw(data), data.size());
}

void Hasher::add(std::string_view text) noexcept
{
    add(bytes_of(text));
}

Digest Hasher::finish() noexcept
{
    Digest digest{};
    crypto_generichash_final(state_of(m_state), raw(digest), digest.size());
    crypto_generichash_init(state_of(m_state), nullptr, 0, sizeof(Digest));
    return digest;
}

bool equal_digests(const Digest& a, const Digest& b) noexcept
{
    return sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string hex(std::span<const std::byte> bytes)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const std::byte byte : bytes) {
        text += digits[std::to_integer<std::size_t>(byte >> 4)];
        text += digits[std::to_integer<std::size_t>(byte & std::byte{15})];
    }
    return text;
}

Result<std::string> parse_hex(std::string_view text)
{
    const auto value_of_digit = [](char digit) -> int {
        if (digit >= '0' && digit <= '9') return digit - '0';
        if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
        if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
        return -1;
    };
    if (text.size() % 2 != 0)
        return Error{
            ErrorCode::invalid,
            "hexadecimal text has an odd length of " + std::to_string(text.size()),
            {},
            {},
            {}
        };
    std::string bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = value_of_digit(text[i]);
        const int low = value_of_digit(text[i + 1]);
        if (high < 0 || low < 0)
            return Error{
                ErrorCode::invalid, "not hexadecimal at character " + std::to_string(i + 1), {}, {}, {}
            };
        bytes += static_cast<char>(high * 16 + low);
    }
    return bytes;
}

Result<Digest> parse_digest(std::string_view text)
{
    MORTISE_TRY(const std::string bytes, parse_hex(text));
    Digest digest{};
    if (bytes.size() != digest.size())
        return Error{
            ErrorCode::invalid,
            "a digest has 64 hexadecimal digits, not " + std::to_string(text.size()),
            {},
            {},
            {}
        };
    std::memcpy(digest.data(), bytes.data(), digest.size());
    return digest;
}

} // namespace mortise::host
