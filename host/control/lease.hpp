#pragma once

/// \file
/// The lease of a data folder: held by the one host that has it open. It is a lock of the operating system on
/// a file, so that it is free again as soon as its holder is gone, however it went.

#include "control/data_folder.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>

namespace mortise::host {

/// What the file says about whoever took the lease last; that one may be gone.
struct LeaseHolder {
    pid_t pid{0};
    Instant since;
    std::filesystem::path socket; ///< where it serves; empty: it is a command that is running
};

/// Movable. Given back by the destructor.
class Lease {
public:
    /// `socket`: where the host will serve; empty if it will not. Errors: `busy` (key "lease.held"), naming
    /// who holds it and what to do; `io`.
    static Result<Lease> take(const DataFolder& folder, const std::filesystem::path& socket);
    Lease(Lease&& other) noexcept;
    Lease& operator=(Lease&& other) noexcept;
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease();

    /// What the lease file says; nothing if there is none or it cannot be read.
    static std::optional<LeaseHolder> last_holder(const DataFolder& folder);

private:
    explicit Lease(int descriptor) noexcept : m_descriptor{descriptor} { }

    int m_descriptor{-1};
};

} // namespace mortise::host
