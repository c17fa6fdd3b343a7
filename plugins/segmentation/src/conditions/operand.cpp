#include "conditions/operand.hpp"

#include "conditions/calendar.hpp"

#include <mortise/currency.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace mortise::plugins::segmentation {

namespace {

Error unfit(const std::string& at, std::string what, std::string hint)
{
    return {ErrorCode::invalid, std::move(what), "segmentation.value", at, std::move(hint)};
}

std::optional<std::int64_t> whole(std::string_view text) noexcept
{
    std::int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
    return number;
}

/// "-12.30" at scale 2 is -1230.
std::optional<std::int64_t> scaled_text(std::string_view text, int scale) noexcept
{
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    const std::size_t point = std::min(text.find('.'), text.size());
    std::string digits{text.substr(0, point)};
    std::string_view fraction = point < text.size() ? text.substr(point + 1) : std::string_view{};
    while (fraction.ends_with('0'))
        fraction.remove_suffix(1);
    if (digits.empty() || fraction.size() > static_cast<std::size_t>(scale)) return std::nullopt;
    digits.append(fraction).append(static_cast<std::size_t>(scale) - fraction.size(), '0');
    if (!std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
    const auto number = whole(digits);
    if (!number) return std::nullopt;
    return negative ? -*number : *number;
}

const Currency* currency_named(std::string_view letters) noexcept
{
    const auto found = std::ranges::find(currencies, letters, &Currency::alpha);
    return found == currencies.end() ? nullptr : &*found;
}

Result<Value> text_operand(const FieldInfo& field, const Value& value, const std::string& at)
{
    std::string text{value.text()};
    if (text.empty()) return unfit(at, "must be a text", "for no value take is_not_set");
    if (field.kind == "email")
        std::ranges::transform(text, text.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        });
    return Value{std::move(text)};
}

} // namespace

Family family_of(std::string_view kind) noexcept
{
    if (kind == "bool") return Family::boolean;
    if (kind == "int" || kind == "decimal" || kind == "percent" || kind == "duration" || kind == "time")
        return Family::number;
    if (kind == "money") return Family::money;
    if (kind == "date") return Family::date;
    if (kind == "datetime") return Family::moment;
    if (kind == "reference" || kind == "id") return Family::reference;
    if (kind == "list" || kind == "multi_enum") return Family::list;
    if (kind == "json" || kind == "address" || kind == "file") return Family::opaque;
    return Family::text;
}

std::optional<std::int64_t> scaled(const Value& value, int scale) noexcept
{
    if (const auto* number = value.as<std::int64_t>()) return scaled_text(std::to_string(*number), scale);
    if (const auto* decimal = value.as<Decimal>()) {
        std::int64_t coefficient = decimal->coefficient;
        int digits = decimal->scale;
        for (; digits > scale && coefficient % 10 == 0; --digits)
            coefficient /= 10;
        for (; digits < scale; ++digits)
            if (__builtin_mul_overflow(coefficient, 10, &coefficient)) return std::nullopt;
        return digits == scale ? std::optional{coefficient} : std::nullopt;
    }
    if (const auto* real = value.as<double>()) {
        const double exact = *real * std::pow(10.0, scale);
        if (!std::isfinite(exact) || std::abs(exact) > 9e15 || std::abs(exact - std::round(exact)) > 1e-6)
            return std::nullopt;
        return static_cast<std::int64_t>(std::round(exact));
    }
    return scaled_text(value.text(), scale);
}

Result<Value> operand_of(const FieldInfo& field, const Value& value, const std::string& at)
{
    switch (family_of(field.kind)) {
    case Family::boolean:
        if (const auto* yes = value.as<bool>()) return Value{*yes ? 1 : 0};
        return unfit(at, "must be true or false", "the field " + field.name + " is a yes or no");
    case Family::number:
        if (const auto number = scaled(value, field.scale)) return Value{*number};
        return unfit(
            at,
            "must be a number with at most " + std::to_string(field.scale) + " digits behind the point",
            "the field " + field.name + " keeps no more"
        );
    case Family::date:
        if (const auto* date = value.as<Date>()) return Value{day_text(*date)};
        if (const auto date = parse_day(value.text())) return Value{day_text(*date)};
        return unfit(at, "must be a day", "written YYYY-MM-DD");
    case Family::moment:
        if (const auto moment = moment_of(value)) return Value{moment->microseconds};
        return unfit(at, "must be a day or a time", "written YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ");
    case Family::reference:
        if (const auto* id = value.as<Id>()) return Value{id->number};
        if (const auto* number = value.as<std::int64_t>()) return Value{*number};
        if (const auto number = whole(value.text())) return Value{*number};
        return unfit(
            at, "must be the id of a record", "digits; to compare with its name, say " + field.name + ".name"
        );
    case Family::text:
    case Family::list:
        return text_operand(field, value, at);
    case Family::money:
    case Family::opaque:
        break;
    }
    return unfit(at, "a field of kind " + field.kind + " is not compared", "take is_set or is_not_set");
}

Result<Amount> amount_of(const Value& value, const std::string& at)
{
    constexpr const char* form = R"(such as {"amount": "12.30", "currency": "EUR"})";
    if (const auto* money = value.as<Money>()) {
        const auto found = std::ranges::find(currencies, money->currency, &Currency::number);
        if (found != currencies.end()) return Amount{money->minor, std::string{found->alpha}};
    }
    std::string letters{value["currency"].text()};
    Value amount = value["amount"];
    if (const std::string_view text = value.text(); text.size() > 4 && text[text.size() - 4] == ' ') {
        letters = text.substr(text.size() - 3);
        amount = Value{text.substr(0, text.size() - 4)};
    }
    const Currency* currency = currency_named(letters);
    if (!currency) return unfit(at, "must be an amount with its currency", form);
    const auto minor = scaled(amount, currency->digits);
    if (!minor) return unfit(at, "is no amount of " + letters, form);
    return Amount{*minor, std::move(letters)};
}

} // namespace mortise::plugins::segmentation
