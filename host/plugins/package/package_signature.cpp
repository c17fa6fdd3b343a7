#include "plugins/package/package_signature.hpp"

#include "base/base64.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "plugins/package/package_list.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <sodium.h>
#include <span>
#include <utility>

namespace mortise::host {
namespace {

namespace json = boost::json;

static_assert(
    crypto_sign_PUBLICKEYBYTES == 32 && crypto_sign_SECRETKEYBYTES == 64 && crypto_sign_BYTES == 64
);

constexpr std::string_view secret_word = "mortise-secret-key ed25519 ";
constexpr std::string_view public_word = "mortise-public-key ed25519 ";
constexpr std::size_t max_signatures = 16;

using Signature = std::array<std::byte, 64>;

struct Signed {
    PublicKey key;
    Signature signature;
};

const unsigned char* raw(const std::byte* bytes)
{
    return reinterpret_cast<const unsigned char*>(bytes);
}

template <std::size_t Size>
Result<std::array<std::byte, Size>> parse_bytes(std::string_view text, std::string_view what)
{
    auto bytes = parse_base64(text);
    if (!bytes || bytes->size() != Size)
        return package_error(
            ErrorCode::invalid,
            "bad_key",
            "this is no " + std::string{what},
            {},
            "keys are made by mortise-sdk keygen"
        );
    std::array<std::byte, Size> out{};
    std::ranges::copy(*bytes, out.begin());
    return out;
}

template <std::size_t Size>
Result<std::array<std::byte, Size>>
parse_key_line(std::string_view text, std::string_view word, std::string_view what)
{
    while (text.ends_with('\n') || text.ends_with('\r') || text.ends_with(' '))
        text.remove_suffix(1);
    if (!text.starts_with(word))
        return package_error(
            ErrorCode::invalid,
            "bad_key",
            "this is no " + std::string{what},
            {},
            "its line begins with \"" + std::string{word.substr(0, word.find(' '))} + '"'
        );
    return parse_bytes<Size>(text.substr(word.size()), what);
}

Error bad_signature(std::string reason)
{
    return package_error(
        ErrorCode::invalid,
        "bad_signature",
        "its signature cannot be read: " + std::move(reason),
        std::string{package_signature_name}
    );
}

Result<Signed> read_one(const json::value& item)
{
    const json::object* object = item.if_object();
    const json::value* key = object ? object->if_contains("key") : nullptr;
    const json::value* signature = object ? object->if_contains("signature") : nullptr;
    if (!key || !key->is_string() || !signature || !signature->is_string())
        return bad_signature("one has no key or no signature");
    const auto key_bytes = parse_bytes<32>(key->get_string(), "public key");
    const auto signature_bytes = parse_bytes<64>(signature->get_string(), "signature");
    if (!key_bytes || !signature_bytes) return bad_signature("a key or a signature has the wrong length");
    return Signed{*key_bytes, *signature_bytes};
}

Result<std::vector<Signed>> read_signatures(std::string_view text)
{
    auto parsed = parse_json(text, package_signature_name);
    if (!parsed) return bad_signature(parsed.error().message);
    const json::object* object = parsed->if_object();
    const json::value* list = object ? object->if_contains("signatures") : nullptr;
    if (!list || !list->is_array() || list->get_array().empty()) return bad_signature("it lists none");
    if (list->get_array().size() > max_signatures)
        return bad_signature("it lists more than " + std::to_string(max_signatures));
    std::vector<Signed> found;
    for (const json::value& item : list->get_array()) {
        MORTISE_TRY(Signed one, read_one(item));
        found.push_back(one);
    }
    return found;
}

bool fits(std::string_view list_text, const Signed& one)
{
    return crypto_sign_verify_detached(
               raw(one.signature.data()),
               reinterpret_cast<const unsigned char*>(list_text.data()),
               list_text.size(),
               raw(one.key.data())
           )
        == 0;
}

} // namespace

SigningKey SigningKey::create()
{
    SigningKey key;
    std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> ignored{};
    if (sodium_init() < 0) std::terminate(); // no random numbers: nothing may be signed
    crypto_sign_keypair(ignored.data(), key.m_secret.data());
    return key;
}

Result<SigningKey> SigningKey::parse(std::string_view text)
{
    MORTISE_TRY(auto seed, parse_key_line<32>(text, secret_word, "secret key"));
    SigningKey key;
    std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> ignored{};
    crypto_sign_seed_keypair(ignored.data(), key.m_secret.data(), raw(seed.data()));
    sodium_memzero(seed.data(), seed.size());
    return key;
}

SigningKey::SigningKey(SigningKey&& other) noexcept : m_secret{other.m_secret}
{
    sodium_memzero(other.m_secret.data(), other.m_secret.size());
}

SigningKey::~SigningKey()
{
    sodium_memzero(m_secret.data(), m_secret.size());
}

std::string SigningKey::text() const
{
    return std::string{secret_word} + base64(std::as_bytes(std::span{m_secret}.first(32))) + '\n';
}

PublicKey SigningKey::public_key() const noexcept
{
    PublicKey key{};
    std::ranges::copy(std::as_bytes(std::span{m_secret}.last(32)), key.begin());
    return key;
}

std::array<std::byte, 64> SigningKey::sign(std::string_view message) const noexcept
{
    Signature signature{};
    crypto_sign_detached(
        reinterpret_cast<unsigned char*>(signature.data()),
        nullptr,
        reinterpret_cast<const unsigned char*>(message.data()),
        message.size(),
        m_secret.data()
    );
    return signature;
}

std::string public_key_text(const PublicKey& key)
{
    return std::string{public_word} + base64(key) + '\n';
}

Result<PublicKey> parse_public_key(std::string_view text)
{
    return parse_key_line<32>(text, public_word, "public key");
}

std::string key_fingerprint(const PublicKey& key)
{
    const Digest digest = sha256(key);
    return hex(std::span{digest}.first(16));
}

std::string
add_signature(std::string_view list_text, const std::optional<std::string>& existing, const SigningKey& key)
{
    std::vector<Signed> all;
    if (existing)
        if (auto before = read_signatures(*existing)) all = *std::move(before);
    const PublicKey own = key.public_key();
    std::erase_if(all, [&](const Signed& one) { return one.key == own || !fits(list_text, one); });
    all.push_back({own, key.sign(list_text)});
    json::array list;
    for (const Signed& one : all)
        list.push_back(json::object{{"key", base64(one.key)}, {"signature", base64(one.signature)}});
    json::object made{{"format", 1}, {"signatures", std::move(list)}};
    if (existing)
        if (const auto carried = parse_json(*existing, package_signature_name);
            carried && carried->is_object())
            if (const json::value* statements = carried->get_object().if_contains("statements"))
                made["statements"] = *statements;
    return to_json(made) + '\n';
}

Result<std::vector<std::string>> carried_statements(std::string_view signature_text)
{
    auto parsed = parse_json(signature_text, package_signature_name);
    if (!parsed) return bad_signature(parsed.error().message);
    const json::object* object = parsed->if_object();
    const json::value* list = object ? object->if_contains("statements") : nullptr;
    std::vector<std::string> found;
    if (!list) return found;
    if (!list->is_array() || list->get_array().size() > max_signatures)
        return bad_signature("its statements are no list of at most " + std::to_string(max_signatures));
    for (const json::value& item : list->get_array())
        found.push_back(to_json(item));
    return found;
}

Result<std::string>
with_statements(std::string_view signature_text, const std::vector<std::string>& envelopes)
{
    auto parsed = parse_json(signature_text, package_signature_name);
    if (!parsed) return bad_signature(parsed.error().message);
    if (!parsed->is_object()) return bad_signature("it is no object");
    json::array list;
    for (const std::string& envelope : envelopes) {
        MORTISE_TRY(json::value item, parse_json(envelope, "statement"));
        list.push_back(std::move(item));
    }
    parsed->get_object()["statements"] = std::move(list);
    return to_json(*parsed) + '\n';
}

Result<std::vector<PublicKey>> check_signatures(std::string_view list_text, std::string_view signature_text)
{
    MORTISE_TRY(const std::vector<Signed> all, read_signatures(signature_text));
    std::vector<PublicKey> keys;
    for (const Signed& one : all) {
        if (!fits(list_text, one))
            return package_error(
                ErrorCode::refused,
                "wrong_signature",
                "the signature of key " + key_fingerprint(one.key) + " is not of this package",
                std::string{package_signature_name},
                "do not install it: it was changed after it was signed"
            );
        if (std::ranges::find(keys, one.key) == keys.end()) keys.push_back(one.key);
    }
    return keys;
}

} // namespace mortise::host
