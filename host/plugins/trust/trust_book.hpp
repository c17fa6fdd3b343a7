#pragma once

/// \file
/// `TrustBook`: whose packages are taken. It keeps the keys of vendors, the root keys that vouch for others,
/// what is revoked, which versions were accepted, and the latest time that was ever seen; and it judges
/// packages by them. No code of a plugin runs here.

#include "plugins/trust/statements.hpp"
#include "plugins/trust/trust_store.hpp"

#include <map>
#include <mutex>

namespace mortise::host {

/// What an admin wants of every package.
struct TrustPolicy {
    std::int64_t signatures{1}; ///< of different keys that a signed package needs
    std::int64_t root_signatures{1}; ///< of different root keys that a statement needs
    bool first_use{true}; ///< a vendor's first key is kept without anybody vouching for it
    std::int64_t max_age_days{30}; ///< of the revocation list; 0: any
};

/// The keys of a vendor.
struct TrustPin {
    std::vector<KeyPeriod> keys{};
    std::int64_t signatures{1}; ///< how many of them must sign
    std::int64_t rotation{0}; ///< number of the last rotation
    std::string by{}; ///< "first_use", "root" or "admin"
};

/// A catalog: a folder with packages and a signed index.
struct TrustedCatalog {
    std::string name{};
    std::string folder{};
    PublicKey key{};
    std::int64_t number{0}; ///< of the newest index that was seen
};

/// A package as it is judged.
struct Claim {
    std::string_view id;
    const Version& version;
    std::string_view list_text;
    const std::optional<std::string>& signature;
};

struct Judgement {
    std::vector<std::string> signed_by{}; ///< fingerprints
    std::optional<TrustPin> pin{}; ///< of the vendor as it will be; none: nobody signed
    bool is_pinned{false}; ///< the vendor was known already
    bool has_rotated{false};
};

/// Thread-safety: any thread.
class TrustBook {
public:
    TrustBook(Database& database, Writer& writer, const Clock& clock);

    Result<void> open();

    /// The later one of the clock and what was ever seen: a clock that was set back brings nothing back to
    /// life.
    Instant now() const;
    /// Keeps the time, if it has gone on by an hour or more.
    Result<void> note_time();

    /// Whether a package may be installed or enabled now. Errors: those of `check_signatures`;
    /// `package.unsigned`, `other_key`, `unknown_key`, `too_few_signatures`, `key_revoked`, `key_expired`,
    /// `key_not_yet_valid`, `revoked`; `trust.rotation_gap`, `rotation_unsigned`, `no_root`,
    /// `revocations_stale`.
    Result<Judgement> judge(const Claim& claim, bool allow_unsigned) const;
    /// Keeps what a judgement learnt of a vendor that is known already: its new keys.
    Result<void> keep_rotation(std::string_view id, const Judgement& judgement);
    /// Keeps the keys of a vendor whose plugin is granted rights, if none are kept.
    Result<void> keep_first(std::string_view id, const Judgement& judgement);
    /// Only what is revoked: for what is installed already. Errors: `package.revoked`, `package.key_revoked`.
    Result<void> check_revoked(const Claim& claim) const;

    /// A version that an admin let run is remembered; an older one is then refused as `package.rollback`.
    Result<void> note_version(std::string_view id, const Version& version);
    Result<void> check_version(std::string_view id, const Version& version) const;

    /// What is about to be put on disk: its list, and as long as `and_before` also the one that was there, so
    /// that either is fit whatever ends the process between.
    Result<void> note_list(std::string_view id, const Version& version, const Digest& list, bool and_before);
    /// It was not put there after all.
    Result<void> forget_list(std::string_view id, const Version& version, const Digest& list);
    /// Whether a version is known to have been installed with this list.
    bool was_installed(std::string_view id, const Version& version, const Digest& list) const;
    /// `package.changed` if a version was installed with another list than this one; none: there is no list.
    Result<void> check_list(
        std::string_view id, const Version& version, const std::optional<std::string>& list_text
    ) const;
    Result<void> forget_lists(std::string_view id);

    TrustPolicy policy() const;
    Result<void> set_policy(const TrustPolicy& policy);
    std::map<std::string, TrustPin> pins() const;
    std::optional<TrustPin> pin_of(std::string_view id) const;
    Result<void> pin(std::string_view vendor, std::vector<KeyPeriod> keys, std::int64_t signatures);
    Result<bool> unpin(std::string_view vendor);
    std::vector<PublicKey> roots() const;
    Result<void> add_root(const PublicKey& key);
    /// By fingerprint.
    Result<bool> remove_root(std::string_view fingerprint);

    /// Takes a statement in: a list of what is revoked, a rotation, a root's word for a key. Returns its
    /// kind.
    Result<std::string> take(std::string_view envelope);
    std::optional<RevocationStatement> revocations() const;
    /// Why the list of what is revoked cannot be relied on; nothing if it can, or if there is none.
    std::optional<Error> revocations_problem() const;
    /// What the admin revokes on this host alone: a fingerprint, or ID@RANGE.
    Result<void> revoke(std::string_view what);
    Result<bool> unrevoke(std::string_view what);
    std::vector<std::string> own_revocations() const;

    std::vector<TrustedCatalog> catalogs() const;
    Result<void> add_catalog(const TrustedCatalog& catalog);
    Result<bool> remove_catalog(std::string_view name);
    /// The index of a catalog, checked. Errors: `catalog.unreadable`, `catalog.wrong_key`, `catalog.expired`,
    /// `catalog.rollback`, `trust.*`.
    Result<CatalogStatement> read_catalog(const TrustedCatalog& catalog);

    /// What recovers from a statement or a clock that ran ahead: "time", "revocations", "version ID",
    /// "catalog NAME".
    Result<void> forget(std::string_view what, std::string_view name);

private:
    Result<void> check_roots(const SignedStatement& statement, std::string_view what) const;
    Result<void>
    apply(TrustPin& pin, const RotationStatement& rotation, const SignedStatement& statement) const;
    Result<void> learn(const Claim& claim, Judgement& judgement) const;
    Result<void>
    judge_pinned(const Claim& claim, const TrustPin& pin, const std::vector<PublicKey>& keys) const;
    Result<TrustPin> first_pin(const Claim& claim, const std::vector<PublicKey>& keys) const;
    Result<void> check_key(const KeyPeriod& period, std::string_view id) const;
    std::optional<Error> stale() const;
    bool is_revoked(const PublicKey& key) const;
    std::optional<std::string> revoked_because(std::string_view id, const Version& version) const;
    Result<void> save_pin(const std::string& vendor);
    Result<void> take_revocations(const RevocationStatement& list, std::string_view envelope);
    Result<void> take_key(const KeyStatement& statement);
    Result<void> take_rotation(const RotationStatement& rotation, const SignedStatement& statement);
    Instant time() const;

    const Clock& m_clock;
    TrustStore m_store;
    mutable std::mutex m_mutex; // guards what follows
    TrustPolicy m_policy;
    std::map<std::string, TrustPin> m_pins; // by vendor
    std::vector<PublicKey> m_roots;
    std::optional<RevocationStatement> m_revocations;
    std::map<std::string, std::pair<std::string, VersionRange>>
        m_own; // what the admin revoked: id (or empty), range
    std::map<std::string, std::vector<Version>> m_versions; // that were let run, by plugin
    std::map<std::string, std::vector<std::string>> m_lists; // digests, by "ID VERSION"
    std::map<std::string, TrustedCatalog> m_catalogs;
    Instant m_latest{}; // the latest time that was seen
    Instant m_latest_kept{};
};

} // namespace mortise::host
