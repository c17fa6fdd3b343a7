#include "duplicates/scan.hpp"

#include "duplicates/block_index.hpp"
#include "duplicates/contact_facts.hpp"
#include "duplicates/pair_book.hpp"
#include "duplicates/scan_state.hpp"
#include "matching/model/batch.hpp"
#include "records/records.hpp"
#include "records/writer.hpp"
#include "store/database.hpp"

#include <algorithm>
#include <thread>

namespace mortise::host {

namespace {

using matching::Band;
using matching::Blocks;
using matching::Model;
using matching::ProfileStore;

constexpr std::size_t stretch = 4096; ///< contacts whose pairs are written together
constexpr std::size_t pairs_at_once = 1000;
constexpr std::uint64_t tell_every = 1024;

class Scan {
public:
    Scan(const ScanTools& tools, const CallContext& context, std::int64_t job)
        : m_tools{tools},
          m_context{context},
          m_job{job},
          m_threads{std::clamp(std::thread::hardware_concurrency(), 1U, 4U)}
    {
    }

    Result<Value> run()
    {
        MORTISE_CHECK(read());
        MORTISE_CHECK(tell(0, "learning"));
        const Blocks blocks{m_profiles, m_threads};
        MORTISE_CHECK(begin(blocks));
        MORTISE_CHECK(compare(blocks));
        MORTISE_CHECK(tell(m_total, "keeping the index"));
        MORTISE_CHECK(m_tools.index.fill(m_profiles, blocks));
        MORTISE_CHECK(m_tools.indexed(m_read_at));
        MORTISE_CHECK(sweep());
        return Value{Map{
            {"contacts", static_cast<std::int64_t>(m_profiles.size())},
            {"same", static_cast<std::int64_t>(m_same)},
            {"review", static_cast<std::int64_t>(m_review)},
            {"written", static_cast<std::int64_t>(m_written)},
            {"gone", static_cast<std::int64_t>(m_gone)},
            {"compared", static_cast<std::int64_t>(m_compared.load())},
            {"broad_keys", static_cast<std::int64_t>(blocks.capped())},
            {"resumed", m_begin != 0},
        }};
    }

private:
    Result<void> tell(std::uint64_t done, std::string_view doing)
    {
        return m_tools.progress(done, m_total, doing);
    }

    Result<void> read()
    {
        m_read_at = m_tools.writer.last_event(); // before: what is followed twice does no harm
        const ReadLease reader = m_tools.database.read();
        MORTISE_CHECK(reader->begin()); // one moment of all tables
        const SchemaPointer schema = m_tools.records.schema();
        MORTISE_TRY(m_total, count_contacts(*reader, *schema));
        if (m_total > Blocks::most_profiles)
            return Error{
                .code = ErrorCode::limit,
                .message = "there are " + std::to_string(m_total) + " contacts; a scan takes at most "
                    + std::to_string(Blocks::most_profiles),
                .key = "duplicates.too_many",
            };
        Result<void> told;
        MORTISE_CHECK(each_contact(*reader, *schema, [&](Id id, const matching::ContactFacts& facts) {
            m_profiles.add(id.number, make_profile(facts));
            if (m_profiles.size() % tell_every == 0) told = tell(m_profiles.size(), "reading");
            return told.has_value();
        }));
        return told;
    }

    /// Where it goes on, and with which model.
    Result<void> begin(const Blocks& blocks)
    {
        {
            const ReadLease reader = m_tools.database.read();
            MORTISE_TRY(const auto state, read_scan_state(*reader));
            if (state && state->job == m_job && !state->is_finished) {
                MORTISE_TRY(m_model, read_model(*reader));
                while (m_begin < m_profiles.size() && m_profiles.id(m_begin) <= state->done_to.number)
                    ++m_begin;
                return {};
            }
        }
        m_model = learn(m_profiles, blocks);
        return m_tools.writer.run([this](Connection& connection) {
            return write_scan_begin(connection, m_job, m_model);
        });
    }

