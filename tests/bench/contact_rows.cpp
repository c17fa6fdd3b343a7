#include "base/clock.hpp"
#include "bench.hpp"
#include "exchange/import/import_job.hpp"
#include "exchange/stream/byte_source.hpp"
#include "raw_replay.hpp"
#include "records/records.hpp"
#include "records/writer.hpp"
#include "store/database.hpp"

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <numeric>
#include <random>
#include <sqlite3.h>
#include <thread>

namespace mortise::bench {

namespace {

using namespace mortise::host;

class Folder {
public:
    Folder()
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "mortise-bench-XXXXXX").string();
        m_path = ::mkdtemp(pattern.data());
    }
    ~Folder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::filesystem::path operator/(const char* name) const { return m_path / name; }

private:
    std::filesystem::path m_path;
};

template <class T>
T must(Result<T> result)
{
    if (!result) {
        std::cerr << result.error().message << '\n';
        std::exit(1);
    }
    return *std::move(result);
}

void must(Result<void> result)
{
    if (!result) {
        std::cerr << result.error().message << '\n';
        std::exit(1);
    }
}

/// A hook that looks at every contact, as one is registered on our side of each comparison.
class LookingHook final : public HookRunner {
public:
    bool wants(const RecordType& type, Operation) const noexcept override { return type.name == "contact"; }
    Result<void> run(const CallContext&, std::span<Draft* const> drafts) override
    {
        for (Draft* draft : drafts)
            m_seen += draft->after().values.size();
        return {};
    }

private:
    std::size_t m_seen{0};
};

struct Ours {
    explicit Ours(const std::filesystem::path& file)
        : database{must(Database::open(file, DatabaseOptions{.create = true}))},
          writer{*database, system_clock_source()},
          records{*database, writer, system_clock_source()}
    {
        must(writer.open());
        must(records.open());
        records.set_hooks(&hook);
    }

    std::unique_ptr<Database> database;
    Writer writer;
    Records records;
    LookingHook hook;
};

CallContext as_system()
{
    CallContext context;
    context.principal = Principal::system();
    context.client = "bench";
    return context;
}

