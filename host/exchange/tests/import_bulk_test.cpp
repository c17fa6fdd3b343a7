// Many rows into a database that has hardly any: indexes are aside while they come in.

#include "exchange/import/import_job.hpp"
#include "records/bulk_load.hpp"
#include "records/tests/scratch_host.hpp"
#include "records/undo.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <thread>

namespace mortise::host {
namespace {

constexpr int many = 14'000; // more than are taken in before a bulk load begins, by some batches

std::string file_of(int rows, int from = 0)
{
    std::string text = "given_name,family_name,email,phone\n";
    for (int i = from; i < from + rows; ++i) {
        const std::string number = std::to_string(i * 7919 % 1'000'003);
        text += "Given" + number + ",Family" + std::to_string(i % 97) + ",p" + number + "@example.com,"
            + (i % 5 == 0 ? "+43 664 " + std::to_string(1'000'000 + i) : "") + "\n";
    }
    return text;
}

std::int64_t number(ScratchHost& host, const std::string& sql)
{
    const ReadLease reader = host.database->read();
    auto select = reader->prepare(sql);
    EXPECT_TRUE(select) << sql;
    EXPECT_TRUE(select->step());
    return select->integer(0);
}

bool is_aside(ScratchHost& host)
{
    return number(host, "SELECT count(*) FROM sqlite_schema WHERE name = 'mt$contact.email'") == 0;
}

/// An import that tells after each batch whether indexes were aside.
struct Load {
    explicit Load(ScratchHost& scratch) : host{scratch}
    {
        request.on_progress = [this](const ImportProgress& progress) {
            const bool aside = is_aside(host);
            times_aside += aside ? 1 : 0;
            times_back += !aside && times_aside > 0 ? 1 : 0;
            if (on_progress) on_progress(progress);
        };
    }

    Result<ImportOutcome> run(const std::string& text)
    {
        MemorySource source{text};
        return run_import(*host.database, *host.records, ScratchHost::system(), source, request);
    }

