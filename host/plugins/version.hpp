#pragma once

/// \file
/// Versions as SemVer 2.0 writes them, and the ranges in which a manifest says what it needs.

#include <mortise/result.hpp>

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

/// MAJOR.MINOR.PATCH[-PRERELEASE][+BUILD]. The build is kept for show; it does not take part in comparisons.
struct Version {
    std::uint32_t major{0};
    std::uint32_t minor{0};
    std::uint32_t patch{0};
    std::vector<std::string> prerelease{};
    std::string build{};

    static Result<Version> parse(std::string_view text);
    std::string text() const;

    friend std::strong_ordering operator<=>(const Version& a, const Version& b) noexcept;
    friend bool operator==(const Version& a, const Version& b) noexcept { return (a <=> b) == 0; }
};

/// "^1.2" (compatible with), "~1.2" (same minor), ">=1.0 <3" (all of them), "1.2.x", "1.2.3" (compatible
/// with, as `^`),
/// "=1.2.3" (exactly), "*" (any), and alternatives with "||". A prerelease is inside only if a bound names a
/// prerelease of the same numbers.
class VersionRange {
public:
    /// Any version.
    VersionRange();
    static Result<VersionRange> parse(std::string_view text);

    bool contains(const Version& version) const noexcept;
    /// As it was written.
    const std::string& text() const noexcept { return m_text; }

private:
    enum class Comparison : std::uint8_t { less, less_or_equal, equal, greater_or_equal, greater };
    struct Bound {
        Comparison comparison{Comparison::greater_or_equal};
        Version version;
    };
    using Bounds = std::vector<Bound>; // all must hold

    static Result<void> parse_term(std::string_view term, Bounds& bounds);
    static bool holds(const Bounds& bounds, const Version& version) noexcept;

    std::string m_text;
    std::vector<Bounds> m_alternatives;
};

} // namespace mortise::host
