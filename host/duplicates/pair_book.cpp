#include "duplicates/pair_book.hpp"

#include "base/clock.hpp"
#include "base/text.hpp"
#include "duplicates/pair_types.hpp"
#include "matching/model/explanation.hpp"
#include "records/records.hpp"
#include "records/row_storage.hpp"
#include "store/database.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace mortise::host {

namespace {

using matching::Band;

constexpr std::array<std::string_view, 3> state_names{"open", "merged", "not_a_duplicate"};
constexpr std::size_t changes_at_once = 1000;
/// Learning anew moves weights a little: that is no news.
constexpr double worth_writing = 0.5;

Decimal decimal(double value, std::uint8_t scale)
{
    return {std::llround(value * std::pow(10.0, scale)), scale};
}

double number(const Value& value)
{
    const Decimal given = value.get_or(Decimal{});
    return static_cast<double>(given.coefficient) / std::pow(10.0, given.scale);
}

Pair pair_of(const RecordType& type, const Row& row)
{
    Pair pair;
    pair.id = row.id;
    pair.first = value_of(type, row, "first").get_or(Id{});
    pair.second = value_of(type, row, "second").get_or(Id{});
    pair.band = value_of(type, row, "band").text() == "same" ? Band::same : Band::review;
    const auto* const state = std::ranges::find(state_names, value_of(type, row, "state").text());
    pair.state
        = state == state_names.end() ? PairState::open : static_cast<PairState>(state - state_names.begin());
    pair.weight = number(value_of(type, row, "weight"));
    pair.caution = value_of(type, row, "caution").text();
    pair.evidence = value_of(type, row, "evidence").text();
    pair.is_deleted = row.is_deleted();
    return pair;
}

Map values_of(const matching::Judgement& judgement)
{
    constexpr double most_score = 0.9999; // nothing is certain
    return {
        {"band", std::string{matching::name_of(judgement.band)}},
        {"score", decimal(std::min(judgement.score, most_score), 4)},
        {"weight", decimal(judgement.weight, 2)},
        {"caution", judgement.caution.empty() ? Value{} : Value{judgement.caution}},
        {"explanation", explanation_of(judgement)},
    };
}

bool says_the_same(const Pair& pair, const matching::Judgement& judgement)
{
    return pair.band == judgement.band && pair.caution == judgement.caution
        && std::abs(pair.weight - judgement.weight) < worth_writing;
}

Change change_of(Operation operation, Id id, Map values = {})
{
    return {
        .operation = operation,
        .type = std::string{pair_type},
        .id = id,
        .version = {},
        .values = std::move(values)
    };
}

/// What a judgement changes of a pair on record; nothing if it says the same or somebody decided.
std::optional<Change> update_of(const Pair& known, const matching::Judgement& judgement)
{
    if (known.state == PairState::not_a_duplicate) return std::nullopt;
    const bool was_merged = known.state == PairState::merged;
    if (!was_merged && says_the_same(known, judgement)) return std::nullopt;
    Map values = values_of(judgement);
    if (was_merged) {
        values.set("state", std::string{name_of(PairState::open)});
        for (const char* field : {"decided_by", "decided_at", "reason"})
            values.set(field, Value{});
    }
    return change_of(Operation::update, known.id, std::move(values));
}

/// Commits changes in units that are not too large.
Result<void> commit_all(
    Records& records,
    const CallContext& context,
    std::vector<Change> changes,
    const std::function<Result<void>(Connection&)>& also
)
{
    std::size_t done = 0;
    do {
        UnitOfWork unit;
        const std::size_t count = std::min(changes_at_once, changes.size() - done);
        const auto from = changes.begin() + static_cast<std::ptrdiff_t>(done);
        std::move(from, from + static_cast<std::ptrdiff_t>(count), std::back_inserter(unit.changes));
        done += count;
        if (done == changes.size()) unit.also = also; // with the last, so that it says that all is written
        if (unit.empty()) return {};
        MORTISE_CHECK(records.commit(context, unit));
    } while (done < changes.size());
    return {};
}

/// With the host's own rights, since pairs are of records that people may not all see; who acts stays told.
CallContext for_all(const CallContext& context)
{
    CallContext wide = context;
    wide.principal = wide.principal.widened();
    wide.principal.plugin = nullptr;
    wide.dry_run = false;
    wide.expected_version = 0;
    wide.idempotency_key.clear();
    return wide;
}

} // namespace

std::string_view name_of(PairState state) noexcept
{
    return state_names[static_cast<std::size_t>(state)];
}

