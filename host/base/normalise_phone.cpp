#include "base/normalise_phone.hpp"

#include "base/phone_shortcut.hpp"
#include "base/text.hpp"

#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumberutil.h>

namespace mortise::host {
namespace {

using Util = i18n::phonenumbers::PhoneNumberUtil;

constexpr std::size_t longest_text = 250;

Error invalid(std::string_view text, std::string key, std::string_view why, std::string hint = {})
{
    return Error{
        ErrorCode::invalid,
        "\"" + std::string{cut_utf8(replace_invalid_utf8(text), 80)}
            + "\" is no phone number: " + std::string{why},
        "phone." + std::move(key),
        {},
        std::move(hint),
    };
}

Error parse_error(std::string_view text, Util::ErrorType error)
{
    switch (error) {
    case Util::INVALID_COUNTRY_CODE_ERROR:
        return invalid(text, "country", "it has no country code", "write it as +49 30 123456");
    case Util::TOO_SHORT_AFTER_IDD:
    case Util::TOO_SHORT_NSN:
        return invalid(text, "length", "it is too short");
    case Util::TOO_LONG_NSN:
        return invalid(text, "length", "it is too long");
    case Util::NOT_A_NUMBER:
    case Util::NO_PARSING_ERROR:
        break;
    }
    return invalid(text, "characters", "it does not read as one");
}

Result<void> check_length(std::string_view text, const i18n::phonenumbers::PhoneNumber& number)
{
    switch (Util::GetInstance()->IsPossibleNumberWithReason(number)) {
    case Util::IS_POSSIBLE:
        return {};
    case Util::IS_POSSIBLE_LOCAL_ONLY:
        return invalid(text, "length", "it can only be dialled locally", "write the area code too");
    case Util::INVALID_COUNTRY_CODE:
        return invalid(text, "country", "no country has its code");
    case Util::TOO_SHORT:
        return invalid(text, "length", "it is too short for its country");
    case Util::INVALID_LENGTH:
        return invalid(text, "length", "its country has no numbers of this length");
    case Util::TOO_LONG:
        break;
    }
    return invalid(text, "length", "it is too long for its country");
}

} // namespace

Result<PhoneNumber> normalise_phone(std::string_view given, std::string_view region)
{
    const std::string_view text = trim(given);
    if (const auto common = parse_common_phone(text, region)) return PhoneNumber{*common, {}, *common};
    if (text.empty()) return invalid(given, "empty", "it is empty");
    if (text.size() > longest_text) return invalid(text, "length", "it is longer than 250 bytes");
    if (!valid_utf8(text)) return invalid(text, "characters", "it is no text in UTF-8");

    const Util& util = *Util::GetInstance();
    // The library's own word for a region that is not known.
    const std::string assumed = region.empty() ? "ZZ" : ascii_upper(region);
    i18n::phonenumbers::PhoneNumber number;
    const auto parsed = util.Parse(std::string{text}, assumed, &number);
    if (parsed != Util::NO_PARSING_ERROR) return parse_error(text, parsed);
    MORTISE_CHECK(check_length(text, number));
    PhoneNumber normalised;
    util.Format(number, Util::E164, &normalised.e164);
    normalised.extension = number.extension();
    normalised.normalised
        = normalised.e164 + (normalised.extension.empty() ? "" : ";ext=" + normalised.extension);
    return normalised;
}

} // namespace mortise::host
