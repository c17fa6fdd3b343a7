#pragma once

/// \file
/// Encrypted backups: a backup as backup/backup_file.hpp has it, in pieces that are encrypted and
/// authenticated one behind the other (libsodium's secretstream, XChaCha20-Poly1305). A file that was cut,
/// changed anywhere, or put together of two is refused, and so is one that a wrong key opens.

#include "access/secret_box.hpp"
#include "control/backup/backup_file.hpp"

#include <mortise/result.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string_view>

namespace mortise::host {

/// What a backup is encrypted with: the bytes of a file that were made by chance, or words that a person
/// knows, which are made costly to guess (Argon2id).
struct BackupKey {
    enum class Kind : std::uint8_t { file = 1, passphrase = 2 };

    Kind kind{Kind::file};
    SecretText secret;
};

/// Errors: `invalid`, key "backup.key", when the key is too short or too long.
Result<BackupKey> make_backup_key(BackupKey::Kind kind, std::string secret);
/// The key that a file holds; a passphrase is what is before line ends at its end. Errors: the same,
/// `not_found`, `denied` and `io`.
Result<BackupKey>
read_backup_key(const std::filesystem::path& file, BackupKey::Kind kind = BackupKey::Kind::file);

/// By its first bytes. Errors: `not_found`, `io`.
Result<bool> is_sealed(const std::filesystem::path& file);

/// Encrypts `plain` into `sealed`, which must not exist. Durable when it returns. Errors: of the disk,
/// `cancelled`.
Result<void> seal_file(
    const std::filesystem::path& plain,
    const std::filesystem::path& sealed,
    const BackupKey& key,
    const BackupProgress& progress
);

/// Calls `take` with what it holds, piece by piece; what it has taken counts only when this returns well.
/// Errors: `invalid`, key "backup.damaged", for a wrong key too, or "backup.key" where it takes a key of the
/// other kind; `unsupported`, key "backup.newer"; those of `take`; `cancelled`.
Result<void> unseal_file(
    const std::filesystem::path& sealed,
    const BackupKey& key,
    const BackupProgress& progress,
    const std::function<Result<void>(std::string_view bytes)>& take
);
/// The same into a file, which must not exist and is gone again on an error.
Result<void> unseal_file(
    const std::filesystem::path& sealed,
    const std::filesystem::path& plain,
    const BackupKey& key,
    const BackupProgress& progress
);

/// What is said of a copy that was decrypted, as said of the file that it came from.
template <class T>
Result<T> named_as(Result<T> result, const std::filesystem::path& copy, const std::filesystem::path& file)
{
    if (result) return result;
    Error error = std::move(result).error();
    for (std::string* text : {&error.message, &error.where})
        for (std::size_t at = 0; (at = text->find(copy.native(), at)) != std::string::npos;
             at += file.native().size())
            text->replace(at, copy.native().size(), file.native());
    return error;
}

} // namespace mortise::host
