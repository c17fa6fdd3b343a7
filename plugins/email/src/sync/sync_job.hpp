#pragma once

/// \file
/// Reads mailboxes: connects, logs in, reads folder by folder, and notes on the mailbox how it went.

#include <mortise/command.hpp>
#include <mortise/host.hpp>

#include <map>
#include <mutex>
#include <set>

namespace mortise::plugins::email {

/// Who reads which mailbox now, and when it was read last. Lost when the plugin ends: then all are read anew.
/// Thread-safety: any thread.
class SyncState {
public:
    /// Takes a mailbox for one who reads it. False: somebody does; they go once more over it when they are
    /// done.
    bool enter(Id mailbox, Instant now);
    /// True if it is to be read once more, and is still taken.
    bool leave(Id mailbox);
    /// Lets go of it, whatever came.
    void abandon(Id mailbox);

    Instant last(Id mailbox) const;
    /// Whether its server tells us at once what is new.
    bool is_watched(Id mailbox) const;
    void set_watched(Id mailbox, bool yes);
    /// Not to be watched before then: its server does not tell, or was lost.
    void rest(Id mailbox, Instant until);
    bool is_resting(Id mailbox, Instant now) const;
    /// One watches at a time.
    bool begin_watching();
    void end_watching();

private:
    mutable std::mutex m_mutex; // guards what follows
    std::set<Id> m_busy;
    std::set<Id> m_again;
    std::set<Id> m_watched;
    std::map<Id, Instant> m_last;
    std::map<Id, Instant> m_resting;
    bool m_is_watching{false};
};

/// The job: the mailbox that it is given, or all that are due.
Value sync_mailboxes(const Host& host, SyncState& state, Job& running);

/// The command: starts that job for one mailbox, or for all, whether due or not.
Value sync_mailbox_now(const Host& host, const Arguments& arguments, Work& work);

/// Whether messages are read from a mailbox, by its record.
bool is_read(const Record& mailbox);

} // namespace mortise::plugins::email
