#include "money/exact.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace mortise::plugins::pipelines {

namespace {

__extension__ using Wide = __int128;

std::optional<std::int64_t> narrow(Wide value) noexcept
{
    if (value > std::numeric_limits<std::int64_t>::max() || value < std::numeric_limits<std::int64_t>::min())
        return std::nullopt;
    return static_cast<std::int64_t>(value);
}

/// Half away from zero.
Wide divided(Wide value, Wide over) noexcept
{
    if (over < 0) {
        value = -value;
        over = -over;
    }
    return value < 0 ? -((-value + over / 2) / over) : (value + over / 2) / over;
}

} // namespace

std::int64_t power_of_ten(unsigned digits) noexcept
{
    std::int64_t power = 1;
    for (unsigned digit = 0; digit < std::min(digits, 18U); ++digit)
        power *= 10;
    return power;
}

std::optional<std::int64_t> scaled(std::int64_t value, std::int64_t times, std::int64_t over) noexcept
{
    if (over == 0) return std::nullopt;
    return narrow(divided(static_cast<Wide>(value) * times, over));
}

Decimal rescaled(Decimal number, std::uint8_t scale) noexcept
{
    const auto coefficient = scale >= number.scale
        ? scaled(number.coefficient, power_of_ten(scale - number.scale), 1)
        : scaled(number.coefficient, 1, power_of_ten(number.scale - scale));
    return {coefficient.value_or(0), scale};
}

std::optional<Money> convert(Money amount, Decimal rate, const Currency& to) noexcept
{
    // minor / 10^from * coefficient / 10^scale * 10^to
    const unsigned down = amount.digits + rate.scale;
    const unsigned up = to.digits;
    const std::int64_t times = up > down ? power_of_ten(up - down) : 1;
    const std::int64_t over = down > up ? power_of_ten(down - up) : 1;
    const auto rounded = divided(static_cast<Wide>(amount.minor) * rate.coefficient, over);
    const auto fits = narrow(rounded);
    const auto minor = fits ? scaled(*fits, times, 1) : std::nullopt;
    if (!minor) return std::nullopt;
    return Money{*minor, to.number, to.digits};
}

std::vector<std::int64_t> allocate(std::int64_t minor, std::span<const std::int64_t> weights)
{
    Wide total = 0;
    for (const std::int64_t weight : weights)
        total += weight;
    if (total <= 0) return {};
    const Wide whole = minor < 0 ? -static_cast<Wide>(minor) : static_cast<Wide>(minor);
    std::vector<std::int64_t> shares;
    std::vector<std::pair<Wide, std::size_t>> remainders;
    Wide given = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const Wide part = whole * weights[i];
        shares.push_back(static_cast<std::int64_t>(part / total));
        remainders.emplace_back(part % total, i);
        given += part / total;
    }
    std::ranges::stable_sort(remainders, std::ranges::greater{}, &std::pair<Wide, std::size_t>::first);
    for (std::size_t i = 0; given < whole; ++i, ++given)
        ++shares[remainders[i % remainders.size()].second];
    if (minor < 0)
        for (std::int64_t& share : shares)
            share = -share;
    return shares;
}

} // namespace mortise::plugins::pipelines
