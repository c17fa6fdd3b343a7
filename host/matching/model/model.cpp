#include "matching/model/model.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace mortise::host::matching {

namespace {

bool agrees(Level level) noexcept
{
    return level == Level::exact || level == Level::variant || level == Level::near;
}

bool is_place(Aspect aspect) noexcept
{
    return aspect >= Aspect::house_number && aspect <= Aspect::region;
}

/// How often a value that is hardly ever seen is had; also the least that any value counts as.
double rare_share(Aspect aspect) noexcept
{
    switch (aspect) {
    case Aspect::given_name:
        return 2e-4;
    case Aspect::family_name:
        return 5e-5;
    case Aspect::organisation_name:
        return 2e-6;
    case Aspect::birthday:
        return 3e-5;
    case Aspect::email:
    case Aspect::phone:
        return 2e-7;
    case Aspect::domain:
        return 5e-6;
    case Aspect::street:
    case Aspect::second_line:
        return 5e-5;
    case Aspect::city:
        return 5e-4;
    case Aspect::postcode:
        return 3e-4;
    case Aspect::house_number:
        return 5e-3;
    default:
        return 0;
    }
}

std::string_view value_of(Aspect aspect, const Profile& a, const Comparison& comparison) noexcept
{
    switch (aspect) {
    case Aspect::given_name:
        return a[Part::given];
    case Aspect::family_name:
        return a[Part::family];
    case Aspect::organisation_name:
        return a[Part::whole];
    case Aspect::birthday:
        return a[Part::birth];
    case Aspect::email:
        return comparison.email;
    case Aspect::phone:
        return comparison.phone;
    case Aspect::domain:
        return comparison.domain;
    case Aspect::street:
        return a[Part::street];
    case Aspect::second_line:
        return a[Part::extended];
    case Aspect::city:
        return a[Part::city];
    case Aspect::postcode:
        return a[Part::postcode];
    case Aspect::house_number:
        return a[Part::number];
    default:
        return {};
    }
}

double probability(double weight) noexcept
{
    return 1 / (1 + std::exp2(-weight));
}

/// What a household has in common.
bool is_shared(Aspect aspect) noexcept
{
    return is_place(aspect) || aspect == Aspect::family_name;
}

/// The weights of a pair by what they depend on.
struct Sums {
    double family{0};
    double place{0};
    double phone{0};
    double email{0};
    double domain{0};
    double birthday{0};
    double other{0};