Map sample_contact(std::size_t i)
{
    const std::string number = std::to_string(i * 2654435761U % 1'000'000'007U);
    return {
        {"given_name", "Given" + number},
        {"family_name", "Family" + std::to_string(i % 9973)},
        {"email", "person" + number + "@example.com"},
        {"job_title", "Engineer"},
        {"country", "Austria"}
    };
}

UnitOfWork creation(std::size_t i)
{
    UnitOfWork unit;
    unit.changes.push_back(
        {.operation = Operation::create,
         .type = "contact",
         .id = {},
         .version = {},
         .values = sample_contact(i)}
    );
    return unit;
}

double sum(const std::vector<double>& values)
{
    return std::accumulate(values.begin(), values.end(), 0.0);
}

std::string spread(const std::vector<double>& seconds)
{
    const auto text = [&](double q) { return std::to_string(static_cast<int>(quantile(seconds, q) * 1e6)); };
    return "p50 " + text(0.5) + " us, p99 " + text(0.99) + " us";
}

void saved_one_by_one(const Options& options, std::vector<Row>& rows)
{
    const Folder folder;
    const std::size_t count = options.quick ? 200 : 5000;
    std::vector<double> seconds;
    std::int64_t first = 0;
    {
        Ours ours{folder / "ours.db"};
        for (std::size_t i = 0; i < 100; ++i) // caches, statements
            must(ours.records.commit(as_system(), creation(1'000'000 + i)));
        first = ours.writer.last_event();
        for (std::size_t i = 0; i < count; ++i) {
            UnitOfWork unit = creation(i);
            const Stopwatch watch;
            must(ours.records.commit(as_system(), std::move(unit)));
            seconds.push_back(watch.seconds());
        }
    }
    RawDatabase raw{folder / "raw.db", folder / "ours.db"};
    const std::vector<double> limit = Replay::read(folder / "ours.db", first, 1).run(raw);
    const auto rate
        = [](const std::vector<double>& times) { return static_cast<double>(times.size()) / sum(times); };
    rows.push_back(
        {"contact_saved_durably",
         rate(seconds),
         rate(limit),
         "contacts/s",
         0.80,
         Better::higher,
         "ours " + spread(seconds) + "; raw " + spread(limit)}
    );
    rows.push_back(
        {"contact_saved_p99",
         quantile(seconds, 0.99) * 1e6,
         quantile(seconds, 0.5) * 1e6,
         "us",
         5.0,
         Better::lower,
         "ours against its own median"}
    );
}

void saved_together(const Options& options, std::vector<Row>& rows)
{
    const Folder folder;
    const std::size_t savers = 64;
    const std::size_t each = options.quick ? 10 : 300;
    double seconds = 0;
    std::int64_t first = 0;
    {
        Ours ours{folder / "ours.db"};
        must(ours.records.commit(as_system(), creation(1'000'000)));
        first = ours.writer.last_event();
        const Stopwatch watch;
        std::vector<std::jthread> threads;
        for (std::size_t t = 0; t < savers; ++t)
            threads.emplace_back([&, t] {
                for (std::size_t i = 0; i < each; ++i)
                    must(ours.records.commit(as_system(), creation(t * each + i)));
            });
        threads.clear();
        seconds = watch.seconds();
    }
    RawDatabase raw{folder / "raw.db", folder / "ours.db"};
    const double limit = sum(Replay::read(folder / "ours.db", first, savers).run(raw));
    const auto count = static_cast<double>(savers * each);
    rows.push_back(
        {"contacts_saved_by_64",
         count / seconds,
         count / limit,
         "contacts/s",
         0.7,
         Better::higher,
         "raw: 64 in a transaction"}
    );
}

void imported(const Options& options, std::vector<Row>& rows)
{
    const Folder folder;
    const std::size_t count = options.quick ? 5000 : 100'000;
    std::string csv = "given_name,family_name,email,job_title,country\n";
    for (std::size_t i = 0; i < count; ++i)
        for (const auto& [field, value] : sample_contact(i))
            csv.append(value.text()).append(1, field == "country" ? '\n' : ',');
    double seconds = 0;
    std::int64_t first = 0;
    {
        Ours ours{folder / "ours.db"};
        must(ours.records.commit(as_system(), creation(1'000'000)));
        first = ours.writer.last_event();
        MemorySource source{csv};
        const Stopwatch watch;
        const ImportOutcome outcome = must(
            run_import(*ours.database, ours.records, as_system(), source, ImportRequest{.file = "bench.csv"})
        );
        seconds = watch.seconds();
        if (outcome.progress.created != count) {
            std::cerr << "the import made " << outcome.progress.created << " of " << count << " contacts\n";
            std::exit(1);
        }
    }
    RawDatabase raw{folder / "raw.db", folder / "ours.db"};
    const double limit = sum(Replay::read(folder / "ours.db", first, 20).run(raw));
    const auto rows_in = static_cast<double>(count);
    rows.push_back(
        {"import_into_live_database",
         rows_in / seconds,
         rows_in / limit,
         "contacts/s",
         0.80,
         Better::higher,
         std::to_string(count) + " rows; raw: 10,000 in a transaction"}
    );
}

void read_back(const Options& options, std::vector<Row>& rows)
{
    const Folder folder;
    const std::size_t count = options.quick ? 2000 : 100'000;
    Ours ours{folder / "ours.db"};
    std::vector<Id> ids;
    for (std::size_t i = 0; i < count;) {
        UnitOfWork unit;
        for (std::size_t n = 0; n < 1000 && i < count; ++n, ++i)
            unit.changes.push_back(std::move(creation(i).changes.front()));
        const Commit commit = must(ours.records.commit(as_system(), std::move(unit)));
        ids.insert(ids.end(), commit.ids.begin(), commit.ids.end());
    }
    std::mt19937 random{7};
    std::vector<std::int64_t> wanted(options.quick ? 2000 : 50'000);
    for (std::int64_t& id : wanted)
        id = ids[random() % ids.size()].number;

    const Principal system = Principal::system();
    std::size_t found = 0;
    const Stopwatch watch;
    for (const std::int64_t id : wanted)
        found += must(ours.records.get(system, "contact", Id{id})).values.size();
    const double seconds = watch.seconds();

    sqlite3* raw = nullptr;
    sqlite3_open_v2((folder / "ours.db").c_str(), &raw, SQLITE_OPEN_READONLY, nullptr);
    sqlite3_exec(raw, "PRAGMA mmap_size = 1073741824", nullptr, nullptr, nullptr);
    sqlite3_stmt* select = nullptr;
    sqlite3_prepare_v2(raw, "SELECT * FROM \"mt$contact\" WHERE id = ?", -1, &select, nullptr);
    const Stopwatch raw_watch;
    for (const std::int64_t id : wanted) {
        sqlite3_bind_int64(select, 1, id);
        sqlite3_step(select);
        for (int i = 0; i < sqlite3_column_count(select); ++i) {
            found += static_cast<std::size_t>(sqlite3_column_type(select, i));
            if (sqlite3_column_type(select, i) == SQLITE_TEXT)
                found += sqlite3_column_text(select, i)[0];
            else
                found += static_cast<std::size_t>(sqlite3_column_int64(select, i));
        }
        sqlite3_reset(select);
    }
    const double limit = raw_watch.seconds();
    sqlite3_finalize(select);
    sqlite3_close(raw);
    const auto reads = static_cast<double>(wanted.size());
    rows.push_back(
        {"read_by_id",
         seconds / reads * 1e6,
         limit / reads * 1e6,
         "us",
         1.5,
         Better::lower,
         std::to_string(count) + " contacts" + (found == 0 ? "?" : "")}
    );
}

} // namespace

std::vector<Row> contact_rows(const Options& options)
{
    std::vector<Row> rows;
    const auto wanted
        = [&](std::string_view name) { return options.only.empty() || name.starts_with(options.only); };
    if (wanted("contact_saved_durably")) saved_one_by_one(options, rows);
    if (wanted("contacts_saved_by_64")) saved_together(options, rows);
    if (wanted("import_into_live_database")) imported(options, rows);
    if (wanted("read_by_id")) read_back(options, rows);
    return rows;
}

} // namespace mortise::bench
