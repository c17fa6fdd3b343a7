#include "events/recent_events.hpp"

#include <iterator>
#include <utility>

namespace mortise::host {

namespace {

std::size_t heap_bytes(const std::string& text) noexcept
{
    return text.capacity() > std::string{}.capacity() ? text.capacity() + 1 : 0;
}

std::size_t heap_bytes(const Map& map) noexcept;

std::size_t heap_bytes(const Value& value) noexcept
{
    if (const auto* text = value.as<std::string>()) return heap_bytes(*text);
    if (const auto* map = value.as<Map>()) return heap_bytes(*map);
    if (const auto* bytes = value.as<Bytes>()) return bytes->capacity();
    std::size_t sum = 0;
    if (const auto* list = value.as<List>()) {
        sum = list->capacity() * sizeof(Value);
        for (const Value& item : *list)
            sum += heap_bytes(item);
    }
    return sum;
}

/// A map may have reserved twice of what it has.
std::size_t heap_bytes(const Map& map) noexcept
{
    std::size_t sum = 2 * map.size() * sizeof(Entry);
    for (const Entry& entry : map)
        sum += heap_bytes(entry.key) + heap_bytes(entry.value);
    return sum;
}

/// Ends the loading of a stretch, whatever becomes of it.
template <class End>
class AtEnd {
public:
    explicit AtEnd(End end) : m_end{std::move(end)} { }
    AtEnd(const AtEnd&) = delete;
    AtEnd& operator=(const AtEnd&) = delete;
    ~AtEnd() { m_end(); }

private:
    End m_end;
};

} // namespace

std::size_t bytes_of(const Event& event) noexcept
{
    std::size_t sum = sizeof event + heap_bytes(event.data) + event.links.capacity() * sizeof(EventLink);
    for (const std::string* text :
         {&event.type, &event.subject_type, &event.actor, &event.client, &event.schema})
        sum += heap_bytes(*text);
    for (const EventLink& link : event.links)
        sum += heap_bytes(link.role);
    return sum;
}

Result<RecentEvents::Run> RecentEvents::after(std::int64_t number, const Load& load)
{
    std::unique_lock lock{m_mutex};
    while (true) {
        if (Run there = find(number)) return there;
        if (m_loading.contains(number)) {
            m_loaded.wait(lock);
            continue;
        }
        m_loading.insert(number);
        const std::uint64_t epoch = m_epoch;
        Result<EventRun> loaded{EventRun{}};
        {
            lock.unlock();
            const AtEnd end{[&] {
                lock.lock();
                m_loading.erase(number);
                m_loaded.notify_all();
            }};
            loaded = load(number, (number / stretch + 1) * stretch);
        }
        if (!loaded) return std::move(loaded).error();
        if (epoch != m_epoch) continue; // it may show what has been overwritten since
        const Run run = std::make_shared<const EventRun>(*std::move(loaded));
        if (!run->events.empty()) hold(run);
        return run;
    }
}

void RecentEvents::forget() noexcept
{
    const std::scoped_lock lock{m_mutex};
    ++m_epoch;
    m_runs.clear();
    m_uses.clear();
    m_bytes = 0;
}

std::size_t RecentEvents::bytes() const
{
    const std::scoped_lock lock{m_mutex};
    return m_bytes;
}

RecentEvents::Run RecentEvents::find(std::int64_t number)
{
    const auto behind = m_runs.upper_bound(number);
    if (behind == m_runs.begin()) return nullptr;
    const Held& held = std::prev(behind)->second;
    if (number >= held.run->seen_to) return nullptr;
    m_uses.splice(m_uses.begin(), m_uses, held.use);
    return held.run;
}

void RecentEvents::hold(const Run& run)
{
    if (const auto shorter = m_runs.find(run->after); shorter != m_runs.end()) drop(shorter);
    m_uses.push_front(run->after);
    m_runs.emplace(run->after, Held{run, m_uses.begin()});
    m_bytes += run->bytes;
    while (m_bytes > m_most)
        drop(m_runs.find(m_uses.back()));
}

void RecentEvents::drop(std::map<std::int64_t, Held>::iterator held) noexcept
{
    m_bytes -= held->second.run->bytes;
    m_uses.erase(held->second.use);
    m_runs.erase(held);
}

} // namespace mortise::host
