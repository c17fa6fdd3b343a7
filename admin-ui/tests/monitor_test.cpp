#include "tests/demo_world.hpp"
#include "tests/test_console.hpp"

namespace mortise::ui::testing {
namespace {

TEST(Monitor, TakesTenThousandEventsASecondAndKeepsABoundedNumber)
{
    Script script;
    make_world(script);
    TestConsole console{[&] { return script.connect(); }};
    console.open("events");
    constexpr int batches = 100;
    constexpr int per_batch = 200;
    std::int64_t number = 3000;
    double spent_ms = 0;
    for (int i = 0; i < batches; ++i) { // as many as come in two seconds
        boost::json::array events;
        for (int k = 0; k < per_batch; ++k)
            events.emplace_back(boost::json::object{
                {"id", std::to_string(++number)},
                {"type", "contact.updated"},
                {"time", "2026-11-25T10:00:00Z"},
                {"subject", "7"},
                {"subjecttype", "contact"},
                {"actor", "user:ada"},
                {"data", boost::json::object{{"changes", boost::json::object{{"name", "Ada"}}}}}
            });
        boost::json::object params{{"feed", "feed-1"}, {"seen_to", std::to_string(number)}, {"skipped", 0}};
        params["events"] = std::move(events);
        script.notify("events.batch", std::move(params));
        const auto began = std::chrono::steady_clock::now();
        console.wait([&] { return console.shell().store().feed().total() >= (i + 1) * per_batch; });
        console.frame();
        spent_ms
            += std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count();
    }
    EXPECT_EQ(console.shell().store().feed().total(), batches * per_batch);
    EXPECT_LE(console.shell().store().feed().events().size(), Feed::most);
    RecordProperty("milliseconds_for_20000_events", static_cast<int>(spent_ms));
    EXPECT_LT(spent_ms, 20'000); // 2,000 in a release build; sanitizers and a busy machine take longer
}

} // namespace
} // namespace mortise::ui::testing
