#include "matching/text/similarity.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace mortise::host::matching {

namespace {

constexpr std::size_t longest = 64;

} // namespace

double jaro_winkler(std::string_view a, std::string_view b) noexcept
{
    a = a.substr(0, longest);
    b = b.substr(0, longest);
    if (a.empty() || b.empty()) return a.size() == b.size() ? 1 : 0;
    if (a == b) return 1;
    const std::size_t half = std::max(a.size(), b.size()) / 2;
    const std::size_t window = half == 0 ? 0 : half - 1;
    std::uint64_t taken = 0;
    std::array<char, longest> matched{};
    std::size_t matches = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const std::size_t from = i > window ? i - window : 0;
        const std::size_t to = std::min(b.size(), i + window + 1);
        for (std::size_t j = from; j < to; ++j)
            if (a[i] == b[j] && (taken >> j & 1) == 0) {
                taken |= std::uint64_t{1} << j;
                matched[matches++] = a[i];
                break;
            }
    }
    if (matches == 0) return 0;
    std::size_t moved = 0;
    std::size_t at = 0;
    for (std::size_t j = 0; j < b.size(); ++j)
        if ((taken >> j & 1) != 0 && matched[at++] != b[j]) ++moved;
    const auto m = static_cast<double>(matches);
    const double jaro = (m / static_cast<double>(a.size()) + m / static_cast<double>(b.size())
                         + (m - static_cast<double>(moved) / 2) / m)
        / 3;
    std::size_t common = 0;
    while (common < 4 && common < std::min(a.size(), b.size()) && a[common] == b[common])
        ++common;
    return jaro + static_cast<double>(common) * 0.1 * (1 - jaro);
}

std::size_t edits(std::string_view a, std::string_view b, std::size_t most) noexcept
{
    if (a == b) return 0;
    if (a.size() > b.size()) std::swap(a, b);
    if (b.size() - a.size() > most || b.size() > longest) return most + 1;
    while (!a.empty() && a.front() == b.front()) {
        a.remove_prefix(1);
        b.remove_prefix(1);
    }
    while (!a.empty() && a.back() == b.back()) {
        a.remove_suffix(1);
        b.remove_suffix(1);
    }
    if (a.empty()) return b.size() <= most ? b.size() : most + 1;
    using Line = std::array<std::uint8_t, longest + 1>;
    std::array<Line, 3> lines{};
    for (std::size_t j = 0; j <= b.size(); ++j)
        lines[0][j] = static_cast<std::uint8_t>(j);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        Line& now = lines[i % 3];
        const Line& before = lines[(i + 2) % 3];
        const Line& earlier = lines[(i + 1) % 3];
        now[0] = static_cast<std::uint8_t>(i);
        std::uint8_t least = now[0];
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const int change = a[i - 1] == b[j - 1] ? 0 : 1;
            int best = std::min({before[j] + 1, now[j - 1] + 1, before[j - 1] + change});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                best = std::min(best, earlier[j - 2] + 1);
            now[j] = static_cast<std::uint8_t>(best);
            least = std::min(least, now[j]);
        }
        if (least > most) return most + 1;
    }
    return std::min<std::size_t>(lines[a.size() % 3][b.size()], most + 1);
}

bool is_typo(std::string_view a, std::string_view b) noexcept
{
    const std::size_t shorter = std::min(a.size(), b.size());
    if (shorter < 3) return false;
    return edits(a, b, shorter >= 6 ? 2 : 1) <= (shorter >= 6 ? 2U : 1U);
}

} // namespace mortise::host::matching
