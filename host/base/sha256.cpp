#include "base/sha256.hpp"

#include <new>
#include <sodium.h>

namespace mortise::host {
namespace {

crypto_hash_sha256_state* state_of(std::array<unsigned char, 128>& storage) noexcept
{
    return std::launder(reinterpret_cast<crypto_hash_sha256_state*>(storage.data()));
}

} // namespace

Sha256::Sha256() noexcept
{
    static_assert(sizeof(crypto_hash_sha256_state) <= sizeof m_state);
    static_assert(alignof(crypto_hash_sha256_state) <= 16);
    ::new (m_state.data()) crypto_hash_sha256_state;
    crypto_hash_sha256_init(state_of(m_state));
}

void Sha256::add(std::span<const std::byte> data) noexcept
{
    crypto_hash_sha256_update(
        state_of(m_state), reinterpret_cast<const unsigned char*>(data.data()), data.size()
    );
}

Digest Sha256::finish() noexcept
{
    Digest digest{};
    crypto_hash_sha256_final(state_of(m_state), reinterpret_cast<unsigned char*>(digest.data()));
    crypto_hash_sha256_init(state_of(m_state));
    return digest;
}

} // namespace mortise::host
