#pragma once

/// \file
/// What signed statements say. Each is a JSON object with a `kind`; the reference is
/// docs/reference/trust-statements.md. Who may say what is decided by `TrustBook`.

#include "base/hash.hpp"
#include "plugins/package/signed_statement.hpp"
#include "plugins/version.hpp"

#include <mortise/value.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <map>
#include <variant>

namespace mortise::host {

/// A key and when it may sign; no bound is for ever.
struct KeyPeriod {
    PublicKey key{};
    std::optional<Instant> from{};
    std::optional<Instant> until{};

    friend bool operator==(const KeyPeriod&, const KeyPeriod&) = default;
};

/// "This key signs for this vendor."
struct KeyStatement {
    std::string vendor{};
    KeyPeriod key{};
};

/// "From now on this vendor's key is another." Numbered from 1 without a gap.
struct RotationStatement {
    std::string vendor{};
    std::int64_t number{0};
    PublicKey before{};
    KeyPeriod after{};
};

struct RevokedPackage {
    std::string id{};
    VersionRange versions{};
    std::string reason{};
};

/// "None of these may run." Each replaces the one before.
struct RevocationStatement {
    std::int64_t number{0};
    Instant issued{};
    Instant until{}; ///< after that a newer one must be there
    std::vector<std::string> keys{}; ///< fingerprints
    std::vector<RevokedPackage> packages{};

    bool has_key(const PublicKey& key) const;
    const RevokedPackage* find(std::string_view id, const Version& version) const;
};

struct CatalogEntry {
    std::string id{};
    Version version{};
    std::string file{}; ///< in the catalog's folder
    std::uint64_t size{0};
    Digest sha256{};
    std::string name{};
    std::string summary{};
    std::string vendor{};
    std::map<std::string, VersionRange> needs{}; ///< plugins
};

/// "These packages are in the catalog."
struct CatalogStatement {
    std::int64_t number{0};
    Instant issued{};
    Instant until{};
    std::vector<CatalogEntry> packages{};
};

using TrustStatement = std::variant<KeyStatement, RotationStatement, RevocationStatement, CatalogStatement>;

/// Errors: `trust.bad_statement` with the place as a JSON pointer; `trust.huge_number` for a number that
/// nobody could ever follow.
Result<TrustStatement> parse_statement(std::string_view text);
std::string statement_text(const TrustStatement& statement);

/// A period as JSON of a pin or a statement has it: {"key", "from", "until"}.
boost::json::object period_json(const KeyPeriod& period);
Result<KeyPeriod> read_period(const boost::json::value& json, const std::string& where);

/// The vendor that a plugin's id belongs to: all but its last name. "com.acme" of "com.acme.leadscore".
std::string_view vendor_of(std::string_view id);

/// An error about trust: its key is "trust." and `name`.
Error trust_error(
    ErrorCode code, std::string_view name, std::string message, std::string where = {}, std::string hint = {}
);

} // namespace mortise::host
