// Rows about events: how soon and how fast they reach subscribers, and what a long log costs.

#include "bench.hpp"
#include "events/event_log.hpp"
#include "house.hpp"
#include "plugins/plugin_manager.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace mortise::bench {

namespace {

using namespace mortise::host;

constexpr std::chrono::seconds patience{600};

SubscriptionSpec subscription(const std::string& name)
{
    return {
        .plugin = "bench", .name = name, .patterns = {"contact.created"}, .principal = Principal::system()
    };
}

EventHandler taking_all()
{
    return [](std::span<const Event> batch, const CallContext&) {
        DeliveryOutcome outcome;
        outcome.handled = batch.size();
        return outcome;
    };
}

/// From the moment at which a save is durable and its caller knows, to the first line of the handler.
void handler_starts(const Options& options, Rows& rows)
{
    if (!options.wants("commit_to_handler_p99")) return;
    PluginHouse house{{}};
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t started = 0;
    std::chrono::steady_clock::time_point at;
    must(house.host().dispatcher().attach(
        subscription("prompt"),
        [&](std::span<const Event> batch, const CallContext&) {
            const std::scoped_lock lock{mutex};
            at = std::chrono::steady_clock::now();
            started += batch.size();
            changed.notify_all();
            DeliveryOutcome outcome;
            outcome.handled = batch.size();
            return outcome;
        }
    ));
    std::vector<double> milliseconds;
    const std::size_t count = options.size(50, 1000, 5000);
    for (std::size_t i = 0; i < count; ++i) {
        must(house.host().records().commit(as_system(), creation(i)));
        const auto durable = std::chrono::steady_clock::now();
        {
            std::unique_lock lock{mutex};
            changed.wait(lock, [&] { return started > i; });
            milliseconds.push_back(
                std::max(0.0, std::chrono::duration<double, std::milli>(at - durable).count())
            );
        }
        house.host().dispatcher().wait_until(house.host().events().last(), patience); // idle again
    }
    rows.add(
        {"commit_to_handler_p99",
         quantile(milliseconds, 0.99),
         2.0,
         "ms",
         1.0,
         Better::lower,
         "p50 " + std::to_string(static_cast<int>(median(milliseconds) * 1e3))
             + " us; against what is allowed"}
    );
    house.host().dispatcher().stop();
}

/// So many items of 300 bytes from one thread to each of ten others, through a mutex and a vector: per
/// second.
double through_queues(std::size_t items, std::size_t consumers)
{
    struct Queue {
        std::mutex mutex;
        std::condition_variable changed;
        std::vector<std::string> items;
        std::size_t taken{0};
    };
    std::vector<Queue> queues(consumers);
    const Stopwatch watch;
    std::vector<std::jthread> threads;
    for (Queue& queue : queues)
        threads.emplace_back([&queue, items] {
            std::vector<std::string> batch;
            while (queue.taken < items) {
                {
                    std::unique_lock lock{queue.mutex};
                    queue.changed.wait(lock, [&] { return !queue.items.empty(); });
                    batch.swap(queue.items);
                }
                queue.taken += batch.size();
                batch.clear();
            }
        });
    for (std::size_t from = 0; from < items; from += 64)
        for (Queue& queue : queues) {
            {
                const std::scoped_lock lock{queue.mutex};
                for (std::size_t i = from; i < std::min(items, from + 64); ++i)
                    queue.items.emplace_back(300, 'e');
            }
            queue.changed.notify_one();
        }
    threads.clear();
    return static_cast<double>(items * consumers) / watch.seconds();
}

/// Events that are in the log already reach ten plugins, each on its own strand.
void ten_strands(const Options& options, Rows& rows)
{
    if (!options.wants("delivery_to_10_strands")) return;
    constexpr std::size_t strands = 10;
    const std::size_t events = options.size(1000, 20'000, 100'000);
    PluginHouse house{{}};
    house.add_counters(strands);
    Host& host = house.host();
    for (std::size_t i = 0; i < strands; ++i) {
        must(host.plugins().enable(PluginHouse::counter_id(i)));
        must(host.plugins().activate(PluginHouse::counter_id(i)));
    }
    const Stopwatch watch;
    fill(host.records(), events);
    const double written = watch.seconds();
    if (!host.dispatcher().wait_until(host.events().last(), patience)) give_up("events were not delivered");
    const double seconds = watch.seconds();
    const auto deliveries = static_cast<double>(events * strands);
    rows.add(
        {"delivery_to_10_strands",
         deliveries / seconds,
         through_queues(events, strands),
         "events/s",
         0.2,
         Better::higher,
         "durable, with acknowledgements, while they are written ("
             + std::to_string(static_cast<int>(written * 1e3)) + " of "
             + std::to_string(static_cast<int>(seconds * 1e3)) + " ms); against a mutex and a vector"}
    );
}

/// Contacts a second that are saved one by one and reach a subscriber.
double saved_and_delivered(Host& host, std::size_t from, std::size_t count)
{
    const Stopwatch watch;
    for (std::size_t i = from; i < from + count; ++i)
        must(host.records().commit(as_system(), creation(i)));
    return static_cast<double>(count) / watch.seconds();
}

void slow_subscriber(const Options& options, Rows& rows)
{
    if (!options.wants("slow_subscriber")) return;
    PluginHouse house{{}};
    Host& host = house.host();
    must(host.dispatcher().attach(subscription("quick"), taking_all()));
    std::mutex mutex;
    std::condition_variable changed;
    bool over = false;
    const auto one_a_second = [&](std::span<const Event>, const CallContext&) {
        std::unique_lock lock{mutex};
        changed.wait_for(lock, std::chrono::seconds{1}, [&] { return over; });
        DeliveryOutcome outcome;
        outcome.handled = 1;
        return outcome;
    };
    // In turn without and with it, so that a busy moment meets both.
    const std::size_t count = options.size(100, 2000, 5000);
    std::vector<double> without;
    std::vector<double> with;
    std::size_t next = 0;
    for (int round = 0; round < 5; ++round) {
        without.push_back(saved_and_delivered(host, next, count));
        const std::int64_t slow = must(host.dispatcher().attach(subscription("slow"), one_a_second));
        with.push_back(saved_and_delivered(host, next + count, count));
        next += 2 * count;
        {
            const std::scoped_lock lock{mutex};
            over = true;
        }
        changed.notify_all();
        must(host.dispatcher().remove(slow));
        over = false;
    }
    rows.add(
        {"slow_subscriber",
         median(with),
         median(without),
         "contacts/s",
         0.95,
         Better::higher,
         "saves that reach a quick subscriber, with and without one that takes an event a second"}
    );
    host.dispatcher().stop();
}

/// Publishes `count` events about contacts in units of 1,000; events a second.
double publish(Records& records, const std::vector<Id>& about, std::size_t count)
{
    const Stopwatch watch;
    for (std::size_t i = 0; i < count;) {
        UnitOfWork unit;
        for (std::size_t n = 0; n < 1000 && i < count; ++n, ++i)
            unit.events.push_back(
                {.type = "bench.visited",
                 .subject = about[i % about.size()],
                 .subject_type = "contact",
                 .data = {{"page", "/products/" + std::to_string(i % 97)}, {"seconds", std::int64_t{42}}}}
            );
        must(records.commit(as_system(), std::move(unit)));
    }
    return static_cast<double>(count) / watch.seconds();
}

/// Microseconds of one look at the latest 50 events of a contact.
double timeline(EventLog& log, const std::vector<Id>& about)
{
    std::vector<double> microseconds;
    for (std::size_t i = 0; i < 500; ++i) {
        EventFilter filter;
        filter.subject = about[i * 7 % about.size()];
        filter.limit = 50;
        filter.newest_first = true;
        const Stopwatch watch;
        if (must(log.list(Principal::system(), filter)).size() != 50) give_up("a timeline is too short");
        microseconds.push_back(watch.seconds() * 1e6);
    }
    return median(microseconds);
}

void long_log(const Options& options, Rows& rows)
{
    if (!options.wants("long_log")) return;
    const std::size_t short_log = options.size(10'000, 100'000, 100'000);
    const std::size_t many = options.size(20'000, 1'000'000, 10'000'000);
    const std::size_t sample = options.size(5000, 50'000, 100'000);
    const Folder folder;
    House house{folder / "ours.db"};
    EventLog log{*house.database};
    must(log.open());
    house.writer.on_commit([&log](std::int64_t last) { log.committed(last); });
    const std::vector<Id> about = fill(house.records, 100);
    publish(house.records, about, short_log - sample);
    const double early = publish(house.records, about, sample);
    const double early_timeline = timeline(log, about);
    publish(house.records, about, many - short_log - sample);
    const double late = publish(house.records, about, sample);
    const double late_timeline = timeline(log, about);
    const std::string note = std::to_string(many) + " events in the log against " + std::to_string(short_log);
    rows.add({"long_log_publish", late, early, "events/s", 0.9, Better::higher, note});
    rows.add(
        {"long_log_timeline",
         late_timeline,
         early_timeline,
         "us",
         1.1,
         Better::lower,
         note + "; the latest 50"}
    );
}

} // namespace

void event_rows(const Options& options, Rows& rows)
{
    handler_starts(options, rows);
    ten_strands(options, rows);
    slow_subscriber(options, rows);
    long_log(options, rows);
}

} // namespace mortise::bench
