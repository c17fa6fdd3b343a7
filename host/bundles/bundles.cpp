#include "bundles/bundles.hpp"

#include "bundles/planner.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace mortise::host {

namespace fs = std::filesystem;

namespace {

/// A bundle that a person writes has some kilobytes.
constexpr std::uintmax_t most_bundle_bytes = std::uintmax_t{4} << 20;

bool is_unfinished(RunState state)
{
    return state == RunState::applying || state == RunState::taking_back || state == RunState::rolling_back;
}

std::string name_of_run(const BundleRun& run)
{
    return run.bundle + ' ' + run.version;
}

Result<Bundle> read_bundle_file(const fs::path& file)
{
    std::error_code trouble;
    const auto size = fs::file_size(file, trouble);
    std::ifstream in{file, std::ios::binary};
    if (trouble || !in)
        return Error{
            .code = ErrorCode::io,
            .message = "cannot read " + file.string(),
            .key = "bundles.unreadable",
            .where = file.string(),
        };
    if (size > most_bundle_bytes)
        return Error{
            .code = ErrorCode::limit,
            .message = file.string() + " is larger than a bundle may be",
            .key = "bundles.too_large",
            .where = file.string(),
        };
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    return read_bundle(text, file.filename().string());
}

} // namespace

Bundles::Bundles(
    Database& database,
    Writer& writer,
    Records& records,
    PluginManager& plugins,
    const Clock& clock,
    fs::path shipped
)
    : m_records{records},
      m_plugins{plugins},
      m_shipped{std::move(shipped)},
      m_journal{database, writer, clock},
      m_steps{records, plugins, m_journal}
{
}

Result<void> Bundles::open()
{
    const std::scoped_lock lock{m_mutex};
    MORTISE_CHECK(m_journal.open());
    return finish_unfinished();
}

std::optional<Error> Bundles::problem() const
{
    const std::scoped_lock lock{m_mutex};
    return m_problem;
}

/// What a process left that ended in the middle, newest first.
Result<void> Bundles::finish_unfinished()
{
    m_problem.reset();
    MORTISE_TRY(const auto runs, m_journal.runs());
    for (BundleRun run : runs) {
        if (!is_unfinished(run.state)) continue;
        if (run.state == RunState::applying) {
            run.state = RunState::taking_back;
            run.problem = "the host ended while it was applied";
            MORTISE_CHECK(m_journal.set_run(run.id, run.state, run.problem));
        }
        std::vector<std::string> left;
        if (auto done = take_back(run, left); !done) {
            m_problem = std::move(done).error();
            m_problem->message = "the bundle " + name_of_run(run)
                + " was cut short, and cannot be taken back yet: " + m_problem->message;
            return {};
        }
    }
    return {};
}

/// Step by step, the last one first.
Result<void> Bundles::take_back(const BundleRun& run, std::vector<std::string>& left)
{
    const bool is_wanted = run.state == RunState::rolling_back;
    const Leftovers leftovers = is_wanted ? Leftovers::keep : Leftovers::forget;
    MORTISE_TRY(auto steps, m_journal.steps(run.id));
    std::ranges::reverse(steps);
    for (JournalStep& step : steps)
        MORTISE_CHECK(m_steps.take_back(step, leftovers, left));
    return m_journal.set_run(run.id, is_wanted ? RunState::rolled_back : RunState::taken_back, run.problem);
}

std::vector<ShippedBundle> Bundles::shipped() const
{
    std::vector<ShippedBundle> found;
    std::error_code trouble;
    for (fs::directory_iterator at{m_shipped, trouble}, end; !trouble && at != end; at.increment(trouble)) {
        if (at->path().extension() != ".json") continue;
        ShippedBundle shipped{.name = at->path().stem().string()};
        auto bundle = read_bundle_file(at->path());
        if (bundle)
            shipped.bundle = *std::move(bundle);
        else
            shipped.problem = std::move(bundle).error();
        found.push_back(std::move(shipped));
    }
    std::ranges::sort(found, {}, &ShippedBundle::name);
    return found;
}

