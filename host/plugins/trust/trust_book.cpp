#include "plugins/trust/trust_book.hpp"

#include "base/clock.hpp"
#include "base/json.hpp"
#include "base/time_text.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace mortise::host {
namespace {

namespace json = boost::json;

constexpr std::int64_t microseconds_an_hour = 3'600'000'000;
constexpr std::int64_t microseconds_a_day = 24 * microseconds_an_hour;

std::int64_t number_in(const json::object& object, std::string_view name, std::int64_t otherwise)
{
    const json::value* found = object.if_contains(name);
    return found && found->is_int64() ? found->get_int64() : otherwise;
}

std::string text_in(const json::object& object, std::string_view name)
{
    const json::value* found = object.if_contains(name);
    return found && found->is_string() ? std::string{found->get_string()} : std::string{};
}

json::object pin_json(const TrustPin& pin)
{
    json::array keys;
    for (const KeyPeriod& key : pin.keys)
        keys.push_back(period_json(key));
    return {
        {"keys", std::move(keys)}, {"signatures", pin.signatures}, {"rotation", pin.rotation}, {"by", pin.by}
    };
}

Result<TrustPin> read_pin(const json::object& object)
{
    TrustPin pin;
    pin.signatures = number_in(object, "signatures", 1);
    pin.rotation = number_in(object, "rotation", 0);
    pin.by = text_in(object, "by");
    if (const json::value* keys = object.if_contains("keys"); keys && keys->is_array())
        for (const json::value& item : keys->get_array()) {
            MORTISE_TRY(const KeyPeriod key, read_period(item, "/keys"));
            pin.keys.push_back(key);
        }
    return pin;
}

TrustPolicy read_policy(const json::object& object)
{
    TrustPolicy policy;
    policy.signatures = number_in(object, "signatures", 1);
    policy.root_signatures = number_in(object, "root_signatures", 1);
    policy.max_age_days = number_in(object, "max_age_days", policy.max_age_days);
    if (const json::value* first = object.if_contains("first_use"); first && first->is_bool())
        policy.first_use = first->get_bool();
    return policy;
}

std::vector<std::string> texts_in(const json::object& object, std::string_view name)
{
    std::vector<std::string> texts;
    if (const json::value* list = object.if_contains(name); list && list->is_array())
        for (const json::value& item : list->get_array())
            if (item.is_string()) texts.emplace_back(item.get_string());
    return texts;
}

/// What an admin revokes by hand: a fingerprint, or ID@RANGE.
Result<std::pair<std::string, VersionRange>> parse_revoked(std::string_view what)
{
    const std::size_t at = what.find('@');
    if (at == std::string_view::npos && what.size() == 32
        && what.find_first_not_of("0123456789abcdef") == std::string_view::npos)
        return std::pair{std::string{}, VersionRange{}};
    const std::string_view id = what.substr(0, at);
    if (id.empty() || id.find('.') == std::string_view::npos)
        return trust_error(
            ErrorCode::invalid,
            "bad_revocation",
            '"' + std::string{what} + "\" is neither a key's fingerprint nor a plugin with versions",
            std::string{what},
            "such as com.acme.leadscore@<1.2.3, or com.acme.leadscore for every version"
        );
    if (at == std::string_view::npos) return std::pair{std::string{id}, VersionRange{}};
    MORTISE_TRY(VersionRange range, VersionRange::parse(what.substr(at + 1)));
    return std::pair{std::string{id}, std::move(range)};
}

} // namespace

TrustBook::TrustBook(Database& database, Writer& writer, const Clock& clock)
    : m_clock{clock},
      m_store{database, writer, clock}
{
}

