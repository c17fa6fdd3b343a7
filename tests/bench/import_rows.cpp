// Rows about taking in many contacts.

#include "bench.hpp"
#include "exchange/import/import_job.hpp"
#include "exchange/stream/byte_source.hpp"
#include "house.hpp"
#include "raw_replay.hpp"

#include <ctime>
#include <fstream>
#include <iomanip>
#include <sstream>

namespace mortise::bench {

namespace {

using namespace mortise::host;

/// Raw SQLite writes so many rows in a transaction.
constexpr std::size_t raw_transaction = 10'000;

/// Seconds of the clock, and of the processor in all threads.
struct Time {
    double clock{0};
    double processor{0};
};

class TwoClocks {
public:
    Time time() const
    {
        return {m_watch.seconds(), static_cast<double>(std::clock() - m_begin) / CLOCKS_PER_SEC};
    }

private:
    Stopwatch m_watch;
    std::clock_t m_begin{std::clock()};
};

/// What a contact took of the processor, which says more than the clock where others use the machine.
std::string processor_note(const Time& ours, const Time& raw, std::size_t count)
{
    const auto each = [&](const Time& time) {
        std::ostringstream text;
        text << std::setprecision(3) << 1e6 * time.processor / static_cast<double>(count);
        return text.str();
    };
    return "; us of the processor each: ours " + each(ours) + ", raw " + each(raw);
}

Time import(House& house, const std::string& csv, std::size_t count)
{
    MemorySource source{csv};
    const TwoClocks watch;
    const ImportOutcome outcome = must(
        run_import(*house.database, house.records, as_system(), source, ImportRequest{.file = "bench.csv"})
    );
    const Time time = watch.time();
    if (outcome.progress.created != count)
        give_up(
            "the import made " + std::to_string(outcome.progress.created) + " of " + std::to_string(count)
        );
    return time;
}

/// Most memory that this process has had, in MB.
double peak_memory()
{
    std::ifstream status{"/proc/self/status"};
    for (std::string word; status >> word;)
        if (word == "VmHWM:") {
            double kilobytes = 0;
            status >> kilobytes;
            return kilobytes / 1024;
        }
    return 0;
}

void forget_peak_memory()
{
    std::ofstream{"/proc/self/clear_refs"} << 5;
}

/// Into an empty database: raw SQLite builds the indexes at the end.
void initial_load(const Options& options, Rows& rows)
{
    const Folder folder;
    const std::size_t count = options.size(5000, 200'000, 1'000'000);
    const std::string csv = sample_csv(0, count);
    Time ours;
    double memory = 0;
    std::int64_t first = 0;
    {
        House house{folder / "ours.db"};
        first = house.writer.last_event();
        forget_peak_memory();
        const double before = peak_memory();
        ours = import(house, csv, count);
        memory = peak_memory() - before;
    }
    const Replay replay = Replay::read(folder / "ours.db", first, raw_transaction);
    RawDatabase raw{folder / "raw.db", folder / "ours.db", RawDatabase::Indexes::at_the_end};
    const TwoClocks watch;
    (void)replay.run(raw);
    raw.build_indexes();
    const Time limit = watch.time();
    const auto rows_in = static_cast<double>(count);
    rows.add(
        {"import_initial_load",
         rows_in / ours.clock,
         rows_in / limit.clock,
         "contacts/s",
         0.75,
         Better::higher,
         std::to_string(count) + " rows; raw: 10,000 in a transaction, indexes at the end"
             + processor_note(ours, limit, count)}
    );
    rows.add(
        {"import_memory",
         memory,
         500,
         "MB",
         1.0,
         Better::lower,
         std::to_string(count) + " rows; against what is allowed"}
    );
}

/// Into a database that has contacts already and is in use.
void live(const Options& options, Rows& rows)
{
    const Folder folder;
    const std::size_t before = options.size(2000, 100'000, 1'000'000);
    const std::size_t count = options.size(5000, 100'000, 100'000);
    const std::string csv = sample_csv(before, count);
    Time ours;
    std::int64_t first = 0;
    {
        House house{folder / "ours.db"};
        fill(house.records, before);
    } // closed, so that the file has all of it
    std::filesystem::copy_file(folder / "ours.db", folder / "raw.db");
    {
        House house{folder / "ours.db"};
        first = house.writer.last_event();
        ours = import(house, csv, count);
    }
    const Replay replay = Replay::read(folder / "ours.db", first, raw_transaction);
    RawDatabase raw{folder / "raw.db"};
    const TwoClocks watch;
    (void)replay.run(raw);
    const Time limit = watch.time();
    const auto rows_in = static_cast<double>(count);
    rows.add(
        {"import_into_live_database",
         rows_in / ours.clock,
         rows_in / limit.clock,
         "contacts/s",
         0.80,
         Better::higher,
         std::to_string(count) + " rows into " + std::to_string(before) + "; raw: 10,000 in a transaction"
             + processor_note(ours, limit, count)}
    );
}

} // namespace

void import_rows(const Options& options, Rows& rows)
{
    if (options.wants("import_initial_load") || options.wants("import_memory")) initial_load(options, rows);
    if (options.wants("import_into_live_database")) live(options, rows);
}

} // namespace mortise::bench
