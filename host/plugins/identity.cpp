#include "plugins/identity.hpp"

#include "base/random.hpp"

#include <atomic>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

namespace mortise::host {

struct IdentityEntry {
    explicit IdentityEntry(Instance& of) : instance{of} { }

    Instance& instance;
    std::atomic<std::uint32_t> calls{0};
};

namespace {

struct Table {
    std::shared_mutex mutex;
    std::unordered_map<mortise_self, std::shared_ptr<IdentityEntry>> entries;
};

Table& table() noexcept
{
    // Never destroyed: a plugin's own thread may ask until the process ends.
    // NOLINTNEXTLINE(bugprone-unhandled-exception-at-new): without it nothing goes on
    static auto* const instance = new Table;
    return *instance;
}

} // namespace

Identity::Lease::Lease(std::shared_ptr<IdentityEntry> entry) noexcept : m_entry{std::move(entry)} { }

Identity::Lease::Lease(Lease&& other) noexcept : m_entry{std::move(other.m_entry)} { }

Identity::Lease& Identity::Lease::operator=(Lease&& other) noexcept
{
    std::swap(m_entry, other.m_entry);
    return *this;
}

Identity::Lease::~Lease()
{
    if (m_entry && m_entry->calls.fetch_sub(1, std::memory_order_acq_rel) == 1) m_entry->calls.notify_all();
}

Instance& Identity::Lease::operator*() const noexcept
{
    return m_entry->instance;
}

Identity::Identity(Instance& instance) : m_entry{std::make_shared<IdentityEntry>(instance)}
{
    Table& all = table();
    const std::unique_lock lock{all.mutex};
    do
        m_self = random_u64();
    while (m_self == 0 || !all.entries.emplace(m_self, m_entry).second);
}

Identity::~Identity()
{
    revoke();
}

void Identity::revoke() noexcept
{
    {
        Table& all = table();
        const std::unique_lock lock{all.mutex};
        all.entries.erase(m_self);
    }
    for (std::uint32_t calls = m_entry->calls.load(); calls != 0; calls = m_entry->calls.load())
        m_entry->calls.wait(calls);
}

Identity::Lease Identity::find(mortise_self self) noexcept
{
    Table& all = table();
    const std::shared_lock lock{all.mutex};
    const auto found = all.entries.find(self);
    if (found == all.entries.end()) return {};
    found->second->calls.fetch_add(1, std::memory_order_acq_rel);
    return Lease{found->second};
}

} // namespace mortise::host