Result<Bundle> Bundles::find_shipped(std::string_view name) const
{
    std::vector<std::string> names;
    for (ShippedBundle& shipped : this->shipped()) {
        names.push_back(shipped.name);
        if (shipped.name != name) continue;
        if (shipped.problem) return *std::move(shipped.problem);
        return *std::move(shipped.bundle);
    }
    return Error{
        .code = ErrorCode::not_found,
        .message = "there is no bundle \"" + std::string{name} + '"',
        .key = "bundles.unknown",
        .where = std::string{name},
        .hint
        = names.empty() ? "give a file: none came with this system" : "there are " + list_words(names, 20),
    };
}

Result<std::vector<BundleRun>> Bundles::runs()
{
    return m_journal.runs();
}

Result<BundlePlan> Bundles::plan(const Bundle& bundle, const PlanOptions& options)
{
    return BundlePlanner(m_records, m_plugins, bundle, options).plan();
}

/// With the mutex held.
Result<void> Bundles::refuse_unfinished() const
{
    if (!m_problem) return {};
    return Error{
        .code = ErrorCode::state,
        .message = m_problem->message,
        .key = "bundles.unfinished",
        .where = m_problem->where,
        .hint
        = m_problem->hint.empty() ? "mend that, then run \"mortise bundles rollback\"" : m_problem->hint,
    };
}

/// Whether the newest run that is applied came to the same.
Result<bool> Bundles::is_applied(const BundlePlan& plan)
{
    MORTISE_TRY(const auto runs, m_journal.runs());
    const auto last = std::ranges::find(runs, RunState::applied, &BundleRun::state);
    return last != runs.end() && json_of(last->lock) == json_of(plan.lock);
}

Result<AppliedBundle> Bundles::apply(
    const CallContext& context,
    const Bundle& bundle,
    const PlanOptions& options,
    const std::string& agreed,
    const std::function<void(std::size_t done, const BundlePlan& plan)>& on_step
)
{
    const std::scoped_lock lock{m_mutex};
    MORTISE_CHECK(refuse_unfinished());
    MORTISE_TRY(BundlePlan planned, plan(bundle, options));
    if (!planned.is_possible()) {
        Error error = planned.conflicts.front();
        if (const std::size_t more = planned.conflicts.size() - 1; more != 0)
            error.message
                += " (and " + count_words(more, "conflict", "conflicts") + " more: the plan tells all)";
        return error;
    }
    if (!agreed.empty() && planned.digest() != agreed)
        return Error{
            .code = ErrorCode::conflict,
            .message = "what the bundle " + bundle.name + " would do has changed since it was planned",
            .key = "bundles.plan_changed",
            .where = {},
            .hint = "look at the plan again",
        };
    MORTISE_TRY(const bool is_so_already, is_applied(planned));
    if (planned.steps.empty() && is_so_already) return AppliedBundle{0, std::move(planned)};
    BundleRun run{
        .bundle = planned.bundle,
        .version = planned.version,
        .started = {},
        .ended = {},
        .by = context.principal.name(),
        .digest = planned.lock.digest,
        .lock = planned.lock,
        .problem = {},
    };
    MORTISE_TRY(run.id, m_journal.begin(run, planned.steps));
    for (std::size_t i = 0; i < planned.steps.size(); ++i) {
        JournalStep step{
            .run = run.id, .number = static_cast<std::int64_t>(i), .step = planned.steps[i], .before = {}
        };
        if (on_step) on_step(i, planned);
        if (auto done = m_steps.run(context, step); !done)
            return after_failure(run, step, std::move(done).error());
    }
    if (on_step) on_step(planned.steps.size(), planned);
    MORTISE_CHECK(m_journal.set_run(run.id, RunState::applied, ""));
    return AppliedBundle{run.id, std::move(planned)};
}

