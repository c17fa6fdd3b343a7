#include "matching/profile.hpp"

#include "base/normalise_email.hpp"
#include "base/text.hpp"
#include "matching/text/nicknames.hpp"
#include "matching/text/organisation_name.hpp"
#include "matching/text/phonetic.hpp"
#include "matching/text/street.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace mortise::host::matching {

namespace {

constexpr std::size_t longest_part = 400;
constexpr std::size_t most_pieces = 12;

std::string_view first_word(std::string_view words) noexcept
{
    return words.substr(0, words.find(' '));
}

bool is_title(std::string_view word) noexcept
{
    constexpr std::array<std::string_view, 20> titles{"mr",   "mrs",  "ms",  "miss", "dr", "prof", "sir",
                                                      "herr", "frau", "mme", "mlle", "sr", "sra",  "ing",
                                                      "dipl", "mag",  "jr",  "phd",  "md", "rev"};
    return std::ranges::find(titles, word) != titles.end();
}

std::string without_titles(std::string_view words)
{
    std::string kept;
    while (!words.empty()) {
        const std::string_view word = first_word(words);
        words.remove_prefix(std::min(word.size() + 1, words.size()));
        if (!is_title(word)) kept.append(kept.empty() ? "" : " ").append(word);
    }
    return kept;
}

/// "1908-12-09", "19081209", "--12-09" as eight digits.
std::string birth_of(std::string_view text)
{
    std::string digits;
    const bool has_no_year = text.starts_with("--");
    if (has_no_year) digits = "0000";
    for (const char c : text)
        if (c >= '0' && c <= '9') digits += c;
    if (digits.size() > 8 && text.find('T') != std::string_view::npos) digits.resize(8);
    return digits.size() == 8 ? digits : std::string{};
}

void add_piece(std::string& part, std::string_view piece)
{
    if (piece.empty() || piece.size() > longest_part) return;
    bool is_there = false;
    std::size_t count = 0;
    each_piece(part, [&](std::string_view known) {
        is_there = is_there || known == piece;
        ++count;
    });
    if (is_there || count >= most_pieces || part.size() + piece.size() > longest_part * 2) return;
    if (!part.empty()) part += '\n';
    part += piece;
}

/// Without what only sorts mail at its receiver: "anna+shop@x" is "anna@x", and gmail ignores points.
std::string mailbox(std::string_view address)
{
    const auto at = address.rfind('@');
    if (at == std::string_view::npos) return {};
    std::string local = ascii_lower(address.substr(0, at));
    std::string domain = ascii_lower(address.substr(at + 1));
    if (const auto plus = local.find('+'); plus != std::string::npos && plus > 0) local.resize(plus);
    if (domain == "googlemail.com") domain = "gmail.com";
    if (domain == "gmail.com") std::erase(local, '.');
    return local + '@' + domain;
}

std::string host_of(std::string_view url)
{
    if (const auto scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
    url = url.substr(0, url.find_first_of("/?#:"));
    std::string host = ascii_lower(trim(url));
    if (host.starts_with("www.")) host.erase(0, 4);
    return host.find('.') == std::string::npos ? std::string{} : host;
}

using Parts = std::array<std::string, part_count>;

std::string& at(Parts& parts, Part part)
{
    return parts[static_cast<std::size_t>(part)];
}

void add_organisation_name(Parts& parts, std::string_view text)
{
    const OrganisationName name = parse_organisation_name(text);
    std::string& whole = at(parts, Part::whole);
    for (const std::string& word : name.words)
        whole.append(whole.empty() ? "" : " ").append(word);
    at(parts, Part::legal_form) = name.legal_form;
    if (name.initials.size() >= 2) at(parts, Part::initials) = name.initials;
    at(parts, Part::family_key)
        = phonetic_key(name.words.empty() ? std::string_view{} : std::string_view{name.words.front()});
}

/// Of a name as a whole: the last word is the family's, unless a comma says otherwise.
std::pair<std::string, std::string> given_and_family(std::string_view name)
{
    if (name.find('@') != std::string_view::npos) return {};
    if (const auto comma = name.find(','); comma != std::string_view::npos)
        return {
            without_titles(plain_words(name.substr(comma + 1))),
            without_titles(plain_words(name.substr(0, comma))),
        };
    const std::string words = without_titles(plain_words(name));
    const auto blank = words.rfind(' ');
    if (blank == std::string::npos) return {{}, words};
    return {words.substr(0, blank), words.substr(blank + 1)};
}

void add_names(Parts& parts, const ContactFacts& facts)
{
    if (facts.kind == "organisation") return add_organisation_name(parts, facts.name);
    std::string given = without_titles(plain_words(facts.given_name));
    std::string family = without_titles(plain_words(facts.family_name));
    at(parts, Part::nickname) = plain_words(facts.nickname);
    std::string& whole = at(parts, Part::whole);
    if (given.empty() && family.empty()) std::tie(given, family) = given_and_family(facts.name);
    whole = given;
    for (const std::string& more : {plain_words(facts.additional_name), family})
        if (!more.empty()) whole.append(whole.empty() ? "" : " ").append(more);
    at(parts, Part::given_key) = phonetic_key(main_form(first_word(given)));
    at(parts, Part::family_key) = phonetic_key(family);
    at(parts, Part::given) = std::move(given);
    at(parts, Part::family) = std::move(family);
}

void add_address(Parts& parts, const ContactFacts& facts)
{
    std::string street = facts.street;
    std::string city = facts.city;
    std::string postcode = facts.postcode;
    if (street.empty() && !facts.address_text.empty()) {
        AddressLine line = parse_address_line(facts.address_text);
        street = std::move(line.street);
        if (city.empty()) city = std::move(line.city);
        if (postcode.empty()) postcode = std::move(line.postcode);
    }
    StreetLine line = parse_street(street);
    at(parts, Part::number) = facts.street_number.empty() ? line.number : plain_word(facts.street_number);
    at(parts, Part::street) = std::move(line.name);
    const StreetLine second = parse_street(facts.extended);
    at(parts, Part::extended) = second.name.empty() || second.number.empty()
        ? second.name + second.number
        : second.name + ' ' + second.number;
    // A number alone and the street in the second line.
    if (at(parts, Part::street).empty() && !second.number.empty() && at(parts, Part::number).empty()) {
        at(parts, Part::number) = second.number;
        at(parts, Part::street) = second.name;
        at(parts, Part::extended).clear();
    }
    at(parts, Part::city) = plain_words(city);
    at(parts, Part::region) = plain_words(facts.region);
    at(parts, Part::postcode) = plain_word(postcode);
    at(parts, Part::country) = plain_words(facts.country);
}

void add_points(Parts& parts, const ContactFacts& facts)
{
    for (const std::string& email : facts.emails) {
        const auto normal = normalise_email(email);
        const std::string address = mailbox(normal ? normal->normalised : email);
        add_piece(at(parts, Part::emails), address);
        if (const std::string domain = address.substr(address.find('@') + 1); !is_free_mailer(domain))
            add_piece(at(parts, Part::domains), domain);
    }
    for (const std::string& phone : facts.phones) {
        std::string digits;
        for (const char c :
             std::string_view{phone}.substr(0, phone.find(';'))) // an extension is not compared
            if (c >= '0' && c <= '9') digits += c;
        while (digits.starts_with("00"))
            digits.erase(0, 2);
        if (digits.size() >= 5) add_piece(at(parts, Part::phones), digits);
    }
    for (const std::string& website : facts.websites)
        if (const std::string host = host_of(website); !is_free_mailer(host))
            add_piece(at(parts, Part::domains), host);
    if (facts.employer != 0) at(parts, Part::employer) = std::to_string(facts.employer);
    for (const std::string& identity : facts.verified)
        add_piece(at(parts, Part::verified), identity);
}

} // namespace

bool Profile::fits(std::string_view block) noexcept
{
    if (block.size() < head || block.front() != version) return false;
    const Profile profile{block};
    std::size_t before = 0;
    for (std::size_t part = 0; part < part_count; ++part) {
        if (profile.end_of(part) < before) return false;
        before = profile.end_of(part);
    }
    return head + before == block.size();
}

std::string make_profile(const ContactFacts& facts)
{
    Parts parts;
    at(parts, Part::kind) = facts.kind.substr(0, 1);
    add_names(parts, facts);
    at(parts, Part::birth) = birth_of(facts.birthday);
    add_address(parts, facts);
    add_points(parts, facts);
    std::string block(Profile::head, '\0');
    block.front() = Profile::version;
    std::size_t end = 0;
    for (std::size_t i = 0; i < part_count; ++i) {
        // Whole characters, and no part so long that comparing it would take long.
        const bool has_pieces = i >= static_cast<std::size_t>(Part::emails);
        const std::string_view text
            = has_pieces ? std::string_view{parts[i]} : cut_utf8(parts[i], longest_part);
        end += text.size();
        block[1 + i * 2] = static_cast<char>(end & 0xFFU);
        block[2 + i * 2] = static_cast<char>(end >> 8U);
        block += text;
    }
    return block;
}

} // namespace mortise::host::matching
