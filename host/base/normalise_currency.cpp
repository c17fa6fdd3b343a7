#include "base/normalise_currency.hpp"

#include "base/text.hpp"

#include <array>
#include <charconv>

namespace mortise::host {
namespace {

struct Sign {
    std::string_view sign;
    std::string_view alpha;
};

constexpr std::array signs{
    Sign{"€", "EUR"},
    Sign{"₹", "INR"},
    Sign{"₽", "RUB"},
    Sign{"₺", "TRY"},
    Sign{"₩", "KRW"},
    Sign{"₪", "ILS"},
    Sign{"₫", "VND"},
    Sign{"₴", "UAH"},
    Sign{"₦", "NGN"},
    Sign{"₱", "PHP"},
    Sign{"฿", "THB"},
    Sign{"zł", "PLN"},
    Sign{"Kč", "CZK"},
    Sign{"US$", "USD"},
};

} // namespace

Result<const Currency*> normalise_currency(std::string_view text)
{
    const std::string_view code = trim(text);
    const Currency* currency = find_currency(code);
    std::uint16_t number = 0;
    const auto [end, ec] = std::from_chars(code.data(), code.data() + code.size(), number);
    if (!currency && code.size() <= 3 && ec == std::errc{} && end == code.data() + code.size())
        currency = find_currency(number);
    for (const Sign& sign : signs)
        if (!currency && code == sign.sign) currency = find_currency(sign.alpha);
    if (currency) return currency;
    return Error{
        ErrorCode::invalid,
        "no ISO 4217 currency: \"" + std::string{cut_utf8(replace_invalid_utf8(code), 60)} + "\"",
        "money.currency",
        {},
        "write it as three letters such as EUR",
    };
}

} // namespace mortise::host
