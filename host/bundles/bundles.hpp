#pragma once

/// \file
/// Bundles: what one would do, doing it all or not at all, taking it back, and making one of what runs.

#include "bundles/bundle.hpp"
#include "bundles/journal.hpp"
#include "bundles/plan.hpp"
#include "bundles/steps.hpp"

#include <mortise/result.hpp>

#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

/// A bundle that came with the system.
struct ShippedBundle {
    std::string name; ///< of its file
    std::optional<Bundle> bundle{};
    std::optional<Error> problem{}; ///< why it cannot be read
};

struct AppliedBundle {
    std::int64_t run{0}; ///< 0: all of it was so already
    BundlePlan plan;
};

struct RolledBackBundle {
    BundleRun run;
    std::vector<std::string> steps; ///< that are taken back, in words
    std::vector<std::string> left; ///< what stays, and why
};

struct ExportOptions {
    std::string name;
    std::string version{"1.0.0"};
    std::string title{};
    std::string description{};
    std::vector<std::string> types{}; ///< whose records go with it
};

/// Thread-safety: any thread; one apply or rollback at a time, the next waits.
class Bundles {
public:
    /// `shipped`: the folder of the bundles that came with the system.
    Bundles(
        Database& database,
        Writer& writer,
        Records& records,
        PluginManager& plugins,
        const Clock& clock,
        std::filesystem::path shipped
    );

    /// Makes the tables, and takes back what a process left that ended in the middle. Plugins must be open.
    /// What cannot be taken back yet is told by `problem` and is no error here.
    Result<void> open();
    /// Why something that was begun is not taken back yet.
    std::optional<Error> problem() const;

    /// By name.
    std::vector<ShippedBundle> shipped() const;
    /// Errors: `not_found`; those of reading it.
    Result<Bundle> find_shipped(std::string_view name) const;
    /// Newest first.
    Result<std::vector<BundleRun>> runs();

    Result<BundlePlan> plan(const Bundle& bundle, const PlanOptions& options);
    /// `agreed`: the digest of the plan that was agreed to; empty: any. Errors: that of the first conflict;
    /// `bundles.plan_changed`; `bundles.unfinished`; that of the step that failed, after all was taken back.
    /// `on_step`: told before each step, and at the end, how many are done.
    Result<AppliedBundle> apply(
        const CallContext& context,
        const Bundle& bundle,
        const PlanOptions& options,
        const std::string& agreed,
        const std::function<void(std::size_t done, const BundlePlan& plan)>& on_step = {}
    );
    /// Takes back the bundle that was applied last. Records that it made are deleted and can be restored;
    /// plugins that it enabled are disabled, with their records, settings and secrets kept. `look`: only
    /// tells. Errors: `not_found` if none is applied; `bundles.needed`.
    Result<RolledBackBundle> rollback(bool look);

    /// A bundle of what runs. What it left out is told in `notes`.
    Result<boost::json::object> exported(const ExportOptions& options, std::vector<std::string>& notes);

private:
    Result<void> take_back(const BundleRun& run, std::vector<std::string>& left);
    Result<void> refuse_unfinished() const;
    Result<void> check_needed(const std::vector<JournalStep>& steps) const;
    Result<bool> is_applied(const BundlePlan& plan);
    Error after_failure(const BundleRun& run, const JournalStep& step, Error error);
    Result<void> finish_unfinished();

    Records& m_records;
    PluginManager& m_plugins;
    const std::filesystem::path m_shipped;
    BundleJournal m_journal;
    BundleSteps m_steps;
    mutable std::mutex m_mutex; // one change at a time; guards what follows
    std::optional<Error> m_problem;
};

} // namespace mortise::host
