#pragma once

/// \file
/// Keys in files: NAME.key with the secret one, for its owner's eyes, and NAME.pub with the public one.

#include "plugins/package/package_signature.hpp"

#include <filesystem>

namespace mortise::tool {

/// Writes both files; refuses to replace either.
Result<void> write_key_files(
    const host::SigningKey& key, const std::filesystem::path& secret, const std::filesystem::path& open
);
Result<host::SigningKey> read_secret_key(const std::filesystem::path& file);
Result<host::PublicKey> read_public_key(const std::filesystem::path& file);

} // namespace mortise::tool