    ScratchHost& host;
    ImportRequest request{.file = "many.csv"};
    std::function<void(const ImportProgress&)> on_progress;
    int times_aside{0};
    int times_back{0}; ///< after they were aside, also when all is done
};

/// What must hold of the database in the end, however the rows came in.
void expect_whole(ScratchHost& host, std::int64_t contacts)
{
    EXPECT_FALSE(is_aside(host));
    EXPECT_EQ(number(host, "SELECT count(*) FROM \"mt$meta\" WHERE name = 'indexes_aside'"), 0);
    EXPECT_EQ(number(host, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"), 0);
    EXPECT_EQ(number(host, "SELECT count(*) FROM \"mt$contact\" WHERE deleted_at IS NULL"), contacts);
}

TEST(ImportInBulk, EndsWithTheSameAsRowByRow)
{
    ScratchHost bulk;
    Load load{bulk};
    const auto loaded = load.run(file_of(many));
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(loaded->progress.created, static_cast<std::uint64_t>(many));
    EXPECT_GT(load.times_aside, 0);
    expect_whole(bulk, many);

    ScratchHost plain;
    Load step_by_step{plain};
    step_by_step.request.mode = ImportMode::upsert; // looks each row up: not in bulk
    step_by_step.request.match = {"email"};
    ASSERT_TRUE(step_by_step.run(file_of(many)));
    EXPECT_EQ(step_by_step.times_aside, 0);

    const auto indexes = "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema WHERE type = "
                         "'index' ORDER BY name)";
    const auto text = [](ScratchHost& host, const std::string& sql) {
        const ReadLease reader = host.database->read();
        auto select = reader->prepare(sql);
        EXPECT_TRUE(select && select->step());
        return std::string{select->text(0)};
    };
    EXPECT_EQ(text(bulk, indexes), text(plain, indexes));
    for (const char* same :
         {"SELECT sum(length(name) * 31 + length(email)) FROM \"mt$contact\"",
          "SELECT count(*) FROM \"mt$contact_point\"",
          // An import tells its progress for each batch, whose sizes depend on the time: those are left out.
          "SELECT count(*) FROM \"mt$event_link\" l JOIN \"mt$event\" e ON e.number = l.number JOIN "
          "\"mt$name\" n "
          "ON n.id = e.type WHERE n.text LIKE 'contact%'",
          "SELECT count(*) FROM \"mt$event\" e JOIN \"mt$name\" n ON n.id = e.type WHERE n.text = "
          "'contact.created'",
          "SELECT sum(length(data)) FROM \"mt$event_data\" d JOIN \"mt$event\" e ON e.number = d.number JOIN "
          "\"mt$name\" n ON n.id = e.type WHERE n.text = 'contact.created'"})
        EXPECT_EQ(number(bulk, same), number(plain, same)) << same;
}

TEST(ImportInBulk, IsTakenBackAsAnyOther)
{
    ScratchHost host;
    Load load{host};
    const auto loaded = load.run(file_of(many));
    ASSERT_TRUE(loaded);
    ASSERT_GT(load.times_aside, 0);
    Undo undo{*host.database, *host.records};
    const auto undone = undo.import(ScratchHost::system(), loaded->import, UndoForce::no);
    ASSERT_TRUE(undone) << undone.error().message;
    expect_whole(host, 0);
}

TEST(ImportInBulk, OthersReadAndWriteMeanwhile)
{
    ScratchHost host;
    ASSERT_TRUE(host.create("contact", {{"name", "Zoë"}, {"email", "zoe@example.org"}}));
    Load load{host};
    int looked = 0;
    load.on_progress = [&](const ImportProgress&) {
        if (!is_aside(host)) return;
        const auto found = host.records->find(Principal::system(), "contact", "email", "zoe@example.org", 5);
        ASSERT_TRUE(found);
        ASSERT_EQ(found->size(), 1U);
        ASSERT_TRUE(host.commit(
            {.operation = Operation::update,
             .type = "contact",
             .id = found->front().id,
             .version = {},
             .values = {{"job_title", "Engineer " + std::to_string(++looked)}}}
        ));
        const auto list = host.records->list(
            Principal::system(), "contact", {.sort = "-name", .limit = 1, .after = {}, .deleted = false}
        );
        ASSERT_TRUE(list);
        EXPECT_EQ(list->rows.front().id, found->front().id) << "last by name";
    };
    ASSERT_TRUE(load.run(file_of(many)));
    EXPECT_GT(looked, 0);
    expect_whole(host, many + 1);
    EXPECT_EQ(number(host, "SELECT count(*) FROM \"mt$contact_h\""), looked);
}

TEST(ImportInBulk, NotWhereOthersHaveMany)
{
    ScratchHost host;
    ASSERT_TRUE(Load{host}.run(file_of(1500)));
    Load load{host};
    ASSERT_TRUE(load.run(file_of(many, 20'000)));
    EXPECT_EQ(load.times_aside, 0);
    expect_whole(host, many + 1500);
}

TEST(ImportInBulk, NotWhereRowsNameEachOther)
{
    ScratchHost host;
    Load load{host};
    auto mapping = parse_mapping(R"({"type": "contact", "columns": {"name": "name", "boss": {"field":
        "organisation", "ref": {"type": "contact", "by": "name"}}}})");
    ASSERT_TRUE(mapping);
    load.request.mapping = *mapping;
    std::string text = "name,boss\n";
    for (int i = 0; i < many; ++i)
        text += "n" + std::to_string(i) + (i % 1000 == 1 ? ",n0\n" : ",\n");
    const auto loaded = load.run(text);
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(load.times_aside, 0);
    expect_whole(host, many);
}

TEST(ImportInBulk, LeavesNothingAsideWhenItIsStopped)
{
    ScratchHost host;
    std::atomic<bool> stop{false};
    Load load{host};
    load.request.cancel = &stop;
    load.on_progress = [&](const ImportProgress&) { stop = is_aside(host); };
    const auto stopped = load.run(file_of(many * 2));
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, ErrorCode::cancelled);
    ASSERT_GT(load.times_aside, 0);
    const std::int64_t taken = number(host, "SELECT count(*) FROM \"mt$contact\"");
    EXPECT_LT(taken, many * 2);
    expect_whole(host, taken);

    stop = false;
    Load rest{host};
    rest.request.resume = Id{number(host, "SELECT id FROM \"mt$import\"")};
    const auto done = rest.run(file_of(many * 2));
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_GT(rest.times_aside, 0) << "what it took in itself is not of others";
    expect_whole(host, many * 2);
}

/// As one would that looks a record up for each draft by a field whose index is aside.
class SlowHook final : public HookRunner {
public:
    explicit SlowHook(ScratchHost& host) : m_host{host} { }
    bool wants(const RecordType& type, Operation) const noexcept override { return type.name == "contact"; }
    Result<void> run(const CallContext&, std::span<Draft* const> drafts) override
    {
        if (is_aside(m_host)) {
            const auto before = (m_last - m_began) / std::max<std::int64_t>(m_rows, 1);
            std::this_thread::sleep_for(
                std::max<Time::duration>(std::chrono::seconds{3}, 6 * before * drafts.size())
            );
        } else {
            m_last = Time::now();
            m_rows += static_cast<std::int64_t>(drafts.size());
        }
        return {};
    }

private:
    using Time = std::chrono::steady_clock;

    ScratchHost& m_host;
    Time::time_point m_began{Time::now()};
    Time::time_point m_last{m_began};
    std::int64_t m_rows{0}; ///< before they were aside: what is slow depends on the machine
};

TEST(ImportInBulk, EndsWhenAHookBecomesSlow)
{
    ScratchHost host;
    SlowHook hook{host};
    host.records->set_hooks(&hook);
    Load load{host};
    ASSERT_TRUE(load.run(file_of(many * 3)));
    EXPECT_GT(load.times_aside, 0);
    EXPECT_GT(load.times_back, 1) << "not only when there are no more rows, after " << load.times_aside;
    expect_whole(host, many * 3);
}

} // namespace
} // namespace mortise::host
