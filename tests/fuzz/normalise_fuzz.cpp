/// \file
/// Addresses, numbers, names, times: what is taken in is in its one form, so taking it in again changes
/// nothing.

#include "base/normalise_country.hpp"
#include "base/normalise_currency.hpp"
#include "base/normalise_email.hpp"
#include "base/normalise_phone.hpp"
#include "base/normalise_url.hpp"
#include "base/number_text.hpp"
#include "base/text.hpp"
#include "base/time_text.hpp"
#include "fuzz_check.hpp"

using namespace mortise::host;

namespace {

void check_addresses(std::string_view text)
{
    if (const auto email = normalise_email(text)) {
        const auto again = normalise_email(email->normalised);
        FUZZ_CHECK(again && again->normalised == email->normalised);
        const auto shown = normalise_email(email->display);
        FUZZ_CHECK(shown && shown->display == email->display && shown->normalised == email->normalised);
    }
    for (const std::string_view region : {"", "US", "DE"}) {
        const auto phone = normalise_phone(text, region);
        if (!phone) continue;
        const auto again = normalise_phone(phone->normalised);
        FUZZ_CHECK(again && *again == *phone);
    }
    if (const auto url = normalise_url(text)) {
        const auto again = normalise_url(*url);
        FUZZ_CHECK(again && *again == *url);
    }
}

void check_codes(std::string_view text)
{
    if (const auto country = normalise_country(text)) FUZZ_CHECK(*normalise_country(*country) == *country);
    if (const auto currency = normalise_currency(text))
        FUZZ_CHECK(*normalise_currency((*currency)->alpha) == *currency);
}

void check_times(std::string_view text)
{
    if (const auto instant = parse_instant(text))
        FUZZ_CHECK(*parse_instant(format_instant(*instant)) == *instant);
    if (const auto date = parse_date(text)) FUZZ_CHECK(format_date(*date) == text);
    if (const auto time = parse_time_of_day(text))
        FUZZ_CHECK(*parse_time_of_day(format_time_of_day(*time)) == *time);
    if (const auto duration = parse_duration(text))
        FUZZ_CHECK(*parse_duration(format_duration(*duration)) == *duration);
    std::string_view rest = text;
    const std::string_view pattern = take_until(rest, '\n');
    if (const auto compiled = DatePattern::create(pattern))
        if (const auto date = compiled->parse(rest)) FUZZ_CHECK(compiled->parse(compiled->format(*date)));
}

void check_numbers(std::string_view text)
{
    if (const auto number = parse_decimal(text))
        FUZZ_CHECK(*parse_decimal(format_decimal(*number)) == *number);
    static_cast<void>(parse_integer(text).has_value());
    static_cast<void>(parse_real(text).has_value());
}

void check_text(std::string_view text)
{
    const std::string folded = fold(text);
    FUZZ_CHECK(valid_utf8(folded) && fold(folded) == folded);
    if (const auto composed = to_nfc(text))
        FUZZ_CHECK(*to_nfc(*composed) == *composed && fold(*composed) == folded);
    FUZZ_CHECK(valid_utf8(replace_invalid_utf8(text)));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    const std::string_view text = text_of(data, size);
    check_addresses(text);
    check_codes(text);
    check_times(text);
    check_numbers(text);
    check_text(text);
    return 0;
}
