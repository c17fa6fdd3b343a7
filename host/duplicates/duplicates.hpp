#pragma once

/// \file
/// `Duplicates`: contacts that are in twice. Scans for them, keeps the pairs, tells why, and merges what was
/// decided. The judging is of host/matching, the merging of host/merging.

#include "access/principal.hpp"
#include "duplicates/block_index.hpp"
#include "duplicates/pair_book.hpp"
#include "merging/merging.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

class ContactFollower;
class Dispatcher;
class JobQueue;

struct DuplicateServices {
    Database& database;
    Writer& writer;
    Records& records;
    Merging& merging;
    const Clock& clock;
};

/// Contacts that become one, the survivor first.
struct MergeGroup {
    std::vector<Id> contacts;
    std::vector<Pair> pairs; ///< that say so
    std::string left_because; ///< why it is not merged; empty: nothing stands in the way
};

struct MergedGroup {
    MergeGroup group;
    Id merge; ///< 0: only previewed, or left
    std::size_t records{0}; ///< that change
};

/// Thread-safety: any thread.
class Duplicates {
public:
    explicit Duplicates(DuplicateServices services);
    ~Duplicates();

    /// Makes the type and the table where they are not there.
    /// `index`: the file of the blocks, made anew where it is not there.
    Result<void> open(const std::filesystem::path& index);
    /// Runs the scans of this queue. Call it once.
    void attach(JobQueue& jobs);
    /// Follows the contacts that are written, once a scan filled the index. The dispatcher stops before this
    /// ends.
    Result<void> follow(Dispatcher& dispatcher);
    /// Ends a scan that runs, so that it goes on when the host is started again, and waits for it: up to a
    /// few seconds for each million of contacts. Call it before the queue stops.
    void stop();

    /// Queues a scan, or gives the one that waits or runs. Gives the job.
    Result<std::int64_t> scan(const CallContext& context);

    PairBook& book() noexcept { return m_book; }
    /// Two contacts beside each other, judged now. Errors: not_found when one cannot be seen.
    Result<matching::Judgement> judge(const Principal& principal, Id a, Id b);

    /// The contacts that a draft may be the same as, best first; only those that the principal sees. `self`:
    /// the contact that the draft is of, 0 if it is new. Errors: `duplicates.no_index` before the first scan.
    Result<std::vector<FoundPair>> check(const Principal& principal, const Map& draft, Id self);

    /// Merges what the pairs say. `by_rule`: nobody looked at them; then what is not the same by the present
    /// model, or joins contacts of which two are verified or no duplicates, is left. With a dry run only
    /// tells.
    Result<std::vector<MergedGroup>>
    merge(const CallContext& context, std::span<const Pair> pairs, bool by_rule, const std::string& reason);

    /// The open pairs of the band `same`, at most `most`.
    Result<std::vector<Pair>> same_pairs(std::size_t most);

private:
    Result<void> subscribe();
    /// As the last scan learnt it; read once.
    Result<std::shared_ptr<const matching::Model>> model(Connection& reader);
    Result<Value> run_scan(JobQueue& jobs, std::int64_t job);
    Result<std::string> why_dismissed(const std::vector<Id>& contacts);
    Result<void> judge_group(MergeGroup& group, bool by_rule);

    DuplicateServices m_services;
    PairBook m_book;
    BlockIndex m_index;
    std::unique_ptr<ContactFollower> m_follower;
    Dispatcher* m_dispatcher{nullptr};
    std::int64_t m_subscription{0};
    JobQueue* m_jobs{nullptr};
    std::atomic<bool> m_stopping{false};
    std::mutex m_model_mutex;
    std::int64_t m_model_of{-1}; // the scan; guarded by it, as is the model
    std::shared_ptr<const matching::Model> m_model;
    std::mutex m_scanning; // held by a scan while it runs
};

} // namespace mortise::host
