#pragma once

/// \file
/// Signatures of packages: Ed25519 over the exact bytes of the list. A package may have several, of several
/// keys. Who is trusted is decided elsewhere; here is only told whose signatures fit.

#include <mortise/result.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

using PublicKey = std::array<std::byte, 32>;

/// A secret key. Its memory is overwritten when it goes.
class SigningKey {
public:
    /// A new one, from the system's random numbers.
    static SigningKey create();
    /// Reads what `text` wrote.
    static Result<SigningKey> parse(std::string_view text);
    SigningKey(SigningKey&& other) noexcept;
    SigningKey& operator=(SigningKey&&) = delete;
    SigningKey(const SigningKey&) = delete;
    SigningKey& operator=(const SigningKey&) = delete;
    ~SigningKey();

    /// One line, as it is kept in a file: "mortise-secret-key ed25519 BASE64".
    std::string text() const;
    PublicKey public_key() const noexcept;
    std::array<std::byte, 64> sign(std::string_view message) const noexcept;

private:
    SigningKey() = default;

    std::array<unsigned char, 64> m_secret{}; // seed and public key, as libsodium keeps them
};

/// One line, as it is handed on: "mortise-public-key ed25519 BASE64".
std::string public_key_text(const PublicKey& key);
Result<PublicKey> parse_public_key(std::string_view text);
/// What people compare: the first 16 bytes of the key's SHA-256, in hexadecimal.
std::string key_fingerprint(const PublicKey& key);

/// The content of mortise-package.sig with the signature of this key over the list added, or put in the place
/// of its former one. Signatures in `existing` that do not fit the list are left out.
std::string
add_signature(std::string_view list_text, const std::optional<std::string>& existing, const SigningKey& key);
/// Statements about keys that travel with a package, each an envelope as signed_statement.hpp has it. Nobody
/// has checked them. At most 16; what cannot be read is `package.bad_signature`.
Result<std::vector<std::string>> carried_statements(std::string_view signature_text);
/// The content of mortise-package.sig with these statements instead of those that it carried.
Result<std::string>
with_statements(std::string_view signature_text, const std::vector<std::string>& envelopes);
/// Whose signatures these are, each key once, however often it signed. All must fit: errors are
/// `package.bad_signature` for what cannot be read and `package.wrong_signature` for one that is not of this
/// list.
Result<std::vector<PublicKey>> check_signatures(std::string_view list_text, std::string_view signature_text);

} // namespace mortise::host
