#include "plugins/unit_commit.hpp"

#include "base/clock.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "jobs/job_queue.hpp"
#include "plugins/plugin_stats.hpp"
#include "records/records.hpp"
#include "store/database.hpp"

#include <mortise/value_block.hpp>

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

namespace mortise::host {

namespace {

Digest digest_of(const Map& arguments)
{
    return hash(json_text(Value{arguments}));
}

/// An answer as it is kept: the block of its value, which keeps ids, amounts and times what they are. Answers
/// that were kept before are JSON, which begins with none of the bytes that a block begins with.
Result<Value> read_answer(std::span<const std::byte> kept)
{
    constexpr std::byte first_of_text{0x20};
    if (kept.empty()) return Value{};
    if (kept.front() >= first_of_text)
        return parse_value(
            std::string_view{reinterpret_cast<const char*>(kept.data()), kept.size()}, "answer of a command"
        );
    std::vector<std::uint64_t> aligned((kept.size() + sizeof(std::uint64_t) - 1) / sizeof(std::uint64_t));
    std::memcpy(aligned.data(), kept.data(), kept.size());
    const mortise_tree tree{reinterpret_cast<const mortise_value*>(aligned.data()), kept.size()};
    return ValueView{tree}.value();
}

} // namespace

Result<void> create_answer_table(Connection& connection)
{
    return connection.execute(
        R"(CREATE TABLE IF NOT EXISTS "mt$answer" (id BLOB PRIMARY KEY, arguments BLOB NOT NULL, answer TEXT NOT NULL)
           WITHOUT ROWID)"
    );
}

UnitId unit_id(std::string_view plugin, std::string_view purpose, std::string_view key)
{
    Hasher hasher;
    constexpr std::string_view separator{"\0", 1};
    for (const std::string_view part : {plugin, separator, purpose, separator, key})
        hasher.add(part);
    const Digest digest = hasher.finish();
    UnitId id{};
    std::copy_n(digest.begin(), id.size(), id.begin());
    return id;
}

UnitOfWork with_jobs(PluginServices& services, OpenUnit unit)
{
    UnitOfWork work = std::move(unit.unit);
    if (unit.jobs.empty()) return work;
    work.also = [&services, jobs = std::move(unit.jobs), before = std::move(work.also)](Connection& connection
                ) -> Result<void> {
        if (before) MORTISE_CHECK(before(connection));
        for (const JobDraft& job : jobs)
            MORTISE_CHECK(JobQueue::add_in(connection, job, services.clock.now()));
        return {};
    };
    return work;
}

Result<Commit>
commit_unit(PluginServices& services, PluginStats& stats, const CallContext& given, OpenUnit unit)
{
    CallContext context = given;
    if (unit.cause) context.cause = *unit.cause;
    const bool has_jobs = !unit.jobs.empty();
    const UnitOfWork work = with_jobs(services, std::move(unit));
    if (work.empty() && !work.id) return Commit{};
    stats.count_written(work.changes.size());
    for (const EventDraft& event : work.events)
        stats.count_published(event.type);
    MORTISE_TRY(Commit commit, services.records.commit(context, work));
    if (has_jobs) services.jobs.wake();
    return commit;
}

Result<std::optional<Value>> find_answer(PluginServices& services, const UnitId& id, const Map& arguments)
{
    const ReadLease reader = services.database.read();
    MORTISE_TRY(
        Statement * select, reader->cached(R"(SELECT arguments, answer FROM "mt$answer" WHERE id = ?)")
    );
    select->bind_bytes(1, id);
    MORTISE_TRY(const bool found, select->step());
    if (!found) return std::optional<Value>{};
    if (!std::ranges::equal(select->bytes(0), digest_of(arguments)))
        return Error{
            .code = ErrorCode::conflict,
            .message = "the idempotency key was used before with other arguments",
            .key = "commands.key_reused",
            .where = "idempotency_key",
            .hint = "give every call a key of its own, and repeat only what is the same",
        };
    MORTISE_TRY(Value answer, read_answer(select->bytes(1)));
    return std::optional{std::move(answer)};
}

void remember_answer(UnitOfWork& unit, const UnitId& id, const Map& arguments, const Value& answer)
{
    unit.id = id;
    auto block = encode(answer);
    unit.also = [id,
                 digest = digest_of(arguments),
                 block = std::make_shared<Result<ValueBlock>>(std::move(block)),
                 before = std::move(unit.also)](Connection& connection) -> Result<void> {
        if (!*block) return block->error();
        if (before) MORTISE_CHECK(before(connection));
        MORTISE_TRY(
            Statement * insert,
            connection.cached(R"(INSERT INTO "mt$answer" (id, arguments, answer) VALUES (?, ?, ?))")
        );
        insert->bind_bytes(1, id);
        insert->bind_bytes(2, digest);
        const mortise_tree tree = (*block)->tree();
        insert->bind_bytes(3, {reinterpret_cast<const std::byte*>(tree.root), tree.bytes});
        return insert->run();
    };
}

} // namespace mortise::host
