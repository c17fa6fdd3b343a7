/// \file
/// How `TrustBook` judges a package.

#include "base/clock.hpp"
#include "base/time_text.hpp"
#include "plugins/package/package_list.hpp"
#include "plugins/trust/trust_book.hpp"

#include <algorithm>

namespace mortise::host {
namespace {

Error refused(
    std::string_view name,
    std::string message,
    std::string_view id,
    std::string hint,
    ErrorCode code = ErrorCode::denied
)
{
    return package_error(code, name, std::move(message), std::string{id}, std::move(hint));
}

Error other_key(std::string_view id, const PublicKey& wanted, const std::vector<PublicKey>& keys)
{
    const std::string vendor{vendor_of(id)};
    return refused(
        "other_key",
        vendor + " is known by the key " + key_fingerprint(wanted) + ", and this package is "
            + (keys.empty() ? std::string{"not signed"} : "signed by " + key_fingerprint(keys.front())),
        id,
        "ask the vendor; if the key has changed, run \"mortise trust unpin " + vendor
            + "\" and install it again"
    );
}

Error too_few(std::string_view id, std::int64_t wanted, std::int64_t there)
{
    return refused(
        "too_few_signatures",
        std::to_string(wanted) + " keys must sign, and " + std::to_string(there)
            + (there == 1 ? " has" : " have"),
        id,
        "ask the vendor for a package that all have signed"
    );
}

Result<std::vector<PublicKey>> signers(const Claim& claim)
{
    if (!claim.signature) return std::vector<PublicKey>{};
    return check_signatures(claim.list_text, *claim.signature);
}

} // namespace

/// With the mutex held.
bool TrustBook::is_revoked(const PublicKey& key) const
{
    return m_own.contains(key_fingerprint(key)) || (m_revocations && m_revocations->has_key(key));
}

/// With the mutex held.
std::optional<std::string> TrustBook::revoked_because(std::string_view id, const Version& version) const
{
    for (const auto& [what, parsed] : m_own)
        if (parsed.first == id && parsed.second.contains(version)) return "an administrator of this host";
    if (!m_revocations) return std::nullopt;
    const RevokedPackage* found = m_revocations->find(id, version);
    if (!found) return std::nullopt;
    return found->reason.empty() ? "the list of what is revoked" : found->reason;
}

/// With the mutex held: whether a key that is kept may sign now.
Result<void> TrustBook::check_key(const KeyPeriod& period, std::string_view id) const
{
    const std::string name = "the key " + key_fingerprint(period.key) + " of " + std::string{vendor_of(id)};
    if (is_revoked(period.key))
        return refused(
            "key_revoked",
            name + " was revoked",
            id,
            "ask the vendor for a package that another key has signed"
        );
    if (period.from && time() < *period.from)
        return refused(
            "key_not_yet_valid",
            name + " is good from " + format_instant(*period.from) + " on",
            id,
            "look at the clock of this machine, and ask the vendor"
        );
    if (period.until && *period.until < time())
        return refused(
            "key_expired",
            name + " was good until " + format_instant(*period.until),
            id,
            "ask the vendor for a package that a newer key has signed"
        );
    return {};
}

/// With the mutex held.
Result<void> TrustBook::check_roots(const SignedStatement& statement, std::string_view what) const
{
    if (m_roots.empty())
        return trust_error(
            ErrorCode::denied,
            "no_root",
            std::string{what} + " needs a root key, and none is known here",
            {},
            "run \"mortise trust root add FILE.pub\" with a key that you have from a safe place"
        );
    const auto count = std::ranges::count_if(statement.signers, [&](const PublicKey& key) {
        return std::ranges::find(m_roots, key) != m_roots.end();
    });
    if (count >= m_policy.root_signatures) return {};
    return trust_error(
        ErrorCode::denied,
        count == 0 ? "not_by_root" : "too_few_roots",
        std::string{what} + " needs the signatures of " + std::to_string(m_policy.root_signatures)
            + " root keys, and has " + std::to_string(count)
    );
}

/// With the mutex held.
Result<void>
TrustBook::apply(TrustPin& pin, const RotationStatement& rotation, const SignedStatement& statement) const
{
    if (rotation.number <= pin.rotation) return {}; // long done
    if (rotation.number != pin.rotation + 1)
        return trust_error(
            ErrorCode::refused,
            "rotation_gap",
            "the key of " + rotation.vendor + " was changed " + std::to_string(pin.rotation)
                + " times as far as is known here, and this is change " + std::to_string(rotation.number),
            rotation.vendor,
            "the changes between are missing: ask the vendor for all of them"
        );
    const auto before = std::ranges::find(pin.keys, rotation.before, &KeyPeriod::key);
    const bool is_by_old = std::ranges::find(statement.signers, rotation.before) != statement.signers.end();
    if (before == pin.keys.end() || !is_by_old)
        return trust_error(
            ErrorCode::denied,
            "rotation_unsigned",
            "the change of the key of " + rotation.vendor + " is not signed by the key that is kept",
            rotation.vendor
        );
    if (is_revoked(rotation.before))
        return trust_error(
            ErrorCode::denied,
            "rotation_revoked",
            "the key that signed the change was revoked",
            rotation.vendor,
            "run \"mortise trust pin " + rotation.vendor + " FILE.pub\" with the new key, from a safe place"
        );
    MORTISE_CHECK(check_roots(statement, "the change of a vendor's key"));
    *before = rotation.after;
    pin.rotation = rotation.number;
    return {};
}

/// With the mutex held: what the statements in a package add to what is known of its vendor.
Result<void> TrustBook::learn(const Claim& claim, Judgement& judgement) const
{
    if (!claim.signature) return {};
    MORTISE_TRY(const auto envelopes, carried_statements(*claim.signature));
    const std::string_view vendor = vendor_of(claim.id);
    std::vector<std::pair<RotationStatement, SignedStatement>> rotations;
    for (const std::string& envelope : envelopes) {
        MORTISE_TRY(SignedStatement read, read_statement(envelope));
        MORTISE_TRY(const TrustStatement statement, parse_statement(read.text));
        if (const auto* rotation = std::get_if<RotationStatement>(&statement);
            rotation && rotation->vendor == vendor)
            rotations.emplace_back(*rotation, std::move(read));
        else if (const auto* key = std::get_if<KeyStatement>(&statement); key && key->vendor == vendor) {
            const bool by_root = check_roots(read, "the statement about a key").has_value();
            const bool by_itself = std::ranges::find(read.signers, key->key.key) != read.signers.end();
            if (!by_root && !(by_itself && !judgement.pin))
                continue; // what a key says of itself counts at first only
            if (!judgement.pin)
                judgement.pin = TrustPin{{key->key}, m_policy.signatures, 0, by_root ? "root" : "first_use"};
            else if (const auto known = std::ranges::find(judgement.pin->keys, key->key.key, &KeyPeriod::key);
                     known != judgement.pin->keys.end())
                *known = key->key;
        }
    }
    if (!judgement.pin) return {};
    std::ranges::sort(rotations, {}, [](const auto& each) { return each.first.number; });
    for (const auto& [rotation, statement] : rotations) {
        const std::int64_t before = judgement.pin->rotation;
        MORTISE_CHECK(apply(*judgement.pin, rotation, statement));
        judgement.has_rotated = judgement.has_rotated || judgement.pin->rotation != before;
    }
    return {};
}

/// With the mutex held.
Result<void>
TrustBook::judge_pinned(const Claim& claim, const TrustPin& pin, const std::vector<PublicKey>& keys) const
{
    std::optional<Error> first;
    std::int64_t there = 0;
    bool is_known = false;
    for (const KeyPeriod& kept : pin.keys) {
        if (std::ranges::find(keys, kept.key) == keys.end()) continue;
        is_known = true;
        auto fit = check_key(kept, claim.id);
        if (fit)
            ++there;
        else if (!first)
            first = std::move(fit).error();
    }
    if (!is_known) return other_key(claim.id, pin.keys.front().key, keys);
    const std::int64_t wanted = std::max(pin.signatures, m_policy.signatures);
    if (there >= wanted) return {};
    if (first) return *std::move(first);
    return too_few(claim.id, wanted, there);
}

/// With the mutex held: the keys of a vendor that nobody knows yet.
Result<TrustPin> TrustBook::first_pin(const Claim& claim, const std::vector<PublicKey>& keys) const
{
    if (!m_policy.first_use)
        return refused(
            "unknown_key",
            "nobody who is trusted here vouches for the key " + key_fingerprint(keys.front()) + " of "
                + std::string{vendor_of(claim.id)},
            claim.id,
            "if you know the key, run \"mortise trust pin " + std::string{vendor_of(claim.id)} + " FILE.pub\""
        );
    TrustPin pin{{}, m_policy.signatures, 0, "first_use"};
    for (const PublicKey& key : keys) {
        MORTISE_CHECK(check_key({.key = key}, claim.id));
        if (static_cast<std::int64_t>(pin.keys.size()) < m_policy.signatures)
            pin.keys.push_back({.key = key});
    }
    if (static_cast<std::int64_t>(pin.keys.size()) < m_policy.signatures)
        return too_few(claim.id, m_policy.signatures, static_cast<std::int64_t>(pin.keys.size()));
    return pin;
}

Result<Judgement> TrustBook::judge(const Claim& claim, bool allow_unsigned) const
{
    MORTISE_TRY(const auto keys, signers(claim));
    const std::scoped_lock lock{m_mutex};
    if (const auto because = revoked_because(claim.id, claim.version))
        return refused(
            "revoked",
            std::string{claim.id} + ' ' + claim.version.text() + " was revoked by " + *because,
            claim.id,
            "install another version"
        );
    if (const auto old = stale()) return *old;
    Judgement judgement;
    for (const PublicKey& key : keys)
        judgement.signed_by.push_back(key_fingerprint(key));
    if (const auto known = m_pins.find(std::string{vendor_of(claim.id)}); known != m_pins.end())
        judgement.pin = known->second;
    judgement.is_pinned = judgement.pin.has_value();
    MORTISE_CHECK(learn(claim, judgement));
    if (judgement.pin) {
        MORTISE_CHECK(judge_pinned(claim, *judgement.pin, keys));
        return judgement;
    }
    if (keys.empty()) {
        if (allow_unsigned) return judgement;
        return refused(
            "unsigned",
            std::string{claim.id} + " is not signed",
            claim.id,
            "if you know where it comes from, run it again with --allow-unsigned"
        );
    }
    MORTISE_TRY(judgement.pin, first_pin(claim, keys));
    return judgement;
}

Result<void> TrustBook::check_revoked(const Claim& claim) const
{
    const std::scoped_lock lock{m_mutex};
    if (const auto because = revoked_because(claim.id, claim.version))
        return refused(
            "revoked",
            std::string{claim.id} + ' ' + claim.version.text() + " was revoked by " + *because,
            claim.id,
            "upgrade it, or remove it"
        );
    if (!claim.signature || (m_own.empty() && !m_revocations)) return {};
    MORTISE_TRY(const auto keys, check_signatures(claim.list_text, *claim.signature));
    if (keys.empty() || !std::ranges::all_of(keys, [&](const PublicKey& key) { return is_revoked(key); }))
        return {};
    return refused(
        "key_revoked",
        "the key " + key_fingerprint(keys.front()) + ", which signed " + std::string{claim.id} + ' '
            + claim.version.text() + ", was revoked",
        claim.id,
        "upgrade to a version that another key has signed, or remove it"
    );
}

Result<void> TrustBook::keep_rotation(std::string_view id, const Judgement& judgement)
{
    if (!judgement.is_pinned || !judgement.has_rotated || !judgement.pin) return {};
    const std::scoped_lock lock{m_mutex};
    const std::string vendor{vendor_of(id)};
    const auto known = m_pins.find(vendor);
    if (known == m_pins.end() || known->second.rotation >= judgement.pin->rotation) return {};
    known->second = *judgement.pin;
    return save_pin(vendor);
}

Result<void> TrustBook::keep_first(std::string_view id, const Judgement& judgement)
{
    if (!judgement.pin || judgement.is_pinned) return {};
    const std::scoped_lock lock{m_mutex};
    const std::string vendor{vendor_of(id)};
    if (!m_pins.try_emplace(vendor, *judgement.pin).second) return {};
    return save_pin(vendor);
}

} // namespace mortise::host
