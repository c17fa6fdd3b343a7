#include "duplicates/duplicates.hpp"

#include "base/clock.hpp"
#include "duplicates/contact_facts.hpp"
#include "duplicates/contact_follower.hpp"
#include "duplicates/merge_groups.hpp"
#include "duplicates/pair_types.hpp"
#include "duplicates/scan.hpp"
#include "duplicates/scan_state.hpp"
#include "events/dispatcher.hpp"
#include "jobs/job_queue.hpp"
#include "records/records.hpp"
#include "records/row_storage.hpp"
#include "records/writer.hpp"
#include "store/database.hpp"

#include <algorithm>
#include <map>

namespace mortise::host {

namespace {

using matching::Band;

/// All pairs of a larger group would have to be looked at, and no person is in that often.
constexpr std::size_t most_of_group = 50;

/// A contact's profile and the bytes that it shows.
struct Known {
    std::string block;
    matching::Profile profile() const { return matching::Profile{block}; }
};

Result<std::optional<Known>> known(Connection& reader, const Schema& schema, Id contact)
{
    MORTISE_TRY(const auto facts, read_facts(reader, schema, contact));
    if (!facts) return std::optional<Known>{};
    return std::optional{Known{make_profile(*facts)}};
}

std::string text(Id contact)
{
    return std::to_string(contact.number);
}

} // namespace

Duplicates::Duplicates(DuplicateServices services)
    : m_services{services},
      m_book{services.database, services.records, services.clock}
{
}

Duplicates::~Duplicates() = default;

Result<void> Duplicates::open(const std::filesystem::path& index)
{
    MORTISE_CHECK(m_index.open(index));
    MORTISE_CHECK(m_services.writer.run([](Connection& connection) { return create_scan_table(connection); })
    );
    return m_book.open();
}

void Duplicates::attach(JobQueue& jobs)
{
    m_jobs = &jobs;
    jobs.attach(duplicates_owner, [this, &jobs](const Job& job) { return run_scan(jobs, job.draft.id); });
}

Result<void> Duplicates::follow(Dispatcher& dispatcher)
{
    m_follower = std::make_unique<ContactFollower>(m_services.database, m_services.records, m_book, m_index);
    m_dispatcher = &dispatcher;
    return m_index.is_filled() ? subscribe() : Result<void>{};
}

/// Who never scanned pays for no subscription.
Result<void> Duplicates::subscribe()
{
    SubscriptionSpec spec;
    spec.plugin = duplicates_owner;
    spec.name = "contacts";
    spec.patterns = {"contact.*", "contact_point.*", "identity.*"};
    spec.principal = Principal::system();
    MORTISE_TRY(
        m_subscription,
        m_dispatcher->attach(
            spec,
            [this](std::span<const Event> events, const CallContext& context) {
                return m_follower->take(events, context);
            }
        )
    );
    return {};
}

void Duplicates::stop()
{
    m_stopping = true;
    const std::scoped_lock waiting{m_scanning};
}

Result<Value> Duplicates::run_scan(JobQueue& jobs, std::int64_t job)
{
    const std::scoped_lock running{m_scanning};
    CallContext context;
    context.principal = Principal::system();
    context.client = "scan " + std::to_string(job);
    const auto progress =
        [this, &jobs, job](std::uint64_t done, std::uint64_t total, std::string_view doing) -> Result<void> {
        if (m_stopping)
            return Error{
                .code = ErrorCode::retry, .message = "the host was stopped", .key = "jobs.no_plugin"
            };
        static_cast<void>(jobs.progress(duplicates_owner, job, done, total, doing));
        MORTISE_TRY(const bool is_cancelled, jobs.is_cancelled(duplicates_owner, job));
        if (!is_cancelled) return {};
        return Error{
            .code = ErrorCode::cancelled,
            .message = "the scan was asked to stop; the pairs that it had found stay",
            .key = "duplicates.stopped"
        };
    };
    const ScanTools tools{
        m_services.database,
        m_services.writer,
        m_services.records,
        m_book,
        m_index,
        [this](std::int64_t event) -> Result<void> {
            if (!m_dispatcher) return {};
            if (m_subscription == 0) MORTISE_CHECK(subscribe());
            return m_dispatcher->replay(m_subscription, event);
        },
        progress
    };
    return scan_contacts(tools, context, job);
}

Result<std::int64_t> Duplicates::scan(const CallContext& context)
{
    if (!m_jobs)
        return Error{
            .code = ErrorCode::state, .message = "jobs do not run yet", .key = "duplicates.not_open"
        };
    JobDraft draft;
    MORTISE_TRY(const Id id, m_services.records.reserve(1));
    draft.id = id.number;
    draft.plugin = duplicates_owner;
    draft.name = "scan";
    draft.key = "scan";
    draft.arguments = Map{};
    draft.due = m_services.clock.now();
    draft.user = context.principal.user;
    draft.actor = context.principal.name();
    return m_jobs->add(draft);
}

Result<std::shared_ptr<const matching::Model>> Duplicates::model(Connection& reader)
{
    MORTISE_TRY(const auto state, read_scan_state(reader));
    const std::int64_t wanted = state ? state->job : 0;
    const std::scoped_lock lock{m_model_mutex};
    if (wanted != m_model_of) {
        MORTISE_TRY(matching::Model read, read_model(reader));
        m_model = std::make_shared<const matching::Model>(std::move(read));
        m_model_of = wanted;
    }
    return m_model;
}

namespace {

/// The comparison goes over every field and every address, whoever may see them.
Result<void> sees_whole_contacts(const Principal& principal)
{
    if (!principal.rights) return {};
    const bool whole
        = principal.rights->of("contact").is_whole() && principal.rights->of("contact_point").is_whole();
    if (whole) return {};
    return Error{
        .code = ErrorCode::denied,
        .message
        = principal.user_name + " does not see all of all contacts, and duplicates are found by all of them",
        .key = "duplicates.scope",
        .where = {},
        .hint = "ask an administrator",
    };
}

} // namespace

Result<matching::Judgement> Duplicates::judge(const Principal& principal, Id a, Id b)
{
    MORTISE_CHECK(sees_whole_contacts(principal));
    for (const Id contact : {a, b})
        MORTISE_CHECK(m_services.records.get(principal, "contact", contact));
    const ReadLease reader = m_services.database.read();
    const SchemaPointer schema = m_services.records.schema();
    MORTISE_TRY(const auto model, this->model(*reader));
    MORTISE_TRY(const auto first, known(*reader, *schema, a));
    MORTISE_TRY(const auto second, known(*reader, *schema, b));
    if (!first || !second)
        return Error{
            .code = ErrorCode::not_found,
            .message = "contact " + text(first ? b : a) + " is deleted",
            .key = "duplicates.no_contact",
        };
    return model->judge(first->profile(), second->profile(), true);
}

Result<std::vector<FoundPair>> Duplicates::check(const Principal& principal, const Map& draft, Id self)
{
    MORTISE_CHECK(sees_whole_contacts(principal));
    if (!m_index.is_filled())
        return Error{
            .code = ErrorCode::state,
            .message = "nothing is known of the contacts that there are",
            .key = "duplicates.no_index",
            .where = {},
            .hint = "scan once: \"mortise contacts duplicates scan\"",
        };
    const std::string block = make_profile(facts_of(draft));
    const matching::Profile profile{block};
    MORTISE_TRY(const auto candidates, m_index.candidates(profile, self));
    std::shared_ptr<const matching::Model> model;
    {
        const ReadLease reader = m_services.database.read();
        MORTISE_TRY(model, this->model(*reader));
    }
    std::vector<FoundPair> found;
    for (const IndexedProfile& each : candidates) {
        auto judgement = model->judge(profile, matching::Profile{each.block}, true);
        if (judgement.band == Band::different) continue;
        if (!m_services.records.get(principal, "contact", each.contact)) continue;
        found.push_back({self, each.contact, std::move(judgement)});
    }
    std::ranges::sort(found, std::ranges::greater{}, [](const FoundPair& each) {
        return each.judgement.weight;
    });
    return found;
}

Result<std::vector<Pair>> Duplicates::same_pairs(std::size_t most)
{
    std::vector<Pair> same;
    Id last;
    while (same.size() < most) {
        MORTISE_TRY(const std::vector<Pair> pairs, m_book.after(last, 1000));
        if (pairs.empty()) break;
        last = pairs.back().id;
        for (const Pair& pair : pairs)
            if (pair.state == PairState::open && pair.band == Band::same && pair.first != pair.second
                && same.size() < most)
                same.push_back(pair);
    }
    return same;
}

/// Which two of them are no duplicates; empty: nobody said so of any.
Result<std::string> Duplicates::why_dismissed(const std::vector<Id>& contacts)
{
    for (std::size_t i = 0; i < contacts.size(); ++i)
        for (std::size_t j = i + 1; j < contacts.size(); ++j) {
            MORTISE_TRY(const auto pair, m_book.between(contacts[i], contacts[j]));
            if (pair && !pair->is_deleted && pair->state == PairState::not_a_duplicate)
                return text(contacts[i]) + " and " + text(contacts[j])
                    + " are no duplicates, as somebody decided";
        }
    return std::string{};
}

/// Says in the group why it is left.
Result<void> Duplicates::judge_group(MergeGroup& group, bool by_rule)
{
    const std::vector<Id>& contacts = group.contacts;
    if (contacts.size() > most_of_group) {
        group.left_because = std::to_string(contacts.size())
            + " contacts hang together; merge them by hand, at most " + std::to_string(most_of_group)
            + " at a time";
        return {};
    }
    MORTISE_TRY(group.left_because, why_dismissed(contacts));
    if (!by_rule || !group.left_because.empty()) return {};
    const ReadLease reader = m_services.database.read();
    const SchemaPointer schema = m_services.records.schema();
    MORTISE_TRY(const auto model, this->model(*reader));
    std::map<Id, Known> members;
    for (const Id contact : contacts) {
        MORTISE_TRY(auto member, known(*reader, *schema, contact));
        if (!member) {
            group.left_because = "contact " + text(contact) + " is not there any more";
            return {};
        }
        members.emplace(contact, *std::move(member));
    }
    for (const Pair& pair : group.pairs)
        if (model->judge(members[pair.first].profile(), members[pair.second].profile(), false).band
            != Band::same) {
            group.left_because = text(pair.first) + " and " + text(pair.second)
                + " were changed and are not surely the same any more; scan again";
            return {};
        }
    for (std::size_t i = 0; i < contacts.size(); ++i)
        for (std::size_t j = i + 1; j < contacts.size(); ++j)
            if (compare(members[contacts[i]].profile(), members[contacts[j]].profile(), nullptr)
                    .both_verified) {
                group.left_because = text(contacts[i]) + " and " + text(contacts[j])
                    + " are both verified identities of their own";
                return {};
            }
    return {};
}

Result<std::vector<MergedGroup>> Duplicates::merge(
    const CallContext& context, std::span<const Pair> pairs, bool by_rule, const std::string& reason
)
{
    std::vector<MergedGroup> done;
    for (MergeGroup& group : groups_of(pairs)) {
        MORTISE_CHECK(judge_group(group, by_rule));
        MergedGroup& merged = done.emplace_back(MergedGroup{std::move(group), {}, 0});
        if (!merged.group.left_because.empty()) continue;
        MergeRequest request;
        request.survivor = merged.group.contacts.front();
        request.losers.assign(merged.group.contacts.begin() + 1, merged.group.contacts.end());
        request.reason = reason.empty() && by_rule ? "duplicates of the band same" : reason;
        auto outcome = m_services.merging.merge(context, request);
        if (!outcome) { // one that cannot be merged keeps nobody else back
            merged.group.left_because = outcome.error().message;
            continue;
        }
        merged.records = outcome->plan.changes.size();
        if (context.dry_run) continue;
        merged.merge = outcome->merge;
        MORTISE_CHECK(m_book.decide(context, merged.group.pairs, PairState::merged, request.reason));
        MORTISE_CHECK(m_book.settle(context, request.survivor));
    }
    return done;
}

} // namespace mortise::host