List explanation_of(const matching::Judgement& judgement)
{
    List parts;
    for (const matching::AspectWeight& part : judgement.parts) {
        if (part.level == matching::Level::missing) continue;
        parts.emplace_back(Map{
            {"field", std::string{matching::name_of(part.aspect)}},
            {"level", std::string{matching::name_of(part.level)}},
            {"weight", std::round(part.weight * 100) / 100},
            {"rare", part.rare},
            {"words", matching::words_of(part)},
        });
    }
    return parts;
}

PairBook::PairBook(Database& database, Records& records, const Clock& clock)
    : m_database{database},
      m_records{records},
      m_clock{clock}
{
}

Result<void> PairBook::open()
{
    MORTISE_TRY(const auto types, pair_types());
    MORTISE_CHECK(m_records.declare(duplicates_owner, types));
    return {};
}

Result<std::vector<Pair>>
PairBook::select(std::string_view where, std::initializer_list<std::int64_t> parameters)
{
    const ReadLease reader = m_database.read();
    MORTISE_TRY(const TypePointer type, m_records.schema()->require(pair_type));
    MORTISE_TRY(Statement * rows, reader->cached(type->sql.select + " WHERE " + std::string{where}));
    int index = 0;
    for (const std::int64_t parameter : parameters)
        rows->bind(++index, parameter);
    std::vector<Pair> pairs;
    for (;;) {
        MORTISE_TRY(const bool more, rows->step());
        if (!more) break;
        pairs.push_back(pair_of(*type, read_row(*rows, *type)));
    }
    rows->reset();
    return pairs;
}

Result<std::optional<Pair>> PairBook::find_between(Id a, Id b)
{
    // A merge may have turned a pair round.
    MORTISE_TRY(
        std::vector<Pair> pairs,
        select(
            "\"first\" = ?1 AND +\"second\" = ?2 UNION ALL " + m_records.schema()->find(pair_type)->sql.select
                + " WHERE \"first\" = ?2 AND +\"second\" = ?1",
            {a.number, b.number}
        )
    );
    if (pairs.empty()) return std::optional<Pair>{};
    // Those that are there before deleted ones, and what was decided before what was not.
    std::ranges::sort(pairs, {}, [](const Pair& pair) {
        return std::tuple{pair.is_deleted, pair.state != PairState::not_a_duplicate, pair.id};
    });
    return std::optional{pairs.front()};
}

Result<bool> PairBook::are_contacts(Id a, Id b)
{
    const ReadLease reader = m_database.read();
    MORTISE_TRY(const TypePointer contacts, m_records.schema()->require("contact"));
    MORTISE_TRY(
        Statement * count,
        reader->cached(
            "SELECT count(*) FROM " + quoted_name(contacts->table)
            + " WHERE id IN (?1, ?2) AND deleted_at IS NULL"
        )
    );
    count->bind(1, a.number);
    count->bind(2, b.number);
    MORTISE_CHECK(count->step());
    const bool both = count->integer(0) == 2;
    count->reset();
    return both;
}

Result<std::optional<Pair>> PairBook::between(Id a, Id b)
{
    return find_between(a, b);
}

Result<std::size_t> PairBook::keep(
    const CallContext& context,
    std::span<const FoundPair> found,
    const std::function<Result<void>(Connection&)>& also
)
{
    const std::scoped_lock lock{m_writing};
    std::vector<Change> restores;
    std::vector<Change> changes;
    for (const FoundPair& each : found) {
        const auto [first, second] = std::minmax(each.first, each.second);
        MORTISE_TRY(const auto known, find_between(first, second));
        if (!known || known->is_deleted) {
            MORTISE_TRY(const bool are_there, are_contacts(first, second));
            if (!are_there) continue; // one went while they were compared
        }
        if (!known) {
            Map values = values_of(each.judgement);
            values.set("first", first);
            values.set("second", second);
            changes.push_back(change_of(Operation::create, {}, std::move(values)));
            continue;
        }
        if (known->is_deleted) restores.push_back(change_of(Operation::restore, known->id));
        if (auto change = update_of(*known, each.judgement)) changes.push_back(*std::move(change));
    }
    const std::size_t written = changes.size() + restores.size();
    const CallContext wide = for_all(context);
    // A unit writes a record once.
    MORTISE_CHECK(commit_all(m_records, wide, std::move(restores), {}));
    MORTISE_CHECK(commit_all(m_records, wide, std::move(changes), also));
    return written;
}

Result<void> PairBook::drop(const CallContext& context, std::span<const Pair> pairs)
{
    std::vector<Change> changes;
    for (const Pair& pair : pairs)
        if (pair.state == PairState::open && !pair.is_deleted && pair.evidence.empty())
            changes.push_back(change_of(Operation::remove, pair.id));
    return commit_all(m_records, for_all(context), std::move(changes), {});
}

