#pragma once

/// \file
/// How long things take: counts in buckets whose width grows with the time, four to an octave, so that a
/// percentile is right within 10 %.

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace mortise::host {

/// Thread-safety: every member may be called from any thread at any time; a percentile read meanwhile is an
/// estimate.
class Histogram {
public:
    void add(std::uint64_t nanoseconds) noexcept
    {
        m_counts[bucket_of(nanoseconds)].fetch_add(1, std::memory_order_relaxed);
    }

    std::uint64_t count() const noexcept
    {
        std::uint64_t sum = 0;
        for (const auto& bucket : m_counts)
            sum += bucket.load(std::memory_order_relaxed);
        return sum;
    }

    /// The time that `share` (0 to 1) of all stayed under, in nanoseconds; 0 if there are none.
    std::uint64_t percentile(double share) const noexcept
    {
        const std::uint64_t all = count();
        if (all == 0) return 0;
        const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(all - 1)) + 1;
        std::uint64_t seen = 0;
        for (std::size_t bucket = 0; bucket < m_counts.size(); ++bucket) {
            seen += m_counts[bucket].load(std::memory_order_relaxed);
            if (seen >= wanted) return middle_of(bucket);
        }
        return middle_of(m_counts.size() - 1);
    }

private:
    static constexpr std::size_t bucket_count = 160; // up to 2^40 ns, 18 minutes

    static std::size_t bucket_of(std::uint64_t value) noexcept
    {
        if (value < 4) return static_cast<std::size_t>(value);
        const auto octave = static_cast<std::size_t>(std::bit_width(value)) - 1;
        const std::size_t bucket = (octave - 1) * 4 + ((value >> (octave - 2)) & 3U);
        return bucket < bucket_count ? bucket : bucket_count - 1;
    }
    static std::uint64_t middle_of(std::size_t bucket) noexcept
    {
        if (bucket < 4) return bucket;
        const std::size_t octave = bucket / 4 + 1;
        const std::uint64_t width = std::uint64_t{1} << (octave - 2);
        return (std::uint64_t{1} << octave) + width * (bucket & 3U) + width / 2;
    }

    std::array<std::atomic<std::uint32_t>, bucket_count> m_counts{};
};

} // namespace mortise::host
