#include "conditions/condition.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mortise::plugins::segmentation {

namespace {

constexpr std::array<std::pair<std::string_view, Operator>, 21> tests{{
    {"eq", Operator::eq},
    {"ne", Operator::ne},
    {"in", Operator::in},
    {"not_in", Operator::not_in},
    {"lt", Operator::lt},
    {"le", Operator::le},
    {"gt", Operator::gt},
    {"ge", Operator::ge},
    {"between", Operator::between},
    {"starts_with", Operator::starts_with},
    {"ends_with", Operator::ends_with},
    {"contains", Operator::contains},
    {"not_contains", Operator::not_contains},
    {"is_set", Operator::is_set},
    {"is_not_set", Operator::is_not_set},
    {"has_any", Operator::has_any},
    {"has_all", Operator::has_all},
    {"has_none", Operator::has_none},
    {"within_last", Operator::within_last},
    {"before_last", Operator::before_last},
    {"within_next", Operator::within_next},
}};

constexpr std::array<std::string_view, 7> measures{
    "count", "sum", "average", "least", "greatest", "first", "latest"
};

} // namespace

std::string_view name_of(Operator test) noexcept
{
    return std::ranges::find(tests, test, &std::pair<std::string_view, Operator>::second)->first;
}

std::optional<Operator> operator_named(std::string_view name) noexcept
{
    const auto found = std::ranges::find(tests, name, &std::pair<std::string_view, Operator>::first);
    return found == tests.end() ? std::nullopt : std::optional{found->second};
}

bool is_relative(Operator test) noexcept
{
    return test == Operator::within_last || test == Operator::before_last || test == Operator::within_next;
}

std::string_view name_of(Measure measure) noexcept
{
    return measures.at(static_cast<std::size_t>(measure));
}

} // namespace mortise::plugins::segmentation