    void add(const AspectWeight& part, bool is_person) noexcept
    {
        if (is_place(part.aspect))
            place += part.weight;
        else if (part.aspect == Aspect::family_name && is_person)
            family += part.weight;
        else if (part.aspect == Aspect::phone)
            phone += part.weight;
        else if (part.aspect == Aspect::email)
            email += part.weight;
        else if (part.aspect == Aspect::domain)
            domain += part.weight;
        else if (part.aspect == Aspect::birthday)
            birthday += part.weight;
        else
            other += part.weight;
    }
};

/// So that the parts that are shown add up to what counts.
void scale(std::vector<AspectWeight>& parts, std::size_t first, bool (*which)(Aspect) noexcept, double by)
{
    for (std::size_t i = first; i < parts.size(); ++i)
        if (which(parts[i].aspect)) parts[i].weight *= by;
}

bool is_same(Level level) noexcept
{
    return level == Level::exact || level == Level::variant;
}

/// How many parts of the address agree.
int places_of(const Comparison& c) noexcept
{
    int places = 0;
    for (const Aspect aspect : {Aspect::street, Aspect::second_line, Aspect::city, Aspect::postcode})
        places += agrees(c[aspect]) ? 1 : 0;
    return places + (is_same(c[Aspect::house_number]) ? 1 : 0);
}

std::string caution_of_person(const Comparison& c)
{
    const Level given = c[Aspect::given_name];
    const Level family = c[Aspect::family_name];
    const Level birth = c[Aspect::birthday];
    if (given == Level::different) return "the given names are different: they may be relatives";
    if (birth == Level::different || birth == Level::similar) return "the dates of birth are different";
    const int places = places_of(c);
    const bool same_birth = is_same(birth);
    const bool same_given = is_same(given);
    const bool same_channel = c[Aspect::email] == Level::exact || (is_same(c[Aspect::phone]) && same_given);
    if (family == Level::different && same_given && same_birth && places >= 3) return {};
    if (family == Level::different) return "the family names are different";
    if (!agrees(given) || !agrees(family)) {
        if (same_birth && (same_channel || places >= 2)) return {};
        return "a name is missing or only sounds alike, and not enough else agrees";
    }
    if (same_channel && !c.names_swapped) return {};
    if (same_birth && (same_channel || places >= 1)) return {};
    if (birth == Level::near && places >= 2) return {};
    const bool same_names = given == Level::exact && (family == Level::exact || family == Level::near);
    if (birth == Level::missing && same_names && places >= 3 && !c.names_swapped) return {};
    return "too little beside the names agrees";
}

std::string caution_of_organisation(const Comparison& c)
{
    const Level name = c[Aspect::organisation_name];
    if (!agrees(name)) return "the names are not the same";
    const bool other_place = c[Aspect::street] == Level::different
        || (c[Aspect::city] == Level::different && c[Aspect::postcode] == Level::different);
    if (other_place) return "the addresses are different: they may be branches";
    if (c[Aspect::house_number] == Level::different) return "the house numbers are different";
    if (c[Aspect::country] == Level::different) return "the countries are different";
    if (c[Aspect::legal_form] == Level::different) return "the legal forms are different";
    if (c[Aspect::phone] == Level::different && c[Aspect::domain] == Level::different)
        return "phone and domain are different";
    const bool same_channel = c[Aspect::domain] == Level::exact || c[Aspect::email] == Level::exact
        || c[Aspect::phone] == Level::exact || c[Aspect::phone] == Level::variant;
    const bool same_place = agrees(c[Aspect::street]) && c[Aspect::house_number] != Level::near
        && (agrees(c[Aspect::city]) || agrees(c[Aspect::postcode]));
    if (!same_channel && !same_place) return "too little beside the name agrees";
    if (name == Level::near && !(same_channel && same_place)) return "the names are not quite the same";
    return {};
}

constexpr std::string_view bytes_version = "mortise matching model 1\n";

void append_odds(std::string& bytes, const Odds& odds)
{
    char text[sizeof(Odds)];
    std::memcpy(text, &odds, sizeof(Odds));
    bytes.append(text, sizeof(Odds));
}

} // namespace

std::string_view name_of(Band band) noexcept
{
    switch (band) {
    case Band::same:
        return "same";
    case Band::review:
        return "review";
    case Band::different:
        break;
    }
    return "different";
}

std::string caution_of(const Profile& a, const Comparison& comparison)
{
    if (comparison.both_verified) return "both are verified identities of their own";
    return a[Part::kind] == "p" ? caution_of_person(comparison) : caution_of_organisation(comparison);
}

Model::Model() : m_persons{usual_person_odds()}, m_organisations{usual_organisation_odds()}
{
    m_persons.prior = m_organisations.prior = -12;
}

AspectWeight Model::weight_of(const Odds& odds, const Profile& a, const Comparison& comparison, Aspect aspect)
    const noexcept
{
    const auto at = static_cast<std::size_t>(aspect);
    const Level level = comparison[aspect];
    const auto slot = static_cast<std::size_t>(level);
    AspectWeight result{aspect, level, 0, false};
    if (level == Level::missing) return result;
    double u = odds.u[at][slot];
    const double rare = rare_share(aspect);
    const bool counts = level == Level::exact && rare > 0 && !comparison.names_swapped
        && !(comparison.lines_swapped && aspect == Aspect::street);
    if (counts) {
        // These two have it themselves: what counts is how many others do. What is usual counts as if it had
        // been seen among so many contacts more.
        constexpr double usual = 200;
        const auto records = static_cast<double>(m_frequencies.records());
        const double others = std::max(0.0, m_frequencies.of(aspect, value_of(aspect, a, comparison)) - 2.0);
        const double expected = odds.u[at][1];
        u = std::max(rare, (others + usual * expected) / (records + usual));
        result.rare = u < expected / 4;
    }
    result.weight = std::log2(odds.m[at][slot] / u);
    return result;
}

