#include "matching/model/blocking.hpp"

#include "matching/model/frequencies.hpp"
#include "matching/text/phonetic.hpp"
#include "matching/text/street.hpp"

#include <algorithm>
#include <string>

namespace mortise::host::matching {

namespace {

/// What keys are of; numbers are kept in databases.
enum class Of : std::uint8_t {
    email = 1,
    mailbox,
    phone,
    birth,
    birth_given,
    birth_family,
    names,
    names_year,
    names_place,
    family_place,
    given_place,
    family_month,
    given_month,
    family_digits,
    house,
    house_second,
    street_place,
    number_place,
    family_city,
    given_city,
    domain,
    words,
    word,
    word_place,
    initials,
    given_number,
    // broad ones, that find what many errors hide where there are few contacts
    family,
    street,
    place,
    birth_year_month,
    birth_month_day,
    given_year,
    city_number,
};

class Keys {
public:
    explicit Keys(std::vector<BlockKey>& keys) : m_keys{keys} { }

    /// A key of one text, or of several; nothing if one of them is empty.
    void add(Of of, std::string_view a) { add(of, a, "-", "-"); }
    void add(Of of, std::string_view a, std::string_view b) { add(of, a, b, "-"); }
    void add(Of of, std::string_view a, std::string_view b, std::string_view c)
    {
        if (a.empty() || b.empty() || c.empty()) return;
        m_text.assign(a).append(1, '\n').append(b).append(1, '\n').append(c);
        m_keys.push_back(hash_of(static_cast<std::uint64_t>(of) + 1000, m_text) >> (64 - block_key_bits));
    }

private:
    std::vector<BlockKey>& m_keys;
    std::string m_text;
};

std::string sorted_letters(std::string_view text)
{
    std::string sorted{text};
    std::ranges::sort(sorted);
    return sorted;
}

void add_points(Keys& keys, const Profile& profile)
{
    each_piece(profile[Part::emails], [&](std::string_view email) {
        keys.add(Of::email, email);
        if (const auto at = email.find('@'); at != std::string_view::npos && at >= 5)
            keys.add(Of::mailbox, email.substr(0, at));
    });
    each_piece(profile[Part::phones], [&](std::string_view phone) {
        if (phone.size() >= 7) keys.add(Of::phone, phone.substr(phone.size() - 7));
    });
}

void add_house(Keys& keys, const Profile& profile)
{
    const std::string_view number = profile[Part::number];
    const std::string street = phonetic_key(without_street_kind(profile[Part::street]));
    const std::string second = phonetic_key(without_street_kind(profile[Part::extended]));
    keys.add(Of::house, street, number);
    keys.add(Of::house, second, number); // the lines may have changed places
    keys.add(Of::street_place, street, profile[Part::postcode]);
    keys.add(Of::street_place, second, profile[Part::postcode]);
    keys.add(Of::number_place, number, profile[Part::postcode]);
    keys.add(Of::street, street);
    keys.add(Of::street, second);
    keys.add(Of::place, profile[Part::postcode]);
    keys.add(Of::city_number, phonetic_key(profile[Part::city]), number);
}

void add_person(Keys& keys, const Profile& profile)
{
    const std::string_view given = profile[Part::given_key];
    const std::string_view family = profile[Part::family_key];
    const std::string_view birth = profile[Part::birth];
    const std::string_view place = profile[Part::postcode];
    const std::string_view year = birth.substr(0, std::min<std::size_t>(4, birth.size()));
    const std::string_view month = birth.substr(0, std::min<std::size_t>(6, birth.size()));
    if (!birth.starts_with("0000")) {
        keys.add(Of::birth, birth);
        keys.add(Of::birth_given, birth, given);
        keys.add(Of::birth_family, birth, family);
        keys.add(Of::family_month, month, family);
        keys.add(Of::family_month, month, given); // the names may have changed places
        keys.add(Of::family_digits, sorted_letters(birth), family);
        keys.add(Of::birth_year_month, month);
        if (!birth.empty()) keys.add(Of::birth_month_day, birth.substr(4));
    }
    const auto [first, second] = std::minmax(given, family);
    keys.add(Of::names, first, second);
    keys.add(Of::names_year, first, second, year);
    keys.add(Of::names_place, first, second, place);
    keys.add(Of::family_place, family, place);
    keys.add(Of::family_place, given, place);
    keys.add(Of::family_city, family, profile[Part::city]);
    keys.add(Of::family_city, given, profile[Part::city]);
    keys.add(Of::family, family);
    keys.add(Of::family, given);
    keys.add(Of::given_year, given, year);
    keys.add(Of::given_number, given, profile[Part::number], year);
}

void add_organisation(Keys& keys, const Profile& profile)
{
    each_piece(profile[Part::domains], [&](std::string_view domain) {
        keys.add(Of::domain, domain);
        const std::string_view name = domain.substr(0, domain.find('.'));
        if (name.size() >= 4) keys.add(Of::domain, name);
    });
    std::vector<std::string_view> words;
    for (std::string_view rest = profile[Part::whole]; !rest.empty() && words.size() < 6;) {
        const auto end = std::min(rest.find(' '), rest.size());
        words.push_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    for (const std::string_view word : words) {
        const std::string sound = phonetic_key(word);
        if (word.size() > 2) keys.add(Of::word, word);
        keys.add(Of::word_place, sound, profile[Part::city]);
        keys.add(Of::word_place, sound, profile[Part::postcode]);
        if (sound.size() > 2 && words.size() > 1) keys.add(Of::words, sound, phonetic_key(words.front()));
        if (sound.size() > 2) keys.add(Of::word, sound, "sound");
    }
    keys.add(Of::initials, profile[Part::initials]);
    if (words.size() == 1 && words.front().size() <= 6) keys.add(Of::initials, words.front());
    std::string joined;
    for (const std::string_view word : words)
        joined += word;
    if (joined.size() > 5) keys.add(Of::words, std::string_view{joined}.substr(0, 6), "start");
}

} // namespace

void block_keys(const Profile& profile, std::vector<BlockKey>& keys)
{
    keys.clear();
    Keys adding{keys};
    add_points(adding, profile);
    add_house(adding, profile);
    if (profile[Part::kind] == "p")
        add_person(adding, profile);
    else
        add_organisation(adding, profile);
    std::ranges::sort(keys);
    const auto repeated = std::ranges::unique(keys);
    keys.erase(repeated.begin(), repeated.end());
}

} // namespace mortise::host::matching
