#include "store/addresses.hpp"

#include "mime/charset.hpp"
#include "mime/glib.hpp"

#include <algorithm>
#include <array>

namespace mortise::plugins::email {

namespace {

/// Names before the @ that are machines, whole or as their beginning.
constexpr std::array<std::string_view, 26> machines{
    "no-reply",      "noreply",      "no_reply",      "no.reply",     "donotreply", "do-not-reply",
    "do_not_reply",  "do.not.reply", "mailer-daemon", "mailerdaemon", "postmaster", "bounce",
    "bounces",       "bounce-",      "bounces-",      "bounces+",     "bounce+",    "notification",
    "notifications", "notify",       "auto-confirm",  "automailer",   "daemon",     "nobody",
    "listserv",      "unsubscribe",
};

bool is_letter_case_only(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80U; });
}

std::string lower_text(std::string_view text)
{
    if (is_letter_case_only(text)) return lower_ascii(text);
    const GlibText lower{g_utf8_strdown(text.data(), static_cast<gssize>(text.size()))};
    return clean_line(text_of(lower.get()));
}

std::vector<std::string> texts_of(ValueView list)
{
    std::vector<std::string> texts;
    for (const ValueView item : list.items())
        texts.push_back(lower_ascii(trimmed(item.text())));
    return texts;
}

Id owner_of(const Host& host, std::string_view address)
{
    if (address.empty()) return {};
    const Rows rows = require(host.query(
        "SELECT p.contact AS contact FROM contact_point p JOIN contact c ON c.id = p.contact"
        " WHERE p.value = :address AND p.kind = 'email' ORDER BY p.id LIMIT 1",
        Map{{"address", address}}
    ));
    return rows.empty() ? Id{} : rows.front()["contact"].id();
}

} // namespace

std::string normal_address(std::string_view address)
{
    const std::string clean = clean_line(address);
    const auto at = clean.rfind('@');
    if (at == std::string::npos || at == 0 || at + 1 == clean.size() || clean.size() > 320) return {};
    std::string local = lower_text(std::string_view{clean}.substr(0, at));
    if (local.size() > 1 && local.front() == '"' && local.back() == '"')
        local = local.substr(1, local.size() - 2);
    std::string domain = lower_text(std::string_view{clean}.substr(at + 1));
    while (domain.ends_with('.'))
        domain.pop_back();
    if (local.empty() || domain.empty()) return {};
    if (local.find_first_of(" <>\"") != std::string::npos
        || domain.find_first_of(" <>@,;:\"") != std::string::npos)
        return {};
    if (!is_letter_case_only(domain)) {
        const GlibText ascii{g_hostname_to_ascii(domain.c_str())};
        if (!ascii) return {};
        domain = ascii.get();
    }
    return local + '@' + domain;
}

std::string without_tag(std::string_view normal)
{
    const auto at = normal.rfind('@');
    const auto plus = normal.find('+');
    if (plus == std::string_view::npos || plus == 0 || plus > at) return std::string{normal};
    return std::string{normal.substr(0, plus)} + std::string{normal.substr(at)};
}

std::string_view domain_of(std::string_view normal)
{
    const auto at = normal.rfind('@');
    return at == std::string_view::npos ? std::string_view{} : normal.substr(at + 1);
}

AddressPolicy::AddressPolicy(const Host& host)
{
    const Settings settings = require(host.settings());
    m_domains = texts_of(settings["internal_domains"]);
    m_not_people = texts_of(settings["not_people"]);
    const Rows rows = require(host.query("SELECT b.address AS address FROM mailbox b"));
    for (const Row row : rows)
        m_own.push_back(normal_address(row["address"].text()));
}

AddressPolicy::AddressPolicy(
    std::vector<std::string> own_addresses,
    std::vector<std::string> internal_domains,
    std::vector<std::string> not_people
)
    : m_own{std::move(own_addresses)},
      m_domains{std::move(internal_domains)},
      m_not_people{std::move(not_people)}
{
}

bool AddressPolicy::is_internal(std::string_view normal) const
{
    const auto is = [&](const std::string& own) { return own == normal || own == without_tag(normal); };
    if (std::ranges::any_of(m_own, is)) return true;
    const std::string_view domain = domain_of(normal);
    return std::ranges::any_of(m_domains, [&](const std::string& own) {
        return !own.empty() && (domain == own || domain.ends_with("." + own));
    });
}

bool AddressPolicy::is_nobody(std::string_view normal) const
{
    const std::string_view local = normal.substr(0, normal.rfind('@'));
    const auto matches = [&](std::string_view name) {
        if (name.empty()) return false;
        if (local == name) return true;
        if (!local.starts_with(name)) return false;
        const char next = local[name.size()];
        return name.ends_with('-') || name.ends_with('+') || next == '-' || next == '+' || next == '.'
            || next == '_';
    };
    return std::ranges::any_of(machines, matches)
        || std::ranges::any_of(m_not_people, [&](const std::string& name) { return matches(name); })
        || local.ends_with("-bounces") || local.ends_with("-noreply") || local.ends_with("no-reply")
        || local.ends_with("-request") || local.starts_with("prvs=") || local.starts_with("srs0=");
}

Id find_contact(const Host& host, std::string_view normal)
{
    if (const Id exact = owner_of(host, normal)) return exact;
    const std::string plain = without_tag(normal);
    return plain == normal ? Id{} : owner_of(host, plain);
}

} // namespace mortise::plugins::email
