#include "matching/model/batch.hpp"

#include <algorithm>
#include <thread>

namespace mortise::host::matching {

namespace {

constexpr std::size_t page_size = std::size_t{1} << 20U;

/// Runs `work(part)` for each part on a thread of its own.
template <class F>
void in_parts(unsigned parts, F work)
{
    std::vector<std::thread> threads;
    for (unsigned part = 1; part < parts; ++part)
        threads.emplace_back([&work, part] { work(part); });
    work(0);
    for (std::thread& thread : threads)
        thread.join();
}

} // namespace

void ProfileStore::add(std::int64_t id, std::string_view block)
{
    if (m_pages.empty() || m_pages.back().capacity() - m_pages.back().size() < block.size()) {
        m_pages.emplace_back();
        m_pages.back().reserve(std::max(page_size, block.size()));
    }
    std::string& page = m_pages.back();
    const std::size_t at = page.size();
    page.append(block);
    m_ids.push_back(id);
    m_blocks.push_back(std::string_view{page}.substr(at));
}

Blocks::Blocks(const ProfileStore& profiles, unsigned threads) : m_profiles{profiles}
{
    const std::size_t count = std::min(profiles.size(), most_profiles);
    std::vector<std::vector<std::uint64_t>> parts(threads);
    in_parts(threads, [&](unsigned part) {
        std::vector<BlockKey> keys;
        const std::size_t from = count * part / threads;
        const std::size_t to = count * (part + 1) / threads;
        for (std::size_t at = from; at < to; ++at) {
            block_keys(profiles[at], keys);
            for (const BlockKey key : keys)
                parts[part].push_back(key << 24U | at);
        }
        std::ranges::sort(parts[part]);
    });
    for (std::vector<std::uint64_t>& part : parts) {
        const auto middle = static_cast<std::ptrdiff_t>(m_entries.size());
        m_entries.insert(m_entries.end(), part.begin(), part.end());
        std::vector<std::uint64_t>{}.swap(part);
        std::ranges::inplace_merge(m_entries, m_entries.begin() + middle);
    }
    m_directory.assign((std::size_t{1} << directory_bits) + 1, 0);
    for (const std::uint64_t entry : m_entries)
        ++m_directory[(entry >> (64 - directory_bits)) + 1];
    for (std::size_t i = 1; i < m_directory.size(); ++i)
        m_directory[i] += m_directory[i - 1];
    for (std::size_t from = 0; from < m_entries.size();) {
        std::size_t to = from + 1;
        while (to < m_entries.size() && m_entries[to] >> 24U == m_entries[from] >> 24U)
            ++to;
        if (to - from > most_of_block) {
            ++m_capped;
            m_largest = std::max(m_largest, to - from);
        }
        from = to;
    }
}

std::pair<std::size_t, std::size_t> Blocks::block(BlockKey key) const noexcept
{
    const std::size_t page = key >> (block_key_bits - directory_bits);
    const auto begin = m_entries.begin() + m_directory[page];
    const auto end = m_entries.begin() + m_directory[page + 1];
    const auto from = std::lower_bound(begin, end, key << 24U);
    auto to = from;
    // One more than a block may have is enough to see that it is too large.
    while (to != end && *to >> 24U == key && static_cast<std::size_t>(to - from) <= most_of_block)
        ++to;
    return {
        static_cast<std::size_t>(from - m_entries.begin()), static_cast<std::size_t>(to - m_entries.begin())
    };
}

std::vector<BatchPair> match_range(
    const ProfileStore& profiles,
    const Blocks& blocks,
    const Model& model,
    std::size_t from,
    std::size_t to,
    unsigned threads,
    std::atomic<std::uint64_t>& compared
)
{
    constexpr std::size_t stretch = 64;
    std::atomic<std::size_t> next{from};
    std::vector<std::vector<std::pair<std::size_t, BatchPair>>> found(threads);
    in_parts(threads, [&](unsigned part) {
        std::vector<std::uint32_t> marks;
        std::uint64_t count = 0;
        for (;;) {
            const std::size_t begin = next.fetch_add(stretch);
            if (begin >= to) break;
            for (std::size_t at = begin; at < std::min(to, begin + stretch); ++at) {
                const Profile profile = profiles[at];
                blocks.each_candidate(at, true, marks, [&](std::size_t other) {
                    ++count;
                    Judgement judgement = model.judge(profile, profiles[other], false);
                    if (judgement.band == Band::different) return;
                    found[part].emplace_back(
                        at, BatchPair{profiles.id(at), profiles.id(other), std::move(judgement)}
                    );
                });
            }
        }
        compared.fetch_add(count);
    });
    std::vector<std::pair<std::size_t, BatchPair>> all;
    for (auto& part : found)
        std::ranges::move(part, std::back_inserter(all));
    std::ranges::sort(all, {}, [](const auto& entry) {
        return std::tuple{entry.first, entry.second.second};
    });
    std::vector<BatchPair> pairs;
    pairs.reserve(all.size());
    for (auto& [at, pair] : all)
        pairs.push_back(std::move(pair));
    return pairs;
}

} // namespace mortise::host::matching
