#include "base/phone_shortcut.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumberutil.h>

namespace mortise::host {
namespace {

namespace phonenumbers = i18n::phonenumbers;

enum class Trunk {
    none, ///< numbers are dialled as they are
    zero, ///< within the country a 0 goes before, which is no part of the number
    one, ///< a 1 may go before (North America)
};

/// A country whose numbers, but for those in `odd_starts`, the library takes as they stand after code or
/// trunk prefix.
struct Plan {
    std::string_view region; ///< the main one of the code
    std::string_view code;
    Trunk trunk;
};

constexpr std::array plans{
    Plan{"US", "1", Trunk::one},    Plan{"ZA", "27", Trunk::zero},  Plan{"GR", "30", Trunk::none},
    Plan{"NL", "31", Trunk::zero},  Plan{"BE", "32", Trunk::zero},  Plan{"FR", "33", Trunk::zero},
    Plan{"ES", "34", Trunk::none},  Plan{"RO", "40", Trunk::zero},  Plan{"CH", "41", Trunk::zero},
    Plan{"AT", "43", Trunk::zero},  Plan{"GB", "44", Trunk::zero},  Plan{"DK", "45", Trunk::none},
    Plan{"SE", "46", Trunk::zero},  Plan{"NO", "47", Trunk::none},  Plan{"PL", "48", Trunk::none},
    Plan{"DE", "49", Trunk::zero},  Plan{"IN", "91", Trunk::zero},  Plan{"PT", "351", Trunk::none},
    Plan{"IE", "353", Trunk::zero}, Plan{"CZ", "420", Trunk::none}, Plan{"SK", "421", Trunk::zero},
};

constexpr std::size_t longest_number = 15;

/// Bit n is set if a number of n digits behind the code is possible. Asked of the library once.
std::uint32_t possible_lengths(const Plan& plan)
{
    std::uint32_t lengths = 0;
    std::uint64_t number = 2;
    for (std::size_t digits = 1; digits <= longest_number; ++digits) {
        phonenumbers::PhoneNumber probe;
        probe.set_country_code(std::stoi(std::string{plan.code}));
        probe.set_national_number(number);
        const auto found = phonenumbers::PhoneNumberUtil::GetInstance()->IsPossibleNumberWithReason(probe);
        if (found == phonenumbers::PhoneNumberUtil::IS_POSSIBLE) lengths |= 1U << digits;
        number = number * 10 + 2;
    }
    return lengths;
}

bool is_possible(const Plan& plan, std::size_t digits)
{
    static const auto lengths = [] {
        std::array<std::uint32_t, plans.size()> table{};
        std::ranges::transform(plans, table.begin(), possible_lengths);
        return table;
    }();
    const auto place = static_cast<std::size_t>(&plan - plans.data());
    return digits <= longest_number && (lengths[place] >> digits & 1U) != 0;
}

/// The digits, with a leading '+' if there is one; empty if anything else but plain punctuation is there.
std::string digits_of(std::string_view text)
{
    std::string digits;
    for (const char c : text) {
        if ((c >= '0' && c <= '9') || (c == '+' && digits.empty()))
            digits += c;
        else if (c != ' ' && c != '-' && c != '.' && c != '(' && c != ')' && c != '/')
            return {};
    }
    return digits;
}

const Plan* plan_of_code(std::string_view digits)
{
    const auto found
        = std::ranges::find_if(plans, [&](const Plan& plan) { return digits.starts_with(plan.code); });
    return found == plans.end() ? nullptr : &*found;
}

/// The number behind the trunk prefix; nothing if it is not clear that it is one.
std::optional<std::string_view> without_trunk(std::string_view digits, const Plan& plan)
{
    switch (plan.trunk) {
    case Trunk::none:
        // Dialled with the country's code and nothing before, it would be something else.
        if (digits.starts_with(plan.code)) return std::nullopt;
        return digits;
    case Trunk::zero:
        if (!digits.starts_with('0')) return std::nullopt;
        return digits.substr(1);
    case Trunk::one:
        return digits.size() == 11 && digits.starts_with('1') ? digits.substr(1) : digits;
    }
    return std::nullopt;
}

} // namespace

std::optional<std::string> parse_common_phone(std::string_view text, std::string_view region)
{
    const std::string all = digits_of(text);
    std::string_view number = all;
    const Plan* plan = nullptr;
    if (number.starts_with('+')) {
        number.remove_prefix(1);
        plan = plan_of_code(number);
        if (!plan) return std::nullopt;
        number.remove_prefix(plan->code.size());
    } else {
        const auto found = std::ranges::find_if(plans, [&](const Plan& each) {
            return equal_ignoring_ascii_case(each.region, region);
        });
        if (found == plans.end()) return std::nullopt;
        plan = &*found;
        const auto national = without_trunk(number, *plan);
        if (!national) return std::nullopt;
        number = *national;
    }
    // A 0 or 1 in front is a prefix in one plan and part of the number in another.
    if (number.empty() || number[0] < '2' || !is_possible(*plan, number.size())) return std::nullopt;
    return "+" + std::string{plan->code} + std::string{number};
}

} // namespace mortise::host