Result<void> TrustBook::open()
{
    const std::scoped_lock lock{m_mutex};
    MORTISE_CHECK(m_store.open());
    MORTISE_TRY(const auto policies, m_store.load("policy"));
    if (const auto found = policies.find(""); found != policies.end()) m_policy = read_policy(found->second);
    MORTISE_TRY(const auto pins, m_store.load("pin"));
    for (const auto& [vendor, document] : pins) {
        MORTISE_TRY(TrustPin pin, read_pin(document));
        m_pins.emplace(vendor, std::move(pin));
    }
    MORTISE_TRY(const auto roots, m_store.load("root"));
    for (const auto& [fingerprint, document] : roots) {
        MORTISE_TRY(const KeyPeriod root, read_period(document, fingerprint));
        m_roots.push_back(root.key);
    }
    MORTISE_TRY(const auto lists, m_store.load("revocations"));
    for (const auto& [name, document] : lists) {
        MORTISE_TRY(const SignedStatement read, read_statement(text_in(document, "envelope")));
        MORTISE_TRY(const TrustStatement statement, parse_statement(read.text));
        if (const auto* list = std::get_if<RevocationStatement>(&statement)) m_revocations = *list;
    }
    MORTISE_TRY(const auto own, m_store.load("revoked"));
    for (const auto& [what, document] : own) {
        MORTISE_TRY(auto parsed, parse_revoked(what));
        m_own.emplace(what, std::move(parsed));
    }
    MORTISE_TRY(const auto versions, m_store.load("versions"));
    for (const auto& [id, document] : versions)
        for (const std::string& text : texts_in(document, "versions"))
            if (auto version = Version::parse(text)) m_versions[id].push_back(*std::move(version));
    MORTISE_TRY(const auto lists_on_disk, m_store.load("list"));
    for (const auto& [name, document] : lists_on_disk)
        for (std::string& digest : texts_in(document, "sha256"))
            m_lists[name].push_back(std::move(digest));
    MORTISE_TRY(const auto catalogs, m_store.load("catalog"));
    for (const auto& [name, document] : catalogs) {
        MORTISE_TRY(const KeyPeriod key, read_period(document, name));
        m_catalogs.emplace(
            name, TrustedCatalog{name, text_in(document, "folder"), key.key, number_in(document, "number", 0)}
        );
    }
    MORTISE_TRY(const auto times, m_store.load("time"));
    if (const auto found = times.find(""); found != times.end())
        m_latest = m_latest_kept = Instant{number_in(found->second, "latest", 0)};
    MORTISE_TRY(const auto former, m_store.take_former_keys());
    for (const auto& [id, text] : former) {
        MORTISE_TRY(const PublicKey key, parse_public_key(text));
        const std::string vendor{vendor_of(id)};
        TrustPin& pin = m_pins[vendor];
        pin.by = "first_use";
        if (std::ranges::find(pin.keys, key, &KeyPeriod::key) == pin.keys.end())
            pin.keys.push_back({.key = key});
        MORTISE_CHECK(save_pin(vendor));
    }
    return {};
}

/// With the mutex held.
Instant TrustBook::time() const
{
    return std::max(m_clock.now(), m_latest);
}

Instant TrustBook::now() const
{
    const std::scoped_lock lock{m_mutex};
    return time();
}

Result<void> TrustBook::note_time()
{
    const std::scoped_lock lock{m_mutex};
    m_latest = time();
    if (m_latest.microseconds - m_latest_kept.microseconds < microseconds_an_hour) return {};
    MORTISE_CHECK(m_store.save("time", "", json::object{{"latest", m_latest.microseconds}}));
    m_latest_kept = m_latest;
    return {};
}

TrustPolicy TrustBook::policy() const
{
    const std::scoped_lock lock{m_mutex};
    return m_policy;
}

Result<void> TrustBook::set_policy(const TrustPolicy& policy)
{
    if (policy.signatures < 1 || policy.signatures > 16 || policy.root_signatures < 1
        || policy.root_signatures > 16 || policy.max_age_days < 0 || policy.max_age_days > 3650)
        return trust_error(
            ErrorCode::invalid,
            "bad_policy",
            "a number of the policy is out of its range",
            {},
            "signatures from 1 to 16, days from 0 to 3650"
        );
    const std::scoped_lock lock{m_mutex};
    MORTISE_CHECK(m_store.save(
        "policy",
        "",
        json::object{
            {"signatures", policy.signatures},
            {"root_signatures", policy.root_signatures},
            {"first_use", policy.first_use},
            {"max_age_days", policy.max_age_days}
        }
    ));
    m_policy = policy;
    return {};
}

std::map<std::string, TrustPin> TrustBook::pins() const
{
    const std::scoped_lock lock{m_mutex};
    return m_pins;
}

