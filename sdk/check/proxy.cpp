#include "proxy.hpp"

#include "testkit/src/generated/contract.hpp"

#include <mortise/border.hpp>

#include <algorithm>
#include <cstring>
#include <deque>
#include <dlfcn.h>
#include <stdexcept>
#include <vector>

namespace mortise::check {

namespace {

/// What a check set up. A check has its process for itself, and the plugin's entry takes no context: hence a
/// variable.
struct State {
    Proxy proxy;
    mortise_plugin_open entry{nullptr};
    const mortise_host* host{nullptr};
    std::deque<std::vector<std::uint64_t>> tables; // copies that are longer or shorter than the original
};

State& state()
{
    static State one;
    return one;
}

const mortise_interface* longer(const mortise_interface* table)
{
    constexpr std::size_t more_words = 16;
    constexpr std::uint32_t later = 1000;
    auto& copy = state().tables.emplace_back(table->size / sizeof(std::uint64_t) + more_words, 0);
    std::memcpy(copy.data(), table, table->size);
    auto* head = reinterpret_cast<mortise_interface*>(copy.data());
    head->size += more_words * sizeof(std::uint64_t);
    head->revision += later;
    return head;
}

/// The interface as this program's contract knows it; null if it does not.
const testkit::DescribedInterface* described(std::string_view id)
{
    const auto* found
        = std::ranges::find(testkit::described_interfaces, id, &testkit::DescribedInterface::id);
    return found == std::end(testkit::described_interfaces) ? nullptr : found;
}

/// The table as it was in that release. What came later stands at its end, so a shorter copy is all that it
/// takes.
const mortise_interface*
as_of(const mortise_interface* table, const testkit::DescribedInterface& interface, int release)
{
    const auto later = [release](int since) { return since > release; };
    const auto first_later = std::ranges::find_if(interface.functions, later);
    const auto functions = static_cast<std::size_t>(first_later - interface.functions.begin());
    const std::size_t size
        = std::min<std::size_t>(table->size, sizeof(mortise_interface) + functions * sizeof(void (*)()));
    auto& copy = state().tables.emplace_back(size / sizeof(std::uint64_t));
    std::memcpy(copy.data(), table, size);
    auto* head = reinterpret_cast<mortise_interface*>(copy.data());
    head->size = static_cast<std::uint32_t>(size);
    head->revision = std::min(head->revision, static_cast<std::uint32_t>(release));
    return head;
}

mortise_status
query(mortise_self self, mortise_text id, const mortise_interface** out, mortise_error* error) noexcept
{
    try {
        const std::optional<int> release = state().proxy.release;
        const auto* interface = release ? described(border::view(id)) : nullptr;
        const bool is_later = interface != nullptr && interface->since > *release;
        const bool is_refused = !state().proxy.refuse.empty() && border::view(id) == state().proxy.refuse;
        if (is_refused || is_later) {
            if (out) *out = nullptr;
            return report(
                error, ErrorCode::unsupported, "border.no_interface", "id", "this host has no such interface"
            );
        }
        const mortise_status status = state().host->query(self, id, out, error);
        if (status >= 0 && state().proxy.larger_tables) *out = longer(*out);
        if (status >= 0 && interface != nullptr) *out = as_of(*out, *interface, *release);
        return status;
    } catch (const std::exception&) {
        return MORTISE_E_INTERNAL;
    }
}

mortise_status
enter(const mortise_host* host, mortise_self self, mortise_plugin* out, mortise_error* error) noexcept
{
    static mortise_host shown{{sizeof(mortise_host), MORTISE_ABI_TARGET}, &query};
    state().host = host;
    shown.head = host->head;
    const auto& around = state().proxy.around;
    const mortise_status status
        = around ? around(state().entry, &shown, self, out, error) : state().entry(&shown, self, out, error);
    if (status >= 0 && state().proxy.after) state().proxy.after(*out);
    return status;
}

} // namespace

mortise_plugin_open load_entry(const Target& target)
{
    void* library = ::dlopen(target.library.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) throw std::runtime_error{std::string{"it cannot be loaded: "} + ::dlerror()};
    void* entry = ::dlsym(library, "mortise_plugin_open_v1");
    if (!entry) throw std::runtime_error{"it does not export mortise_plugin_open_v1"};
    return reinterpret_cast<mortise_plugin_open>(entry);
}

testkit::Subject through(const Target& target, Proxy proxy)
{
    state().proxy = std::move(proxy);
    state().entry = load_entry(target);
    return {target.folder, &enter};
}

} // namespace mortise::check
