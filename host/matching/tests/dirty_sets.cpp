#include "dirty_sets.hpp"

#include "matching/model/batch.hpp"
#include "matching/text/nicknames.hpp"
#include "word_lists.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <random>
#include <set>

namespace mortise::host::matching {

namespace {

class Dice {
public:
    explicit Dice(std::uint64_t seed) : m_random{seed} { }
    std::size_t below(std::size_t count)
    {
        return static_cast<std::size_t>(m_random() % std::max<std::size_t>(1, count));
    }
    bool chance(double share) { return static_cast<double>(m_random() >> 11U) * 0x1.0p-53 < share; }
    /// As names are: the first of a list are the most frequent.
    std::size_t skewed(std::size_t count)
    {
        const double u = static_cast<double>(m_random() >> 11U) * 0x1.0p-53;
        return std::min(count - 1, static_cast<std::size_t>(u * u * static_cast<double>(count)));
    }
    template <class List>
    std::string of(const List& list)
    {
        return std::string{list[skewed(std::size(list))]};
    }
    std::string digits(std::size_t count)
    {
        std::string text;
        for (std::size_t i = 0; i < count; ++i)
            text += static_cast<char>('0' + below(10));
        return text;
    }
    /// A name that nobody thought of: syllables.
    std::string syllables(std::size_t count)
    {
        static constexpr std::array<const char*, 32> parts{"ba",  "ber", "da",  "del", "fan", "gor", "hal",
                                                           "in",  "ka",  "ker", "lan", "lo",  "mar", "mi",
                                                           "nor", "o",   "pel", "ra",  "ros", "sal", "sen",
                                                           "ta",  "ter", "u",   "val", "ver", "wen", "wi",
                                                           "ya",  "zo",  "bel", "ton"};
        std::string text;
        for (std::size_t i = 0; i < count; ++i)
            text += parts[below(parts.size())];
        return text;
    }

private:
    std::mt19937_64 m_random;
};

/// One error in a word, as fingers, ears and scanners make them.
std::string with_error(std::string text, Dice& dice)
{
    if (text.empty()) return text;
    const std::size_t at = dice.below(text.size());
    const bool is_digit = text[at] >= '0' && text[at] <= '9';
    const char other
        = is_digit ? static_cast<char>('0' + dice.below(10)) : static_cast<char>('a' + dice.below(26));
    switch (dice.below(6)) {
    case 0:
        return text.insert(at, 1, other);
    case 1:
        return text.size() > 2 ? text.erase(at, 1) : text;
    case 2:
        if (at + 1 < text.size()) std::swap(text[at], text[at + 1]);
        return text;
    case 3: {
        static constexpr std::array<std::pair<const char*, const char*>, 14> sounds{
            {{"ph", "f"},
             {"ck", "k"},
             {"c", "k"},
             {"ie", "y"},
             {"y", "i"},
             {"ei", "ai"},
             {"th", "t"},
             {"z", "s"},
             {"ee", "ea"},
             {"oo", "u"},
             {"v", "w"},
             {"tt", "t"},
             {"ll", "l"},
             {"nn", "n"}}
        };
        for (std::size_t tries = 0; tries < 6; ++tries) {
            const auto& [from, to] = sounds[dice.below(sounds.size())];
            if (const auto found = text.find(from); found != std::string::npos)
                return text.replace(found, std::string_view{from}.size(), to);
        }
        [[fallthrough]];
    }
    case 4:
        if (text.find(' ') == std::string::npos && text.size() > 4 && dice.chance(0.3))
            return text.insert(1 + dice.below(text.size() - 2), 1, ' ');
        [[fallthrough]];
    default:
        text[at] = other;
        return text;
    }
}

using Fields = std::vector<std::string*>;

Fields fields_of(ContactFacts& facts)
{
    return {
        &facts.given_name,
        &facts.family_name,
        &facts.street_number,
        &facts.street,
        &facts.extended,
        &facts.city,
        &facts.postcode,
        &facts.region,
        &facts.birthday
    };
}

std::string birthday(Dice& dice)
{
    const auto two = [](std::size_t number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    return std::to_string(1920 + dice.below(85)) + two(1 + dice.below(12)) + two(1 + dice.below(28));
}

ContactFacts some_person(Dice& dice, const PersonErrors& errors)
{
    ContactFacts facts;
    facts.given_name = dice.chance(0.1) ? dice.syllables(2) : dice.of(given_names);
    facts.family_name = dice.chance(0.25) ? dice.syllables(2 + dice.below(2)) : dice.of(family_names);
    facts.street_number = std::to_string(1 + dice.skewed(250));
    facts.street
        = (dice.chance(0.5) ? dice.of(place_words) : dice.syllables(2)) + ' ' + dice.of(street_kinds);
    if (dice.chance(0.6))
        facts.extended = dice.chance(0.5) ? dice.syllables(3) : dice.of(place_words) + " park";
    facts.city = dice.chance(0.5) ? dice.of(cities) : dice.syllables(3);
    facts.postcode = std::to_string(2000 + dice.skewed(900));
    facts.region = dice.of(regions);
    facts.birthday = birthday(dice);
    if (errors.contact_points) {
        if (dice.chance(0.8))
            facts.emails.push_back(
                facts.given_name + (dice.chance(0.5) ? "." : "") + facts.family_name
                + dice.digits(dice.chance(0.4) ? 2 : 4) + '@' + dice.of(mail_hosts)
            );
        if (dice.chance(0.7)) facts.phones.push_back("+614" + dice.digits(8));
    }
    return facts;
}

void spoil_points(ContactFacts& facts, Dice& dice)
{
    if (!facts.emails.empty()) {
        if (dice.chance(0.25))
            facts.emails.clear();
        else if (dice.chance(0.15))
            facts.emails.front() = with_error(facts.emails.front(), dice);
        else if (dice.chance(0.15))
            facts.emails.front() = facts.given_name + dice.digits(3) + '@' + dice.of(mail_hosts);
    }
    if (!facts.phones.empty()) {
        if (dice.chance(0.3))
            facts.phones.clear();
        else if (dice.chance(0.2))
            facts.phones.front() = "0" + facts.phones.front().substr(3);
        else if (dice.chance(0.2))
            facts.phones.front() = "+614" + dice.digits(8);
    }
    // Who has contact points has little else in many bases.
    if (dice.chance(0.5)) facts.birthday.clear();
    if (dice.chance(0.4)) {
        facts.street.clear();
        facts.street_number.clear();
    }
}

ContactFacts spoilt(const ContactFacts& original, Dice& dice, const PersonErrors& errors)
{
    ContactFacts facts = original;
    const std::size_t wanted = 1 + dice.below(errors.most_errors);
    std::map<std::string*, std::size_t> done;
    const Fields fields = fields_of(facts);
    for (std::size_t error = 0; error < wanted; ++error) {
        const std::size_t what = dice.below(20);
        if (what == 0) {
            std::swap(facts.given_name, facts.family_name);
            continue;
        }
        if (what == 1) {
            std::swap(facts.street, facts.extended);
            continue;
        }
        if (what == 2) {
            facts.given_name = std::string{main_form(facts.given_name)};
            continue;
        }
        std::string* field = fields[dice.below(fields.size())];
        if (done[field] >= errors.most_errors_of_field) continue;
        ++done[field];
        if (what == 3)
            field->clear();
        else if (what == 4) { // somebody else's value
            ContactFacts other = some_person(dice, errors);
            *field = *fields_of(other
            )[static_cast<std::size_t>(std::ranges::find(fields, field) - fields.begin())];
        } else
            *field = with_error(*field, dice);
    }
    if (errors.contact_points) spoil_points(facts, dice);
    return facts;
}

void leave_out(ContactFacts& facts, Dice& dice, double share)
{
    for (std::string* field : fields_of(facts))
        if (dice.chance(share)) field->clear();
}

} // namespace

std::vector<DirtyRecord> dirty_persons(const PersonErrors& errors, std::uint64_t seed)
{
    Dice dice{seed};
    std::vector<DirtyRecord> set;
    ContactFacts last;
    for (std::size_t i = 0; i < errors.originals; ++i) {
        ContactFacts original = some_person(dice, errors);
        if (i > 0 && dice.chance(errors.relatives)) {
            original.family_name = last.family_name;
            if (same_given_name(original.given_name, last.given_name))
                original.given_name = dice.syllables(3);
            original.street_number = last.street_number;
            original.street = last.street;
            original.extended = last.extended;
            original.city = last.city;
            original.postcode = last.postcode;
            original.region = last.region;
            if (!last.phones.empty() && dice.chance(0.3)) original.phones = last.phones;
        }
        last = original;
        const auto entity = static_cast<std::int64_t>(i);
        leave_out(original, dice, errors.missing);
        set.push_back({entity, original});
        const std::size_t count
            = errors.most_duplicates == 1 ? dice.below(2) : dice.below(errors.most_duplicates + 1);
        for (std::size_t d = 0; d < count; ++d)
            set.push_back({entity, spoilt(original, dice, errors)});
    }
    return set;
}

namespace {

std::string capital(std::string text)
{
    if (!text.empty() && text.front() >= 'a' && text.front() <= 'z')
        text.front() = static_cast<char>(text.front() - 32);
    return text;
}

ContactFacts some_organisation(Dice& dice, const OrganisationErrors& errors)
{
    ContactFacts facts;
    facts.kind = "organisation";
    const std::string first
        = capital(dice.chance(0.6) ? dice.syllables(2 + dice.below(2)) : dice.of(family_names));
    std::string name = first;
    if (dice.chance(0.15)) name += (dice.chance(0.5) ? " & " : " and ") + capital(dice.of(family_names));
    if (dice.chance(0.8)) name += ' ' + capital(dice.of(trades));
    if (dice.chance(0.4)) name += ' ' + capital(dice.of(trades));
    if (dice.chance(0.8)) name += ' ' + dice.of(legal_forms);
    facts.name = name;
    facts.street
        = std::to_string(1 + dice.below(300)) + ' ' + dice.of(place_words) + ' ' + dice.of(street_kinds);
    facts.city = dice.chance(0.7) ? dice.of(cities) : dice.syllables(3);
    facts.postcode = dice.digits(5);
    if (errors.contact_points) {
        std::string domain;
        for (const char c : first)
            if (c != ' ') domain += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
        domain += (dice.chance(0.5) ? "-" + dice.of(trades) : "") + (dice.chance(0.6) ? ".com" : ".de");
        facts.websites.push_back("https://www." + domain + "/");
        facts.emails.push_back("info@" + domain);
        facts.phones.push_back("+49" + dice.digits(9));
    }
    return facts;
}

void spoil_name(std::string& name, Dice& dice)
{
    std::vector<std::string> words(1);
    for (const char c : name)
        if (c == ' ')
            words.emplace_back();
        else
            words.back() += c;
    const auto is_legal = [](const std::string& word) {
        return std::ranges::find(legal_forms, word) != std::end(legal_forms);
    };
    if (is_legal(words.back()) && dice.chance(0.45))
        words.pop_back();
    else if (!is_legal(words.back()) && dice.chance(0.2))
        words.push_back(dice.of(legal_forms));
    else if (words.back() == "Limited" && dice.chance(0.5))
        words.back() = "Ltd.";
    for (std::string& word : words) {
        static const std::map<std::string, std::string> short_forms{
            {"International", "Int'l"},
            {"Manufacturing", "Mfg"},
            {"Associates", "Assoc."},
            {"Technologies", "Technology"},
            {"Services", "Svcs"},
            {"Brothers", "Bros."},
            {"Engineering", "Eng."},
            {"Systems", "System"},
            {"Group", "Grp"},
            {"&", "and"},
            {"and", "&"}
        };
        if (const auto found = short_forms.find(word); found != short_forms.end() && dice.chance(0.5))
            word = found->second;
        else if (word.size() > 4 && dice.chance(0.12))
            word = with_error(word, dice);
    }
    if (words.size() > 2 && dice.chance(0.1)) std::swap(words[0], words[1]);
    if (words.size() > 2 && dice.chance(0.15))
        words.erase(words.begin() + 1 + static_cast<std::ptrdiff_t>(dice.below(words.size() - 1)));
    name.clear();
    for (const std::string& word : words)
        name.append(name.empty() ? "" : " ").append(word);
    if (dice.chance(0.15))
        for (char& c : name)
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
}

ContactFacts spoilt_organisation(const ContactFacts& original, Dice& dice, const OrganisationErrors& errors)
{
    ContactFacts facts = original;
    spoil_name(facts.name, dice);
    if (dice.chance(0.3)) facts.street = with_error(facts.street, dice);
    if (dice.chance(0.08)) {
        facts.street
            = std::to_string(1 + dice.below(300)) + ' ' + dice.of(place_words) + ' ' + dice.of(street_kinds);
        facts.postcode = dice.digits(5);
    }
    if (dice.chance(0.1)) facts.city = with_error(facts.city, dice);
    if (dice.chance(0.1)) facts.postcode = with_error(facts.postcode, dice);
    for (std::string* field : {&facts.street, &facts.city, &facts.postcode})
        if (dice.chance(errors.missing)) field->clear();
    for (auto* points : {&facts.websites, &facts.emails, &facts.phones})
        if (!points->empty() && dice.chance(errors.missing + 0.2)) points->clear();
    if (!facts.phones.empty() && dice.chance(0.25)) facts.phones.front() = "+49" + dice.digits(9);
    return facts;
}

} // namespace

std::vector<DirtyRecord> dirty_organisations(const OrganisationErrors& errors, std::uint64_t seed)
{
    Dice dice{seed};
    std::vector<DirtyRecord> set;
    ContactFacts last;
    for (std::size_t i = 0; i < errors.originals; ++i) {
        ContactFacts original = some_organisation(dice, errors);
        // Another one with nearly the same name elsewhere: to be kept apart.
        if (i > 0 && dice.chance(errors.branches)) {
            original.name = last.name;
            if (dice.chance(0.5)) original.name += " " + capital(dice.of(trades));
        }
        last = original;
        const auto entity = static_cast<std::int64_t>(i);
        set.push_back({entity, original});
        for (std::size_t count = dice.below(errors.most_duplicates + 1); count > 0; --count)
            set.push_back({entity, spoilt_organisation(original, dice, errors)});
    }
    return set;
}

std::vector<DirtyRecord> read_febrl(const std::filesystem::path& file)
{
    std::vector<DirtyRecord> set;
    std::ifstream stream{file};
    std::string line;
    std::getline(stream, line);
    while (std::getline(stream, line)) {
        std::vector<std::string> cells(1);
        for (const char c : line)
            if (c == ',')
                cells.emplace_back();
            else if (c != '\r' && (c != ' ' || !cells.back().empty()))
                cells.back() += c;
        if (cells.size() < 10) continue;
        DirtyRecord& record = set.emplace_back();
        record.entity = std::stoll(cells[0].substr(4));
        record.facts.given_name = cells[1];
        record.facts.family_name = cells[2];
        record.facts.street_number = cells[3];
        record.facts.street = cells[4];
        record.facts.extended = cells[5];
        record.facts.city = cells[6];
        record.facts.postcode = cells[7];
        record.facts.region = cells[8];
        record.facts.birthday = cells[9];
    }
    return set;
}

Figures figures_of(const std::vector<DirtyRecord>& set)
{
    ProfileStore profiles;
    std::map<std::int64_t, std::size_t> members;
    for (std::size_t i = 0; i < set.size(); ++i) {
        profiles.add(static_cast<std::int64_t>(i), make_profile(set[i].facts));
        ++members[set[i].entity];
    }
    const Blocks blocks{profiles, 2};
    const Model model = learn(profiles, blocks);
    std::atomic<std::uint64_t> compared{0};
    const auto pairs = match_range(profiles, blocks, model, 0, profiles.size(), 2, compared);
    Figures figures;
    figures.records = set.size();
    figures.compared = compared;
    for (const auto& [entity, count] : members)
        figures.true_pairs += count * (count - 1) / 2;
    std::size_t right = 0;
    std::size_t same = 0;
    std::size_t same_right = 0;
    for (const BatchPair& pair : pairs) {
        const bool is_true = set[static_cast<std::size_t>(pair.first)].entity
            == set[static_cast<std::size_t>(pair.second)].entity;
        right += is_true ? 1 : 0;
        if (pair.judgement.band != Band::same) continue;
        ++same;
        same_right += is_true ? 1 : 0;
    }
    std::size_t seen = 0;
    std::vector<std::uint32_t> marks;
    for (std::size_t i = 0; i < set.size(); ++i)
        blocks.each_candidate(i, true, marks, [&](std::size_t other) {
            seen += set[i].entity == set[other].entity ? 1 : 0;
        });
    const auto share = [](std::size_t part, std::size_t all) {
        return all == 0 ? 1.0 : static_cast<double>(part) / static_cast<double>(all);
    };
    figures.precision = share(right, pairs.size());
    figures.recall = share(right, figures.true_pairs);
    figures.f1 = 2 * figures.precision * figures.recall / std::max(1e-9, figures.precision + figures.recall);
    figures.same_precision = share(same_right, same);
    figures.same_recall = share(same_right, figures.true_pairs);
    figures.blocking_recall = share(seen, figures.true_pairs);
    return figures;
}

} // namespace mortise::host::matching