/// Takes back what was done, and says so.
Error Bundles::after_failure(const BundleRun& run, const JournalStep& step, Error error)
{
    error.message = "the step \"" + step.step.text + "\" failed: " + error.message;
    if (error.where.empty()) error.where = "step " + std::to_string(step.number + 1);
    BundleRun failed = run;
    failed.state = RunState::taking_back;
    failed.problem = error.message;
    std::vector<std::string> left;
    auto back = m_journal.set_run(run.id, failed.state, failed.problem);
    if (back) back = take_back(failed, left);
    const std::string so_far = error.hint.empty() ? "" : error.hint + "; ";
    if (back) {
        error.hint = so_far + "all that was done before it was taken back";
        if (!left.empty()) error.hint += ", but for " + list_words(left);
        return error;
    }
    m_problem = back.error();
    m_problem->message
        = "the bundle " + name_of_run(run) + " failed, and cannot be taken back yet: " + m_problem->message;
    error.hint = so_far + "it could not be taken back (" + back.error().message
        + "): mend that, then run \"mortise bundles rollback\"";
    return error;
}

/// What runs and needs a plugin that goes stands in the way of all of it.
Result<void> Bundles::check_needed(const std::vector<JournalStep>& steps) const
{
    std::vector<std::string> going;
    for (const JournalStep& step : steps) {
        if (step.step.kind != StepKind::plugin || step.state == StepState::undone) continue;
        const boost::json::value* enabled = step.before.if_contains("enabled");
        if (enabled && *enabled == false) going.emplace_back(step.step.what.at("plugin").as_string());
    }
    for (const PluginStatus& plugin : m_plugins.list()) {
        if (!plugin.enabled || std::ranges::find(going, plugin.id) != going.end()) continue;
        MORTISE_TRY(const auto manifest, m_plugins.manifest(plugin.id));
        for (const std::string& id : going)
            if (manifest->requires_plugins.contains(id))
                return Error{
                    .code = ErrorCode::state,
                    .message = id + ", which the bundle brought, is needed by " + plugin.id,
                    .key = "bundles.needed",
                    .where = plugin.id,
                    .hint = "disable " + plugin.id + " first",
                };
    }
    return {};
}

Result<RolledBackBundle> Bundles::rollback(bool look)
{
    const std::scoped_lock lock{m_mutex};
    MORTISE_TRY(const auto runs, m_journal.runs());
    if (m_problem && !look) { // that one first, and no other
        MORTISE_CHECK(finish_unfinished());
        MORTISE_CHECK(refuse_unfinished());
        const auto cut_short
            = std::ranges::find_if(runs, [](const BundleRun& run) { return is_unfinished(run.state); });
        if (cut_short != runs.end()) return RolledBackBundle{.run = *cut_short, .steps = {}, .left = {}};
    }
    const auto last = std::ranges::find(runs, RunState::applied, &BundleRun::state);
    if (last == runs.end())
        return Error{
            .code = ErrorCode::not_found,
            .message = "no bundle is applied",
            .key = "bundles.none_applied",
            .where = {},
            .hint = "\"mortise bundles list\" tells what was applied and taken back",
        };
    RolledBackBundle result{.run = *last, .steps = {}, .left = {}};
    MORTISE_TRY(const auto steps, m_journal.steps(last->id));
    for (auto step = steps.rbegin(); step != steps.rend(); ++step)
        result.steps.push_back(step->step.text);
    MORTISE_CHECK(check_needed(steps));
    if (look) return result;
    result.run.state = RunState::rolling_back;
    MORTISE_CHECK(m_journal.set_run(last->id, result.run.state, ""));
    if (auto back = take_back(result.run, result.left); !back) {
        m_problem = back.error();
        m_problem->message
            = "the bundle " + name_of_run(*last) + " cannot be taken back yet: " + m_problem->message;
        return std::move(back).error();
    }
    result.run.state = RunState::rolled_back;
    return result;
}

} // namespace mortise::host
