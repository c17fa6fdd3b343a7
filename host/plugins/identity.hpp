#pragma once

/// \file
/// Who a `mortise_self` is. The functions that plugins call know nothing but that number, so this table is
/// one for the whole process: several hosts may live in it (tests do that), and their numbers never meet.

#include <mortise/abi/root.h>

#include <memory>

namespace mortise::host {

class Instance;
struct IdentityEntry;

/// Gives a running plugin its identity: 64 random bits, taken back when this is destroyed.
/// Thread-safety: any thread may call `find`.
class Identity {
public:
    explicit Identity(Instance& instance);
    Identity(const Identity&) = delete;
    Identity& operator=(const Identity&) = delete;
    ~Identity();

    mortise_self self() const noexcept { return m_self; }

    /// Waits until no call that came in by `find` is under way, and lets no new one in. The number is stale
    /// then.
    void revoke() noexcept;

    /// Holds off the end of an instance for as long as one call takes.
    class Lease {
    public:
        Lease() = default;
        Lease(Lease&& other) noexcept;
        Lease& operator=(Lease&& other) noexcept;
        ~Lease();
        explicit operator bool() const noexcept { return m_entry != nullptr; }
        Instance& operator*() const noexcept;
        Instance* operator->() const noexcept { return &**this; }

    private:
        friend class Identity;
        explicit Lease(std::shared_ptr<IdentityEntry> entry) noexcept;
        std::shared_ptr<IdentityEntry> m_entry;
    };

    /// Nothing if the number is stale or forged.
    static Lease find(mortise_self self) noexcept;

private:
    std::shared_ptr<IdentityEntry> m_entry;
    mortise_self m_self{0};
};

} // namespace mortise::host