    Result<void> compare(const Blocks& blocks)
    {
        for (std::size_t from = m_begin; from < m_profiles.size(); from += stretch) {
            MORTISE_CHECK(tell(from, "comparing"));
            const std::size_t to = std::min(m_profiles.size(), from + stretch);
            const auto pairs = match_range(m_profiles, blocks, m_model, from, to, m_threads, m_compared);
            MORTISE_CHECK(write(pairs, Id{m_profiles.id(to - 1)}));
        }
        return {};
    }

    Result<void> write(const std::vector<matching::BatchPair>& pairs, Id done_to)
    {
        std::vector<FoundPair> found;
        const auto flush = [&](const std::function<Result<void>(Connection&)>& also) -> Result<void> {
            MORTISE_TRY(const std::size_t count, m_tools.book.keep(m_context, found, also));
            m_written += count;
            found.clear();
            return {};
        };
        for (const matching::BatchPair& pair : pairs) {
            ++(pair.judgement.band == Band::same ? m_same : m_review);
            found.push_back({{pair.first}, {pair.second}, judge(pair.first, pair.second)});
            if (found.size() == pairs_at_once) MORTISE_CHECK(flush({}));
        }
        return flush([done_to](Connection& connection) {
            return write_scan_place(connection, done_to, false);
        });
    }

    /// Pairs on record that are none any more: a contact is gone, or was changed.
    Result<void> sweep()
    {
        MORTISE_CHECK(tell(m_total, "looking after former pairs"));
        Id last;
        for (;;) {
            MORTISE_TRY(const std::vector<Pair> pairs, m_tools.book.after(last, pairs_at_once));
            if (pairs.empty()) break;
            last = pairs.back().id;
            std::vector<Pair> gone;
            std::vector<Pair> merged;
            for (const Pair& pair : pairs) {
                if (pair.state != PairState::open) continue;
                if (pair.first == pair.second)
                    merged.push_back(pair);
                else if (pair.evidence.empty()
                         && (!has(pair.first) || !has(pair.second)
                             || judge(pair.first.number, pair.second.number).band == Band::different))
                    gone.push_back(pair);
            }
            m_gone += gone.size();
            MORTISE_CHECK(m_tools.book.drop(m_context, gone));
            MORTISE_CHECK(m_tools.book.decide(m_context, merged, PairState::merged, ""));
        }
        return m_tools.writer.run([this](Connection& connection) {
            return write_scan_place(
                connection, m_profiles.size() == 0 ? Id{} : Id{m_profiles.id(m_profiles.size() - 1)}, true
            );
        });
    }

    std::size_t place_of(std::int64_t id) const
    {
        std::size_t low = 0;
        std::size_t high = m_profiles.size();
        while (low < high) {
            const std::size_t middle = low + (high - low) / 2;
            m_profiles.id(middle) < id ? low = middle + 1 : high = middle;
        }
        return low;
    }

    bool has(Id contact) const
    {
        const std::size_t at = place_of(contact.number);
        return at < m_profiles.size() && m_profiles.id(at) == contact.number;
    }

    matching::Judgement judge(std::int64_t first, std::int64_t second) const
    {
        return m_model.judge(m_profiles[place_of(first)], m_profiles[place_of(second)], true);
    }

    const ScanTools& m_tools;
    const CallContext& m_context;
    const std::int64_t m_job;
    const unsigned m_threads;
    ProfileStore m_profiles;
    Model m_model;
    std::uint64_t m_total{0};
    std::int64_t m_read_at{0};
    std::size_t m_begin{0};
    std::size_t m_same{0};
    std::size_t m_review{0};
    std::size_t m_written{0};
    std::size_t m_gone{0};
    std::atomic<std::uint64_t> m_compared{0};
};

} // namespace

Result<Value> scan_contacts(const ScanTools& tools, const CallContext& context, std::int64_t job)
{
    return Scan{tools, context, job}.run();
}

} // namespace mortise::host
