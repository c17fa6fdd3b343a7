#include "plugins/root_table.hpp"

#include "plugins/generated/checked_tables.hpp"
#include "plugins/guard.hpp"
#include "plugins/instance.hpp"

#include <algorithm>

namespace mortise::host {

namespace {

const AbiTable* find_table(std::string_view id) noexcept
{
    const auto* found = std::ranges::find(abi_tables<Guard>, id, &AbiTable::id);
    return found == abi_tables<Guard>.end() ? nullptr : found;
}

mortise_status give(
    const Instance& instance, std::string_view id, const mortise_interface** out, mortise_error* error
) noexcept
{
    const AbiTable* table = find_table(id);
    if (!table)
        return report(
            error, ErrorCode::unsupported, "border.no_interface", "id", "this host has no such interface"
        );
    if (table->experimental && !instance.manifest().is_experimental(id))
        return report(
            error,
            ErrorCode::denied,
            "border.experimental",
            "id",
            "this interface is experimental: name it under \"experimental\" in plugin.json"
        );
    *out = table->table;
    return MORTISE_OK;
}

mortise_status
query(mortise_self self, mortise_text id, const mortise_interface** out, mortise_error* error) noexcept
{
    if (out == nullptr) return report(error, ErrorCode::null, "border.argument", "out", "out is null");
    *out = nullptr;
    const border::Limits limits;
    border::Check check{limits};
    if (!check.text(id, "id"))
        return report(error, check.fault().code, "border.argument", "id", check.fault().what);
    if (const Frame* frame = Frame::current(); frame && frame->instance().self() == self)
        return give(frame->instance(), border::view(id), out, error);
    if (const auto lease = Identity::find(self)) return give(*lease, border::view(id), out, error);
    return report(error, ErrorCode::revoked, "border.revoked", "self", "this identity is stale or forged");
}

constexpr mortise_host table{{sizeof(mortise_host), 1}, &query};

} // namespace

const mortise_host& root_table() noexcept
{
    return table;
}

Offer offer_of(std::string_view interface) noexcept
{
    const AbiTable* found = find_table(interface);
    if (!found) return Offer::unknown;
    return found->experimental ? Offer::experimental : Offer::stable;
}

} // namespace mortise::host