Result<void> PairBook::decide(
    const CallContext& context, std::span<const Pair> pairs, PairState state, std::string_view reason
)
{
    const std::scoped_lock lock{m_writing};
    const bool is_decided = state != PairState::open;
    std::vector<Change> changes;
    for (const Pair& pair : pairs) {
        if (pair.state == state) continue;
        changes.push_back(change_of(
            Operation::update,
            pair.id,
            {{"state", std::string{name_of(state)}},
             {"decided_by", is_decided ? Value{context.principal.name()} : Value{}},
             {"decided_at", is_decided ? Value{m_clock.now()} : Value{}},
             {"reason", reason.empty() ? Value{} : Value{reason}}}
        ));
    }
    return commit_all(m_records, for_all(context), std::move(changes), {});
}

Result<std::optional<Change>> PairBook::suggestion(Id a, Id b, std::string_view evidence)
{
    constexpr std::size_t longest = 1000;
    const auto [first, second] = std::minmax(a, b);
    const Value words{cut_utf8(evidence, longest)};
    MORTISE_TRY(const auto known, find_between(first, second));
    if (!known)
        return std::optional{change_of(
            Operation::create,
            {},
            {{"first", first}, {"second", second}, {"band", "review"}, {"evidence", words}}
        )};
    if (known->is_deleted) return std::optional{change_of(Operation::restore, known->id)};
    const bool is_open = known->state == PairState::open;
    if (known->state == PairState::not_a_duplicate || (is_open && !known->evidence.empty()))
        return std::optional<Change>{};
    Map values{{"evidence", words}};
    if (!is_open) { // of a merge that was undone
        values.set("state", std::string{name_of(PairState::open)});
        for (const char* field : {"decided_by", "decided_at", "reason"})
            values.set(field, Value{});
    }
    return std::optional{change_of(Operation::update, known->id, std::move(values))};
}

Result<std::optional<Change>>
PairBook::separation(const CallContext& context, Id a, Id b, std::string_view reason)
{
    const auto [first, second] = std::minmax(a, b);
    MORTISE_TRY(const auto known, find_between(first, second));
    if (known && known->state == PairState::not_a_duplicate && !known->is_deleted)
        return std::optional<Change>{};
    Map values{
        {"state", std::string{name_of(PairState::not_a_duplicate)}},
        {"decided_by", context.principal.name()},
        {"decided_at", m_clock.now()},
        {"reason", reason}
    };
    if (known && !known->is_deleted)
        return std::optional{change_of(Operation::update, known->id, std::move(values))};
    values.set("first", first);
    values.set("second", second);
    values.set("band", "review");
    return std::optional{change_of(Operation::create, {}, std::move(values))};
}

Result<bool> PairBook::are_apart(Id a, Id b)
{
    MORTISE_TRY(const auto known, find_between(a, b));
    return known && !known->is_deleted && known->state == PairState::not_a_duplicate;
}

Result<void> PairBook::settle(const CallContext& context, Id contact)
{
    MORTISE_TRY(const std::vector<Pair> pairs, of_contact(contact));
    std::vector<Pair> merged;
    std::vector<Pair> surplus;
    std::map<Id, Pair> kept;
    for (const Pair& pair : pairs) {
        if (pair.first == pair.second) {
            if (pair.state == PairState::open) merged.push_back(pair);
            continue;
        }
        const auto [at, is_new] = kept.emplace(pair.other(contact), pair);
        if (is_new) continue;
        Pair other = pair;
        if (at->second.state == PairState::open && other.state != PairState::open)
            std::swap(at->second, other);
        surplus.push_back(other);
    }
    MORTISE_CHECK(decide(context, merged, PairState::merged, ""));
    return drop(context, surplus);
}

Result<Pair> PairBook::get(Id id)
{
    MORTISE_TRY(const std::vector<Pair> pairs, select("id = ?1", {id.number}));
    if (!pairs.empty() && !pairs.front().is_deleted) return pairs.front();
    return Error{
        .code = ErrorCode::not_found,
        .message = "there is no pair " + std::to_string(id.number),
        .key = "duplicates.no_pair",
        .where = "pair",
        .hint = "duplicates.list tells the pairs there are",
    };
}

Result<std::vector<Pair>> PairBook::of_contact(Id contact)
{
    return select(
        "\"first\" = ?1 AND +deleted_at IS NULL UNION " + m_records.schema()->find(pair_type)->sql.select
            + " WHERE \"second\" = ?1 AND +deleted_at IS NULL",
        {contact.number}
    );
}

Result<std::vector<Pair>> PairBook::after(Id id, std::size_t most)
{
    return select(
        "id > ?1 AND +deleted_at IS NULL ORDER BY id LIMIT ?2", {id.number, static_cast<std::int64_t>(most)}
    );
}

} // namespace mortise::host