std::optional<TrustPin> TrustBook::pin_of(std::string_view id) const
{
    const std::scoped_lock lock{m_mutex};
    const auto found = m_pins.find(std::string{vendor_of(id)});
    return found == m_pins.end() ? std::nullopt : std::optional{found->second};
}

/// With the mutex held.
Result<void> TrustBook::save_pin(const std::string& vendor)
{
    return m_store.save("pin", vendor, pin_json(m_pins.at(vendor)));
}

Result<void> TrustBook::pin(std::string_view vendor, std::vector<KeyPeriod> keys, std::int64_t signatures)
{
    if (keys.empty() || signatures < 1 || static_cast<std::size_t>(signatures) > keys.size())
        return trust_error(
            ErrorCode::invalid,
            "bad_pin",
            "a vendor has at least one key, and not more signatures than keys are asked for",
            std::string{vendor}
        );
    const std::scoped_lock lock{m_mutex};
    TrustPin& pin = m_pins[std::string{vendor}];
    pin.keys = std::move(keys);
    pin.signatures = signatures;
    pin.by = "admin";
    return save_pin(std::string{vendor});
}

Result<bool> TrustBook::unpin(std::string_view vendor)
{
    const std::scoped_lock lock{m_mutex};
    const bool was_there = m_pins.erase(std::string{vendor}) > 0;
    MORTISE_CHECK(m_store.save("pin", vendor, std::nullopt));
    return was_there;
}

std::vector<PublicKey> TrustBook::roots() const
{
    const std::scoped_lock lock{m_mutex};
    return m_roots;
}

Result<void> TrustBook::add_root(const PublicKey& key)
{
    const std::scoped_lock lock{m_mutex};
    if (std::ranges::find(m_roots, key) != m_roots.end()) return {};
    MORTISE_CHECK(m_store.save("root", key_fingerprint(key), period_json({.key = key})));
    m_roots.push_back(key);
    return {};
}

Result<bool> TrustBook::remove_root(std::string_view fingerprint)
{
    const std::scoped_lock lock{m_mutex};
    MORTISE_CHECK(m_store.save("root", fingerprint, std::nullopt));
    return std::erase_if(m_roots, [&](const PublicKey& key) { return key_fingerprint(key) == fingerprint; })
        > 0;
}

Result<std::string> TrustBook::take(std::string_view envelope)
{
    MORTISE_TRY(const SignedStatement read, read_statement(envelope));
    MORTISE_TRY(const TrustStatement statement, parse_statement(read.text));
    const std::scoped_lock lock{m_mutex};
    if (const auto* list = std::get_if<RevocationStatement>(&statement)) {
        MORTISE_CHECK(check_roots(read, "the list of what is revoked"));
        MORTISE_CHECK(take_revocations(*list, envelope));
        return std::string{"revocations"};
    }
    if (const auto* key = std::get_if<KeyStatement>(&statement)) {
        MORTISE_CHECK(check_roots(read, "the statement about a key"));
        MORTISE_CHECK(take_key(*key));
        return std::string{"key"};
    }
    if (const auto* rotation = std::get_if<RotationStatement>(&statement)) {
        MORTISE_CHECK(take_rotation(*rotation, read));
        return std::string{"rotation"};
    }
    return trust_error(
        ErrorCode::invalid,
        "bad_statement",
        "this is the index of a catalog",
        "/kind",
        "run \"mortise trust catalog add NAME FOLDER KEY\""
    );
}

/// With the mutex held. It counts in this process even if it cannot be kept.
Result<void> TrustBook::take_revocations(const RevocationStatement& list, std::string_view envelope)
{
    if (m_revocations && list.number < m_revocations->number)
        return trust_error(
            ErrorCode::refused,
            "revocations_older",
            "the list has number " + std::to_string(list.number) + ", and number "
                + std::to_string(m_revocations->number) + " was taken already",
            "/number",
            "fetch the newest list"
        );
    if (list.until < time())
        return trust_error(
            ErrorCode::refused,
            "revocations_expired",
            "the list was good until " + format_instant(list.until),
            "/until",
            "fetch the newest list"
        );
    m_revocations = list;
    // The signers saw this time: a clock that is behind it is wrong.
    if (list.issued.microseconds - m_clock.now().microseconds < microseconds_a_day)
        m_latest = std::max(m_latest, list.issued);
    return m_store.save("revocations", "", json::object{{"envelope", envelope}});
}

