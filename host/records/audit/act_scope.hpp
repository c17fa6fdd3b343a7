#pragma once

/// \file
/// `ActScope`: in whose name this thread works, and by which method, for the audit trail. The control API
/// opens a scope around a call; the writer looks at it when work is handed to it, so that what a room below
/// writes without knowing for whom (a grant, a setting, a pinned key) has its entry in the same transaction.

#include <string>

namespace mortise::host {

/// Who does what, by which way.
struct AuditAct {
    std::string actor{};
    std::string account{};
    std::string client{};
    std::string way{}; ///< the method; also the kind of the entry, if `kind` is empty
    std::string kind{};
    std::string detail{"{}"}; ///< JSON
    /// Whether work without events has an entry too: not where it is the host's own bookkeeping.
    bool tells{true};
};

/// Lives on the stack; scopes nest. Thread-safety: belongs to its thread.
class ActScope {
public:
    /// `act` must live as long as the scope. Null: what follows is the host's own bookkeeping.
    explicit ActScope(const AuditAct* act) noexcept;
    ActScope(const ActScope&) = delete;
    ActScope& operator=(const ActScope&) = delete;
    ~ActScope();

    /// Of the innermost scope of this thread; null where there is none.
    static const AuditAct* current() noexcept;

private:
    const AuditAct* m_outer;
};

} // namespace mortise::host
