#include "taps.hpp"

#include <mortise/border.hpp>
#include <mortise/value_view.hpp>

#include <algorithm>
#include <cstring>
#include <ctime>

namespace mortise::check {

namespace {

using SteadyClock = std::chrono::steady_clock;

std::chrono::nanoseconds processor_time()
{
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
}

void complain(std::string text)
{
    const std::scoped_lock lock{taps().mutex};
    constexpr std::size_t most = 5;
    if (taps().wrong.size() < most) taps().wrong.push_back(std::move(text));
}

/// A plugin gives statuses that both sides may give, and no number that nobody knows.
mortise_status judged(mortise_status status, const char* function)
{
    constexpr mortise_status of_host[]{
        MORTISE_E_THREAD, MORTISE_E_REVOKED, MORTISE_E_TIMEOUT, MORTISE_E_CRASHED, MORTISE_E_DEADLOCK
    };
    if (status < MORTISE_E_INTERNAL)
        complain(std::string{function} + " answered " + std::to_string(status) + ", which is no status");
    else if (std::ranges::find(of_host, status) != std::end(of_host))
        complain(std::string{function} + " answered " + std::to_string(status) + ", which only a host may");
    return status;
}

/// Copies of structs that are longer than those that the plugin knows, with poison where it must not look.
template <class Item>
class Longer {
public:
    Longer(const Item* items, std::uint64_t count) : m_bytes(count * stride, std::byte{0xA5})
    {
        for (std::uint64_t i = 0; i < count; ++i) {
            Item item = items[i];
            item.size = stride;
            std::memcpy(m_bytes.data() + i * stride, &item, sizeof item);
        }
    }
    const Item* items() const noexcept { return reinterpret_cast<const Item*>(m_bytes.data()); }

private:
    static constexpr std::uint32_t stride = sizeof(Item) + 64;
    std::vector<std::byte> m_bytes;
};

/// Counts what a plugin writes, and passes it on or refuses it.
struct CountingSink {
    mortise_sink to;
    std::size_t written{0};

    mortise_sink sink() noexcept { return {this, &write}; }
    static mortise_status write(void* context, mortise_tree item) noexcept
    {
        auto& self = *static_cast<CountingSink*>(context);
        ++self.written;
        if (taps().stop_sinks) return MORTISE_E_CANCELLED;
        return self.to.write(self.to.context, item);
    }
};

template <class Call>
mortise_status timed(const char* what, Call call)
{
    const auto before = processor_time();
    const mortise_status status = call();
    const auto took = processor_time() - before;
    const std::scoped_lock lock{taps().mutex};
    if (took > taps().longest_call) {
        taps().longest_call = took;
        taps().longest_what = what;
    }
    return status;
}

mortise_status on_command(
    void* impl,
    uint64_t tag,
    const mortise_context* context,
    uint64_t work,
    mortise_tree arguments,
    mortise_sink result,
    mortise_error* error
) noexcept
{
    CountingSink counting{result};
    const Longer<mortise_context> longer{context, 1};
    const mortise_status status = timed("a command", [&] {
        return taps().table.on_command(
            impl,
            tag,
            taps().larger_structs ? longer.items() : context,
            work,
            arguments,
            counting.sink(),
            error
        );
    });
    if (counting.written > 1) complain("a command answered " + std::to_string(counting.written) + " times");
    return judged(status, "on_command");
}

mortise_status on_events(
    void* impl,
    uint64_t tag,
    uint64_t work,
    const mortise_event* events,
    uint64_t count,
    uint64_t* done,
    mortise_error* error
) noexcept
{
    const Longer<mortise_event> longer{events, count};
    const mortise_status status = timed("a handler of events", [&] {
        return taps().table.on_events(
            impl, tag, work, taps().larger_structs ? longer.items() : events, count, done, error
        );
    });
    if (status >= 0 && *done > count)
        complain(
            "a handler says that it handled " + std::to_string(*done) + " of " + std::to_string(count)
            + " events"
        );
    return judged(status, "on_events");
}

struct Verdicts {
    std::vector<Value> all{};

    mortise_sink sink() noexcept { return {this, &write}; }
    static mortise_status write(void* context, mortise_tree item) noexcept
    {
        static_cast<Verdicts*>(context)->all.push_back(ValueView{item}.value());
        return MORTISE_OK;
    }
};

mortise_status on_hook(
    void* impl,
    uint64_t tag,
    const mortise_context* context,
    mortise_tree settings,
    const mortise_draft* drafts,
    uint64_t count,
    mortise_sink verdicts,
    mortise_error* error
) noexcept
{
    const Longer<mortise_draft> longer{drafts, count};
    const mortise_draft* shown = taps().larger_structs ? longer.items() : drafts;
    if (taps().hooks_twice) {
        Verdicts first;
        Verdicts second;
        const mortise_status one
            = taps().table.on_hook(impl, tag, context, settings, shown, count, first.sink(), error);
        const mortise_status two
            = taps().table.on_hook(impl, tag, context, settings, shown, count, second.sink(), error);
        if (one != two || !(first.all == second.all))
            complain("the same drafts got other verdicts the second time");
    }
    const auto before = processor_time();
    const mortise_status status
        = taps().table.on_hook(impl, tag, context, settings, shown, count, verdicts, error);
    const auto took = processor_time() - before;
    {
        const std::scoped_lock lock{taps().mutex};
        taps().longest_hook = std::max(taps().longest_hook, took);
    }
    return judged(status, "on_hook");
}

mortise_status quiesce(void* impl, mortise_error* error) noexcept
{
    const auto start = SteadyClock::now();
    if (taps().quiesce_twice) taps().table.quiesce(impl, error);
    const mortise_status status = taps().table.quiesce(impl, error);
    const std::scoped_lock lock{taps().mutex};
    taps().longest_end += SteadyClock::now() - start;
    return status;
}

mortise_status destroy(void* impl, mortise_error* error) noexcept
{
    const auto start = SteadyClock::now();
    const mortise_status status = taps().table.destroy(impl, error);
    const std::scoped_lock lock{taps().mutex};
    taps().longest_end += SteadyClock::now() - start;
    return status;
}

} // namespace

Taps& taps()
{
    static Taps one;
    return one;
}

testkit::Subject tapped(const Target& target)
{
    Proxy proxy;
    proxy.after = [](mortise_plugin& table) {
        const auto size = table.head.size;
        taps().table = {};
        std::memcpy(&taps().table, &table, std::min<std::size_t>(size, sizeof table));
        const auto offers = [&](std::size_t offset, const auto& function) {
            return border::offers(size, offset, function);
        };
        if (offers(offsetof(mortise_plugin, on_command), table.on_command)) table.on_command = &on_command;
        if (offers(offsetof(mortise_plugin, on_events), table.on_events)) table.on_events = &on_events;
        if (offers(offsetof(mortise_plugin, on_hook), table.on_hook)) table.on_hook = &on_hook;
        if (offers(offsetof(mortise_plugin, quiesce), table.quiesce)) table.quiesce = &quiesce;
        if (offers(offsetof(mortise_plugin, destroy), table.destroy)) table.destroy = &destroy;
    };
    return through(target, std::move(proxy));
}

} // namespace mortise::check