Result<void> TrustBook::take_key(const KeyStatement& statement)
{
    TrustPin& pin = m_pins[statement.vendor];
    const auto known = std::ranges::find(pin.keys, statement.key.key, &KeyPeriod::key);
    if (known != pin.keys.end())
        *known = statement.key;
    else if (pin.keys.empty()) {
        pin.keys.push_back(statement.key);
        pin.by = "root";
    } else
        return trust_error(
            ErrorCode::refused,
            "other_key",
            statement.vendor + " is known by the key " + key_fingerprint(pin.keys.front().key)
                + ": only a rotation signed by it, or you, can put another in its place",
            statement.vendor,
            "run \"mortise trust unpin " + statement.vendor + "\" first, if the old key is lost"
        );
    return save_pin(statement.vendor);
}

Result<void> TrustBook::take_rotation(const RotationStatement& rotation, const SignedStatement& statement)
{
    const auto found = m_pins.find(rotation.vendor);
    if (found == m_pins.end())
        return trust_error(
            ErrorCode::not_found,
            "unknown_vendor",
            "no key of " + rotation.vendor + " is kept that could be replaced",
            rotation.vendor
        );
    MORTISE_CHECK(apply(found->second, rotation, statement));
    return save_pin(rotation.vendor);
}

std::optional<RevocationStatement> TrustBook::revocations() const
{
    const std::scoped_lock lock{m_mutex};
    return m_revocations;
}

std::optional<Error> TrustBook::revocations_problem() const
{
    const std::scoped_lock lock{m_mutex};
    return stale();
}

/// With the mutex held.
std::optional<Error> TrustBook::stale() const
{
    if (!m_revocations || m_policy.max_age_days == 0) return std::nullopt;
    const Instant oldest{time().microseconds - m_policy.max_age_days * microseconds_a_day};
    if (m_revocations->issued >= oldest && m_revocations->until >= time()) return std::nullopt;
    return trust_error(
        ErrorCode::refused,
        "revocations_stale",
        "the list of what is revoked is of " + format_instant(m_revocations->issued) + " and too old",
        "revocations",
        "fetch a newer one and run \"mortise trust import FILE\"; \"mortise trust policy --max-age 0\" does "
        "without"
    );
}

Result<void> TrustBook::revoke(std::string_view what)
{
    MORTISE_TRY(auto parsed, parse_revoked(what));
    const std::scoped_lock lock{m_mutex};
    m_own.insert_or_assign(std::string{what}, std::move(parsed));
    return m_store.save("revoked", what, json::object{});
}

Result<bool> TrustBook::unrevoke(std::string_view what)
{
    const std::scoped_lock lock{m_mutex};
    MORTISE_CHECK(m_store.save("revoked", what, std::nullopt));
    return m_own.erase(std::string{what}) > 0;
}

std::vector<std::string> TrustBook::own_revocations() const
{
    const std::scoped_lock lock{m_mutex};
    std::vector<std::string> all;
    all.reserve(m_own.size());
    for (const auto& [what, parsed] : m_own)
        all.push_back(what);
    return all;
}

Result<void> TrustBook::forget(std::string_view what, std::string_view name)
{
    const std::scoped_lock lock{m_mutex};
    if (what == "time") {
        m_latest = m_latest_kept = {};
        return m_store.save("time", "", std::nullopt);
    }
    if (what == "revocations") {
        m_revocations.reset();
        return m_store.save("revocations", "", std::nullopt);
    }
    if (what == "versions") {
        m_versions.erase(std::string{name});
        return m_store.save("versions", name, std::nullopt);
    }
    if (const auto found = m_catalogs.find(std::string{name});
        what == "catalog" && found != m_catalogs.end()) {
        found->second.number = 0;
        json::object document = period_json({.key = found->second.key});
        document["folder"] = found->second.folder;
        return m_store.save("catalog", name, document);
    }
    return trust_error(
        ErrorCode::invalid,
        "bad_forget",
        "there is nothing \"" + std::string{what} + "\" to forget",
        std::string{what},
        "time, revocations, versions ID or catalog NAME"
    );
}

} // namespace mortise::host