double
Model::weigh(const Profile& a, const Comparison& comparison, std::vector<AspectWeight>* parts) const noexcept
{
    // Parts of an address depend on each other, and whoever moved has another one altogether.
    constexpr double most_of_place = 15;
    constexpr double least_of_place = -7;
    constexpr double swap_names = 3.5;
    constexpr double swap_lines = 2;
    const bool is_person = a[Part::kind] == "p";
    const Odds& odds = this->odds(a[Part::kind]);
    Sums sums;
    const std::size_t first = parts ? parts->size() : 0;
    for (std::size_t i = 0; i < aspect_count; ++i) {
        const AspectWeight part = weight_of(odds, a, comparison, static_cast<Aspect>(i));
        if (part.level == Level::missing) continue;
        sums.add(part, is_person);
        if (parts) parts->push_back(part);
    }
    // An address and its domain say the same thing.
    if (sums.email > 0 && sums.domain > 0) (sums.email < sums.domain ? sums.email : sums.domain) = 0;
    // A number may be that of a house: it proves little when the given names are different.
    constexpr double most_of_shared_phone = 4;
    if (is_person && comparison[Aspect::given_name] == Level::different && sums.birthday <= 0)
        sums.phone = std::min(sums.phone, most_of_shared_phone);
    const double place = std::clamp(sums.place, least_of_place, most_of_place);
    double shared = odds.prior + sums.family + place;
    if (is_person && shared > odds.household) {
        const double most = odds.household - odds.prior;
        if (parts) scale(*parts, first, is_shared, most / (sums.family + place));
        shared = odds.household;
    } else if (parts && sums.place != 0 && place != sums.place)
        scale(*parts, first, is_place, place / sums.place);
    return shared + sums.email + sums.domain + sums.phone + sums.birthday + sums.other
        - (comparison.names_swapped ? swap_names : 0) - (comparison.lines_swapped ? swap_lines : 0);
}

Judgement Model::judge(const Profile& a, const Profile& b, bool with_parts) const
{
    if (a[Part::kind] != b[Part::kind]) return {};
    return judge(a, compare(a, b, &m_frequencies), with_parts);
}

Judgement Model::judge(const Profile& a, const Comparison& comparison, bool with_parts) const
{
    Judgement result;
    result.weight = weigh(a, comparison, with_parts ? &result.parts : nullptr);
    result.score = probability(result.weight);
    if (result.score < review_score) return result;
    result.band = Band::review;
    if (result.score < same_score) return result;
    result.caution = caution_of(a, comparison);
    if (result.caution.empty()) result.band = Band::same;
    return result;
}

std::string Model::to_bytes() const
{
    std::string bytes{bytes_version};
    append_odds(bytes, m_persons);
    append_odds(bytes, m_organisations);
    return bytes + m_frequencies.to_bytes();
}

Result<Model> Model::from_bytes(std::string_view bytes)
{
    constexpr std::size_t head = bytes_version.size() + 2 * sizeof(Odds);
    if (!bytes.starts_with(bytes_version) || bytes.size() < head)
        return Error{
            ErrorCode::io,
            "the model of duplicates is of another version",
            "duplicates.model",
            {},
            "scan again"
        };
    Model model;
    std::memcpy(&model.m_persons, bytes.data() + bytes_version.size(), sizeof(Odds));
    std::memcpy(&model.m_organisations, bytes.data() + bytes_version.size() + sizeof(Odds), sizeof(Odds));
    MORTISE_TRY(model.m_frequencies, Frequencies::from_bytes(bytes.substr(head)));
    return model;
}

} // namespace mortise::host::matching
