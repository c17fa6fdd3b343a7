// Rows about saving contacts one by one.

#include "bench.hpp"
#include "house.hpp"
#include "raw_replay.hpp"

#include <numeric>
#include <thread>

namespace mortise::bench {

namespace {

using namespace mortise::host;

double sum(const std::vector<double>& values)
{
    return std::accumulate(values.begin(), values.end(), 0.0);
}

std::string spread(const std::vector<double>& seconds)
{
    const auto text = [&](double q) { return std::to_string(static_cast<int>(quantile(seconds, q) * 1e6)); };
    return "p50 " + text(0.5) + " us, p99 " + text(0.99) + " us";
}

void saved_one_by_one(const Options& options, Rows& rows)
{
    const Folder folder;
    const std::size_t count = options.size(200, 5000, 20'000);
    std::vector<double> seconds;
    std::int64_t first = 0;
    {
        House ours{folder / "ours.db"};
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
    rows.add(
        {"contact_saved_durably",
         rate(seconds),
         rate(limit),
         "contacts/s",
         0.80,
         Better::higher,
         "ours " + spread(seconds) + "; raw " + spread(limit)}
    );
    rows.add(
        {"contact_saved_p99",
         quantile(seconds, 0.99) * 1e6,
         quantile(seconds, 0.5) * 1e6,
         "us",
         5.0,
         Better::lower,
         "ours against its own median"}
    );
}

void saved_together(const Options& options, Rows& rows)
{
    const Folder folder;
    const std::size_t savers = 64;
    const std::size_t each = options.size(10, 300, 1000);
    double seconds = 0;
    std::int64_t first = 0;
    {
        House ours{folder / "ours.db"};
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
    rows.add(
        {"contacts_saved_by_64",
         count / seconds,
         count / limit,
         "contacts/s",
         0.7,
         Better::higher,
         "raw: 64 in a transaction"}
    );
}

} // namespace

void saving_rows(const Options& options, Rows& rows)
{
    if (options.wants("contact_saved_durably") || options.wants("contact_saved_p99"))
        saved_one_by_one(options, rows);
    if (options.wants("contacts_saved_by_64")) saved_together(options, rows);
}

} // namespace mortise::bench
