#pragma once

/// \file
/// Texts that somebody vouches for: about keys, about what is revoked, about what a catalog holds. An
/// envelope is a JSON object with the text and its signatures; what is signed is a word of its own and the
/// exact bytes of the text, so that no signature of a package is ever one of a statement.

#include "plugins/package/package_signature.hpp"

namespace mortise::host {

inline constexpr std::size_t max_statement_bytes = std::size_t{1} << 20;

struct SignedStatement {
    std::string text; ///< JSON; what was signed
    std::vector<PublicKey> signers; ///< whose signatures fit, each key once
};

/// Errors: `trust.bad_statement` for what cannot be read, `trust.wrong_signature` for a signature that does
/// not fit.
Result<SignedStatement> read_statement(std::string_view envelope);
/// An envelope of the text with the signature of this key; `existing` is one of the same text, whose other
/// signatures are kept.
std::string sign_statement(
    std::string_view text, const SigningKey& key, const std::optional<std::string>& existing = std::nullopt
);

} // namespace mortise::host
