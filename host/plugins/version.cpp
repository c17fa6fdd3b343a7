#include "plugins/version.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace mortise::host {

namespace {

constexpr std::uint32_t highest_number = 1'000'000'000;

Error no_version(std::string_view text)
{
    return {
        .code = ErrorCode::invalid,
        .message = "\"" + std::string{text} + "\" is no version",
        .key = "version.invalid",
        .hint = "versions look like 1.2.3 or 1.2.3-beta.1",
    };
}

Error no_range(std::string_view text)
{
    return {
        .code = ErrorCode::invalid,
        .message = "\"" + std::string{text} + "\" is no range of versions",
        .key = "version.range",
        .hint = "ranges look like ^1.2, ~1.2, >=1.0 <3, =1.2.3 or *",
    };
}

bool is_number(std::string_view text) noexcept
{
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<std::uint32_t> number(std::string_view text) noexcept
{
    std::uint32_t value = 0;
    if (!is_number(text) || (text.size() > 1 && text[0] == '0')) return std::nullopt;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc{} || end != text.data() + text.size() || value > highest_number)
        return std::nullopt;
    return value;
}

bool is_identifier(std::string_view text) noexcept
{
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
    });
}

std::strong_ordering compare_identifiers(const std::string& a, const std::string& b) noexcept
{
    const bool a_number = is_number(a);
    const bool b_number = is_number(b);
    if (a_number != b_number) return a_number ? std::strong_ordering::less : std::strong_ordering::greater;
    if (a_number && a.size() != b.size()) return a.size() <=> b.size();
    return a.compare(b) <=> 0;
}

/// A version of which the end may be left out or "x": how many numbers were given, and the version with
/// zeros.
struct Partial {
    int given{0};
    Version version;
};

std::optional<Partial> partial(std::string_view text)
{
    if (auto whole = Version::parse(text)) return Partial{3, *std::move(whole)};
    Partial result;
    const std::array numbers{&result.version.major, &result.version.minor, &result.version.patch};
    const auto parts = split(text, '.');
    if (parts.size() > numbers.size()) return std::nullopt;
    bool open = false;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (parts[i] == "x" || parts[i] == "X" || parts[i] == "*") {
            open = true;
            continue;
        }
        const auto value = number(parts[i]);
        if (!value || open) return std::nullopt;
        *numbers[i] = *value;
        ++result.given;
    }
    return result;
}

/// The first version that `^` of this one leaves out: the next of the leftmost number that is not 0.
Version after_compatible(const Partial& from)
{
    const Version& v = from.version;
    if (v.major > 0 || from.given == 1) return {v.major + 1, 0, 0};
    if (v.minor > 0 || from.given == 2) return {0, v.minor + 1, 0};
    return {0, 0, v.patch + 1};
}

Version after_minor(const Partial& from)
{
    const Version& v = from.version;
    if (from.given < 2) return {v.major + 1, 0, 0};
    return {v.major, v.minor + 1, 0};
}

Version after_given(const Partial& from)
{
    const Version& v = from.version;
    return from.given == 3 ? Version{v.major, v.minor, v.patch + 1} : after_minor(from);
}

} // namespace

Result<Version> Version::parse(std::string_view text)
{
    Version version;
    std::string_view rest = text;
    if (const std::size_t plus = rest.find('+'); plus != rest.npos) {
        version.build = rest.substr(plus + 1);
        if (!std::ranges::all_of(split(version.build, '.'), is_identifier)) return no_version(text);
        rest = rest.substr(0, plus);
    }
    if (const std::size_t dash = rest.find('-'); dash != rest.npos) {
        for (const std::string_view part : split(rest.substr(dash + 1), '.')) {
            if (!is_identifier(part) || (is_number(part) && part.size() > 1 && part[0] == '0'))
                return no_version(text);
            version.prerelease.emplace_back(part);
        }
        rest = rest.substr(0, dash);
    }
    const auto parts = split(rest, '.');
    if (parts.size() != 3) return no_version(text);
    const std::array numbers{&version.major, &version.minor, &version.patch};
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const auto value = number(parts[i]);
        if (!value) return no_version(text);
        *numbers[i] = *value;
    }
    return version;
}

