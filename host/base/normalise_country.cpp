#include "base/normalise_country.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <unicode/locid.h>
#include <unicode/unistr.h>

namespace mortise::host {
namespace {

struct Alias {
    std::string_view name; ///< folded
    std::string_view alpha_2;
};

/// What people write beside the names that ISO and Unicode have.
constexpr std::array aliases{
    Alias{"uk", "GB"},
    Alias{"great britain", "GB"},
    Alias{"england", "GB"},
    Alias{"scotland", "GB"},
    Alias{"wales", "GB"},
    Alias{"northern ireland", "GB"},
    Alias{"u k", "GB"},
    Alias{"u s", "US"},
    Alias{"u s a", "US"},
    Alias{"america", "US"},
    Alias{"united states of america", "US"},
    Alias{"holland", "NL"},
    Alias{"russia", "RU"},
    Alias{"south korea", "KR"},
    Alias{"korea south", "KR"},
    Alias{"north korea", "KP"},
    Alias{"korea north", "KP"},
    Alias{"czech republic", "CZ"},
    Alias{"vietnam", "VN"},
    Alias{"laos", "LA"},
    Alias{"syria", "SY"},
    Alias{"iran", "IR"},
    Alias{"bolivia", "BO"},
    Alias{"venezuela", "VE"},
    Alias{"tanzania", "TZ"},
    Alias{"moldova", "MD"},
    Alias{"brunei", "BN"},
    Alias{"ivory coast", "CI"},
    Alias{"cape verde", "CV"},
    Alias{"swaziland", "SZ"},
    Alias{"macedonia", "MK"},
    Alias{"burma", "MM"},
    Alias{"turkey", "TR"},
    Alias{"east timor", "TL"},
    Alias{"palestine", "PS"},
    Alias{"vatican", "VA"},
    Alias{"vatican city", "VA"},
    Alias{"micronesia", "FM"},
    Alias{"dr congo", "CD"},
    Alias{"drc", "CD"},
    Alias{"uae", "AE"},
    Alias{"emirates", "AE"},
    Alias{"prc", "CN"},
    Alias{"el", "GR"},
    Alias{"brd", "DE"},
    Alias{"macau", "MO"},
    Alias{"macao", "MO"},
    Alias{"hong kong", "HK"},
    Alias{"taiwan", "TW"},
};

/// The languages whose names for countries are known beside English.
constexpr std::array languages{
    "ar", "bg", "ca", "cs", "da", "de", "el", "es", "et", "fi", "fr",      "he", "hi",
    "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "nb", "nl", "pl",      "pt", "ro",
    "ru", "sk", "sl", "sr", "sv", "th", "tr", "uk", "vi", "zh", "zh-Hant",
};

/// Folded, punctuation as single blanks, without the article.
std::string plain_name(std::string_view name)
{
    constexpr std::string_view article = "the ";
    constexpr std::string_view apostrophe = "\u2019";
    std::string folded = fold(name);
    for (auto at = folded.find(apostrophe); at != std::string::npos; at = folded.find(apostrophe, at))
        folded.replace(at, apostrophe.size(), "'");
    std::string plain;
    for (const char c : folded) {
        const bool mark
            = c == ' ' || c == '.' || c == ',' || c == '(' || c == ')' || c == '-' || c == '\'' || c == '/';
        if (!mark)
            plain += c;
        else if (!plain.empty() && plain.back() != ' ')
            plain += ' ';
    }
    if (plain.ends_with(' ')) plain.pop_back();
    if (plain.starts_with(article)) plain.erase(0, article.size());
    return plain;
}

/// "Republic of Korea" for "Korea, Republic of".
std::string turned(std::string_view name)
{
    const auto comma = name.find(", ");
    return comma == std::string_view::npos
        ? std::string{}
        : std::string{name.substr(comma + 2)} + " " + std::string{name.substr(0, comma)};
}

/// Folded name -> place in `countries`, or `several` if languages disagree.
class NameIndex {
public:
    NameIndex()
    {
        for (std::size_t i = 0; i < countries.size(); ++i) {
            const Country& country = countries[i];
            for (const std::string& name :
                 {std::string{country.name},
                  turned(country.name),
                  std::string{country.official_name},
                  std::string{country.common_name}})
                m_places.emplace(plain_name(name), i);
        }
        m_places.erase("");
        for (const Alias& alias : aliases)
            m_places.insert_or_assign(std::string{alias.name}, place_of(alias.alpha_2));
        add_languages();
    }

    const Country* find(std::string_view text) const
    {
        const auto found = m_places.find(plain_name(text));
        return found == m_places.end() || found->second == several ? nullptr : &countries[found->second];
    }

private:
    static constexpr std::size_t several = static_cast<std::size_t>(-1);

    static std::size_t place_of(std::string_view alpha_2)
    {
        return static_cast<std::size_t>(
            std::ranges::lower_bound(countries, alpha_2, {}, &Country::alpha_2) - countries.begin()
        );
    }

    void add_languages()
    {
        std::map<std::string, std::size_t, std::less<>> others;
        for (std::size_t i = 0; i < countries.size(); ++i) {
            const icu::Locale country{"", std::string{countries[i].alpha_2}.c_str()};
            add_name(others, country, icu::Locale::getEnglish(), i);
            for (const char* language : languages) {
                UErrorCode status = U_ZERO_ERROR;
                add_name(others, country, icu::Locale::forLanguageTag(language, status), i);
            }
        }
        m_places.merge(others); // what is there already has precedence
    }

    static void add_name(
        std::map<std::string, std::size_t, std::less<>>& names,
        const icu::Locale& country,
        const icu::Locale& language,
        std::size_t place
    )
    {
        icu::UnicodeString shown;
        country.getDisplayCountry(language, shown);
        std::string name;
        shown.toUTF8String(name);
        const auto [known, is_new] = names.emplace(plain_name(name), place);
        if (!is_new && known->second != place) known->second = several;
    }

    std::map<std::string, std::size_t, std::less<>> m_places;
};

const NameIndex& name_index()
{
    static const NameIndex index;
    return index;
}

} // namespace

const Country* find_country(std::string_view code) noexcept
{
    unsigned number = 0;
    const auto [end, ec] = std::from_chars(code.data(), code.data() + code.size(), number);
    const bool is_number
        = !code.empty() && code.size() <= 3 && ec == std::errc{} && end == code.data() + code.size();
    const auto has_code = [&](const Country& country) {
        if (is_number) return country.number == number;
        return equal_ignoring_ascii_case(code.size() == 2 ? country.alpha_2 : country.alpha_3, code);
    };
    const auto found = std::ranges::find_if(countries, has_code);
    return found == countries.end() ? nullptr : &*found;
}

Result<std::string> normalise_country(std::string_view text)
{
    const std::string_view name = trim(text);
    const Country* country = find_country(name);
    if (!country && !name.empty()) country = name_index().find(name);
    if (country) return std::string{country->alpha_2};
    return Error{
        ErrorCode::invalid,
        "no country: \"" + std::string{cut_utf8(replace_invalid_utf8(name), 80)} + "\"",
        "country.unknown",
        {},
        "write its two letters, such as DE",
    };
}

} // namespace mortise::host
