#pragma once

/// \file
/// Seals what must not be read where it lies: passwords and tokens among the settings of plugins. The key is
/// in a file of its own for the owner alone, not in the database, so that a copy of the database gives
/// nothing away.

#include <mortise/result.hpp>

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace mortise::host {

/// A text that is overwritten at its end. Thread-safety: one thread at a time.
class SecretText {
public:
    explicit SecretText(std::string text) noexcept : m_text{std::move(text)} { }
    SecretText(SecretText&& other) noexcept;
    SecretText& operator=(SecretText&& other) noexcept;
    SecretText(const SecretText&) = delete;
    SecretText& operator=(const SecretText&) = delete;
    ~SecretText();

    std::string_view view() const noexcept { return m_text; }

private:
    std::string m_text;
};

/// Overwrites a text that held a secret.
void wipe(std::string& text) noexcept;
void wipe(void* memory, std::size_t size) noexcept;

/// XChaCha20-Poly1305, bound to what the secret is for: sealed for one purpose, it does not open for another.
/// Thread-safety: any thread.
class SecretBox {
public:
    /// Reads the key, or makes one where no file is. Errors: `secrets.key_exposed` if others may read it,
    /// `secrets.key_damaged`, `io`.
    static Result<SecretBox> open(const std::filesystem::path& key_file);
    SecretBox(SecretBox&&) noexcept = default;
    SecretBox& operator=(SecretBox&&) = delete;
    SecretBox(const SecretBox&) = delete;
    SecretBox& operator=(const SecretBox&) = delete;
    ~SecretBox();

    std::string seal(std::string_view secret, std::string_view purpose) const;
    /// Errors: `secrets.sealed_otherwise`: with another key, for another purpose, or it was changed.
    Result<SecretText> unseal(std::string_view sealed, std::string_view purpose) const;

private:
    using Key = std::array<unsigned char, 32>;
    explicit SecretBox(const Key& key) noexcept : m_key{key} { }

    Key m_key;
};

} // namespace mortise::host
