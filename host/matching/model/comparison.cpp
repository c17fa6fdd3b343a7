#include "matching/model/comparison.hpp"

#include "matching/text/nicknames.hpp"
#include "matching/text/similarity.hpp"
#include "matching/text/street.hpp"

#include <algorithm>
#include <cmath>

namespace mortise::host::matching {

namespace {

constexpr std::size_t most_words = 16;

struct Words {
    std::array<std::string_view, most_words> word;
    std::size_t count{0};
};

Words words_of(std::string_view text) noexcept
{
    Words words;
    while (!text.empty() && words.count < most_words) {
        const auto end = std::min(text.find(' '), text.size());
        if (end != 0) words.word[words.count++] = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

bool is_word_of(std::string_view word, std::string_view text) noexcept
{
    const Words words = words_of(text);
    return std::find(words.word.begin(), words.word.begin() + words.count, word)
        != words.word.begin() + words.count;
}

/// One is the other with blanks elsewhere.
bool equal_without_blanks(std::string_view a, std::string_view b) noexcept
{
    std::size_t i = 0;
    std::size_t j = 0;
    for (;;) {
        while (i < a.size() && a[i] == ' ')
            ++i;
        while (j < b.size() && b[j] == ' ')
            ++j;
        if (i == a.size() || j == b.size()) return i == a.size() && j == b.size();
        if (a[i++] != b[j++]) return false;
    }
}

Level compare_text(std::string_view a, std::string_view b, double near, double similar) noexcept
{
    if (a == b) return Level::exact;
    if (equal_without_blanks(a, b)) return Level::near;
    if (is_typo(a, b)) return Level::near;
    const double alike = jaro_winkler(a, b);
    return alike >= near ? Level::near : alike >= similar ? Level::similar : Level::different;
}

Level compare_given(
    std::string_view a, std::string_view b, std::string_view key_a, std::string_view key_b
) noexcept
{
    if (a.empty() || b.empty()) return Level::missing;
    if (a == b) return Level::exact;
    const std::string_view first_a = a.substr(0, a.find(' '));
    const std::string_view first_b = b.substr(0, b.find(' '));
    if (first_a.size() == 1 || first_b.size() == 1)
        return first_a.front() == first_b.front() ? Level::variant : Level::different;
    if (first_a == first_b || same_given_name(first_a, first_b)) return Level::variant;
    const Level level = compare_text(a, b, 0.93, 0.86);
    if (level != Level::different) return level;
    if (first_a.size() < a.size() || first_b.size() < b.size())
        if (is_typo(first_a, first_b)) return Level::similar;
    if (!key_a.empty() && key_a == key_b && key_a.size() > 1) return Level::similar;
    return level;
}

Level compare_family(
    std::string_view a, std::string_view b, std::string_view key_a, std::string_view key_b
) noexcept
{
    if (a.empty() || b.empty()) return Level::missing;
    const Level level = compare_text(a, b, 0.94, 0.88);
    if (level == Level::exact || level == Level::near) return level;
    // "Smith-Jones" and "Smith".
    const bool has_words = a.find(' ') != std::string_view::npos || b.find(' ') != std::string_view::npos;
    if (has_words && ((b.size() > 3 && is_word_of(b, a)) || (a.size() > 3 && is_word_of(a, b))))
        return Level::variant;
    if (level == Level::similar) return level;
    return !key_a.empty() && key_a == key_b && key_a.size() > 2 ? Level::similar : level;
}

bool agrees(Level level) noexcept
{
    return level == Level::exact || level == Level::variant || level == Level::near;
}

void compare_persons(const Profile& a, const Profile& b, Comparison& result) noexcept
{
    const auto given_a = a[Part::given];
    const auto given_b = b[Part::given];
    const auto family_a = a[Part::family];
    const auto family_b = b[Part::family];
    Level given = compare_given(given_a, given_b, a[Part::given_key], b[Part::given_key]);
    Level family = compare_family(family_a, family_b, a[Part::family_key], b[Part::family_key]);
    // Nicknames on record count as given names.
    if (!agrees(given))
        for (const auto& [nick, other] :
             {std::pair{a[Part::nickname], given_b}, {b[Part::nickname], given_a}})
            if (!nick.empty() && !other.empty() && (nick == other || same_given_name(nick, other)))
                given = Level::variant;
    if (!agrees(given) && !agrees(family)) {
        const Level one = compare_family(given_a, family_b, {}, {});
        const Level two = compare_family(family_a, given_b, {}, {});
        if ((agrees(one) && (agrees(two) || two == Level::missing))
            || (agrees(two) && one == Level::missing)) {
            given = one;
            family = two;
            result.names_swapped = true;
        }
    }
    result[Aspect::given_name] = given;
    result[Aspect::family_name] = family;
}

Level compare_birth(std::string_view a, std::string_view b) noexcept
{
    if (a.empty() || b.empty()) return Level::missing;
    if (a == b) return a.starts_with("0000") ? Level::similar : Level::exact;
    const bool same_day = a.substr(4) == b.substr(4);
    if (a.starts_with("0000") || b.starts_with("0000")) return same_day ? Level::similar : Level::different;
    const bool same_year = a.substr(0, 4) == b.substr(0, 4);
    if (same_year && a.substr(4, 2) == b.substr(6, 2) && a.substr(6, 2) == b.substr(4, 2))
        return Level::variant;
    std::size_t others = 0;
    std::size_t first = 8;
    std::size_t last = 0;
    for (std::size_t i = 0; i < 8; ++i)
        if (a[i] != b[i]) {
            ++others;
            first = std::min(first, i);
            last = i;
        }
    if (others == 1) return Level::near;
    if (others == 2 && last == first + 1 && a[first] == b[last] && a[last] == b[first]) return Level::variant;
    const bool same_month = a.substr(4, 2) == b.substr(4, 2);
    const int parts = int{same_year} + int{same_month} + int{a.substr(6, 2) == b.substr(6, 2)};
    if (parts == 2 || (others == 2 && edits(a, b, 2) <= 2)) return Level::similar;
    return Level::different;
}

/// The best level of any two pieces.
template <class F>
Level best_of(std::string_view a, std::string_view b, std::string_view& agreed, F compare) noexcept
{
    if (a.empty() || b.empty()) return Level::missing;
    Level best = Level::different;
    each_piece(a, [&](std::string_view one) {
        each_piece(b, [&](std::string_view other) {
            const Level level = compare(one, other);
            if (level >= best) return;
            best = level;
            agreed = one;
        });
    });
    return best;
}

/// Mailboxes that every organisation has.
bool is_role(std::string_view mailbox) noexcept
{
    constexpr std::array<std::string_view, 16> roles{
        "info",
        "office",
        "contact",
        "sales",
        "mail",
        "hello",
        "admin",
        "support",
        "service",
        "kontakt",
        "team",
        "post",
        "enquiries",
        "inquiries",
        "accounts",
        "webmaster"
    };
    return std::ranges::find(roles, mailbox) != roles.end();
}

Level compare_email(std::string_view a, std::string_view b) noexcept
{
    if (a == b) return Level::exact;
    const auto at_a = a.find('@');
    const auto at_b = b.find('@');
    const std::string_view local_a = a.substr(0, at_a);
    const std::string_view local_b = b.substr(0, at_b);
    if (local_a == local_b && is_role(local_a)) return Level::different;
    if (local_a == local_b)
        return edits(a.substr(at_a), b.substr(at_b), 2) <= 2 ? Level::near
            : local_a.size() >= 5                            ? Level::similar
                                                             : Level::different;
    if (a.substr(at_a) == b.substr(at_b) && is_typo(local_a, local_b)) return Level::near;
    return Level::different;
}

Level compare_phone(std::string_view a, std::string_view b) noexcept
{
    if (a == b) return Level::exact;
    // One without the country's code, or with a trunk zero: the same end.
    const std::size_t shorter = std::min(a.size(), b.size());
    const std::size_t tail = shorter >= 9 ? 8 : shorter >= 7 ? shorter - 1 : 0;
    if (tail != 0 && a.substr(a.size() - tail) == b.substr(b.size() - tail) && a.size() != b.size())
        return Level::variant;
    if (shorter >= 8 && edits(a, b, 1) <= 1) return Level::near;
    return Level::different;
}

Level compare_domain(std::string_view a, std::string_view b) noexcept
{
    if (a == b || (a.size() > b.size() && a.ends_with(b) && a[a.size() - b.size() - 1] == '.')
        || (b.size() > a.size() && b.ends_with(a) && b[b.size() - a.size() - 1] == '.'))
        return Level::exact;
    const std::string_view name_a = a.substr(0, a.find('.'));
    const std::string_view name_b = b.substr(0, b.find('.'));
    if (name_a == name_b && name_a.size() >= 4) return Level::variant; // acme.com, acme.de
    return is_typo(name_a, name_b) ? Level::near : Level::different;
}

Level compare_number(std::string_view a, std::string_view b) noexcept
{
    if (a.empty() || b.empty()) return Level::missing;
    if (a == b) return Level::exact;
    const auto digits = [](std::string_view text) {
        const auto slash = text.rfind('/');
        if (slash != std::string_view::npos) text.remove_prefix(slash + 1);
        return text.substr(0, text.find_first_not_of("0123456789"));
    };
    if (digits(a) == digits(b)) return Level::variant;
    if (std::max(a.size(), b.size()) >= 2 && edits(a, b, 1) <= 1) return Level::near;
    return Level::different;
}

Level compare_street(std::string_view a, std::string_view b) noexcept
{
    if (a.empty() || b.empty()) return Level::missing;
    if (a == b) return Level::exact;
    const std::string_view bare_a = without_street_kind(a);
    const std::string_view bare_b = without_street_kind(b);
    if (bare_a == bare_b) return Level::variant;
    const Level whole = compare_text(a, b, 0.95, 2);
    if (whole == Level::near) return whole;
    const Level bare = compare_text(bare_a, bare_b, 0.93, 0.88);
    if (bare == Level::near) return bare;
    const double words = word_similarity(bare_a, bare_b, nullptr);
    if (words >= 0.95) return Level::variant;
    return bare == Level::similar || words >= 0.6 ? Level::similar : Level::different;
}

Level compare_postcode(std::string_view a, std::string_view b) noexcept
{
    if (a.empty() || b.empty()) return Level::missing;
    if (a == b) return Level::exact;
    if (a.size() > 5 && b.size() == 5 && a.starts_with(b)) return Level::variant; // ZIP+4
    if (b.size() > 5 && a.size() == 5 && b.starts_with(a)) return Level::variant;
    if (edits(a, b, 1) <= 1) return Level::near;
    return a.size() == b.size() && a.substr(0, a.size() / 2) == b.substr(0, b.size() / 2) ? Level::similar
                                                                                          : Level::different;
}

Level compare_city(std::string_view a, std::string_view b) noexcept
{
    if (a.empty() || b.empty()) return Level::missing;
    const Level level = compare_text(a, b, 0.94, 0.87);
    if (level != Level::different) return level;
    const bool has_words = a.find(' ') != std::string_view::npos || b.find(' ') != std::string_view::npos;
    return has_words && word_similarity(a, b, nullptr) >= 0.6 ? Level::similar : Level::different;
}

Level compare_exactly(std::string_view a, std::string_view b) noexcept
{
    if (a.empty() || b.empty()) return Level::missing;
    return a == b ? Level::exact : Level::different;
}

void compare_addresses(const Profile& a, const Profile& b, Comparison& result) noexcept
{
    Level street = compare_street(a[Part::street], b[Part::street]);
    Level second = a.has(Part::extended) && b.has(Part::extended)
        ? compare_text(a[Part::extended], b[Part::extended], 0.93, 0.85)
        : Level::missing;
    if (!agrees(street)) {
        const Level one = compare_street(a[Part::street], b[Part::extended]);
        const Level two = compare_street(a[Part::extended], b[Part::street]);
        if (agrees(one) || agrees(two)) {
            street = std::min(agrees(one) ? one : Level::different, agrees(two) ? two : Level::different);
            second = agrees(one) && agrees(two) ? std::max(one, two) : Level::missing;
            result.lines_swapped = true;
        }
    }
    result[Aspect::street] = street;
    result[Aspect::second_line] = second;
    result[Aspect::house_number] = compare_number(a[Part::number], b[Part::number]);
    result[Aspect::city] = compare_city(a[Part::city], b[Part::city]);
    result[Aspect::postcode] = compare_postcode(a[Part::postcode], b[Part::postcode]);
    const Level region = compare_exactly(a[Part::region], b[Part::region]);
    result[Aspect::region] = region == Level::different && edits(a[Part::region], b[Part::region], 1) <= 1
        ? Level::near
        : region;
    result[Aspect::country] = compare_exactly(a[Part::country], b[Part::country]);
}

Level compare_organisation(const Profile& a, const Profile& b, const WordWorth* worth) noexcept
{
    const auto name_a = a[Part::whole];
    const auto name_b = b[Part::whole];
    if (name_a.empty() || name_b.empty()) return Level::missing;
    if (name_a == name_b) return Level::exact;
    if (equal_without_blanks(name_a, name_b)) return Level::variant;
    const double alike = word_similarity(name_a, name_b, worth);
    if (alike >= 0.97) return Level::variant;
    // "International Business Machines" and "IBM".
    for (const auto& [initials, name] : {std::pair{a[Part::initials], name_b}, {b[Part::initials], name_a}})
        if (initials.size() >= 3 && initials == name) return Level::variant;
    if (alike >= 0.82 || is_typo(name_a, name_b)) return Level::near;
    if (alike >= 0.6) return Level::similar;
    if (alike >= 0.4 || jaro_winkler(name_a, name_b) >= 0.9) return Level::weak;
    return Level::different;
}

/// Of two words, from 0 to 1.
double likeness(std::string_view a, std::string_view b) noexcept
{
    if (a == b) return 1;
    if (a.size() > 2 && b.size() > 2) {
        if (is_typo(a, b)) return 0.92;
        if (a.starts_with(b) || b.starts_with(a)) return 0.85; // "int", "internat" for "international"
        const double jaro = jaro_winkler(a, b);
        return jaro >= 0.92 ? jaro * 0.95 : 0;
    }
    const bool is_initial = (a.size() == 1 || b.size() == 1) && a.front() == b.front();
    return is_initial ? 0.6 : 0;
}

bool have_other_identities(std::string_view a, std::string_view b) noexcept
{
    bool both = !a.empty() && !b.empty();
    each_piece(a, [&](std::string_view one) {
        each_piece(b, [&](std::string_view other) { both = both && one != other; });
    });
    return both;
}

} // namespace

double word_similarity(std::string_view a, std::string_view b, const WordWorth* worth) noexcept
{
    Words of_a = words_of(a);
    Words of_b = words_of(b);
    if (of_a.count > of_b.count) std::swap(of_a, of_b);
    if (of_a.count == 0) return 0;
    const auto worth_of = [worth](std::string_view word) { return worth ? worth->of(word) : 1.0; };
    std::array<bool, most_words> taken{};
    double common = 0;
    double all_a = 0;
    double all_b = 0;
    for (std::size_t i = 0; i < of_a.count; ++i) {
        const std::string_view word = of_a.word[i];
        double best = 0;
        std::size_t best_at = most_words;
        for (std::size_t j = 0; j < of_b.count; ++j) {
            if (taken[j]) continue;
            const double alike = likeness(word, of_b.word[j]);
            if (alike > best) {
                best = alike;
                best_at = j;
            }
        }
        const double own = worth_of(word);
        all_a += own * own;
        if (best_at == most_words) continue;
        taken[best_at] = true;
        common += best * own * worth_of(of_b.word[best_at]);
    }
    for (std::size_t j = 0; j < of_b.count; ++j) {
        const double own = worth_of(of_b.word[j]);
        all_b += own * own;
    }
    return all_a == 0 || all_b == 0 ? 0 : common / std::sqrt(all_a * all_b);
}

Comparison compare(const Profile& a, const Profile& b, const WordWorth* worth) noexcept
{
    Comparison result;
    if (a[Part::kind] == "p") {
        compare_persons(a, b, result);
        result[Aspect::birthday] = compare_birth(a[Part::birth], b[Part::birth]);
        result[Aspect::employer] = compare_exactly(a[Part::employer], b[Part::employer]);
    } else {
        result[Aspect::organisation_name] = compare_organisation(a, b, worth);
        result[Aspect::legal_form] = compare_exactly(a[Part::legal_form], b[Part::legal_form]);
    }
    result[Aspect::email] = best_of(a[Part::emails], b[Part::emails], result.email, compare_email);
    result[Aspect::phone] = best_of(a[Part::phones], b[Part::phones], result.phone, compare_phone);
    if (result[Aspect::email] != Level::exact)
        result[Aspect::domain] = best_of(a[Part::domains], b[Part::domains], result.domain, compare_domain);
    compare_addresses(a, b, result);
    result.both_verified = have_other_identities(a[Part::verified], b[Part::verified]);
    return result;
}

} // namespace mortise::host::matching
