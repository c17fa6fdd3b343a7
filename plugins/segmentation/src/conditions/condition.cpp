#include "conditions/condition.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mortise::plugins::segmentation {

namespace {

constexpr std::array<std::pair<std::string_view, Test>, 21> tests{{
    {"eq", Test::eq},
    {"ne", Test::ne},
    {"in", Test::in},
    {"not_in", Test::not_in},
    {"lt", Test::lt},
    {"le", Test::le},
    {"gt", Test::gt},
    {"ge", Test::ge},
    {"between", Test::between},
    {"starts_with", Test::starts_with},
    {"ends_with", Test::ends_with},
    {"contains", Test::contains},
    {"not_contains", Test::not_contains},
    {"is_set", Test::is_set},
    {"is_not_set", Test::is_not_set},
    {"has_any", Test::has_any},
    {"has_all", Test::has_all},
    {"has_none", Test::has_none},
    {"within_last", Test::within_last},
    {"before_last", Test::before_last},
    {"within_next", Test::within_next},
}};

constexpr std::array<std::string_view, 7> measures{
    "count", "sum", "average", "least", "greatest", "first", "latest"
};

} // namespace

std::string_view name_of(Test test) noexcept
{
    return std::ranges::find(tests, test, &std::pair<std::string_view, Test>::second)->first;
}

std::optional<Test> test_named(std::string_view name) noexcept
{
    const auto found = std::ranges::find(tests, name, &std::pair<std::string_view, Test>::first);
    return found == tests.end() ? std::nullopt : std::optional{found->second};
}

bool is_relative(Test test) noexcept
{
    return test == Test::within_last || test == Test::before_last || test == Test::within_next;
}

std::string_view name_of(Measure measure) noexcept
{
    return measures.at(static_cast<std::size_t>(measure));
}

} // namespace mortise::plugins::segmentation
