#pragma once

/// \file
/// All contacts at once, in memory: blocks, learning of the model, comparing.

#include "matching/model/blocking.hpp"
#include "matching/model/model.hpp"

#include <mortise/result.hpp>

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace mortise::host::matching {

/// The profiles, in the order in which they were added. About 200 bytes each.
class ProfileStore {
public:
    void add(std::int64_t id, std::string_view block);
    std::size_t size() const noexcept { return m_ids.size(); }
    std::int64_t id(std::size_t at) const noexcept { return m_ids[at]; }
    Profile operator[](std::size_t at) const noexcept { return Profile{m_blocks[at]}; }

private:
    std::vector<std::int64_t> m_ids;
    std::vector<std::string_view> m_blocks;
    std::deque<std::string> m_pages;
};

/// The keys of all profiles, sorted.
class Blocks {
public:
    /// At most 16,777,215 profiles.
    static constexpr std::size_t most_profiles = (std::size_t{1} << 24U) - 1;

    Blocks(const ProfileStore& profiles, unsigned threads);

    /// Calls `look(at)` for the other profiles that have a key in common with this one, each once; `marks`
    /// belongs to one thread and one `Blocks`. Only those behind `at` if `behind`.
    template <class F>
    void each_candidate(std::size_t at, bool behind, std::vector<std::uint32_t>& marks, F look) const
    {
        thread_local std::vector<BlockKey> keys;
        block_keys(m_profiles[at], keys);
        if (marks.size() != m_profiles.size()) marks.assign(m_profiles.size(), 0);
        const auto mark = static_cast<std::uint32_t>(at + 1);
        for (const BlockKey key : keys) {
            const auto [from, to] = block(key);
            if (to - from > most_of_block) continue;
            for (std::size_t i = from; i < to; ++i) {
                const std::size_t other = m_entries[i] & most_profiles;
                if (other == at || (behind && other < at) || marks[other] == mark) continue;
                marks[other] = mark;
                look(other);
            }
        }
    }

    /// Each key with the place of a profile that has it, in order.
    template <class F>
    void each_entry(F look) const
    {
        for (const std::uint64_t entry : m_entries)
            look(entry >> 24U, static_cast<std::size_t>(entry & most_profiles));
    }

    std::size_t size() const noexcept { return m_entries.size(); }
    /// Blocks that are too large and are left out, and the largest of them.
    std::size_t capped() const noexcept { return m_capped; }
    std::size_t largest() const noexcept { return m_largest; }

private:
    static constexpr unsigned directory_bits = 20;

    std::pair<std::size_t, std::size_t> block(BlockKey key) const noexcept;

    const ProfileStore& m_profiles;
    std::vector<std::uint64_t> m_entries; // key, then the profile's place
    std::vector<std::uint32_t> m_directory; // by the first bits of a key: where its entries begin
    std::size_t m_capped{0};
    std::size_t m_largest{0};
};

struct BatchPair {
    std::int64_t first{0};
    std::int64_t second{0};
    Judgement judgement;
};

/// Counts values, and learns from a sample of candidates how probable each level is. Deterministic.
Model learn(const ProfileStore& profiles, const Blocks& blocks);

/// Compares the profiles of [from, to) with all that stand behind each; gives the pairs of the bands `review`
/// and `same` in the order of the profiles. `compared` grows by the comparisons that were made.
std::vector<BatchPair> match_range(
    const ProfileStore& profiles,
    const Blocks& blocks,
    const Model& model,
    std::size_t from,
    std::size_t to,
    unsigned threads,
    std::atomic<std::uint64_t>& compared
);

} // namespace mortise::host::matching
