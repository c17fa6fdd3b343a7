#pragma once

/// \file
/// What a row of the bench is, and how times are taken.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace mortise::bench {

enum class Better : std::uint8_t { higher, lower };

/// One path beside its limit.
struct Row {
    std::string name;
    double ours{0};
    double limit{0};
    std::string unit;
    double goal{0}; ///< of ours / limit
    Better better{Better::higher
    }; ///< higher: a rate, the ratio shall be at least the goal; lower: a time, at most
    std::string note{}; ///< spread, sizes

    double ratio() const noexcept { return limit == 0 ? 0 : ours / limit; }
    bool ok() const noexcept { return better == Better::higher ? ratio() >= goal : ratio() <= goal; }
};

struct Options {
    bool quick{false}; ///< small sizes: only shows that the bench works
    std::string only{}; ///< beginning of the names of the rows that are wanted
};

class Stopwatch {
public:
    double seconds() const
    {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count();
    }

private:
    std::chrono::steady_clock::time_point m_start{std::chrono::steady_clock::now()};
};

/// The value below which the part `quantile` of the samples lies.
inline double quantile(std::vector<double> samples, double quantile)
{
    if (samples.empty()) return 0;
    const auto at = static_cast<std::size_t>(quantile * static_cast<double>(samples.size() - 1));
    std::ranges::nth_element(samples, samples.begin() + static_cast<std::ptrdiff_t>(at));
    return samples[at];
}

/// Rows about saving and reading contacts.
std::vector<Row> contact_rows(const Options& options);

} // namespace mortise::bench
