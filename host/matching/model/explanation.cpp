#include "matching/model/explanation.hpp"

#include <array>
#include <cmath>

namespace mortise::host::matching {

namespace {

struct Named {
    std::string_view name;
    std::string_view words;
};

constexpr std::array<Named, aspect_count> aspects{{
    {"given_name", "given name"},
    {"family_name", "family name"},
    {"organisation_name", "name"},
    {"birthday", "birthday"},
    {"email", "e-mail"},
    {"phone", "phone"},
    {"domain", "domain"},
    {"house_number", "house number"},
    {"street", "street"},
    {"second_line", "second line of the address"},
    {"city", "city"},
    {"postcode", "postcode"},
    {"region", "region"},
    {"country", "country"},
    {"legal_form", "legal form"},
    {"employer", "organisation"},
}};

constexpr std::array<Named, level_count> levels{{
    {"missing", "not known of both"},
    {"exact", "the same"},
    {"variant", "another form of the same"},
    {"near", "the same but for a slip"},
    {"similar", "alike"},
    {"weak", "a little alike"},
    {"different", "different"},
}};

} // namespace

std::string_view name_of(Aspect aspect) noexcept
{
    return aspects[static_cast<std::size_t>(aspect)].name;
}

std::string_view name_of(Level level) noexcept
{
    return levels[static_cast<std::size_t>(level)].name;
}

std::string words_of(const AspectWeight& part)
{
    std::string text{aspects[static_cast<std::size_t>(part.aspect)].words};
    text.append(": ").append(levels[static_cast<std::size_t>(part.level)].words);
    if (part.rare) text += ", which few have";
    const long long tenths = std::llround(std::abs(part.weight) * 10);
    text.append(part.weight < 0 && tenths != 0 ? " (-" : " (+").append(std::to_string(tenths / 10));
    return text.append(".").append(std::to_string(tenths % 10)).append(")");
}

} // namespace mortise::host::matching