std::string Version::text() const
{
    std::string result = std::to_string(major) + '.' + std::to_string(minor) + '.' + std::to_string(patch);
    for (std::size_t i = 0; i < prerelease.size(); ++i)
        result += (i == 0 ? '-' : '.') + prerelease[i];
    return build.empty() ? result : result + '+' + build;
}

std::strong_ordering operator<=>(const Version& a, const Version& b) noexcept
{
    if (const auto order = a.major <=> b.major; order != 0) return order;
    if (const auto order = a.minor <=> b.minor; order != 0) return order;
    if (const auto order = a.patch <=> b.patch; order != 0) return order;
    if (a.prerelease.empty() != b.prerelease.empty())
        return a.prerelease.empty() ? std::strong_ordering::greater : std::strong_ordering::less;
    return std::lexicographical_compare_three_way(
        a.prerelease.begin(),
        a.prerelease.end(),
        b.prerelease.begin(),
        b.prerelease.end(),
        compare_identifiers
    );
}

VersionRange::VersionRange() : m_text{"*"}, m_alternatives{Bounds{}} { }

Result<VersionRange> VersionRange::parse(std::string_view text)
{
    VersionRange range;
    range.m_text = text;
    range.m_alternatives.clear();
    std::string_view rest = text;
    while (true) {
        const std::size_t end = rest.find("||");
        Bounds bounds;
        bool any = false;
        for (const std::string_view term : split(rest.substr(0, end), ' ')) {
            if (term.empty()) continue;
            any = true;
            if (!parse_term(term, bounds)) return no_range(text);
        }
        if (!any) return no_range(text);
        range.m_alternatives.push_back(std::move(bounds));
        if (end == rest.npos) return range;
        rest.remove_prefix(end + 2);
    }
}

Result<void> VersionRange::parse_term(std::string_view term, Bounds& bounds)
{
    static constexpr std::array<std::string_view, 7> operators{"<=", ">=", "<", ">", "=", "^", "~"};
    const auto* found
        = std::ranges::find_if(operators, [&](std::string_view o) { return term.starts_with(o); });
    const std::string_view sign = found == operators.end() ? std::string_view{} : *found;
    const auto from = partial(term.substr(sign.size()));
    if (!from) return no_range(term);
    if (from->given == 0) return sign == "<" || sign == ">" ? Result<void>{no_range(term)} : Result<void>{};

    using enum Comparison;
    const auto between = [&](Version end) {
        bounds.push_back({greater_or_equal, from->version});
        bounds.push_back({less, std::move(end)});
    };
    if (sign == "^" || (sign.empty() && from->given == 3))
        between(after_compatible(*from));
    else if (sign == "~")
        between(after_minor(*from));
    else if (sign.empty() || (sign == "=" && from->given < 3))
        between(after_given(*from));
    else if (sign == "=")
        bounds.push_back({equal, from->version});
    else if (sign == ">=")
        bounds.push_back({greater_or_equal, from->version});
    else if (sign == "<")
        bounds.push_back({less, from->version});
    else if (sign == ">")
        bounds.push_back(
            from->given == 3 ? Bound{greater, from->version} : Bound{greater_or_equal, after_given(*from)}
        );
    else
        bounds.push_back(
            from->given == 3 ? Bound{less_or_equal, from->version} : Bound{less, after_given(*from)}
        );
    return {};
}

bool VersionRange::holds(const Bounds& bounds, const Version& version) noexcept
{
    bool named = version.prerelease.empty();
    for (const Bound& bound : bounds) {
        const auto order = version <=> bound.version;
        switch (bound.comparison) {
        case Comparison::less:
            if (order >= 0) return false;
            break;
        case Comparison::less_or_equal:
            if (order > 0) return false;
            break;
        case Comparison::equal:
            if (order != 0) return false;
            break;
        case Comparison::greater_or_equal:
            if (order < 0) return false;
            break;
        case Comparison::greater:
            if (order <= 0) return false;
            break;
        }
        const Version& b = bound.version;
        named = named
            || (!b.prerelease.empty() && b.major == version.major && b.minor == version.minor
                && b.patch == version.patch);
    }
    return named;
}

bool VersionRange::contains(const Version& version) const noexcept
{
    return std::ranges::any_of(m_alternatives, [&](const Bounds& bounds) { return holds(bounds, version); });
}

} // namespace mortise::host
